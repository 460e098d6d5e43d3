"""What a retail shop answers, recorded byte by byte, to be compared after the overlay is in.

Reading questions come first, refused ones too; then retail purchases: two as far as they go
without paying, one that is paid and becomes an order, which is cancelled again so that the stock
is what it was. What is random in an answer (ids, tokens, times) is masked in every recording;
nothing else is.
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
  node { id name slug products(first: 5) { edges { node { name } } } } } } }"""

PRODUCT = f"""query($channel: String!, $slug: String!) {{
  product(channel: $channel, slug: $slug) {{ id name slug description seoTitle rating created
    isAvailable isAvailableForPurchase availableForPurchaseAt weight {{ unit value }}
    category {{ name ancestors(first: 5) {{ edges {{ node {{ slug }} }} }} }}
    collections {{ slug }} media {{ url alt type }} metadata {{ key value }}
    attributes {{ attribute {{ slug name }} values {{ slug name }} }}
    pricing {{ onSale discount {{ gross {{ amount }} }} displayGrossPrices
      priceRange {{ start {{ gross {{ amount }} }} stop {{ gross {{ amount }} }} }}
      priceRangeUndiscounted {{ start {{ gross {{ amount }} }} }} }}
    defaultVariant {{ id sku {PRICING} }}
    variants {{ id sku name trackInventory quantityAvailable quantityLimitPerCustomer
      {PRICING} }} }} }}"""

VARIANTS = f"""query($channel: String!) {{ productVariants(first: 50, channel: $channel) {{
  totalCount edges {{ cursor node {{ sku name product {{ slug }} quantityAvailable
    {PRICING} }} }}
  pageInfo {{ endCursor }} }} }}"""

CATEGORY = """query($channel: String!, $slug: String!) { category(slug: $slug) { id name
  children(first: 9) { edges { node { slug } } }
  products(first: 20, channel: $channel, sortBy: {field: PRICE, direction: ASC}) {
    totalCount edges { node { slug
      pricing { priceRange { start { gross { amount } } } } } } } } }"""

COLLECTION = """query($channel: String!, $slug: String!) { collection(slug: $slug,
  channel: $channel) { id name products(first: 20, sortBy: {field: NAME, direction: DESC}) {
    totalCount edges { node { slug } } } } }"""

ATTRIBUTES = """query($channel: String!) { attributes(first: 20, channel: $channel) {
  edges { node { slug name inputType
    choices(first: 9) { edges { node { slug } } } } } } }"""

PAGES = """query($channel: String!) { pages(first: 5, channel: $channel) { edges { node {
  slug title } } } }"""

#: What is refused, and how: the words must be the same too.
REFUSED = {
    "nobody's orders": "{ orders(first: 5) { edges { node { number } } } }",
    "nobody's customers": "{ customers(first: 5) { edges { node { email } } } }",
    "too many": '{ products(first: 101, channel: "default-channel") { totalCount } }',
    "no such field": '{ products(first: 1, channel: "default-channel") { nonsense } }',
    "no query": "{ products(first: 1",
}
NOBODYS_ACCOUNT = """mutation { accountUpdate(input: {firstName: "x"}) {
  errors { field message code } } }"""
NOTHING = """mutation { checkoutLinesAdd(id: "Q2hlY2tvdXQ6MQ==", lines: []) {
  errors { field message code } } }"""

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

#: As an app of a payment service tells it; Saleor's own dummy gateway is gone from 3.24 on.
PAY = """mutation($id: ID!, $paid: MoneyInput!) { transactionCreate(id: $id,
  transaction: {name: "Card", amountCharged: $paid}) { errors { field message code } } }"""

ORDER = """mutation($id: ID!) { checkoutComplete(id: $id) {
  order { id status paymentStatus isPaid chargeStatus authorizeStatus canFinalize userEmail
    total { gross { amount } net { amount } } undiscountedTotal { gross { amount } }
    shippingPrice { gross { amount } } shippingMethodName voucherCode metadata { key value }
    lines { productName variantName productSku quantity unitPrice { gross { amount } }
      unitDiscount { amount } unitDiscountReason totalPrice { gross { amount } } } }
  confirmationNeeded errors { field message code lines variants } } }"""

