"""One question: some price lists in their order, and what each says of a good at a quantity.

The resolver asks it for one buyer, :mod:`.many` for several at once, :mod:`.of_list` of lists
for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from operator import attrgetter
from typing import Self

from django.utils import timezone

from b2b_overlay.copying import numbers
from b2b_overlay.money import Money, UnitPrice
from b2b_overlay.quantities import ONE
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Terms

from .answers import NoPrice, Priced, on_request
from .known import OUTDATED, Known, Outdated
from .lists import Ranked, in_force, ranked
from .needs import Needs
from .reckoning import Cant, Mode
from .sources import Sources, sources
from .statements import fetched
from .walking import Found, Walk

__all__ = ["Question"]

#: What is as usual comes as NULL: numbers are what takes time on the way.
_STATEMENT = """
SELECT v.variant_id, hit.n, hit.amount,
       nullif(hit.min_quantity, 1), nullif(hit.unit, ''), nullif(hit.coefficient, 1),
       (SELECT f.piece FROM b2b_overlay_variantfacts f
         WHERE f.variant_id = v.variant_id AND NOT (f.piece = 1))
  FROM unnest(%(variants)s::bigint[], %(quantities)s::numeric[]) AS v(variant_id, quantity)
 CROSS JOIN LATERAL (
    SELECT l.n, p.min_quantity, p.amount, p.unit, p.coefficient
      FROM unnest(%(lists)s::bigint[]) WITH ORDINALITY AS l(list_id, n)
     CROSS JOIN LATERAL (
        SELECT min_quantity, amount, unit, coefficient
          FROM {price} price
         WHERE price_list_id = l.list_id AND variant_id = v.variant_id
           AND min_quantity <= greatest(v.quantity, 1)
           AND (starts_at IS NULL OR starts_at <= %(at)s)
           AND (ends_at IS NULL OR ends_at > %(at)s)
         ORDER BY {narrowest} min_quantity DESC{latest}
         LIMIT 1
     ) p
     ORDER BY l.n
     {first}
 ) hit
"""

#: One row before the prices, where what the lists were read from has changed since.
_UNLESS_OUTDATED = f"""
SELECT NULL::bigint, NULL::bigint, NULL::numeric, NULL::numeric, NULL::text, NULL::numeric,
       NULL::numeric
 WHERE {OUTDATED}
UNION ALL
"""

#: Sorts before the minimum quantity, which the index has in order: only where there are windows.
_NARROWEST = """
    (starts_at IS NULL)::int + (ends_at IS NULL)::int,
    CASE WHEN starts_at IS NOT NULL AND ends_at IS NOT NULL THEN ends_at - starts_at END,
