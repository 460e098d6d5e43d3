"""The terms a request is under: whom it buys for, by which contract, in which channel.

Everything that shows or binds a price starts from a :class:`Terms`, so that a catalogue, a
cart and an order can't disagree about whose prices they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, When

from b2b_overlay.company import access
from b2b_overlay.company.choice import chosen
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.shop import Channel

from .models import Contract

__all__ = ["Terms", "contract_for", "terms_for", "terms_of"]


@dataclass(frozen=True, slots=True)
class Terms:
    """A legal entity buying in a channel, by a contract where it has one."""

    legal_entity: LegalEntity
    contract: Contract | None
    channel: Channel


def contract_for(entity: LegalEntity, channel: Channel) -> Contract | None:
    """The contract an entity's orders in this channel go under: its oldest active one in the
    channel's currency; where it has none, its oldest active one in another. The order is then
    in the channel's currency, and the contract's limit is reckoned at the day's rate."""
    in_the_channels = Case(When(currency=channel.currency, then=0), default=1)
    return (
        entity.contracts.filter(is_active=True)
        .select_related("organization")
        .order_by(in_the_channels, "pk")
        .first()
    )


def terms_of(entity: LegalEntity, channel: Channel, contract: Contract | None = None) -> Terms:
    """The terms of this legal entity, by the ``contract`` of its own that was picked, while that
    is active; else by :func:`contract_for`."""
    if contract and contract.is_active and contract.legal_entity_id == entity.pk:
        return Terms(entity, contract, channel)
    return Terms(entity, contract_for(entity, channel), channel)


def terms_for(user: access.User | None, channel: Channel) -> Terms | None:
    """The terms of the user's chosen legal entity; None: retail."""
    entity = chosen(user, channel.slug)
    return terms_of(entity, channel) if entity else None
