"""Which products came in which session; noted only where that is going to be asked.

A connection that takes absent goods off sale at ``deactivate`` has to know what isn't absent.
Products that were taken off that way and come again are put back on sale, even if the
connection has changed its mind since.
"""

from __future__ import annotations

from collections.abc import Iterator

from onec_bridge import sync
from onec_bridge.commerceml.records import Problem, Product, Record

from .models import AbsentGoods, MetProduct, Session

__all__ = ["Watch"]


class Watch:
    """Looks on while a file is read; `keep` belongs into each batch's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        connection = session.connection
        self._is_needed = connection.takes_off_absent or (
            AbsentGoods.objects.filter(
                session__connection=connection, state=AbsentGoods.State.TAKEN_OFF
            ).exists()
        )
        self._ids: set[str] = set()

    def over(self, records: Iterator[Record | Problem]) -> Iterator[Record | Problem]:
        """The same records, looked at."""
        if not self._is_needed:
            yield from records
            return
        for record in records:
            if isinstance(record, Product) and 0 < len(record.product_id) <= sync.LONGEST_ID:
                self._ids.add(record.product_id)
            yield record

    def keep(self) -> None:
        """Write down what was met since the last call. A constant number of statements."""
        if not self._ids:
            return
        connection = self._session.connection
        MetProduct.objects.bulk_create(
            (
                MetProduct(connection=connection, external_id=each, session_number=self._session.pk)
                for each in sorted(self._ids)
            ),
            update_conflicts=True,
            unique_fields=["connection", "external_id"],
            update_fields=["session_number"],
        )
        sync.bring_back(connection, self._ids)
        self._ids.clear()
