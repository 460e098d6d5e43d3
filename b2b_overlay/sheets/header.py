"""Where a table's header may be and what its columns are called: whoever reads the columns says
which of the candidates it is.

Rules: a header may stand below a title and a date, and be of up to three rows, as 1C prints
lists; a cell merged over several columns is part of each one's title.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from .reading import Merged, text_of, words_of

__all__ = ["Header", "Tabular", "digest_of", "headers_of"]

#: A header may stand so deep.
_WITHIN = 20
_HEIGHT = 3
_SAMPLES = 3
_SAMPLED = 30


class Tabular(Protocol):
    """Rows with their numbers, and what is merged: a worksheet, or a file of plain text."""

    @property
    def merged(self) -> Sequence[Merged]: ...

    def rows(self, first: int = 1) -> Iterator[tuple[int, Sequence[Any]]]: ...


@dataclass(frozen=True, slots=True)
class Header:
    """One candidate."""

    #: The first row under it, from 1.
    first_row: int
    #: Of each column: what stands above, and the lowest cell.
    parts: tuple[tuple[str, str], ...]
    samples: tuple[tuple[str, ...], ...]

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(f"{above} {leaf}".strip() for above, leaf in self.parts)


def digest_of(titles: Iterable[str]) -> str:
    """By what a header is known again, wherever it stands and however it is spaced."""
    words = "\x1f".join(words_of(title) for title in titles).rstrip("\x1f")
    return hashlib.sha256(words.encode()).hexdigest()


def headers_of(sheet: Tabular) -> list[Header]:
    """What may be the header, from the top."""
    top = list(islice(sheet.rows(), _WITHIN + _HEIGHT + _SAMPLED))
    found = (_header(sheet, top, n) for n in range(min(len(top), _WITHIN)))
    return [each for each in found if each is not None]


def _header(sheet: Tabular, top: Sequence[tuple[int, Sequence[Any]]], n: int) -> Header | None:
    """The rows from the ``n``-th on as a header; None where that can't be one."""
    number, _cells = top[n]
    height = _height(sheet, number)
    levels = [_spread(sheet, *row) for row in top[n : n + height]]
    if sum(1 for text in levels[0] if text) < 2 or len(levels) < height:
        return None
    width = max(len(level) for level in levels)
    columns = [
        list(dict.fromkeys(level[at] for level in levels if at < len(level) and level[at]))
        for at in range(width)
    ]
    parts = tuple((" ".join(each[:-1]), each[-1] if each else "") for each in columns)
    below = [cells for _number, cells in top[n + height :]]
    return Header(number + height, parts, tuple(_samples(below, at) for at in range(width)))


def _height(sheet: Tabular, number: int) -> int:
    """Cells merged downwards, or a cell over several, make a header of more rows."""
    starting = [each for each in sheet.merged if each.top == number]
    down = max((each.bottom - number + 1 for each in starting), default=1)
    over = 2 if any(each.right > each.left for each in starting) else 1
    return min(max(down, over), _HEIGHT)


def _spread(sheet: Tabular, number: int, cells: Sequence[Any]) -> list[str]:
    """The texts of a header's row, a merged one in each of its columns."""
    texts = [text_of(cell) for cell in cells]
    for each in sheet.merged:
        if each.top <= number <= each.bottom and each.left < len(texts):
            texts += [""] * (each.right + 1 - len(texts))
            for at in range(each.left, each.right + 1):
                texts[at] = texts[at] or texts[each.left]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _samples(below: Sequence[Sequence[Any]], at: int) -> tuple[str, ...]:
    texts = (text_of(cells[at]) for cells in below if at < len(cells))
    return tuple(islice((text for text in texts if text), _SAMPLES))
