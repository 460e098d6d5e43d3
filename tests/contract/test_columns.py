"""Price columns by the cart's sum, and prices from retail: bound, shown and charged alike."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.ordering.goods import beside, goods
from b2b_overlay.pricing.models import Assignment, Price, PriceList
from b2b_overlay.terms.current import terms_of

from .carts import FOR, READ, UPDATE, make, ordered, payload, total, unit_prices
from .conftest import entity_gid, variant_gid
from .test_prices_shown import PRICES


@pytest.fixture
def hose(stand, cast):
    """100.00 at retail, 80.00 by contract, 70.00 from a cart of 1,000.00."""
    _product, variant_id = stand.good("Ш-1", "100.00")
    cast.price(cast.first, variant_id, "80.00")
    column = PriceList.objects.create(name="Колонка 2")
    Price.objects.create(price_list=column, variant_id=variant_id, amount=Decimal("70.00"))
    contract = cast.first.contracts.get()
    Assignment.objects.create(price_list=column, contract=contract, min_total=Decimal(1000))
    return variant_id


@pytest.fixture
def from_retail(cast):
    """The first legal entity's list is retail less 15 %."""
    prices = cast.lists[cast.first.pk]
    prices.base_retail, prices.percent = True, Decimal(-15)
    prices.save()


def shown(ask, by, variant_id):
    told = ask(PRICES, by, id=variant_gid(variant_id), channel="ru")
    return Decimal(told["productVariant"]["pricing"]["price"]["gross"]["amount"])


def put(ask, cast, cart, variant_id, quantity):
    lines = [{"variantId": variant_gid(variant_id), "quantity": quantity}]
    told = payload(ask, UPDATE, cast.buyer, id=cart["id"], lines=lines)
    assert not told["errors"], told
    return told["checkout"]


def test_a_cart_whose_sum_crosses_a_column_is_repriced_whole_in_the_same_answer(
    ask, cast, hose, stand
):
    _product, other = stand.good("В-1", "500.00")
    cart = make(ask, cast.buyer, {hose: 5, other: 1})

    grown = put(ask, cast, cart, other, 2)
    shrunk = put(ask, cast, cart, other, 1)

    assert [sorted(unit_prices(c)) for c in (cart, grown, shrunk)] == [
        [80, 500],
        [70, 500],
        [80, 500],
    ]


def test_the_column_counts_what_retail_goods_come_to(ask, cast, hose, stand):
    _product, retail = stand.good("В-1", "920.00")

    assert total(make(ask, cast.buyer, {hose: 1, retail: 1})) == Decimal("990.00")


def test_the_catalogue_shows_the_price_of_the_open_carts_column(ask, cast, hose, shop, stand):
    before = shown(ask, cast.buyer, hose)
    make(ask, cast.buyer, {hose: 13})
    terms = terms_of(cast.first, stand.channel)

    page = goods(shop, stand.channel, terms, {hose: 1}, beside(shop, cast.buyer, terms))

    assert before == Decimal("80.00")
    assert shown(ask, cast.buyer, hose) == page[hose].price.amount == Decimal("70.00")
    assert shown(ask, cast.colleague, hose) == Decimal("100.00")


def test_a_cart_for_somebody_else_chooses_no_column(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 13})

    payload(ask, FOR, cast.buyer, id=cart["id"], entity=entity_gid(cast.second))

    assert shown(ask, cast.buyer, hose) in (Decimal("80.00"), Decimal("100.00"))
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("1300.00")


def test_it_is_ordered_at_the_columns_price(ask, cast, hose, deliver):
    cart = make(ask, cast.buyer, {hose: 13})

    (line,) = ordered(ask, deliver, cast.buyer, cart["id"])["lines"]

    assert Decimal(line["unitPrice"]["gross"]["amount"]) == Decimal("70.00")


def test_a_price_from_retail_is_bound_shown_and_ordered(ask, cast, stand, deliver, from_retail):
    _product, bath = stand.good("В-1", "499.99")

    cart = make(ask, cast.buyer, {bath: 2})
    (line,) = ordered(ask, deliver, cast.buyer, cart["id"])["lines"]

    assert unit_prices(cart) == [Decimal("424.99")]
    assert Decimal(line["unitPrice"]["gross"]["amount"]) == Decimal("424.99")
    assert shown(ask, cast.buyer, bath) == Decimal("424.99")


def test_a_promotion_for_retail_customers_leaves_a_price_from_retail_alone(
    ask, cast, stand, from_retail
):
    product_id, bath = stand.good("В-1", "500.00")
    before = shown(ask, cast.buyer, bath)

    stand.promote(product_id, 20)

    assert shown(ask, cast.customer, bath) == Decimal("400.00")
    assert shown(ask, cast.buyer, bath) == before == Decimal("425.00")
    assert unit_prices(make(ask, cast.buyer, {bath: 1})) == [Decimal("425.00")]


def test_what_lies_in_a_cart_is_told_without_reckoning_it(
    ask, cast, hose, shop, stand, django_assert_max_num_queries
):
    make(ask, cast.buyer, {hose: 3})

    with django_assert_max_num_queries(3):
        found = shop.checkouts.contents(cast.buyer.pk, stand.channel)

    assert found == {hose: 3}
    assert shop.checkouts.contents(cast.stranger.pk, stand.channel) == {}
