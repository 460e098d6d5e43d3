"""Read a worksheet as people make them: merged cells, numbers as text, formulas.

Rules: rows are streamed, whatever the file's size; a formula is its result as the file has it,
and a cell whose result isn't in the file is named (:attr:`Sheet.unreckoned`), not taken for an
empty one; a number is what Excel shows of it, 15 digits, never a binary fraction; what can't be
opened is :class:`Unreadable` with a reason, and so is a file that unpacks to what no memory holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException

from .below import Below

__all__ = [
    "Merged",
    "Sheet",
    "Unreadable",
    "date_of",
    "number_of",
    "open_sheet",
    "text_of",
    "words_of",
]

#: Bytes that a file may unpack to; 100,000 rows of ten columns are a tenth of it.
_UNPACKED = 400 * 1024 * 1024
_CHUNK = 1024 * 1024
#: No tag that is looked for is longer.
_OVERLAP = 4096
#: Columns of a row that are read.
_WIDTH = 256
#: Formulas without a result that are named.
_NAMED = 1000
#: What the library raises for what is no spreadsheet, or a damaged one.
_BROKEN = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    OSError,
    ValueError,
    IndexError,
)


class Unreadable(Exception):
    """The file can't be opened as a spreadsheet; the text says why."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged range: rows from 1, columns from 0, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet:
    """The first visible worksheet of a file."""

    def __init__(self, worksheet: Any) -> None:
        self._worksheet = worksheet
        #: Merged ranges; cells («C17») that have a formula and no result; by row, how deep it
        #: stands in groups that can be folded.
        self.merged, self.unreckoned, self.levels = _marks(worksheet)

    def rows(self, first: int = 1) -> Iterator[tuple[int, Sequence[Any]]]:
        """Each row from the ``first`` on with its number in the file, from 1; the value of cells
        that are merged downwards stands in each of them. Can be asked again: rows above are
        passed over unread, so a long sheet can be read in parts."""
        self._worksheet.reset_dimensions()
        begun: dict[int, list[Merged]] = {}
        top = first
        for each in self.merged:
            if each.bottom > each.top:
                begun.setdefault(each.top, []).append(each)
            if each.top < first <= each.bottom:
                top = min(top, each.top)
        going: dict[int, tuple[int, Any]] = {}
        for number, row in enumerate(self._read(top), top):
            cells = row[:_WIDTH]
            if going:
                cells = _filled(cells, going)
                going = {at: kept for at, kept in going.items() if kept[0] > number}
            for each in begun.get(number, ()):
                if each.left < len(cells):
                    going[each.left] = (each.bottom, cells[each.left])
            if number >= first:
                yield number, cells

    def _read(self, first: int) -> Iterator[Sequence[Any]]:
        sheet = self._worksheet
        if first > 1:
            sheet = copy(sheet)
            sheet._get_source = lambda: Below(self._worksheet._get_source(), first)
        try:
            yield from sheet.iter_rows(min_row=first, values_only=True)
        except _BROKEN as error:
            raise Unreadable(str(error)[:200]) from error


def _filled(cells: Sequence[Any], going: dict[int, tuple[int, Any]]) -> Sequence[Any]:
    filled = [*cells, *[None] * (max(going) + 1 - len(cells))]
    for at, (_bottom, value) in going.items():
        if filled[at] is None:
            filled[at] = value
    return filled


@contextmanager
def open_sheet(stream: BinaryIO) -> Iterator[Sheet]:
    """The first visible worksheet. Raises :class:`Unreadable`."""
    try:
        with ZipFile(stream) as archive:
            if sum(each.file_size for each in archive.infolist()) > _UNPACKED:
                raise Unreadable(_("it unpacks to too much"))
        stream.seek(0)
        workbook = load_workbook(stream, read_only=True, data_only=True)
        visible = [each for each in workbook.worksheets if each.sheet_state == "visible"]
        sheet = Sheet((visible or workbook.worksheets)[0])
    except _BROKEN as error:
        raise Unreadable(str(error)[:200]) from error
    try:
        yield sheet
    finally:
        workbook.close()


# ------------------------------------------- what the library doesn't say of a streamed sheet

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z0-9:]+)"')
_UNRECKONED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+[0-9]+)"[^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)

_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_LEVEL = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,7})"[^>]*?\boutlineLevel="([1-7])"')


def _marks(worksheet: Any) -> tuple[list[Merged], list[str], dict[int, int]]:
    """Found in the file itself, a piece at a time. In text «<» is always written otherwise, so
    a tag is a tag."""
    merged: dict[bytes, Merged] = {}
    unreckoned: dict[bytes, None] = {}
    levels: dict[int, int] = {}
    kept = b""
    with worksheet._get_source() as source:
        while piece := source.read(_CHUNK):
            seen = kept + piece
            for found in _MERGED.findall(seen) if b"mergeCell" in seen else ():
                first, _colon, last = found.decode().partition(":")
                top, left = coordinate_to_tuple(first)
                bottom, right = coordinate_to_tuple(last or first)
                merged[found] = Merged(top, left - 1, bottom, right - 1)
            if b"outlineLevel" in seen:
                levels.update((int(row), int(level)) for row, level in _LEVEL.findall(seen))
            if len(unreckoned) < _NAMED and _FORMULA.search(seen):
                unreckoned.update(dict.fromkeys(_UNRECKONED.findall(seen)))
            kept = seen[-_OVERLAP:]
    return list(merged.values()), [cell.decode() for cell in unreckoned], levels


# ------------------------------------------------------------------------------- values


def words_of(text: Any) -> str:
    """A header as it is compared: small letters and digits, «ё» as «е».

    >>> words_of("  E-mail:"), words_of("Расчётный счёт")
    ('e mail', 'расчетный счет')
    """
    return " ".join(re.findall(r"[^\W_]+", str(text or "").lower())).replace("ё", "е")


def text_of(value: Any) -> str:
    """A cell as text; a number that Excel made of an INN is an INN again."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


_ROUBLES = re.compile(r"(?:руб(?:лей|ля|ль)?|р|₽|rub)\.?$", re.IGNORECASE)


def number_of(value: Any) -> Decimal:
    """A number as a person wrote it or Excel keeps it. Raises ``ValueError``.

    >>> number_of("1 234,50 руб."), number_of("1,234.50"), number_of(0.1 + 0.2)
    (Decimal('1234.50'), Decimal('1234.50'), Decimal('0.3'))
    """
    if isinstance(value, (bool, date, time)):
        raise ValueError(str(value))
    if isinstance(value, (int, float)):
        return _decimal(f"{value:.15g}")
    text = re.sub(r"[\s'’\u00a0\u202f]", "", str(value)).replace("−", "-")
    text = _ROUBLES.sub("", text)
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        text = text.replace("," if comma < dot else ".", "")
    for mark in ",.":
        if text.count(mark) > 1:
            text = text.replace(mark, "")
    return _decimal(text.replace(",", "."))


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d+(\.\d*)?(e[+-]?\d{1,3})?", text):
        raise ValueError(text)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error


_DAYS = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y")
_MOMENTS = (
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
)


def date_of(value: Any) -> date | datetime:
    """A day, or a moment where a time of day is given. Raises ``ValueError``.

    >>> date_of("01.12.2026"), date_of(datetime(2026, 12, 1))
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 1))
    """
    if isinstance(value, datetime):
        return value if value.time() != time() else value.date()
    if isinstance(value, date):
        return value
    text = text_of(value)
    for form in (*_DAYS, *_MOMENTS):
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the caller knows the zone
        except ValueError:
            continue
        return found.date() if form in _DAYS else found
    raise ValueError(text)
