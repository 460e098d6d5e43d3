"""A worksheet's file from some row on, so that a long sheet can be read in parts.

Rule: what is left out is looked for, not parsed: reading a row's cells costs a hundred times
what passing over it does.
"""

from __future__ import annotations

import re
from typing import IO, Any

__all__ = ["Below"]

_CHUNK = 1024 * 1024
_DATA = re.compile(rb"<(\w+:)?sheetData\b[^>]*>")
_ROW = re.compile(rb'<(?:\w+:)?row\b(?:[^>]*?\sr="([0-9]{1,7})")?[^>]*>')


class Below:
    """The file without the rows above ``first``, as a parser reads it. In text «<» is always
    written otherwise, so a tag is a tag."""

    def __init__(self, source: IO[bytes], first: int) -> None:
        self._source = source
        self._ready = self._cut(first)

    def _cut(self, first: int) -> bytes:
        """The beginning, up to where the rows begin, and what was read of the wanted ones."""
        head = b""
        while (data := _DATA.search(head)) is None and (piece := self._source.read(_CHUNK)):
            head += piece
        if data is None or data[0].endswith(b"/>"):
            return head
        prefix = data[1] or b""
        before, seen, number = head[: data.end()], head[data.end() :], 0
        # Rows may have no numbers of their own: the parser counts on from the one above.
        above = b'<%brow r="%d"/>' % (prefix, first - 1)
        while True:
            whole = seen.rfind(b"<")
            for row in _ROW.finditer(seen, 0, max(whole, 0)):
                number = int(row[1]) if row[1] else number + 1
                if number >= first:
                    return before + above + seen[row.start() :]
            piece = self._source.read(_CHUNK)
            if not piece:
                return before + b"</%bsheetData></%bworksheet>" % (prefix, prefix)
            seen = seen[max(whole, 0) :] + piece

    def read(self, size: int = -1) -> bytes:
        if not self._ready:
            return self._source.read(size)
        size = len(self._ready) if size < 0 else size
        piece, self._ready = self._ready[:size], self._ready[size:]
        return piece

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Below:
        return self

    def __exit__(self, *_error: Any) -> None:
        self.close()
