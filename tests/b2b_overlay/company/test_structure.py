"""The tree of companies: any depth, no circles, whoever moves it and however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from b2b_overlay.company import structure
from b2b_overlay.company.models import Company, Group
from b2b_overlay.pricing.models import Assignment, Price
from b2b_overlay.pricing.resolver import explain, resolve
from b2b_overlay.shop import Refused, get_shop
from b2b_overlay.terms.current import terms_of
from sandbox.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db) -> User:
    return User.objects.create_user("desk@example.org", "-", is_staff=True)


@pytest.fixture
def customer(db) -> User:
    return User.objects.create_user("customer@example.org", "-")


def line(*names: str) -> list[Company]:
    """Companies, each a part of the one before."""
    made: list[Company] = []
    for name in names:
        made.append(Company.objects.create(name=name, parent=made[-1] if made else None))
    return made


def test_a_branch_goes_under_its_holding_and_out_again(manager):
    holding, branch = Company.objects.create(name="Холдинг"), Company.objects.create(name="Филиал")

    structure.set_parent(manager, branch, holding)
    assert Company.objects.get(name="Филиал").parent == holding

    structure.set_parent(manager, branch, None)
    assert Company.objects.get(name="Филиал").parent is None


def test_a_holding_that_would_be_its_own_grandparent_is_refused_with_the_chain(manager):
    a, _b, c = line("А", "Б", "В")

    with override("ru"), pytest.raises(Refused) as refused:
        structure.set_parent(manager, a, c)

    assert str(refused.value) == ("«В» уже входит в «Б» → «А»; поэтому «А» не может входить в «В».")
    assert Company.objects.get(name="А").parent is None


def test_a_company_is_no_part_of_itself(manager):
    (a,) = line("А")

    with override("ru"), pytest.raises(Refused, match="не может входить сам в себя"):
        structure.set_parent(manager, a, a)


def test_a_joined_company_takes_nobody_in(manager):
    a, b, c = (Company.objects.create(name=name) for name in "АБВ")
    Company.objects.filter(pk=b.pk).update(merged_into=c)

    with pytest.raises(Refused):
        structure.set_parent(manager, a, b)


def test_a_customer_rearranges_nothing(customer):
    a, b = (Company.objects.create(name=name) for name in "АБ")
    group = Group.objects.create(name="Дилеры")

    for action in (
        lambda: structure.set_parent(customer, b, a),
        lambda: structure.rename(customer, b, "Моя"),
        lambda: structure.set_kind(customer, b, "holding"),
        lambda: structure.set_manager(customer, b, customer.pk),
        lambda: structure.create_group(customer, "Свои"),
        lambda: structure.rename_group(customer, group, "Свои"),
        lambda: structure.add_to_group(customer, b, group),
        lambda: structure.remove_from_group(customer, b, group),
        lambda: structure.set_groups(customer, b, [group]),
        lambda: structure.find_company(customer, "А"),
    ):
        with pytest.raises(Refused):
            action()

    b.refresh_from_db()
    assert (b.parent, b.name, b.kind, b.manager) == (None, "Б", "customer", None)
    assert list(Group.objects.values_list("name", flat=True)) == ["Дилеры"]
    assert not b.groups.exists()


def test_the_line_above_and_the_tree_below_take_one_statement_each(
    manager, django_assert_num_queries
):
    companies = line(*(f"Уровень {n}" for n in range(10)))
    Company.objects.create(name="Сбоку", parent=companies[0])

    with django_assert_num_queries(1):
        above = structure.ancestors(companies[-1])
    with django_assert_num_queries(1):
        below = structure.descendants(companies[0])

    assert above == companies[-2::-1]
    assert [(each.company.name, each.depth) for each in below] == [
        ("Сбоку", 1),
        *((f"Уровень {n}", n) for n in range(1, 10)),
    ]


def test_a_circle_made_past_us_hangs_nothing(manager):
    a, b, c = line("А", "Б", "В")
    Company.objects.filter(pk=a.pk).update(parent=c)

    assert structure.ancestors(c) == [b, a]
    assert structure.descendants(c) == [(a, 1), (b, 2)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_no_row_of_moves_ever_closes_a_circle(manager, moves):
    companies = [Company.objects.create(name=str(n)) for n in range(6)]
    for child, parent in moves:
        try:
            structure.set_parent(manager, companies[child], companies[parent])
        except Refused:
            continue
    for each in companies:
        assert each not in structure.ancestors(each)


def test_a_manager_is_one_of_the_staff(manager, customer):
    (a,) = line("А")

    with pytest.raises(Refused):
        structure.set_manager(manager, a, customer.pk)
    assert structure.set_manager(manager, a, manager.pk).manager == manager
    assert structure.set_manager(manager, a, None).manager is None


def test_groups_are_made_renamed_and_joined(manager):
    (a,) = line("А")
    dealers = structure.create_group(manager, " Дилеры ")

    assert structure.create_group(manager, "Дилеры") == dealers
    structure.add_to_group(manager, a, dealers)
    assert list(a.groups.all()) == [dealers]
    structure.set_groups(manager, a, [structure.create_group(manager, "Сети")])
    assert [each.name for each in a.groups.all()] == ["Сети"]
    with pytest.raises(Refused):
        structure.rename_group(manager, dealers, "Сети")


@pytest.mark.parametrize(("text", "found"), [("ромашка", "Ромашка"), ("плюс", "Ромашка Плюс")])
def test_a_company_is_found_by_its_words(manager, text, found):
    line("Ромашка", "Ромашка Плюс")

    assert structure.find_company(manager, text).name == found


def test_words_that_mean_several_are_answered_with_their_numbers(manager):
    first, second = line("Ромашка", "Ромашка")

    with pytest.raises(Refused, match=f"#{first.pk}"):
        structure.find_company(manager, "Ромашка")
    assert structure.find_company(manager, f"Ромашка #{second.pk}") == second
    with pytest.raises(Refused):
        structure.find_company(manager, "Нет такой")


def test_the_price_of_the_topmost_parent_reaches_a_buyer_ten_levels_below(cast):
    companies = line(*(f"Уровень {n}" for n in range(40)))
    Company.objects.filter(pk=cast.company.pk).update(parent=companies[-1])
    cast.free.company = cast.company
    cast.free.save()
    Price.objects.create(price_list=cast.dealer, variant_id=cast.bath.pk, amount=Decimal(2900))
    Assignment.objects.create(price_list=cast.dealer, company=companies[0])
    channel = get_shop().catalogue.channels()[0]
    terms = terms_of(cast.free, channel)

    price = resolve(terms, {cast.bath.pk: 1}, {})[cast.bath.pk]
    assert price.level.code == "parent"
    assert price.price.money.amount == Decimal(2900)

    Assignment.objects.create(price_list=cast.wholesale, company=companies[30])
    levels = [each.priced.price_list for each in explain(terms, cast.hose.pk, 1, None)]
    assert levels == ["Опт", "Дилер"]

    Company.objects.filter(pk=companies[0].pk).update(parent=cast.company)
    assert resolve(terms, {cast.bath.pk: 1}, {})[cast.bath.pk] == price


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_that_are_each_right_close_no_circle():
    manager = User.objects.create_user("desk@example.org", "-", is_staff=True)
    a, b = (Company.objects.create(name=name) for name in "АБ")
    start = Barrier(2)

    def move(child: Company, parent: Company) -> bool:
        start.wait()
        try:
            structure.set_parent(manager, child, parent)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        for _round in range(5):
            Company.objects.update(parent=None)
            moves = [pool.submit(move, a, b), pool.submit(move, b, a)]
            assert sorted(each.result() for each in moves) == [False, True]
