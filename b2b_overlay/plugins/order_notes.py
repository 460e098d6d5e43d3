"""What staff and other apps can read of a wholesale order on Saleor's own order
(:mod:`b2b_overlay.ordering.notes`): private metadata, since public metadata is told to whoever
holds the order's id.

A new order has its notes before Saleor tells of it, so that the payload of ORDER_CREATED has them
too. Saleor makes an order in several saves of one object, and in between puts the checkout's
metadata in the place of the order's: so the notes stay on the object, and go in at each save.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from saleor.core.db.connection import allow_writer
from saleor.order.models import Order
from saleor.webhook.event_types import WebhookEventAsyncType

from .events import announce
from .ids import as_uuid

__all__ = ["begin", "keep", "write"]


def begin(order: Any, notes: Mapping[str, str]) -> None:
    """Notes of an order that is about to be saved for the first time."""
    if notes:
        order.b2b_notes = notes
        keep(order)


def keep(order: Any) -> None:
    """It is saved once more by whoever made it."""
    order.private_metadata = {**(order.private_metadata or {}), **order.b2b_notes}


@transaction.atomic
def write(notes: Mapping[str, Mapping[str, str]]) -> None:
    """By order: an empty text takes the key away."""
    ids, changed = [pk for pk in map(as_uuid, notes) if pk], []
    with allow_writer():
        rows = Order.objects.filter(pk__in=ids).order_by("pk")
        for order in rows.select_for_update(of=("self",)):
            had, told = order.private_metadata or {}, notes[str(order.pk)]
            now = {key: text for key, text in {**had, **told}.items() if text or key not in told}
            if now != had:
                order.private_metadata = now
                order.save(update_fields=["private_metadata", "updated_at"])
                changed.append(order)
        announce(WebhookEventAsyncType.ORDER_METADATA_UPDATED, changed)
