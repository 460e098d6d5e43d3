"""Goods for wholesale only, and goods without prices until signing in, on the shop's own API."""

from __future__ import annotations

import json

import pytest
from graphql_relay import to_global_id

from b2b_overlay.ordering import visibility
from b2b_overlay.ordering.models import GroupVisibility
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import CategoryDraft, Refused

from .carts import COMPLETE, FOR, codes, make, payload
from .conftest import variant_gid

CREATE = """mutation($lines: [CheckoutLineInput!]!) {
  payload: checkoutCreate(input: {channel: "ru", email: "a@b.ru", lines: $lines}) {
    checkout { id } errors { field message code } } }"""
ADD = """mutation($id: ID!, $lines: [CheckoutLineInput!]!) {
  payload: checkoutLinesAdd(id: $id, lines: $lines) {
    checkout { lines { variant { id } } } errors { field message code } } }"""
SEEN = """query($product: ID!, $variant: ID!, $sku: String!, $group: ID!) {
  list: products(channel: "ru", first: 50) { edges { node { id } } }
  found: products(channel: "ru", first: 50, filter: {search: "%s"}) { edges { node { id } } }
  group: products(channel: "ru", first: 50, filter: {categories: [$group]}) {
    edges { node { id } } }
  one: product(id: $product, channel: "ru") { id }
  variant: productVariant(id: $variant, channel: "ru") { id }
  bySku: productVariant(sku: $sku, channel: "ru") { id } }"""
SHOWN = """query($id: ID!, $product: ID!) {
  productVariant(id: $id, channel: "ru") { pricing { price { gross { amount } } } }
  product(id: $product, channel: "ru") { name
    pricing { priceRange { start { gross { amount } } } } } }"""
PRICES = 'query($ids: [ID!]!) { b2bPrices(variantIds: $ids, channel: "ru") { variantId } }'


@pytest.fixture
def groups(shop):
    """«Сад» and «Семена» below it."""
    drafts = [CategoryDraft("g", None, "Сад", None), CategoryDraft("s", None, "Семена", "g")]
    return shop.writer.save_categories(drafts)


@pytest.fixture
def seeds(stand, cast, groups):
    """A good of «Семена», which «Ромашка» buys at its own price."""
    product, variant = stand.good("С-1", "100.00", name="Укроп", category_id=groups["s"])
    cast.price(cast.first, variant, "61.00")
    return product, variant


@pytest.fixture
def only(cast, groups, shop, settings):
    """The manager, who watches over prices, says who sees «Сад»."""
    settings.B2B_OVERSEERS = [cast.manager.email]

    def set_(rule: str) -> None:
        visibility.set_rule(cast.manager, shop, groups["g"], rule)

    return set_


def where_seen(ask, by, seeds, groups) -> dict[str, bool]:
    product, variant = seeds
    told = ask(
        SEEN % "Укроп",
        by,
        product=to_global_id("Product", product),
        variant=variant_gid(variant),
        sku="С-1",
        group=to_global_id("Category", groups["g"]),
    )
    wanted = to_global_id("Product", product)
    seen = {
        name: any(edge["node"]["id"] == wanted for edge in told[name]["edges"])
        for name in ("list", "found", "group")
    }
    return seen | {name: told[name] is not None for name in ("one", "variant", "bySku")}


def lines(variant, quantity=1):
    return [{"variantId": variant_gid(variant), "quantity": quantity}]


@pytest.fixture(params=["its group", "itself"])
def for_wholesale(request, only, seeds):
    """Seeds are for wholesale only from now on: their group is, or 1C marks them."""

    def set_() -> None:
        if request.param == "its group":
            only("wholesale")
        else:
            VariantFacts.objects.update_or_create(
                variant_id=seeds[1], defaults={"wholesale_only": True}
            )
            visibility.forget()

    return set_


def test_retail_doesnt_find_goods_for_wholesale_only(ask, cast, seeds, groups, for_wholesale):
    before = where_seen(ask, None, seeds, groups)
    for_wholesale()

    for who in (None, cast.customer):
        seen = where_seen(ask, who, seeds, groups)
        assert not any(seen.values()), seen
    for who in (cast.buyer, cast.stranger):
        assert where_seen(ask, who, seeds, groups) == before
    assert before["one"]
    assert before["variant"]


