"""What each step of the conversation does. The table says when it may be done.

A step gets a `Talk`, does one thing durably, and returns the `Answer`; it never looks at the
state it was called in. Anything 1C may do twice gives the same answer twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from onec_bridge import sync
from onec_bridge.commerceml.records import schema_version
from onec_bridge.commerceml.writer import write_orders
from onec_bridge.conf import conf

from . import answers, info, names, store, work
from .answers import Answer
from .asked import COOKIE, Asked
from .lease import BusyError, busy_since, hold
from .models import Connection, ReceivedFile, Session
from .sign_in import open_session
from .tidy import tidy

__all__ = ["StepFunction", "Talk"]

logger = logging.getLogger(__name__)

#: What we say we speak when a client names its version. The 1C-Bitrix module reads the last
#: four characters and loads no documents below 2.08.
VERSION = "2.09"
CONTAINERS_SINCE = (2, 8)


@dataclass(slots=True)
class Talk:
    """One request in its conversation, on its way through a step."""

    asked: Asked
    connection: Connection
    session: Session | None
    token: str = ""
    """The session's token as the request brought it, or as `sign_in` made it."""
    file: ReceivedFile | None = None
    """The file that was worked on; for the journal."""
    deadline: float = field(default_factory=lambda: time.monotonic() + conf.time_budget)

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
    talk.session, talk.token = open_session(talk.connection, talk.asked)
    if talk.connection.import_leftovers:
        _work_leftovers(talk)
    tidy()
    started = int(talk.session.started_at.timestamp())
    return answers.signed_in(COOKIE, talk.token, started)


def _work_leftovers(talk: Talk) -> None:
    try:
        with hold(talk.open) as held:
            for file in work.leftovers(talk.connection, held, talk.deadline):
                logger.info("file %s was left by 1C and imported: %s", file.pk, file.state)
    except BusyError as busy:
        logger.info("left-overs wait: %s", busy)


def agree(talk: Talk) -> Answer:
    """``init``: how files may come. Exactly two lines, four when the client names a version."""
    store.drop_unfinished(talk.open)
    connection = talk.connection
    terms = [
        f"zip={'yes' if connection.use_zip else 'no'}",
        f"file_limit={connection.file_limit}",
    ]
    if talk.asked.version:
        terms += [f"sessid={talk.token}", f"version={VERSION}"]
    return answers.lines(*terms)


def receive(talk: Talk) -> Answer:
    """``file``: keep a file, or its next part."""
    asked = talk.asked
    try:
        name = names.clean(asked.filename)
        talk.file = store.append(
            talk.open,
            asked.type,
            name,
            asked.request,
            announced=asked.announced,
            limit=conf.max_file,
        )
    except names.BadNameError:
        return answers.failure(
            _("The file name “%(name)s” can't be accepted.") % {"name": asked.filename}
        )
    except store.EmptyError:
        return answers.failure(
            _("The request has no body. Send the file itself as the body of a POST.")
        )
    except store.CutOffError as error:
        announced, arrived = error.args
        return answers.failure(
            _("The connection broke off: %(arrived)s of %(announced)s bytes came. Repeat it.")
            % {"arrived": arrived, "announced": announced}
        )
    except store.TooLargeError as error:
        return answers.failure(
            _("The file is larger than the %(limit)s bytes that the site accepts.")
            % {"limit": error.args[0]}
        )
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
            outcome = work.proceed(talk.open, file.name, held, talk.deadline)
            held.finished = True  # It won't ask again: what is left is a left-over.
    except BusyError:
        return answer
    failed = outcome.result is work.Result.FAILED
    return answers.failure(outcome.text) if failed else answer


def import_(talk: Talk) -> Answer:
    """``import``: go on with a file until the time is up; ``success`` once all is committed."""
    try:
        name = names.clean(talk.asked.filename)
        with hold(talk.open) as held:
            outcome = work.proceed(talk.open, name, held, talk.deadline)
    except names.BadNameError:
        return answers.failure(
            _("“import” needs the name of a file; “%(name)s” isn't one.")
            % {"name": talk.asked.filename}
        )
    except BusyError as busy:
        return _busy(busy)
    except work.UnknownFileError as unknown:
        return answers.failure(
            _("The file “%(name)s” hasn't come in this session. Files that came: %(files)s.")
            % {"name": name, "files": ", ".join(unknown.args[0]) or "—"}
        )
    talk.file = outcome.file
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
    connection, version = talk.connection, schema_version(talk.open.version)
    documents = sync.orders_to_give(connection, str(talk.open.pk), connection.order_batch)
    agreed = version is not None and version >= CONTAINERS_SINCE
    containers = {
        Connection.Containers.YES: True,
        Connection.Containers.NO: False,
    }.get(Connection.Containers(connection.containers), agreed)
    is_old = connection.encoding == Connection.Encoding.CP1251
    body = write_orders(
        documents,
        schema=VERSION if containers else "2.05",
        encoding="windows-1251" if is_old else "utf-8",
        containers=containers,
        generated_at=timezone.localtime(),
    )
    text = _("orders: %(count)s") % {"count": len(documents)}
    return answers.xml(body, connection.encoding, text)


def confirm_orders(talk: Talk) -> Answer:
    """``success``: 1C has stored what this session gave. Without a query there is nothing."""
    count = sync.confirm_given(talk.connection, str(talk.open.pk))
    logger.info("session %s: 1C confirmed %d orders", talk.open.pk, count)
    return answers.success()


def give_lists(talk: Talk) -> Answer:
    """``info``: the lists that УНФ maps in its settings."""
    encoding = talk.connection.encoding
    return answers.xml(info.lists(encoding), encoding, "")


def finish(talk: Talk) -> Answer:
    """``complete`` and ``deactivate``: the export is over.

    Goods that didn't come stay for sale: a filter in 1C, or a portion that failed, looks
    just like goods removed (in_practice, 24). Deletion marks are obeyed as they come.
    """
    if talk.asked.mode == "deactivate":
        return answers.success(
            _("Goods that weren't in the export stay for sale; mark them for deletion in 1C.")
        )
    return answers.success()
