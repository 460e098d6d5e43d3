"""A table in an XLSX file: its header wherever it stands, its cells by what their column says.

Rules: columns are told by the words of their headers, in any order and whatever stands between;
a number that Excel made of an INN is an INN again; what can't be opened, or has no header, is
one fatal :class:`Problem`, never an exception.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from openpyxl.utils import get_column_letter

from b2b_overlay.sheets import Unreadable, open_table, text_of, words_of
from onec_bridge.commerceml.records import Problem, Severity, Source

__all__ = ["Reading", "Row", "Table", "read_table"]

#: A header may stand below a title and a date, as 1C prints lists.
HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the header."""

    #: In the file, from 1.
    number: int
    #: By the names of the columns: cells as text.
    texts: Mapping[str, str]
    #: The same cells as the file has them (dates and numbers).
    values: Mapping[str, Any]


@dataclass(slots=True)
class Table:
    """What was read of a worksheet."""

    name: str
    columns: Mapping[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    #: Why nothing could be read.
    fatal: Problem | None = None

    def cell(self, column: str, row: Row) -> str:
        """Where a value stands, as Excel says it: «C2»."""
        return f"{get_column_letter(self.columns[column] + 1)}{row.number}"

    def source(self, row: Row, external_id: str = "") -> Source:
        return Source(self.name, row.number, 0, external_id, "")


@dataclass(slots=True)
class Reading:
    """What a reader made of a table, besides the rows that can be saved."""

    problems: list[Problem] = field(default_factory=list)
    #: Rows left out.
    refused: int = 0

    @property
    def is_readable(self) -> bool:
        return not any(problem.severity is Severity.FATAL for problem in self.problems)


def read_table(
    stream: BinaryIO,
    name: str,
    columns: Mapping[str, tuple[str, ...]],
    *,
    needed: Sequence[Collection[str]],
    no_header: str = "sheet_without_header",
) -> Table:
    """Read the first worksheet.

    Args:
        columns: name → how its column may be called, compared by letters and digits only.
        needed: a header has a column of each of these groups.
        no_header: code of the problem where there is none.
    """
    table = Table(name)
    try:
        with open_table(stream) as sheet:
            rows = [cells for _number, cells in sheet.rows()]
    except Unreadable as error:
        source = Source(name, 0, 0, "", "")
        table.fatal = Problem(
            "sheet_unreadable", Severity.FATAL, source, params={"reason": str(error)}
        )
        return table
    header, table.columns = _header(rows, columns, needed)
    if not table.columns:
        table.fatal = Problem(no_header, Severity.FATAL, Source(name, 1, 0, "", ""))
        return table
    for number, cells in enumerate(rows[header + 1 :], header + 2):
        values = {key: cells[at] for key, at in table.columns.items() if at < len(cells)}
        texts = {key: text_of(value) for key, value in values.items()}
        if any(texts.values()):
            table.rows.append(Row(number, texts, values))
    return table


def _header(
    rows: Sequence[Sequence[Any]],
    columns: Mapping[str, tuple[str, ...]],
    needed: Sequence[Collection[str]],
) -> tuple[int, dict[str, int]]:
    """Where the header is, and the column of each name in it; no columns: there is none."""
    for number, cells in enumerate(rows[:HEADER_WITHIN]):
        words = [words_of(cell) for cell in cells]
        found = {
            name: words.index(synonym)
            for name, synonyms in columns.items()
            for synonym in reversed(synonyms)
            if synonym in words
        }
        if all(any(name in found for name in group) for group in needed):
            return number, found
    return 0, {}
