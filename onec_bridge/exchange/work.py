"""Importing what was received: within a budget of time, batch by batch, from where it stood.

Two ways lead here: 1C asks (``import``, or an old client's ``file`` of orders), and the
site works itself what 1C left without asking for it (`leftovers`). Either holds the
connection's lease. The position is saved in the transaction of the batch it belongs to, so
whatever breaks, nothing is done twice and nothing is skipped.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.history import recorded
from onec_bridge import sync
from onec_bridge.commerceml import reader
from onec_bridge.commerceml.messages import Language
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.conf import conf
from onec_bridge.journal import problems, words
from onec_bridge.sync.models import Parked

from . import names, store
from .lease import Hold
from .models import Connection, ReceivedFile, Session
from .unpack import unpack

__all__ = ["Outcome", "Result", "UnknownFileError", "leftovers", "proceed"]

logger = logging.getLogger(__name__)

State = ReceivedFile.State
Kind = ReceivedFile.Kind
WAITING = (State.RECEIVED, State.IMPORTING)


class Result(Enum):
    """How far it got."""

    DONE = "success"
    GOING = "progress"
    FAILED = "failure"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far it got, and a line for 1C's user."""

    result: Result
    text: str
    file: ReceivedFile | None = None


class UnknownFileError(LookupError):
    """No file of that name came in this session; `args[0]` are the names of those that did."""


def proceed(session: Session, name: str, held: Hold, deadline: float) -> Outcome:
    """Go on with the import of one file of the session; raises `UnknownFileError`.

    Archives of the session are unpacked first. An archive may be named itself: then all XML
    in it is imported, in the order of names.

    Args:
        held: the connection's lease, renewed with each batch.
        deadline: of `time.monotonic`; at least one batch is done even so.
    """
    archives = session.files.filter(kind=Kind.ARCHIVE, state=State.RECEIVED).order_by("pk")
    if (going := _unpacked(archives, held, deadline)) is not None:
        return going
    file = store.latest(session, name)
    if file is None:
        return _not_here(session)
    if file.kind != Kind.ARCHIVE:
        return import_file(file, held, deadline)
    outcome = _archive_failure(session) or Outcome(Result.DONE, words.in_words({}), file)
    for entry in file.unpacked.filter(kind=Kind.XML).order_by("name"):
        outcome = import_file(entry, held, deadline)
        if outcome.result is not Result.DONE:
            break
    return outcome


def _unpacked(archives: Iterable[ReceivedFile], held: Hold, deadline: float) -> Outcome | None:
    """Unpack them; `None` when there is nothing left to unpack."""
    for archive in archives:
        held.renew()
        if not unpack(archive, limit=conf.max_file, deadline=deadline):
            held.finished = False
            text = _("unpacking: %(count)s files") % {"count": archive.position}
            return Outcome(Result.GOING, text, archive)
    return None


def _not_here(session: Session) -> Outcome:
    if (failed := _archive_failure(session)) is not None:
        return failed
    received = session.files.filter(kind=Kind.XML).exclude(state=State.DROPPED)
    raise UnknownFileError(sorted(set(received.values_list("name", flat=True)))[:20])


def _archive_failure(session: Session) -> Outcome | None:
    broken = session.files.filter(kind=Kind.ARCHIVE, state=State.FAILED).first()
    return Outcome(Result.FAILED, _first_problem(broken), broken) if broken else None


def import_file(file: ReceivedFile, held: Hold, deadline: float) -> Outcome:
    """Go on with one file from its position. A file done is done: repeats change nothing."""
    if file.state == State.IMPORTED or file.kind != Kind.XML:
        return Outcome(Result.DONE, _closing_words(file), file)
    _begin(file)
    held.finished = False
    try:
        finished = _apply(file, held, deadline)
    except Exception as error:
        logger.exception("import of file %s failed at record %s", file.pk, file.position)
        return _fail(file, held, _internal(file, error))
    if (broken := _unusable(file)) is not None:
        return _fail(file, held, broken)
    if not finished:
        return Outcome(Result.GOING, words.in_words(file.counts, file.problem_count), file)
    held.finished = True
    _close(file, State.IMPORTED)
    return Outcome(Result.DONE, _closing_words(file), file)


def _begin(file: ReceivedFile) -> None:
    """A file that failed is read from its beginning: what was done shows as unchanged."""
    if file.state == State.FAILED:
        problems.forget(file)
        file.position, file.counts = 0, {}
    file.state = State.IMPORTING
    file.save(update_fields=["state", "position", "counts"])


