"""A long spreadsheet read in parts says what it says read at once."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from b2b_overlay.sheets import open_table


def workbook(change):
    """Rows with gaps, texts like tags, cells merged downwards; ``change`` writes its XML anew."""
    book = Workbook()
    sheet = book.active
    for number in range(1, 41):
        if number % 7:
            sheet.append([f"<row r={number}>", number, None, f"«{number}»"])
        else:
            sheet._current_row += 1
    sheet["C9"] = "Склад"
    sheet.merge_cells("C9:C13")
    stream = BytesIO()
    book.save(stream)
    changed = BytesIO()
    with ZipFile(stream) as old, ZipFile(changed, "w") as new:
        for each in old.infolist():
            body = old.read(each)
            new.writestr(each, change(body) if "sheet1" in each.filename else body)
    return changed.getvalue()


def prefixed(body):
    name = rb"<(/?)(worksheet|sheetData|row|c|v|is|t|mergeCells|mergeCell|f)\b"
    return re.sub(name, rb"<\1x:\2", body).replace(b" xmlns=", b" xmlns:x=")


def unnumbered(body):
    return re.sub(rb'(<row|<c) r="\w+"', rb"\1", body)


@pytest.mark.parametrize("change", [bytes, prefixed, unnumbered])
def test_a_part_begins_at_any_row(change):
    with open_table(BytesIO(workbook(change))) as sheet:
        whole = dict(sheet.rows())
        parts = {first: dict(sheet.rows(first)) for first in range(1, 45)}

    assert whole[12][1] == (12 if change is not unnumbered else whole[12][1])
    for first, part in parts.items():
        assert part == {number: cells for number, cells in whole.items() if number >= first}


def test_a_part_of_a_text_file_begins_at_any_row():
    with open_table(BytesIO(b"a;b\n1;2\n3;4\n")) as sheet:
        assert list(sheet.rows(3)) == [(3, ["3", "4"])]
