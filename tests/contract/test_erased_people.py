"""What the shop keeps of a person is told to him, and erased; his orders stay (152-ФЗ)."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import RequestFactory

from b2b_overlay.ordering.orders import place

from .stand import PASSWORD


@pytest.fixture
def order(stand, cast, shop):
    """The buyer has ordered, and has something in the cart again."""
    _product, variant = stand.good("Ш-1", "100.00")
    cast.price(cast.first, variant, "61.23")
    cart = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {variant: 2})
    placed = place(shop, cast.buyer, cart, cast.first.pk)
    shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {variant: 3})
    return placed


def test_all_the_shop_keeps_is_told(shop, cast, order):
    told = shop.people.exported(cast.buyer.pk)

    assert told["email"] == cast.buyer.email
    assert told["addresses"][0]["last_name"] == "Лютикова"
    assert [each["number"] for each in told["orders"]] == [order.number]
    assert Decimal(told["orders"][0]["total"]) == order.total
    assert json.loads(json.dumps(told)) == told


def test_of_nobody_nothing_is_told(shop, stand):
    assert shop.people.exported(999_999_999) == {}


def test_an_erased_person_is_nobody_and_his_order_stays(shop, stand, cast, order):
    request, email = RequestFactory().post("/"), cast.buyer.email
    before = shop.orders.get([order.order_id])[order.order_id]

    counts = shop.people.erase(cast.buyer.pk)

    person = shop.people.get([cast.buyer.pk])[cast.buyer.pk]
    assert (person.email, person.name) == (f"erased_{cast.buyer.pk}@b2b.invalid", "")
    assert not person.is_active
    assert shop.people.find(email) is None
    assert shop.people.sign_in(request, person.email, PASSWORD) is None
    assert shop.people.stamp(cast.buyer.pk) is None
    assert shop.checkouts.of_user(cast.buyer.pk, stand.channel) is None
    told = shop.people.exported(cast.buyer.pk)
    assert told["addresses"] == []
    after = shop.orders.get([order.order_id])[order.order_id]
    assert after.email == person.email
    assert (after.number, after.total, after.lines) == (before.number, before.total, before.lines)
    assert sum(counts.values()) > 0


def test_erased_twice_is_erased_once(shop, cast, order):
    shop.people.erase(cast.buyer.pk)

    again = shop.people.erase(cast.buyer.pk)

    assert not any(again.values()), again
