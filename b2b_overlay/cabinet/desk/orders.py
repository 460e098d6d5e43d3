"""Wholesale orders of all customers, as agreed and as 1C told of them."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.money import Money
from b2b_overlay.ordering.corrections import correction_of
from b2b_overlay.ordering.orders import orders_for, record_missing
from b2b_overlay.ordering.rewriting import changed_since_placed
from b2b_overlay.ordering.shops_changes import up_to_date

from .forms import page_of

__all__ = ["order", "orders"]


@desk_page
def orders(request: PageRequest) -> HttpResponse:
    """``q`` searches the number (the shop's or 1C's), company, legal entity and INN."""
    record_missing(request.shop)
    text = request.GET.get("q", "").strip()
    found = orders_for(request.who).select_related("company", "legal_entity", "user")
    if text:
        found = found.filter(
            Q(number=text)
            | Q(onec_number__icontains=text)
            | Q(company__name__icontains=text)
            | Q(legal_entity__name__icontains=text)
            | Q(legal_entity__inn=text)
        )
    context = {"text": text, **page_of(request, found)}
    return render(request, "b2b/desk/orders.html", context, fragment="b2b/desk/_orders.html")


@desk_page
def order(request: PageRequest, order_id: str) -> HttpResponse:
    found = get_object_or_404(
        orders_for(request.who).select_related("company", "legal_entity", "contract", "user"),
        order_id=order_id,
    )
    up_to_date(request.shop, found)
    lines = list(found.lines.all())
    vat = sum((Money(line.vat, found.currency) for line in lines), Money.zero(found.currency))
    context = {
        "order": found,
        "lines": lines,
        "vat": vat,
        "papers": found.papers.all(),
        "corrections": correction_of(found),
        "edits": changed_since_placed(found),
    }
    return render(request, "b2b/desk/order.html", context)
