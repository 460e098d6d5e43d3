"""One import at a time for a connection.

A run by hand and a scheduled one of the same base would mix files and lock each other's rows
(in_practice, 19). Whoever imports holds the connection's lease: through a request, and
between two ``progress`` rounds for as long as a live client takes to ask again. A holder
that dies leaves a lease that lapses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from onec_bridge.conf import conf

from .models import Lease, Session

__all__ = ["BusyError", "Hold", "busy_since", "hold"]


class BusyError(Exception):
    """Somebody else is importing for this connection."""

    def __init__(self, since: dt.datetime, same_session: bool) -> None:
        super().__init__(f"importing since {since:%H:%M:%S}")
        self.since = since
        self.same_session = same_session
        """It is another request of this very session: its client was cut off and asks again."""


@dataclass(slots=True)
class Hold:
    """A lease in one's hands."""

    session: Session
    finished: bool = True
    """False keeps the lease for the session when the request ends: it will ask again."""

    def renew(self) -> None:
        """Call with each batch: as long as work goes on, nobody else may begin."""
        Lease.objects.filter(session=self.session).update(until=_working())


@contextmanager
def hold(session: Session) -> Iterator[Hold]:
    """Hold the lease of the session's connection; raises `BusyError` at once."""
    _take(session)
    held = Hold(session)
    try:
        yield held
    finally:
        mine = Lease.objects.filter(session=session)
        if held.finished:
            mine.delete()
        else:
            mine.update(in_flight=False, until=_later(conf.run_silence))


def _take(session: Session) -> None:
    now = timezone.now()
    with transaction.atomic():
        lease, is_new = Lease.objects.select_for_update().get_or_create(
            connection_id=session.connection_id,
            defaults={
                "session": session,
                "since": now,
                "until": _working(),
            },
        )
        if is_new:
            return
        mine = lease.session_id == session.pk
        if lease.until > now and (not mine or lease.in_flight):
            raise BusyError(lease.since, mine)
        lease.since = lease.since if mine else now
        lease.session, lease.in_flight = session, True
        lease.until = _working()
        lease.save()


def busy_since(connection_id: int, kind: str) -> dt.datetime | None:
    """When the run that is importing files of this type now began; `None`: there is none.

    By type, because a base that fetches orders every five minutes must not wait for an hour's
    load of its catalogue.
    """
    lease = Lease.objects.filter(
        connection=connection_id, session__type=kind, until__gt=timezone.now()
    ).first()
    return lease.since if lease else None


def _working() -> dt.datetime:
    """Until when a request at work may be silent: for a batch, and a client's pause."""
    return _later(conf.run_silence + conf.time_budget)


def _later(seconds: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=seconds)
