"""What legal entities owe, with what is left of their limits: for pages and GraphQL alike.

Rule: whose debts the user may see is asked here, whatever entities are named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.terms.models import Contract, Settlement
from b2b_overlay.terms.settlements import Balance, balances, entities_for, settlements_for

from .credit import Credit, credit_of

__all__ = ["Owing", "owing"]


@dataclass(frozen=True, slots=True)
class Owing:
    """Of one legal entity."""

    entity: LegalEntity
    #: By currency; empty: 1C never told.
    balances: tuple[Balance, ...]
    #: Contracts that have a limit.
    credit: list[tuple[Contract, Credit]]
    #: The soonest due first.
    documents: list[Settlement]

    @property
    def told_at(self) -> dt.datetime | None:
        return max((each.told_at for each in self.balances), default=None)


def owing(user: access.User | None, entity_ids: Iterable[int], on: dt.date) -> list[Owing]:
    """Of those of these legal entities whose debts he may see, in order of their names. The
    number of statements doesn't depend on how many."""
    entities = list(entities_for(user).filter(pk__in=list(entity_ids)).order_by("name", "pk"))
    ids = [entity.pk for entity in entities]
    told = balances(ids, on)
    contracts = list(Contract.objects.filter(legal_entity__in=ids, is_active=True))
    credit = credit_of(contracts)
    documents: dict[int, list[Settlement]] = {}
    for each in settlements_for(user).filter(legal_entity__in=ids).select_related("contract"):
        documents.setdefault(each.legal_entity_id, []).append(each)
    return [
        Owing(
            entity,
            told.get(entity.pk, ()),
            [
                (contract, credit[contract.pk])
                for contract in contracts
                if contract.legal_entity_id == entity.pk and contract.pk in credit
            ],
            documents.get(entity.pk, []),
        )
        for entity in entities
    ]
