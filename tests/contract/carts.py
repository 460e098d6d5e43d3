"""What a storefront asks of a cart, shared by the promises about carts and orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .conftest import CART, Ask, variant_gid

CREATE = f"""mutation($input: CheckoutCreateInput!) {{ payload: checkoutCreate(input: $input) {{
  checkout {{ {CART} }} errors {{ field message code }} }} }}"""

ADD = f"""mutation($id: ID!, $lines: [CheckoutLineInput!]!) {{
  payload: checkoutLinesAdd(id: $id, lines: $lines) {{
    checkout {{ {CART} }} errors {{ field message code }} }} }}"""

UPDATE = f"""mutation($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {{
  payload: checkoutLinesUpdate(id: $id, lines: $lines) {{
    checkout {{ {CART} }} errors {{ field message code }} }} }}"""

READ = f"query($id: ID!) {{ checkout(id: $id) {{ {CART} }} }}"

COMPLETE = """mutation($id: ID!) { payload: checkoutComplete(id: $id) {
  order { id number status total { gross { amount } }
    lines { quantity unitPrice { gross { amount } } } }
  errors { field message code } } }"""

FOR = """mutation($id: ID!, $entity: ID) {
  payload: b2bCheckoutLegalEntityUpdate(checkoutId: $id, legalEntityId: $entity) {
    checkout { legalEntity { id } problems { code message } } errors { code message } } }"""

CHOOSE = """mutation($entity: ID, $channel: String) {
  payload: b2bLegalEntityChoose(legalEntityId: $entity, channel: $channel) {
    chosen { id } errors { code } } }"""


def payload(ask: Ask, query: str, by: Any, **variables: Any) -> Any:
    return ask(query, by, **variables)["payload"]


def codes(told: Any) -> set[str]:
    return {error["code"] for error in told["errors"]}


def make(ask: Ask, by: Any, quantities: dict[int, int], channel: str = "ru") -> Any:
    """A new cart of ``by``; what the mutation answered of it."""
    lines = [{"variantId": variant_gid(pk), "quantity": n} for pk, n in quantities.items()]
    email = by.email if by else "visitor@example.com"
    told = payload(ask, CREATE, by, input={"channel": channel, "email": email, "lines": lines})
    assert not told["errors"], told
    return told["checkout"]


def ordered(ask: Ask, deliver: Any, by: Any, cart: str) -> Any:
    """What the mutation answered of the order that the cart became."""
    deliver(by, cart)
    told = payload(ask, COMPLETE, by, id=cart)
    assert not told["errors"], told
    return told["order"]


def unit_prices(cart: Any) -> list[Decimal]:
    return [Decimal(line["unitPrice"]["gross"]["amount"]) for line in cart["lines"]]


def total(cart: Any) -> Decimal:
    return Decimal(cart["totalPrice"]["gross"]["amount"])
