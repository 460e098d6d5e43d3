"""Saleor's own ``checkoutCreateFromOrder``: an order again, at today's contract prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from contract.carts import make, ordered, total, unit_prices
from contract.conftest import CART
from graphql_relay import to_global_id
from saleor.product.models import ProductVariant

from b2b_overlay.pricing.models import Price

AGAIN = f"""mutation($id: ID!) {{ payload: checkoutCreateFromOrder(id: $id) {{
  checkout {{ {CART} }} unavailableVariants {{ code }} errors {{ field message code }} }} }}"""


@pytest.fixture
def order(ask, cast, hose, deliver):
    """Global id of an order of sixty hoses."""
    return ordered(ask, deliver, cast.buyer, make(ask, cast.buyer, {hose: 60})["id"])["id"]


def test_it_is_at_todays_contract_prices_and_no_quantity_limit_holds(
    ask, cast, hose, order, a_fifth_off
):
    ProductVariant.objects.filter(pk=hose).update(quantity_limit_per_customer=7)
    Price.objects.filter(price_list=cast.lists[cast.first.pk]).update(amount=Decimal("65.00"))

    told = ask(AGAIN, cast.buyer, id=order)["payload"]

    assert not told["errors"], told
    assert told["unavailableVariants"] == []
    assert unit_prices(told["checkout"]) == [Decimal("65.00")]
    assert total(told["checkout"]) == Decimal("3900.00")


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_another_company_repeats_nothing_of_it(ask, cast, order, who):
    told = ask(AGAIN, getattr(cast, who), id=order)["payload"]

    assert told["checkout"] is None
    assert told["errors"]


def test_a_retail_customers_order_again_is_at_retail_and_held_to_the_limit(
    ask, cast, hose, stand, deliver, a_fifth_off
):
    cart = make(ask, cast.customer, {hose: 6})["id"]
    deliver(cast.customer, cart)
    order = to_global_id("Order", stand.sell(cart))

    again = ask(AGAIN, cast.customer, id=order)["payload"]
    ProductVariant.objects.filter(pk=hose).update(quantity_limit_per_customer=5)
    limited = ask(AGAIN, cast.customer, id=order)["payload"]

    assert unit_prices(again["checkout"]) == [Decimal("80.00")]
    assert [each["code"] for each in limited["unavailableVariants"]] == [
        "QUANTITY_GREATER_THAN_LIMIT"
    ]
