"""A row of a benchmark, the table it is printed in, and ``results.json``.

A figure is a ratio to something that can't be avoided, measured in the same run: seconds of
one machine say nothing to another. Or it is a share of what is true.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["RESULTS", "ROOT", "Row", "save", "table"]

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: ``ratio`` is measured, at most ``goal`` is expected (at least, where
    ``at_least``), ``unit`` says of what; ``reason`` why a goal is missed."""

    name: str
    ratio: float
    goal: float
    unit: str
    at_least: bool = False
    reason: str = ""

    @property
    def holds(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


def save(rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Put these rows into the file; rows of other benchmarks there stay."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    kept = {row["name"]: row for row in known} | {row.name: asdict(row) for row in rows}
    text = json.dumps(list(kept.values()), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *rest = (
            cell.ljust(width) if not n else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join((first, *rest)).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, lines)])
