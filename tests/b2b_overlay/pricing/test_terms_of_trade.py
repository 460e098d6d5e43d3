"""Random terms of trade: the resolver against a naive one that shares no code with it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis.extra.django import TestCase
from naive import AT, GOODS, Agreed, AgreedList, naive, random_questions, save_terms
from test_resolver import RETAIL_PRICE, World

from b2b_overlay.company.models import Company
from b2b_overlay.money import Money
from b2b_overlay.pricing.models import Assignment, Markup, Price, PriceList, Rate, VariantFacts
from b2b_overlay.pricing.resolver import (
    NoPrice,
    Priced,
    cart_total,
    explain,
    resolve,
    resolve_cart,
)

pytestmark = pytest.mark.long


def save(world: World, lists: list[AgreedList], agreed: list[Agreed]) -> None:
    save_terms(world.target, lists, agreed)


class TestAgainstTheNaiveResolver(TestCase):
    """Random terms: both find the same price, to the kopeck."""

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @random_questions
    def test_both_find_the_same_price(
        self,
        world: tuple[list[AgreedList], list[Agreed]],
        quantity: int,
        retail: Decimal | None,
        total: Decimal | None,
    ) -> None:
        lists, agreed = world
        here = World()
        save(here, lists, agreed)
        money = {pk: Money(retail, "RUB") if retail is not None else None for pk in GOODS}
        cart = Money(total, "RUB") if total is not None else None

        answers = resolve(here.terms, dict.fromkeys(GOODS, quantity), money, at=AT, total=cart)

        for good in GOODS:
            expected = naive(lists, agreed, good, quantity, retail, total)
            answer = answers[good]
            found = answer.price.money.amount if isinstance(answer, Priced) else None
            assert found == expected
            considered = explain(here.terms, good, quantity, money[good], at=AT, total=cart)
            won = [c.priced for c in considered if c.priced and not c.beaten_by]
            assert [w.price.money.amount for w in won] == ([] if found is None else [found])


@pytest.fixture
def world(db: None) -> World:
    for pk, (rate, maker, group) in GOODS.items():
        VariantFacts.objects.create(
            variant_id=pk, vat_rate=rate, manufacturer=maker, price_group=group
        )
    return World()


def test_the_carts_sum_chooses_the_column_for_every_line(world: World) -> None:
    first = world.list_for("contract", "100.00")
    second = PriceList.objects.create(name="Колонка 2")
    Price.objects.create(price_list=second, variant_id=1, amount=Decimal("90.00"))
    Price.objects.create(price_list=first, variant_id=2, amount=Decimal("10.00"))
    Assignment.objects.create(
        price_list=second, contract=world.contract, min_total=Decimal("1000.00")
    )

    small = resolve_cart(world.terms, {1: 9, 2: 1}, {})
    large = resolve_cart(world.terms, {1: 9, 2: 10}, {})

    assert [a.price.money.amount for a in small.values()] == [100, 10]
    assert [a.price.money.amount for a in large.values()] == [90, 10]
    assert large[1].price_list == "Колонка 2"


def test_a_net_list_in_euro_is_charged_in_roubles_with_vat_at_the_rate_of_the_day(
    world: World,
) -> None:
    price_list = world.list_for("contract", "10.00")
    PriceList.objects.filter(pk=price_list.pk).update(currency="EUR", vat_included=False)
    for day, rate in ((1, "90"), (20, "98.5"), (28, "120")):
        Rate.objects.create(currency="EUR", day=date(2026, 11, day), rate=Decimal(rate))

    answer = resolve(world.terms, {1: 1}, {}, at=AT)[1]

    assert isinstance(answer, Priced)
    assert answer.price.money == Money(Decimal("1201.70"), "RUB")
    assert answer.price.vat_included
    assert len(answer.steps) == 2


def test_without_a_rate_the_price_is_on_request_and_the_reason_is_told(world: World) -> None:
    euro = world.list_for("contract", "10.00")
    PriceList.objects.filter(pk=euro.pk).update(currency="EUR")
    world.list_for("company", "950.00")

    considered = explain(world.terms, 1, 1, None, at=AT)

    answer = resolve(world.terms, {1: 1}, {1: RETAIL_PRICE}, at=AT)[1]
    assert isinstance(answer, NoPrice)
    assert "EUR" in answer.reason
    assert [each.holds for each in considered] == [True, False]
    assert considered[0].out == answer.reason
    assert considered[1].beaten_by == str(considered[0].level.name)


def test_what_is_on_request_counts_nothing_towards_a_column(world: World) -> None:
    euro = world.list_for("contract", "10.00")
    PriceList.objects.filter(pk=euro.pk).update(currency="EUR")
    retail = {1: RETAIL_PRICE, 2: Money(Decimal("10.00"), "RUB")}

    assert cart_total(world.terms, {1: 3, 2: 4}, retail, at=AT) == Money(Decimal("40.00"), "RUB")


def test_a_number_of_statements_that_doesnt_grow(world: World) -> None:
    price_list = world.list_for("contract", "10.00")
    PriceList.objects.filter(pk=price_list.pk).update(currency="EUR", vat_included=False)
    Rate.objects.create(currency="EUR", day=date(2026, 11, 1), rate=90)
    Markup.objects.create(price_list=price_list, manufacturer="Гардена", percent=5)
    counts = []
    for variants in (range(1, 3), range(1, 1001)):
        with CaptureQueriesContext(connection) as queries:
            resolve(world.terms, dict.fromkeys(variants, 1), {}, at=AT)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


@pytest.mark.django_db(transaction=True)
def test_what_a_price_was_at_a_moment_stays_so_for_ever() -> None:
    world = World()
    price_list = world.list_for("contract", "100.00")
    before = _now()
    Price.objects.filter(price_list=price_list).update(amount=Decimal("120.00"))
    between = _now()
    Assignment.objects.filter(price_list=price_list).delete()
    world.list_for("company", "80.00")
    after = _now()
    Company.objects.filter(pk=world.company.pk).update(parent=None)
    price_list.delete()

    def then(moment: datetime) -> Priced | NoPrice:
        return resolve(world.terms, {1: 1}, {}, as_of=moment)[1]

    assert [then(m).price.money.amount for m in (before, between, after)] == [100, 120, 80]


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment
