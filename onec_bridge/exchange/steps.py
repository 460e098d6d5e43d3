"""What each step of the conversation does. The table says when it may be done.

A step gets a `Talk`, does one thing durably, and returns the `Answer`; it never looks at the
state it was called in. Anything 1C may do twice gives the same answer twice. In a dry run the
same steps answer; what they would have done to the shop is taken back (`dry_run`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from onec_bridge.commerceml.records import schema_version
from onec_bridge.conf import conf

from . import absent, answers, dry_run, info, leftovers, names, orders, store, work, worker
from .answers import Answer
from .asked import COOKIE, Asked
from .lease import BusyError, LostError, busy_since, hold
from .models import Connection, ReceivedFile, Session
from .sign_in import SignedIn, open_session
from .tidy import tidy

__all__ = ["StepFunction", "Talk"]

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Talk:
    """One request in its conversation, on its way through a step."""

    asked: Asked
    purpose: Session.Purpose
    known: Connection | None = None
    """Who asks, once that is known."""
    session: Session | None = None
    token: str = ""
    """The session's token as the request brought it, or as `sign_in` made it."""
    file: ReceivedFile | None = None
    """The file that was worked on; for the journal."""
    deadline: float = field(default_factory=lambda: time.monotonic() + conf.time_budget)

    def signed_in(self, found: SignedIn) -> None:
        """Somebody is known to be asking."""
        self.known, self.session, self.token = found.connection, found.session, found.token

    @property
    def connection(self) -> Connection:
        """Who asks; no step is taken for somebody unknown."""
        assert self.known is not None
        return self.known

    @property
    def open(self) -> Session:
        """The session; the table gives no step but `sign_in` without one."""
        assert self.session is not None
        return self.session


StepFunction = Callable[[Talk], Answer]


def sign_in(talk: Talk) -> Answer:
    """``checkauth``: open a session; work what earlier ones left."""
    since = busy_since(talk.connection.pk, talk.asked.type)
    if since is not None:
        return _busy(BusyError(since, same_session=False))
    talk.session, talk.token = open_session(talk.connection, talk.asked, talk.purpose)
    if talk.purpose == Session.Purpose.LIVE and talk.connection.import_leftovers:
        _work_leftovers(talk)
    tidy()
    started = int(talk.session.started_at.timestamp())
    return answers.signed_in(COOKIE, talk.token, started)


def _work_leftovers(talk: Talk) -> None:
    """Whatever comes of it, 1C isn't kept waiting longer than the deadline."""
    if not leftovers.any_left(talk.connection) or worker.call(talk.open):
        return
    try:
        with hold(talk.open) as held:
            connection, type_ = talk.connection, talk.asked.type
            left = leftovers.import_left(connection, held, talk.deadline, at_once=type_)
        for file in left.worked:
            logger.info("file %s was left by 1C and imported: %s", file.pk, file.state)
    except (BusyError, LostError) as busy:
        logger.info("left-overs wait: %r", busy)


def agree(talk: Talk) -> Answer:
    """``init``: how files may come. Exactly two lines, four when the client names a version."""
    store.drop_unfinished(talk.open)
    connection = talk.connection
    terms = [
        f"zip={'yes' if connection.use_zip else 'no'}",
        f"file_limit={connection.file_limit}",
    ]
    if talk.asked.version:
        terms += [f"sessid={talk.token}", f"version={_agreed(talk.asked.version)}"]
    return answers.lines(*terms)


def _agreed(version: str) -> str:
    """The lower of what both speak, in four characters, which is where the 1C-Bitrix module looks
    for it; ours for a client whose word isn't a version."""
    asked, ours = schema_version(version), schema_version(orders.VERSION)
    if asked is None or ours is None or asked >= ours:
        return orders.VERSION
    return f"{asked[0]}.{asked[1]:02}"


def receive(talk: Talk) -> Answer:
    """``file``: keep a file, or its next part."""
    asked = talk.asked
    try:
        name = names.clean(asked.filename)
        talk.file = store.append(
            talk.open, asked.type, name, asked.request, announced=asked.announced
        )
    except names.BadNameError:
        return answers.failure(
            _("The file name “%(name)s” can't be accepted.") % {"name": asked.filename}
        )
    except store.RefusedFileError as refused:
        return answers.failure(str(refused))
    return answers.success()


