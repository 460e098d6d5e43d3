"""Who changes, by which way, and where: said once at each way in, kept with every change.

Nothing is asked of the database: the words travel with the statements that write (pghistory
puts them before each as a setting local to the transaction).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, Protocol

import pghistory
from django.db import connection

__all__ = ["Recorder", "Way", "before_copy", "noted", "recorded"]

#: A page of the cabinet, a GraphQL mutation, 1C's exchange, ``manage.py``.
Way = Literal["page", "graphql", "exchange", "command"]


class Recorder(Protocol):
    """Any shop's user, as far as the history asks."""

    pk: Any


@contextmanager
def recorded(who: Recorder | None, via: Way, where: str, **more: str) -> Iterator[None]:
    """Every change made within is recorded as this user's, by this way.

    ``where`` is the page's path, the mutation's name, the file's or the command's; ``more``
    what else is worth keeping (``file``, ``connection``). Within another one the outer way
    holds, since that is how the person came; what it doesn't say is taken from the inner.
    """
    told = {"who": who.pk if who is not None else None, "via": via, "where": where, **more}
    with _metadata() as told_before:
        for key, value in told.items():
            if told_before.get(key) in (None, ""):
                told_before[key] = value
        yield


@contextmanager
def noted(**more: str) -> Iterator[None]:
    """What else is worth keeping with each change made within, whichever way the person came:
    the reason he gave, what a price was instead of."""
    with _metadata() as told:
        told.update(more)
        yield


def before_copy() -> None:
    """Called before COPY into a tracked table: it isn't a statement that pghistory sees. The words
    are put before one that does nothing, and hold for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VALUES (true)")


@contextmanager
def _metadata() -> Iterator[dict[str, Any]]:
    """What is told of each change; as it was before, afterwards."""
    with pghistory.context() as context:
        before = dict(context.metadata)
        try:
            yield context.metadata
        finally:
            context.metadata.clear()
            context.metadata.update(before)
            if not before:
                _forget()


def _forget() -> None:
    """Whatever else this transaction changes is nobody's of ours. Only where the transaction
    is longer than the context; at its end the setting falls by itself."""
    if connection.in_atomic_block and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
