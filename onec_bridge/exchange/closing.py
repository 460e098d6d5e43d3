"""What is said of a file that is done: to 1C's user, and to the journal."""

from __future__ import annotations

from onec_bridge.commerceml.messages import Language
from onec_bridge.commerceml.records import Problem, Severity
from onec_bridge.journal import problems, words
from onec_bridge.sync.models import Parked

from .models import Connection, ReceivedFile

__all__ = ["closing_words", "first_problem", "so_far", "unusable"]


def unusable(file: ReceivedFile) -> Problem | None:
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


def so_far(file: ReceivedFile) -> str:
    """What was done of it until now."""
    return words.in_words(file.counts, file.problem_count)


def closing_words(file: ReceivedFile) -> str:
    """What came of the file, and the first thing in it that somebody should look at."""
    text = so_far(file)
    if words.total(file.counts, "parked"):
        text = f"{text}. {_waiting(file.session.connection)}"
    first = file.problems.exclude(severity=Severity.WARNING).first()
    return f"{text}. {problems.as_problem(first).line(language(file))}" if first else text


def _waiting(connection: Connection) -> str:
    """The oldest of what waits, by the 1C id it waits for."""
    first = Parked.objects.filter(connection=connection).order_by("parked_at").first()
    return words.waiting(first.waits_kind, first.waits_for) if first else ""


def first_problem(file: ReceivedFile) -> str:
    """The weightiest problem in words; the file's name where it has none."""
    first = file.problems.filter(severity=Severity.FATAL).first() or file.problems.first()
    return problems.as_problem(first).line(language(file)) if first else file.name


def language(file: ReceivedFile) -> Language:
    """That of the texts 1C shows."""
    return problems.language(file.session.connection.language)
