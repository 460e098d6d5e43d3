"""Load prices in bulk: what is the difference, and only that is written.

Rules: rows travel by COPY into a temporary table and are compared there in one join, so a
load of 300,000 prices in which nothing changed writes nothing; what was not named is untouched.
Only variants made in the same transaction are copied straight in: there is nothing to compare.
A load owns what it names: rows without a window of validity own those rows of their list and
variant that have none, rows with a window those of the same beginning; after the load there
are exactly the load's rows. :func:`compared` stops before the writing, for a preview.

The shape is the winner of the project's measurements (``reference/performance.md``, "Loading
300,000 prices"), with its trap avoided: a large load never joins by nested loop.

Amounts are per base unit, exact in minor units, positive; units and coefficients say how
they were quoted. A wrong row is refused before it gets here (``money.split_price``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction

from b2b_overlay.history import before_copy

from .models import PriceLoad

__all__ = [
    "DIFFERENCE",
    "LARGE",
    "Cleared",
    "Gone",
    "Loaded",
    "PriceRow",
    "compared",
    "load_prices",
]

#: From how many rows the planner is kept from nested loops, which on stale statistics turn
#: a second into an hour, and sorts in memory; below, an index look-up per row is what's wanted.
LARGE = 20_000
#: Rows to a write of the COPY stream.
_CHUNK = 1_000


class PriceRow(NamedTuple):
    """A price of one base unit from a minimum quantity (in base units), in force from the first
    moment until before the second; None: always."""

    price_list_id: int
    variant_id: int
    amount: Decimal
    min_quantity: Decimal = Decimal(1)
    unit: str = ""
    coefficient: Decimal = Decimal(1)
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Cleared(NamedTuple):
    """A list and variant that get no price in this window; a plain pair: none without one."""

    price_list_id: int
    variant_id: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None


#: A pair, or one in a window, that is to have no price.
Gone = tuple[int, int] | Cleared

#: What prices are written within.
PartOf = Callable[[], AbstractContextManager[PriceLoad | None]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in prices; ``touched`` are the variants with any difference."""

    created: int
    changed: int
    unchanged: int
    deleted: int
    touched: frozenset[int]


def load_prices(
    rows: Iterable[PriceRow],
    cleared: Iterable[Gone] = (),
    *,
    part_of: PartOf = nullcontext,
    made: Collection[int] = frozenset(),
) -> Loaded:
    """Make the prices of every (price list, variant) pair named exactly these rows.

    Any number of lists at once. ``cleared`` names further pairs, which get no price (without a
    window, or in the one named). Two rows of one pair, minimum quantity and beginning: the later
    holds. One transaction, a constant number of statements; safe to repeat. ``part_of`` is
    entered where there is something to write. ``made`` are variants that this very transaction
    has made: they can have no price yet, and theirs are written without being compared. Raises
    ``IntegrityError`` for a list that doesn't exist.
    """
    if not made:
        return _load(rows, cleared, part_of)
    of_made: list[PriceRow] = []
    others: list[PriceRow] = []
    for row in rows:
        (of_made if row[1] in made else others).append(row)
    with transaction.atomic():
        first = _load_first(of_made, part_of) if of_made else _NOTHING_DONE
        then = _load(others, [pair for pair in cleared if pair[1] not in made], part_of)
    return Loaded(
        first.created + then.created,
        then.changed,
        first.unchanged + then.unchanged,
        then.deleted,
        first.touched | then.touched,
    )


_NOTHING_DONE = Loaded(0, 0, 0, 0, frozenset())


def _load_first(rows: Iterable[PriceRow], part_of: PartOf) -> Loaded:
    """The prices of variants that have none."""
    last = {(row[0], row[1], row[3], row[6]): row for row in rows}
    with part_of(), connection.cursor() as cursor:
        before_copy()
        _copy_lines(cursor, _INTO_PRICES, [_line(row) for row in last.values()])
    return Loaded(len(last), 0, 0, 0, frozenset(row[1] for row in last.values()))


