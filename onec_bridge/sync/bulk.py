"""Write many rows at once: by COPY into a temporary table, then one upsert.

Django's ``bulk_create`` sends arrays whose every text psycopg quotes by a regular expression;
for rows that carry JSON, COPY took a tenth of the time (benchmarks/load_prices.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

__all__ = ["upsert"]

#: Rows to a write of the COPY stream.
_CHUNK = 500


def upsert(
    model: type[models.Model],
    columns: Sequence[str],
    key: Sequence[str],
    rows: Iterable[Sequence[str | None]],
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert these rows, or update the ones with the same ``key``; what ``returning`` names.

    ``columns`` are database columns, values their texts as PostgreSQL reads them, None NULL.
    No two rows may have the same key.
    """
    table = model._meta.db_table
    names = ", ".join(columns)
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name not in key)
    give = f" RETURNING {', '.join(returning)}" if returning else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE onec_rows ON COMMIT DROP AS"  # noqa: S608 - our models' names
            f" SELECT {names} FROM {table} LIMIT 0"
        )
        lines = ["\t".join(map(_escaped, row)) + "\n" for row in rows]
        with cursor.copy(f"COPY onec_rows ({names}) FROM STDIN") as copy:
            for start in range(0, len(lines), _CHUNK):
                copy.write("".join(lines[start : start + _CHUNK]))
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM onec_rows"  # noqa: S608 - likewise
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}{give}"
        )
        found = cursor.fetchall() if returning else []
        cursor.execute("DROP TABLE onec_rows")
    return found


def _escaped(text: str | None) -> str:
    """As COPY's text format wants it."""
    if text is None:
        return "\\N"
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
