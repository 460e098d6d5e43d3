"""What Saleor's warehouses hold for orders, and what they have sent off for them.

Saleor 3.23: an order line's ``Allocation`` says from which stock it is served; fulfilling takes
the pieces off both the allocation and the stock, and a ``FulfillmentLine`` remembers the stock.
A fulfilment that waits for approval has taken nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Sum
from saleor.order import FulfillmentStatus
from saleor.order.models import FulfillmentLine
from saleor.warehouse.models import Allocation, Stock

from b2b_overlay.shop import Served

from .ids import as_uuid

__all__ = ["reserved", "served"]

_TAKEN = (FulfillmentStatus.FULFILLED, FulfillmentStatus.REFUNDED)


def reserved(variant_ids: Iterable[int]) -> Sequence[Served]:
    """Stock is locked in Saleor's own order (warehouse/lock_objects.py), and only where
    something is allocated: nothing can be sent off of the rest."""
    stocks = Stock.objects.filter(product_variant__in=list(variant_ids), quantity_allocated__gt=0)
    held = list(stocks.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    return _allocated(stock__in=held) if held else []


def served(order_ids: Iterable[str]) -> Sequence[Served]:
    uuids = [uuid for uuid in map(as_uuid, order_ids) if uuid]
    shipped = (
        FulfillmentLine.objects.filter(
            order_line__order__in=uuids, fulfillment__status__in=_TAKEN, stock__isnull=False
        )
        .values_list("order_line__order", "stock__product_variant", "stock__warehouse")
        .annotate(Sum("quantity"))
        .order_by("order_line__order", "stock__product_variant", "stock__warehouse")
    )
    return [
        *_allocated(order_line__order__in=uuids),
        *(
            Served(str(order), variant, str(warehouse), shipped=quantity)
            for order, variant, warehouse, quantity in shipped
        ),
    ]


def _allocated(**which: object) -> list[Served]:
    rows = (
        Allocation.objects.filter(quantity_allocated__gt=0, **which)
        .values_list("order_line__order", "stock__product_variant", "stock__warehouse")
        .annotate(Sum("quantity_allocated"))
        .order_by("order_line__order", "stock__product_variant", "stock__warehouse")
    )
    return [
        Served(str(order), variant, str(warehouse), reserved=quantity)
        for order, variant, warehouse, quantity in rows
    ]
