"""What every resolver needs to know of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from graphql import GraphQLError

from b2b_overlay.company import choice
from b2b_overlay.shop import Channel, get_shop

from .ids import UnknownId, number

__all__ = ["buying_for", "channel_of", "current_user", "known_channel"]

#: Names the legal entity this request is for: a global id of B2BLegalEntity.
HEADER = "X-B2B-Legal-Entity"


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


def known_channel(slug: str | None) -> Channel:
    """The same, where an unknown one is told as an error."""
    try:
        return channel_of(slug)
    except UnknownId as error:
        raise GraphQLError(f"There is no channel «{slug}».") from error


@contextmanager
def buying_for(request: HttpRequest, user: Callable[[], Any]) -> Iterator[None]:
    """The legal entity that the request's header names holds within this; without the header,
    the one kept for the user. ``user`` says who asks, where there is one.

    Raises ``GraphQLError`` where he may not buy for it, a visitor too: other prices, or retail,
    would be taken for those that were asked for.
    """
    with ExitStack() as within:
        if asked := request.headers.get(HEADER):
            try:
                within.enter_context(choice.named(user(), number(asked, "B2BLegalEntity")))
            except ObjectDoesNotExist as error:
                with translation.override(translation.get_language_from_request(request)):
                    sentence = _("%(header)s names no legal entity you can buy for.")
                    raise GraphQLError(sentence % {"header": HEADER}) from error
        yield
