"""Rates of exchange from a file: the Bank of Russia's XML, or a table (CSV, XLSX).

The Bank of Russia's daily file (``XML_daily.asp``) is windows-1251, names its day in
``ValCurs/@Date`` and quotes each currency for a nominal (100 ¥) in roubles. A table has a
header, in any order: currency, day, rate, and where needed nominal and the other currency.
Rules: nothing is asked of the network here; a wrong row is refused with its number, and
nothing of that file is taken.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from b2b_overlay.money import to_amount

from .rates import RateRow
from .sheets.given import opened, refused, weighed

__all__ = ["LARGEST", "read_rates"]

#: Bytes of the largest file worth reading.
LARGEST = 5 * 1024 * 1024
#: Rows of the largest table.
_MOST = 50_000
_WRITTEN = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "currency": ("валюта", "currency", "код"),
    "day": ("дата", "день", "day", "date"),
    "rate": ("курс", "rate", "value"),
    "nominal": ("номинал", "кратность", "nominal"),
    "to": ("вкакойвалюте", "валютакурса", "в", "to", "in"),
}


def read_rates(content: bytes, to: str = "RUB") -> list[RateRow]:
    """The rates of a file; ``to`` is the currency of rates that don't name theirs. Raises
    ``Refused`` with what is wrong and where."""
    if weighed(content, LARGEST).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _of_the_bank(content)
    return _of_a_table(_table(content), to)


# ----------------------------------------------------------------------- the Bank of Russia


def _of_the_bank(content: bytes) -> list[RateRow]:
    if b"<!" in content or b"\0" in content:
        raise refused(_("This isn't the Bank of Russia's file of rates."))
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - no DOCTYPE, so no entities
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise refused(_("This isn't the Bank of Russia's file of rates.")) from error
    day = _day(root.get("Date"))
    if day is None:
        raise refused(_("This isn't the Bank of Russia's file of rates."))
    found = []
    for each in root.iter("Valute"):
        currency = (each.findtext("CharCode") or "").strip()
        rate = _rate(each.findtext("Value"), each.findtext("Nominal"))
        if rate is None:
            text = _("The rate of %(currency)s can't be read.") % {"currency": currency or "?"}
            raise refused(text)
        found.append(RateRow(currency, "RUB", day, rate))
    if not found:
        raise refused(_("This isn't the Bank of Russia's file of rates."))
    return found


def _rate(value: object, nominal: object) -> Decimal | None:
    """What one unit is worth; None where it can't be read."""
    try:
        worth = to_amount(str(value))
        units = to_amount(str(nominal)) if str(nominal or "").strip() else Decimal(1)
        return worth / units if worth > 0 and units > 0 else None
    except InvalidOperation:
        return None


# ------------------------------------------------------------------------------- a table


def _table(content: bytes) -> list[Sequence[Any]]:
    with opened(content) as sheet:
        return [cells for _number, cells in islice(sheet.rows(), _MOST + 1)]


def _of_a_table(rows: Sequence[Sequence[Any]], to: str) -> list[RateRow]:
    if len(rows) > _MOST:
        raise refused(_("The file is too large: at most %(most)s rows.") % {"most": _MOST})
    columns = _header(rows[0] if rows else ())
    if not {"currency", "day", "rate"} <= columns.keys():
        raise refused(_("The first row must name the columns: currency, date, rate."))
    found, wrong = [], []
    for number, cells in enumerate(rows[1:], 2):
        given = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if not any(str(cell or "").strip() for cell in given.values()):
            continue
        currency = str(given.get("currency") or "").strip().upper()
        day = _day(given.get("day"))
        rate = _rate(given.get("rate"), given.get("nominal"))
        other = str(given.get("to") or "").strip().upper() or to
        if day is None or rate is None or len(currency) != 3:
            wrong.append(str(number))
        else:
            found.append(RateRow(currency, other, day, rate))
    if wrong:
        words = {"rows": ", ".join(wrong[:20])}
        raise refused(_("Rows that can't be read: %(rows)s. Nothing was taken.") % words)
    if not found:
        raise refused(_("There are no rates in the file."))
    return found


def _header(cells: Iterable[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        word = "".join(c for c in str(cell or "").lower() if c.isalpha())
        for name, words in _COLUMNS.items():
            if word in words:
                found.setdefault(name, at)
    return found


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    text = str(value or "").strip()
    try:
        if found := _WRITTEN.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
