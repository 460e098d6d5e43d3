"""Every mutation of Saleor's checkout API that can change a price, one by one: the buyer's cart is
at his contract's prices after each, and a retail customer's at the shop's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from checkout_calls import CALLS, ELSEWHERE, Call, Tried, touching_checkouts
from contract.carts import READ, codes, make, total
from contract.conftest import variant_gid
from saleor.app.models import App
from saleor.giftcard.models import GiftCard
from saleor.permission.models import Permission

#: Retail, with a fifth off the hose.
AT_RETAIL = (Decimal("80.00"), Decimal("500.00"))
BY_CONTRACT = (Decimal("61.23"), Decimal("410.10"))
PAID_FOR = ("checkoutComplete", "orderCreateFromCheckout")

pytestmark = pytest.mark.usefixtures("a_fifth_off", "ten_off")


@pytest.fixture
def bath(cast, stand) -> int:
    _product, variant_id = stand.good("В-1", "500.00")
    cast.price(cast.first, variant_id, "410.10")
    return int(variant_id)


@pytest.fixture
def tried(ask, hose, bath, deliver):
    """A cart of theirs with three hoses and a bath, addresses and delivery chosen."""

    def made(by: Any) -> Tried:
        cart = make(ask, by, {hose: 3, bath: 1})
        deliver(by, cart["id"])
        methods = ask(METHODS, by, id=cart["id"])["checkout"]["shippingMethods"]
        free = next(each["id"] for each in methods if not each["price"]["amount"])
        card = GiftCard.objects.create(
            code=f"CARD-{by.pk}",
            currency="RUB",
            initial_balance_amount=50,
            current_balance_amount=50,
        )
        lines = {row["variant"]["id"]: row["id"] for row in cart["lines"]}
        ids = {pk: lines[variant_gid(pk)] for pk in (hose, bath)}
        return Tried(cart["id"], ids, hose, bath, free, card.code)

    return made


@pytest.fixture
def call(answers, stand):
    """Make a call on a cart, as its owner or as an app; what the mutation answered."""

    def called(each: Call, on: Tried, by: Any) -> Any:
        headers = {} if each.app is None else {"Authorization": f"Bearer {_app(each.app)}"}
        asks = by if each.app is None else None
        told = answers(each.query, asks, each.variables(on), headers)
        assert "errors" not in told, told["errors"]
        return told["data"]["payload"]

    return called


def _app(permissions: tuple[str, ...]) -> str:
    row = App.objects.create(name="Касса", is_active=True)
    row.permissions.set(Permission.objects.filter(codename__in=permissions))
    return str(row.tokens.create(name="t")[1])


def _holds(cart: Any, on: Tried) -> dict[int, tuple[int, set[Decimal]]]:
    """Pieces and unit prices of each good in it."""
    found: dict[int, tuple[int, set[Decimal]]] = {}
    for pk in (on.hose, on.bath):
        rows = [row for row in cart["lines"] if row["variant"]["id"] == variant_gid(pk)]
        prices = {Decimal(row["unitPrice"]["gross"]["amount"]) for row in rows}
        if rows:
            found[pk] = sum(row["quantity"] for row in rows), prices
    return found


def _expected(on: Tried, after: tuple[int, int], prices: tuple[Decimal, Decimal]) -> Any:
    return {
        pk: (quantity, {price})
        for pk, quantity, price in zip((on.hose, on.bath), after, prices, strict=True)
        if quantity
    }


def _sum(after: tuple[int, int], prices: tuple[Decimal, Decimal]) -> Decimal:
    return sum((n * price for n, price in zip(after, prices, strict=True)), Decimal(0))


def _first(each: Call) -> list[Call]:
    return [other for other in CALLS if str(other) == each.first]


@pytest.mark.parametrize("each", CALLS, ids=str)
def test_the_buyers_cart_is_at_his_contracts_prices_after_it(ask, cast, tried, call, each):
    on = tried(cast.buyer)
    for before in _first(each):
        call(before, on, cast.buyer)

    told = call(each, on, cast.buyer)

    assert codes(told) == ({each.refused} if each.refused else set()), told
    for cart in _carts(ask, cast.buyer, each, on, told):
        assert _holds(cart, on) == _expected(on, each.after, BY_CONTRACT)
        assert total(cart) == _sum(each.after, BY_CONTRACT) - each.less


@pytest.mark.parametrize("each", CALLS, ids=str)
def test_a_retail_customers_cart_is_at_the_shops_after_it(ask, cast, tried, call, each, stand):
    on = tried(cast.customer)
    for before in _first(each):
        call(before, on, cast.customer)
    if each.name in PAID_FOR:
        stand.pay(on.cart)

    told = call(each, on, cast.customer)

    assert codes(told) == ({each.refused} if each.refused == "?" else set()), told
    for cart in _carts(ask, cast.customer, each, on, told):
        assert _holds(cart, on) == _expected(on, each.after, AT_RETAIL)
        assert total(cart) == _sum(each.after, AT_RETAIL) - each.less - each.retail_less


def _carts(ask: Any, by: Any, each: Call, on: Tried, told: Any) -> list[Any]:
    """The cart in the mutation's answer, where it has one, and as it is read after; of one that
    became an order, the order."""
    if each.name in PAID_FOR:
        order = told["order"]
        return [{"lines": order["lines"], "totalPrice": order["total"]}]
    answered = told.get("checkout") or told.get("item") or told.get("taxableObject") or {}
    answered = answered.get("sourceObject", answered)
    read = [ask(READ, who, id=on.cart)["checkout"] for who in (by, None, by)]
    return [*([answered] if answered.get("lines") else []), *read]


def test_no_mutation_of_the_checkout_is_left_out():
    from saleor.graphql.api import schema

    known = {each.name for each in CALLS} | set(ELSEWHERE)

    assert touching_checkouts(schema) - known == set()
    assert known - touching_checkouts(schema) == set()


METHODS = "query($id: ID!) { checkout(id: $id) { shippingMethods { id price { amount } } } }"
