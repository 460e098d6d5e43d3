"""What the shop itself charges: listings lowered by promotions.

The overlay's prices are no business of this module; a cart's line carries them as an
override (:mod:`sandbox.carts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from b2b_overlay.money import quantize

from .models import Category, Channel, Listing, Promotion, Variant

__all__ = ["RetailPrice", "descendants", "promoted", "retail_prices"]


@dataclass(frozen=True, slots=True)
class RetailPrice:
    """Of one piece, in the channel's currency and VAT mode."""

    undiscounted: Decimal
    price: Decimal


def descendants(category_id: int) -> set[int]:
    """The category and everything below it. One query."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    return {pk for pk in parents if category_id in _path(pk, parents)}


def _path(category_id: int | None, parents: Mapping[int, int | None]) -> list[int]:
    path: list[int] = []
    while category_id is not None and category_id not in path:
        path.append(category_id)
        category_id = parents.get(category_id)
    return path


def _promotions() -> dict[int, Decimal]:
    """The highest active percentage that holds in each category. At most two queries."""
    active = dict(
        Promotion.objects.filter(is_active=True)
        .order_by("percent")
        .values_list("category_id", "percent")
    )
    if not active:
        return {}
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    return {
        pk: max((active[each] for each in _path(pk, parents) if each in active), default=Decimal(0))
        for pk in parents
    }


def retail_prices(
    variant_ids: Iterable[int] | QuerySet[Any], channel: Channel
) -> dict[int, RetailPrice]:
    """Retail prices by variant, of these ids or of a query for them; one that isn't sold at
    retail is absent. Three queries."""
    wanted = variant_ids if isinstance(variant_ids, QuerySet) else list(variant_ids)
    listings = Listing.objects.filter(variant__in=wanted, channel=channel)
    promotions = _promotions()
    found = {}
    for variant_id, category_id, listed in listings.values_list(
        "variant_id", "variant__product__category_id", "price"
    ):
        off = promotions.get(category_id, Decimal(0))
        price = quantize(listed * (100 - off) / 100, channel.currency)
        found[variant_id] = RetailPrice(listed, price)
    return found


def promoted(prices: Mapping[int, Decimal], channel: Channel) -> dict[int, Decimal]:
    """These prices, by variant, as the promotions lower them. At most three queries."""
    promotions, found = _promotions(), dict(prices)
    if not promotions:
        return found
    rows = Variant.objects.filter(pk__in=list(prices))
    for pk, category_id in rows.values_list("pk", "product__category_id"):
        off = promotions.get(category_id, Decimal(0))
        found[pk] = quantize(prices[pk] * (100 - off) / 100, channel.currency)
    return found
