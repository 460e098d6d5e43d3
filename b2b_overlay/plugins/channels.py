"""Saleor's channels as the port's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saleor.channel.models import Channel as ChannelRow

from b2b_overlay.shop import Channel

__all__ = ["as_channel", "channels", "row_of"]


def as_channel(row: Any, taxes: Any = None) -> Channel:
    """Its configuration of ``taxes``, where that isn't given, is loaded with the ``row``, or costs
    a query."""
    taxes = taxes or row.tax_configuration
    return Channel(
        slug=row.slug,
        name=row.name,
        currency=row.currency_code,
        prices_include_vat=taxes.prices_entered_with_tax,
    )


def channels() -> Sequence[Channel]:
    """The active channels, the oldest first."""
    rows = ChannelRow.objects.filter(is_active=True).select_related("tax_configuration")
    return [as_channel(row) for row in rows.order_by("pk")]


def row_of(channel: Channel) -> Any:
    return ChannelRow.objects.get(slug=channel.slug)