@pytest.mark.parametrize("who", ["customer", None])
def test_retail_cant_put_them_into_a_cart(ask, cast, seeds, hose, for_wholesale, stand, who):
    for_wholesale()
    by = getattr(cast, who) if who else None

    told = payload(ask, CREATE, by, lines=lines(seeds[1]))
    assert codes(told) == {"UNAVAILABLE_VARIANT_IN_CHANNEL"}
    assert "оптовым" in told["errors"][0]["message"]

    cart = payload(ask, CREATE, by, lines=lines(hose))["checkout"]["id"]
    told = payload(ask, ADD, by, id=cart, lines=lines(seeds[1]))
    assert codes(told) == {"UNAVAILABLE_VARIANT_IN_CHANNEL"}

    told = payload(ask, ADD, by, id=cart, lines=lines(hose))
    assert [line["variant"]["id"] for line in told["checkout"]["lines"]] == [variant_gid(hose)]


def test_a_cart_that_had_them_before_is_not_ordered(ask, cast, seeds, stand, deliver, only):
    cart = make(ask, cast.customer, {seeds[1]: 1})
    deliver(cast.customer, cart["id"])
    stand.pay(cart["id"])
    only("wholesale")

    told = payload(ask, COMPLETE, cast.customer, id=cart["id"])

    assert "UNAVAILABLE_VARIANT_IN_CHANNEL" in codes(told)
    assert stand.orders_of(cast.customer) == 0


def test_the_buyer_orders_them_for_his_legal_entity(ask, cast, seeds, deliver, for_wholesale):
    for_wholesale()
    cart = make(ask, cast.buyer, {seeds[1]: 1})
    deliver(cast.buyer, cart["id"])

    assert not payload(ask, COMPLETE, cast.buyer, id=cart["id"])["errors"]


def test_the_buyer_doesnt_buy_them_as_a_private_person(ask, cast, seeds, deliver, only, stand):
    only("wholesale")
    cart = make(ask, cast.buyer, {seeds[1]: 1})
    deliver(cast.buyer, cart["id"])

    payload(ask, FOR, cast.buyer, id=cart["id"], entity=None)
    told = payload(ask, COMPLETE, cast.buyer, id=cart["id"])

    assert told["order"] is None
    assert told["errors"]
    assert stand.orders_of(cast.buyer) == 0


def test_a_visitor_sees_no_price_until_he_signs_in(ask, cast, seeds, only):
    only("sign_in")
    product = to_global_id("Product", seeds[0])

    def shown(by):
        told = ask(SHOWN, by, id=variant_gid(seeds[1]), product=product)
        assert told["product"]["name"] == "Укроп"
        found = told["product"]["pricing"]["priceRange"]
        price = told["productVariant"]["pricing"]
        return (
            price and price["price"] and int(price["price"]["gross"]["amount"]),
            found and int(found["start"]["gross"]["amount"]),
        )

    assert shown(None) == (None, None)
    assert shown(cast.customer) == (100, 100)
    assert shown(cast.buyer) == (61, 61)


def test_what_has_no_price_for_him_a_visitor_cant_buy(ask, cast, seeds, only):
    only("sign_in")

    told = payload(ask, CREATE, None, lines=lines(seeds[1]))

    assert codes(told) == {"UNAVAILABLE_VARIANT_IN_CHANNEL"}
    assert "войдите" in told["errors"][0]["message"].lower()
    assert not payload(ask, CREATE, cast.customer, lines=lines(seeds[1]))["errors"]


def test_wholesale_prices_arent_asked_for_past_it(ask, cast, seeds, for_wholesale):
    for_wholesale()

    assert ask(PRICES, cast.customer, ids=[variant_gid(seeds[1])])["b2bPrices"] == []
    assert len(ask(PRICES, cast.buyer, ids=[variant_gid(seeds[1])])["b2bPrices"]) == 1


def test_without_rules_retail_gets_the_very_same_answer(ask, cast, seeds, groups, only, client):
    body = {
        "query": SEEN % "Укроп",
        "variables": {
            "product": to_global_id("Product", seeds[0]),
            "variant": variant_gid(seeds[1]),
            "sku": "С-1",
            "group": to_global_id("Category", groups["g"]),
        },
    }

    def answer():
        response = client.post("/graphql/", json.dumps(body), content_type="application/json")
        told = json.loads(response.content)
        told.pop("extensions", None)
        return told

    before = answer()
    only("wholesale")
    assert answer() != before

    only("")

    assert answer() == before
    assert not GroupVisibility.objects.exists()


@pytest.mark.parametrize("who", ["buyer", "manager"])
def test_only_those_who_watch_over_prices_say_who_sees_what(cast, groups, shop, who):
    with pytest.raises(Refused):
        visibility.set_rule(getattr(cast, who), shop, groups["g"], "wholesale")

    assert not GroupVisibility.objects.exists()
