"""Which price lists are for these terms, in the order of precedence, and what each derives from.

One statement, whatever the number of assignments: it walks :data:`~.levels.LEVELS` and follows
each list down to what it derives from. What takes no part (not in force yet, the cart's sum
not reached) is kept with its reason, for the explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, written
from b2b_overlay.terms.current import Terms

from .levels import LEVELS, Level
from .reckoning import Mode
from .sources import Sources

__all__ = ["ListRow", "Ranked", "ranked", "ranked_for_all"]

#: A list derives from a list that derives… so deep at most.
DEPTH = 20


class ListRow(NamedTuple):
    """A price list, as the resolver needs it."""

    id: int
    name: str
    currency: str
    vat_included: bool
    is_active: bool
    base_retail: bool
    percent: Decimal
    rounding_step: Decimal
    rounding: str
    promotions_stack: bool

    @property
    def mode(self) -> Mode:
        return Mode(self.currency, self.vat_included)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A list that is for these terms. ``chain`` begins with the list itself and goes on with
    what it derives from; ``out`` says why it takes no part, empty: it does."""

    level: Level
    assignment_id: int
    min_total: Decimal | None
    chain: tuple[ListRow, ...]
    out: str
    #: Until when it is for them; None: for good.
    ends_at: datetime | None = None

    @property
    def list(self) -> ListRow:
        return self.chain[0]

    @property
    def from_retail(self) -> bool:
        return self.chain[-1].base_retail


_STATEMENT = """
WITH RECURSIVE ancestors(id, depth, path) AS (
    SELECT company_id, 0, ARRAY[company_id] FROM {legal_entity} e WHERE e.id = %(entity)s
    UNION ALL
    SELECT c.parent_id, a.depth + 1, a.path || c.parent_id
      FROM ancestors a JOIN {company} c ON c.id = a.id
     WHERE c.parent_id IS NOT NULL AND c.parent_id <> ALL (a.path)
), assigned AS (
    SELECT CASE {levels} END AS level,
           coalesce((SELECT min(depth) FROM ancestors WHERE id = a.company_id), 0) AS depth,
           a.id, a.priority, a.min_total, a.starts_at, a.ends_at, a.price_list_id
      FROM {assignment} a
     WHERE {conditions}
), chain(root, hop, id) AS (
    SELECT DISTINCT price_list_id, 0, price_list_id FROM assigned
    UNION ALL
    SELECT chain.root, chain.hop + 1, l.base_id
      FROM chain JOIN {price_list} l ON l.id = chain.id
     WHERE l.base_id IS NOT NULL AND chain.hop < {most}
)
SELECT a.level, a.depth, a.id, a.priority, a.min_total, a.starts_at, a.ends_at,
       l.id, l.name, l.currency, l.vat_included, l.is_active, l.base_retail,
       l.percent, l.rounding_step, l.rounding, l.promotions_stack, chain.hop
  FROM assigned a
  JOIN chain ON chain.root = a.price_list_id
  JOIN {price_list} l ON l.id = chain.id
 ORDER BY a.level, a.depth, a.id, chain.hop
"""

#: The same for many at once: ``asked`` stands where the parameters of one stand.
_FOR_ALL = """
SELECT asked.n, found.*
  FROM unnest(%(entities)s::bigint[], %(contracts)s::bigint[])
       WITH ORDINALITY AS asked(entity, contract, n)
 CROSS JOIN LATERAL ({statement}) found
"""


@cache
def _statement(sources: Sources) -> str:
    conditions = [level.condition.format(**sources.tables) for level in LEVELS]
    whens = (f"WHEN {condition} THEN {rank}" for rank, condition in enumerate(conditions))
    return _STATEMENT.format(
        levels="\n                ".join(whens),
        conditions="\n        OR ".join(f"({condition})" for condition in conditions),
        most=DEPTH,
        **sources.tables,
    )


def ranked(
    terms: Terms,
    at: datetime,
    total: Money | None,
    sources: Sources,
    as_of: datetime | None = None,
) -> list[Ranked]:
    """The lists for these terms at a moment, whoever wins first; those out of it too.

    ``total`` is what the cart comes to, in the channel's currency; None: no cart, no column.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(sources),
            {
                "entity": terms.legal_entity.pk,
                "contract": terms.contract.pk if terms.contract else None,
                "as_of": as_of,
            },
        )
        rows = cursor.fetchall()
    return _in_order(rows, at, total, terms.channel.currency)


def ranked_for_all(
    asked: Sequence[Terms],
    at: datetime,
    total: Money | None,
    sources: Sources,
    as_of: datetime | None = None,
) -> list[list[Ranked]]:
    """:func:`ranked` for each of these terms, all in one channel; one statement."""
    one = _statement(sources)
    for name in ("entity", "contract"):
        one = one.replace(f"%({name})s", f"asked.{name}")
    with connection.cursor() as cursor:
        cursor.execute(
            _FOR_ALL.format(statement=one),
            {
                "entities": [terms.legal_entity.pk for terms in asked],
                "contracts": [terms.contract.pk if terms.contract else None for terms in asked],
                "as_of": as_of,
            },
        )
        found: list[list[tuple[object, ...]]] = [[] for _terms in asked]
        for n, *row in cursor.fetchall():
            found[n - 1].append(tuple(row))
    return [
        _in_order(
            sorted(rows, key=lambda row: (*row[:3], row[-1])), at, total, terms.channel.currency
        )
        for terms, rows in zip(asked, found, strict=True)
    ]


def _in_order(
    rows: Iterable[tuple[object, ...]], at: datetime, total: Money | None, currency: str
) -> list[Ranked]:
    found = [
        _ranked(list(group), at, total, currency)
        for _key, group in groupby(rows, key=lambda row: row[:3])
    ]
    return [each for _key, each in sorted(found, key=lambda pair: pair[0])]


_Key = tuple[int, int, Decimal, int, tuple[int, float], int]


def _ranked(
    rows: list[tuple[object, ...]], at: datetime, total: Money | None, currency: str
) -> tuple[_Key, Ranked]:
    level, depth, pk, priority, min_total, starts, ends = rows[0][:7]
    chain = tuple(ListRow(*row[7:-1]) for row in rows)  # type: ignore[arg-type]
    out = _out(chain, min_total, starts, ends, at, total, currency)  # type: ignore[arg-type]
    key = (level, depth, -(min_total or Decimal(0)), priority, width(starts, ends), pk)  # type: ignore[operator,arg-type]
    return key, Ranked(LEVELS[level], pk, min_total, chain, out, ends)  # type: ignore[call-overload,arg-type,return-value]


def width(starts: datetime | None, ends: datetime | None) -> tuple[int, float]:
    """How specific a window is: sorted by this, the narrowest comes first."""
    if starts is not None and ends is not None:
        return 0, (ends - starts).total_seconds()
    return (1, 0.0) if starts is not None or ends is not None else (2, 0.0)


def _out(
    chain: Iterable[ListRow],
    min_total: Decimal | None,
    starts: datetime | None,
    ends: datetime | None,
    at: datetime,
    total: Money | None,
    currency: str,
) -> str:
    """Why a list takes no part; empty: it does."""
    if not all(each.is_active for each in chain):
        return _("the price list is switched off")
    if starts is not None and at < starts:
        return _("in force from %(day)s") % {"day": _day(starts)}
    if ends is not None and at >= ends:
        return _("was in force until %(day)s") % {"day": _day(ends)}
    if min_total is not None and (total is None or total.amount < min_total):
        return _("from a cart of %(sum)s") % {"sum": written(Money(min_total, currency))}
    return ""


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "d.m.Y H:i")
