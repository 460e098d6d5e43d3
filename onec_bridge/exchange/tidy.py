"""Throwing away what is past its days: bytes of files, sessions, the journal.

Called at each ``checkauth``, after left-overs were imported; mostly there is nothing to do.
"""

from __future__ import annotations

import datetime as dt

from onec_bridge.conf import conf
from onec_bridge.journal.models import Entry

from . import clock, store
from .models import FilePart, ReceivedFile, Session
from .taking_over import waits

__all__ = ["tidy"]

State = ReceivedFile.State
Kind = ReceivedFile.Kind
WAITING = (State.RECEIVED, State.IMPORTING)


def tidy() -> None:
    """Forget what the settings say is old. Whole files that wait for their import stay."""
    now = clock.now()
    silent = now - dt.timedelta(seconds=conf.session_life)
    _give_up_unfinished(silent)
    _drop_bytes(min(now - dt.timedelta(days=conf.keep_days), silent))
    ancient = now - dt.timedelta(days=conf.journal_days)
    Entry.objects.filter(at__lt=ancient).delete()
    Session.objects.filter(seen_at__lt=ancient).delete()


def _give_up_unfinished(silent: dt.datetime) -> None:
    """Files of sessions that ended long ago and that nobody is going to finish or import."""
    waiting = ReceivedFile.objects.filter(
        state=State.RECEIVED, kind__in=(Kind.XML, Kind.ARCHIVE), session__seen_at__lt=silent
    ).select_related("session__connection")
    for file in waiting:
        if not ((_will_be_imported(file.session) or waits(file)) and store.is_whole(file)):
            file.state = State.DROPPED
            file.save(update_fields=["state"])


def _will_be_imported(session: Session) -> bool:
    if session.purpose == Session.Purpose.LIVE:
        return session.connection.import_leftovers
    return session.purpose == Session.Purpose.REPLAY


def _drop_bytes(before: dt.datetime) -> None:
    """Of files that are done with, and of pictures no waiting file may ask for."""
    old = ReceivedFile.objects.filter(session__seen_at__lt=before)
    asked_for = old.filter(state__in=WAITING, kind__in=(Kind.XML, Kind.ARCHIVE))
    pictures = old.filter(kind=Kind.OTHER).exclude(session__in=asked_for.values("session"))
    done = old.filter(state__in=(State.IMPORTED, State.FAILED, State.DROPPED))
    FilePart.objects.filter(file__in=done.values("pk")).delete()
    FilePart.objects.filter(file__in=pictures.values("pk")).delete()
