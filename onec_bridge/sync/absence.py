"""Goods that a full export of 1C didn't bring: off sale, and back when they come again.

A person who took them off sale himself, or put them back, isn't overruled twice: what was
marked for deletion in 1C isn't counted, and what comes back is put on sale once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from b2b_overlay.shop import ProductDraft, get_shop

from .models import Kind, Link
from .work import channel_of

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["bring_back", "on_sale", "take_off"]

BATCH = 500


def on_sale(connection: Connection) -> QuerySet[Link]:
    """Links of the connection's products in the shop that 1C hasn't taken off sale."""
    return (
        Link.objects.filter(connection=connection, kind=Kind.PRODUCT)
        .exclude(local_id="")
        .exclude(data__contains={"taken_off": True})
        .exclude(data__contains={"absent": True})
    )


def take_off(
    connection: Connection,
    links: QuerySet[Link],
    deadline: float,
    checkpoint: Callable[[], None] = lambda: None,
) -> int:
    """Take these off sale, batch by batch; how many are left when the deadline came.

    Args:
        checkpoint: called in each batch's transaction.
    """
    while True:
        with transaction.atomic():
            batch = list(links.order_by("pk")[:BATCH].select_for_update(of=("self",)))
            _publish(connection, batch, publish=False)
            checkpoint()
        if len(batch) < BATCH:
            return 0
        if time.monotonic() > deadline:
            return links.count()


def bring_back(connection: Connection, product_ids: Iterable[str]) -> int:
    """Those of these products that were absent and have come are on sale again; how many."""
    with transaction.atomic():
        returned = Link.objects.filter(
            connection=connection,
            kind=Kind.PRODUCT,
            external_id__in=list(product_ids),
            data__absent=True,
        )
        batch = list(returned.order_by("pk").select_for_update())
        deleted = [link for link in batch if link.data.get("told", {}).get("deleted")]
        _publish(connection, [link for link in batch if link not in deleted], publish=True)
        _mark(deleted, absent=False)
    return len(batch)


def _publish(connection: Connection, links: list[Link], *, publish: bool) -> None:
    if not links:
        return
    shop = get_shop()
    drafts = [
        ProductDraft(key=link.external_id, id=int(link.local_id), publish=publish)
        for link in links
        if link.local_id
    ]
    shop.writer.save_products(drafts, channel_of(shop, connection))
    _mark(links, absent=not publish)


def _mark(links: list[Link], *, absent: bool) -> None:
    for link in links:
        link.data = {key: value for key, value in link.data.items() if key != "absent"}
        if absent:
            link.data["absent"] = True
    Link.objects.bulk_update(links, ["data"])
