"""A request names the legal entity it is for: a second tab, a server that orders for many."""

from __future__ import annotations

from decimal import Decimal

import pytest
from graphql_relay import to_global_id

from b2b_overlay.ordering.models import CheckoutTerms

from .carts import CREATE, READ
from .conftest import entity_gid, variant_gid
from .test_prices_shown import PRICES


@pytest.fixture
def named(answers):
    """The answer to a request that names a legal entity by its global id."""

    def answered(query, by, name, **variables):
        return answers(query, by, variables, {"X-B2B-Legal-Entity": name})

    return answered


@pytest.fixture
def sees(named, ask, hose):
    """What the hose costs him, as the named one or as the one kept for him."""

    def price(by, entity=None):
        asked = {"id": variant_gid(hose), "channel": "ru"}
        if entity is None:
            told = ask(PRICES, by, **asked)
        else:
            told = named(PRICES, by, entity_gid(entity), **asked)["data"]
        return told["productVariant"]["pricing"]["price"]["gross"]["amount"]

    return price


def test_it_shows_that_ones_prices_and_only_to_that_request(sees, cast):
    assert sees(cast.buyer, cast.second) == Decimal("70.50")
    assert sees(cast.buyer) == Decimal("61.23")


def test_a_cart_that_it_makes_is_that_ones_for_good(named, ask, cast, hose):
    lines = [{"variantId": variant_gid(hose), "quantity": 2}]
    made = {"channel": "ru", "email": cast.buyer.email, "lines": lines}
    told = named(CREATE, cast.buyer, entity_gid(cast.second), input=made)["data"]["payload"]

    assert not told["errors"]
    cart = told["checkout"]
    assert [each["unitPrice"]["gross"]["amount"] for each in cart["lines"]] == [Decimal("70.50")]
    read = ask(READ, cast.buyer, id=cart["id"])["checkout"]
    assert read["totalPrice"] == cart["totalPrice"]
    assert CheckoutTerms.objects.get(user_id=cast.buyer.pk).legal_entity == cast.second


@pytest.mark.parametrize("who", ["buyer", "customer", "a visitor"])
def test_one_that_he_cant_buy_for_is_refused_and_nothing_is_shown(named, cast, hose, who):
    """Prices of another one, or retail, would be taken for those asked for."""
    by = getattr(cast, who, None)
    for name in (entity_gid(cast.theirs), to_global_id("B2BCompany", cast.company.pk), "?"):
        told = named(PRICES, by, name, id=variant_gid(hose), channel="ru")

        assert not told.get("data")
        assert [each["message"] for each in told["errors"]] == [
            "X-B2B-Legal-Entity называет юрлицо, за которое вы не можете покупать."
        ]


def test_nothing_is_made_of_a_refused_request(named, cast, hose, stand):
    lines = [{"variantId": variant_gid(hose), "quantity": 2}]
    made = {"channel": "ru", "email": cast.buyer.email, "lines": lines}
    told = named(CREATE, cast.buyer, entity_gid(cast.theirs), input=made)

    assert told["errors"]
    assert not CheckoutTerms.objects.filter(user_id=cast.buyer.pk).exists()