def _load(rows: Iterable[PriceRow], cleared: Iterable[Gone], part_of: PartOf) -> Loaded:
    with compared(rows, cleared) as given, connection.cursor() as cursor:
        if given is None:
            return _NOTHING_DONE
        cursor.execute(_COUNTS)
        created, changed, deleted = cursor.fetchone()
        if created or changed or deleted:
            with part_of():
                _write(cursor, created, changed, deleted)
        cursor.execute(_TOUCHED)
        touched = frozenset(pk for (pk,) in cursor.fetchall())
        return Loaded(created, changed, given - created - changed, deleted, touched)


#: The temporary table of :func:`compared`: a row for each price that isn't as it is given.
#: ``id`` and ``was`` are of the price that stands there, null where there is none; ``amount``
#: is null where a price is to go.
DIFFERENCE = "b2b_difference"


@contextmanager
def compared(rows: Iterable[PriceRow], cleared: Iterable[Gone] = ()) -> Iterator[int | None]:
    """Within, the table :data:`DIFFERENCE` holds what a load of these rows would change. Yields
    how many prices are given, None where nothing is. In a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        count = _copy(cursor, rows, cleared)
        if not count:
            yield None
            return
        if count >= LARGE:
            cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
        try:
            yield _compare(cursor)
        finally:
            if not connection.needs_rollback:
                cursor.execute(
                    f"DROP TABLE b2b_load; DROP TABLE IF EXISTS {DIFFERENCE};"
                    " SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT"
                )


def _copy(cursor: Any, rows: Iterable[PriceRow], cleared: Iterable[Gone]) -> int:
    """Fill the temporary table; how many rows went in. A cleared pair has no amount."""
    cursor.execute(
        "CREATE TEMP TABLE b2b_load (n int, list_id bigint, variant_id bigint,"
        " min_quantity numeric, amount numeric, unit text, coefficient numeric,"
        " starts_at timestamptz, ends_at timestamptz) ON COMMIT DROP"
    )
    lines = [f"{n}\t{_line(row)}" for n, row in enumerate(rows)]
    for each in map(_cleared, cleared):
        window = f"{each.starts_at or _NULL}\t{each.ends_at or _NULL}"
        lines.append(f"0\t{each.price_list_id}\t{each.variant_id}{_NOTHING}\t{window}\n")
    _copy_lines(cursor, "COPY b2b_load FROM STDIN", lines)
    count = len(lines)
    if not count:
        cursor.execute("DROP TABLE b2b_load")
    return count


#: The columns as :func:`_line` has them.
_INTO_PRICES = """
COPY b2b_overlay_price
     (price_list_id, variant_id, min_quantity, amount, unit, coefficient, starts_at, ends_at)
FROM STDIN
"""


def _line(row: PriceRow) -> str:
    return (
        f"{row[0]}\t{row[1]}\t{row[3]!s}\t{row[2]!s}\t{_escaped(row[4])}\t{row[5]!s}"
        f"\t{row[6] or _NULL}\t{row[7] or _NULL}\n"
    )


def _copy_lines(cursor: Any, statement: str, lines: list[str]) -> None:
    with cursor.copy(statement) as copy:
        for start in range(0, len(lines), _CHUNK):
            copy.write("".join(lines[start : start + _CHUNK]))


_NULL = "\\N"
_NOTHING = f"\t{_NULL}" * 4


def _cleared(each: Gone) -> Cleared:
    return Cleared(*each)


@lru_cache(maxsize=1024)
def _escaped(text: str) -> str:
    """A unit as COPY's text format wants it."""
    if "\\" not in text and "\t" not in text and "\n" not in text and "\r" not in text:
        return text
    return " ".join(text.split()).replace("\\", "\\\\")


