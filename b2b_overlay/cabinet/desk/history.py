"""History at the desk: what was changed of a company, of one counterparty, of an organisation of
the shop's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from b2b_overlay import changes
from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.terms.models import Organization

from .forms import page_of

__all__ = ["company", "counterparty", "organization"]


@desk_page
def company(request: PageRequest, pk: int) -> HttpResponse:
    """All that was changed of a customer: its row, legal entities, terms and people."""
    found = get_object_or_404(access.companies(request.who), pk=pk)
    home = reverse("b2b:company", args=[pk])
    return _show(request, found, home, changes.of_company(pk))


@desk_page
def counterparty(request: PageRequest, pk: int) -> HttpResponse:
    """The same of one legal entity, whichever company it belonged to."""
    found = get_object_or_404(LegalEntity, pk=pk)
    home = reverse("b2b:counterparty", args=[pk])
    return _show(request, found, home, changes.of_legal_entity(pk))


@desk_page
def organization(request: PageRequest, pk: int) -> HttpResponse:
    """Who wrote which account down, and when."""
    found = get_object_or_404(Organization, pk=pk)
    return _show(request, found, reverse("b2b:organizations"), changes.of_organization(pk))


def _show(request: PageRequest, subject: Any, home: str, places: changes.Places) -> HttpResponse:
    page = page_of(request, places)
    page["rows"] = changes.told(page["rows"], request.shop.people)
    context = {"subject": subject, "home": home, **page}
    return render(request, "b2b/desk/history.html", context, fragment="b2b/_history.html")
