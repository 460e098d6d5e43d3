"""Throwing away what is past its days: bytes of files, sessions, the journal.

Called at each ``checkauth``; each statement is one indexed delete or update, mostly of nothing.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from onec_bridge.conf import conf
from onec_bridge.journal.models import Entry

from .models import FilePart, ReceivedFile, Session

__all__ = ["tidy"]


def tidy() -> None:
    """Forget what the settings say is old; files that wait to be imported stay."""
    now = timezone.now()
    silent = now - dt.timedelta(seconds=conf.session_life)
    ReceivedFile.objects.filter(
        state=ReceivedFile.State.RECEIVED,
        position=0,
        kind__in=(ReceivedFile.Kind.XML, ReceivedFile.Kind.ARCHIVE),
        session__seen_at__lt=silent,
        session__connection__import_leftovers=False,
    ).update(state=ReceivedFile.State.DROPPED)
    done = (ReceivedFile.State.IMPORTED, ReceivedFile.State.FAILED, ReceivedFile.State.DROPPED)
    old = now - dt.timedelta(days=conf.keep_days)
    FilePart.objects.filter(file__state__in=done, file__received_at__lt=old).delete()
    FilePart.objects.filter(file__kind=ReceivedFile.Kind.OTHER, file__received_at__lt=old).delete()
    ancient = now - dt.timedelta(days=conf.journal_days)
    Entry.objects.filter(at__lt=ancient).delete()
    Session.objects.filter(seen_at__lt=ancient).delete()
