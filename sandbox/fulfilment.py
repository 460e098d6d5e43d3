"""Stock of orders: held when they are placed, gone when they are sent off, free again when
they are cancelled. Saleor's rules: an allocation names the stock that serves a line, and
sending off takes the pieces from both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from b2b_overlay.copying import numbers
from b2b_overlay.shop import CheckoutLine, Refusal, Refused, Served

from .models import Allocation, Order, Stock
from .values import uuids

__all__ = ["Taken", "allocate", "cancel", "reserved", "served", "ship", "take"]

Taken = dict[int, list[tuple[Stock, int]]]
"""By variant: which stock serves it, with how many pieces."""


def take(lines: Iterable[CheckoutLine]) -> Taken:
    """Reserve the stock of every line. Raises :class:`Refused` where there isn't enough."""
    needed = {line.variant_id: line for line in lines}
    stocks = list(Stock.objects.select_for_update().filter(variant__in=needed).order_by("pk"))
    taken: Taken = defaultdict(list)
    left = {pk: int(line.quantity) for pk, line in needed.items()}
    for stock in stocks:
        here = max(0, min(left[stock.variant_id], stock.quantity - stock.allocated))
        if here:
            stock.allocated += here
            left[stock.variant_id] -= here
            taken[stock.variant_id].append((stock, here))
    if short := [_short(needed[pk], missing) for pk, missing in left.items() if missing]:
        raise Refused(*short)
    Stock.objects.bulk_update(stocks, ["allocated"])
    return taken


def _short(line: CheckoutLine, missing: int) -> Refusal:
    return Refusal(
        "INSUFFICIENT_STOCK",
        _("Only %(free)s left in stock.") % {"free": line.quantity - missing},
        variant_id=line.variant_id,
        line_id=line.id,
    )


def allocate(order: Order, taken: Taken) -> None:
    """Remember which stock serves the lines of an order just made."""
    Allocation.objects.bulk_create(
        Allocation(line=line, stock=stock, quantity=quantity)
        for line in order.lines.all()
        for stock, quantity in taken.get(line.variant_id or 0, ())
    )


@transaction.atomic
def ship(order: Order) -> None:
    """Send off everything that is held for the order."""
    for row in _locked(order):
        Stock.objects.filter(pk=row.stock_id).update(
            quantity=row.stock.quantity - row.quantity, allocated=row.stock.allocated - row.quantity
        )
        row.shipped, row.quantity = row.shipped + row.quantity, 0
        row.save()
    Order.objects.filter(pk=order.pk).update(status="FULFILLED")


@transaction.atomic
def cancel(order: Order) -> None:
    """Let go of what is held for the order."""
    for row in _locked(order):
        allocated = row.stock.allocated - row.quantity
        Stock.objects.filter(pk=row.stock_id).update(allocated=allocated)
        row.quantity = 0
        row.save()
    Order.objects.filter(pk=order.pk).update(status="CANCELED")


def _locked(order: Order) -> list[Allocation]:
    """What is held for the order, its stock locked."""
    held = Allocation.objects.filter(line__order=order, quantity__gt=0)
    list(Stock.objects.select_for_update().filter(allocations__in=held).order_by("pk"))
    return list(held.select_related("stock"))


def reserved(variant_ids: Iterable[int]) -> Sequence[Served]:
    """The port's ``CatalogueWriter.reserved``."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [numbers(variant_ids)])
        held = [pk for (pk,) in cursor.fetchall()]
    return _served(stock__in=held, quantity__gt=0) if held else []


_HELD = """
SELECT id FROM sandbox_stock WHERE variant_id = ANY (%s::bigint[]) AND allocated > 0
 ORDER BY id FOR UPDATE
"""


def served(order_ids: Iterable[str]) -> Sequence[Served]:
    """The port's ``Orders.served``."""
    return _served(line__order__in=uuids(order_ids))


def _served(**which: object) -> list[Served]:
    rows = (
        Allocation.objects.filter(**which)
        .values_list("line__order", "stock__variant", "stock__warehouse")
        .annotate(Sum("quantity"), Sum("shipped"))
        .order_by("line__order", "stock__variant", "stock__warehouse")
    )
    return [
        Served(str(order), variant, str(warehouse), held, shipped)
        for order, variant, warehouse, held, shipped in rows
    ]
