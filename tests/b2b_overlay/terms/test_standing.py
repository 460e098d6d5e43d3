"""For whom a user buys and by which contract: the same in one statement as asked bit by bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from pytest_django.fixtures import DjangoAssertNumQueries

from b2b_overlay.company import access
from b2b_overlay.company.choice import choose, named
from b2b_overlay.company.models import Buyer, Choice, Company, LegalEntity
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import contract_for, standing_of, terms_for
from b2b_overlay.terms.models import Contract, Organization

RU = Channel(slug="ru", name="Россия", currency="RUB", prices_include_vat=True)
EU = replace(RU, slug="eu", currency="EUR")


@pytest.fixture
def company(db: None) -> Company:
    """Three legal entities, in the order of their names."""
    made = Company.objects.create(name="Ромашка", is_active=True)
    for name in ("А", "Б", "В"):
        LegalEntity.objects.create(name=name, company=made)
    return made


@pytest.fixture
def buyer(company: Company) -> access.User:
    user = get_user_model().objects.create_user("anna@romashka.example", "password")
    Buyer.objects.create(user=user, company=company, role=Buyer.Role.OWNER)
    return user


def entity(name: str) -> LegalEntity:
    return LegalEntity.objects.get(name=name)


def whom(user: access.User | None, channel: Channel) -> str | None:
    terms = terms_for(user, channel)
    return terms.legal_entity.name if terms else None


def test_who_chose_nobody_buys_for_the_first(buyer: access.User) -> None:
    assert whom(buyer, RU) == "А"


def test_each_channel_has_its_own_choice(buyer: access.User) -> None:
    choose(buyer, "ru", entity("Б").pk)
    choose(buyer, "eu", entity("В").pk)
    choose(buyer, "uk", None)

    assert [whom(buyer, RU), whom(buyer, EU)] == ["Б", "В"]
    assert whom(buyer, replace(RU, slug="uk")) is None
    assert whom(buyer, replace(RU, slug="by")) == "А"


def test_a_choice_that_no_longer_holds_gives_way_to_the_first(buyer: access.User) -> None:
    choose(buyer, "ru", entity("Б").pk)
    LegalEntity.objects.filter(name__in=["А", "Б"]).update(is_active=False)

    assert whom(buyer, RU) == "В"


def test_whom_a_request_names_comes_before_any_choice(buyer: access.User) -> None:
    choose(buyer, "ru", None)

    with named(buyer, entity("В").pk):
        assert whom(buyer, RU) == "В"
        LegalEntity.objects.filter(name="В").update(is_active=False)
        assert whom(buyer, RU) is None


def test_a_stranger_and_a_visitor_buy_for_nobody(
    buyer: access.User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stranger = get_user_model().objects.create_user("petr@strangers.example", "password")
    Choice.objects.create(user=stranger, channel="ru", legal_entity=entity("А"))

    assert not standing_of(stranger)
    assert whom(stranger, RU) is None
    with django_assert_num_queries(0):
        assert not standing_of(None)


def test_the_contract_is_the_oldest_active_one_in_the_channels_currency(
    buyer: access.User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seller = Organization.objects.create(name="Торг")
    first = entity("А")
    Contract.objects.create(legal_entity=first, number="0", is_active=False)
    for number, currency in (("1", "EUR"), ("2", "RUB"), ("3", "RUB")):
        Contract.objects.create(
            legal_entity=first, number=number, currency=currency, organization=seller
        )
    Contract.objects.create(legal_entity=entity("Б"), number="4", currency="EUR")

    with django_assert_num_queries(1):
        standing = standing_of(buyer)
        found = {channel.slug: standing.terms_in(channel) for channel in (RU, EU)}
        contracts = {slug: terms and terms.contract for slug, terms in found.items()}
        facts = [(c.number, c.organization, c.legal_entity) for c in contracts.values() if c]
        assert first.company_id == facts[0][2].company.pk
    assert facts == [("2", seller, first), ("1", seller, first)]
    assert contracts == {"ru": contract_for(first, RU), "eu": contract_for(first, EU)}


def test_without_a_contract_of_its_own_there_are_terms_all_the_same(buyer: access.User) -> None:
    terms = terms_for(buyer, RU)

    assert terms is not None
    assert (terms.legal_entity, terms.contract) == (entity("А"), None)
