"""The doctor's clues of a connection: what it sent lately and how it asked, from the journal.

The files of the last exchanges are read anew, the newest first, within a few seconds: the verdict
is of what 1C does now. Dry runs and replays count for nothing: they aren't how it is set up.
"""

from __future__ import annotations

import datetime as dt
import time

from django.utils import timezone

from onec_bridge.commerceml.archive import Opened
from onec_bridge.doctor.clues import Asked, Clues, Visit, see
from onec_bridge.exchange.models import Connection, ReceivedFile, Session
from onec_bridge.exchange.store import open_file
from onec_bridge.journal.models import Entry
from onec_bridge.sync.models import OrderExport

__all__ = ["clues_of"]

#: How far back how it asks is looked at, and how many sessions at most.
WITHIN, SESSIONS = dt.timedelta(days=14), 60
#: Seconds and bytes of reading files.
PATIENCE, MOST = 8.0, 300 * 1024 * 1024


def clues_of(connection: Connection) -> Clues:
    """What is known of it."""
    since = timezone.now() - WITHIN
    sessions = list(
        connection.sessions.filter(purpose=Session.Purpose.LIVE, started_at__gte=since)[:SESSIONS]
    )[::-1]
    waiting = OrderExport.objects.filter(connection=connection).exclude(
        state=OrderExport.State.CONFIRMED
    )
    clues = Clues(
        visits=_visits(connection, sessions),
        waits_for_orders=waiting.exists(),
        orders_encoding=connection.encoding,
    )
    _read(clues, sessions)
    return clues


def _visits(connection: Connection, sessions: list[Session]) -> list[Visit]:
    """Oldest first; last, as one more, the sign-ins that were refused since then: they belong to
    no session, and to no connection but by their login."""
    asked: dict[int | None, list[Entry]] = {}
    for entry in Entry.objects.filter(session__in=sessions).order_by("pk"):
        asked.setdefault(entry.session_id, []).append(entry)
    made = [_visit(session, asked.get(session.pk, [])) for session in sessions]
    since = sessions[-1].started_at if sessions else timezone.now() - WITHIN
    refused = Entry.objects.filter(login=connection.login, status=401, session=None, at__gte=since)
    if last := [_asked(entry) for entry in refused.order_by("pk")]:
        made.append(Visit(at=timezone.now(), asked=tuple(last)))
    return made


def _visit(session: Session, entries: list[Entry]) -> Visit:
    later = [entry.query for entry in entries if entry.mode != "checkauth" and entry.query]
    return Visit(
        at=session.started_at,
        asked=tuple(_asked(entry) for entry in entries),
        user_agent=session.user_agent,
        version=session.version,
        words=("cmlversion=",) if any("cmlversion=" in q.lower() for q in later) else (),
        names_session=any("sessid=" in query for query in later) if later else None,
    )


def _asked(entry: Entry) -> Asked:
    return Asked(
        type=entry.type,
        mode=entry.mode,
        filename=entry.filename,
        word=entry.word,
        text=entry.text,
        status=entry.status,
    )


def _read(clues: Clues, sessions: list[Session]) -> None:
    until, room = time.monotonic() + PATIENCE, MOST
    started = {session.pk: session.started_at for session in sessions}
    files = ReceivedFile.objects.filter(
        session__in=sessions, kind=ReceivedFile.Kind.XML, parts__number=0
    ).order_by("-pk")
    for file in files:
        room -= file.size
        if clues.files and (room < 0 or time.monotonic() > until):
            break
        with open_file(file) as stream:
            opened = Opened(file.name, file.name, stream, file.size)
            visit = started[file.session_id]
            received_at = timezone.localtime(file.received_at)
            clues.files.append(see(opened, received_at=received_at, visit=visit))
    clues.files.reverse()
