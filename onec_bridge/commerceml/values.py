"""Texts of a CommerceML file as values, and values as texts.

One `Value` per kind of text, with both directions side by side. Reading is tolerant of
everything real configurations were seen to write (format.md, section 0); what it cannot
read it refuses with `ValueError`, never guesses: a wrong number is far worse than a
missing one. `None` from `parse` means that the text says nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{0,20})?")
_GROUPED_NUMBER = re.compile(
    r"[+-]?[0-9]{1,3}(?:[ \u00a0\u2009\u202f'][0-9]{3})+(?:[.,][0-9]{0,20})?"
)
_COMMA_NUMBER = re.compile(r"[+-]?[0-9]{1,30},[0-9]{0,20}")
_SPACES = re.compile(r"[ \u00a0\u2009\u202f']")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_RUSSIAN_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?")
_ZONE = re.compile(r"Z|[+-][0-9]{2}:?[0-9]{2}")
_TAX_RATE = re.compile(
    r"(?:НДС)?\s*([0-9]{1,2}(?:[.,][0-9]+)?)\s*%?\s*(?:/\s*1[0-9][0-9])?\s*%?", re.IGNORECASE
)

_TRUE = frozenset({"true", "1", "да", "yes", "истина"})
_FALSE = frozenset({"false", "0", "нет", "no", "ложь"})
_EXEMPT = frozenset({"без ндс", "без налога", "безндс", "безналога", "не облагается"})

CURRENCY_ALIASES = {
    "RUB": ("rub", "rur", "643", "810", "руб", "руб.", "рубль", "рублей", "р", "р.", "₽"),
    "USD": ("usd", "840", "$", "долл", "долл.", "дол", "дол."),
    "EUR": ("eur", "978", "€", "евро", "евр"),
    "UAH": ("uah", "980", "грн", "грн.", "₴"),
    "KZT": ("kzt", "398", "тенге", "тнг", "тнг.", "тен", "₸"),
    "BYN": ("byn", "933", "бел. руб.", "бел"),
    "BYR": ("byr", "974"),
    "KGS": ("kgs", "417", "сом"),
    "AMD": ("amd", "051", "драм"),
    "UZS": ("uzs", "860", "сум"),
    "GEL": ("gel", "981", "лари"),
    "AZN": ("azn", "944", "манат"),
    "MDL": ("mdl", "498", "лей"),
    "TJS": ("tjs", "972", "сомони"),
    "CNY": ("cny", "156", "юань", "юан", "¥"),
    "TRY": ("try", "949"),
    "GBP": ("gbp", "826", "£"),
    "PLN": ("pln", "985"),
}
"""ISO 4217 code → how 1C bases write it. 1C cuts its currency *name* to 3 characters."""

_CURRENCY_CODES = {alias: code for code, aliases in CURRENCY_ALIASES.items() for alias in aliases}


def currency_code(text: str | None) -> str | None:
    """The ISO 4217 code of a currency as 1C writes it; `None` when unknown.

    >>> currency_code("руб."), currency_code(" RUR"), currency_code("643"), currency_code("тугрик")
    ('RUB', 'RUB', 'RUB', None)
    """
    text = text or ""
    return _known_currency(text) if len(text) <= _LONGEST_REMEMBERED else _currency(text)


def _currency(text: str) -> str | None:
    return _CURRENCY_CODES.get(text.strip().lower())


_known_currency = lru_cache(maxsize=1024)(_currency)


_LONGEST_REMEMBERED = 128
"""Characters of a text whose value is kept: what repeats is short, what is long is many MB."""


def parse_ident(text: str) -> str:
    """An id: trimmed, and GUIDs within it (on either side of `#`) lower-cased.

    >>> parse_ident(" 0F0A9C7E-1B2D-4c3e-8f90-ABCDEF012345 ")
    '0f0a9c7e-1b2d-4c3e-8f90-abcdef012345'
    >>> parse_ident("ORDER_DELIVERY")
    'ORDER_DELIVERY'
    """
    return _known_ident(text) if len(text) <= _LONGEST_REMEMBERED else fresh_ident(text)


def fresh_ident(text: str) -> str:
    """The same of a text that hardly comes twice: nothing is looked up, nothing kept."""
    text = text.strip()
    lower = text.lower()
    if lower == text or len(text) < 36:
        return text
    return "#".join(
        half.lower() if _GUID.fullmatch(half) else half for half in map(str.strip, text.split("#"))
    )


_known_ident = lru_cache(maxsize=1024)(fresh_ident)


def parse_number(text: str) -> Decimal | None:
    """A number: `1234.50`, also `1 234,50` with any kind of blank; empty says nothing.

    Refuses what could be read in two ways (`12 34`, `1,234,567`), exponents, NaN.

    >>> parse_number("1\\u00a0234,50"), parse_number("-9"), parse_number("")
    (Decimal('1234.50'), Decimal('-9'), None)
    """
    return _known_number(text) if len(text) <= _LONGEST_REMEMBERED else _number(text)


def _number(text: str) -> Decimal | None:
    text = text.strip()
    if _PLAIN_NUMBER.fullmatch(text):
        return Decimal(text)
    if not text:
        return None
    if _GROUPED_NUMBER.fullmatch(text) or _COMMA_NUMBER.fullmatch(text):
        return Decimal(_SPACES.sub("", text).replace(",", "."))
    if text.startswith((".", ",")) and text[1:].isdecimal():
        return Decimal("0." + text[1:])
    raise ValueError(text)


_known_number = lru_cache(maxsize=1024)(_number)


def parse_coefficient(text: str) -> Decimal | None:
    """Base units in a unit: a number, where 0 says nothing, as absence does (section 3)."""
    return parse_number(text) or None


def write_number(number: Decimal) -> str:
    """A quantity or coefficient, without needless zeros and never with an exponent.

    >>> write_number(Decimal("51.000")), write_number(Decimal("1E+2"))
    ('51', '100')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_money(amount: Decimal) -> str:
    """An amount with two decimals; with more where it has more, so that nothing is lost.

    >>> write_money(Decimal("12")), write_money(Decimal("8.3333")), write_money(Decimal("8.500"))
    ('12.00', '8.3333', '8.50')
    """
    whole, _, decimals = write_number(amount).partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


