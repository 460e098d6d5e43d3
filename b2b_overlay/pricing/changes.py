"""A load of prices: what came together, from a file or a page, and is undone as one thing.

Whoever changes prices enters :func:`load` around the change. Each event that the database
writes within carries the load's id in its context, so that what a load changed is read from the
history, which can't be changed, and from nowhere else (:mod:`.difference`, :mod:`.undoing`).
A load that changed nothing leaves no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from b2b_overlay.company.access import User
from b2b_overlay.history import TRACKED, Way, recorded

from .models import Price, PriceLoad

__all__ = ["IS_OF_LOAD", "PRICE_EVENTS", "load"]

PRICE_EVENTS: Final = next(each.event._meta.db_table for each in TRACKED if each.model is Price)
#: SQL: the events of the load ``%(load)s``. As the index of migration 0005 has it.
IS_OF_LOAD: Final = "pgh_context ->> 'load' = %(load)s"

Source = PriceLoad.Source
_WAYS: dict[str, Way] = {
    Source.EXCHANGE: "exchange",
    Source.SHEET: "page",
    Source.PAGE: "page",
    Source.COMMAND: "command",
}
_current: ContextVar[PriceLoad | None] = ContextVar("b2b_price_load", default=None)


@contextmanager
def load(
    source: str,
    name: str,
    by: User | None = None,
    *,
    key: str = "",
    row: PriceLoad | None = None,
    undoes: PriceLoad | None = None,
) -> Iterator[PriceLoad]:
    """All prices changed within are one load: of a file or page called ``name``, by a user.

    One transaction; with ``key`` (a file of 1C, read in many requests) each batch has its own
    and the load of that key is gone on with. ``row`` is a load that was previewed and is applied
    now. Within another load it is part of that one. Afterwards ``counts`` say what was created,
    changed and deleted (set in it whatever else is worth telling); where nothing was changed,
    the row is gone and its ``pk`` is None.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    with nullcontext() if key else transaction.atomic():
        begun = row or _begin(source, name, by, key, undoes)
        token = _current.set(begun)
        finished = False
        try:
            with recorded(by, _WAYS[source], name, load=str(begun.pk)):
                yield begun
            finished = True
        finally:
            _current.reset(token)
            # After a failure only what earlier transactions did is there to be counted.
            if finished or not connection.in_atomic_block:
                _finish(begun, keep=row is not None)


def _begin(
    source: str, name: str, by: User | None, key: str, undoes: PriceLoad | None
) -> PriceLoad:
    state = PriceLoad.State.APPLIED
    found = PriceLoad.objects.filter(key=key, state=state).first() if key else None
    if found is not None:
        return found
    return PriceLoad.objects.create(
        source=source,
        name=name[:255],
        state=state,
        made_by_id=by.pk if by is not None else None,
        key=key,
        undoes=undoes,
    )


def _finish(row: PriceLoad, *, keep: bool) -> None:
    counts = _counted(row)
    if not counts and not keep:
        row.delete()
        return
    row.counts = {**row.counts, **counts}
    row.state = PriceLoad.State.APPLIED
    row.applied_at = timezone.now()
    row.content = b""
    row.save(update_fields=["counts", "state", "applied_at", "content"])


_COUNT = """
SELECT pgh_label, count(*) FROM {events} WHERE {of_load} GROUP BY pgh_label
"""
_WORDS = {"insert": "created", "update": "changed", "delete": "deleted"}


def _counted(row: PriceLoad) -> dict[str, int]:
    """How many prices it created, changed and deleted; empty: nothing."""
    with connection.cursor() as cursor:
        statement = _COUNT.format(events=PRICE_EVENTS, of_load=IS_OF_LOAD)
        cursor.execute(statement, {"load": str(row.pk)})
        found: dict[str, Any] = dict(cursor.fetchall())
    return {word: found.get(label, 0) for label, word in _WORDS.items()} if found else {}
