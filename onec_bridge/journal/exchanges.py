"""What was exchanged, for the desk: each session with its outcome, each file with its problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone

from onec_bridge.commerceml.messages import Language
from onec_bridge.commerceml.records import Problem, Severity
from onec_bridge.exchange.models import Lease, ReceivedFile, Session

from .models import Entry, ProblemRecord
from .problems import as_problem

__all__ = ["Exchange", "ProblemGroup", "groups", "outcomes", "refused_sign_ins"]

#: How far back a refused sign-in is news.
REFUSED_WITHIN = dt.timedelta(days=2)
#: Examples shown of one kind of problem; all are in the text to download.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Exchange:
    """A session, and how it went."""

    session: Session
    word: str
    """``good``, ``partly`` (something in it was refused), ``bad``, or ``going`` on."""
    text: str
    """What 1C's user was told: of the last failure, else of the last answer."""
    files: int
    problems: int


def outcomes(sessions: Sequence[Session]) -> list[Exchange]:
    """How each session went, in the order given; five statements for any number of them."""
    ids = [session.pk for session in sessions]
    files = {
        row["session"]: row
        for row in ReceivedFile.objects.filter(session__in=ids)
        .order_by()
        .values("session")
        .annotate(
            xml=Count("pk", filter=Q(kind=ReceivedFile.Kind.XML)),
            failed=Count("pk", filter=Q(state=ReceivedFile.State.FAILED)),
            found=Sum("problem_count"),
        )
    }
    last = _last(Entry.objects.filter(session__in=ids))
    failed = _last(Entry.objects.filter(session__in=ids, word="failure"))
    going = set(
        Lease.objects.filter(session__in=ids, until__gt=timezone.now()).values_list(
            "session", flat=True
        )
    )
    partly = set(
        ProblemRecord.objects.filter(session__in=ids)
        .exclude(severity=Severity.WARNING)
        .values_list("session", flat=True)
    )
    found = []
    for session in sessions:
        counts = files.get(session.pk, {"xml": 0, "failed": 0, "found": 0})
        entry, failure = last.get(session.pk), failed.get(session.pk)
        is_bad = bool(counts["failed"]) or (entry is not None and entry.word == "failure")
        shown = failure if is_bad and failure else entry
        words = {"bad": is_bad, "going": session.pk in going, "partly": session.pk in partly}
        word = next((word for word, holds in words.items() if holds), "good")
        found.append(
            Exchange(
                session=session,
                word=word,
                text=shown.text if shown else "",
                files=counts["xml"],
                problems=counts["found"] or 0,
            )
        )
    return found


def _last(entries: QuerySet[Entry]) -> dict[int, Entry]:
    newest = entries.order_by("session_id", "-pk").distinct("session_id")
    return {entry.session_id: entry for entry in newest if entry.session_id is not None}


def refused_sign_ins() -> QuerySet[Entry]:
    """Sign-ins refused lately, newest first: the first thing to see when 1C can't get in."""
    since = timezone.now() - REFUSED_WITHIN
    return Entry.objects.filter(status=401, at__gt=since)


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """One kind of problem in a file: how often, what to do, and the first few of them."""

    severity: Severity
    count: int
    hint: str
    examples: list[tuple[Problem, str]]
    """Each with its words."""


def groups(file: ReceivedFile, lang: Language) -> list[ProblemGroup]:
    """The file's problems by kind: what ends the file first, then errors, then warnings."""
    kinds = (
        file.problems.order_by()
        .values_list("severity", "code")
        .annotate(count=Count("pk"), first=Min("pk"))
        .order_by("first")
    )
    found = [_group(file, severity, code, count, lang) for severity, code, count, _ in kinds]
    weight = [Severity.FATAL, Severity.ERROR, Severity.WARNING]
    return sorted(found, key=lambda group: weight.index(group.severity))


def _group(
    file: ReceivedFile, severity: str, code: str, count: int, lang: Language
) -> ProblemGroup:
    rows: QuerySet[ProblemRecord] = file.problems.filter(severity=severity, code=code)
    problems = [as_problem(row) for row in rows[:EXAMPLES]]
    return ProblemGroup(
        severity=Severity(severity),
        count=count,
        hint=problems[0].hint(lang) if problems else "",
        examples=[(problem, problem.text(lang)) for problem in problems],
    )
