"""Which price lists are for these terms, in the order of precedence, and what each derives from.

One statement, whatever the number of assignments: it walks :data:`~.levels.LEVELS` and follows
each list down to what it derives from. What takes no part (not in force yet, the cart's sum
not reached) is kept with its reason, for the explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, written
from b2b_overlay.terms.current import Terms
from b2b_overlay.values import value

from .levels import LEVELS, Level
from .reckoning import Mode
from .sources import Sources
from .statements import fetched

__all__ = ["ForTerms", "ListRow", "Ranked", "in_force", "lists_for", "ranked", "ranked_for_all"]

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
    #: Has it prices of its own, are any of them in force for a time only, has it percentages for
    #: groups of goods? Where that isn't asked, it may.
    holds_prices: bool = True
    has_windows: bool = True
    has_markups: bool = True

    @property
    def mode(self) -> Mode:
        return _mode(self.currency, self.vat_included)


#: There are a handful, and they are compared for each price.
_mode = cache(Mode)


@value
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


class Assigned(NamedTuple):
    """A list is for some terms: what comes before the list in a row of the statement."""

    level: int
    depth: int
    id: int
    priority: int
    min_total: Decimal | None
    starts_at: datetime | None
    ends_at: datetime | None


#: Lists for some terms with what each derives from, in the order of precedence.
ForTerms = Sequence[tuple[Assigned, tuple[ListRow, ...]]]

#: It begins with SELECT, so that the history, which puts words before what may write, doesn't.
_STATEMENT = """
SELECT found.*, CASE WHEN pg_current_xact_id_if_assigned() IS NULL
                     THEN pg_current_snapshot()::text END AS snapshot
  FROM (
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
      FROM chain
     CROSS JOIN LATERAL (SELECT base_id FROM {price_list} l WHERE l.id = chain.id OFFSET 0) l
     WHERE l.base_id IS NOT NULL AND chain.hop < {most}
)
SELECT a.level, a.depth, a.id AS assignment_id, a.priority, a.min_total, a.starts_at, a.ends_at,
       l.id, l.name, l.currency, l.vat_included, l.is_active, l.base_retail,
       l.percent, l.rounding_step, l.rounding, l.promotions_stack,
       coalesce({holds_prices}, false) AS holds, coalesce({has_windows}, false) AS windows,
       {has_markups} AS markups, chain.hop
  FROM assigned a
  JOIN chain ON chain.root = a.price_list_id
 CROSS JOIN LATERAL (SELECT l.* FROM {price_list} l WHERE l.id = chain.id OFFSET 0) l
) found ORDER BY level, depth, assignment_id, hop
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
        holds_prices=sources.holds_prices,
        has_windows=sources.has_windows,
        has_markups=sources.has_markups,
        **sources.tables,
    )


def lists_for(
    terms: Terms, sources: Sources, as_of: datetime | None = None
) -> tuple[ForTerms, str | None]:
    """The lists for these terms, and the snapshot they were read in; None: by a transaction
    that has written."""
    asked = {
        "entity": terms.legal_entity.pk,
        "contract": terms.contract.pk if terms.contract else None,
        "as_of": as_of,
    }
    rows = fetched(_statement(sources), asked)
    return _in_order(rows), rows[0][-1] if rows else None


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
    lists, _snapshot = lists_for(terms, sources, as_of)
    return in_force(lists, at, total, terms.channel.currency)


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
    whose = {
        "entities": [terms.legal_entity.pk for terms in asked],
        "contracts": [terms.contract.pk if terms.contract else None for terms in asked],
        "as_of": as_of,
    }
    found: list[list[tuple[Any, ...]]] = [[] for _terms in asked]
    for n, *row in fetched(_FOR_ALL.format(statement=one), whose):
        found[n - 1].append(tuple(row))
    return [
        in_force(
            _in_order(sorted(rows, key=lambda row: (*row[:3], row[-2]))),
            at,
            total,
            terms.channel.currency,
        )
        for terms, rows in zip(asked, found, strict=True)
    ]


def _in_order(rows: Iterable[tuple[Any, ...]]) -> ForTerms:
    found = []
    for _key, group in groupby(rows, key=lambda row: row[:3]):
        of_one = list(group)
        chain = tuple(ListRow._make(row[7:-2]) for row in of_one)
        found.append((Assigned._make(of_one[0][:7]), chain))
    return sorted(found, key=lambda pair: _precedence(pair[0]))


def in_force(lists: ForTerms, at: datetime, total: Money | None, currency: str) -> list[Ranked]:
    """Each with why it takes no part at this moment and sum, where it doesn't."""
    return [
        Ranked(
            LEVELS[each.level],
            each.id,
            each.min_total,
            chain,
            _out(each, chain, at, total, currency),
            each.ends_at,
        )
        for each, chain in lists
    ]


def _precedence(
    each: Assigned,
) -> tuple[int, int, Decimal, int, tuple[int, float], int]:
    columns = -(each.min_total or Decimal(0))
    narrowest = width(each.starts_at, each.ends_at)
    return each.level, each.depth, columns, each.priority, narrowest, each.id


def width(starts: datetime | None, ends: datetime | None) -> tuple[int, float]:
    """How specific a window is: sorted by this, the narrowest comes first."""
    if starts is not None and ends is not None:
        return 0, (ends - starts).total_seconds()
    return (1, 0.0) if starts is not None or ends is not None else (2, 0.0)


def _out(
    each: Assigned,
    chain: Iterable[ListRow],
    at: datetime,
    total: Money | None,
    currency: str,
) -> str:
    """Why a list takes no part; empty: it does."""
    if not all(row.is_active for row in chain):
        return _("the price list is switched off")
    if each.starts_at is not None and at < each.starts_at:
        return _("in force from %(day)s") % {"day": _day(each.starts_at)}
    if each.ends_at is not None and at >= each.ends_at:
        return _("was in force until %(day)s") % {"day": _day(each.ends_at)}
    if each.min_total is not None and (total is None or total.amount < each.min_total):
        return _("from a cart of %(sum)s") % {"sum": written(Money(each.min_total, currency))}
    return ""


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "d.m.Y H:i")
