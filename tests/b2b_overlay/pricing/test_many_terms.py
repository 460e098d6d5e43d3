"""One question for many terms, and every quantity and cart's sum of one good: the same prices
as the resolver gives one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from naive import AT, GOODS, Agreed, AgreedList, amounts, naive, random_questions, worlds
from test_resolver import RETAIL_PRICE, RUB, World
from test_terms_of_trade import save

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.pricing.many import resolve_for_all, terms_of_all
from b2b_overlay.pricing.models import Assignment, Price, PriceList, Rate
from b2b_overlay.pricing.parts import parts
from b2b_overlay.pricing.resolver import NoPrice, Priced, resolve
from b2b_overlay.pricing.why import Moment
from b2b_overlay.shop import Refused
from b2b_overlay.terms.current import Terms, contract_for
from b2b_overlay.terms.models import Contract

NOBODY = Decimal("777.00")


def amount(answer: Priced | NoPrice) -> Decimal | None:
    return answer.price.money.amount if isinstance(answer, Priced) else None


def stranger() -> Terms:
    entity = LegalEntity.objects.create(
        name="ООО «Чужие»", company=Company.objects.create(name="Чужие")
    )
    price_list = PriceList.objects.create(name="чужой")
    Price.objects.create(price_list=price_list, variant_id=1, amount=NOBODY)
    Assignment.objects.create(price_list=price_list, legal_entity=entity)
    return Terms(entity, None, RUB)


class TestTheSameAsOneByOne(TestCase):
    """Random terms of trade."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @random_questions
    def test_side_by_side_each_pays_what_he_pays_alone(
        self,
        world: tuple[list[AgreedList], list[Agreed]],
        quantity: int,
        retail: Decimal | None,
        total: Decimal | None,
    ) -> None:
        here = World()
        save(here, *world)
        another = stranger()
        money = {pk: Money(retail, "RUB") if retail is not None else None for pk in GOODS}
        cart = Money(total, "RUB") if total is not None else None
        asked = [another, here.terms, replace(here.terms, contract=None)]
        goods = dict.fromkeys(GOODS, quantity)

        together = resolve_for_all(asked, goods, money, at=AT, total=cart)

        alone = [resolve(each, goods, money, at=AT, total=cart) for each in asked]
        assert together == alone

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(world=worlds(), retail=st.one_of(st.none(), amounts))
    def test_every_tier_and_column_shown_is_what_would_be_charged(
        self, world: tuple[list[AgreedList], list[Agreed]], retail: Decimal | None
    ) -> None:
        lists, agreed = world
        here = World()
        save(here, lists, agreed)
        money = {pk: Money(retail, "RUB") if retail is not None else None for pk in GOODS}

        found = parts(here.terms, dict.fromkeys(GOODS, 1), money, dict, at=AT)

        for good, part in found.items():

            def charged(
                quantity: int, total: Decimal | None = Decimal(0), good: int = good
            ) -> Decimal | None:
                return naive(lists, agreed, good, quantity, retail, total)

            prices: dict[int, Decimal | None] = {1: charged(1)}
            for tier in part.tiers:
                prices[int(tier.min_quantity)] = tier.price.amount if tier.price else None
            for quantity in range(1, 26):
                reached = max(each for each in prices if each <= quantity)
                assert charged(quantity) == prices[reached]
            for column in part.columns:
                assert charged(1, column.min_total.amount) == column.price.amount
                assert charged(1, column.min_total.amount - Decimal("0.01")) != column.price.amount


