"""A price that can't be told (no rate for the day) is neither shown as retail nor ordered at it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from graphql_relay import to_global_id

from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.rates import RateRow, save_rate

from .carts import COMPLETE, codes, make, payload
from .conftest import entity_gid, variant_gid

SHOWN = """query($id: ID!, $product: ID!) {
  productVariant(id: $id, channel: "ru") { pricing { price { gross { amount } } } }
  product(id: $product, channel: "ru") {
    pricing { priceRange { start { gross { amount } } } } } }"""

TOLD = """query($ids: [ID!]!) {
  b2bPrices(variantIds: $ids, channel: "ru") { price { amount } isContract basis } }"""

WHY = """query($entity: ID!, $variant: ID!) {
  b2bPriceExplanation(legalEntityId: $entity, variantId: $variant, channel: "ru") {
    level price { amount } beatenBy out } }"""


@pytest.fixture
def good(stand, cast):
    """His contract has it in yuan, of which no rate is known; retail knows it too."""
    product_id, variant_id = stand.good("Н-1", "100.00")
    cast.price(cast.first, variant_id, "5.00")
    PriceList.objects.filter(pk=cast.lists[cast.first.pk].pk).update(currency="CNY")
    return product_id, variant_id


def _shown(ask, by, good):
    product_id, variant_id = good
    product = to_global_id("Product", product_id)
    told = ask(SHOWN, by, id=variant_gid(variant_id), product=product)
    variant, product = told["productVariant"]["pricing"], told["product"]["pricing"]
    return (
        variant and Decimal(variant["price"]["gross"]["amount"]),
        product["priceRange"] and Decimal(product["priceRange"]["start"]["gross"]["amount"]),
    )


def test_the_catalogue_shows_him_no_price_and_others_theirs(ask, cast, good):
    assert _shown(ask, cast.buyer, good) == (None, None)
    assert _shown(ask, cast.colleague, good) == (100, 100)
    assert _shown(ask, None, good) == (100, 100)


def test_he_is_told_that_it_is_on_request_and_why(ask, cast, good):
    (told,) = ask(TOLD, cast.buyer, ids=[variant_gid(good[1])])["b2bPrices"]

    assert told["price"] is None
    assert told["isContract"]
    assert "CNY" in told["basis"]


def test_the_desk_sees_which_list_decides(ask, cast, good):
    entity, variant = entity_gid(cast.first), variant_gid(good[1])

    first, retail = ask(WHY, cast.manager, entity=entity, variant=variant)["b2bPriceExplanation"]

    assert first["price"] is None
    assert "CNY" in first["out"]
    assert first["beatenBy"] is None
    assert retail["beatenBy"] == first["level"]


def test_it_isnt_ordered_at_retail(ask, cast, good, stand, deliver):
    cart = make(ask, cast.buyer, {good[1]: 2})
    deliver(cast.buyer, cart["id"])

    told = payload(ask, COMPLETE, cast.buyer, id=cart["id"])

    assert codes(told) == {"UNAVAILABLE_VARIANT_IN_CHANNEL"}
    assert "CNY" in told["errors"][0]["message"]
    assert stand.orders_of(cast.buyer) == 0


def test_with_the_rate_of_the_day_it_is_ordered(ask, cast, good, deliver):
    save_rate(cast.manager, RateRow("CNY", "RUB", timezone.localdate(), Decimal("11.5")))
    cart = make(ask, cast.buyer, {good[1]: 2})

    deliver(cast.buyer, cart["id"])
    told = payload(ask, COMPLETE, cast.buyer, id=cart["id"])

    (line,) = told["order"]["lines"]
    assert Decimal(line["unitPrice"]["gross"]["amount"]) == Decimal("57.50")
