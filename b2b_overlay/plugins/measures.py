"""Where ``b2bMeasure`` finds what it needs on Saleor: variants, and the lines of carts and orders.

A price is asked of Saleor's own resolver, so it is the one that the same answer shows of a piece.
"""

from __future__ import annotations

from typing import Any

from promise import Promise
from saleor.graphql.checkout.types import CheckoutLine
from saleor.graphql.order.types import OrderLine
from saleor.graphql.product.types import ProductVariant

from b2b_overlay.graphql.measures import Measured

__all__ = ["FIELDS"]


def _variant(root: Any, info: Any) -> Measured:
    pricing = Promise.resolve(ProductVariant.resolve_pricing(root, info))
    return Measured(root.node.pk, None, pricing.then(lambda told: _gross(told and told.price)))


def _checkout_line(root: Any, info: Any) -> Measured:
    price = Promise.resolve(CheckoutLine.resolve_unit_price(root, info)).then(_gross)
    return Measured(root.node.variant_id, root.node.quantity, price)


def _order_line(root: Any, info: Any) -> Measured:
    price = Promise.resolve(OrderLine.resolve_unit_price(root, info)).then(_gross)
    return Measured(root.node.variant_id, root.node.quantity, price)


def _gross(price: Any) -> Any:
    return price and price.gross


FIELDS = {ProductVariant: _variant, CheckoutLine: _checkout_line, OrderLine: _order_line}
