"""Two counterparties beside each other: what each is, what it has, and where they agree.

Read at once for a whole page: the number of queries doesn't grow with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2b_overlay.cabinet.known_as import known_as
from b2b_overlay.company.candidates import LIMIT, Question
from b2b_overlay.company.likeness import Reason
from b2b_overlay.company.models import BankAccount, Doubt, LegalEntity
from b2b_overlay.ordering.rearranging import Holding, contracts_after, holdings
from b2b_overlay.terms.models import Contract

__all__ = ["Fact", "Pair", "Row", "Side", "pairs_of", "rows_of"]

#: Which facts a reason is about.
_ABOUT: dict[str, frozenset[Reason]] = {
    "name": frozenset({Reason.NAME}),
    "inn": frozenset({Reason.INN, Reason.INN_KPP, Reason.INN_NEAR}),
    "kpp": frozenset({Reason.INN_KPP}),
    "ogrn": frozenset({Reason.OGRN}),
    "accounts": frozenset({Reason.ACCOUNT}),
    "address": frozenset({Reason.ADDRESS}),
    "phone": frozenset({Reason.PHONE}),
    "email": frozenset({Reason.EMAIL}),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a counterparty's card; ``agrees``: it is why the two may be one."""

    label: str | Promise
    value: str
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """A counterparty as the page shows it."""

    entity: LegalEntity
    facts: list[Fact]
    holding: Holding
    names: list[str]

    @property
    def weight(self) -> tuple[Any, ...]:
        """The greater one is rather kept: of a company, active, the one with more, the older."""
        entity = self.entity
        has = sum(self.holding.rows.values())
        return (entity.company_id is not None, entity.is_active, has, -entity.pk)


@dataclass(frozen=True, slots=True)
class Pair:
    """The counterparty in question beside one that it may be."""

    #: None: nobody has asked yet.
    doubt: Doubt | None
    asked: Side
    side: Side
    reasons: list[Reason]
    contracts: list[Contract]

    @property
    def keep_this(self) -> bool:
        """Rather keep the candidate than the one in question?"""
        return self.side.weight > self.asked.weight

    @property
    def companies(self) -> list[Any]:
        """Where they are of two, the moderator says which stays."""
        found = {each.company_id: each.company for each in (self.side.entity, self.asked.entity)}
        found.pop(None, None)
        return list(found.values()) if len(found) > 1 else []


@dataclass(frozen=True, slots=True)
class Row:
    """A question of the queue."""

    asked: Side
    pairs: list[Pair]


def rows_of(questions: Sequence[Question]) -> list[Row]:
    """Everything that the page shows of these questions."""
    entities = {q.entity.pk: q.entity for q in questions}
    entities |= {c.entity.pk: c.entity for q in questions for c in q.candidates[:LIMIT]}
    read = _Read(entities)
    return [
        Row(
            read.side(question.entity, set().union(*(c.reasons for c in question.candidates))),
            [
                read.pair(question.entity, each.entity, each.reasons, each.doubt)
                for each in question.candidates[:LIMIT]
            ],
        )
        for question in questions
    ]


def pairs_of(entity: LegalEntity, others: Sequence[LegalEntity]) -> list[Pair]:
    """The counterparty beside each of these, whom a person has looked up."""
    read = _Read({each.pk: each for each in (entity, *others)})
    return [read.pair(entity, each, [], None) for each in others]


class _Read:
    """What a page needs of its counterparties, in a handful of queries."""

    def __init__(self, entities: dict[int, LegalEntity]) -> None:
        self._holdings = holdings(entities)
        self._names = known_as(entities)
        self._accounts: dict[int, list[str]] = {}
        for account in BankAccount.objects.filter(legal_entity__in=entities).order_by("pk"):
            self._accounts.setdefault(account.legal_entity_id, []).append(account.number)

    def side(self, entity: LegalEntity, reasons: Iterable[Reason]) -> Side:
        agrees = {name for name, about in _ABOUT.items() if about & set(reasons)}
        said = {
            "name": (_("Name"), entity.full_name or entity.name),
            "kind": (_("Kind"), str(LegalEntity.Kind(entity.kind).label)),
            "inn": (_("INN"), entity.inn),
            "kpp": (_("KPP"), entity.kpp),
            "ogrn": (_("OGRN"), entity.ogrn),
            "accounts": (_("Accounts"), ", ".join(self._accounts.get(entity.pk, ()))),
            "address": (_("Address"), entity.legal_address or entity.address),
            "phone": (_("Phone"), entity.phone),
            "email": (_("E-mail"), entity.email),
        }
        facts = [Fact(label, value, name in agrees) for name, (label, value) in said.items()]
        return Side(entity, facts, self._holdings[entity.pk], self._names[entity.pk])

    def pair(
        self, entity: LegalEntity, other: LegalEntity, reasons: list[Reason], doubt: Doubt | None
    ) -> Pair:
        asked, side = self.side(entity, reasons), self.side(other, reasons)
        contracts = contracts_after(asked.holding, side.holding)
        return Pair(doubt, asked, side, reasons, contracts)
