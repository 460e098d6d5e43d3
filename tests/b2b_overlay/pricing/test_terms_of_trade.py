"""Random terms of trade: the resolver against a naive one that shares no code with it.

The naive one walks plain lists of what was agreed, in the words of docs/prices.md: levels,
columns by the cart's sum, priorities, windows, minimum quantities, lists derived from lists and
from retail, percentages of groups of goods, VAT and currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from test_resolver import World

from b2b_overlay.company.models import Company
from b2b_overlay.money import Money
from b2b_overlay.pricing.levels import LEVELS
from b2b_overlay.pricing.models import Assignment, Markup, Price, PriceList, Rate, VariantFacts
from b2b_overlay.pricing.resolver import NoPrice, Priced, explain, resolve, resolve_cart

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
#: Two goods: VAT rate, maker, price group.
GOODS = {1: (Decimal(22), "Гардена", "А"), 2: (Decimal(10), "Садко", "Б")}
RATES = {("EUR", "RUB"): Decimal("98.5")}
CENT = Decimal("0.01")


@dataclass
class AgreedList:
    """A price list as people would write it down."""

    currency: str
    vat: bool
    base: int | str | None
    percent: Decimal
    step: Decimal
    mode: str
    #: (good, from, amount, first day or None, last day or None); days from AT.
    prices: list[tuple[int, int, Decimal, int | None, int | None]]
    makers: dict[str, Decimal] = field(default_factory=dict)
    groups: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class Agreed:
    """Whose a list is: level, priority, from which sum of the cart, window in days."""

    which: int
    level: int
    priority: int
    column: Decimal | None
    since: int | None
    until: int | None


# ------------------------------------------------------------------- the naive resolver


def in_window(since: int | None, until: int | None) -> bool:
    return (since is None or since <= 0) and (until is None or until > 0)


def narrowness(since: int | None, until: int | None) -> tuple[int, int]:
    if since is not None and until is not None:
        return (0, until - since)
    if since is None and until is None:
        return (2, 0)
    return (1, 0)


def change_mode(
    amount: Decimal, here: tuple[str, bool], there: tuple[str, bool], vat: Decimal
) -> Decimal:
    if here[1] and not there[1]:
        amount = amount / (1 + vat / 100)
    if there[1] and not here[1]:
        amount = amount * (1 + vat / 100)
    if here[0] != there[0]:
        pair = (here[0], there[0])
        amount = amount * RATES[pair] if pair in RATES else amount * (1 / RATES[pair[::-1]])
    return amount


def list_price(
    lists: list[AgreedList], which: int, good: int, quantity: int, retail: Decimal | None
) -> tuple[Decimal, tuple[str, bool]] | None:
    one = lists[which]
    own = [p for p in one.prices if p[0] == good and p[1] <= quantity and in_window(p[3], p[4])]
    if own:
        best = sorted(own, key=lambda p: (narrowness(p[3], p[4]), -p[1]))[0]
        return best[2], (one.currency, one.vat)
    if one.base is None:
        return None
    below: tuple[Decimal, tuple[str, bool]] | None
    if one.base == "retail":
        below = (retail, ("RUB", True)) if retail is not None else None
    else:
        assert isinstance(one.base, int)
        below = list_price(lists, one.base, good, quantity, retail)
    if below is None:
        return None
    vat, maker, group = GOODS[good]
    amount = change_mode(below[0], below[1], (one.currency, one.vat), vat)
    percent = one.groups.get(group, one.makers.get(maker, one.percent))
    amount = amount * (100 + percent) / 100
    how = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}[one.mode]
    amount = (amount / one.step).to_integral_value(how) * one.step
    return (amount, (one.currency, one.vat)) if amount > 0 else None


def naive(
    lists: list[AgreedList],
    agreed: list[Agreed],
    good: int,
    quantity: int,
    retail: Decimal | None,
    total: Decimal | None,
) -> Decimal | None:
    for level in range(len(LEVELS)):
        mine = [
            (n, a)
            for n, a in enumerate(agreed)
            if a.level == level
            and in_window(a.since, a.until)
            and (a.column is None or (total is not None and total >= a.column))
        ]
        mine.sort(
            key=lambda p: (
                -(p[1].column or 0),
                p[1].priority,
                narrowness(p[1].since, p[1].until),
                p[0],
            )
        )
        for _n, each in mine:
            found = list_price(lists, each.which, good, quantity, retail)
            if found is not None:
                amount = change_mode(found[0], found[1], ("RUB", True), GOODS[good][0])
                amount = amount.quantize(CENT, ROUND_HALF_UP)
                if amount > 0:
                    return amount
    return retail


# --------------------------------------------------------------------------- random terms

amounts = st.integers(1, 10**7).map(lambda n: Decimal(n) / 100)
percents = st.integers(-9000, 9000).map(lambda n: Decimal(n) / 100)
days = st.one_of(st.none(), st.integers(-5, 5))


@st.composite
def windows(draw: Any) -> tuple[int | None, int | None]:
    since, until = draw(days), draw(days)
    if since is not None and until is not None and until <= since:
        until = None
    return since, until


@st.composite
def agreed_lists(draw: Any, n: int) -> AgreedList:
    prices: dict[tuple[int, int, int | None], tuple[Decimal, int | None]] = {}
    for _ in range(draw(st.integers(0, 3))):
        since, until = draw(windows())
        key = (draw(st.sampled_from(sorted(GOODS))), draw(st.integers(1, 20)), since)
        prices[key] = (draw(amounts), until)
    return AgreedList(
        currency=draw(st.sampled_from(["RUB", "RUB", "EUR"])),
        vat=draw(st.booleans()),
        base=draw(st.sampled_from([None, "retail", *range(n)])),
        percent=draw(percents),
        step=draw(st.sampled_from([CENT, Decimal("0.1"), Decimal(1), Decimal(5), Decimal("0.05")])),
        mode=draw(st.sampled_from(["nearest", "up", "down"])),
        prices=[(g, q, a, s, u) for (g, q, s), (a, u) in prices.items()],
        makers=draw(st.dictionaries(st.sampled_from(["Гардена", "Чужой"]), percents, max_size=1)),
        groups=draw(st.dictionaries(st.sampled_from(["А", "В"]), percents, max_size=1)),
    )


@st.composite
def worlds(draw: Any) -> tuple[list[AgreedList], list[Agreed]]:
    lists = [draw(agreed_lists(n)) for n in range(draw(st.integers(1, 4)))]
    agreed = []
    seen = set()
    for _ in range(draw(st.integers(0, 5))):
        since, until = draw(windows())
        one = Agreed(
            which=draw(st.integers(0, len(lists) - 1)),
            level=draw(st.integers(0, len(LEVELS) - 1)),
            priority=draw(st.integers(0, 2)),
            column=draw(st.one_of(st.none(), amounts)),
            since=since,
            until=until,
        )
        key = (one.which, one.level, one.column, one.since)
        if key not in seen:
            seen.add(key)
            agreed.append(one)
    return lists, agreed


def moment(days_from: int | None) -> datetime | None:
    return None if days_from is None else AT + timedelta(days=days_from)


def save(world: World, lists: list[AgreedList], agreed: list[Agreed]) -> None:
    for pk, (rate, maker, group) in GOODS.items():
        VariantFacts.objects.create(
            variant_id=pk, vat_rate=rate, manufacturer=maker, price_group=group
        )
    for (currency, to), worth in RATES.items():
        Rate.objects.create(currency=currency, to=to, day=date(2026, 11, 20), rate=worth)
    rows: list[PriceList] = []
    for each in lists:
        row = PriceList.objects.create(
            name="список",
            currency=each.currency,
            vat_included=each.vat,
            base=rows[each.base] if isinstance(each.base, int) else None,
            base_retail=each.base == "retail",
            percent=each.percent,
            rounding_step=each.step,
            rounding=each.mode,
        )
        rows.append(row)
        for good, minimum, amount, since, until in each.prices:
            Price.objects.create(
                price_list=row,
                variant_id=good,
                min_quantity=minimum,
                amount=amount,
                starts_at=moment(since),
                ends_at=moment(until),
            )
        for maker, percent in each.makers.items():
            Markup.objects.create(price_list=row, manufacturer=maker, percent=percent)
        for group, percent in each.groups.items():
            Markup.objects.create(price_list=row, price_group=group, percent=percent)
    for one in agreed:
        Assignment.objects.create(
            price_list=rows[one.which],
            priority=one.priority,
            min_total=one.column,
            starts_at=moment(one.since),
            ends_at=moment(one.until),
            **world.target(LEVELS[one.level].code),
        )


class TestAgainstTheNaiveResolver(TestCase):
    """Random terms: both find the same price, to the kopeck."""

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        world=worlds(),
        quantity=st.integers(1, 25),
        retail=st.one_of(st.none(), amounts),
        total=st.one_of(st.none(), amounts),
    )
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

    assert [a.price.money.amount for a in small.values()] == [100, 10]  # type: ignore[union-attr]
    assert [a.price.money.amount for a in large.values()] == [90, 10]  # type: ignore[union-attr]
    assert large[1].price_list == "Колонка 2"  # type: ignore[union-attr]


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


def test_without_a_rate_the_next_list_answers_and_the_reason_is_told(world: World) -> None:
    euro = world.list_for("contract", "10.00")
    PriceList.objects.filter(pk=euro.pk).update(currency="EUR")
    world.list_for("company", "950.00")

    considered = explain(world.terms, 1, 1, None, at=AT)

    assert resolve(world.terms, {1: 1}, {}, at=AT)[1].price.money.amount == 950  # type: ignore[union-attr]
    assert "EUR" in considered[0].out
    assert considered[1].beaten_by == ""


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

    assert [then(m).price.money.amount for m in (before, between, after)] == [100, 120, 80]  # type: ignore[union-attr]


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment
