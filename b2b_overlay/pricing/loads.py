"""Load prices in bulk: what is the difference, and only that is written.

Rules: rows travel by COPY into a temporary table and are compared there in one join, so a
load of 300,000 prices in which nothing changed writes nothing; each pair of list and variant
that a load names holds exactly the load's rows afterwards; what was not named is untouched.
The shape is the winner of the project's measurements (``reference/performance.md``, "Loading
300,000 prices"), with its trap avoided: a large load never joins by nested loop.

Amounts are per base unit, exact in minor units, positive; units and coefficients say how
they were quoted. A wrong row is refused before it gets here (``money.split_price``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

__all__ = ["Loaded", "PriceRow", "load_prices"]

#: From how many rows the planner is kept from nested loops, which on stale statistics turn
#: a second into an hour; below, an index look-up per row is what's wanted.
_LARGE = 20_000
#: Rows to a write of the COPY stream.
_CHUNK = 1_000


class PriceRow(NamedTuple):
    """A price of one base unit from a minimum quantity (in base units)."""

    price_list_id: int
    variant_id: int
    amount: Decimal
    min_quantity: Decimal = Decimal(1)
    unit: str = ""
    coefficient: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in prices; ``touched`` are the variants with any difference."""

    created: int
    changed: int
    unchanged: int
    deleted: int
    touched: frozenset[int]


def load_prices(rows: Iterable[PriceRow], cleared: Iterable[tuple[int, int]] = ()) -> Loaded:
    """Make the prices of every (price list, variant) pair named exactly these rows.

    Any number of lists at once. ``cleared`` names further pairs, which get no price. Two rows
    of one pair and minimum quantity: the later holds. One transaction, a constant number of
    statements; safe to repeat. Raises ``IntegrityError`` for a list that doesn't exist.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        count = _copy(cursor, rows, cleared)
        if not count:
            return Loaded(0, 0, 0, 0, frozenset())
        if count >= _LARGE:
            cursor.execute("SET LOCAL enable_nestloop = off")
        try:
            return _apply(cursor)
        finally:
            if not connection.needs_rollback:
                cursor.execute("DROP TABLE b2b_load; SET LOCAL enable_nestloop TO DEFAULT")


def _copy(cursor: Any, rows: Iterable[PriceRow], cleared: Iterable[tuple[int, int]]) -> int:
    """Fill the temporary table; how many rows went in. A cleared pair has no amount."""
    cursor.execute(
        "CREATE TEMP TABLE b2b_load (n int, list_id bigint, variant_id bigint,"
        " min_quantity numeric, amount numeric, unit text, coefficient numeric) ON COMMIT DROP"
    )
    lines = [
        f"{n}\t{row[0]}\t{row[1]}\t{row[3]}\t{row[2]}\t{_escaped(row[4])}\t{row[5]}\n"
        for n, row in enumerate(rows)
    ]
    lines += [f"0\t{pair[0]}\t{pair[1]}\t\\N\t\\N\t\\N\t\\N\n" for pair in cleared]
    with cursor.copy("COPY b2b_load FROM STDIN") as copy:
        for start in range(0, len(lines), _CHUNK):
            copy.write("".join(lines[start : start + _CHUNK]))
    count = len(lines)
    if not count:
        cursor.execute("DROP TABLE b2b_load")
    return count


def _escaped(text: str) -> str:
    """As COPY's text format wants it."""
    if "\\" not in text and "\t" not in text and "\n" not in text and "\r" not in text:
        return text
    return " ".join(text.split()).replace("\\", "\\\\")


#: What stands there and isn't given any more.
_DELETE = """
DELETE FROM b2b_overlay_price p
 USING (SELECT DISTINCT list_id, variant_id FROM b2b_load) named
 WHERE p.price_list_id = named.list_id AND p.variant_id = named.variant_id
   AND NOT EXISTS (
        SELECT FROM b2b_load given
         WHERE given.list_id = p.price_list_id AND given.variant_id = p.variant_id
           AND given.min_quantity = p.min_quantity)
RETURNING p.variant_id
"""

#: The differences: rows without ``id`` are new.
_DIFFERENCES = """
CREATE TEMP TABLE b2b_difference ON COMMIT DROP AS
SELECT p.id, given.*
  FROM (SELECT DISTINCT ON (list_id, variant_id, min_quantity) *
          FROM b2b_load WHERE amount IS NOT NULL
         ORDER BY list_id, variant_id, min_quantity, n DESC) given
  LEFT JOIN b2b_overlay_price p
    ON p.price_list_id = given.list_id AND p.variant_id = given.variant_id
   AND p.min_quantity = given.min_quantity
 WHERE p.id IS NULL
    OR (p.amount, p.unit, p.coefficient) IS DISTINCT FROM
       (given.amount, given.unit, given.coefficient)
"""

_UPDATE = """
UPDATE b2b_overlay_price p
   SET amount = d.amount, unit = d.unit, coefficient = d.coefficient
  FROM b2b_difference d WHERE p.id = d.id
RETURNING p.variant_id
"""

_INSERT = """
INSERT INTO b2b_overlay_price
       (price_list_id, variant_id, min_quantity, amount, unit, coefficient)
SELECT list_id, variant_id, min_quantity, amount, unit, coefficient
  FROM b2b_difference WHERE id IS NULL
RETURNING variant_id
"""


def _apply(cursor: Any) -> Loaded:
    cursor.execute("ANALYZE b2b_load")
    deleted = _variants(cursor, _DELETE)
    cursor.execute(_DIFFERENCES)
    changed = _variants(cursor, _UPDATE)
    created = _variants(cursor, _INSERT)
    cursor.execute(
        "SELECT count(DISTINCT (list_id, variant_id, min_quantity)) FROM b2b_load"
        " WHERE amount IS NOT NULL"
    )
    (given,) = cursor.fetchone()
    cursor.execute("DROP TABLE b2b_difference")
    return Loaded(
        created=len(created),
        changed=len(changed),
        unchanged=given - len(created) - len(changed),
        deleted=len(deleted),
        touched=frozenset().union(created, changed, deleted),
    )


def _variants(cursor: Any, statement: str) -> list[int]:
    cursor.execute(statement)
    return [row[0] for row in cursor.fetchall()]
