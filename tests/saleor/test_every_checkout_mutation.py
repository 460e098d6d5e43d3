"""Every mutation of Saleor's checkout API that can change a price, one by one: the buyer's cart is
at his contract's prices after each, and a retail customer's at the shop's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from checkout_calls import CALLS, ELSEWHERE, GONE, Call, Tried, touching_checkouts
from contract.carts import READ, codes, make, total
from contract.conftest import variant_gid
from installed_app import headers_of, installed
from saleor.giftcard.models import GiftCard
from saleor.graphql.api import schema

from b2b_overlay.pricing.models import VariantFacts

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
        if each.name in GONE:
            pytest.skip(f"this Saleor has no {each.name}")
        headers = {} if each.app is None else headers_of(installed(*each.app))
        asks = by if each.app is None else None
        told = answers(each.query, asks, each.variables(on), headers)
        assert "errors" not in told, told["errors"]
        return told["data"]["payload"]

    return called


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

    assert codes(told) == ({each.retail_refused} if each.retail_refused else set()), told
    for cart in _carts(ask, cast.customer, each, on, told):
        if not each.retail_less:  # a voucher is spread over the lines
            assert _holds(cart, on) == _expected(on, each.after, AT_RETAIL)
        assert total(cart) == _sum(each.after, AT_RETAIL) - each.less - each.retail_less


@pytest.mark.parametrize(
    "each", [each for each in CALLS if each.app is None and each.name not in PAID_FOR], ids=str
)
def test_to_a_stranger_who_knows_its_id_the_cart_isnt_there(ask, cast, tried, call, each):
    on = tried(cast.buyer)

    told = call(each, on, cast.stranger)

    assert codes(told) == {"NOT_FOUND"}, told
    assert "61.23" not in str(told)
    read = ask(READ, cast.buyer, id=on.cart)["checkout"]
    assert _holds(read, on) == _expected(on, (3, 1), BY_CONTRACT)


AT_ITS_PRICE = Call(
    "checkoutLinesAdd",
    "id: ID!, lines: [CheckoutLineInput!]!",
    lambda t: {
        "id": t.cart,
        "lines": [{"variantId": variant_gid(t.hose), "quantity": 1, "price": "5.00"}],
    },
    app=("handle_checkouts",),
)


def test_an_apps_price_gives_way_to_the_contracts_and_stands_at_retail(ask, cast, tried, call):
    mine, theirs = tried(cast.buyer), tried(cast.customer)
    for on, by in ((mine, cast.buyer), (theirs, cast.customer)):
        assert not call(AT_ITS_PRICE, on, by)["errors"]

    read = ask(READ, cast.buyer, id=mine.cart)["checkout"]
    assert _holds(read, mine) == _expected(mine, (4, 1), BY_CONTRACT)
    # Saleor lowers an app's price by its promotions too.
    read = ask(READ, cast.customer, id=theirs.cart)["checkout"]
    assert _holds(read, theirs)[theirs.hose] == (4, {Decimal("4.00")})


def test_an_app_that_orders_is_refused_by_the_gate_in_words(ask, cast, tried, call, bath):
    VariantFacts.objects.update_or_create(variant_id=bath, defaults={"step": 6})
    on = tried(cast.buyer)
    order = next(each for each in CALLS if each.name == "orderCreateFromCheckout")

    told = call(order, on, cast.buyer)

    assert told["order"] is None
    assert codes(told) == {"GRAPHQL_ERROR"}  # Saleor's enum of this mutation has no INVALID
    assert "6" in told["errors"][0]["message"]
    assert ask(READ, cast.buyer, id=on.cart)["checkout"]


def _carts(ask: Any, by: Any, each: Call, on: Tried, told: Any) -> list[Any]:
    """The cart in the mutation's answer, where it has one, and as it is read after; of one that
    became an order, the order."""
    if each.name in PAID_FOR:
        order = told["order"]
        return [{"lines": order["lines"], "totalPrice": order["total"]}]
    answered = told.get("checkout") or told.get("item") or told.get("taxableObject") or {}
    read = [ask(READ, who, id=on.cart)["checkout"] for who in (by, None, by)]
    return [*([answered] if answered.get("lines") else []), *read]


def test_no_mutation_of_the_checkout_is_left_out():
    known = {each.name for each in CALLS} | set(ELSEWHERE)

    assert touching_checkouts(schema) - known == set()
    assert known - touching_checkouts(schema) == GONE


METHODS = "query($id: ID!) { checkout(id: $id) { shippingMethods { id price { amount } } } }"