def test_the_number_of_statements_grows_with_neither_goods_nor_legal_entities(db: None) -> None:
    world = World()
    price_list = world.list_for("contract", "10.00")
    PriceList.objects.filter(pk=price_list.pk).update(currency="EUR")
    Rate.objects.create(currency="EUR", day=date(2026, 11, 1), rate=90)
    for n in range(9):
        entity = LegalEntity.objects.create(name=f"ООО «{n}»", company=world.company)
        contract = Contract.objects.create(legal_entity=entity)
        Assignment.objects.create(price_list=price_list, contract=contract)
    counts = []
    for entities, goods in ((1, 1), (10, 1000)):
        asked = list(LegalEntity.objects.order_by("pk")[:entities])
        with CaptureQueriesContext(connection) as queries:
            terms = terms_of_all(asked, world.terms.channel)
            answers = resolve_for_all(terms, dict.fromkeys(range(1, goods + 1), 1), {}, at=AT)
        counts.append(len(queries))
        assert [amount(each[1]) for each in answers] == [900] * entities
    assert counts[0] == counts[1] <= 6


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_the_contract_is_the_one_an_order_would_go_under(world: World) -> None:
    Contract.objects.create(legal_entity=world.entity, number="евро", currency="EUR")
    Contract.objects.filter(pk=world.contract.pk).update(is_active=False)
    later = Contract.objects.create(legal_entity=world.entity, number="13")
    other = LegalEntity.objects.create(name="без договора")

    first, second = terms_of_all([world.entity, other], world.terms.channel)

    assert first.contract == contract_for(world.entity, world.terms.channel) == later
    assert second.contract is None


@pytest.mark.django_db(transaction=True)
def test_the_contract_of_a_moment_is_the_one_it_was_then() -> None:
    world = World()
    before = _now()
    Contract.objects.filter(pk=world.contract.pk).update(number="переписан")
    between = _now()
    world.contract.delete()

    def then(moment: datetime) -> str | None:
        (terms,) = terms_of_all([world.entity], world.terms.channel, moment)
        return terms.contract.number if terms.contract else None

    assert [then(before), then(between), then(_now())] == ["12", "переписан", None]


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment


# ------------------------------------------------------------------------ the buyer's part


def part_of(world: World, quantity: int = 1, **cart: int) -> object:
    contents = {int(name[1:]): count for name, count in cart.items()}
    with override("ru"):
        return parts(world.terms, {1: quantity}, {1: RETAIL_PRICE}, lambda: contents, at=AT)[1]


def test_he_is_told_his_contract_and_from_how_many_it_gets_cheaper(world: World) -> None:
    Contract.objects.filter(pk=world.contract.pk).update(date=date(2026, 2, 1))
    world.contract.refresh_from_db()
    price_list = world.list_for("contract", "100.00")
    for minimum, price in ((10, "90.00"), (100, "80.00")):
        Price.objects.create(
            price_list=price_list, variant_id=1, min_quantity=minimum, amount=Decimal(price)
        )

    part = part_of(world, quantity=12)

    assert part.basis == "по договору № 12 от 01.02.2026"
    assert part.min_quantity == 10
    assert [(t.min_quantity, t.price.amount) for t in part.tiers] == [(1, 100), (10, 90), (100, 80)]


def test_he_is_told_from_which_sum_of_the_cart_it_gets_cheaper(world: World) -> None:
    world.list_for("contract", "100.00")
    column = world.list_for("contract", "85.00")
    column.assignments.update(min_total=Decimal("50000.00"))

    small, large = part_of(world), part_of(world, v1=500)

    assert [(c.min_total.amount, c.price.amount) for c in small.columns] == [(50000, 85)]
    assert small.columns == large.columns


def test_he_is_told_until_when_the_price_is_promised(world: World) -> None:
    price_list = world.list_for("contract", "100.00", ends_at=AT + timedelta(days=3))
    price_list.assignments.update(ends_at=AT + timedelta(days=1))

    assert part_of(world).valid_until == AT + timedelta(days=1)


def test_he_is_told_the_price_of_his_contract_and_the_rate(world: World) -> None:
    price_list = world.list_for("contract", "10.00")
    PriceList.objects.filter(pk=price_list.pk).update(currency="EUR", vat_included=False)
    save(world, [], [])

    assert part_of(world).reckoned == "10,00\u202f€ без НДС по курсу 98,5 на 20.11.2026"


def test_nothing_of_the_shops_kitchen_is_told(world: World) -> None:
    cost = world.list_for("default", "50.00")
    PriceList.objects.filter(pk=cost.pk).update(name="Закупка")
    cost.assignments.all().delete()
    derived = PriceList.objects.create(name="Закупка +20", base=cost, percent=Decimal(20))
    Assignment.objects.create(price_list=derived, company=world.company)

    part = part_of(world)

    assert part.basis == "цена для вашей компании"
    assert "Закупка" not in repr(part)
    assert "20" not in repr(part)


def test_records_of_the_future_are_refused() -> None:
    with pytest.raises(Refused):
        Moment(as_of=timezone.now() + timedelta(days=1))
