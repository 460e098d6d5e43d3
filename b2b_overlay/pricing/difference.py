"""What rises, falls, appears and vanishes: of a load before it is applied, and of one that was.

Before: the rows are compared with the prices that stand there by the load's own statement, and
nothing is written. After: the state of each price before the load's first event and after its
last, both from the history. Either way it is counted in the database, and rows come by the
page, the sharpest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from .audience import Audience, audiences
from .changes import AFTER_AND_BEFORE, PRICE_EVENTS
from .loads import DIFFERENCE, Gone, PriceRow, compared
from .models import PriceList, PriceLoad

__all__ = [
    "KIND_WORDS",
    "SHARP",
    "Difference",
    "Kind",
    "ListDifference",
    "PriceChange",
    "Spread",
    "difference_of",
    "preview",
]

#: From how many percent a rise or a fall is marked: a misplaced comma rather than a decision.
SHARP = Decimal(50)


class Kind(StrEnum):
    """What becomes of a price."""

    RISES = "rises"
    FALLS = "falls"
    APPEARS = "appears"
    VANISHES = "vanishes"
    #: The same amount for another unit, coefficient or end.
    OTHER = "other"


KIND_WORDS = {
    Kind.RISES: _("rises"),
    Kind.FALLS: _("falls"),
    Kind.APPEARS: _("appears"),
    Kind.VANISHES: _("vanishes"),
    Kind.OTHER: _("only the unit or the term changes"),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """By how many percent: at least, in the middle, at most."""

    least: Decimal
    median: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class ListDifference:
    """What becomes of one price list."""

    price_list_id: int
    price_list: str
    currency: str
    rises: int
    falls: int
    appears: int
    vanishes: int
    other: int
    #: How many rise or fall by :data:`SHARP` percent or more.
    sharp: int
    rise: Spread | None
    fall: Spread | None
    audience: Audience

    @property
    def total(self) -> int:
        return self.rises + self.falls + self.appears + self.vanishes + self.other


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What becomes of one price; per base unit, in the list's currency and VAT mode."""

    price_list_id: int
    price_list: str
    currency: str
    variant_id: int
    min_quantity: Decimal
    starts_at: datetime | None
    ends_at: datetime | None
    was: Decimal | None
    becomes: Decimal | None
    kind: Kind
    percent: Decimal | None

    @property
    def is_sharp(self) -> bool:
        return self.percent is not None and abs(self.percent) >= SHARP


@dataclass(frozen=True, slots=True)
class Difference:
    """Of all lists; ``rows`` is the page that was asked for."""

    lists: tuple[ListDifference, ...]
    rows: tuple[PriceChange, ...]
    #: Prices given that stay as they are.
    unchanged: int
    #: Whom it concerns, each once.
    audience: Audience

    @property
    def total(self) -> int:
        return sum(each.total for each in self.lists)

    @property
    def sharp(self) -> int:
        return sum(each.sharp for each in self.lists)


def preview(
    rows: Iterable[PriceRow],
    cleared: Iterable[Gone] = (),
    *,
    limit: int = 50,
    offset: int = 0,
    kind: Kind | None = None,
    price_list_id: int | None = None,
) -> Difference:
    """What ``load_prices(rows, cleared)`` would change. Writes nothing, leaves no event."""
    with compared(rows, cleared) as given, connection.cursor() as cursor:
        if given is None:
            return Difference((), (), 0, Audience())
        wanted = _wanted(limit, offset, kind, price_list_id)
        found = _told(cursor, DIFFERENCE, wanted)
        standing = sum(each.total - each.appears - each.vanishes for each in found[0])
        new = sum(each.appears for each in found[0])
        return Difference(*found[:2], given - standing - new, found[2])


def difference_of(
    load: PriceLoad,
    *,
    limit: int = 50,
    offset: int = 0,
    kind: Kind | None = None,
    price_list_id: int | None = None,
    but_for: PriceLoad | None = None,
) -> Difference:
    """What a load that was applied changed, whatever became of the prices since. ``but_for``
    leaves out what another load touched: of its undo, what is left is what was changed since."""
    wanted = {"load": str(load.pk), **_wanted(limit, offset, kind, price_list_id)}
    of = {each: ", ".join(f"{each}.{name}" for name in _VALUES) for each in ("before", "after")}
    source = _BY_LOAD.format(after_and_before=AFTER_AND_BEFORE, **of)
    if but_for is not None:
        source = _BUT_FOR.format(by_load=source, events=PRICE_EVENTS)
        wanted["but_for"] = str(but_for.pk)
    with connection.cursor() as cursor:
        lists, rows, audience = _told(cursor, f"({source})", wanted)
    return Difference(lists, rows, load.counts.get("unchanged", 0), audience)