"""
#: Of two windows that are as narrow.
_LATEST = ", starts_at DESC NULLS LAST"
_NO_ROW = Found(0, 0, ONE, ONE, "", ONE)


@cache
def _statement(price: str, windows: bool, first: str, known: bool) -> str:
    prices = _STATEMENT.format(
        price=price,
        narrowest=_NARROWEST if windows else "",
        latest=_LATEST if windows else "",
        first=first,
    )
    return _UNLESS_OUTDATED + prices if known else prices


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
        here: Mode | None = None,
        snapshot: str | None = None,
    ) -> None:
        """``here``: in what prices are answered, where not as the channel charges; ``snapshot``:
        in which the lists were read, where they may have changed since."""
        self.channel, self.needs, self.at, self.as_of = channel, needs, at, as_of
        self.at_retail = Mode(channel.currency, channel.prices_include_vat)
        self.here = here or self.at_retail
        self.ranked = lists
        self._source, self._snapshot = source, snapshot
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

    @classmethod
    def by(
        cls,
        known: Known,
        terms: Terms,
        at: datetime,
        total: Money | None,
        retail: Mapping[int, Money | None] | None,
    ) -> Self:
        """About prices under these terms, by lists known for them. No statement; the first that
        asks for prices raises :class:`~.known.Outdated` if those don't hold any more."""
        source = sources(None)
        needs = Needs(terms.channel, at, None, source, retail)
        lists = in_force(known.lists, at, total, terms.channel.currency)
        return cls(terms.channel, lists, needs, source, at, snapshot=known.snapshot)

    def take_part(self, ranks: Iterable[int]) -> None:
        """Only these lists answer."""
        self.taking_part = list(ranks)
        #: The first that answers without a row; behind all where there is none.
        self._first_from_retail = next(
            (n for n in self.taking_part if self.ranked[n].from_retail), len(self.ranked)
        )
        #: Whether a list's own price is what is charged, and no list comes before it.
        self._as_written = [
            each.list.mode == self.here and n <= self._first_from_retail
            for n, each in enumerate(self.ranked)
        ]

    @property
    def has_columns(self) -> bool:
        """Is any of the lists chosen by a cart's sum?"""
        return any(each.min_total is not None for each in self.ranked)

    def prices(self, quantities: Mapping[int, int | Decimal]) -> dict[int, Priced | NoPrice]:
        """What the first list that has a price says of each variant; absent: none has one."""
        self.needs.about(quantities)
        said: dict[int, Priced | NoPrice] = {}
        for variant_id, row in self._asked(quantities, "LIMIT 1"):
            if self._as_written[row.rank] and not row.hop and row.piece is ONE:
                said[variant_id] = self._priced(self.ranked[row.rank], variant_id, row, row.amount)
            elif first := self.first(variant_id, row):
                said[variant_id] = first[1]
        if len(said) < len(quantities) and self._first_from_retail < len(self.ranked):
            for variant_id in quantities:
                if variant_id not in said and (first := self.first(variant_id, None)):
                    said[variant_id] = first[1]
        return said

    def rows(self, quantities: Mapping[int, int | Decimal]) -> dict[int, list[Found]]:
        """Price rows by variant, of every list that has one, in the order of precedence."""
        found: dict[int, list[Found]] = {}
        for variant_id, row in self._asked(quantities, ""):
            found.setdefault(variant_id, []).append(row)
        for rows in found.values():
            rows.sort(key=attrgetter("rank", "hop"))
        return found

    def _asked(
        self, quantities: Mapping[int, int | Decimal], first: str
    ) -> Iterator[tuple[int, Found]]:
        places = [
            (n, hop, row)
            for n in self.taking_part
            for hop, row in enumerate(self.ranked[n].chain)
            if row.holds_prices
        ]
        if not quantities or not (places or self._snapshot):
            return
        windows = any(row.has_windows for _n, _hop, row in places)
        asked = {
            "variants": numbers(quantities),
            "quantities": numbers(quantities.values()),
            "lists": numbers(row.id for _n, _hop, row in places),
            "at": self.at,
            "as_of": self.as_of,
            "snapshot": self._snapshot,
        }
        known = self._snapshot is not None
        for variant_id, place, amount, least, unit, coefficient, piece in fetched(
            _statement(self._source.price, windows, first, known), asked
        ):
            if variant_id is None:
                raise Outdated
            n, hop, _row = places[place - 1]
            yield (
                variant_id,
                Found(
                    n,
                    hop,
                    ONE if least is None else least,
                    amount,
                    unit or "",
                    coefficient or ONE,
                    ONE if piece is None else piece.normalize(),
                ),
            )

    def answers(self, variant_id: int, rows: Sequence[Found]) -> Iterator[tuple[int, Priced | str]]:
        """By rank: a price, or why the list gives none. Lists without a row are left out."""
        for n, row in self._speaking(rows):
            try:
                if answer := self._reckon(self.ranked[n], variant_id, row):
                    yield n, answer
            except Cant as cant:
                yield n, str(cant)

    def amounts(
        self, variant_id: int, rows: Sequence[Found]
    ) -> Iterator[tuple[int, Decimal, Decimal]]:
        """The same of many goods, where nobody reads how a price came about: by rank, the amount
        and from which quantity on."""
        for n, row in self._speaking(rows):
            try:
                amount = self.amount(self.ranked[n], variant_id, row)
            except Cant:
                continue
            if amount is not None:
                yield n, amount, (row or _NO_ROW).min_quantity

    def _speaking(self, rows: Sequence[Found]) -> Iterator[tuple[int, Found | None]]:
        """The lists that say something, each with the row it says it by; None: from retail."""
        best: dict[int, Found] = {}
        for row in rows:
            best.setdefault(row.rank, row)
        for n in self.taking_part:
            if n in best or self.ranked[n].from_retail:
                yield n, best.get(n)

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
        return None if amount is None else self._priced(ranked_list, variant_id, row, amount)

    def _priced(
        self, ranked_list: Ranked, variant_id: int, row: Found | None, amount: Decimal
    ) -> Priced:
        currency, with_vat = self.here
        found = row or _NO_ROW
        return Priced(
            UnitPrice(
                Money(amount, currency),
                with_vat,
                found.unit,
                found.coefficient,
                self._piece(variant_id, row),
            ),
            ranked_list.level,
            ranked_list.chain[0],
            found.min_quantity,
            partial(self.steps, ranked_list, variant_id, row),
        )
