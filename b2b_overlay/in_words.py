"""A sum of money in Russian words, as it stands on an invoice: «двести двадцать один рубль 05
копеек».

Small and our own: the libraries that spell numbers put a comma before the kopecks or spell those
too, and know no tenge. Always in Russian, whatever the reader's language: it is a document's text.
"""

from __future__ import annotations

from dataclasses import dataclass

from .money import Money, quantize

__all__ = ["in_words"]

#: Of one, of two to four, of five and more.
Forms = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Currency:
    major: Forms
    minor: Forms


_KOPECKS: Forms = ("копейка", "копейки", "копеек")
_CENTS: Forms = ("цент", "цента", "центов")
#: All of the masculine or neuter gender; the minor unit is written in digits.
_CURRENCIES = {
    "RUB": _Currency(("рубль", "рубля", "рублей"), _KOPECKS),
    "BYN": _Currency(("белорусский рубль", "белорусских рубля", "белорусских рублей"), _KOPECKS),
    "KZT": _Currency(("тенге", "тенге", "тенге"), ("тиын", "тиына", "тиынов")),
    "USD": _Currency(("доллар США", "доллара США", "долларов США"), _CENTS),
    "EUR": _Currency(("евро", "евро", "евро"), _CENTS),
    "CNY": _Currency(("юань", "юаня", "юаней"), ("фэнь", "фэня", "фэней")),
}

_HUNDREDS = (
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот",
    "девятьсот",
)  # fmt: skip
_TENS = (
    "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят",
    "восемьдесят", "девяносто",
)  # fmt: skip
_UNITS = (
    "", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять",
    "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
    "семнадцать", "восемнадцать", "девятнадцать",
)  # fmt: skip
_FEMININE = {1: "одна", 2: "две"}
#: From the lowest; a thousand alone is feminine.
_SCALES: tuple[Forms, ...] = (
    ("", "", ""),
    ("тысяча", "тысячи", "тысяч"),
    ("миллион", "миллиона", "миллионов"),
    ("миллиард", "миллиарда", "миллиардов"),
    ("триллион", "триллиона", "триллионов"),
    ("квадриллион", "квадриллиона", "квадриллионов"),
)


def in_words(sum_of: Money) -> str:
    """The sum, rounded to its minor unit; a currency we have no words for goes by its code.

    >>> from decimal import Decimal
    >>> in_words(Money(Decimal("221.05"), "RUB"))
    'двести двадцать один рубль 05 копеек'
    >>> in_words(Money(Decimal("2001"), "USD"))
    'две тысячи один доллар США 00 центов'
    >>> in_words(Money(Decimal("3"), "JPY"))
    'три JPY'
    """
    amount = quantize(sum_of.amount, sum_of.currency)
    places = -int(amount.as_tuple().exponent)
    major, minor = divmod(abs(amount), 1)
    parts = ["минус"] if amount < 0 else []
    parts += _number(int(major))
    words = _CURRENCIES.get(sum_of.currency)
    parts.append(_form(int(major), words.major) if words else sum_of.currency)
    if places:
        count = int(minor.scaleb(places))
        parts.append(f"{count:0{places}}")
        if words:
            parts.append(_form(count, words.minor))
    return " ".join(parts)


def _number(value: int) -> list[str]:
    """Of the masculine gender."""
    if not value:
        return ["ноль"]
    parts: list[str] = []
    scale = 0
    while value:
        value, group = divmod(value, 1000)
        if group:
            parts = [*_group(group, feminine=scale == 1), _form(group, _SCALES[scale]), *parts]
        scale += 1
    return [part for part in parts if part]


def _group(value: int, *, feminine: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    tens, units = divmod(rest, 10) if rest >= 20 else (0, rest)
    last = _FEMININE.get(units, _UNITS[units]) if feminine else _UNITS[units]
    return [part for part in (_HUNDREDS[hundreds], _TENS[tens], last) if part]


def _form(count: int, forms: Forms) -> str:
    if count % 100 in range(11, 15):
        return forms[2]
    if count % 10 == 1:
        return forms[0]
    return forms[1] if count % 10 in (2, 3, 4) else forms[2]
