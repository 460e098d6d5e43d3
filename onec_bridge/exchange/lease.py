"""One import at a time for a connection.

A run by hand and a scheduled one of the same base would mix files and lock each other's rows
(in_practice, 19). Whoever imports holds the connection's lease: through a request or a
worker's task, and between two ``progress`` rounds for as long as a live client takes to ask
again. A holder that dies leaves a lease that lapses; one that was only thought dead finds
another's name in it at its next batch, and that batch is rolled back.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from onec_bridge.conf import conf

from . import clock
from .models import Lease, Session

__all__ = ["BusyError", "Hold", "LostError", "busy_since", "hold"]


class BusyError(Exception):
    """Somebody else is importing for this connection."""

    def __init__(self, since: dt.datetime, same_session: bool) -> None:
        super().__init__(f"importing since {since:%H:%M:%S}")
        self.since = since
        self.same_session = same_session
        """It is another request, or a worker, of this very session."""


class LostError(Exception):
    """The lease lapsed while its holder was away, and is another's now."""


@dataclass(slots=True)
class Hold:
    """A lease in one's hands."""

    session: Session
    holder: str
    finished: bool = True
    """False keeps the lease for the session when the request ends: it will ask again."""

    def renew(self) -> None:
        """Call in each batch's transaction: nobody else may begin as long as work goes on, and
        nothing is written by whoever lost the lease. Raises `LostError`."""
        mine = Lease.objects.filter(session=self.session, holder=self.holder)
        if not mine.update(until=_working()):
            raise LostError


@contextmanager
def hold(session: Session) -> Iterator[Hold]:
    """Hold the lease of the session's connection; raises `BusyError` at once."""
    held = Hold(session, secrets.token_hex(8))
    _take(session, held.holder)
    try:
        yield held
    finally:
        mine = Lease.objects.filter(session=session, holder=held.holder)
        if held.finished:
            mine.delete()
        else:
            mine.update(in_flight=False, until=_later(conf.run_silence))


def _take(session: Session, holder: str) -> None:
    now, until = clock.now(), _working()
    with transaction.atomic():
        lease, is_new = Lease.objects.select_for_update().get_or_create(
            connection_id=session.connection_id,
            defaults={"session": session, "since": now, "until": until, "holder": holder},
        )
        if is_new:
            return
        mine = lease.session_id == session.pk
        if lease.until > now and (not mine or lease.in_flight):
            raise BusyError(lease.since, mine)
        lease.since = lease.since if mine else now
        lease.session, lease.in_flight, lease.holder = session, True, holder
        lease.until = until
        lease.save()


def busy_since(connection_id: int, kind: str) -> dt.datetime | None:
    """When the run that is importing files of this type now began; `None`: there is none.

    By type, because a base that fetches orders every five minutes must not wait for an hour's
    load of its catalogue.
    """
    lease = Lease.objects.filter(
        connection=connection_id, session__type=kind, until__gt=clock.now()
    ).first()
    return lease.since if lease else None


def _working() -> dt.datetime:
    """Until when a request at work may be silent: for a batch, and a client's pause."""
    return _later(conf.run_silence + conf.time_budget)


def _later(seconds: float) -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=seconds)
