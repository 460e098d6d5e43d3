"""The invoice of an order, to be printed and paid, and the order's lines as a spreadsheet."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from b2b_overlay.cabinet.invoice import sheet as sheet_of
from b2b_overlay.cabinet.invoice import shown
from b2b_overlay.cabinet.pages import PageRequest, buyer_page
from b2b_overlay.ordering.orders import orders_for

from .frame import show

__all__ = ["invoice", "sheet"]


@buyer_page
def invoice(request: PageRequest, order_id: str) -> HttpResponse:
    """Seen by whoever sees the order; where there can be none, a sentence says so."""
    return show(request, "b2b/buyer/invoice.html", shown(request.who, order_id))


@buyer_page
def sheet(request: PageRequest, order_id: str) -> HttpResponse:
    return sheet_of(get_object_or_404(orders_for(request.who), order_id=order_id))
