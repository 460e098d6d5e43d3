"""A bulk load makes the prices exactly what it says, and writes only the difference."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from b2b_overlay.pricing import changes
from b2b_overlay.pricing.loads import Loaded, PriceRow, load_prices
from b2b_overlay.pricing.models import Price, PriceList, PriceLoad

BOX = Decimal(12)


@pytest.fixture
def wholesale(db: None) -> PriceList:
    return PriceList.objects.create(name="Опт")


def stored() -> dict[tuple[int, int, Decimal], Decimal]:
    rows = Price.objects.values_list("price_list_id", "variant_id", "min_quantity", "amount")
    return {(pl, v, q): amount for pl, v, q, amount in rows}


def row(price_list: PriceList, variant: int, amount: str, start: str = "1") -> PriceRow:
    return PriceRow(price_list.pk, variant, Decimal(amount), Decimal(start))


def test_a_price_keeps_the_unit_it_was_quoted_for(wholesale: PriceList) -> None:
    load_prices([PriceRow(wholesale.pk, 7, Decimal("10.00"), Decimal(1), "упак", BOX)])

    price = Price.objects.get()
    assert (price.amount, price.unit, price.coefficient) == (Decimal("10.00"), "упак", BOX)


def test_the_same_load_twice_changes_nothing(wholesale: PriceList) -> None:
    rows = [row(wholesale, n, f"{n}.50") for n in range(1, 6)]
    first = load_prices(rows)
    ids = set(Price.objects.values_list("pk", flat=True))

    again = load_prices(rows)

    assert first == Loaded(5, 0, 0, 0, frozenset(range(1, 6)))
    assert again == Loaded(0, 0, 5, 0, frozenset())
    assert set(Price.objects.values_list("pk", flat=True)) == ids


def test_what_a_load_does_not_name_is_left_alone(wholesale: PriceList) -> None:
    other = PriceList.objects.create(name="Розница")
    load_prices([row(wholesale, 1, "1"), row(wholesale, 2, "2"), row(other, 1, "3")])

    loaded = load_prices([row(wholesale, 1, "1.50")])

    assert loaded == Loaded(0, 1, 0, 0, frozenset({1}))
    assert stored() == {
        (wholesale.pk, 1, Decimal(1)): Decimal("1.50"),
        (wholesale.pk, 2, Decimal(1)): Decimal(2),
        (other.pk, 1, Decimal(1)): Decimal(3),
    }


def test_a_scale_of_quantities_is_replaced_whole(wholesale: PriceList) -> None:
    load_prices(
        [row(wholesale, 1, "9"), row(wholesale, 1, "8", "10"), row(wholesale, 1, "7", "50")]
    )

    loaded = load_prices([row(wholesale, 1, "9"), row(wholesale, 1, "6", "100")])

    assert loaded == Loaded(1, 0, 1, 2, frozenset({1}))
    assert stored() == {
        (wholesale.pk, 1, Decimal(1)): Decimal(9),
        (wholesale.pk, 1, Decimal(100)): Decimal(6),
    }


def test_a_cleared_pair_has_no_price(wholesale: PriceList) -> None:
    load_prices([row(wholesale, 1, "9"), row(wholesale, 2, "9")])

    loaded = load_prices([], [(wholesale.pk, 1), (wholesale.pk, 3)])

    assert loaded == Loaded(0, 0, 0, 1, frozenset({1}))
    assert set(stored()) == {(wholesale.pk, 2, Decimal(1))}


def test_of_two_rows_for_one_price_the_later_holds(wholesale: PriceList) -> None:
    loaded = load_prices([row(wholesale, 1, "9"), row(wholesale, 1, "8")])

    assert loaded.created == 1
    assert list(stored().values()) == [Decimal(8)]


def test_the_history_says_of_goods_just_made_too_whose_prices_they_are(
    wholesale: PriceList,
) -> None:
    rows = [row(wholesale, 1, "9"), row(wholesale, 2, "9")]
    load_prices(rows, made={1}, part_of=lambda: changes.part("exchange", "offers.xml", "key"))

    assert PriceLoad.objects.get().counts == {"created": 2, "changed": 0, "deleted": 0}


def test_units_with_odd_characters_arrive_whole(wholesale: PriceList) -> None:
    load_prices([PriceRow(wholesale.pk, 1, Decimal(1), Decimal(1), "пог. м\\2", Decimal(1))])
    load_prices([PriceRow(wholesale.pk, 2, Decimal(1), Decimal(1), "a\tb\nc", Decimal(1))])

    assert set(Price.objects.values_list("unit", flat=True)) == {"пог. м\\2", "a b c"}


def test_nothing_to_load_is_no_work(db: None) -> None:
    assert load_prices([]) == Loaded(0, 0, 0, 0, frozenset())


def test_a_list_that_does_not_exist_is_refused_and_nothing_changes(wholesale: PriceList) -> None:
    def load() -> None:
        with transaction.atomic():
            load_prices([row(wholesale, 1, "1"), PriceRow(10**9, 1, Decimal(1))])
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        load()

    assert stored() == {}


def test_the_number_of_statements_does_not_grow(wholesale: PriceList) -> None:
    def statements(rows: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            load_prices([row(wholesale, n, f"{rows}") for n in range(1, rows + 1)])
        return len(context)

    assert statements(2000) == statements(2)


LISTS, VARIANTS = st.integers(0, 2), st.integers(1, 4)
ROWS = st.lists(
    st.tuples(LISTS, VARIANTS, st.sampled_from([1, 10, 50]), st.integers(1, 3)), max_size=12
)
PAIRS = st.lists(st.tuples(LISTS, VARIANTS), max_size=4)


class Naive(TestCase):
    """Against a load that anybody would write: delete the pairs named, insert the rows."""

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(ROWS, PAIRS, st.booleans()), min_size=1, max_size=4))
    def test_any_loads_leave_what_a_naive_load_leaves(
        self,
        loads: list[tuple[list[tuple[int, int, int, int]], list[tuple[int, int]], bool]],
    ) -> None:
        Price.objects.all().delete()
        lists = [PriceList.objects.create(name=str(n)).pk for n in range(3)]
        expected: dict[tuple[int, int, Decimal], Decimal] = {}
        for rows, pairs, says_what_is_made in loads:
            before = dict(expected)
            priced = {variant for _list, variant, _quantity in before}
            named = {(lists[n], v) for n, v, _q, _a in rows} | {(lists[n], v) for n, v in pairs}
            expected = {key: a for key, a in expected.items() if key[:2] not in named}
            expected |= {(lists[n], v, Decimal(q)): Decimal(a) for n, v, q, a in rows}

            loaded = load_prices(
                [PriceRow(lists[n], v, Decimal(a), Decimal(q)) for n, v, q, a in rows],
                [(lists[n], v) for n, v in pairs],
                made={1, 2, 3, 4} - priced if says_what_is_made else frozenset(),
            )

            assert stored() == expected
            assert loaded.created == len(expected.keys() - before.keys())
            assert loaded.deleted == len(before.keys() - expected.keys())
            assert loaded.touched == {
                key[1]
                for key in before.keys() | expected.keys()
                if before.get(key) != expected.get(key)
            }
