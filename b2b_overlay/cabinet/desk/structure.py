"""Where a company stands: its name, kind, parent, manager and groups, changed in one form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company import access, structure
from b2b_overlay.company.models import Company, Group
from b2b_overlay.shop import Refused

from .forms import id_in, ids, spell

__all__ = ["edit"]

#: Companies offered by name in the field of the parent; any other is typed.
OFFERED = 200


class CompanyForm(forms.Form):
    """``parent`` is typed: a name, a part of it, or ``#`` with the number; groups are ticked
    (``group``, many) or named anew."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Company.Kind.choices)
    parent = forms.CharField(label=gettext_lazy("A part of"), max_length=300, required=False)
    manager = forms.CharField(label=gettext_lazy("Manager"), max_length=64, required=False)
    new_group = forms.CharField(label=gettext_lazy("New group"), max_length=255, required=False)


def _written(company: Company | None) -> str:
    return f"{company.name} #{company.pk}" if company else ""


@desk_page
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form; what it refuses changes nothing at all."""
    company = get_object_or_404(
        access.companies(request.who).select_related("parent", "manager"), pk=pk
    )
    initial = {
        "name": company.name,
        "kind": company.kind,
        "parent": _written(company.parent),
        "manager": company.manager_id or "",
    }
    form = CompanyForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if form.is_valid() and _save(request, company, form.cleaned_data):
            flash(request, _("The company is saved."))
            return redirect("b2b:company", pk)
        for error in spell(form):
            flash(request, error, "error")
    context = {
        "company": company,
        "form": form,
        "offered": Company.objects.filter(merged_into=None).exclude(pk=pk)[:OFFERED],
        "staff": _staff(company),
        "groups": Group.objects.all(),
        "picked": _picked(request, company),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/company_edit.html", context, status=status)


def _staff(company: Company) -> list[Any]:
    """Who may be chosen; the manager of today too, though he left the staff since."""
    found = list(structure.staff())
    if company.manager is not None and company.manager not in found:
        found.append(company.manager)
    return found


def _picked(request: PageRequest, company: Company) -> list[int]:
    if request.method == "POST":
        return ids(request.POST.getlist("group"))
    return list(company.groups.values_list("pk", flat=True))


def _save(request: PageRequest, company: Company, data: dict[str, Any]) -> bool:
    """Every change or none; only what differs is touched."""
    by, groups = request.who, ids(request.POST.getlist("group"))
    try:
        with transaction.atomic():
            if data["kind"] != company.kind:
                structure.set_kind(by, company, data["kind"])
            if data["parent"] != _written(company.parent):
                parent = structure.find_company(by, data["parent"]) if data["parent"] else None
                structure.set_parent(by, company, parent)
            if data["manager"] != str(company.manager_id or ""):
                structure.set_manager(by, company, id_in(data["manager"]))
            wanted = list(Group.objects.filter(pk__in=groups))
            if data["new_group"].strip():
                wanted.append(structure.create_group(by, data["new_group"]))
            structure.set_groups(by, company, wanted)
            # Last, so that a refusal calls the company as the page does.
            if data["name"] != company.name:
                structure.rename(by, company, data["name"])
    except Refused as refused:
        flash_refused(request, refused)
        return False
    return True
