"""Saleor's products by what they cost whoever asks: ``b2bProducts`` beside its ``products``.

What is listed is what ``products`` lists to him (3.23: ``resolve_products``, its search and its
filter by categories); a node is Saleor's own product in its channel, so that every field of it
answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import graphene
from saleor.core.search import prefix_search
from saleor.graphql.core.context import ChannelContext, get_database_connection_name
from saleor.graphql.product.filters.product_helpers import filter_categories
from saleor.graphql.product.resolvers import resolve_products
from saleor.graphql.product.types.products import ProductCountableConnection
from saleor.graphql.utils import get_user_or_app_from_context
from saleor.product.models import Product, ProductVariantChannelListing

from b2b_overlay.graphql.products import Asked, products_field
from b2b_overlay.ordering.shown import Listed
from b2b_overlay.shop import Channel

from .channels import row_of

__all__ = ["Queries"]


class _Shelf:
    connection = ProductCountableConnection

    def listed(self, info: Any, channel: Channel, asked: Asked) -> Sequence[Listed]:
        row = row_of(channel)
        asker = get_user_or_app_from_context(info.context)
        found = resolve_products(info, asker, row, True).qs.order_by()
        found = filter_categories(found, "categories", asked.categories)
        if asked.search:
            found = prefix_search(found, asked.search)
        retail = _retail(found, row) if asked.priced else {}
        return [
            Listed(pk, name, category_id, retail.get(pk, {}))
            for pk, name, category_id in found.values_list("pk", "name", "category_id")
        ]

    def nodes(self, info: Any, channel: Channel, ids: Sequence[int]) -> Mapping[int, Any]:
        rows = Product.objects.using(get_database_connection_name(info.context)).in_bulk(ids)
        return {pk: ChannelContext(node=row, channel_slug=channel.slug) for pk, row in rows.items()}


def _retail(products: Any, channel: Any) -> dict[int, dict[int, Decimal]]:
    """By product: what a visitor pays for a piece of each variant, of those a cart takes."""
    listings = ProductVariantChannelListing.objects.using(products.db).filter(
        channel=channel, price_amount__isnull=False, variant__product__in=products.values("pk")
    )
    found: dict[int, dict[int, Decimal]] = {}
    for product_id, pk, price, lowered in listings.values_list(
        "variant__product_id", "variant_id", "price_amount", "discounted_price_amount"
    ):
        found.setdefault(product_id, {})[pk] = price if lowered is None else lowered
    return found


class Queries(graphene.ObjectType):
    b2b_products = products_field(_Shelf())
