"""Whose a cart is decides its prices: a guest's becomes his who signs in with it, one that was
handed on his who takes it; two of one company work at one cart; a stranger who knows its id sees
nothing of it and changes nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from contract.carts import ADD, COMPLETE, READ, codes, make, payload, total, unit_prices
from contract.conftest import variant_gid
from graphql_relay import from_global_id

from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering.models import CheckoutTerms, WholesaleOrder

HAND_ON = """mutation($id: ID!) { payload: checkoutCustomerDetach(id: $id) {
  checkout { id totalPrice { gross { amount } } } errors { code message } } }"""
TAKE = """mutation($id: ID!) { payload: checkoutCustomerAttach(id: $id) {
  checkout { id totalPrice { gross { amount } } } errors { code message } } }"""
FOR_WHOM = "query($id: ID!) { b2bCheckout(id: $id) { legalEntity { name } } }"


@pytest.fixture
def cart(ask, cast, hose):
    return make(ask, cast.buyer, {hose: 3})["id"]


def _take(ask, by, cart):
    told = payload(ask, TAKE, by, id=cart)
    assert not told["errors"], told
    return total(told["checkout"])


def test_a_guests_cart_is_at_his_prices_once_he_signs_in_with_it(ask, cast, hose):
    cart = make(ask, None, {hose: 3})
    assert total(cart) == Decimal("300.00")

    assert _take(ask, cast.buyer, cart["id"]) == Decimal("183.69")

    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("183.69")
    entity = ask(FOR_WHOM, cast.buyer, id=cart["id"])["b2bCheckout"]["legalEntity"]
    assert entity == {"name": cast.first.name}


def test_a_guest_who_buys_for_nobody_keeps_retail(ask, cast, hose):
    cart = make(ask, None, {hose: 3})["id"]

    assert _take(ask, cast.customer, cart) == Decimal("300.00")

    assert not CheckoutTerms.objects.filter(checkout_id=from_global_id(cart)[1]).exists()


def test_a_cart_that_is_handed_on_is_at_retail_until_somebody_takes_it(ask, cast, cart):
    told = payload(ask, HAND_ON, cast.buyer, id=cart)

    assert total(told["checkout"]) == Decimal("300.00")
    for reader in (None, cast.buyer, cast.stranger):
        assert total(ask(READ, reader, id=cart)["checkout"]) == Decimal("300.00")


def test_whoever_takes_it_buys_at_his_own_prices_for_his_own_legal_entity(ask, cast, cart, deliver):
    payload(ask, HAND_ON, cast.buyer, id=cart)

    assert _take(ask, cast.stranger, cart) == Decimal("165.00")

    deliver(cast.stranger, cart)
    assert not payload(ask, COMPLETE, cast.stranger, id=cart)["errors"]
    order = WholesaleOrder.objects.get()
    assert (order.legal_entity, order.user) == (cast.theirs, cast.stranger)
    assert order.total == Decimal("165.00")


def test_a_colleague_who_takes_it_goes_on_for_the_same_legal_entity_where_he_may(ask, cast, cart):
    payload(ask, HAND_ON, cast.buyer, id=cart)
    assert _take(ask, cast.colleague, cart) == Decimal("211.50")  # his own, the second

    payload(ask, HAND_ON, cast.colleague, id=cart)
    assert _take(ask, cast.buyer, cart) == Decimal("211.50")  # the owner's too


def test_two_of_one_company_fill_one_cart_and_its_buyer_orders_it(ask, cast, cart, hose, deliver):
    Buyer.objects.get(user=cast.colleague).legal_entities.add(cast.first)

    lines = [{"variantId": variant_gid(hose), "quantity": 2}]
    added = payload(ask, ADD, cast.colleague, id=cart, lines=lines)

    assert unit_prices(added["checkout"]) == [Decimal("61.23")]
    assert total(ask(READ, cast.buyer, id=cart)["checkout"]) == Decimal("306.15")
    deliver(cast.buyer, cart)
    refused = codes(payload(ask, COMPLETE, cast.colleague, id=cart))
    assert refused == {"CHECKOUT_NOT_FULLY_PAID"}  # on account it is its owner's only
    assert not payload(ask, COMPLETE, cast.buyer, id=cart)["errors"]
    assert WholesaleOrder.objects.get().user == cast.buyer


def test_a_cart_where_promotions_apply_is_as_private(ask, cast, hose, stacks, a_fifth_off):
    """Its row has nothing of ours on it but the lines' prices."""
    cart = make(ask, cast.buyer, {hose: 3})["id"]

    assert ask(READ, cast.stranger, id=cart)["checkout"] is None
    lines = [{"variantId": variant_gid(hose), "quantity": 2}]
    assert codes(payload(ask, ADD, cast.stranger, id=cart, lines=lines)) == {"NOT_FOUND"}
