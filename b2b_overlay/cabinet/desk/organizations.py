"""The shop's own organisations: everyone at the desk sees them, those who watch over prices change
them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.company import access
from b2b_overlay.shop import Refused
from b2b_overlay.terms.models import Organization
from b2b_overlay.terms.organizations import Details, lacking, save_organization

from .forms import spell

__all__ = ["organization", "organizations"]


class OrganizationForm(forms.Form):
    """Blanks and dashes in the numbers don't matter: they are dropped when it is saved."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=1000, required=False)
    inn = forms.CharField(label=gettext_lazy("INN"), max_length=20, required=False)
    kpp = forms.CharField(label=gettext_lazy("KPP"), max_length=20, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=500, required=False)
    account = forms.CharField(label=gettext_lazy("Account"), max_length=40, required=False)
    bic = forms.CharField(label=gettext_lazy("BIC"), max_length=20, required=False)
    bank_name = forms.CharField(label=gettext_lazy("Bank"), max_length=255, required=False)
    correspondent = forms.CharField(
        label=gettext_lazy("Correspondent account"), max_length=40, required=False
    )
    director = forms.CharField(label=gettext_lazy("Director"), max_length=255, required=False)
    accountant = forms.CharField(
        label=gettext_lazy("Chief accountant"), max_length=255, required=False
    )


@desk_page
def organizations(request: PageRequest) -> HttpResponse:
    rows = [(row, ", ".join(lacking(row))) for row in Organization.objects.all()]
    context = {"rows": rows, "may_change": access.oversees(request.who)}
    return render(request, "b2b/desk/organizations.html", context)


@desk_page
def organization(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Write one down, or change one."""
    if not access.oversees(request.who):
        raise Http404
    known = get_object_or_404(Organization, pk=pk) if pk else None
    form = OrganizationForm(request.POST or None, initial=_initial(known))
    if request.method == "POST":
        problems = _saved(request, known, form)
        if not problems:
            flash(request, _("The organisation is saved; invoices say so at once."))
            return redirect("b2b:organizations")
        for problem in problems:
            flash(request, problem, "error")
    context = {"organization": known, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/organization.html", context, status=status)


def _initial(known: Organization | None) -> dict[str, Any]:
    return {each.name: getattr(known, each.name) for each in fields(Details)} if known else {}


def _saved(request: PageRequest, known: Organization | None, form: OrganizationForm) -> list[str]:
    """What keeps it from being saved; nothing: it is."""
    if not form.is_valid():
        return spell(form)
    try:
        save_organization(request.who, known, Details(**form.cleaned_data))
    except Refused as refused:
        return [refusal.message for refusal in refused.refusals]
    return []
