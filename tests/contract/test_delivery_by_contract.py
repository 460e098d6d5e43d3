"""Delivery costs a wholesale buyer what his contract says, in what is offered, in the cart and in
the order; everybody else what the shop says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.ordering import picking
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.terms.contracts import Conditions, save_contract

from .carts import COMPLETE, FOR, READ, UPDATE, make, payload, total
from .conftest import ADDRESS, HOME, entity_gid, variant_gid

WAYS = """query($id: ID!) { checkout(id: $id) {
  shippingMethods { id name price { amount } } shippingPrice { gross { amount } }
  totalPrice { gross { amount } } } }"""
TAKE = """mutation($id: ID!, $method: ID!) {
  payload: checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    checkout { shippingPrice { gross { amount } } totalPrice { gross { amount } } }
    errors { field message code } } }"""


@pytest.fixture
def shop_delivers(stand):
    """At 890 besides being fetched for nothing."""
    stand.delivery("Доставка по области", Decimal(890))


@pytest.fixture
def contract(cast):
    def saved(**conditions):
        return save_contract(
            cast.manager,
            cast.first,
            contract=cast.first.contracts.order_by("pk").first(),
            number="Д-1",
            payment_days=14,
            conditions=Conditions(**conditions),
        )

    return saved


def _cart(ask, by, quantities):
    made = make(ask, by, quantities)["id"]
    for name in ("Shipping", "Billing"):
        asked = ADDRESS % {"name": name, "arg": name.lower()}
        assert not ask(asked, by, id=made, address=HOME)["payload"]["errors"]
    return made


def _ways(ask, by, cart):
    """Prices of the ways offered, by name."""
    found = ask(WAYS, by, id=cart)["checkout"]["shippingMethods"]
    return {each["name"]: Decimal(each["price"]["amount"]) for each in found}


def _take(ask, by, cart):
    """Have it delivered; what that costs, by the mutation's own answer."""
    offered = ask(WAYS, by, id=cart)["checkout"]["shippingMethods"]
    way = next(each["id"] for each in offered if each["name"] == "Доставка по области")
    told = payload(ask, TAKE, by, id=cart, method=way)
    assert not told["errors"], told
    return Decimal(told["checkout"]["shippingPrice"]["gross"]["amount"])


def _costs(ask, by, cart):
    read = ask(WAYS, by, id=cart)["checkout"]
    return Decimal(read["shippingPrice"]["gross"]["amount"])


pytestmark = pytest.mark.usefixtures("shop_delivers")


def test_it_costs_no_more_than_the_contract_says(ask, cast, hose, contract):
    contract(delivery_price=Decimal(300))
    mine, theirs = _cart(ask, cast.buyer, {hose: 3}), _cart(ask, cast.customer, {hose: 3})

    assert _ways(ask, cast.buyer, mine) == {"Самовывоз": 0, "Доставка по области": 300}
    assert _ways(ask, cast.customer, theirs) == {"Самовывоз": 0, "Доставка по области": 890}
    assert _take(ask, cast.buyer, mine) == 300
    assert _take(ask, cast.customer, theirs) == 890


def test_the_order_charges_it(ask, cast, hose, contract):
    contract(delivery_price=Decimal(300))
    cart = _cart(ask, cast.buyer, {hose: 3})
    _take(ask, cast.buyer, cart)

    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert not told["errors"], told
    assert total({"totalPrice": told["order"]["total"]}) == Decimal("483.69")
    line = WholesaleOrder.objects.get().lines.get(variant_id=None)
    assert line.total == 300


def test_from_a_sum_on_it_is_free_and_so_it_is_when_the_cart_grows_or_shrinks(
    ask, cast, hose, contract
):
    contract(free_delivery_from=Decimal(500))
    cart = _cart(ask, cast.buyer, {hose: 8})
    assert _take(ask, cast.buyer, cart) == 890

    sums = []
    for quantity in (9, 8):
        lines = [{"variantId": variant_gid(hose), "quantity": quantity}]
        told = payload(ask, UPDATE, cast.buyer, id=cart, lines=lines)
        sums.append((total(told["checkout"]), total(ask(READ, cast.buyer, id=cart)["checkout"])))

    assert sums == [(Decimal("551.07"),) * 2, (Decimal("1379.84"),) * 2]
    told = payload(ask, COMPLETE, cast.buyer, id=cart)
    assert not told["errors"], told


def test_for_another_legal_entity_it_costs_what_that_ones_contract_says(ask, cast, hose, contract):
    contract(delivery_price=Decimal(300))
    cart = _cart(ask, cast.buyer, {hose: 3})
    _take(ask, cast.buyer, cart)

    costs = []
    for entity in (entity_gid(cast.second), None, entity_gid(cast.first)):
        payload(ask, FOR, cast.buyer, id=cart, entity=entity)
        costs.append(_costs(ask, cast.buyer, cart))

    assert costs == [890, 890, 300]


def test_so_it_does_under_another_contract_of_the_same(ask, cast, hose, contract, shop):
    from graphql_relay import from_global_id

    contract(delivery_price=Decimal(300))
    other = save_contract(
        cast.manager, cast.first, number="Д-2", conditions=Conditions(delivery_price=Decimal(0))
    )
    cart = _cart(ask, cast.buyer, {hose: 3})
    _take(ask, cast.buyer, cart)

    picking.pick(shop, cast.buyer, from_global_id(cart)[1], {"contract": other.pk})

    assert _costs(ask, cast.buyer, cart) == 0
