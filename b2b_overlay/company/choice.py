"""For whom a user is buying right now, per channel: read it, change it.

Kept by the server, so the shop's own API needs no new header. A page or a mutation changes
it; a checkout carries its own (``ordering.checkouts``), so that changing it in another tab
never moves an order to another legal entity.
"""

from __future__ import annotations

from . import access
from .models import Choice, LegalEntity

__all__ = ["choose", "chosen"]


def chosen(user: access.User | None, channel: str) -> LegalEntity | None:
    """The legal entity the user sees prices for; None: as a private person, at retail.

    Without a choice made: the first he may buy for (by id). A choice he may no longer buy for
    (B2B switched off, removed from the company) falls back in the same way.
    """
    allowed = access.legal_entities(user).select_related("company")
    if user is None or not user.is_authenticated:
        return None
    choice = Choice.objects.filter(user_id=user.pk, channel=channel).first()
    if choice is not None:
        if choice.legal_entity_id is None:
            return None
        if entity := allowed.filter(pk=choice.legal_entity_id).first():
            return entity
    return allowed.order_by("pk").first()


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
