"""Which price lists a legal entity's prices may come from: for the history of one good's price."""

from __future__ import annotations

from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import terms_of

from .lists import ranked
from .sources import sources

__all__ = ["lists_of"]


def lists_of(entity: LegalEntity, channel: Channel) -> list[int]:
    """Its price lists of today and what they derive from, the first that answers first; those
    whose window is over or still to come too. One statement beside the contract's."""
    found = ranked(terms_of(entity, channel), timezone.now(), None, sources(None))
    return list(dict.fromkeys(row.id for each in found for row in each.chain))
