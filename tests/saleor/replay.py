"""What a retail shop answers, recorded byte by byte, to be compared after the overlay is in.

Reading questions come first; then one retail purchase as far as it goes without paying. What
is random in an answer (ids, tokens, times) is masked in both recordings; nothing else is.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PRICING = """pricing { onSale
  price { gross { amount currency } net { amount } tax { amount } }
  priceUndiscounted { gross { amount } } discount { gross { amount } } }"""

PRODUCTS = f"""query($channel: String!, $first: Int, $search: String, $sort: ProductOrder,
                    $where: ProductWhereInput, $filter: ProductFilterInput) {{
  products(channel: $channel, first: $first, search: $search, sortBy: $sort, where: $where,
           filter: $filter) {{
    totalCount pageInfo {{ hasNextPage }}
    edges {{ node {{ id name slug description isAvailable category {{ name }}
      thumbnail {{ url }}
      pricing {{ onSale
        priceRange {{ start {{ gross {{ amount }} }} stop {{ net {{ amount }} }} }} }}
      variants {{ id sku name quantityAvailable quantityLimitPerCustomer {PRICING} }} }} }}
  }}
}}"""

SHOP = "{ shop { name description defaultCountry { code } } }"

CATEGORIES = """query($channel: String!) { categories(first: 10) { edges { node {
  id name slug level products(first: 5, channel: $channel) { totalCount } } } } }"""

COLLECTIONS = """query($channel: String!) { collections(first: 20, channel: $channel) { edges {
  node { id name products(first: 5) { edges { node { name } } } } } } }"""

MENU = """{ menus(first: 5) { edges { node { name items { name url } } } } }"""

ME = """query { me { email firstName isStaff
  orders(first: 5) { edges { node { number status } } } addresses { city } } }"""

_CHECKOUT = """id token email voucherCode isShippingRequired
  totalPrice { gross { amount } net { amount } } subtotalPrice { gross { amount } }
  shippingMethods { id name price { amount } }
  lines { id quantity unitPrice { gross { amount } } undiscountedUnitPrice { amount }
          totalPrice { gross { amount } } requiresShipping }"""

CREATE = f"""mutation($input: CheckoutCreateInput!) {{ checkoutCreate(input: $input) {{
  checkout {{ {_CHECKOUT} }} errors {{ field message code }} }} }}"""

ADD = f"""mutation($id: ID!, $lines: [CheckoutLineInput!]!) {{
  checkoutLinesAdd(id: $id, lines: $lines) {{
    checkout {{ {_CHECKOUT} }} errors {{ field message code }} }} }}"""

ADDRESS = f"""mutation($id: ID!, $address: AddressInput!) {{
  checkoutShippingAddressUpdate(id: $id, shippingAddress: $address) {{
    checkout {{ {_CHECKOUT} }} errors {{ field message code }} }}
  checkoutBillingAddressUpdate(id: $id, billingAddress: $address) {{
    checkout {{ id }} errors {{ field message code }} }} }}"""

DELIVERY = f"""mutation($id: ID!, $method: ID!) {{
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {{
    checkout {{ {_CHECKOUT} }} errors {{ field message code }} }} }}"""

PROMO = f"""mutation($id: ID!) {{ checkoutAddPromoCode(id: $id, promoCode: "DISCOUNT") {{
    checkout {{ {_CHECKOUT} }} errors {{ field message code }} }} }}"""

COMPLETE = """mutation($id: ID!) { checkoutComplete(id: $id) { order { id }
  confirmationNeeded errors { field message code lines variants } } }"""

SIGN_IN = """mutation($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { message } } }"""

PEOPLE_ADDRESS = {
    "firstName": "Retail",
    "lastName": "Customer",
    "streetAddress1": "Main street 1",
    "city": "New York",
    "postalCode": "10001",
    "countryArea": "NY",
    "country": "US",
}

#: Channels of ``populatedb``.
CHANNELS = ("default-channel", "channel-pln")

#: base64 of «Checkout…», «CheckoutLine…» global ids, UUIDs, JWTs, times: they differ by chance.
_CHANCE = re.compile(
    rb"Q2hlY2tvdX[QRE][A-Za-z0-9+/=]+"
    rb"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb"|eyJ[\w-]+\.[\w-]+\.[\w-]+"
)


class Recorder:
    """Asks a shop's /graphql/ and keeps (what was asked, the masked answer)."""

    def __init__(self, graphql: str) -> None:
        self.graphql = graphql
        self.kept: list[tuple[str, bytes]] = []

    def ask(self, name: str, query: str, token: str = "", **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Accept-Language": "ru"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            with urlopen(Request(self.graphql, body, headers), timeout=60) as response:
                answer = response.read()
        except HTTPError as error:
            answer = error.read()
        self.kept.append((name, _CHANCE.sub(b"*", answer)))
        told: dict[str, Any] = json.loads(answer)
        if told.get("errors"):  # a question that gets no answer proves nothing
            raise AssertionError(f"{name}: {told['errors']}")
        return told


def record(graphql: str, email: str, password: str, *, channels: tuple[str, ...]) -> Recorder:
    """A visitor's questions, a retail customer's, and a retail purchase up to the payment."""
    recorder = Recorder(graphql)
    for channel in channels:
        _read(recorder, "visitor", channel)
    token = recorder.ask("sign in", SIGN_IN, email=email, password=password)["data"]["tokenCreate"][
        "token"
    ]
    for channel in channels:
        _read(recorder, "customer", channel, token)
        recorder.ask("customer: me", ME, token)
    _buy(recorder, channels[0], "")
    _buy(recorder, channels[0], token)
    return recorder


def _read(recorder: Recorder, who: str, channel: str, token: str = "") -> None:
    def ask(name: str, query: str, **variables: Any) -> None:
        recorder.ask(f"{who}, {channel}: {name}", query, token, channel=channel, **variables)

    recorder.ask(f"{who}: shop", SHOP, token)
    recorder.ask(f"{who}: menus", MENU, token)
    ask("categories", CATEGORIES)
    ask("collections", COLLECTIONS)
    ask("products", PRODUCTS, first=100)
    ask("cheapest first", PRODUCTS, first=10, sort={"field": "PRICE", "direction": "ASC"})
    ask("dearest first", PRODUCTS, first=10, sort={"field": "PRICE", "direction": "DESC"})
    ask("search", PRODUCTS, first=10, search="shirt")
    ask("by price", PRODUCTS, first=10, filter={"price": {"gte": 5, "lte": 30}})
    ask("minimal price", PRODUCTS, first=10, where={"minimalPrice": {"range": {"lte": 20}}})


def _buy(recorder: Recorder, channel: str, token: str) -> None:
    who = "customer" if token else "visitor"
    found = recorder.ask(f"{who}: to buy", PRODUCTS, token, channel=channel, first=20)
    variants = [
        variant["id"]
        for edge in found["data"]["products"]["edges"]
        for variant in edge["node"]["variants"]
        if variant["pricing"] and (variant["quantityAvailable"] or 0) > 3
    ][:3]
    lines = [{"variantId": variant, "quantity": 2} for variant in variants]
    made = recorder.ask(
        f"{who}: checkoutCreate",
        CREATE,
        token,
        input={"channel": channel, "email": "retail@example.com", "lines": lines},
    )
    recorder.ask(
        f"{who}: 51 of one thing",
        CREATE,
        token,
        input={
            "channel": channel,
            "email": "retail@example.com",
            "lines": [{"variantId": variants[0], "quantity": 51}],
        },
    )
    checkout = made["data"]["checkoutCreate"]["checkout"]["id"]
    more = [{"variantId": variants[0], "quantity": 1}]
    recorder.ask(f"{who}: checkoutLinesAdd", ADD, token, id=checkout, lines=more)
    told = recorder.ask(f"{who}: addresses", ADDRESS, token, id=checkout, address=PEOPLE_ADDRESS)
    offered = told["data"]["checkoutShippingAddressUpdate"]["checkout"]["shippingMethods"]
    method = offered[0]["id"]
    recorder.ask(f"{who}: delivery", DELIVERY, token, id=checkout, method=method)
    recorder.ask(f"{who}: promo code", PROMO, token, id=checkout)
    recorder.ask(f"{who}: complete unpaid", COMPLETE, token, id=checkout)


def differences(before: Recorder, after: Recorder) -> list[str]:
    """Which questions got another answer, and where it starts to differ."""
    found = []
    for (name, was), (_name, now) in zip(before.kept, after.kept, strict=True):
        if was != now:
            at = next((n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), 0)
            start = max(0, at - 80)
            found.append(f"{name}: {was[start : at + 120]!r} became {now[start : at + 120]!r}")
    return found