def receive_documents(talk: Talk) -> Answer:
    """``file`` of orders: old clients never ask to import it, so it is done at once.

    Those that do ask (they name a version at ``init``, or send ``import`` all the same) find
    it done.
    """
    answer = receive(talk)
    file = talk.file
    if not answer.holds or file is None or talk.open.version or not store.is_whole(file):
        return answer
    try:
        with hold(talk.open) as held:
            outcome = leftovers.proceed(talk.open, file.name, held, talk.deadline)
            held.finished = True  # It won't ask again: what is left is a left-over.
    except (BusyError, LostError):
        return answer
    failed = outcome.result is work.Result.FAILED
    return answers.failure(outcome.text) if failed else answer


def import_(talk: Talk) -> Answer:
    """``import``: go on with a file until the time is up; ``success`` once all is committed.

    Where the shop has workers one of them does it, and the request only tells how far it is.
    """
    try:
        name = names.clean(talk.asked.filename)
        outcome = worker.hand_over(talk.open, name)
        if outcome is None:
            with hold(talk.open) as held:
                outcome = leftovers.proceed(talk.open, name, held, talk.deadline)
    except names.BadNameError:
        return answers.failure(
            _("“import” needs the name of a file; “%(name)s” isn't one.")
            % {"name": talk.asked.filename}
        )
    except BusyError as busy:
        return _busy(busy)
    except LostError:
        return answers.progress(_("another request of this session goes on with it"))
    except work.UnknownFileError as unknown:
        return answers.failure(
            _("The file “%(name)s” hasn't come in this session. Files that came: %(files)s.")
            % {"name": name, "files": ", ".join(unknown.args[0]) or "—"}
        )
    talk.file = outcome.file
    return _told(outcome)


def _told(outcome: work.Outcome) -> Answer:
    return {
        work.Result.DONE: answers.success,
        work.Result.GOING: answers.progress,
        work.Result.FAILED: answers.failure,
    }[outcome.result](outcome.text)


def _busy(busy: BusyError) -> Answer:
    """The same session asking twice is told to wait; another run is sent away."""
    since = timezone.localtime(busy.since).strftime("%H:%M:%S")
    if busy.same_session:
        time.sleep(conf.hold)
        return answers.progress(_("importing since %(time)s") % {"time": since})
    return answers.failure(
        _(
            "Another exchange of this 1C is under way since %(time)s. "
            "Repeat this one when it is over; nothing is lost."
        )
        % {"time": since}
    )


def give_orders(talk: Talk) -> Answer:
    """``query``: orders not given in this session yet; without any, an empty package."""
    documents = orders.to_give(talk.open)
    connection = talk.connection
    body = orders.written(connection, documents, talk.open.version)
    text = _("orders: %(count)s") % {"count": len(documents)}
    return answers.xml(body, connection.encoding, text)


def confirm_orders(talk: Talk) -> Answer:
    """``success``: 1C has stored what this session gave. Without a query there is nothing."""
    count = orders.confirm(talk.open)
    logger.info("session %s: 1C confirmed %d orders", talk.open.pk, count)
    return answers.success()


def give_lists(talk: Talk) -> Answer:
    """``info``: the lists that УНФ maps in its settings."""
    encoding = talk.connection.encoding
    return answers.xml(info.lists(encoding), encoding, "")


def finish(talk: Talk) -> Answer:
    """``complete``: the export is over, and everything in it was imported file by file."""
    return answers.success()


def take_off_absent(talk: Talk) -> Answer:
    """``deactivate``: a full export is over. Goods that it didn't bring stay for sale, unless
    the connection says otherwise; and never more of them than it says."""
    if not talk.connection.takes_off_absent:
        return answers.success(
            _("Goods that weren't in the export stay for sale; mark them for deletion in 1C.")
        )
    try:
        with hold(talk.open) as held, dry_run.taken_back(talk.open):
            return _told(absent.take_off(talk.open, talk.asked.timestamp, held, talk.deadline))
    except (BusyError, LostError):
        time.sleep(conf.hold)
        return answers.progress(_("files of the export are still being imported"))
