"""Importing what 1C left: whole files that it never asked to import.

Nodes can be told not to wait for the site (protocol, section 5), and old clients send orders
with ``file`` alone. The next sign-in works them, or a worker, or ``onec_leftovers`` in cron; in
the order of arrival of sessions, then of names. The files of a replay are left the same way.
"""

from __future__ import annotations

import time

from django.db.models import Q, QuerySet

from . import clock, store, work
from .lease import Hold
from .models import Connection, ReceivedFile, Session

__all__ = ["any_left", "import_left"]

State = ReceivedFile.State
Kind = ReceivedFile.Kind
Purpose = Session.Purpose
WAITING = (State.RECEIVED, State.IMPORTING)


def any_left(connection: Connection) -> bool:
    """Did earlier sessions leave anything?"""
    return _left(connection, 0).exists()


def import_left(
    connection: Connection, held: Hold, deadline: float, *, silent_for: float = 0
) -> list[ReceivedFile]:
    """Import what earlier sessions left.

    Args:
        silent_for: seconds that a session must have been silent for to count as left.

    Returns:
        The files worked on; those the deadline cut off are left for the next time.
    """
    worked: list[ReceivedFile] = []
    for session in _left(connection, silent_for):
        if work.unpack_all(_whole(session, Kind.ARCHIVE), held, deadline) is not None:
            break
        for file in _whole(session, Kind.XML):
            if not worked or time.monotonic() < deadline:
                work.import_file(file, held, deadline)
                worked.append(file)
    held.finished = True
    return worked


def _left(connection: Connection, silent_for: float) -> QuerySet[Session]:
    waiting = ReceivedFile.objects.filter(
        Q(session__purpose=Purpose.REPLAY) | Q(session__seen_at__lte=clock.ago(silent_for)),
        state__in=WAITING,
        kind__in=(Kind.XML, Kind.ARCHIVE),
    ).exclude(session__purpose=Purpose.DRY_RUN)
    return connection.sessions.filter(pk__in=waiting.values("session")).order_by("pk")


def _whole(session: Session, kind: str) -> list[ReceivedFile]:
    """Waiting files that came to their end; the others may be on their way this moment."""
    waiting = session.files.filter(kind=kind, state__in=WAITING).order_by("name", "pk")
    return [file for file in waiting if store.is_whole(file)]