NO_LIMIT = Decimal("Infinity")
"""A credit limit that was taken off, which is another thing than one not spoken of."""

_NO_LIMIT_TEXT = "Без лимита"


def parse_limit(text: str) -> Decimal | None:
    """A credit limit: a sum, or «Без лимита»; empty says nothing.

    >>> parse_limit("500 000,00"), parse_limit("без лимита"), parse_limit("")
    (Decimal('500000.00'), Decimal('Infinity'), None)
    """
    return NO_LIMIT if text.strip().lower() == _NO_LIMIT_TEXT.lower() else parse_number(text)


def write_limit(limit: Decimal) -> str:
    """As `parse_limit` reads it.

    >>> write_limit(NO_LIMIT), write_limit(Decimal(500000))
    ('Без лимита', '500000.00')
    """
    return _NO_LIMIT_TEXT if limit == NO_LIMIT else write_money(limit)


def parse_flag(text: str) -> bool | None:
    """`true`/`false`, `1`/`0`, `да`/`нет`; empty says nothing.

    >>> parse_flag("true"), parse_flag("Нет"), parse_flag("")
    (True, False, None)
    """
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    if not word:
        return None
    raise ValueError(text)


def parse_date(text: str) -> dt.date | None:
    """`yyyy-MM-dd`, with or without a time after it, or `dd.MM.yyyy`; `0001-01-01` is none.

    >>> parse_date("2014-12-12T9:51:39"), parse_date("0001-01-01")
    (datetime.date(2014, 12, 12), None)
    """
    moment = parse_datetime(text)
    return moment.date() if moment else None


def parse_time(text: str) -> dt.time | None:
    """`HH:mm:ss`, also with an hour of one digit or without seconds; empty says nothing.

    >>> parse_time("9:51:39")
    datetime.time(9, 51, 39)
    """
    text = text.strip()
    if not text:
        return None
    match = _TIME.match(text.rpartition("T")[2])
    if not match:
        raise ValueError(text)
    hour, minute, second = match.groups("0")
    return dt.time(int(hour), int(minute), int(second))


