"""Ways of delivery, at what they cost a cart: the shop asks the overlay, as Saleor is made to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from b2b_overlay.money import Money
from b2b_overlay.ordering import delivery
from b2b_overlay.shop import CheckoutLine

from . import values
from .models import Checkout, ShippingMethod

__all__ = ["chosen", "offered"]


def offered(checkout: Checkout, lines: Iterable[CheckoutLine]) -> list[ShippingMethod]:
    """All of the channel's, never to be saved."""
    rows = checkout.channel.shipping_methods.select_related("channel")
    return _at_its_prices(checkout, lines, list(rows))


def chosen(checkout: Checkout, lines: Iterable[CheckoutLine]) -> ShippingMethod | None:
    """The one chosen for it, never to be saved."""
    method = checkout.shipping_method
    return next(iter(_at_its_prices(checkout, lines, [method])), None) if method else None


def _at_its_prices(
    checkout: Checkout, lines: Iterable[CheckoutLine], methods: Sequence[ShippingMethod]
) -> list[ShippingMethod]:
    currency = checkout.channel.currency
    goods = sum((line.total for line in lines), Money.zero(currency))
    prices = delivery.charged(
        str(checkout.pk),
        checkout.user_id,
        values.channel(checkout.channel),
        goods,
        {str(method.pk): Money(method.price, currency) for method in methods},
    )
    found = [copy(method) for method in methods]
    for method in found:
        method.price = prices[str(method.pk)].amount
    return found
