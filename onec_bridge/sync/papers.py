"""Which documents an order of the shop is for one 1C base: one, or several as its connection's
settings cut it.

An order is cut when it is first given, and kept so: another rule, another setting or stock that
moved meanwhile changes nothing of what 1C may have stored already. One that was given whole
stays whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from b2b_overlay.ordering import parts
from b2b_overlay.ordering.models import OrderPart, WholesaleOrder
from b2b_overlay.ordering.splitting import ByVat, Split, SplitBy
from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import Warehouse

from .document import Paper, whole
from .models import Kind, Link, OrderExport

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Papers", "books_of", "split_by"]


def books_of(connection: Connection) -> str:
    """What the parts of this connection's documents are known by."""
    return str(connection.pk)


def split_by(connection: Connection) -> SplitBy:
    return SplitBy(
        connection.split_by_organization,
        connection.split_by_warehouse,
        ByVat(connection.split_by_vat),
    )


class Papers:
    """The documents of some orders; a constant number of queries, two where nothing is cut."""

    def __init__(self, connection: Connection, exports: Sequence[OrderExport]) -> None:
        self._connection, self._books = connection, books_of(connection)
        by = split_by(connection)
        fresh = [export.order for export in exports if by and export.given_at is None]
        self._cuts: dict[int, list[Split]] = {}
        if fresh:
            self._plans = parts.Plans(get_shop(), fresh, by)
            found = ((order.pk, self._plans.of(order)) for order in fresh)
            self._cuts = {pk: splits for pk, splits in found if len(splits) > 1}

    def of(self, order: WholesaleOrder) -> list[Paper]:
        """The documents of one order. Its lines and parts are fetched."""
        cut = self._cut(order)
        if not cut:
            return [whole(order)]
        return [
            Paper(
                part.document_id,
                part.number,
                [share.as_line() for share in split.shares],
                part.organization,
                self._warehouse(part),
                part.position,
                len(cut),
                is_cancelled=order.cancelled_here or not split.shares,
            )
            for part, split in cut
        ]

    def keep(self, order: WholesaleOrder) -> None:
        """The order is given: what it was cut into holds from now on."""
        if splits := self._cuts.pop(order.pk, None):
            parts.keep(self._draft(order, splits), splits)

    def _cut(self, order: WholesaleOrder) -> list[tuple[OrderPart, Split]]:
        if splits := self._cuts.get(order.pk):
            return list(zip(self._draft(order, splits), splits, strict=True))
        return parts.kept(order, self._books)

    def _draft(self, order: WholesaleOrder, splits: list[Split]) -> list[OrderPart]:
        return self._plans.draft(order, self._books, splits, self._names)

    def _warehouse(self, part: OrderPart) -> Warehouse | None:
        """In 1C's words where it knows the warehouse; one it doesn't know it isn't told."""
        return self._warehouses.get(part.warehouse_id)

    @cached_property
    def _warehouses(self) -> Mapping[str, Warehouse]:
        links = Link.objects.filter(connection=self._connection, kind=Kind.WAREHOUSE)
        return {
            link.local_id: Warehouse(
                id=link.external_id, name=link.data.get("told", {}).get("name")
            )
            for link in links.exclude(local_id="").order_by("pk")
        }

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {each.id: each.name for each in get_shop().catalogue.warehouses()}
