"""Spreadsheets (XLSX), read and written: what everyone who takes or gives one needs.

The lowest layer: it knows cells, not prices or counterparties.
"""

from .reading import Sheet, Unreadable, date_of, number_of, open_sheet, text_of, words_of
from .writing import BookWriter

__all__ = [
    "BookWriter",
    "Sheet",
    "Unreadable",
    "date_of",
    "number_of",
    "open_sheet",
    "text_of",
    "words_of",
]
