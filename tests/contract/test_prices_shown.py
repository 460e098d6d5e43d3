"""Who sees which price in the shop's own, unchanged catalogue query."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .carts import CHOOSE, codes, payload
from .conftest import entity_gid, variant_gid

PRICES = """query($id: ID!, $channel: String!) { productVariant(id: $id, channel: $channel) {
  pricing { price { gross { amount } } } } }"""


@pytest.fixture
def sees(ask, hose):
    def price(by=None):
        told = ask(PRICES, by, id=variant_gid(hose), channel="ru")
        return Decimal(told["productVariant"]["pricing"]["price"]["gross"]["amount"])

    return price


def test_a_visitor_sees_retail(sees):
    assert sees() == Decimal("100.00")


def test_a_retail_customer_sees_retail(sees, cast):
    assert sees(cast.customer) == Decimal("100.00")


def test_a_buyer_sees_the_prices_of_his_first_legal_entity(sees, cast):
    assert sees(cast.buyer) == Decimal("61.23")


def test_each_buyer_sees_only_his_own(sees, cast):
    assert (sees(cast.colleague), sees(cast.stranger)) == (Decimal("70.50"), Decimal("55.00"))


def test_another_legal_entity_shows_other_prices_to_him_alone(sees, ask, cast):
    told = payload(ask, CHOOSE, cast.buyer, entity=entity_gid(cast.second), channel="ru")

    assert told["chosen"]["id"] == entity_gid(cast.second)
    assert sees(cast.buyer) == Decimal("70.50")
    assert sees() == Decimal("100.00")


def test_as_a_private_person_he_sees_retail(sees, ask, cast):
    payload(ask, CHOOSE, cast.buyer, entity=None, channel="ru")

    assert sees(cast.buyer) == Decimal("100.00")


def test_a_legal_entity_of_others_cant_be_chosen(sees, ask, cast):
    told = payload(ask, CHOOSE, cast.buyer, entity=entity_gid(cast.theirs), channel="ru")

    assert codes(told) == {"NOT_FOUND"}
    assert sees(cast.buyer) == Decimal("61.23")


def test_switched_off_he_sees_retail_at_once(sees, cast):
    cast.company.is_active = False
    cast.company.save()

    assert sees(cast.buyer) == Decimal("100.00")


def test_what_his_list_doesnt_hold_is_at_retail(stand, ask, cast):
    _product, other = stand.good("Ш-2", "40.00")

    told = ask(PRICES, cast.buyer, id=variant_gid(other), channel="ru")

    assert Decimal(told["productVariant"]["pricing"]["price"]["gross"]["amount"]) == 40
