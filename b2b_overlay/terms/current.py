"""The terms a request is under: whom it buys for, by which contract, in which channel.

Everything that shows or binds a price starts from a :class:`Terms`, so that a catalogue, a
cart and an order can't disagree about whose prices they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import FilteredRelation, Q

from b2b_overlay.company import access
from b2b_overlay.company.choice import candidates, picked
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.shop import Channel

from .models import Contract

__all__ = ["Standing", "Terms", "contract_for", "standing_of", "terms_for", "terms_of"]


@dataclass(frozen=True, slots=True)
class Terms:
    """A legal entity buying in a channel, by a contract where it has one."""

    legal_entity: LegalEntity
    contract: Contract | None
    channel: Channel


@dataclass(frozen=True, slots=True)
class Standing:
    """For whom a user may buy, and by which contracts, in any channel."""

    #: As :func:`~b2b_overlay.company.choice.picked` picks from them.
    candidates: Sequence[LegalEntity]
    #: The active ones, by legal entity.
    contracts: Mapping[int, Sequence[Contract]]

    def __bool__(self) -> bool:
        """May he buy for anybody?"""
        return bool(self.candidates)

    def terms_in(self, channel: Channel) -> Terms | None:
        """Those of his chosen legal entity; None: retail."""
        entity = picked(self.candidates, channel.slug)
        if entity is None:
            return None
        return Terms(entity, _contract_in(channel, self.contracts[entity.pk]), channel)


def standing_of(user: access.User | None) -> Standing:
    """One statement, whatever he may buy for."""
    active = FilteredRelation("contracts", condition=Q(contracts__is_active=True))
    rows = candidates(user).annotate(active=active).select_related("active__organization")
    entities: dict[int, LegalEntity] = {}
    contracts: dict[int, list[Contract]] = {}
    for row in rows:
        entity = entities.setdefault(row.pk, row)
        found = contracts.setdefault(row.pk, [])
        if contract := getattr(row, "active", None):  # not there at all where there is none
            contract.legal_entity = entity
            found.append(contract)
    return Standing(tuple(entities.values()), contracts)


def _contract_in(channel: Channel, contracts: Iterable[Contract]) -> Contract | None:
    """The contract orders in this channel go under: the oldest of these in the channel's currency;
    where there is none, the oldest in another. The order is then in the channel's currency, and
    the contract's limit is reckoned at the day's rate."""
    return min(
        contracts, key=lambda each: (each.currency != channel.currency, each.pk), default=None
    )


def contract_for(entity: LegalEntity, channel: Channel) -> Contract | None:
    """The contract an entity's orders in this channel go under, of its active ones."""
    active = entity.contracts.filter(is_active=True).select_related("organization")
    return _contract_in(channel, active)


def terms_of(entity: LegalEntity, channel: Channel, contract: Contract | None = None) -> Terms:
    """The terms of this legal entity, by the ``contract`` of its own that was picked, while that
    is active; else by :func:`contract_for`."""
    if contract and contract.is_active and contract.legal_entity_id == entity.pk:
        return Terms(entity, contract, channel)
    return Terms(entity, contract_for(entity, channel), channel)


def terms_for(user: access.User | None, channel: Channel) -> Terms | None:
    """The terms of the user's chosen legal entity; None: retail. One statement."""
    return standing_of(user).terms_in(channel)
