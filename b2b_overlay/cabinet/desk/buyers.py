"""A company's buyers at the sales desk: link accounts to it, change what each may, unlink."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.cabinet.rights import RightsForm, end, roles, save
from b2b_overlay.company import access
from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering import people
from b2b_overlay.shop import Refused

from .companies import show_company
from .forms import ids

__all__ = ["add", "buyer", "remove"]


def _buyer(request: PageRequest, pk: int) -> Buyer:
    found = access.people(request.who).select_related("company", "user")
    return get_object_or_404(found, pk=pk, is_active=True)


@desk_page
@require_POST
def add(request: PageRequest, pk: int) -> HttpResponse:
    """Link accounts of the shop's customers, one or several e-mails, to the company."""
    company = get_object_or_404(access.companies(request.who), pk=pk)
    try:
        linked = people.link(
            request.shop,
            request.who,
            company,
            re.split(r"[\s,;]+", request.POST.get("email", "")),
            role=request.POST.get("role", Buyer.Role.BUYER),
            legal_entity_ids=ids(request.POST.getlist("entity")),
        )
    except Refused as refused:
        flash_refused(request, refused)
        return show_company(request, company, status=422)
    text = _("%(email)s buys for %(name)s now.")
    for each in linked:
        flash(request, text % {"email": each.user.email, "name": company.name})
    return redirect("b2b:company", pk)


@desk_page
def buyer(request: PageRequest, pk: int) -> HttpResponse:
    """One buyer: his role, legal entities and limit."""
    found = _buyer(request, pk)
    form = RightsForm(request.POST if request.method == "POST" else None, found)
    if request.method == "POST" and save(request, found, form):
        return redirect("b2b:company", found.company_id)
    context = {"buyer": found, "company": found.company, "form": form, "roles": roles()}
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/buyer.html", context, status=status)


@desk_page
@require_POST
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """Unlink his account: he is a retail customer again."""
    found = _buyer(request, pk)
    end(request, found)
    return redirect("b2b:company", found.company_id)
