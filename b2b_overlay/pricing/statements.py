"""Send the resolver's statements.

They are long beside what they do, and planning one takes the database as long as answering it.
Where the shop's connection lets statements be prepared (``OPTIONS["prepare_threshold"]`` of the
database, psycopg's own setting, which Django switches off because some poolers can't), they are
planned once a connection; elsewhere they go out as every query of Django's does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connections, router
from psycopg import Cursor

from .models import Price

__all__ = ["fetched"]


def fetched(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement, over the session that prices are read over; ``parameters`` may
    have more than it names."""
    connection = connections[router.db_for_read(Price)]
    with connection.cursor() as cursor:
        if connection.connection.prepare_threshold is not None:
            # Django's cursor writes values into the statement: each would be another one.
            cursor.cursor = Cursor(connection.connection)
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
