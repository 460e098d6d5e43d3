"""A table saved as text (CSV), read as a worksheet is.

Rules: UTF-8 or windows-1251; columns are told apart by what the first line has most of
(semicolon, tab, comma), which Excel changes with the language of Windows; rows are streamed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from .reading import Merged, Sheet, Unreadable, open_sheet

__all__ = ["TextSheet", "open_table"]

_DELIMITERS = ";\t,"
#: Lines by which the delimiter is told: a title may stand above the header.
_LOOKED_AT = 20
_XLSX, _XLS = b"PK", b"\xd0\xcf\x11\xe0"


class TextSheet:
    """A CSV file; it has nothing merged, no formulas and no levels."""

    merged: Sequence[Merged] = ()
    unreckoned: Sequence[str] = ()
    levels: Mapping[int, int] = {}

    def __init__(self, content: bytes) -> None:
        try:
            self._text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self._text = content.decode("cp1251", errors="replace")
        if "\0" in self._text or self._text.lstrip().startswith("<"):
            raise Unreadable(_("it is neither a spreadsheet nor text"))
        top = "".join(self._text.splitlines(keepends=True)[:_LOOKED_AT])
        self._delimiter = max(_DELIMITERS, key=top.count)

    def rows(self, first: int = 1) -> Iterator[tuple[int, Sequence[Any]]]:
        """Each row from the ``first`` on with its number, from 1; can be asked again."""
        reader = csv.reader(io.StringIO(self._text), delimiter=self._delimiter)
        try:
            yield from islice(enumerate(reader, 1), first - 1, None)
        except csv.Error as error:
            raise Unreadable(str(error)) from error


@contextmanager
def open_table(stream: BinaryIO) -> Iterator[Sheet | TextSheet]:
    """The first visible worksheet of an XLSX file, or a CSV file. Raises :class:`Unreadable`."""
    begins = stream.read(4)
    stream.seek(0)
    if begins.startswith(_XLSX):
        with open_sheet(stream) as sheet:
            yield sheet
        return
    if begins == _XLS:
        raise Unreadable(_("it is an old .xls file: save it as .xlsx"))
    yield TextSheet(stream.read())
