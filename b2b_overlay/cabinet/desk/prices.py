"""Price lists and their prices."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.money import Money
from b2b_overlay.ordering.goods import goods
from b2b_overlay.pricing.models import PriceList

from .forms import page_of

__all__ = ["price_list", "price_lists"]


@desk_page
def price_lists(request: PageRequest) -> HttpResponse:
    shown = PriceList.objects.exclude(assignments__is_individual=True).select_related("base")
    rows = shown.annotate(count=Count("prices")).order_by("name", "pk")
    contracts = dict(
        PriceList.objects.annotate(used=Count("assignments__contract", distinct=True)).values_list(
            "pk", "used"
        )
    )
    context = {"rows": [(row, contracts[row.pk]) for row in rows]}
    return render(request, "b2b/desk/price_lists.html", context)


@desk_page
def price_list(request: PageRequest, pk: int) -> HttpResponse:
    """The prices of one list, and whose it is."""
    found = get_object_or_404(PriceList.objects.select_related("base"), pk=pk)
    page = page_of(request, found.prices.order_by("variant_id", "min_quantity"))
    prices = list(page["rows"])
    shown = goods(request.shop, request.channel, None, {p.variant_id: 1 for p in prices})
    page["rows"] = [
        (price, Money(price.amount, found.currency), shown.get(price.variant_id))
        for price in prices
    ]
    context = {"list": found, **page}
    return render(request, "b2b/desk/price_list.html", context)
