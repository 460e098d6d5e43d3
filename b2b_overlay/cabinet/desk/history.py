"""History at the desk: what was changed of a company, and of one counterparty."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from b2b_overlay import changes
from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity

from .forms import page_of

__all__ = ["company", "counterparty"]


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


def _show(request: PageRequest, subject: Any, home: str, places: changes.Places) -> HttpResponse:
    page = page_of(request, places)
    page["rows"] = changes.told(page["rows"], request.shop.people)
    context = {"subject": subject, "home": home, **page}
    return render(request, "b2b/desk/history.html", context, fragment="b2b/_history.html")
