"""The invoice of an order placed on the shop's own API: the shop's own sum, on the pages and in
GraphQL, for those who see the order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from graphql_relay import from_global_id

from b2b_overlay.ordering.invoice import invoice_for

from .carts import make, ordered, total
from .conftest import ON_SALEOR
from .stand import PASSWORD

HOME = "/plugins/b2b/" if ON_SALEOR else "/"
INVOICE = """query($id: ID!) { invoice: b2bInvoice(orderId: $id) {
  total { amount } code seller { account } lines { quantity unit total { amount } } } }"""


@pytest.fixture
def order(ask, cast, stand, deliver):
    """Three hoses and two packs of boards, as the shop answers it."""
    _product, hose = stand.good("Ш-1", "100.00")
    _product, boards = stand.good("Д-1", "50.00")
    cast.price(cast.first, hose, "61.23")
    cast.price(cast.first, boards, "40.05", pack=6)
    made = make(ask, cast.buyer, {hose: 3, boards: 12})
    return ordered(ask, deliver, cast.buyer, made["id"])


def _page(user, order):
    client = Client(headers={"Accept-Language": "ru"})
    signed = client.post(f"{HOME}sign-in/", {"email": user.email, "password": PASSWORD})
    assert signed.status_code == 302, signed.content.decode()
    return client.get(f"{HOME}orders/{from_global_id(order['id'])[1]}/invoice/")


def test_it_asks_for_exactly_what_the_shops_order_comes_to(ask, cast, order, seller):
    asked_for = total({"totalPrice": order["total"]})

    told = ask(INVOICE, cast.buyer, id=order["id"])["invoice"]

    assert Decimal(str(told["total"]["amount"])) == asked_for
    assert f"|Sum={int(asked_for * 100)}|" in told["code"]
    assert sum(Decimal(str(line["total"]["amount"])) for line in told["lines"]) == asked_for
    made = invoice_for(cast.buyer, from_global_id(order["id"])[1])
    assert all((line.price * line.quantity).quantized() == line.total for line in made.lines)


def test_the_buyer_prints_it_from_the_pages(cast, order, seller):
    page = _page(cast.buyer, order)

    assert page.status_code == 200
    amount = total({"totalPrice": order["total"]}).quantize(Decimal("0.01"))
    assert f'data-total="{amount}"' in page.content.decode()
    assert seller.account in page.content.decode()


def test_for_others_there_is_none(ask, cast, order, seller):
    """The colleague buys for the company's other legal entity."""
    for user in (cast.colleague, cast.stranger, cast.customer):
        assert _page(user, order).status_code == 404
        assert ask(INVOICE, user, id=order["id"])["invoice"] is None
