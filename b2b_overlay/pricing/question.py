"""One question: some price lists in their order, and what each says of a good at a quantity.

The resolver asks it for one buyer, :mod:`.many` for several at once, :mod:`.of_list` of lists
for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Self

from django.db import connection
from django.utils import timezone

from b2b_overlay.money import Money, UnitPrice
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Terms

from .answers import NoPrice, Priced, on_request
from .lists import Ranked, ranked
from .needs import Needs
from .reckoning import Cant, Mode
from .sources import Sources, sources
from .walking import Found, Walk

__all__ = ["Question"]

_STATEMENT = """
SELECT v.variant_id, hit.rank, hit.hop, hit.min_quantity, hit.amount, hit.unit, hit.coefficient
  FROM unnest(%(variants)s::bigint[], %(quantities)s::numeric[]) AS v(variant_id, quantity)
 CROSS JOIN LATERAL (
    SELECT l.n, l.rank, l.hop, p.min_quantity, p.amount, p.unit, p.coefficient
      FROM unnest(%(lists)s::bigint[], %(ranks)s::int[], %(hops)s::int[])
           WITH ORDINALITY AS l(list_id, rank, hop, n)
     CROSS JOIN LATERAL (
        SELECT min_quantity, amount, unit, coefficient
          FROM {price} price
         WHERE price_list_id = l.list_id AND variant_id = v.variant_id
           AND min_quantity <= v.quantity
           AND (starts_at IS NULL OR starts_at <= %(at)s)
           AND (ends_at IS NULL OR ends_at > %(at)s)
         ORDER BY (starts_at IS NULL)::int + (ends_at IS NULL)::int,
                  CASE WHEN starts_at IS NOT NULL AND ends_at IS NOT NULL
                       THEN ends_at - starts_at END,
                  min_quantity DESC
         LIMIT 1
     ) p
     ORDER BY l.n
     {limit}
 ) hit
 ORDER BY hit.n
"""


def _array(numbers: Iterable[int | Decimal]) -> str:
    """A literal of PostgreSQL: a tenth of what adapting number by number costs."""
    return f"{{{','.join(map(str, numbers))}}}"


class Question(Walk):
    """Lists in the order of precedence, at a moment, and what reckoning needs."""

    def __init__(
        self,
        channel: Channel,
        lists: Sequence[Ranked],
        needs: Needs,
        source: Sources,
        at: datetime,
        as_of: datetime | None = None,
    ) -> None:
        self.channel, self.needs, self.at, self.as_of = channel, needs, at, as_of
        self.here = Mode(channel.currency, channel.prices_include_vat)
        self.ranked = lists
        self._source = source
        self.take_part(n for n, each in enumerate(lists) if not each.out)

    @classmethod
    def of(
        cls,
        terms: Terms,
        at: datetime | None,
        as_of: datetime | None,
        total: Money | None,
        retail: Mapping[int, Money | None] | None,
    ) -> Self:
        """About prices under these terms. One statement."""
        at = at or as_of or timezone.now()
        source = sources(as_of)
        needs = Needs(terms.channel, at, as_of, source, retail)
        return cls(terms.channel, ranked(terms, at, total, source, as_of), needs, source, at, as_of)

    def take_part(self, ranks: Iterable[int]) -> None:
        """Only these lists answer."""
        self.taking_part = list(ranks)
        #: The first that answers without a row; behind all where there is none.
        self._first_from_retail = next(
            (n for n in self.taking_part if self.ranked[n].from_retail), len(self.ranked)
        )

    @property
    def has_columns(self) -> bool:
        """Is any of the lists chosen by a cart's sum?"""
        return any(each.min_total is not None for each in self.ranked)

    def rows(
        self, quantities: Mapping[int, int | Decimal], *, every: bool = False
    ) -> dict[int, list[Found]]:
        """Price rows by variant, in the order of precedence; only the first of each, or all."""
        hops = [
            (row.id, n, hop)
            for n in self.taking_part
            for hop, row in enumerate(self.ranked[n].chain)
        ]
        if not hops or not quantities:
            return {}
        lists, ranks, depths = zip(*hops, strict=True)
        statement = _STATEMENT.format(price=self._source.price, limit="" if every else "LIMIT 1")
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "variants": _array(quantities),
                    "quantities": _array(quantities.values()),
                    "lists": _array(lists),
                    "ranks": _array(ranks),
                    "hops": _array(depths),
                    "at": self.at,
                    "as_of": self.as_of,
                },
            )
            found: dict[int, list[Found]] = {}
            for variant_id, *row in cursor.fetchall():
                found.setdefault(variant_id, []).append(Found._make(row))
        return found

    def answers(self, variant_id: int, rows: Sequence[Found]) -> Iterator[tuple[int, Priced | str]]:
        """By rank: a price, or why the list gives none. Lists without a row are left out."""
        best: dict[int, Found] = {}
        for row in rows:
            best.setdefault(row.rank, row)
        for n in self.taking_part:
            if n not in best and not self.ranked[n].from_retail:
                continue
            try:
                if answer := self._reckon(self.ranked[n], variant_id, best.get(n)):
                    yield n, answer
            except Cant as cant:
                yield n, str(cant)

    def first(self, variant_id: int, row: Found | None) -> tuple[int, Priced | NoPrice] | None:
        """The rank that decides and what it answers, ``row`` being the first there is; None: no
        list has a price. A price that can't be reckoned is on request: what another list, or
        retail, asks for the good isn't what was agreed."""
        rank = row.rank if row else len(self.ranked)
        if self._first_from_retail < rank and self.needs.retail(variant_id) is not None:
            rank, row = self._first_from_retail, None
        if rank == len(self.ranked):
            return None
        try:
            answer = self._reckon(self.ranked[rank], variant_id, row)
        except Cant as cant:
            return rank, on_request(str(cant))
        return (rank, answer) if answer else None

    def _reckon(self, ranked_list: Ranked, variant_id: int, row: Found | None) -> Priced | None:
        """A list's price of a variant: from its row, or from retail where it has none."""
        amount = self.amount(ranked_list, variant_id, row)
        if amount is None:
            return None
        channel, price_list = self.channel, ranked_list.list
        money = Money(amount, channel.currency)
        return Priced(
            UnitPrice(money, channel.prices_include_vat, row.unit, row.coefficient)
            if row
            else UnitPrice(money, channel.prices_include_vat),
            ranked_list.level,
            price_list.id,
            price_list.name,
            row.min_quantity if row else Decimal(1),
            price_list.promotions_stack,
            partial(self.steps, ranked_list, variant_id, row),
        )
