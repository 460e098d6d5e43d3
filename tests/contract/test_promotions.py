"""The shop's promotions beside contract prices: off by default, on where a price list says so,
and then the same in the catalogue, the cart, the order and the documents."""

from __future__ import annotations

from decimal import Decimal

import pytest
from graphql_relay import from_global_id

from b2b_overlay.ordering import checkouts
from b2b_overlay.ordering.models import WholesaleOrder

from .carts import COMPLETE, FOR, READ, make, ordered, payload, total, unit_prices
from .test_columns import shown

pytestmark = pytest.mark.usefixtures("a_fifth_off")


def test_a_list_that_says_nothing_of_promotions_is_exact(ask, cast, hose):
    assert shown(ask, cast.buyer, hose) == Decimal("61.23")
    assert unit_prices(make(ask, cast.buyer, {hose: 3})) == [Decimal("61.23")]


def test_where_the_list_lets_promotions_apply_they_lower_its_price_everywhere(
    ask, cast, hose, stacks, deliver
):
    in_catalogue = shown(ask, cast.buyer, hose)
    cart = make(ask, cast.buyer, {hose: 3})
    told = ordered(ask, deliver, cast.buyer, cart["id"])

    assert in_catalogue == Decimal("48.98")
    assert unit_prices(cart) == [in_catalogue]
    order = WholesaleOrder.objects.get(order_id=from_global_id(told["id"])[1])
    line = order.lines.get(variant_id=hose)
    assert (line.unit_price, line.total) == (in_catalogue, in_catalogue * 3)
    assert line.price_list == stacks.name


def test_a_price_that_rose_meanwhile_is_told_before_the_order_promotion_or_not(
    ask, cast, hose, stacks, deliver
):
    cart = make(ask, cast.buyer, {hose: 3})
    deliver(cast.buyer, cart["id"])
    stacks.prices.update(amount=Decimal("70.00"))

    told = payload(ask, COMPLETE, cast.buyer, id=cart["id"])

    assert [error["code"] for error in told["errors"]] == ["INVALID"]
    assert unit_prices(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == [Decimal("56.00")]


def test_the_list_changes_its_mind_and_the_cart_follows(ask, cast, hose, stacks, shop):
    cart = make(ask, cast.buyer, {hose: 3})
    stacks.promotions_stack = False
    stacks.save()

    checkouts.changed(shop, from_global_id(cart["id"])[1])

    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("183.69")


def test_as_a_private_person_nothing_of_the_contract_stays(ask, cast, hose, stacks):
    cart = make(ask, cast.buyer, {hose: 3})

    payload(ask, FOR, cast.buyer, id=cart["id"], entity=None)

    assert unit_prices(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == [Decimal("80.00")]
