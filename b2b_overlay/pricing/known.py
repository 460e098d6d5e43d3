"""Which lists are for some terms, as they were last read: used again while nothing that decides
it has changed, which the statement that reads the prices finds out itself.

Reading the lists (:mod:`.lists`) takes the database as long as reading a hundred prices, and they
change some times a day. So a process keeps what it read, together with the snapshot it read it
in (``pg_current_snapshot()``). Every transaction that changes a price list, an assignment, a
price, a percentage, or who belongs to which company or group leaves a row with its number
(:class:`.lists_change.ListsChange`, by triggers: whoever writes). A statement that sees such a row
which the kept snapshot doesn't sees that the kept is out of date, in the same snapshot it reads
the prices in: a changed list is in force in the next query, in every process, without a word
passing between them.

Not kept is what a transaction that has itself written reads: that may yet be rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple, TypeVar

from django.db import connection

from b2b_overlay.terms.current import Terms

from .lists import ForTerms, lists_for
from .lists_change import ListsChange
from .sources import sources

__all__ = ["OUTDATED", "Known", "Outdated", "asked_of_known", "read_anew"]

T = TypeVar("T")

#: So many terms are kept, for so many seconds (a change is kept a day).
MOST, SECONDS = 2000, 3600

#: True where a change is seen that the snapshot ``%(snapshot)s`` didn't see.
OUTDATED = f"""EXISTS (
    SELECT FROM {ListsChange._meta.db_table}
     WHERE transaction >= pg_snapshot_xmin(%(snapshot)s::pg_snapshot)::text::bigint
       AND NOT pg_visible_in_snapshot(transaction::text::xid8, %(snapshot)s::pg_snapshot))"""


class Outdated(Exception):
    """Since these lists were read, something that decides them has changed."""


class Known(NamedTuple):
    """Lists for some terms, windows and sums not yet looked at."""

    lists: ForTerms
    #: The snapshot they were kept with: whoever asks prices by them has to ask this too.
    #: None: they were read just now.
    snapshot: str | None = None


_kept: dict[tuple[object, ...], tuple[float, Known]] = {}


def read_anew(terms: Terms) -> Known:
    """One statement."""
    lists, snapshot = lists_for(terms, sources(None))
    if lists and snapshot:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[_key(terms)] = (monotonic(), Known(lists, snapshot))
    return Known(lists)


def asked_of_known(terms: Terms, ask: Callable[[Known], T]) -> T:
    """What ``ask`` answers by the lists for these terms, kept ones if it can; asked again where
    it says (:class:`Outdated`) that those don't hold any more."""
    read_at, known = _kept.get(_key(terms), (0.0, None))
    if known is not None and monotonic() - read_at < SECONDS:
        try:
            return ask(known)
        except Outdated:
            pass  # asked again below, by lists read anew
    return ask(read_anew(terms))


def _key(terms: Terms) -> tuple[object, ...]:
    contract = terms.contract.pk if terms.contract else None
    return connection.settings_dict["NAME"], terms.legal_entity.pk, contract
