"""Many rows at once: COPY, and arrays as one literal.

Django's ``bulk_create`` and ``IN`` send every value as a parameter of its own, and psycopg
looks at each of them; for a thousand rows that took ten times what COPY takes
(benchmarks/exchange_database.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, models

__all__ = ["array", "copy_in", "escaped", "insert", "new_ids", "numbers", "upsert"]

#: Rows to a write of the COPY stream.
_CHUNK = 500
#: Stands for NULL until the text is whole: no text that PostgreSQL can keep has it.
_NULL = "\0"

Texts = Sequence[str | None]
"""A row: each value's text as PostgreSQL reads it, None NULL."""


def escaped(text: str | None) -> str:
    """As COPY's text format wants it."""
    if text is None:
        return "\\N"
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text


def array(texts: Iterable[str]) -> str:
    """A literal of PostgreSQL's ``text[]``."""
    every = list(texts)
    text = '","'.join(every)
    if "\\" in text or text.count('"') > 2 * len(every) - 2:
        text = '","'.join([each.replace("\\", "\\\\").replace('"', '\\"') for each in every])
    return f'{{"{text}"}}' if every else "{}"


def numbers(values: Iterable[int | Decimal]) -> str:
    """The same of numbers."""
    return f"{{{','.join(map(str, values))}}}"


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Texts]) -> int:
    """COPY these rows into a table; how many there were."""
    left, count = iter(rows), 0
    chunk = list(islice(left, _CHUNK))
    if chunk:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            while chunk:
                copy.write(_text(chunk))
                count += len(chunk)
                chunk = list(islice(left, _CHUNK))
    return count


def _text(rows: Sequence[Texts]) -> str:
    """Rows as COPY's text format wants them. They are looked at one by one only where something
    in them has to be escaped, which is seldom."""
    text = "\n".join(map(_line, rows))
    nulls = text.count(_NULL)
    is_plain = (
        "\\" not in text
        and "\r" not in text
        and text.count("\n") == len(rows) - 1
        and text.count("\t") == sum(map(len, rows)) - len(rows)
        and (not nulls or nulls == sum([row.count(None) for row in rows]))
    )
    if not is_plain:
        return "".join(["\t".join(map(escaped, row)) + "\n" for row in rows])
    return (text.replace(_NULL, "\\N") if nulls else text) + "\n"


def _line(row: Texts) -> str:
    try:
        return "\t".join(row)  # type: ignore[arg-type]  # mostly there is no None
    except TypeError:
        return "\t".join([_NULL if text is None else text for text in row])


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Texts]) -> list[int]:
    """COPY new rows straight into a model's table; their primary keys, in the same order.

    ``columns`` are all of the table's but the key: COPY knows none of Django's defaults.
    """
    ids = new_ids(model, len(rows))
    key = str(model._meta.pk.column)
    table = model._meta.db_table
    copy_in(table, (key, *columns), ((str(pk), *row) for pk, row in zip(ids, rows, strict=True)))
    return ids


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for rows that are about to be copied in."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH named AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS key)"
            " SELECT nextval(key) FROM named, generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def upsert(
    model: type[models.Model],
    columns: Sequence[str],
    key: Sequence[str],
    rows: Iterable[Texts],
    returning: Sequence[str] = (),
    *,
    kept: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert these rows, or update the ones with the same ``key``; what ``returning`` names.

    ``columns`` are database columns; those ``kept`` stay as they are in a row that is there. No
    two rows may have the same key. A row that is the same already isn't written, unless
    something is to be returned of each.
    """
    table = model._meta.db_table
    names = ", ".join(columns)
    changed = [name for name in columns if name not in key and name not in kept]
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in changed)
    theirs = ", ".join(f"EXCLUDED.{name}" for name in changed)
    ours = ", ".join(f"{table}.{name}" for name in changed)
    give = (
        f" RETURNING {', '.join(returning)}"
        if returning
        else f" WHERE ({ours}) IS DISTINCT FROM ({theirs})"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE b2b_rows ON COMMIT DROP AS"  # noqa: S608 - our models' names
            f" SELECT {names} FROM {table} LIMIT 0"
        )
        copy_in("b2b_rows", columns, rows)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM b2b_rows"  # noqa: S608 - likewise
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}{give}"
        )
        found = cursor.fetchall() if returning else []
        cursor.execute("DROP TABLE b2b_rows")
    return found
