"""A load of prices: what came together, from a file or a page, and is undone as one thing.

Whoever changes prices enters :func:`load` around the change. Each event that the database
writes within carries the load's id in its context, so that what a load changed is read from the
history, which can't be changed, and from nowhere else (:mod:`.difference`, :mod:`.undoing`).
A load that changed nothing leaves no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from b2b_overlay.company.access import User
from b2b_overlay.history import TRACKED, Way, noted, recorded

from .models import Price, PriceLoad

__all__ = ["AFTER_AND_BEFORE", "IS_OF_LOAD", "PRICE_EVENTS", "load", "part"]

PRICE_EVENTS: Final = next(each.event._meta.db_table for each in TRACKED if each.model is Price)
#: SQL: the events of the load ``%(load)s``. As the index of migration 0005 has it.
IS_OF_LOAD: Final = "pgh_context ->> 'load' = %(load)s"

#: SQL, after FROM: each price that the load ``%(load)s`` touched, as its last event left it
#: (``after``) and as it was before its first (``before``, null where there was none). Just after
#: a large load PostgreSQL may take the table for empty and any index for as good as another; so
#: the event before can be looked up by the price only, not down the table's own key.
AFTER_AND_BEFORE: Final = f"""(
        SELECT DISTINCT ON (pgh_obj_id) *, min(pgh_id) OVER (PARTITION BY pgh_obj_id) AS first
          FROM {PRICE_EVENTS} WHERE {IS_OF_LOAD} ORDER BY pgh_obj_id, pgh_id DESC) after
  LEFT JOIN LATERAL (
        SELECT * FROM {PRICE_EVENTS} e
         WHERE e.pgh_obj_id = after.pgh_obj_id AND e.pgh_id + 0 < after.first
         ORDER BY e.pgh_id + 0 DESC LIMIT 1) before ON true"""  # noqa: S608 - a table's name and words of ours

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
    row: PriceLoad | None = None,
    undoes: PriceLoad | None = None,
) -> Iterator[PriceLoad]:
    """All prices changed within are one load: of a file or page called ``name``, by a user.

    One transaction. ``row`` is a load that was previewed and is applied now. Within another load
    it is part of that one. Afterwards ``counts`` say what was created, changed and deleted (set
    in it whatever else is worth telling); where nothing was changed, the row is gone and its
    ``pk`` is None.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    with transaction.atomic():
        begun = row or _begun(source, name, by, undoes=undoes)
        file = {"file": name} if source == Source.SHEET else {}
        with _within(begun), recorded(by, _WAYS[source], name, **file), noted(load=str(begun.pk)):
            yield begun
        counts = _counted(begun)
        if counts or row is not None:
            _finish(begun, counts)
        else:
            begun.delete()


@contextmanager
def part(source: str, name: str, key: str) -> Iterator[PriceLoad]:
    """A part of a load that comes in many transactions, of which each is one part: those of one
    ``key`` are one load. To be entered only where prices will change (``load_prices(…,
    part_of=…)``)."""
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    state = PriceLoad.State.APPLIED
    with transaction.atomic():
        found = PriceLoad.objects.select_for_update().filter(key=key, state=state).first()
        row = found or _begun(source, name, None, key=key)
        before = _last_event()
        with _within(row), recorded(None, _WAYS[source], name), noted(load=str(row.pk)):
            yield row
        counts = _counted(row, since=before)
        _finish(row, {word: n + row.counts.get(word, 0) for word, n in counts.items()})


@contextmanager
def _within(row: PriceLoad) -> Iterator[None]:
    token = _current.set(row)
    try:
        yield
    finally:
        _current.reset(token)


def _begun(
    source: str, name: str, by: User | None, *, key: str = "", undoes: PriceLoad | None = None
) -> PriceLoad:
    return PriceLoad.objects.create(
        source=source,
        name=name[:255],
        state=PriceLoad.State.APPLIED,
        made_by_id=by.pk if by is not None else None,
        key=key,
        undoes=undoes,
    )


def _finish(row: PriceLoad, counts: dict[str, int]) -> None:
    row.counts = {**row.counts, **counts}
    row.state = PriceLoad.State.APPLIED
    row.applied_at = timezone.now()
    row.content = b""
    row.save(update_fields=["counts", "state", "applied_at", "content"])


def _last_event() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(pgh_id) FROM {PRICE_EVENTS}")  # noqa: S608 - a table's name
        (last,) = cursor.fetchone()
    return last or 0


_COUNT = """
SELECT pgh_label, count(*) FROM {events} WHERE {of_load} AND pgh_id > %(since)s GROUP BY pgh_label
"""
_WORDS = {"insert": "created", "update": "changed", "delete": "deleted"}


def _counted(row: PriceLoad, since: int = 0) -> dict[str, int]:
    """How many prices it created, changed and deleted, after this event; empty: nothing."""
    with connection.cursor() as cursor:
        statement = _COUNT.format(events=PRICE_EVENTS, of_load=IS_OF_LOAD)
        cursor.execute(statement, {"load": str(row.pk), "since": since})
        found: dict[str, Any] = dict(cursor.fetchall())
    return {word: found.get(label, 0) for label, word in _WORDS.items()} if found else {}
