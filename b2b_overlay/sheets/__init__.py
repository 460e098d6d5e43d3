"""Spreadsheets (XLSX, CSV), read and written: what everyone who takes or gives one needs.

The lowest layer: it knows cells, not prices or counterparties.
"""

from .header import Header, Tabular, digest_of, headers_of
from .reading import Sheet, Unreadable, date_of, number_of, open_sheet, text_of, words_of
from .text import TextSheet, open_table
from .writing import BookWriter

__all__ = [
    "BookWriter",
    "Header",
    "Sheet",
    "Tabular",
    "TextSheet",
    "Unreadable",
    "date_of",
    "digest_of",
    "headers_of",
    "number_of",
    "open_sheet",
    "open_table",
    "text_of",
    "words_of",
]
