"""Fetched from a warehouse: a wholesale cart at contract prices becomes an order on account."""

from __future__ import annotations

from decimal import Decimal

import pytest
from contract.carts import COMPLETE, make, payload
from contract.conftest import ADDRESS, HOME
from graphql_relay import from_global_id
from saleor.account.models import Address
from saleor.order.models import Order
from saleor.warehouse.models import Warehouse

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.terms.contracts import Conditions, save_contract

POINTS = "query($id: ID!) { checkout(id: $id) { availableCollectionPoints { id } } }"
FETCH = """mutation($id: ID!, $point: ID!) {
  payload: checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $point) {
    checkout { totalPrice { gross { amount } } deliveryMethod { ... on Warehouse { name } }
      lines { unitPrice { gross { amount } } } }
    errors { field message code } } }"""


@pytest.fixture
def collection_point(stand):
    warehouse = Warehouse.objects.get(pk=stand.warehouse)
    warehouse.click_and_collect_option = "local"
    warehouse.is_private = False
    warehouse.address = Address.objects.create(
        street_address_1="Складская, 1",
        city="Мытищи",
        country="RU",
        country_area="Московская область",
        postal_code="141006",
    )
    warehouse.save()


@pytest.mark.parametrize(
    ("who", "price"), [("buyer", Decimal("61.23")), ("customer", Decimal("80.00"))]
)
def test_the_goods_cost_what_they_do_delivered(
    ask, cast, hose, stand, collection_point, a_fifth_off, who, price
):
    by = getattr(cast, who)
    cart = make(ask, by, {hose: 3})["id"]
    points = ask(POINTS, by, id=cart)["checkout"]["availableCollectionPoints"]

    told = payload(ask, FETCH, by, id=cart, point=points[0]["id"])

    assert not told["errors"], told
    assert told["checkout"]["deliveryMethod"] == {"name": "Склад"}
    assert Decimal(told["checkout"]["totalPrice"]["gross"]["amount"]) == price * 3
    (line,) = told["checkout"]["lines"]
    assert Decimal(line["unitPrice"]["gross"]["amount"]) == price


def test_the_order_is_on_account_and_knows_where_it_is_fetched(ask, cast, hose, collection_point):
    save_contract(
        cast.manager,
        cast.first,
        contract=cast.first.contracts.get(),
        number="Д-1",
        payment_days=14,
        conditions=Conditions(delivery_price=Decimal(300)),
    )
    cart = make(ask, cast.buyer, {hose: 3})["id"]
    points = ask(POINTS, cast.buyer, id=cart)["checkout"]["availableCollectionPoints"]
    payload(ask, FETCH, cast.buyer, id=cart, point=points[0]["id"])
    billing = ADDRESS % {"name": "Billing", "arg": "billing"}
    ask(billing, cast.buyer, id=cart, address=HOME)

    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert not told["errors"], told
    order = Order.objects.get(pk=from_global_id(told["order"]["id"])[1])
    assert order.collection_point_name == "Склад"
    assert order.authorize_status == "full"
    assert WholesaleOrder.objects.get().total == Decimal("183.69")