def _apply(file: ReceivedFile, held: Hold, deadline: float) -> bool:
    session, connection = file.session, file.session.connection

    def checkpoint(
        position: int, counts: Mapping[str, Mapping[str, int]], found: Sequence[Problem]
    ) -> None:
        file.position, file.counts = position, words.add(file.counts, counts)
        file.save(update_fields=["position", "counts"])
        problems.keep(found, connection=connection, session=session, file=file)
        held.renew()

    told = {"file": file.name, "connection": connection.name}
    with store.open_file(file) as stream, recorded(None, "exchange", file.name, **told):
        progress = sync.apply_file(
            connection,
            reader.read(stream, file.name),
            file_name=file.name,
            load_key=f"onec:{file.pk}",
            skip=file.position,
            deadline=deadline,
            images=_pictures(session),
            checkpoint=checkpoint,
        )
    return progress.finished


def _pictures(session: Session) -> Callable[[str], bytes | None]:
    def picture(path: str) -> bytes | None:
        try:
            return store.find_picture(session, names.clean(path))
        except names.BadNameError:
            return None

    return picture


def _unusable(file: ReceivedFile) -> Problem | None:
    """Why the file counts as failed: it can't be read on, or nothing in it could be taken.

    A file of which a part was refused counts as done: its failure would make 1C stop, and
    send the same rows again for ever. The refused ones stand in the journal.
    """
    rows = file.problems.all()
    if (fatal := rows.filter(severity=Severity.FATAL).first()) is not None:
        return problems.as_problem(fatal)
    taken = words.total(file.counts, "created", "changed", "unchanged", "parked")
    refused = words.total(file.counts, "refused")
    error = rows.filter(severity=Severity.ERROR).first()
    return problems.as_problem(error) if refused and not taken and error else None


def _fail(file: ReceivedFile, held: Hold, problem: Problem) -> Outcome:
    held.finished = True
    _close(file, State.FAILED)
    return Outcome(Result.FAILED, problem.line(_language(file)), file)


def _internal(file: ReceivedFile, error: Exception) -> Problem:
    problem = Problem(
        code="internal_error",
        severity=Severity.FATAL,
        source=Source(file=file.name, line=0, ordinal=0, external_id="", path=""),
        params={"error": type(error).__name__, "position": str(file.position)},
    )
    problems.keep([problem], connection=file.session.connection, session=file.session, file=file)
    return problem


def _close(file: ReceivedFile, state: State) -> None:
    file.state, file.finished_at = state, timezone.now()
    file.save(update_fields=["state", "finished_at"])
    if state == State.IMPORTED and conf.keep_days == 0:
        file.parts.all().delete()


def _closing_words(file: ReceivedFile) -> str:
    """What came of the file, and the first thing in it that somebody should look at."""
    text = words.in_words(file.counts, file.problem_count)
    if words.total(file.counts, "parked"):
        text = f"{text}. {_waiting(file.session.connection)}"
    first = file.problems.exclude(severity=Severity.WARNING).first()
    return f"{text}. {problems.as_problem(first).line(_language(file))}" if first else text


def _waiting(connection: Connection) -> str:
    """The oldest of what waits, by the 1C id it waits for."""
    first = Parked.objects.filter(connection=connection).order_by("parked_at").first()
    return words.waiting(first.waits_kind, first.waits_for) if first else ""


def _first_problem(file: ReceivedFile) -> str:
    first = file.problems.filter(severity=Severity.FATAL).first() or file.problems.first()
    return problems.as_problem(first).line(_language(file)) if first else file.name


def _language(file: ReceivedFile) -> Language:
    return problems.language(file.session.connection.language)


def leftovers(
    connection: Connection, held: Hold, deadline: float, *, silent_for: float = 0
) -> list[ReceivedFile]:
    """Import what earlier sessions left: whole files that 1C never asked to import.

    Nodes can be told not to wait for the site (protocol, section 5), and old clients send
    orders with ``file`` alone. In the order of arrival of sessions, then of names.

    Args:
        silent_for: seconds that a session must have been silent for to count as left.

    Returns:
        The files worked on; those the deadline cut off are left for the next time.
    """
    worked: list[ReceivedFile] = []
    for session in _left(connection, silent_for):
        if _unpacked(_whole(session, Kind.ARCHIVE), held, deadline) is not None:
            break
        for file in _whole(session, Kind.XML):
            if not worked or time.monotonic() < deadline:
                import_file(file, held, deadline)
                worked.append(file)
    held.finished = True
    return worked


def _left(connection: Connection, silent_for: float) -> QuerySet[Session]:
    since = timezone.now() - dt.timedelta(seconds=silent_for)
    waiting = ReceivedFile.objects.filter(
        state__in=WAITING, kind__in=(Kind.XML, Kind.ARCHIVE), session__seen_at__lte=since
    )
    return connection.sessions.filter(pk__in=waiting.values("session")).order_by("pk")


def _whole(session: Session, kind: str) -> list[ReceivedFile]:
    """Waiting files that came to their end; the others may be on their way this moment."""
    waiting = session.files.filter(kind=kind, state__in=WAITING).order_by("name", "pk")
    return [file for file in waiting if store.is_whole(file)]
