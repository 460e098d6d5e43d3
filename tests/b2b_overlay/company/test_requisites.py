"""Requisites: a right number is never refused, a wrong one is named and kept."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_overlay.company import requisites


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(requisites).failed == 0


@given(st.integers(0, 10**13 - 1))
def test_every_ogrnip_with_the_right_digit_holds(number: int) -> None:
    body = f"3{number:013d}"
    right = int(body) % 13 % 10
    assert requisites.failed("entrepreneur", ogrn=f"{body}{right}") == []
    assert requisites.failed("entrepreneur", ogrn=f"{body}{(right + 1) % 10}") == ["ogrn"]


@pytest.mark.parametrize(
    ("kind", "given_", "wrong"),
    [
        ("company", {"inn": "7707083893", "kpp": "773601001"}, []),
        ("company", {"inn": "500100732259"}, ["inn"]),
        ("entrepreneur", {"inn": "500100732259"}, []),
        ("entrepreneur", {"inn": "500100732259", "kpp": "773601001"}, ["kpp"]),
        ("company", {"inn": "123"}, ["inn"]),
        ("foreign", {"inn": "123"}, []),
        ("company", {}, []),
    ],
)
def test_what_fails_is_named(kind: str, given_: dict[str, str], wrong: list[str]) -> None:
    assert requisites.failed(kind, **given_) == wrong
