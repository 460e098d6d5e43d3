"""Many terms at once: what goods cost for all of a company's legal entities, side by side, and
what one good costs at every quantity and every cart's sum.

The reckoning is the resolver's own. What differs is that the prices in force are read whole, of
every list in question, by one statement, and the narrowest window and the minimum quantity are
chosen here: the rule is the one of the resolver's SQL (:data:`~.levels.WITHIN`), and a property
test holds both to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from math import inf
from typing import NamedTuple

from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.copying import numbers
from b2b_overlay.money import Money
from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Terms
from b2b_overlay.terms.models import Contract

from .answers import NoPrice, Priced, at_retail
from .lists import Ranked, ranked_for_all, width
from .needs import Needs
from .question import Question
from .sources import Sources, sources
from .statements import fetched
from .walking import Found

__all__ = ["Book", "One", "Row", "Won", "questions", "resolve_for_all", "terms_of_all"]

#: More than any cart comes to: with it, no list is left out for the cart's sum.
EVERY_COLUMN = Decimal(10) ** 15


class Row(NamedTuple):
    """A price in force at the moment asked about."""

    price_list_id: int
    variant_id: int
    min_quantity: Decimal
    amount: Decimal
    unit: str
    coefficient: Decimal
    starts_at: datetime | None
    ends_at: datetime | None


_ROWS = """
SELECT l.list_id, v.variant_id, p.min_quantity, p.amount, p.unit, p.coefficient,
       p.starts_at, p.ends_at
  FROM unnest(%(variants)s::bigint[]) AS v(variant_id)
 CROSS JOIN unnest(%(lists)s::bigint[]) AS l(list_id)
 CROSS JOIN LATERAL (
    SELECT min_quantity, amount, unit, coefficient, starts_at, ends_at
      FROM {price} price
     WHERE price_list_id = l.list_id AND variant_id = v.variant_id
       AND (starts_at IS NULL OR starts_at <= %(at)s)
       AND (ends_at IS NULL OR ends_at > %(at)s)
 ) p
"""

_CONTRACTS = """
SELECT DISTINCT ON (legal_entity_id) {columns} FROM {contract} c
 WHERE legal_entity_id = ANY (%(entities)s) AND is_active
 ORDER BY legal_entity_id, (currency = %(currency)s) DESC, id
"""


class Book:
    """Prices in force of some lists and goods. One statement."""

    def __init__(
        self,
        lists: Collection[int],
        variants: Collection[int],
        at: datetime,
        source: Sources,
        as_of: datetime | None = None,
    ) -> None:
        self._rows: dict[tuple[int, int], list[Row]] = {}
        if not lists or not variants:
            return
        asked = {"variants": numbers(variants), "lists": numbers(lists), "at": at, "as_of": as_of}
        for row in map(Row._make, fetched(_ROWS.format(price=source.price), asked)):
            self._rows.setdefault(row[:2], []).append(row)

    def of(self, price_list_id: int, variant_id: int) -> Sequence[Row]:
        return self._rows.get((price_list_id, variant_id), ())

    def best(self, price_list_id: int, variant_id: int, quantity: Quantity) -> Row | None:
        """The price that a list has for this quantity."""
        reached = [
            row
            for row in self.of(price_list_id, variant_id)
            if row.min_quantity <= max(1, quantity)
        ]
        return min(reached, key=_precedence, default=None)


def _precedence(row: Row) -> tuple[tuple[int, float], Decimal, float]:
    """Of a list's prices in force that are reached, the first by this holds."""
    begins = row.starts_at.timestamp() if row.starts_at else -inf
    return width(row.starts_at, row.ends_at), -row.min_quantity, -begins


class Won(NamedTuple):
    """The list that decides, the price row it has (None: it derives from retail), its answer."""

    ranked: Ranked
    row: Row | None
    answer: Priced | NoPrice


class One(Question):
    """One of several questions about the same moment and goods; what reckoning needs is shared
    among them, and so is the book."""

    def under(self, total: Money | None) -> None:
        """Answer from now on for a cart of this sum; for one asked under every column."""
        self.take_part(
            n
            for n, each in enumerate(self.ranked)
            if not each.out
            and (each.min_total is None or (total is not None and each.min_total <= total.amount))
        )

    def won(self, book: Book, variant_id: int, quantity: Quantity) -> Won | None:
        """What the first list that has a price says at this quantity; None: no list has one."""
        found, row = next(self._rows(book, variant_id, quantity), (None, None))
        first = self.first(variant_id, found)
        if first is None:
            return None
        rank, answer = first
        return Won(self.ranked[rank], row if found and found.rank == rank else None, answer)

    def _rows(self, book: Book, variant_id: int, quantity: Quantity) -> Iterator[tuple[Found, Row]]:
        for n in self.taking_part:
            for hop, each in enumerate(self.ranked[n].chain):
                if row := book.best(each.id, variant_id, quantity):
                    yield Found(n, hop, *row[2:6]), row


def questions(
    asked: Sequence[Terms],
    variants: Collection[int],
    retail: Mapping[int, Money | None],
    *,
    at: datetime,
    as_of: datetime | None = None,
    total: Money | None = None,
) -> tuple[list[One], Book]:
    """A question for each of these terms, all in one channel, and the book they answer from.
    Two statements; what reckoning needs beside is asked once for all."""
    channel, source = asked[0].channel, sources(as_of)
    needs = Needs(channel, at, as_of, source, retail)
    needs.about(variants)
    every = ranked_for_all(asked, at, total, source, as_of)
    found = [One(channel, lists, needs, source, at, as_of) for lists in every]
    ids = {row.id for one in found for n in one.taking_part for row in one.ranked[n].chain}
    return found, Book(sorted(ids), variants, at, source, as_of)


def resolve_for_all(
    asked: Sequence[Terms],
    quantities: Mapping[int, Quantity],
    retail: Mapping[int, Money | None],
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
    total: Money | None = None,
) -> list[dict[int, Priced | NoPrice]]:
    """:func:`~.resolver.resolve` for each of these terms, all in one channel. A number of
    statements that grows neither with the goods nor with the terms."""
    if not asked or not quantities:
        return [{} for _terms in asked]
    at = at or as_of or timezone.now()
    found, book = questions(asked, quantities, retail, at=at, as_of=as_of, total=total)
    answers: list[dict[int, Priced | NoPrice]] = []
    for one in found:
        won = {pk: one.won(book, pk, quantity) for pk, quantity in quantities.items()}
        answers.append(
            {
                pk: each.answer if each else at_retail(one.channel, retail.get(pk))
                for pk, each in won.items()
            }
        )
    return answers


def terms_of_all(
    entities: Sequence[LegalEntity], channel: Channel, as_of: datetime | None = None
) -> list[Terms]:
    """The terms of each legal entity, as :func:`b2b_overlay.terms.current.terms_of` chooses its
    contract: now, or as its contracts were at a moment. One statement."""
    names = [field.column for field in Contract._meta.concrete_fields]
    statement = _CONTRACTS.format(
        columns=", ".join(f'"{name}"' for name in names), **sources(as_of).tables
    )
    asked = {
        "entities": [entity.pk for entity in entities],
        "currency": channel.currency,
        "as_of": as_of,
    }
    contracts = [Contract.from_db("default", _fields(), row) for row in fetched(statement, asked)]
    by_entity = {contract.legal_entity_id: contract for contract in contracts}
    return [Terms(entity, by_entity.get(entity.pk), channel) for entity in entities]


def _fields() -> list[str]:
    return [field.attname for field in Contract._meta.concrete_fields]
