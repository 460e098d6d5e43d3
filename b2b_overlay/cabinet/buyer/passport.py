"""The passport of a price: what each good on a buyer's page costs by, in his own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from b2b_overlay.ordering import cart as carts
from b2b_overlay.ordering.goods import Contents, Good
from b2b_overlay.pricing.parts import Part, parts
from b2b_overlay.terms.current import Terms

__all__ = ["passports", "passports_of_cart"]


def passports(goods: Iterable[Good], terms: Terms | None, cart: Contents) -> Mapping[int, Part]:
    """By variant, for one piece of each; as a private person he has none. A number of queries
    that doesn't grow with the goods."""
    shown = list(goods)
    if terms is None or not shown:
        return {}
    quantities = {good.variant.id: 1 for good in shown}
    retail = {good.variant.id: good.variant.retail for good in shown}
    return parts(terms, quantities, retail, cart)


def passports_of_cart(cart: carts.Cart | None) -> Mapping[int, Part]:
    """By variant, at the quantities that lie in the cart."""
    if cart is None or cart.terms is None:
        return {}
    there = {row.line.variant_id: row.line.quantity for row in cart.lines if row.good}
    retail = {row.good.variant.id: row.good.variant.retail for row in cart.lines if row.good}
    return parts(cart.terms, there, retail, lambda: there)
