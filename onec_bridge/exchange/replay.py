"""An exchange again, from the files that were kept as they came.

For when a mistake of ours, or of a setting, was mended: nobody has to ask 1C for the same file
twice. A replay is a session of its own with the same files, imported as left-overs are. What is
already so doesn't change. Newer exchanges may have said otherwise since; so those are replayed
after it, in order, unless somebody wants that one exchange alone.
"""

from __future__ import annotations

import logging
import secrets
import time

from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from onec_bridge.conf import conf

from . import clock, leftovers, worker
from .lease import BusyError, LostError, hold
from .models import FilePart, ReceivedFile, Session

__all__ = ["NothingKeptError", "can_be_replayed", "go_on", "replay"]

logger = logging.getLogger(__name__)

Kind = ReceivedFile.Kind
State = ReceivedFile.State
COPY = (
    "INSERT INTO onec_bridge_filepart (file_id, number, body) "
    "SELECT %s, number, body FROM onec_bridge_filepart WHERE file_id = %s"
)


class NothingKeptError(Exception):
    """None of the exchange's files is kept any more."""


def replay(session: Session, *, alone: bool = False) -> list[Session]:
    """Begin to replay an exchange and those after it; raises `NothingKeptError`.

    What can be done at once is done: a worker is called, or files are imported within the time
    that a request has. The rest follows like anything that was left: at 1C's next sign-in, in
    ``onec_leftovers``, or by `go_on`.

    Args:
        alone: replay this one exchange, although newer ones may have said otherwise since.

    Returns:
        The new sessions, in order.
    """
    begun = []
    with transaction.atomic():
        for each in _to_replay(session, alone):
            if files := list(_kept_files(each)):
                begun.append(_again(each, files))
    if not begun:
        raise NothingKeptError
    go_on(begun[-1])
    return begun


def go_on(session: Session) -> None:
    """Import what a replay left, for as long as a request may take."""
    if worker.call(session):
        return
    try:
        with hold(session) as held:
            leftovers.import_left(session.connection, held, time.monotonic() + conf.time_budget)
    except (BusyError, LostError) as busy:
        logger.info("replay %s waits: %r", session.pk, busy)


def can_be_replayed(session: Session) -> bool:
    """Are any of its files kept?"""
    return session.purpose == Session.Purpose.LIVE and _kept_files(session).exists()


def _to_replay(session: Session, alone: bool) -> QuerySet[Session]:
    live = session.connection.sessions.filter(purpose=Session.Purpose.LIVE).order_by("pk")
    return live.filter(pk=session.pk) if alone else live.filter(pk__gte=session.pk)


def _kept_files(session: Session) -> QuerySet[ReceivedFile]:
    """Files as they came; pictures among them are found where they are."""
    came = session.files.filter(archive=None, kind__in=(Kind.XML, Kind.ARCHIVE))
    parts = FilePart.objects.filter(file=OuterRef("pk"))
    return came.exclude(state=State.DROPPED).filter(Exists(parts)).order_by("pk")


def _again(session: Session, files: list[ReceivedFile]) -> Session:
    new = Session.objects.create(
        connection=session.connection,
        purpose=Session.Purpose.REPLAY,
        replays=session,
        token_hash=secrets.token_hex(32),
        state=Session.State.RECEIVING,
        type=session.type,
        version=session.version,
        dialect=session.dialect,
        seen_at=clock.now(),
    )
    for file in files:
        copy = ReceivedFile.objects.create(
            session=new, name=file.name, type=file.type, kind=file.kind, size=file.size
        )
        with database.cursor() as cursor:
            cursor.execute(COPY, [copy.pk, file.pk])
    return new
