"""Where the shop has workers, one of them imports, and 1C's requests tell how far it is.

A worker goes on with a file however long it takes, where a request would stop after its budget
of time and read the file from its beginning to go on. `employ` says how a worker is called
(`onec_bridge.plugins` does, for Celery); it gets the numbers and names that `run` wants. A
worker may be called and never come, for none is running: then the requests do the work
themselves, as they do without workers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from onec_bridge.conf import conf

from . import clock, leftovers, store, work
from .lease import BusyError, LostError, hold
from .models import Lease, ReceivedFile, Session

__all__ = ["call", "employ", "hand_over", "run"]

logger = logging.getLogger(__name__)

#: How a worker is called, by session and file name; False: there is none to call.
Caller = Callable[[int, str], bool]
_callers: list[Caller] = []
#: How long a worker goes on with one call: others wait for workers too.
SECONDS = 600


def employ(caller: Caller) -> None:
    """This shop has workers, and this is how one is called."""
    _callers[:] = [caller]


def call(session: Session, name: str = "") -> bool:
    """Have a worker import a file, or what was left; False: there is no worker to call."""
    return bool(_callers) and conf.worker and _callers[0](session.pk, name)


def _send_for(session: Session, name: str) -> bool:
    """Have a worker import a file that 1C asks for, and remember it before one can come."""
    Session.objects.filter(pk=session.pk).update(queued_at=clock.now())
    session.refresh_from_db(fields=["queued_at"])
    if call(session, name):
        return True
    Session.objects.filter(pk=session.pk).update(queued_at=None)
    session.queued_at = None
    return False


def hand_over(session: Session, name: str) -> work.Outcome | None:
    """What to answer while a worker imports; `None`: the request has to do it itself.

    Raises `work.UnknownFileError`.
    """
    if not (_callers and conf.worker):
        return None
    if (outcome := _come_of(session, name)) is not None:
        return outcome
    if session.queued_at is None:
        file = store.latest(session, name)
        if file is not None and file.state == ReceivedFile.State.FAILED:
            work.begin_anew(file)
        if not _send_for(session, name):
            return None
        if (outcome := _come_of(session, name)) is not None:
            return outcome
    elif not _at_work(session) and session.queued_at < clock.ago(conf.run_silence / 4):
        logger.warning("session %s: no worker came within the time", session.pk)
        return None
    time.sleep(conf.hold)
    return _come_of(session, name) or work.so_far(session, name)


def _come_of(session: Session, name: str) -> work.Outcome | None:
    """A failure is told once; the next request begins anew."""
    outcome = work.settled(session, name)
    if outcome is None:
        return None
    if outcome.result is work.Result.FAILED and session.queued_at is None:
        return None
    Session.objects.filter(pk=session.pk).update(queued_at=None)
    return outcome


def _at_work(session: Session) -> bool:
    return Lease.objects.filter(session=session, in_flight=True, until__gt=clock.now()).exists()


def run(session_number: int, name: str) -> None:
    """The worker's side: import the file, or without a name what was left, to the end."""
    session = Session.objects.select_related("connection").filter(pk=session_number).first()
    if session is None:
        return
    deadline = time.monotonic() + SECONDS
    try:
        with hold(session) as held:
            if name:
                outcome = leftovers.proceed(session, name, held, deadline)
            else:
                leftovers.import_left(session.connection, held, deadline, at_once=session.type)
    except (BusyError, LostError) as busy:
        logger.info("session %s: somebody else is at it: %r", session_number, busy)
        return
    except work.UnknownFileError:
        logger.info("session %s: %s is gone", session_number, name)
        return
    if name and outcome.result is work.Result.GOING:
        _send_for(session, name)
