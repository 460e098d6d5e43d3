"""Importing what 1C left: whole files that it never asked to import.

Nodes can be told not to wait for the site (protocol, section 5), old clients send orders with
``file`` alone, and a run that broke off leaves what it had sent. The next sign-in works them,
or a worker, or ``onec_leftovers`` in cron; in the order of arrival of sessions, then of names.
The files of a replay are left the same way.

What is older never comes after what is newer: before a file is imported, what earlier sessions
left of its type is, or the old prices of a broken run would come over those of the next.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from onec_bridge.conf import conf

from . import clock, store, work
from .lease import Hold
from .models import Connection, ReceivedFile, Session

__all__ = ["Left", "any_left", "import_left", "proceed"]

State = ReceivedFile.State
Kind = ReceivedFile.Kind
Purpose = Session.Purpose
WAITING = (State.RECEIVED, State.IMPORTING)


@dataclass(frozen=True, slots=True)
class Left:
    """What was worked on, and whether nothing is left."""

    worked: list[ReceivedFile]
    is_done: bool


def proceed(session: Session, name: str, held: Hold, deadline: float) -> work.Outcome:
    """`work.proceed`, once everything older of the same type is done."""
    if session.purpose == Purpose.LIVE and session.connection.import_leftovers:
        earlier = _left(session.connection).filter(pk__lt=session.pk, files__type=session.type)
        left = _import(earlier.distinct(), held, deadline)
        if not left.is_done or (left.worked and time.monotonic() > deadline):
            held.finished = False
            text = _("first what an earlier exchange left: %(file)s")
            return work.Outcome(
                work.Result.GOING, text % {"file": left.worked[-1] if left.worked else name}
            )
    return work.proceed(session, name, held, deadline)


def import_left(connection: Connection, held: Hold, deadline: float, *, at_once: str = "") -> Left:
    """Import what was left.

    Args:
        at_once: the type (catalog, sale, reference) of which nothing is waited for. Of others
            only what silent sessions left is imported: a base may fetch orders while it is
            still sending the pictures of its catalogue.
    """
    silent = Q(seen_at__lte=clock.ago(conf.run_silence)) | Q(purpose=Purpose.REPLAY)
    wanted = silent | Q(files__type=at_once) if at_once else silent
    left = _import(_left(connection).filter(wanted).distinct(), held, deadline)
    held.finished = True
    return left


def any_left(connection: Connection) -> bool:
    """Did earlier sessions leave anything?"""
    return _left(connection).exists()


def _left(connection: Connection) -> QuerySet[Session]:
    waiting = ReceivedFile.objects.filter(state__in=WAITING, kind__in=(Kind.XML, Kind.ARCHIVE))
    return (
        connection.sessions.filter(pk__in=waiting.values("session"))
        .exclude(purpose=Purpose.DRY_RUN)
        .order_by("pk")
    )


def _import(sessions: QuerySet[Session], held: Hold, deadline: float) -> Left:
    worked: list[ReceivedFile] = []
    for session in sessions:
        if work.unpack_all(_whole(session, Kind.ARCHIVE), held, deadline) is not None:
            return Left(worked, is_done=False)
        for file in _whole(session, Kind.XML):
            if worked and time.monotonic() > deadline:
                return Left(worked, is_done=False)
            outcome = work.import_file(file, held, deadline)
            worked.append(file)
            if outcome.result is work.Result.GOING:
                return Left(worked, is_done=False)
    return Left(worked, is_done=True)


def _whole(session: Session, kind: str) -> list[ReceivedFile]:
    """Waiting files that came to their end; the others may be on their way this moment."""
    waiting = session.files.filter(kind=kind, state__in=WAITING).order_by("name", "pk")
    return [file for file in waiting if store.is_whole(file)]