#: Each price a load touched: as it was before the load's first event of it, and after the last.
_BY_LOAD = """
SELECT after.pgh_obj_id AS id, after.price_list_id AS list_id, after.variant_id,
       after.min_quantity, after.starts_at, after.ends_at,
       CASE WHEN after.pgh_label <> 'delete' THEN after.amount END AS amount,
       CASE WHEN before.pgh_label <> 'delete' THEN before.amount END AS was
  FROM {after_and_before}
 WHERE coalesce(before.pgh_label, 'delete') = 'delete' OR after.pgh_label = 'delete'
    OR ({after}) IS DISTINCT FROM ({before})
"""
#: Of these, those that another load didn't touch; its events are looked up by the price.
_BUT_FOR = """
SELECT * FROM ({by_load}) mine WHERE NOT EXISTS (
    SELECT FROM {events} other
     WHERE other.pgh_obj_id = mine.id
       AND other.pgh_context @> jsonb_build_object('load', %(but_for)s::text))
"""
_VALUES = ("amount", "unit", "coefficient", "min_quantity", "starts_at", "ends_at")

_CHANGES = """
WITH changes AS (
    SELECT d.*, round((amount - was) * 100 / was, 2) AS percent,
           CASE WHEN was IS NULL THEN 'appears' WHEN amount IS NULL THEN 'vanishes'
                WHEN amount > was THEN 'rises' WHEN amount < was THEN 'falls'
                ELSE 'other' END AS kind
      FROM {source} d WHERE amount IS NOT NULL OR was IS NOT NULL
)
"""
_BY_LIST = """
SELECT list_id, kind, count(*), count(*) FILTER (WHERE abs(percent) >= %(sharp)s),
       min(percent), percentile_disc(0.5) WITHIN GROUP (ORDER BY percent), max(percent)
  FROM changes GROUP BY list_id, kind
"""
_ROWS = """
SELECT list_id, variant_id, min_quantity, starts_at, ends_at, was, amount, kind, percent
  FROM changes
 WHERE (%(kind)s::text IS NULL OR kind = %(kind)s)
   AND (%(list)s::bigint IS NULL OR list_id = %(list)s)
 ORDER BY abs(percent) DESC NULLS LAST, list_id, variant_id, min_quantity, starts_at NULLS FIRST
 LIMIT %(limit)s OFFSET %(offset)s
"""


def _wanted(
    limit: int, offset: int, kind: Kind | None, price_list_id: int | None
) -> dict[str, object]:
    return {
        "limit": limit,
        "offset": offset,
        "kind": kind.value if kind else None,
        "list": price_list_id,
        "sharp": SHARP,
    }


def _told(
    cursor: Any, source: str, wanted: Mapping[str, object]
) -> tuple[tuple[ListDifference, ...], tuple[PriceChange, ...], Audience]:
    changes = _CHANGES.format(source=source)
    cursor.execute(changes + _BY_LIST, wanted)
    by_list: dict[int, dict[Kind, tuple[Any, ...]]] = {}
    for pk, kind, *more in cursor.fetchall():
        by_list.setdefault(pk, {})[Kind(kind)] = tuple(more)
    cursor.execute(changes + _ROWS, wanted)
    rows = cursor.fetchall()
    names = {pk: (name, cur) for pk, name, cur in _names(by_list)}
    whom = audiences(by_list)
    lists = [_list(pk, found, *names[pk], whom[pk]) for pk, found in by_list.items()]
    return (
        tuple(sorted(lists, key=lambda each: (each.price_list, each.price_list_id))),
        tuple(_change(row, *names[row[0]]) for row in rows),
        whom[None],
    )


def _names(price_list_ids: Iterable[int]) -> Iterable[tuple[int, str, str]]:
    """A list that was removed since is called by its number."""
    ids = list(price_list_ids)
    found = PriceList.objects.filter(pk__in=ids).values_list("pk", "name", "currency")
    known = {pk: (pk, name, currency) for pk, name, currency in found}
    return [known.get(pk, (pk, f"№ {pk}", "")) for pk in ids]


def _list(
    pk: int, found: Mapping[Kind, tuple[Any, ...]], name: str, currency: str, whom: Audience
) -> ListDifference:
    count = {kind: int(found[kind][0]) if kind in found else 0 for kind in Kind}
    return ListDifference(
        pk,
        name,
        currency,
        rises=count[Kind.RISES],
        falls=count[Kind.FALLS],
        appears=count[Kind.APPEARS],
        vanishes=count[Kind.VANISHES],
        other=count[Kind.OTHER],
        sharp=sum(row[1] for row in found.values()),
        rise=Spread(*found[Kind.RISES][2:]) if Kind.RISES in found else None,
        fall=_fall(found[Kind.FALLS]) if Kind.FALLS in found else None,
        audience=whom,
    )


def _fall(row: tuple[Any, ...]) -> Spread:
    """The least fall is the one nearest to nothing."""
    least, median, most = row[2:]
    return Spread(most, median, least)


def _change(row: tuple[Any, ...], name: str, currency: str) -> PriceChange:
    pk, variant, start, starts_at, ends_at, was, becomes, kind, percent = row
    return PriceChange(
        pk,
        name,
        currency,
        variant,
        start,
        starts_at,
        ends_at,
        was,
        becomes,
        Kind(kind),
        percent,
    )
