"""The problems of what one 1C sent: grouped and counted, filtered, page by page, and as XLSX."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import CharField, Count, F, Func, Max, Q, QuerySet, Value
from django.utils import timezone

from onec_bridge.commerceml.messages import Language
from onec_bridge.commerceml.records import SEVERITY_LABELS, Problem, Severity
from onec_bridge.exchange.models import Connection
from onec_bridge.journal.models import ProblemRecord
from onec_bridge.journal.problems import as_problem
from onec_bridge.sync.models import Kind, Link

__all__ = ["Filter", "Group", "Row", "groups", "names_of", "rows"]

#: Rows turned into words at a time.
CHUNK = 2000
#: The half of an offer's id that is its product's.
_PRODUCT = Func(
    F("external_id"),
    Value("#"),
    Value(1),
    function="split_part",
    output_field=CharField(),
)
_NAMED = (Kind.PRODUCT, Kind.OFFER, Kind.COUNTERPARTY)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which problems are looked at."""

    code: str = ""
    severity: str = ""
    file: str = ""
    """Id of a file."""
    about: str = ""
    """Part of a 1C id, or of a name of goods or a counterparty."""
    days: int = 0
    """Of the last so many days; 0: all that are kept."""

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> Filter:
        """As typed into the form."""
        days = typed.get("days", "")
        return cls(
            code=typed.get("code", "")[:64],
            severity=typed.get("severity", ""),
            file=typed.get("file", ""),
            about=typed.get("about", "").strip()[:200],
            days=int(days) if days.isdecimal() and len(days) < 5 else 0,
        )

    def among(self, connection: Connection) -> QuerySet[ProblemRecord]:
        """Those of the connection, the newest first."""
        found = ProblemRecord.objects.filter(connection=connection).order_by("-pk")
        if self.code:
            found = found.filter(code=self.code)
        if self.severity:
            found = found.filter(severity=self.severity)
        if self.file.isdecimal():
            found = found.filter(file_id=int(self.file[:18]))
        if self.days:
            found = found.filter(at__gte=timezone.now() - dt.timedelta(days=self.days))
        if self.about:
            found = found.alias(product_id=_PRODUCT).filter(self._about(connection))
        return found

    def _about(self, connection: Connection) -> Q:
        """However it is written: a database in the C locale knows no Cyrillic capitals."""
        typed = self.about
        spelt = {typed, typed.lower(), typed.upper(), typed.capitalize()}
        links = Link.objects.filter(
            _any("data__told__name", spelt), connection=connection, kind__in=_NAMED
        )
        named = links.values("external_id")
        ids = Q(external_id__icontains=typed) | Q(external_id__in=named) | Q(product_id__in=named)
        return ids | _any("value", spelt) | _any("params__name", spelt)


def _any(field: str, spelt: Iterable[str]) -> Q:
    found = Q()
    for text in spelt:
        found |= Q(**{f"{field}__icontains": text})
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of problem: how many, when last, and what to do in 1C."""

    code: str
    severity: Severity
    count: int
    last: dt.datetime
    hint: str
    example: str


@dataclass(frozen=True, slots=True)
class Row:
    """One problem in words."""

    problem: Problem
    at: dt.datetime
    file_id: int | None
    name: str
    """Of the good or counterparty, as 1C last called it."""
    label: str
    text: str
    hint: str

    @property
    def where(self) -> str:
        """The element, from the root; the path may end with what the field begins with."""
        path, field = self.problem.source.path.split("/"), self.problem.field.split("/")
        shared = next(n for n in range(len(field), -1, -1) if path[len(path) - n :] == field[:n])
        return "/".join(part for part in (*path, *field[shared:]) if part)

    @property
    def cells(self) -> Sequence[Any]:
        """As a row of a spreadsheet."""
        source = self.problem.source
        at = timezone.localtime(self.at).strftime("%d.%m.%Y %H:%M:%S")
        return (
            at,
            self.label,
            source.file,
            source.line or None,
            source.external_id,
            self.name,
            self.where,
            self.problem.value,
            self.text,
            self.hint,
            self.problem.code,
        )


def groups(found: QuerySet[ProblemRecord], lang: Language) -> list[Group]:
    """By kind: what ends a file first, then the commonest."""
    kinds = (
        found.order_by().values("severity", "code").annotate(count=Count("pk"), newest=Max("pk"))
    )
    newest = ProblemRecord.objects.in_bulk([kind["newest"] for kind in kinds])
    made = [_group(kind, newest[kind["newest"]], lang) for kind in kinds]
    weight = [Severity.FATAL, Severity.ERROR, Severity.WARNING]
    return sorted(made, key=lambda group: (weight.index(group.severity), -group.count))


def _group(kind: Mapping[str, Any], row: ProblemRecord, lang: Language) -> Group:
    problem = as_problem(row)
    return Group(
        code=kind["code"],
        severity=Severity(kind["severity"]),
        count=kind["count"],
        last=row.at,
        hint=problem.hint(lang),
        example=problem.text(lang),
    )


def rows(connection: Connection, found: Iterable[ProblemRecord], lang: Language) -> Iterator[Row]:
    """In words, some at a time, whatever their number."""
    rest = iter(found)
    while some := list(islice(rest, CHUNK)):
        names = names_of(connection, {row.external_id for row in some if row.external_id})
        for row in some:
            problem = as_problem(row)
            yield Row(
                problem=problem,
                at=row.at,
                file_id=row.file_id,
                name=row.params.get("name") or names.get(row.external_id, ""),
                label=SEVERITY_LABELS[lang][problem.severity],
                text=problem.text(lang),
                hint=problem.hint(lang),
            )


def names_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """What 1C calls the goods and counterparties of these ids; an offer without a name of its own
    is called as its product."""
    wanted = set(ids) | {ident.partition("#")[0] for ident in ids}
    links = Link.objects.filter(connection=connection, kind__in=_NAMED, external_id__in=wanted)
    told = {
        link.external_id: link.data.get("told", {}).get("name") or ""
        for link in links.order_by("kind")
    }
    return {ident: told.get(ident) or told.get(ident.partition("#")[0], "") for ident in ids}
