"""Money: exact, in one currency, rounded in one place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_overlay.money import CurrencyMismatch, Money, UnitPrice, Vat, split_price, to_amount

kopecks = st.integers(1, 10**9).map(lambda n: Decimal(n) / 100)


@given(kopecks, kopecks)
def test_adding_and_taking_away_loses_no_kopeck(a: Decimal, b: Decimal) -> None:
    assert Money(a, "RUB") + Money(b, "RUB") - Money(b, "RUB") == Money(a, "RUB")


def test_two_currencies_never_meet() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "RUB") + Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        assert Money(Decimal(1), "RUB") < Money(Decimal(1), "USD")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1 234,50", "1234.50"), ("1\u00a0234.5", "1234.5"), ("1\u202f000", "1000"), ("7", "7")],
)
def test_an_amount_typed_by_a_person_is_read(typed: str, amount: str) -> None:
    assert to_amount(typed) == Decimal(amount)


def test_vat_inside_a_sum_is_22_of_122() -> None:
    assert Vat(Decimal(22)).inside(Money(Decimal("122.00"), "RUB")).amount == Decimal("22.00")
    assert Vat(Decimal(22)).inside(Money(Decimal("100.00"), "RUB")).amount == Decimal("18.03")


def test_without_vat_there_is_none_inside_nor_on_top() -> None:
    price = Money(Decimal("100.00"), "RUB")
    assert Vat(None).inside(price).amount == 0
    assert Vat(None).on_top(price).amount == 0


@given(kopecks, st.sampled_from([Decimal(5), Decimal(7), Decimal(10), Decimal(20), Decimal(22)]))
def test_net_and_vat_inside_make_the_gross(gross: Decimal, rate: Decimal) -> None:
    total = Money(gross, "RUB")
    inside = Vat(rate).inside(total)
    net = total - inside
    assert net + inside == total
    assert abs(Vat(rate).on_top(net).amount - inside.amount) <= Decimal("0.01")


def test_a_box_of_12_at_120_is_10_a_piece_and_at_100_has_no_kopeck_price() -> None:
    assert split_price(Decimal("120.00"), Decimal(12), "RUB") == Decimal("10.00")
    assert split_price(Decimal("100.00"), Decimal(12), "RUB") is None


@given(kopecks, st.integers(1, 500), st.integers(1, 50))
def test_whole_packs_cost_what_the_packs_were_quoted_at(
    each: Decimal, coefficient: int, packs: int
) -> None:
    per_pack = each * coefficient
    assert split_price(per_pack, Decimal(coefficient), "RUB") == each
    price = UnitPrice(Money(each, "RUB"), True, "упак", Decimal(coefficient))
    assert price.per_unit.amount == per_pack
    assert price.line_total(packs * coefficient).amount == per_pack * packs
