"""Lists kept from an earlier reading: one statement, and never one query behind."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from b2b_overlay.company.models import Company, Group, LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.pricing.lists_change import ListsChange
from b2b_overlay.pricing.models import Assignment, Price, PriceList
from b2b_overlay.pricing.resolver import resolve
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Terms

RUB = Channel("ru", "Магазин", "RUB", True)

#: Real commits: one test for much, since emptying the database after it takes a second.
committing = pytest.mark.django_db(transaction=True)


class Shop:
    """A buyer with one list of prices, and another list that nobody has yet."""

    def __init__(self) -> None:
        Assignment.objects.all().delete()
        self.holding = Company.objects.create(name="Холдинг", is_active=True)
        self.company = Company.objects.create(name="Дочка", is_active=True)
        self.entity = LegalEntity.objects.create(name="ООО «Дочка»", company=self.company)
        self.group, _made = Group.objects.get_or_create(name="Дилеры")
        self.dear, self.cheap = self.list_at("90.00"), self.list_at("50.00")
        self.default = Assignment.objects.create(price_list=self.dear, priority=9)
        self.terms = Terms(self.entity, None, RUB)

    def list_at(self, amount: str) -> PriceList:
        price_list = PriceList.objects.create(name=amount)
        Price.objects.create(price_list=price_list, variant_id=1, amount=Decimal(amount))
        return price_list

    def price(self) -> str:
        answer = resolve(self.terms, {1: 1}, {1: Money(Decimal("500.00"), "RUB")})[1]
        assert answer.exists
        return str(answer.price.money.amount)

    def statements(self) -> int:
        with CaptureQueriesContext(connection) as queries:
            self.price()
        return len(queries)


@contextmanager
def another_session() -> Iterator[Callable[[str], object]]:
    """Somebody else, with ``psql``: executes what it is given, commits at the end."""
    with connection.copy().cursor() as cursor:
        cursor.execute("BEGIN")
        yield cursor.execute
        cursor.execute("COMMIT")
        cursor.connection.close()


#: What anybody may do to anything that decides: SQL, and what the good costs then.
CHANGES = {
    "a list is given to the company": (
        "INSERT INTO b2b_overlay_assignment (price_list_id, company_id, is_individual, priority)"
        " VALUES ({cheap}, {company}, false, 0)",
        "50.00",
    ),
    "the list is given to nobody": ("DELETE FROM b2b_overlay_assignment", "500.00"),
    "all assignments are emptied out": ("TRUNCATE b2b_overlay_assignment", "500.00"),
    "it is switched off": ("UPDATE b2b_overlay_pricelist SET is_active = false", "500.00"),
    "it derives from the other one": (
        "DELETE FROM b2b_overlay_price WHERE price_list_id = {dear};"
        "UPDATE b2b_overlay_pricelist SET base_id = {cheap}, percent = 10 WHERE id = {dear}",
        "55.00",
    ),
    "it gets a price for a time": (
        "INSERT INTO b2b_overlay_price (price_list_id, variant_id, min_quantity, amount, unit,"
        " coefficient, starts_at) VALUES ({dear}, 1, 1, 70, '', 1, '2020-01-01')",
        "70.00",
    ),
    "the price itself": ("UPDATE b2b_overlay_price SET amount = amount - 1", "89.00"),
}


@committing
def test_what_somebody_else_changes_is_in_force_in_the_next_query():
    for change, (statement, price) in CHANGES.items():
        shop = Shop()
        assert shop.price() == "90.00"
        assert shop.statements() == 1, "asked again, it isn't read again"
        ids = {"cheap": shop.cheap.pk, "dear": shop.dear.pk, "company": shop.company.pk}
        with another_session() as execute:
            for each in statement.format(**ids).split(";"):
                execute(each)
            assert shop.price() == "90.00"
        assert shop.price() == price, change
    who_belongs_where(Shop())


def who_belongs_where(shop: Shop) -> None:
    Assignment.objects.create(price_list=shop.cheap, company=shop.holding)
    assert shop.price() == "90.00"
    with another_session() as execute:
        execute(
            f"UPDATE b2b_overlay_company SET parent_id = {shop.holding.pk} WHERE name = 'Дочка'"
        )
    assert shop.price() == "50.00"
    Assignment.objects.filter(company=shop.holding).update(company=None, group=shop.group)
    assert shop.price() == "90.00"
    link = f"VALUES ({shop.group.pk}, {shop.company.pk})"
    with another_session() as execute:
        execute(f"INSERT INTO b2b_overlay_group_companies (group_id, company_id) {link}")
    assert shop.price() == "50.00"
    with another_session() as execute:
        execute(f"UPDATE b2b_overlay_legalentity SET company_id = {shop.holding.pk}")
    assert shop.price() == "90.00"


@committing
def test_however_transactions_of_others_overlap():
    shop = Shop()
    one_that_began_earlier_and_ends_later(shop)
    shop = Shop()
    what_is_rolled_back_was_never_so(shop)
    any_order_of_changes_by_several_sessions(shop)


def one_that_began_earlier_and_ends_later(shop: Shop) -> None:
    """Its number is lower than that of changes already seen."""
    with another_session() as execute:
        execute("UPDATE b2b_overlay_assignment SET min_total = 1000")
        with another_session() as meanwhile:
            meanwhile("UPDATE b2b_overlay_price SET amount = 45")
        assert shop.price() == "45.00"
        assert shop.statements() == 1
    assert shop.price() == "500.00"


def what_is_rolled_back_was_never_so(shop: Shop) -> None:
    with transaction.atomic():
        shop.default.delete()
        assert shop.price() == "500.00"
        transaction.set_rollback(True)
    assert shop.price() == "90.00"

    with transaction.atomic():
        assert shop.price() == "90.00"
        Assignment.objects.create(price_list=shop.cheap, legal_entity=shop.entity)
        assert shop.price() == "50.00"


def any_order_of_changes_by_several_sessions(shop: Shop) -> None:
    """What a kept list says is what a fresh reading says, whatever is open at the time."""
    dice = random.Random(11)
    sessions = [connection.copy() for _n in range(3)]
    cursors = [session.cursor() for session in sessions]
    rows = [
        Assignment.objects.create(price_list=shop.list_at(f"{n + 1}0.00"), legal_entity=shop.entity)
        for n in range(3)
    ]
    is_open = [False] * 3
    for _turn in range(120):
        n = dice.randrange(3)
        if not is_open[n]:
            cursors[n].execute("BEGIN")
            starts = dice.choice(["NULL", "'2100-01-01'"])
            cursors[n].execute(
                f"UPDATE b2b_overlay_assignment SET starts_at = {starts} WHERE id = {rows[n].pk}"
            )
        else:
            cursors[n].execute(dice.choice(["COMMIT", "ROLLBACK"]))
        is_open[n] = not is_open[n]
        in_force = Assignment.objects.filter(legal_entity=shop.entity, starts_at=None)
        first = in_force.order_by("pk").select_related("price_list").first()
        assert shop.price() == (first.price_list.name if first else "90.00")
    for session in sessions:
        session.close()


def test_the_notes_of_changes_are_swept_out_after_a_day(db):
    """Ten at once, by whoever changes something next."""
    ListsChange.objects.all().delete()
    ListsChange.objects.bulk_create(ListsChange(transaction=n) for n in range(1, 16))
    old = ListsChange.objects.filter(transaction__gte=1, transaction__lt=16)
    old.update(at="2020-01-01T00:00:00Z")

    PriceList.objects.update(percent=1)

    assert (old.count(), ListsChange.objects.count()) == (5, 6)
