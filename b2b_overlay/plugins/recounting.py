"""A piece of a variant becomes another number of base units: stock and prices that Saleor keeps by
the piece follow, so that in base units they stay what they are.

Only of what nobody ever ordered or has in a cart (an order's line says a number of pieces, and
would say something else); those are left alone and answered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from saleor.checkout.models import CheckoutLine
from saleor.core.prices import quantize_price
from saleor.order.models import OrderLine
from saleor.product.models import ProductVariantChannelListing
from saleor.warehouse.models import Stock
from saleor.webhook.event_types import WebhookEventAsyncType

from .events import announce
from .products import mark_prices_dirty

__all__ = ["recount"]

_PRICES = ("price_amount", "discounted_price_amount", "prior_price_amount", "cost_price_amount")

Pieces = Mapping[int, tuple[Decimal, Decimal]]


@transaction.atomic
def recount(pieces: Pieces) -> Collection[int]:
    used = {
        pk
        for lines in (OrderLine, CheckoutLine)
        for pk in lines.objects.filter(variant__in=list(pieces)).values_list("variant", flat=True)
    }
    free = {pk: change for pk, change in pieces.items() if pk not in used}
    if free:
        _recount_stock(free)
        _recount_prices(free)
    return used


def _recount_stock(pieces: Pieces) -> None:
    stocks = list(
        Stock.objects.filter(product_variant__in=list(pieces))
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for stock in stocks:
        was, now = pieces[stock.product_variant_id]
        stock.quantity = int(stock.quantity * was // now)
    Stock.objects.bulk_update(stocks, ["quantity"])
    announce(WebhookEventAsyncType.PRODUCT_VARIANT_STOCK_UPDATED, stocks)


def _recount_prices(pieces: Pieces) -> None:
    listings = list(
        ProductVariantChannelListing.objects.filter(variant__in=list(pieces)).select_related(
            "variant", "channel"
        )
    )
    for listing in listings:
        was, now = pieces[listing.variant_id]
        for name in _PRICES:
            setattr(listing, name, _of_piece(getattr(listing, name), was, now, listing.currency))
    ProductVariantChannelListing.objects.bulk_update(listings, list(_PRICES))
    for channel in {listing.channel for listing in listings}:
        products = {each.variant.product_id for each in listings if each.channel == channel}
        mark_prices_dirty(products, channel)


def _of_piece(price: Decimal | None, was: Decimal, now: Decimal, currency: str) -> Any:
    return None if price is None else quantize_price(price / was * now, currency)
