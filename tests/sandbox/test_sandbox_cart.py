"""Carts and orders through the shop's own mutations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from graphql_relay import to_global_id

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.shop import Refused, get_shop
from sandbox import models
from sandbox.story import queries
from sandbox.story.buying import ADDRESS


def variant_id(variant: models.Variant) -> str:
    return to_global_id("ProductVariant", variant.pk)


@pytest.fixture
def fill(ask):
    """Make a cart of one thing; answers the mutation's payload."""

    def filled(variant, quantity, by=None, **more):
        given = {
            "channel": "ru",
            "lines": [{"variantId": variant_id(variant), "quantity": quantity}],
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
            **more,
        }
        return ask(queries.CHECKOUT_CREATE, by, input=given)["data"]["checkoutCreate"]

    return filled


@pytest.fixture
def complete(ask):
    """Choose the cheapest delivery and order; answers the mutation's payload."""

    def completed(cart_id, by=None):
        offered = ask(queries.SHIPPING_ADDRESS, by, id=cart_id, address=ADDRESS)
        methods = offered["data"]["checkoutShippingAddressUpdate"]["checkout"]["shippingMethods"]
        ask(queries.DELIVERY, by, id=cart_id, method=methods[0]["id"])
        return ask(queries.COMPLETE, by, id=cart_id)["data"]["checkoutComplete"]

    return completed


def codes(payload) -> list[str]:
    return [error["code"] for error in payload["errors"]]


def price_of(checkout) -> Decimal:
    (line,) = checkout["lines"]
    return Decimal(line["unitPrice"]["gross"]["amount"])


def test_the_answer_that_makes_the_cart_has_the_contract_price(wholesale, fill, shovel):
    wholesale.price(shovel, "1.23")

    made = fill(shovel, 3, wholesale.anna)

    assert price_of(made["checkout"]) == Decimal("1.23")
    assert Decimal(made["checkout"]["totalPrice"]["gross"]["amount"]) == Decimal("3.69")


def test_a_changed_cart_keeps_the_contract_price(ask, wholesale, fill, shovel):
    wholesale.price(shovel, "1.23")
    cart = fill(shovel, 3, wholesale.anna)["checkout"]

    line = {"lineId": cart["lines"][0]["id"], "quantity": 7}
    changed = ask(queries.LINES_UPDATE, wholesale.anna, id=cart["id"], lines=[line])
    more = {"variantId": variant_id(shovel), "quantity": 1}
    added = ask(queries.LINES_ADD, wholesale.anna, id=cart["id"], lines=[more])

    for answer, quantity in ((changed, 7), (added, 8)):
        (payload,) = answer["data"].values()
        assert payload["checkout"]["lines"][0]["quantity"] == quantity
        assert price_of(payload["checkout"]) == Decimal("1.23")


def test_a_retail_line_of_51_is_refused_and_no_cart_is_left(fill, hose):
    hose.stocks.update(quantity=400)
    before = models.Checkout.objects.count()

    assert codes(fill(hose, 51)) == ["QUANTITY_GREATER_THAN_LIMIT"]
    assert models.Checkout.objects.count() == before


def test_a_wholesale_buyer_takes_51(wholesale, fill, hose):
    hose.stocks.update(quantity=400)

    assert codes(fill(hose, 51, wholesale.anna)) == []


def test_more_than_there_is_in_stock_is_refused(wholesale, fill, hose):
    assert codes(fill(hose, 41, wholesale.anna)) == ["INSUFFICIENT_STOCK"]


def test_a_stranger_neither_reads_nor_changes_a_cart(ask, wholesale, fill, hose):
    cart = fill(hose, 1, wholesale.anna)["checkout"]["id"]
    more = {"variantId": variant_id(hose), "quantity": 1}

    for by in (None, wholesale.igor):
        assert ask(queries.CHECKOUT, by, id=cart)["data"]["checkout"] is None
        changed = ask(queries.LINES_ADD, by, id=cart, lines=[more])["data"]["checkoutLinesAdd"]
        assert codes(changed) == ["NOT_FOUND"]
        ordered = ask(queries.COMPLETE, by, id=cart)["data"]["checkoutComplete"]
        assert codes(ordered) == ["NOT_FOUND"]

    assert models.CheckoutLine.objects.get(checkout__user=wholesale.anna, variant=hose,
                                           checkout__last_change__isnull=False,
                                           quantity=1)  # fmt: skip


def test_an_unpaid_retail_order_is_refused(fill, complete, hose):
    cart = fill(hose, 1, email="visitor@mail.example")["checkout"]["id"]
    orders = models.Order.objects.count()

    assert codes(complete(cart)) == ["CHECKOUT_NOT_FULLY_PAID"]
    assert models.Order.objects.count() == orders


