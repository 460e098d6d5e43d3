"""What every resolver needs to know of the request."""

from __future__ import annotations

from typing import Any

from b2b_overlay.shop import Channel, get_shop

from .ids import UnknownId

__all__ = ["channel_of", "current_user"]


def current_user(info: Any) -> Any:
    """Whoever asks; None for a visitor (Saleor's context.user is None, Django's anonymous)."""
    user = getattr(info.context, "user", None)
    return user if user and user.is_authenticated else None


def channel_of(slug: str | None) -> Channel:
    """The channel by slug; the shop's first where none is named."""
    channels = get_shop().catalogue.channels()
    for channel in channels:
        if slug in (None, "", channel.slug):
            return channel
    raise UnknownId(slug)
