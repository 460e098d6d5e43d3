"""The sandbox's products by what they cost whoever asks: ``b2bProducts``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import graphene
from django.db.models import QuerySet

from b2b_overlay.graphql.products import Asked, products_field
from b2b_overlay.ordering.shown import Listed
from b2b_overlay.shop import Channel
from sandbox import models
from sandbox.pricing import retail_prices

from .queries import find_channel, listed_products
from .types import InChannel, ProductCountableConnection

__all__ = ["Listing"]


class _Shelf:
    connection = ProductCountableConnection

    def listed(self, info: Any, channel: Channel, asked: Asked) -> Sequence[Listed]:
        where = find_channel(channel.slug)
        chosen = {} if asked.categories is None else {"categories": asked.categories}
        rows = listed_products(info, where, asked.search, chosen)
        retail = _retail(rows, where) if asked.priced else {}
        return [
            Listed(pk, name, category_id, retail.get(pk, {}))
            for pk, name, category_id in rows.values_list("pk", "name", "category_id")
        ]

    def nodes(self, info: Any, channel: Channel, ids: Sequence[int]) -> Mapping[int, Any]:
        where = find_channel(channel.slug)
        rows = models.Product.objects.in_bulk(ids)
        return {pk: InChannel(row, where) for pk, row in rows.items()}


def _retail(products: QuerySet[Any], where: models.Channel) -> dict[int, dict[int, Decimal]]:
    """By product: what a visitor pays for a piece of each variant."""
    sold = models.Variant.objects.filter(
        product__in=products.order_by().values("pk"), listings__channel=where
    )
    prices = retail_prices(sold.values("pk"), where)
    found: dict[int, dict[int, Decimal]] = {}
    for pk, product_id in sold.values_list("pk", "product_id"):
        found.setdefault(product_id, {})[pk] = prices[pk].price
    return found


class Listing(graphene.ObjectType):
    b2b_products = products_field(_Shelf())
