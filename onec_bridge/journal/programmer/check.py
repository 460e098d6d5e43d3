"""«Check my file»: what an uploaded file holds and what is wrong in it. Nothing is stored or done.

An XML or an archive of them is read by the very checker of `python -m onec_bridge check`; a
spreadsheet by the readers that the desk uses, whichever knows its header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from onec_bridge.commerceml.archive import open_stream
from onec_bridge.commerceml.checker import inspect
from onec_bridge.commerceml.command import COUNTS
from onec_bridge.commerceml.messages import LANGUAGES, Language
from onec_bridge.commerceml.records import SEVERITY_LABELS, Problem, Severity
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.debts import read_debts
from onec_bridge.sync.spreadsheet import read_sheet
from onec_bridge.sync.table import Reading

__all__ = ["Checked", "Group", "check"]

#: Bytes that an archive may unpack to here.
UNPACKED = 400 * 1024 * 1024
#: Problems of one kind that the page shows; all are in the spreadsheet.
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Group:
    """Problems of one kind in a file."""

    code: str
    severity: Severity
    label: str
    count: int
    hint: str
    examples: Sequence[tuple[Problem, str, str]]
    """Each with the name of what it is about, and its text."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one file."""

    name: str
    facts: Sequence[tuple[str, object]]
    """Schema, encoding, counts: label and value."""
    groups: Sequence[Group]
    problems: Sequence[tuple[Problem, str]]
    """All that were kept, in the order of the file, with names."""

    @property
    def is_readable(self) -> bool:
        """Was it read to its end?"""
        return all(group.severity is not Severity.FATAL for group in self.groups)


def check(
    connection: Connection, stream: BinaryIO, name: str, size: int, lang: Language
) -> Iterator[Checked]:
    """Each file in it, in turn."""
    if name.lower().endswith((".xlsx", ".xlsm")):
        yield _sheet(connection, stream, name, lang)
        return
    for opened in open_stream(stream, name, size, limit=UNPACKED):
        if isinstance(opened, Problem):
            yield _checked(opened.source.file, (), [opened], {}, lang)
            continue
        contents = inspect(opened)
        facts: list[tuple[str, object]] = []
        if header := contents.header:
            words = ("версия схемы", "schema version"), ("кодировка", "encoding")
            schema, encoding = (pair[LANGUAGES.index(lang)] for pair in words)
            bom = ", BOM" if header.bom else ""
            facts = [(schema, header.schema or "—"), (encoding, header.encoding + bom)]
        facts += [
            (labels[LANGUAGES.index(lang)].strip(), contents.counts[key])
            for key, labels in COUNTS.items()
            if contents.counts[key]
        ]
        counted = {code: n for (_severity, code), n in contents.problem_counts.items()}
        yield _checked(opened.name, facts, contents.problems, contents.names, lang, counted)


def _sheet(connection: Connection, stream: BinaryIO, name: str, lang: Language) -> Checked:
    """By the first reader that knows the header; of several that don't, the first says why."""
    readers: tuple[Callable[[], tuple[Reading, int]], ...] = (
        lambda: _read(read_sheet(stream, name)),
        lambda: _read(read_debts(connection, stream, name)),
    )
    first: Reading | None = None
    for read in readers:
        stream.seek(0)
        found, rows = read()
        first = first or found
        if found.is_readable:
            labels = ("строк", "rows"), ("не загрузится", "left out")
            row, left = (pair[LANGUAGES.index(lang)] for pair in labels)
            return _checked(name, [(row, rows), (left, found.refused)], found.problems, {}, lang)
    return _checked(name, (), first.problems if first else [], {}, lang)


def _read(found: Reading) -> tuple[Reading, int]:
    return found, len(getattr(found, "rows", ()))


def _checked(
    name: str,
    facts: Sequence[tuple[str, object]],
    problems: Sequence[Problem],
    names: dict[str, str],
    lang: Language,
    counted: dict[str, int] | None = None,
) -> Checked:
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    groups = [
        Group(
            code=code,
            severity=found[0].severity,
            label=SEVERITY_LABELS[lang][found[0].severity],
            count=(counted or {}).get(code, len(found)),
            hint=found[0].hint(lang),
            examples=[
                (each, names.get(each.source.external_id, ""), each.text(lang))
                for each in found[:EXAMPLES]
            ],
        )
        for code, found in by_code.items()
    ]
    weight = [Severity.FATAL, Severity.ERROR, Severity.WARNING]
    groups.sort(key=lambda group: (weight.index(group.severity), -group.count))
    kept = [(each, names.get(each.source.external_id, "")) for each in problems]
    return Checked(name, facts, groups, kept)
