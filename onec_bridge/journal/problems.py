"""Problems between the value that a reader makes and the row that the journal keeps."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from onec_bridge.commerceml.messages import Language
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.exchange import messages as _messages  # noqa: F401  (its codes get registered)
from onec_bridge.exchange.models import Connection, ReceivedFile, Session

from .models import ProblemRecord

__all__ = ["as_problem", "forget", "keep", "language"]

#: Rows kept for one file: whoever made a million mistakes made one of them in a loop. The
#: count goes on.
MOST = 2000


def language(code: str | None) -> Language:
    """The language to put problems in, of those the table of messages has."""
    return "en" if (code or "").startswith("en") else "ru"


def keep(
    problems: Iterable[Problem],
    *,
    connection: Connection,
    session: Session | None = None,
    file: ReceivedFile | None = None,
) -> None:
    """Write them down, in the caller's transaction."""
    rows = [_row(problem, connection, session, file) for problem in problems]
    if file is not None and rows:
        room = max(0, MOST - file.problem_count)
        ReceivedFile.objects.filter(pk=file.pk).update(problem_count=F("problem_count") + len(rows))
        file.problem_count += len(rows)
        rows = rows[:room]
    ProblemRecord.objects.bulk_create(rows, batch_size=500)


def forget(file: ReceivedFile) -> None:
    """The file is read from its beginning again: so are its problems."""
    file.problems.all().delete()
    ReceivedFile.objects.filter(pk=file.pk).update(problem_count=0)
    file.problem_count = 0


def as_problem(row: ProblemRecord) -> Problem:
    """The value again, which knows its words in both languages."""
    return Problem(
        code=row.code,
        severity=Severity(row.severity),
        source=Source(
            file=row.source_file,
            line=row.line,
            ordinal=row.ordinal,
            external_id=row.external_id,
            path=row.path,
        ),
        field=row.field,
        value=row.value,
        params=row.params,
    )


def _row(
    problem: Problem,
    connection: Connection,
    session: Session | None,
    file: ReceivedFile | None,
) -> ProblemRecord:
    source = problem.source
    return ProblemRecord(
        connection=connection,
        session=session,
        file=file,
        severity=problem.severity,
        code=problem.code,
        source_file=_fit(source.file, 500),
        line=source.line,
        ordinal=source.ordinal,
        external_id=_fit(source.external_id, 255),
        path=_fit(source.path, 1000),
        field=_fit(problem.field, 500),
        value=_fit(problem.value, 2000),
        params={name: _fit(str(value), 2000) for name, value in problem.params.items()},
    )


def _fit(text: str, length: int) -> str:
    """PostgreSQL keeps no NUL, and a journal no novels."""
    return text.replace("\0", "")[:length]