TOTAL = "query($id: ID!) { checkout(id: $id) { totalPrice { gross { amount currency } } } }"

CANCEL = "mutation($id: ID!) { orderCancel(id: $id) { errors { field message } } }"

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

#: base64 of «Checkout…», «CheckoutLine…», «Order…» global ids, UUIDs, JWTs: they differ by
#: chance.
_CHANCE = re.compile(
    rb"Q2hlY2tvdX[QRE][A-Za-z0-9+/=]+"
    rb"|T3JkZXI6[A-Za-z0-9+/=]+"
    rb"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb"|eyJ[\w-]+\.[\w-]+\.[\w-]+"
)


class Recorder:
    """Asks a shop's /graphql/ and keeps (what was asked, the masked answer)."""

    def __init__(self, graphql: str) -> None:
        self.graphql = graphql
        self.kept: list[tuple[str, bytes]] = []

    def ask(
        self, name: str, query: str, token: str = "", *, refused: bool = False, **variables: Any
    ) -> dict[str, Any]:
        """``refused``: it must be; any other question that gets no answer proves nothing."""
        told, answer = self.send(query, token, **variables)
        self.kept.append((name, _CHANCE.sub(b"*", answer)))
        if bool(told.get("errors")) is not refused:
            raise AssertionError(f"{name}: {told}")
        return told

    def send(self, query: str, token: str = "", **variables: Any) -> tuple[dict[str, Any], bytes]:
        """Ask what isn't recorded."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Accept-Language": "ru"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            with urlopen(Request(self.graphql, body, headers), timeout=60) as response:
                answer = response.read()
        except HTTPError as error:
            answer = error.read()
        told: dict[str, Any] = json.loads(answer)
        return told, answer


def record(
    graphql: str,
    email: str,
    password: str,
    *,
    channels: tuple[str, ...],
    admin: tuple[str, str],
) -> Recorder:
    """A visitor's questions, a retail customer's, what either is refused, and retail purchases;
    ``admin`` cancels the one that was paid."""
    recorder = Recorder(graphql)
    for channel in channels:
        _read(recorder, "visitor", channel)
    token = recorder.ask("sign in", SIGN_IN, email=email, password=password)["data"]["tokenCreate"][
        "token"
    ]
    for channel in channels:
        _read(recorder, "customer", channel, token)
        recorder.ask("customer: me", ME, token)
    _be_refused(recorder, "visitor", "")
    recorder.ask("visitor: nobody's account", NOBODYS_ACCOUNT, refused=True)
    _be_refused(recorder, "customer", token)
    _buy(recorder, channels[0], "")
    _buy(recorder, channels[0], token)
    _pay(recorder, channels[0], admin)
    return recorder


def _be_refused(recorder: Recorder, who: str, token: str) -> None:
    for name, query in REFUSED.items():
        recorder.ask(f"{who}: {name}", query, token, refused=True)
    recorder.ask(f"{who}: an id of nothing", NOTHING, token)


def _read(recorder: Recorder, who: str, channel: str, token: str = "") -> None:
    def ask(name: str, query: str, **variables: Any) -> dict[str, Any]:
        asked = f"{who}, {channel}: {name}"
        told: dict[str, Any] = recorder.ask(asked, query, token, channel=channel, **variables)[
            "data"
        ]
        return told

    recorder.ask(f"{who}: shop", SHOP, token)
    recorder.ask(f"{who}: menus", MENU, token)
    groups = ask("categories", CATEGORIES)["categories"]["edges"]
    for slug in [each["node"]["slug"] for each in groups][:4]:
        ask(f"category {slug}", CATEGORY, slug=slug)
    for each in ask("collections", COLLECTIONS)["collections"]["edges"][:3]:
        ask("collection", COLLECTION, slug=each["node"]["slug"])
    goods = ask("products", PRODUCTS, first=100)["products"]["edges"]
    for slug in [each["node"]["slug"] for each in goods][:8]:
        ask(f"product {slug}", PRODUCT, slug=slug)
    ask("no such product", PRODUCT, slug="no-such-product")
    ask("variants", VARIANTS)
    ask("attributes", ATTRIBUTES)
    ask("pages", PAGES)
    ask("cheapest first", PRODUCTS, first=10, sort={"field": "PRICE", "direction": "ASC"})
    ask("dearest first", PRODUCTS, first=10, sort={"field": "PRICE", "direction": "DESC"})
    for words in ("shirt", "apple juice", "шланг", "no such thing"):
        ask(f"search {words}", PRODUCTS, first=10, search=words)
    ask("by price", PRODUCTS, first=10, filter={"price": {"gte": 5, "lte": 30}})
    ask("minimal price", PRODUCTS, first=10, where={"minimalPrice": {"range": {"lte": 20}}})


def _variants(recorder: Recorder, who: str, channel: str, token: str) -> list[str]:
    found = recorder.ask(f"{who}: to buy", PRODUCTS, token, channel=channel, first=20)
    return [
        variant["id"]
        for edge in found["data"]["products"]["edges"]
        for variant in edge["node"]["variants"]
        if variant["pricing"] and (variant["quantityAvailable"] or 0) > 3
    ][:3]


def _cart(recorder: Recorder, who: str, channel: str, token: str, variants: list[str]) -> str:
    """With addresses and a delivery."""
    lines = [{"variantId": variant, "quantity": 2} for variant in variants]
    given = {"channel": channel, "email": "retail@example.com", "lines": lines}
    made = recorder.ask(f"{who}: checkoutCreate", CREATE, token, input=given)
    checkout: str = made["data"]["checkoutCreate"]["checkout"]["id"]
    told = recorder.ask(f"{who}: addresses", ADDRESS, token, id=checkout, address=PEOPLE_ADDRESS)
    offered = told["data"]["checkoutShippingAddressUpdate"]["checkout"]["shippingMethods"]
    recorder.ask(f"{who}: delivery", DELIVERY, token, id=checkout, method=offered[0]["id"])
    return checkout


def _buy(recorder: Recorder, channel: str, token: str) -> None:
    """As far as it goes without paying."""
    who = "customer" if token else "visitor"
    variants = _variants(recorder, who, channel, token)
    checkout = _cart(recorder, who, channel, token, variants)
    too_much = [{"variantId": variants[0], "quantity": 51}]
    given = {"channel": channel, "email": "retail@example.com", "lines": too_much}
    recorder.ask(f"{who}: 51 of one thing", CREATE, token, input=given)
    more = [{"variantId": variants[0], "quantity": 1}]
    recorder.ask(f"{who}: checkoutLinesAdd", ADD, token, id=checkout, lines=more)
    recorder.ask(f"{who}: promo code", PROMO, token, id=checkout)
    recorder.ask(f"{who}: complete unpaid", COMPLETE, token, id=checkout)


def _pay(recorder: Recorder, channel: str, admin: tuple[str, str]) -> None:
    """A visitor's purchase to its end."""

    def staff(query: str, **variables: Any) -> None:
        told, _answer = recorder.send(query, token, **variables)
        if told.get("errors") or any(each["errors"] for each in told["data"].values()):
            raise AssertionError(f"{query}: {told}")

    email, password = admin
    signed_in, _answer = recorder.send(SIGN_IN, email=email, password=password)
    token = signed_in["data"]["tokenCreate"]["token"]
    variants = _variants(recorder, "payer", channel, "")
    checkout = _cart(recorder, "payer", channel, "", variants)
    price = recorder.send(TOTAL, id=checkout)[0]["data"]["checkout"]["totalPrice"]["gross"]
    staff(PAY, id=checkout, paid=price)
    made = recorder.ask("payer: order", ORDER, id=checkout)["data"]["checkoutComplete"]
    if made["errors"]:
        raise AssertionError(f"a visitor can't buy: {made}")
    staff(CANCEL, id=made["order"]["id"])


def differences(before: Recorder, after: Recorder) -> list[str]:
    """Which questions got another answer, and where it starts to differ."""
    found = []
    for (name, was), (_name, now) in zip(before.kept, after.kept, strict=True):
        if was != now:
            at = next((n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), 0)
            start = max(0, at - 80)
            found.append(f"{name}: {was[start : at + 120]!r} became {now[start : at + 120]!r}")
    return found
