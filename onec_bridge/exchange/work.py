"""Importing what was received: within a budget of time, batch by batch, from where it stood.

Three ways lead here: 1C asks (``import``, or an old client's ``file`` of orders), a worker is
called (`worker`), and the site works itself what 1C left without asking (`leftovers`). Each
holds the connection's lease. The position is saved in the transaction of the batch it belongs
to, so whatever breaks, nothing is done twice and nothing is skipped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from b2b_overlay.history import recorded
from onec_bridge import sync
from onec_bridge.commerceml import reader
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.conf import conf
from onec_bridge.journal import problems, words

from . import clock, closing, dry_run, met, names, store, taking_over
from .lease import Hold, LostError
from .models import ReceivedFile, Session
from .unpack import unpack

__all__ = [
    "Outcome",
    "Result",
    "UnknownFileError",
    "begin_anew",
    "import_file",
    "proceed",
    "settled",
    "so_far",
    "unpack_all",
]

logger = logging.getLogger(__name__)

State = ReceivedFile.State
Kind = ReceivedFile.Kind


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
    """No file of that name came in this run; `args[0]` are the names of those that did."""


def proceed(session: Session, name: str, held: Hold, deadline: float) -> Outcome:
    """Go on with the import of one file of the session; raises `UnknownFileError`.

    Archives of the session are unpacked first. An archive may be named itself: then all XML
    in it is imported, in the order of names.

    Args:
        held: the connection's lease, renewed with each batch.
        deadline: of `time.monotonic`; at least one batch is done even so.
    """
    if (going := unpack_all(_packed(session), held, deadline)) is not None:
        return going
    outcome = None
    for file in _named(session, name):
        outcome = import_file(file, held, deadline)
        if outcome.result is not Result.DONE:
            break
    return outcome or _archive_failure(session) or Outcome(Result.DONE, words.in_words({}))


def settled(session: Session, name: str) -> Outcome | None:
    """What came of a file, where nothing is left to do; raises `UnknownFileError`."""
    if _packed(session):
        return None
    files = _named(session, name)
    for file in files:
        if file.state == State.FAILED:
            return Outcome(Result.FAILED, closing.first_problem(file), file)
    if files and all(map(taking_over.waits, files)):
        return Outcome(Result.DONE, taking_over.said(), files[-1])
    if all(file.state == State.IMPORTED for file in files):
        return (
            Outcome(Result.DONE, closing.closing_words(files[-1]), files[-1])
            if files
            else _archive_failure(session) or Outcome(Result.DONE, words.in_words({}))
        )
    return None


def so_far(session: Session, name: str) -> Outcome:
    """What was done until now, while somebody else is at it."""
    if packed := _packed(session):
        text = _("unpacking: %(count)s files") % {"count": packed[0].position}
        return Outcome(Result.GOING, text, packed[0])
    going = [file for file in _named(session, name) if file.state != State.IMPORTED]
    return Outcome(Result.GOING, closing.so_far(going[0]), going[0])


def _packed(session: Session) -> list[ReceivedFile]:
    waiting = session.files.filter(kind=Kind.ARCHIVE, state=State.RECEIVED, archive=None)
    return list(waiting.order_by("pk"))


def unpack_all(archives: Iterable[ReceivedFile], held: Hold, deadline: float) -> Outcome | None:
    """Unpack them; `None` when there is nothing left to unpack."""
    for archive in archives:
        held.renew()
        if not unpack(archive, deadline=deadline):
            held.finished = False
            text = _("unpacking: %(count)s files") % {"count": archive.position}
            return Outcome(Result.GOING, text, archive)
    return None


def _named(session: Session, name: str) -> list[ReceivedFile]:
    """The file of that name, or those in the archive of that name, in order."""
    file = store.latest(session, name) or store.latest_of_run(session, name)
    if file is None:
        if _archive_failure(session) is not None:
            return []
        came = session.files.filter(kind=Kind.XML).exclude(state=State.DROPPED)
        raise UnknownFileError(sorted(set(came.values_list("name", flat=True)))[:20])
    if file.kind == Kind.ARCHIVE:
        return list(file.unpacked.filter(kind=Kind.XML).order_by("name"))
    return [file]


def _archive_failure(session: Session) -> Outcome | None:
    broken = session.files.filter(kind=Kind.ARCHIVE, state=State.FAILED).first()
    return Outcome(Result.FAILED, closing.first_problem(broken), broken) if broken else None


def import_file(file: ReceivedFile, held: Hold, deadline: float) -> Outcome:
    """Go on with one file from its position. A file done is done: repeats change nothing."""
    if file.state == State.IMPORTED or file.kind != Kind.XML:
        return Outcome(Result.DONE, closing.closing_words(file), file)
    if taking_over.waits(file):
        return Outcome(Result.DONE, taking_over.said(), file)
    begin_anew(file)
    held.finished = False
    try:
        finished = _apply(file, held, deadline)
    except LostError:
        raise
    except Exception as error:
        logger.exception("import of file %s failed at record %s", file.pk, file.position)
        return _fail(file, held, _internal(file, error))
    if (broken := closing.unusable(file)) is not None:
        return _fail(file, held, broken)
    if not finished:
        return Outcome(Result.GOING, closing.so_far(file), file)
    held.finished = True
    _close(file, State.IMPORTED)
    return Outcome(Result.DONE, closing.closing_words(file), file)


def begin_anew(file: ReceivedFile) -> None:
    """A file that failed is read from its beginning: what was done shows as unchanged."""
    if file.state == State.FAILED:
        problems.forget(file)
        file.position, file.counts, file.mark = 0, {}, []
    file.state = State.IMPORTING
    file.save(update_fields=["state", "position", "counts", "mark"])


def _apply(file: ReceivedFile, held: Hold, deadline: float) -> bool:
    if file.session.purpose == Session.Purpose.DRY_RUN:
        return dry_run.rehearse(file, deadline)
    session, connection = file.session, file.session.connection
    watch = met.Watch(session)
    jumps = [reader.Jump(*row) for row in file.mark]
    jumped = sum(jump.items for jump in jumps)

    def checkpoint(
        position: int, counts: Mapping[str, Mapping[str, int]], found: Sequence[Problem]
    ) -> None:
        file.position, file.counts = jumped + position, words.add(file.counts, counts)
        file.mark = reading.mark(file.position) or file.mark
        file.save(update_fields=["position", "counts", "mark"])
        problems.keep(found, connection=connection, session=session, file=file)
        watch.keep()
        held.renew()

    told = {"file": file.name, "connection": connection.name}
    with store.open_file(file) as stream, recorded(None, "exchange", file.name, **told):
        reading = reader.read(stream, file.name, mark=jumps)
        progress = sync.apply_file(
            connection,
            watch.over(reading),
            file_name=file.name,
            load_key=f"onec:{file.pk}",
            sent_at=session.began_at,
            skip=file.position - jumped,
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


def _fail(file: ReceivedFile, held: Hold, problem: Problem) -> Outcome:
    held.finished = True
    _close(file, State.FAILED)
    return Outcome(Result.FAILED, problem.line(closing.language(file)), file)


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
    file.state, file.finished_at = state, clock.now()
    file.save(update_fields=["state", "finished_at"])
    if state == State.IMPORTED and conf.keep_days == 0:
        file.parts.all().delete()
