"""A load of prices is one thing: previewed, applied, undone; and the history can't be changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from test_resolver import World

from b2b_overlay.pricing.changes import PRICE_EVENTS, load, part
from b2b_overlay.pricing.difference import difference_of, preview
from b2b_overlay.pricing.loads import PriceRow, load_prices
from b2b_overlay.pricing.models import Assignment, Price, PriceList, PriceLoad
from b2b_overlay.pricing.resolver import resolve
from b2b_overlay.pricing.undoing import undo
from b2b_overlay.shop import Refused

PAGE = PriceLoad.Source.PAGE


@pytest.fixture
def wholesale(db: None) -> PriceList:
    return PriceList.objects.create(name="Опт")


def row(price_list: PriceList, variant: int, amount: str, start: str = "1") -> PriceRow:
    return PriceRow(price_list.pk, variant, Decimal(amount), Decimal(start))


def loaded(*rows: PriceRow, cleared: tuple[tuple[int, int], ...] = ()) -> PriceLoad:
    with load(PAGE, "прайс.xlsx") as made:
        load_prices(rows, cleared)
    return made


def amounts() -> dict[int, Decimal]:
    return dict(Price.objects.order_by("pk").values_list("variant_id", "amount"))


def everything() -> list[tuple[object, ...]]:
    return sorted(Price.objects.values_list())


# --------------------------------------------------------------------------------- windows


def test_a_load_without_windows_leaves_prices_with_windows_alone(wholesale: PriceList) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    sale = row(wholesale, 1, "5")._replace(starts_at=start, ends_at=start + timedelta(days=9))
    until = row(wholesale, 2, "6", "10")._replace(ends_at=start)
    load_prices([row(wholesale, 1, "9"), sale, until])

    load_prices([row(wholesale, 1, "8")], [(wholesale.pk, 2)])

    kept = set(Price.objects.values_list("variant_id", "amount", "starts_at", "ends_at"))
    assert kept == {
        (1, Decimal(8), None, None),
        (1, Decimal(5), start, start + timedelta(days=9)),
        (2, Decimal(6), None, start),
    }


def test_a_load_that_names_a_window_owns_the_prices_of_that_window(wholesale: PriceList) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    end = start + timedelta(days=9)
    sale = row(wholesale, 1, "7", "10")._replace(starts_at=start, ends_at=end)
    load_prices([row(wholesale, 1, "9"), sale])

    result = load_prices([row(wholesale, 1, "6", "20")._replace(starts_at=start, ends_at=end)])

    assert (result.created, result.deleted) == (1, 1)
    kept = set(Price.objects.values_list("min_quantity", "amount", "starts_at"))
    assert kept == {(Decimal(1), Decimal(9), None), (Decimal(20), Decimal(6), start)}


# ------------------------------------------------------------------------------ previewing


@pytest.mark.django_db
def test_a_preview_says_what_rises_falls_appears_and_vanishes_and_writes_nothing() -> None:
    world = World()
    wholesale = world.list_for("company", "100.00")
    load_prices([row(wholesale, n, "100") for n in range(1, 6)])
    before, events = everything(), _events()

    seen = preview(
        [
            row(wholesale, 1, "110"),
            row(wholesale, 2, "130"),
            row(wholesale, 3, "20"),
            row(wholesale, 4, "100"),
            row(wholesale, 9, "1"),
        ],
        [(wholesale.pk, 5)],
    )

    (only,) = seen.lists
    assert (only.rises, only.falls, only.appears, only.vanishes, only.sharp) == (2, 1, 1, 1, 1)
    assert (only.rise.least, only.rise.most) == (Decimal(10), Decimal(30))
    assert only.fall.most == Decimal(-80)
    assert seen.unchanged == 1
    assert [(each.variant_id, each.percent) for each in seen.rows[:2]] == [
        (3, Decimal("-80.00")),
        (2, Decimal("30.00")),
    ]
    assert (everything(), _events()) == (before, events)


@pytest.mark.parametrize("level", ["contract", "company", "parent", "group", "default"])
@pytest.mark.django_db
def test_a_preview_counts_the_legal_entities_a_list_is_for(level: str) -> None:
    world = World()
    price_list = PriceList.objects.create(name="Опт")
    dealer = PriceList.objects.create(name="Дилер", base=price_list, percent=-5)
    Assignment.objects.create(price_list=dealer, **world.target(level))

    seen = preview([row(price_list, 1, "5"), row(PriceList.objects.create(name="Ничей"), 1, "5")])

    by_name = {each.price_list: each.audience.legal_entities for each in seen.lists}
    assert by_name == {"Опт": 1, "Ничей": 0}
    assert seen.audience.legal_entities == 1


@pytest.mark.django_db
def test_what_a_preview_shows_is_what_the_load_then_did(wholesale: PriceList) -> None:
    load_prices([row(wholesale, n, f"{n}00") for n in range(1, 9)])
    rows = [row(wholesale, n, f"{n}{n % 3}0") for n in range(3, 12)]
    gone = ((wholesale.pk, 1),)

    seen = preview(rows, gone)
    done = difference_of(loaded(*rows, cleared=gone))

    assert done.lists == seen.lists
    assert done.rows == seen.rows


# --------------------------------------------------------------------------------- undoing


def test_a_load_undone_leaves_every_price_as_it_was(wholesale: PriceList) -> None:
    load_prices([row(wholesale, 1, "9"), row(wholesale, 1, "8", "10"), row(wholesale, 2, "5")])
    before = everything()
    made = loaded(row(wholesale, 1, "10"), row(wholesale, 3, "4"), cleared=((wholesale.pk, 2),))

    done = undo(None, made.pk)

    assert everything() == before
    assert (done.back, done.left) == (4, 0)
    assert made.counts == {"created": 1, "changed": 1, "deleted": 2}


def test_an_undo_pressed_twice_is_done_once(wholesale: PriceList) -> None:
    load_prices([row(wholesale, 1, "9")])
    made = loaded(row(wholesale, 1, "10"))
    first = undo(None, made.pk)

    again = undo(None, made.pk)

    assert again.already
    assert (again.undo, again.back) == (first.undo, 1)
    assert amounts() == {1: Decimal(9)}
    assert PriceLoad.objects.count() == 2


def test_an_undo_can_be_undone_and_then_the_load_holds_again(wholesale: PriceList) -> None:
    made = loaded(row(wholesale, 1, "10"))
    before = everything()
    back = undo(None, made.pk).undo
    assert back is not None

    undo(None, back.pk)

    made.refresh_from_db()
    assert everything() == before
    assert (made.state, made.undone_at) == (PriceLoad.State.APPLIED, None)
    assert undo(None, made.pk).back == 1


def test_a_price_changed_since_is_left_alone_and_listed(wholesale: PriceList) -> None:
    load_prices([row(wholesale, 1, "1"), row(wholesale, 2, "2")])
    made = loaded(row(wholesale, 1, "11"), row(wholesale, 2, "22"))
    loaded(row(wholesale, 2, "33"))

    done = undo(None, made.pk)

    assert amounts() == {1: Decimal(1), 2: Decimal(33)}
    assert (done.back, done.left) == (1, 1)
    assert done.undo is not None
    left = difference_of(made, but_for=done.undo)
    assert [each.variant_id for each in left.rows] == [2]


def test_a_price_whose_list_is_gone_stays_gone(wholesale: PriceList) -> None:
    other = PriceList.objects.create(name="Дилер")
    load_prices([row(wholesale, 1, "1"), row(other, 1, "2")])
    made = loaded(cleared=((wholesale.pk, 1), (other.pk, 1)))
    other.delete()

    done = undo(None, made.pk)

    assert amounts() == {1: Decimal(1)}
    assert (done.back, done.left) == (1, 1)


def test_a_load_that_changed_nothing_leaves_no_trace(wholesale: PriceList) -> None:
    loaded(row(wholesale, 1, "1"))

    again = loaded(row(wholesale, 1, "1"))

    assert again.pk is None
    assert PriceLoad.objects.count() == 1


def test_a_load_only_looked_at_cant_be_undone(wholesale: PriceList) -> None:
    seen = PriceLoad.objects.create(source=PAGE, name="прайс.xlsx")

    with pytest.raises(Refused):
        undo(None, seen.pk)

    seen.refresh_from_db()
    assert seen.state == PriceLoad.State.PREVIEW


def test_the_batches_of_one_file_are_one_load(wholesale: PriceList) -> None:
    for n in (1, 2, 2):
        load_prices(
            [row(wholesale, n, "5")],
            part_of=lambda: part(PriceLoad.Source.EXCHANGE, "offers.xml", "onec:7"),
        )

    made = PriceLoad.objects.get()
    assert made.counts == {"created": 2, "changed": 0, "deleted": 0}
    undo(None, made.pk)
    assert amounts() == {}


def test_a_failed_load_leaves_neither_prices_nor_itself(wholesale: PriceList) -> None:
    with pytest.raises(RuntimeError), load(PAGE, "прайс.xlsx"):  # noqa: PT012 - what it rolls back
        load_prices([row(wholesale, 1, "1")])
        raise RuntimeError

    assert (amounts(), PriceLoad.objects.count()) == ({}, 0)


# ------------------------------------------------------------------------------ the history


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {events} SET amount = 1",
        "DELETE FROM {events}",
        "UPDATE {events} SET pgh_context = '{{}}'",
    ],
)
def test_the_database_refuses_to_change_the_history_of_prices(
    wholesale: PriceList, statement: str
) -> None:
    loaded(row(wholesale, 1, "1"))
    before = _events()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(events=PRICE_EVENTS))

    assert _events() == before


@pytest.mark.django_db(transaction=True)
def test_a_price_as_of_then_is_the_same_after_a_load_and_after_its_undo() -> None:
    world = World()
    price_list = world.list_for("contract", "100.00")
    moments = [_now()]
    made = loaded(row(price_list, 1, "120"))
    moments.append(_now())
    undo(None, made.pk)
    moments.append(_now())
    Price.objects.all().delete()

    answers = [resolve(world.terms, {1: 1}, {}, as_of=m)[1] for m in moments]

    assert [a.price.money.amount for a in answers] == [100, 120, 100]


def _events() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {PRICE_EVENTS} ORDER BY pgh_id")
        return list(cursor.fetchall())


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment


# ------------------------------------------------------------------ against a plain dictionary

Key = tuple[int, int]
#: An amount, and which step made the price: one made anew is another price.
State = tuple[int, int]
Step = int | tuple[list[tuple[int, int, int]], list[int]]
VARIANTS, QUANTITIES = st.integers(1, 3), st.sampled_from([1, 10])
LOADS = st.tuples(
    st.lists(st.tuples(VARIANTS, QUANTITIES, st.integers(1, 3)), max_size=4),
    st.lists(VARIANTS, max_size=2),
)
#: A load, or the number of an earlier step to undo.
STEPS = st.lists(st.one_of(LOADS, st.integers(0, 7)), min_size=1, max_size=8)


class Journal:
    """What a person would keep on paper: prices, and of each load what was before and after."""

    def __init__(self) -> None:
        self.prices: dict[Key, State] = {}
        self.loads: list[dict[Key, tuple[State | None, State | None]]] = []
        self.undone: set[int] = set()
        self.undoes: dict[int, int] = {}

    def load(self, rows: dict[Key, int], named: set[int], stamp: int) -> None:
        before = dict(self.prices)
        for key in [key for key in self.prices if key[0] in named and key not in rows]:
            del self.prices[key]
        for key, amount in rows.items():
            was = self.prices.get(key)
            self.prices[key] = (amount, was[1] if was else stamp)
        self._keep(before)

    def _keep(self, before: dict[Key, State]) -> bool:
        keys = before.keys() | self.prices.keys()
        changed = {
            key: (before.get(key), self.prices.get(key))
            for key in keys
            if before.get(key) != self.prices.get(key)
        }
        if changed:
            self.loads.append(changed)
        return bool(changed)

    def undo(self, n: int) -> None:
        if n in self.undone:
            return
        before = dict(self.prices)
        for key, (old, new) in self.loads[n].items():
            if self.prices.get(key) == new:
                if old is None:
                    self.prices.pop(key)
                else:
                    self.prices[key] = old
        self.undone.add(n)
        if n in self.undoes:
            self.undone.discard(self.undoes[n])
        if self._keep(before):
            self.undoes[len(self.loads) - 1] = n


class AnyLoadsAndUndos(TestCase):
    """Random loads and undos leave what a plain dictionary has."""

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_it(self, steps: list[Step]) -> None:
        price_list = PriceList.objects.create(name="Опт")
        paper, made = Journal(), list[PriceLoad]()
        for stamp, step in enumerate(steps):
            if isinstance(step, int):
                if not made:
                    continue
                n = step % len(made)
                paper.undo(n)
                done = undo(None, made[n].pk)
                if done.undo is not None and not done.already:
                    made.append(done.undo)
            else:
                given_rows, cleared = step
                rows = {(v, q): a for v, q, a in given_rows}
                paper.load(rows, {v for v, _q in rows} | set(cleared), stamp)
                new = loaded(
                    *(row(price_list, v, f"{a}", f"{q}") for (v, q), a in rows.items()),
                    cleared=tuple((price_list.pk, v) for v in cleared),
                )
                if new.pk is not None:
                    made.append(new)
            stored = Price.objects.values_list("variant_id", "min_quantity", "amount")
            assert {(v, int(q)): int(a) for v, q, a in stored} == {
                key: amount for key, (amount, _stamp) in paper.prices.items()
            }
            assert len(made) == len(paper.loads)