def parse_datetime(text: str) -> dt.datetime | None:
    """A date with an optional time and zone, as 1C, Bitrix and others write them.

    The local time of 1C's base has no zone; `T9:51:39` is real, and so is `UTC` for `T`.

    >>> parse_datetime("2014-12-12T9:51:39")
    datetime.datetime(2014, 12, 12, 9, 51, 39)
    >>> parse_datetime("2026-02-24T16:51:51+03:00").isoformat()
    '2026-02-24T16:51:51+03:00'
    """
    text = text.strip()
    if not text:
        return None
    if match := _DATE.match(text):
        year, month, day = match.groups()
    elif match := _RUSSIAN_DATE.match(text):
        day, month, year = match.groups()
    else:
        raise ValueError(text)
    rest = text[match.end() :].removeprefix("UTC").lstrip("T ")
    if int(year) <= 1:
        return None
    day_start = dt.datetime(int(year), int(month), int(day))  # noqa: DTZ001 - 1C's local time
    clock = _TIME.match(rest)
    if not clock:
        if rest:
            raise ValueError(text)
        return day_start
    hour, minute, second = clock.groups("0")
    moment = day_start.replace(hour=int(hour), minute=int(minute), second=int(second))
    return _with_zone(moment, rest[clock.end() :].strip(), text)


def _with_zone(moment: dt.datetime, zone: str, text: str) -> dt.datetime:
    if not zone:
        return moment
    if not _ZONE.fullmatch(zone):
        raise ValueError(text)
    return dt.datetime.fromisoformat(moment.isoformat() + zone)


def parse_tax_rate(text: str) -> tuple[Decimal | None, bool]:
    """A VAT rate as (per cent, exempt): `20`, `20%`, `20/120`, `Без НДС`, or empty.

    >>> parse_tax_rate("20/120"), parse_tax_rate("Без НДС"), parse_tax_rate("")
    ((Decimal('20'), False), (None, True), (None, False))
    """
    text = text.strip()
    if not text:
        return None, False
    if text.lower() in _EXEMPT:
        return None, True
    if match := _TAX_RATE.fullmatch(text):
        return Decimal(match[1].replace(",", ".")), False
    raise ValueError(text)


def parse_deleted(text: str) -> bool | None:
    """Статус: `Удален` marks a deletion, any other status says nothing about it."""
    return True if text.strip().lower() in {"удален", "удалён", "удалено"} else None


def parse_mark(text: str) -> bool | None:
    """ПометкаУдаления: only `true` counts, so that another element's mark isn't undone."""
    return parse_flag(text) or None


@dataclass(frozen=True, slots=True)
class Value:
    """One kind of text: how it is read and written, and what is said when it can't be read."""

    name: str
    """For the docs."""
    parse: Callable[[str], Any]
    """Text → value; `None` = says nothing. Raises `ValueError`."""
    write: Callable[[Any], str]
    problem: str = ""
    """Code of the problem that a `ValueError` becomes."""


def _flag_text(flag: bool) -> str:
    return "true" if flag else "false"


def _write_date(date: dt.date) -> str:
    return date.isoformat()


def _write_time(time: dt.time) -> str:
    return time.strftime("%H:%M:%S")


def write_datetime(moment: dt.datetime) -> str:
    """As 1C writes it: whole seconds; a zone only where the moment has one.

    >>> write_datetime(dt.datetime(2026, 3, 1, 9, 5, 7, 123))
    '2026-03-01T09:05:07'
    """
    return moment.isoformat(timespec="seconds")


TEXT = Value("text", str.strip, str)
IDENT = Value("id", parse_ident, str)
NUMBER = Value("number", parse_number, write_number, "bad_number")
MONEY = Value("money", parse_number, write_money, "bad_number")
LIMIT = Value("money, or «Без лимита»", parse_limit, write_limit, "bad_number")
FLAG = Value("boolean", parse_flag, _flag_text, "bad_boolean")
MARK = Value("boolean", parse_mark, _flag_text, "bad_boolean")
STATUS = Value("Удален", parse_deleted, lambda deleted: "Удален" if deleted else "")
COEFFICIENT = Value("number, 0 reads as 1", parse_coefficient, write_number, "bad_number")
DATE = Value("date", parse_date, _write_date, "bad_date")
TIME = Value("time", parse_time, _write_time, "bad_time")
DATETIME = Value("date and time", parse_datetime, write_datetime, "bad_date")
