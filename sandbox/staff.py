"""What the sandbox's own staff may change, seen through the port. There is little: they make no
drafts, and no payment is ever taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import transaction

from b2b_overlay.shop import Checkout

from . import models
from .values import uuids

__all__ = ["NoDrafts", "price"]


class NoDrafts:
    """The port's ``Drafts``."""

    def get(self, checkout_id: str) -> Checkout | None:
        return None

    def set_prices(
        self,
        checkout_id: str,
        prices: Mapping[str, Decimal | None],
        reason: str,
        promoted: Collection[str] = (),
    ) -> None:
        """There is none to set a price in."""


@transaction.atomic
def price(order_id: str, prices: Mapping[str, Decimal]) -> None:
    rows = models.Order.objects.filter(pk__in=uuids([order_id]))
    for order in rows.select_for_update(of=("self",)):
        for line in order.lines.filter(pk__in=uuids(prices)):
            line.unit_price = prices[str(line.pk)]
            line.total = line.quantity * line.unit_price
            line.save(update_fields=["unit_price", "total"])
        order.total = sum((line.total for line in order.lines.all()), order.shipping_price)
        order.save(update_fields=["total"])
