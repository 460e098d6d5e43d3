"""Взаиморасчёты: what the buyer's legal entities owe, by document, and what is left."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from b2b_overlay.cabinet.pages import PageRequest, buyer_page
from b2b_overlay.company import access
from b2b_overlay.ordering.owing import owing

from .frame import show

__all__ = ["debts"]


@buyer_page
def debts(request: PageRequest) -> HttpResponse:
    """Of every legal entity he may buy for, as 1C last told."""
    ids = access.legal_entities(request.who).values_list("pk", flat=True)
    context = {"debts": owing(request.who, ids, timezone.localdate())}
    return show(request, "b2b/buyer/debts.html", context)
