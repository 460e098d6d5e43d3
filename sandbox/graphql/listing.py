"""The sandbox's products by what they cost whoever asks: ``b2bProducts``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from b2b_overlay.graphql.products import products_field
from b2b_overlay.ordering.shown import Listed
from b2b_overlay.shop import Channel
from sandbox import models
from sandbox.pricing import retail_prices

from .queries import find_channel, listed_products
from .types import InChannel, ProductCountableConnection

__all__ = ["Listing"]


class _Shelf:
    connection = ProductCountableConnection

    def listed(
        self, info: Any, channel: Channel, search: str, categories: Sequence[str] | None
    ) -> Sequence[Listed]:
        where = find_channel(channel.slug)
        chosen = {} if categories is None else {"categories": categories}
        rows = listed_products(info, where, search, chosen)
        found = [
            Listed(pk, name, category_id, {})
            for pk, name, category_id in rows.values_list("pk", "name", "category_id")
        ]
        sold = models.Variant.objects.filter(
            product__in=[each.id for each in found], listings__channel=where
        )
        product_of = dict(sold.values_list("pk", "product_id"))
        retail: dict[int, dict[int, Any]] = {}
        for pk, price in retail_prices(product_of, where).items():
            retail.setdefault(product_of[pk], {})[pk] = price.price
        return [Listed(e.id, e.name, e.category_id, retail.get(e.id, {})) for e in found]

    def nodes(self, info: Any, channel: Channel, ids: Sequence[int]) -> Mapping[int, Any]:
        where = find_channel(channel.slug)
        rows = models.Product.objects.in_bulk(ids)
        return {pk: InChannel(row, where) for pk, row in rows.items()}


class Listing(graphene.ObjectType):
    b2b_products = products_field(_Shelf())
