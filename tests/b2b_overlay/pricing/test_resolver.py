"""The resolver against a second, naive one that shares no code with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from b2b_overlay.company.models import Company, Group, LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.pricing.levels import LEVELS, RETAIL
from b2b_overlay.pricing.models import Assignment, Price, PriceList
from b2b_overlay.pricing.resolver import NoPrice, Priced, explain, resolve
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Terms
from b2b_overlay.terms.models import Contract

RUB = Channel("ru", "Магазин", "RUB", True)
RETAIL_PRICE = Money(Decimal("500.00"), "RUB")


class World:
    """A holding with a daughter company that has one legal entity, and a stranger."""

    def __init__(self) -> None:
        self.holding = Company.objects.create(name="Холдинг", is_active=True)
        self.company = Company.objects.create(name="Дочка", parent=self.holding, is_active=True)
        self.entity = LegalEntity.objects.create(name="ООО «Дочка»", company=self.company)
        self.contract = Contract.objects.create(legal_entity=self.entity, number="12")
        self.group = Group.objects.create(name="Дилеры")
        self.group.companies.add(self.company)
        self.terms = Terms(self.entity, self.contract, RUB)

    def target(self, level: str) -> dict[str, Any]:
        return {
            "individual": {"legal_entity": self.entity, "is_individual": True},
            "contract": {"contract": self.contract},
            "legal_entity": {"legal_entity": self.entity},
            "company": {"company": self.company},
            "parent": {"company": self.holding},
            "group": {"group": self.group},
            "default": {},
        }[level]

    def list_for(self, level: str, amount: str, priority: int = 0, **price: Any) -> PriceList:
        price_list = PriceList.objects.create(name=f"{level} {amount} {priority}")
        Assignment.objects.create(price_list=price_list, priority=priority, **self.target(level))
        Price.objects.create(price_list=price_list, variant_id=1, amount=Decimal(amount), **price)
        return price_list


@pytest.fixture
def world(db: None) -> World:
    return World()


def price_of(world: World, quantity: int = 1) -> Priced | NoPrice:
    return resolve(world.terms, {1: quantity}, {1: RETAIL_PRICE})[1]


@pytest.mark.parametrize("n", range(len(LEVELS)))
def test_an_earlier_level_beats_every_later_one(world: World, n: int) -> None:
    for rank, level in enumerate(LEVELS[n:]):
        world.list_for(level.code, f"{100 - rank}.00")

    answer = price_of(world)

    assert isinstance(answer, Priced)
    assert answer.level is LEVELS[n]
    assert answer.price.money == Money(Decimal("100.00"), "RUB")


def test_without_a_list_it_is_the_retail_price(world: World) -> None:
    answer = price_of(world)
    assert isinstance(answer, Priced)
    assert answer.level is RETAIL
    assert not answer.is_contract
    assert answer.price.money == RETAIL_PRICE


def test_without_any_price_the_answer_says_so(world: World) -> None:
    answer = resolve(world.terms, {1: 1}, {1: None})[1]
    assert isinstance(answer, NoPrice)
    assert answer.reason


def test_a_strangers_list_is_never_seen(world: World) -> None:
    stranger = Company.objects.create(name="Чужие", is_active=True)
    entity = LegalEntity.objects.create(name="ООО «Чужие»", company=stranger)
    contract = Contract.objects.create(legal_entity=entity)
    for target in ({"company": stranger}, {"legal_entity": entity}, {"contract": contract}):
        price_list = PriceList.objects.create(name="чужая")
        Assignment.objects.create(price_list=price_list, **target)
        Price.objects.create(price_list=price_list, variant_id=1, amount=Decimal("1.00"))

    answer = price_of(world)

    assert isinstance(answer, Priced)
    assert answer.level is RETAIL


def test_a_list_that_is_switched_off_takes_no_part(world: World) -> None:
    price_list = world.list_for("contract", "1.00")
    PriceList.objects.filter(pk=price_list.pk).update(is_active=False)

    answer = price_of(world)

    assert isinstance(answer, Priced)
    assert answer.level is RETAIL


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"vat_included": False}])
def test_a_price_that_cant_be_told_is_on_request_whatever_others_ask(
    world: World, change: dict[str, Any]
) -> None:
    price_list = world.list_for("contract", "1.00")
    PriceList.objects.filter(pk=price_list.pk).update(**change)
    world.list_for("company", "2.00")

    with override("ru"):
        answer = price_of(world)

    assert isinstance(answer, NoPrice)
    assert answer.is_contract
    assert answer.reason.startswith("Цена по запросу: ")


def test_the_highest_minimum_quantity_reached_holds(world: World) -> None:
    price_list = world.list_for("contract", "100.00")
    Price.objects.create(
        price_list=price_list, variant_id=1, min_quantity=10, amount=Decimal("90.00")
    )
    amounts = [price_of(world, quantity).price.money.amount for quantity in (1, 9, 10, 11)]
    assert amounts == [100, 100, 90, 90]


def test_two_statements_answer_for_a_thousand_variants(world: World) -> None:
    world.list_for("contract", "100.00")
    with CaptureQueriesContext(
        connection,
    ) as one:
        resolve(world.terms, {1: 1}, {})
    with CaptureQueriesContext(connection) as many:
        resolve(world.terms, dict.fromkeys(range(1000), 1), {})
    assert len(one) == len(many) == 2


def test_a_change_is_in_force_in_the_next_query_however_often_it_was_asked(world: World) -> None:
    """Statements are planned once a connection; prices are not."""
    price_list = world.list_for("contract", "100.00")
    for _again in range(12):
        assert price_of(world).price.money.amount == 100

    price_list.prices.update(amount=Decimal("90.00"))
    assert price_of(world).price.money.amount == 90
    today = timezone.now()
    Price.objects.create(
        price_list=price_list,
        variant_id=1,
        amount=Decimal("70.00"),
        starts_at=today - timedelta(days=1),
        ends_at=today + timedelta(days=1),
    )
    assert price_of(world).price.money.amount == 70
    price_list.prices.all().delete()
    assert not price_of(world).is_contract


def test_where_statements_cannot_be_prepared_prices_are_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a pooler: Django's own way of sending."""
    world.list_for("contract", "100.00", min_quantity=5)
    world.list_for("company", "120.00")
    prepared = [price_of(world, quantity) for quantity in (1, 5)]
    assert connection.connection.prepare_threshold is not None

    monkeypatch.setattr(connection.connection, "prepare_threshold", None)

    assert [price_of(world, quantity) for quantity in (1, 5)] == prepared


