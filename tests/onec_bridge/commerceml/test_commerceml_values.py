"""Texts into values and back: the examples in the docstrings, and what hypothesis finds."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onec_bridge.commerceml import archive, records, values
from onec_bridge.commerceml.values import (
    parse_flag,
    parse_number,
    parse_tax_rate,
    parse_time,
    write_money,
    write_number,
)


@pytest.mark.parametrize("module", [values, records, archive])
def test_the_examples_in_the_docs_hold(module: object) -> None:
    failed, tried = doctest.testmod(module)

    assert tried
    assert not failed


@given(st.decimals(-(10**12), 10**12, places=4))
def test_a_number_written_is_the_number_read(number: Decimal) -> None:
    assert parse_number(write_number(number)) == number
    assert parse_number(write_money(number)) == number


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from(" \u00a0\u202f"))
def test_thousands_are_read_with_any_blank_between(whole: int, cents: int, blank: str) -> None:
    text = f"{whole:,}".replace(",", blank) + f",{cents:02}"

    assert parse_number(text) == Decimal(f"{whole}.{cents:02}")


@pytest.mark.parametrize(
    "text", ["12 34", "1,234,567", "1e5", "NaN", "Infinity", "1_000", "5 шт", "٣"]
)
def test_what_can_be_read_in_two_ways_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_number(text)


@pytest.mark.parametrize("text", ["maybe", "2"])
def test_a_flag_is_yes_or_no(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_flag(text)


@pytest.mark.parametrize("text", ["25:00:00", "noon"])
def test_a_time_exists_on_a_clock(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "rate", "exempt"),
    [
        ("22", Decimal(22), False),
        ("НДС 10%", Decimal(10), False),
        ("20/120", Decimal(20), False),
        ("0", Decimal(0), False),
        ("Без налога", None, True),
    ],
)
def test_exempt_is_not_a_rate_of_0(text: str, rate: Decimal | None, exempt: bool) -> None:
    assert parse_tax_rate(text) == (rate, exempt)
