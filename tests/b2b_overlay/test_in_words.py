"""Sums in Russian words: what they say is the very sum, in right grammar."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_overlay.in_words import in_words
from b2b_overlay.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0", "RUB", "ноль рублей 00 копеек"),
        ("0.01", "RUB", "ноль рублей 01 копейка"),
        ("1.22", "RUB", "один рубль 22 копейки"),
        ("2.11", "RUB", "два рубля 11 копеек"),
        ("11", "RUB", "одиннадцать рублей 00 копеек"),
        ("112.12", "RUB", "сто двенадцать рублей 12 копеек"),
        ("221.05", "RUB", "двести двадцать один рубль 05 копеек"),
        ("1000", "RUB", "одна тысяча рублей 00 копеек"),
        ("2002", "RUB", "две тысячи два рубля 00 копеек"),
        ("12000", "RUB", "двенадцать тысяч рублей 00 копеек"),
        ("21341.40", "RUB", "двадцать одна тысяча триста сорок один рубль 40 копеек"),
        ("1000000", "RUB", "один миллион рублей 00 копеек"),
        ("2000001.99", "RUB", "два миллиона один рубль 99 копеек"),
        ("99999999999999.99", "RUB", None),
        ("-5.50", "RUB", "минус пять рублей 50 копеек"),
        ("3.02", "USD", "три доллара США 02 цента"),
        ("5", "EUR", "пять евро 00 центов"),
        ("21", "KZT", "двадцать один тенге 00 тиынов"),
        ("2", "BYN", "два белорусских рубля 00 копеек"),
        ("7.005", "TND", "семь TND 01"),
        ("1.005", "KWD", "один KWD 005"),
        ("1500", "JPY", "одна тысяча пятьсот JPY"),
    ],
)
def test_a_sum_is_written_as_an_accountant_writes_it(amount, currency, words):
    said = in_words(Money(Decimal(amount), currency))

    assert words in (said, None)
    assert "  " not in said


#: A reader that shares nothing with the writer but the language.
_VALUES = {
    "ноль": 0, "один": 1, "одна": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5,
    "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11,
    "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15, "шестнадцать": 16,
    "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30,
    "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500,
    "шестьсот": 600, "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
_STEMS = {"тысяч": 10**3, "миллион": 10**6, "миллиард": 10**9, "триллион": 10**12}


def _read(words: str) -> Decimal:
    *said, _roubles, kopecks, _word = words.split()
    whole, group = 0, 0
    for word in said:
        if word in _VALUES:
            group += _VALUES[word]
            continue
        (scale,) = [by for stem, by in _STEMS.items() if word.rstrip("аиов") == stem.rstrip("аиов")]
        whole, group = whole + group * scale, 0
    return Decimal(whole + group) + Decimal(kopecks) / 100


@given(st.decimals(0, Decimal("99999999999999.99"), places=2))
def test_read_back_the_words_are_the_sum(amount):
    assert _read(in_words(Money(amount, "RUB"))) == amount


@given(st.integers(0, 10**14))
def test_one_is_feminine_before_thousands_and_masculine_elsewhere(amount):
    said = in_words(Money(Decimal(amount), "RUB")).split()

    for word, following in pairwise(said):
        if word in ("одна", "две"):
            assert following.startswith("тысяч")
        if word in ("один", "два"):
            assert not following.startswith("тысяч")
