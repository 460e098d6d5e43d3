"""Saleor's quantity limit of a line, the site's (50) and a variant's own: retail is held to it by
every mutation that asks it, a wholesale login by none."""

from __future__ import annotations

import pytest
from contract.carts import ADD, COMPLETE, CREATE, FOR, UPDATE, codes, make, payload
from contract.conftest import ADDRESS, HOME, variant_gid
from saleor.channel.models import Channel
from saleor.product.models import ProductVariant

OVER = {"QUANTITY_GREATER_THAN_LIMIT"}


@pytest.fixture(params=["the site's", "the variant's own"])
def limit(request, hose):
    if request.param == "the site's":
        return 50
    ProductVariant.objects.filter(pk=hose).update(quantity_limit_per_customer=5)
    return 5


def _lines(hose, quantity):
    return [{"variantId": variant_gid(hose), "quantity": quantity}]


@pytest.mark.parametrize(("who", "answered"), [("customer", OVER), ("buyer", set())])
def test_retail_is_held_to_it_and_wholesale_isnt(ask, cast, hose, limit, who, answered):
    by = getattr(cast, who)
    asked = {"channel": "ru", "email": by.email, "lines": _lines(hose, limit + 1)}
    assert codes(payload(ask, CREATE, by, input=asked)) == answered

    cart = make(ask, by, {hose: limit})["id"]
    assert codes(payload(ask, ADD, by, id=cart, lines=_lines(hose, 1))) == answered
    assert codes(payload(ask, UPDATE, by, id=cart, lines=_lines(hose, limit + 2))) == answered
    address = ADDRESS % {"name": "Shipping", "arg": "shipping"}
    assert codes(ask(address, by, id=cart, address=HOME)["payload"]) == set()


def test_as_a_private_person_he_is_held_to_it_at_the_line(ask, cast, hose, limit, deliver):
    cart = make(ask, cast.buyer, {hose: limit + 1})
    payload(ask, FOR, cast.buyer, id=cart["id"], entity=None)
    deliver(cast.buyer, cart["id"])
    Channel.objects.filter(slug="ru").update(allow_unpaid_orders=True)
    query = COMPLETE.replace("field message code", "code lines variants")

    errors = payload(ask, query, cast.buyer, id=cart["id"])["errors"]

    # Nor may it be unpaid, in a channel that takes unpaid orders.
    assert {error["code"] for error in errors} == OVER | {"CHECKOUT_NOT_FULLY_PAID"}
    assert [cart["lines"][0]["id"]] in [error["lines"] for error in errors]
    assert [variant_gid(hose)] in [error["variants"] for error in errors]
