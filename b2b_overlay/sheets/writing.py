"""Write a spreadsheet row by row, whatever its length, to be opened in Excel without a surprise.

Rules: text stays text, so that a name that begins with «=» is no formula; numbers are numbers and
dates dates; the header stands still when scrolled, and can be filtered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

__all__ = ["BookWriter"]

_NARROW, _WIDE = 14, 48
_FORMULA = ("=", "+", "-", "@")


class BookWriter:
    """A workbook of one worksheet that is being written."""

    def __init__(
        self,
        title: str,
        header: Sequence[str],
        *,
        wide: Iterable[int] = (),
        money: Iterable[int] = (),
    ) -> None:
        """``wide`` are the columns of names, ``money`` those of prices, from 0."""
        self._book = Workbook(write_only=True)
        sheet = self._book.create_sheet("".join(c for c in title if c not in "[]:*?/\\")[:31])
        # What the stubs say of a sheet that is only written isn't what it has.
        self._sheet: Any = sheet
        widths = dict.fromkeys(wide, _WIDE)
        for at in range(len(header)):
            self._sheet.column_dimensions[get_column_letter(at + 1)].width = widths.get(at, _NARROW)
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._heading(text) for text in header])
        # A cell is written as its row is added, so that one serves all rows of its column.
        self._money: dict[int, Any] = {at: WriteOnlyCell(self._sheet) for at in money}
        for cell in self._money.values():
            cell.number_format = "#,##0.00"

    def _heading(self, text: str) -> Any:
        cell = self._text(text)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def add(self, cells: Sequence[Any]) -> None:
        self._sheet.append([self._cell(at, value) for at, value in enumerate(cells)])

    def _cell(self, at: int, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value) if value.startswith(_FORMULA) else _clean(value)
        if value is not None and at in self._money:
            self._money[at].value = value
            return self._money[at]
        return value

    def _text(self, value: str) -> Any:
        """Text that stays so, also when somebody edits the cell."""
        cell: Any = WriteOnlyCell(self._sheet, value=_clean(value))
        cell.data_type = "s"
        if value.startswith(_FORMULA):
            cell.quotePrefix = True
        return cell

    def save(self, stream: BinaryIO) -> None:
        self._book.save(stream)


def _clean(text: str) -> str:
    """Without the characters that XML can't carry."""
    return ILLEGAL_CHARACTERS_RE.sub("", text) if not text.isprintable() else text
