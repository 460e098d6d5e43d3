"""For whom a user is buying right now, per channel: read it, change it.

Kept by the server, so the shop's own API needs no new header. A page or a mutation changes
it; a checkout carries its own (``ordering.checkouts``), so that changing it in another tab
never moves an order to another legal entity. A request may name one for itself (:func:`named`):
a storefront's second tab, a server that orders for many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from . import access
from .models import Choice, LegalEntity

__all__ = ["candidates", "choose", "chosen", "named", "picked", "told"]

_named: ContextVar[LegalEntity | None] = ContextVar("b2b_named_legal_entity", default=None)


@contextmanager
def named(user: access.User | None, legal_entity_id: int) -> Iterator[LegalEntity]:
    """Within this, the user buys for this legal entity in every channel; what is kept of his
    choice stays. Raises ``LegalEntity.DoesNotExist`` for one he may not buy for."""
    entity = access.legal_entities(user).select_related("company").get(pk=legal_entity_id)
    before = _named.set(entity)
    try:
        yield entity
    finally:
        _named.reset(before)


def candidates(user: access.User | None) -> QuerySet[Any]:
    """Of the legal entities a user may buy for, those that :func:`picked` picks from, whatever
    the channel: whom he chose anywhere, and the first. One statement; none for a visitor."""
    if not user or not user.is_authenticated:  # Saleor: a lazy None
        return LegalEntity.objects.none()
    allowed = access.legal_entities(user).select_related("company").order_by("pk")
    choices = Choice.objects.filter(user_id=user.pk)
    his = choices.filter(legal_entity=OuterRef("pk")).values("channel")
    first = access.legal_entities(user).order_by("pk").values("pk")[:1]
    entity = _named.get()
    which = Q(Exists(his)) | Q(pk=Subquery(first)) if entity is None else Q(pk=entity.pk)
    return allowed.filter(which).annotate(
        chosen_in=ArraySubquery(his),
        retail_in=ArraySubquery(choices.filter(legal_entity=None).values("channel")),
    )


def picked(found: Iterable[Any], channel: str) -> LegalEntity | None:
    """Whom of these candidates the user sees prices for in a channel: the one this request names;
    else the one he chose, or himself as a private person (None); else the first."""
    first: LegalEntity | None = None
    for row in found:
        entity: LegalEntity = row
        if channel in row.retail_in and _named.get() is None:
            return None
        if channel in row.chosen_in:
            return entity
        first = first or entity
    return first


def chosen(user: access.User | None, channel: str) -> LegalEntity | None:
    """The legal entity the user sees prices for; None: as a private person, at retail.

    Without a choice made: the first he may buy for (by id). A choice he may no longer buy for
    (B2B switched off, removed from the company) falls back in the same way; so does one that the
    request names, to nobody: a mutation of the same request may have taken him off it.
    """
    return picked(candidates(user), channel)


def choose(user: access.User, channel: str, legal_entity_id: int | None) -> LegalEntity | None:
    """Buy for this legal entity from now on; None: as a private person.

    Raises ``LegalEntity.DoesNotExist`` for one he may not buy for; nothing changes then.
    """
    entity = (
        access.legal_entities(user).get(pk=legal_entity_id) if legal_entity_id is not None else None
    )
    Choice.objects.update_or_create(
        user_id=user.pk, channel=channel, defaults={"legal_entity": entity}
    )
    return entity


def told(
    allowed: Sequence[LegalEntity], user: access.User, channel: str
) -> tuple[bool, LegalEntity | None]:
    """Whom of these a user buys for beyond doubt: of several the one he chose himself, or himself
    (None); else the only one. False: nobody knows, and where it matters it isn't guessed."""
    choice = Choice.objects.filter(user_id=user.pk, channel=channel).first()
    if choice is not None and choice.legal_entity_id is None:
        return True, None
    his = [each for each in allowed if choice and each.pk == choice.legal_entity_id]
    sure = his or (allowed if len(allowed) == 1 else [])
    return bool(sure), sure[0] if sure else None