def test_the_explanation_names_every_price_considered_and_what_beat_it(world: World) -> None:
    world.list_for("company", "80.00")
    world.list_for("contract", "90.00")

    considered = explain(world.terms, 1, 1, RETAIL_PRICE)

    assert [c.level.code for c in considered] == ["contract", "company", "retail"]
    assert [bool(c.beaten_by) for c in considered] == [False, True, True]


def naive(rows: list[tuple[int, int, int, Decimal]], quantity: int) -> Decimal | None:
    """The rule in words, in plain Python: (level, priority, min quantity, amount) rows."""
    for level in range(len(LEVELS)):
        for priority in sorted({row[1] for row in rows if row[0] == level}):
            reached = [r for r in rows if r[:2] == (level, priority) and r[2] <= quantity]
            if reached:
                return max(reached, key=lambda r: r[2])[3]
    return None


class TestAgainstTheNaiveResolver(TestCase):
    """Random terms: both resolvers find the same price."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        lists=st.dictionaries(
            st.tuples(st.integers(0, len(LEVELS) - 1), st.integers(0, 3)),
            st.dictionaries(
                st.integers(1, 30),
                st.integers(1, 10**6).map(lambda n: Decimal(n) / 100),
                min_size=0,
                max_size=3,
            ),
            max_size=6,
        ),
        quantity=st.integers(1, 40),
    )
    def test_both_find_the_same_price(
        self, lists: Mapping[tuple[int, int], Mapping[int, Decimal]], quantity: int
    ) -> None:
        world = World()
        rows = []
        for (level, priority), prices in lists.items():
            price_list = PriceList.objects.create(name="список")
            Assignment.objects.create(
                price_list=price_list, priority=priority, **world.target(LEVELS[level].code)
            )
            for minimum, amount in prices.items():
                Price.objects.create(
                    price_list=price_list, variant_id=1, min_quantity=minimum, amount=amount
                )
                rows.append((level, priority, minimum, amount))

        answer = resolve(world.terms, {1: quantity}, {1: None})[1]

        expected = naive(rows, quantity)
        found = answer.price.money.amount if isinstance(answer, Priced) else None
        assert found == expected
