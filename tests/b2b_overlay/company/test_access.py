"""Who may buy for whom: against a naive reading of the rule, and crossing over."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from b2b_overlay.company import access, admit
from b2b_overlay.company.choice import choose, chosen
from b2b_overlay.company.models import Buyer, Choice, Company, LegalEntity
from b2b_overlay.shop import Refused, get_shop

User = get_user_model()


@dataclass
class Cast:
    """Alice owns Ромашка, Bob buys for one of its two legal entities, Charlie is a stranger."""

    manager: access.User
    alice: access.User
    bob: access.User
    charlie: access.User
    company: Company
    ooo: LegalEntity
    ip: LegalEntity
    strange: LegalEntity


@pytest.fixture
def cast(db: None) -> Cast:
    people = {
        name: User.objects.create_user(f"{name}@example.ru", "password", is_staff=name == "mary")
        for name in ("mary", "alice", "bob", "charlie")
    }
    company = Company.objects.create(name="Ромашка", is_active=True)
    ooo = LegalEntity.objects.create(name="ООО «Ромашка»", company=company)
    ip = LegalEntity.objects.create(name="ИП Ромашкин", company=company)
    other = Company.objects.create(name="Чужие", is_active=True)
    strange = LegalEntity.objects.create(name="ООО «Чужие»", company=other)
    Buyer.objects.create(user=people["alice"], company=company, role=Buyer.Role.OWNER)
    Buyer.objects.create(user=people["bob"], company=company).legal_entities.set([ip])
    Buyer.objects.create(user=people["charlie"], company=other).legal_entities.set([strange])
    return Cast(
        people["mary"], people["alice"], people["bob"], people["charlie"], company, ooo, ip, strange
    )


def test_an_owner_buys_for_all_and_a_buyer_for_his_own(cast: Cast) -> None:
    assert set(access.legal_entities(cast.alice)) == {cast.ooo, cast.ip}
    assert set(access.legal_entities(cast.bob)) == {cast.ip}
    assert set(access.legal_entities(cast.charlie)) == {cast.strange}


def test_a_visitor_and_the_desk_buy_for_nobody(cast: Cast) -> None:
    assert not access.legal_entities(AnonymousUser()).exists()
    assert not access.legal_entities(None).exists()
    assert not access.legal_entities(cast.manager).exists()
    assert access.companies(cast.manager).count() == 2


def test_switching_b2b_off_ends_it_at_once(cast: Cast) -> None:
    choose(cast.bob, "ru", cast.ip.pk)
    Company.objects.filter(pk=cast.company.pk).update(is_active=False)

    assert not access.legal_entities(cast.bob).exists()
    assert chosen(cast.bob, "ru") is None


def test_a_viewer_sees_prices_and_orders_nothing(cast: Cast) -> None:
    Buyer.objects.filter(user=cast.bob.pk).update(role=Buyer.Role.VIEWER)
    assert chosen(cast.bob, "ru") == cast.ip
    assert not access.can_order(cast.bob, cast.ip)


def test_choosing_a_strangers_legal_entity_is_not_found_and_changes_nothing(cast: Cast) -> None:
    choose(cast.bob, "ru", cast.ip.pk)
    with pytest.raises(LegalEntity.DoesNotExist):
        choose(cast.bob, "ru", cast.strange.pk)
    with pytest.raises(LegalEntity.DoesNotExist):
        choose(cast.bob, "ru", cast.ooo.pk)
    assert chosen(cast.bob, "ru") == cast.ip


def test_as_a_private_person_is_a_choice_that_stays(cast: Cast) -> None:
    choose(cast.alice, "ru", None)
    assert chosen(cast.alice, "ru") is None
    assert Choice.objects.get(user=cast.alice.pk).legal_entity is None


def test_only_the_desk_admits(cast: Cast) -> None:
    free = LegalEntity.objects.create(name="ООО «Свободное»")
    for user in (cast.alice, cast.charlie):
        with pytest.raises(Refused):
            admit.create_company(user, "Новая", [free.pk])
    assert not Company.objects.filter(name="Новая").exists()

    company = admit.create_company(cast.manager, "Новая", [free.pk])

    assert list(company.legal_entities.all()) == [free]
    assert not company.is_active


def test_a_legal_entity_of_another_company_is_refused_by_name(cast: Cast) -> None:
    with pytest.raises(Refused, match="Чужие"):
        admit.create_company(cast.manager, "Новая", [cast.strange.pk])
    assert not Company.objects.filter(name="Новая").exists()


def test_a_buyer_is_a_customer_of_the_shop_and_adding_him_twice_changes_his_role(
    cast: Cast,
) -> None:
    people = get_shop().people
    with pytest.raises(Refused, match=r"nobody@example\.ru"):
        admit.add_buyer(cast.manager, people, cast.company, "nobody@example.ru")

    first = admit.add_buyer(cast.manager, people, cast.company, "charlie@example.ru")
    again = admit.add_buyer(
        cast.manager, people, cast.company, "Charlie@example.ru", role=Buyer.Role.OWNER
    )

    assert first.pk == again.pk
    assert set(access.legal_entities(cast.charlie)) == {cast.ooo, cast.ip, cast.strange}


class TestScoping(TestCase):
    """Random memberships: a user may buy for exactly what the rule in words says."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        entities=st.lists(st.integers(0, 2), min_size=1, max_size=6),
        on=st.lists(st.booleans(), min_size=3, max_size=3),
        memberships=st.dictionaries(
            st.tuples(st.integers(0, 2), st.integers(0, 2)),
            st.tuples(
                st.sampled_from(Buyer.Role.values), st.booleans(), st.sets(st.integers(0, 5))
            ),
        ),
    )
    def test_a_user_buys_for_his_own_and_no_one_elses(
        self,
        entities: list[int],
        on: list[bool],
        memberships: dict[tuple[int, int], tuple[str, bool, set[int]]],
    ) -> None:
        companies = [Company.objects.create(name=f"c{n}", is_active=on[n]) for n in range(3)]
        users = [User.objects.create(email=f"u{n}@example.ru") for n in range(3)]
        made = [
            LegalEntity.objects.create(name=f"e{n}", company=companies[c])
            for n, c in enumerate(entities)
        ]
        for (user, company), (role, active, allowed) in memberships.items():
            buyer = Buyer.objects.create(
                user=users[user], company=companies[company], role=role, is_active=active
            )
            buyer.legal_entities.set([made[n] for n in allowed if n < len(made)])

        for n, user in enumerate(users):
            expected = {
                entity.pk
                for index, entity in enumerate(made)
                for (member, company), (role, active, allowed) in memberships.items()
                if member == n
                and company == entities[index]
                and active
                and on[company]
                and (role == Buyer.Role.OWNER or index in allowed)
            }
            found = set(access.legal_entities(user).values_list("pk", flat=True))
            assert found == expected


def test_a_legal_entity_that_moved_is_nobodys_until_its_new_companys_buyers_are_given_it(
    cast: Cast,
) -> None:
    """Found by the test of random memberships: Bob is a buyer of both companies."""
    other = cast.strange.company
    Buyer.objects.create(user=cast.bob, company=other)
    LegalEntity.objects.filter(pk=cast.ip.pk).update(company=other)

    assert not access.legal_entities(cast.bob).exists()