#: ``named``: which rows of a pair the load owns. Beginnings are compared by ``coalesce``:
#: unlike IS NOT DISTINCT FROM it can be hashed.
_COMPARE = """
CREATE TEMP TABLE b2b_difference ON COMMIT DROP AS
WITH given AS (
    SELECT * FROM b2b_load WHERE amount IS NOT NULL
), named AS (
    SELECT list_id, variant_id,
           bool_or(starts_at IS NULL AND ends_at IS NULL) AS always,
           bool_or(starts_at IS NULL AND ends_at IS NOT NULL) AS until,
           array_agg(starts_at) FILTER (WHERE starts_at IS NOT NULL) AS beginnings
      FROM b2b_load GROUP BY list_id, variant_id
), there AS (
    SELECT p.*, CASE WHEN p.starts_at IS NOT NULL THEN p.starts_at = ANY (named.beginnings)
                     WHEN p.ends_at IS NOT NULL THEN named.until
                     ELSE named.always END AS owned
      FROM b2b_overlay_price p JOIN named
        ON p.price_list_id = named.list_id AND p.variant_id = named.variant_id
)
SELECT there.id,
       coalesce(given.list_id, there.price_list_id) AS list_id,
       coalesce(given.variant_id, there.variant_id) AS variant_id,
       coalesce(given.min_quantity, there.min_quantity) AS min_quantity,
       coalesce(given.starts_at, there.starts_at) AS starts_at,
       CASE WHEN given.n IS NULL THEN there.ends_at ELSE given.ends_at END AS ends_at,
       given.unit, given.coefficient, given.amount, there.amount AS was
  FROM given FULL JOIN there
    ON there.price_list_id = given.list_id AND there.variant_id = given.variant_id
   AND there.min_quantity = given.min_quantity
   AND coalesce(there.starts_at, '-infinity') = coalesce(given.starts_at, '-infinity')
 WHERE there.id IS NULL
    OR (given.n IS NULL AND there.owned)
    OR (given.n IS NOT NULL
        AND (there.amount, there.unit, there.coefficient, there.ends_at) IS DISTINCT FROM
            (given.amount, given.unit, given.coefficient, given.ends_at))
"""

#: Different prices given, and all rows of prices.
_GIVEN = """
SELECT count(*), coalesce(sum(rows), 0) FROM (
    SELECT count(*) AS rows FROM b2b_load WHERE amount IS NOT NULL
     GROUP BY list_id, variant_id, min_quantity, starts_at) given
"""

#: Of two rows of one price the later holds.
_DROP_EARLIER = """
DELETE FROM b2b_load earlier
 USING (SELECT list_id, variant_id, min_quantity, starts_at, max(n) AS n
          FROM b2b_load WHERE amount IS NOT NULL
         GROUP BY list_id, variant_id, min_quantity, starts_at HAVING count(*) > 1) last
 WHERE earlier.list_id = last.list_id AND earlier.variant_id = last.variant_id
   AND earlier.min_quantity = last.min_quantity
   AND coalesce(earlier.starts_at, '-infinity') = coalesce(last.starts_at, '-infinity')
   AND earlier.amount IS NOT NULL AND earlier.n < last.n
"""


def _compare(cursor: Any) -> int:
    cursor.execute("ANALYZE b2b_load")
    cursor.execute(_GIVEN)
    given, rows = cursor.fetchone()
    if given < rows:
        cursor.execute(_DROP_EARLIER)
    cursor.execute(_COMPARE)
    return int(given)


#: What is new, another, and isn't given any more.
_COUNTS = """
SELECT count(*) FILTER (WHERE id IS NULL),
       count(*) FILTER (WHERE id IS NOT NULL AND amount IS NOT NULL),
       count(*) FILTER (WHERE amount IS NULL)
  FROM b2b_difference
"""

_TOUCHED = "SELECT DISTINCT variant_id FROM b2b_difference"

_DELETE = """
DELETE FROM b2b_overlay_price p USING b2b_difference d WHERE p.id = d.id AND d.amount IS NULL
"""

_UPDATE = """
UPDATE b2b_overlay_price p
   SET amount = d.amount, unit = d.unit, coefficient = d.coefficient, ends_at = d.ends_at
  FROM b2b_difference d WHERE p.id = d.id AND d.amount IS NOT NULL
"""

_INSERT = """
INSERT INTO b2b_overlay_price
       (price_list_id, variant_id, min_quantity, amount, unit, coefficient, starts_at, ends_at)
SELECT list_id, variant_id, min_quantity, amount, unit, coefficient, starts_at, ends_at
  FROM b2b_difference WHERE id IS NULL
"""


def _write(cursor: Any, created: int, changed: int, deleted: int) -> None:
    """A statement that has nothing to do would read the whole table to find that out."""
    if deleted:
        cursor.execute(_DELETE)
    if changed:
        cursor.execute(_UPDATE)
    if created:
        cursor.execute(_INSERT)