def test_a_wholesale_order_is_placed_on_account_and_kept(wholesale, fill, complete, shovel):
    wholesale.price(shovel, "1.23")
    cart = fill(shovel, 3, wholesale.anna)["checkout"]["id"]

    order = complete(cart, wholesale.anna)["order"]

    kept = WholesaleOrder.objects.get(number=order["number"])
    assert (kept.total, kept.legal_entity) == (Decimal("3.69"), wholesale.entity)
    assert [line.unit_price for line in kept.lines.all()] == [Decimal("1.23")]
    assert not models.Checkout.objects.filter(lines__variant=shovel).exists()
    assert shovel.stocks.get().allocated == 3


def test_completing_twice_answers_with_the_same_order(ask, wholesale, fill, complete, hose):
    cart = fill(hose, 2, wholesale.anna)["checkout"]["id"]

    first = complete(cart, wholesale.anna)["order"]
    again = ask(queries.COMPLETE, wholesale.anna, id=cart)["data"]["checkoutComplete"]["order"]

    assert first["number"] == again["number"]
    assert WholesaleOrder.objects.count() == 1
    assert hose.stocks.get().allocated == 2


def test_a_broken_pack_is_refused_at_its_line_and_nothing_changes(wholesale, fill, complete, hose):
    wholesale.price(hose, "10.00", pack=12)
    cart = fill(hose, 25, wholesale.anna)["checkout"]
    orders = models.Order.objects.count()

    (error,) = complete(cart["id"], wholesale.anna)["errors"]

    assert error["lines"] == [cart["lines"][0]["id"]]
    assert models.Order.objects.count() == orders
    assert hose.stocks.get().allocated == 0


def test_stock_sold_meanwhile_refuses_the_order(wholesale, fill, complete, hose):
    cart = fill(hose, 30, wholesale.anna)["checkout"]["id"]
    hose.stocks.update(quantity=29)

    assert codes(complete(cart, wholesale.anna)) == ["INSUFFICIENT_STOCK"]
    assert hose.stocks.get().allocated == 0
    assert models.Checkout.objects.filter(user=wholesale.anna, lines__variant=hose).exists()


def test_an_address_and_a_delivery_method_are_asked_for(ask, wholesale, fill, hose):
    cart = fill(hose, 1, wholesale.anna, shippingAddress=None)["checkout"]["id"]

    first = ask(queries.COMPLETE, wholesale.anna, id=cart)["data"]["checkoutComplete"]
    ask(queries.SHIPPING_ADDRESS, wholesale.anna, id=cart, address=ADDRESS)
    second = ask(queries.COMPLETE, wholesale.anna, id=cart)["data"]["checkoutComplete"]

    assert (codes(first), codes(second)) == (
        ["SHIPPING_ADDRESS_NOT_SET"],
        ["SHIPPING_METHOD_NOT_SET"],
    )


@pytest.mark.django_db(transaction=True)
def test_ordering_twice_at_the_same_moment_makes_one_order(request):
    wholesale = request.getfixturevalue("wholesale")
    hose = request.getfixturevalue("hose")
    shop = get_shop()
    (channel,) = shop.catalogue.channels()
    models.Checkout.objects.all().delete()
    cart = shop.checkouts.set_quantities(wholesale.anna.pk, channel, {hose.pk: 2})
    start = Barrier(2)

    def press(_number: int) -> str:
        start.wait()
        try:
            return shop.checkouts.complete(cart, wholesale.anna.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(press, range(2)))

    assert len(answers) == 1
    assert WholesaleOrder.objects.count() == 1
    assert hose.stocks.get().allocated == 2


def test_a_refused_order_leaves_the_cart_as_it_was(wholesale, hose):
    shop = get_shop()
    (channel,) = shop.catalogue.channels()
    models.Checkout.objects.all().delete()
    cart = shop.checkouts.set_quantities(wholesale.anna.pk, channel, {hose.pk: 2})
    hose.stocks.update(quantity=1)

    with pytest.raises(Refused, match="1"):
        shop.checkouts.complete(cart, wholesale.anna.pk)

    kept = models.Checkout.objects.get(pk=cart)
    assert kept.shipping_method is None
    assert [line.quantity for line in kept.lines.all()] == [2]


def test_a_stranger_cannot_complete_her_cart_through_the_port(wholesale, hose):
    shop = get_shop()
    (channel,) = shop.catalogue.channels()
    cart = shop.checkouts.set_quantities(wholesale.anna.pk, channel, {hose.pk: 2})

    with pytest.raises(Refused):
        shop.checkouts.complete(cart, wholesale.igor.pk)

    assert models.Checkout.objects.filter(pk=cart).exists()


def test_a_new_cart_that_is_refused_leaves_nothing(wholesale, hose):
    shop = get_shop()
    (channel,) = shop.catalogue.channels()
    models.Checkout.objects.all().delete()

    with pytest.raises(Refused):
        shop.checkouts.set_quantities(wholesale.anna.pk, channel, {hose.pk: 10_000})

    assert shop.checkouts.of_user(wholesale.anna.pk, channel) is None
