"""Carts: a hundred lines put in at once, twenty changed, a thousand ordered on account.

Each cart is a new one. A visitor, a retail customer and a wholesale login, whose every line gets
its contract price within the answer; beside each the same person on plain Saleor. A thousand lines
are ordered there too: its channel then allows unpaid orders for that moment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from graphql_relay import from_global_id, to_global_id

from benchmarks import _saleor_stand as standing
from benchmarks._price_world import VARIANTS, amount
from benchmarks._saleor_catalogue import PEOPLE
from benchmarks._saleor_stand import Pair, Sample, Shop, Stand
from benchmarks.report import Row, table
from sandbox.story.client import Api

__all__ = ["ADDRESS", "COMPLETE", "CREATE", "DELIVERY", "measure", "measure_orders"]

ROUNDS = max(2, int(os.environ.get("BENCH_ROUNDS", "300")) // 5)
ORDERS = int(os.environ.get("BENCH_ORDERS", "5"))
FILLED, CHANGED, WHOLE = 100, 20, 1000
#: Of a hundred lines put in; of twenty changed.
GOALS = {
    "visitor": (1.15, 1.05),
    "customer": (1.15, 1.05),
    "buyer": (1.15, 1.2),
}

REASONS = {
    "customer": "he is asked twice whether he buys for anybody",
    "buyer": (
        "the cart is read a second time and its prices are bound, and it carries the shield's "
        "voucher and line discounts, which a retail cart is spared"
    ),
}

CART = """id totalPrice { gross { amount } } subtotalPrice { gross { amount } }
  shippingMethods { id }
  lines { id quantity variant { id name product { name } }
    unitPrice { gross { amount } } totalPrice { gross { amount } } }"""

CREATE = """mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
  checkout { id shippingMethods { id } } errors { field message code } } }"""

ADD = f"""mutation($id: ID!, $lines: [CheckoutLineInput!]!) {{
  checkoutLinesAdd(id: $id, lines: $lines) {{
    checkout {{ {CART} }} errors {{ field message code }} }} }}"""

UPDATE = f"""mutation($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {{
  checkoutLinesUpdate(id: $id, lines: $lines) {{
    checkout {{ {CART} }} errors {{ field message code }} }} }}"""

DELIVERY = """mutation($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    checkout { id } errors { field message code } } }"""

COMPLETE = """mutation($id: ID!) { checkoutComplete(id: $id) {
  order { id } errors { field message code lines } } }"""

ADDRESS = {
    "firstName": "Иван",
    "lastName": "Иванов",
    "streetAddress1": "Садовая ул, дом 14",
    "city": "Мытищи",
    "countryArea": "Московская область",
    "postalCode": "141006",
    "country": "RU",
}


def measure(pair: Pair) -> list[Row]:
    """Lines put in and changed."""
    rows: list[Row] = []
    for title, name, ask in (
        (f"checkoutLinesAdd, {FILLED} lines", "saleor_lines_add", _add),
        (f"checkoutLinesUpdate, {CHANGED} lines", "saleor_checkout", _update),
    ):
        lines = []
        for who, account in PEOPLE.items():
            apis = standing.clients(pair, account)
            found = standing.compared(*pair.in_turn(ROUNDS, partial(ask, apis)))
            goal = GOALS[who][ask is _update]
            rows.append(found.row(f"{name}_{who}", goal, REASONS.get(who, "")))
            lines.append((who, *standing.cells(found)))
        print(table((title, *standing.HEADER), lines), flush=True)
    return rows


def _lines(count: int, n: int) -> list[dict[str, Any]]:
    """Each round others, lest a cart be asked what was just asked."""
    return [
        {
            "variantId": to_global_id(
                "ProductVariant", standing.variant((n * count + k) % VARIANTS + 1)
            ),
            "quantity": 1 + k % 5,
        }
        for k in range(count)
    ]


def _new_cart(api: Api, lines: list[dict[str, Any]], **more: Any) -> Any:
    asked = {"channel": "ru", "email": "bench@example.com", "lines": lines, **more}
    return api.mutate(CREATE, input=asked)["checkout"]


def _add(apis: dict[Shop, Api], shop: Shop, n: int) -> Sample:
    cart = _new_cart(apis[shop], [])["id"]
    return shop.took(partial(apis[shop].mutate, ADD, id=cart, lines=_lines(FILLED, n)))


def _update(apis: dict[Shop, Api], shop: Shop, n: int) -> Sample:
    lines = _lines(CHANGED, n)
    cart = _new_cart(apis[shop], lines)["id"]
    more = [{**line, "quantity": line["quantity"] + 1} for line in lines]
    return shop.took(partial(apis[shop].mutate, UPDATE, id=cart, lines=more))


# ------------------------------------------------------------------- a thousand lines


def measure_orders(stood: Stand, pair: Pair) -> list[Row]:
    """Orders of a thousand lines: each whole, and at the prices that are agreed."""
    apis = standing.clients(pair, PEOPLE["buyer"])
    found: dict[str, tuple[list[Sample], list[Sample]]] = {"filled": ([], []), "ordered": ([], [])}
    whole = 0
    for n in range(ORDERS):
        for at, shop in enumerate(pair):
            filled, ordered, order = _order(stood, apis[shop], shop, n, is_plain=not at)
            found["filled"][at].append(filled)
            found["ordered"][at].append(ordered)
            whole += bool(at) and _is_whole(stood, order)
    lines = [
        (f"{what}, {WHOLE:,} lines", *standing.cells(each), *standing.seconds(each))
        for what, samples in found.items()
        for each in [standing.compared(*samples)]
    ]
    header = ("on account", *standing.HEADER, "by the clock, s")
    print(table(header, lines), flush=True)
    unit = f"of the orders of {WHOLE:,} lines are whole, at agreed prices"
    return [Row("saleor_orders_of_1000_lines", whole / ORDERS, 1.0, unit, at_least=True)]


def _order(
    stood: Stand, api: Api, shop: Shop, n: int, *, is_plain: bool
) -> tuple[Sample, Sample, str]:
    cart = _new_cart(api, [], shippingAddress=ADDRESS, billingAddress=ADDRESS)["id"]
    told: dict[str, Any] = {}

    def fill() -> None:
        told["cart"] = api.mutate(ADD, id=cart, lines=_lines(WHOLE, n))["checkout"]

    def order() -> None:
        told["order"] = api.mutate(COMPLETE, id=cart)["order"]["id"]

    filled = shop.took(fill)
    method = told["cart"]["shippingMethods"][0]["id"]
    api.mutate(DELIVERY, id=cart, method=method)
    with _unpaid_orders(stood, allowed=is_plain):
        return filled, shop.took(order), told["order"]


@contextmanager
def _unpaid_orders(stood: Stand, *, allowed: bool) -> Iterator[None]:
    """Plain Saleor knows no order on account: its channel takes unpaid ones meanwhile."""
    statement = "UPDATE channel_channel SET allow_unpaid_orders = %s WHERE slug = 'ru'"
    stood.sql(statement, allowed)
    try:
        yield
    finally:
        stood.sql(statement, False)


_ORDERED = """
SELECT variant_id, unit_price_gross_amount FROM order_orderline
 WHERE order_id = %s AND quantity > 0
"""


def _is_whole(stood: Stand, order: str) -> bool:
    rows = stood.sql(_ORDERED, from_global_id(order)[1])
    return len({pk for pk, _price in rows}) == WHOLE and all(
        price == amount(1, standing.LISTS, pk - standing.BEFORE) for pk, price in rows
    )
