"""How much the shop adds to 1C's stock, or takes off it, for its own orders.

The shop sells what lies in a warehouse less what its open orders hold there. 1C's number takes
account of some of these orders already: its free stock of those it has reserved, all that lies
in a warehouse of those it has shipped. So

* what the shop holds for an order that 1C's number knows is added: else it would be taken off
  twice;
* what the shop has sent off for an order that 1C's number doesn't know yet is taken off: else
  it would be sold again.

An order is known to a file when 1C had said so before the file was made: before the file's own
time and before the session it came in, so that a clock that runs ahead promises nothing twice.
Whatever isn't sure counts as not known, and sells less for a while, never more.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import Shop

from .bound import notice_new
from .models import OrderExport, RetailExport

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Ours", "Promised"]

Ours = dict[tuple[int, str], Quantity]
"""Base units by variant and warehouse; negative: to be taken off."""


class Promised:
    """What the shop's own orders do to 1C's stock, for one run over a file."""

    def __init__(self, connection: Connection, shop: Shop) -> None:
        self._connection, self._shop = connection, shop
        notice_new(connection)

    def counted(self, as_of: dt.datetime | None, variant_ids: Collection[int]) -> Ours:
        """What to add to 1C's stock as of then, in the transaction that writes it; a file of
        which nobody knows when it was made (None) knows of no order. Few queries, whatever the
        number of variants."""
        found: Ours = defaultdict(int)
        if as_of is None or not variant_ids:
            return found
        book = _Book(self._connection, as_of)
        held = self._shop.writer.reserved(variant_ids)
        known = book.known({each.order_id for each in held}) if held else set()
        for each in held:
            if each.order_id in known:
                found[each.variant_id, each.warehouse_id] += each.reserved
        if unknown := book.unknown():
            for each in self._shop.orders.served(unknown):
                if each.shipped and each.variant_id in variant_ids:
                    found[each.variant_id, each.warehouse_id] -= each.shipped
        return found


class _Book:
    """Which orders 1C's number knows, as its connection says."""

    def __init__(self, connection: Connection, as_of: dt.datetime) -> None:
        self._as_of = as_of
        self._since = _since(connection)
        self._exports: tuple[tuple[QuerySet[OrderExport] | QuerySet[RetailExport], str], ...] = (
            (OrderExport.objects.filter(connection=connection), "order__order_id"),
            (RetailExport.objects.filter(connection=connection), "order_id"),
        )

    def known(self, order_ids: Collection[str]) -> set[str]:
        """Those of these orders whose goods 1C's number no longer counts."""
        return {
            pk
            for exports, name in self._exports
            for pk in exports.filter(
                **{f"{name}__in": order_ids, f"{self._since}__lt": self._as_of}
            ).values_list(name, flat=True)
        }

    def unknown(self) -> list[str]:
        """Orders on their way to 1C whose goods its number still counts, if the shop has sent
        them off. Where this 1C has never told what is asked for (many tell of no shipments),
        an order that it has stored is left to it: else its goods would be taken off for ever."""
        return [pk for exports, name in self._exports for pk in self._unknown(exports, name)]

    def _unknown(
        self, exports: QuerySet[OrderExport] | QuerySet[RetailExport], name: str
    ) -> list[str]:
        tells = exports.filter(**{f"{self._since}__isnull": False}).exists()
        since = self._since if tells else "known_at"
        rows = exports.exclude(**{f"{since}__lt": self._as_of})
        return list(rows.values_list(name, flat=True))


def _since(connection: Connection) -> str:
    """The moment, of an export, from which on 1C's number is less by the order."""
    if connection.stock_is == connection.StockIs.ON_HAND:
        return "shipped_told_at"
    return {
        connection.Reserves.STORED: "known_at",
        connection.Reserves.ACCEPTED: "accepted_at",
        connection.Reserves.NEVER: "shipped_told_at",
    }[connection.Reserves(connection.reserves)]
