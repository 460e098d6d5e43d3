"""What Saleor itself does on reading an order whose sums are stale: the staff's changes leave them
so until somebody looks."""

from __future__ import annotations

from typing import Any

from saleor.core.db.connection import allow_writer
from saleor.order.calculations import fetch_order_prices_if_expired
from saleor.plugins.manager import get_plugins_manager

__all__ = ["order"]


def order(row: Any) -> Any:
    """The row, its ``lines`` prefetched, with sums that hold."""
    with allow_writer():
        manager = get_plugins_manager(allow_replica=False)
        lines = list(row.lines.all())
        found, fresh = fetch_order_prices_if_expired(row, manager, None, lines).get()
    found._prefetched_objects_cache["lines"] = fresh or lines
    return found
