"""Saleor's ids to the port's, and back. A checkout and an order are UUIDs, a variant an int."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from b2b_overlay.graphql.ids import UnknownId, text

__all__ = ["as_uuid", "checkout_pk"]


def as_uuid(text_id: str) -> UUID | None:
    """None for what is no UUID: such an id is simply unknown."""
    try:
        return UUID(text_id)
    except ValueError:
        return None


def checkout_pk(arguments: Mapping[str, Any]) -> UUID | None:
    """The checkout that a checkout mutation's arguments name: by ``id``, or in one of the two
    ways Saleor 3.23 still takes (``checkoutId``, ``token``)."""
    if token := arguments.get("token"):
        return as_uuid(str(token))
    try:
        return as_uuid(text(arguments.get("id") or arguments.get("checkout_id") or "", "Checkout"))
    except UnknownId:
        return None
