"""The owner changes what one of his people may, or removes him, without calling anybody."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, buyer_page
from b2b_overlay.cabinet.rights import RightsForm, end, roles, save
from b2b_overlay.company import access
from b2b_overlay.company.models import Buyer

from .frame import show

__all__ = ["person", "remove"]


def _person(request: PageRequest, pk: int) -> Buyer:
    found = access.people(request.who).select_related("company", "user")
    return get_object_or_404(found, pk=pk, is_active=True)


def _back(request: PageRequest, buyer: Buyer) -> HttpResponse:
    """To the people; an owner who has just given up his company has none to look at."""
    still = access.manages_people(request.who, buyer.company)
    return redirect("b2b:people" if still else "b2b:catalogue")


@buyer_page
def person(request: PageRequest, pk: int) -> HttpResponse:
    """One buyer of his company: role, legal entities, limit."""
    buyer = _person(request, pk)
    form = RightsForm(request.POST if request.method == "POST" else None, buyer)
    if request.method == "POST" and save(request, buyer, form):
        return _back(request, buyer)
    context = {"buyer": buyer, "company": buyer.company, "form": form, "roles": roles()}
    status = 422 if request.method == "POST" else 200
    return show(request, "b2b/buyer/person.html", context, status=status)


@buyer_page
@require_POST
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """He buys for the company no longer; his account and the orders stay."""
    buyer = _person(request, pk)
    end(request, buyer)
    return _back(request, buyer)
