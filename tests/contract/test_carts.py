"""Prices in a cart: bound to it, exact, and nobody else's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from graphql_relay import from_global_id, to_global_id

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.ordering import checkouts
from b2b_overlay.ordering.models import CheckoutTerms
from b2b_overlay.ordering.switch import switch

from .carts import ADD, CREATE, FOR, READ, UPDATE, codes, make, payload, total, unit_prices
from .conftest import entity_gid, variant_gid


def test_the_answer_that_makes_the_cart_has_the_contract_price(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 3})

    assert unit_prices(cart) == [Decimal("61.23")]
    assert total(cart) == Decimal("183.69")


def test_every_change_answers_with_contract_prices(ask, cast, hose, stand):
    _product, bath = stand.good("В-1", "500.00")
    cast.price(cast.first, bath, "410.10")
    cart = make(ask, cast.buyer, {hose: 1})

    lines = [{"variantId": variant_gid(bath), "quantity": 2}]
    added = payload(ask, ADD, cast.buyer, id=cart["id"], lines=lines)["checkout"]
    lines = [{"variantId": variant_gid(hose), "quantity": 7}]
    updated = payload(ask, UPDATE, cast.buyer, id=cart["id"], lines=lines)["checkout"]

    assert total(added) == Decimal("881.43")
    assert total(updated) == Decimal("1248.81")


def test_it_survives_whoever_reads_the_cart_next(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 3})

    for reader in (None, cast.stranger, cast.customer, cast.buyer):
        read = ask(READ, reader, id=cart["id"])["checkout"]
        if read is not None:  # some shops don't show a cart to strangers
            assert total(read) == Decimal("183.69")


def test_a_promotion_leaves_it_exact(ask, cast, hose, stand, shop):
    product_id = shop.catalogue.variants([hose], stand.channel)[hose].product_id
    stand.promote(product_id, 20)

    cart = make(ask, cast.buyer, {hose: 3})

    assert total(cart) == Decimal("183.69")
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("183.69")


def test_a_promotion_still_lowers_retail(ask, cast, hose, stand, shop):
    product_id = shop.catalogue.variants([hose], stand.channel)[hose].product_id
    stand.promote(product_id, 20)

    assert total(make(ask, cast.customer, {hose: 3})) == Decimal("240.00")


def test_quantity_decides_which_price(ask, cast, hose):
    cast.price(cast.first, hose, "50.00", at=10)
    cart = make(ask, cast.buyer, {hose: 9})

    lines = [{"variantId": variant_gid(hose), "quantity": 10}]
    more = payload(ask, UPDATE, cast.buyer, id=cart["id"], lines=lines)["checkout"]

    assert unit_prices(cart) == [Decimal("61.23")]
    assert unit_prices(more) == [Decimal("50.00")]


def test_a_retail_customers_cart_knows_nothing_of_wholesale(ask, cast, hose):
    cart = make(ask, cast.customer, {hose: 3})

    assert total(cart) == Decimal("300.00")
    cart_id = from_global_id(cart["id"])[1]
    assert not CheckoutTerms.objects.filter(checkout_id=cart_id).exists()


def test_another_legal_entity_on_the_cart_changes_its_prices(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 2})

    told = payload(ask, FOR, cast.buyer, id=cart["id"], entity=entity_gid(cast.second))

    assert not told["errors"]
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("141.00")


def test_as_a_private_person_the_cart_is_at_retail_whoever_reads_it(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 2})

    payload(ask, FOR, cast.buyer, id=cart["id"], entity=None)

    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("200.00")
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("200.00")


def test_and_stays_so_when_the_cart_is_changed(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 2})
    payload(ask, FOR, cast.buyer, id=cart["id"], entity=None)

    lines = [{"variantId": variant_gid(hose), "quantity": 3}]
    updated = payload(ask, UPDATE, cast.buyer, id=cart["id"], lines=lines)["checkout"]

    assert total(updated) == Decimal("300.00")


def test_nobody_puts_a_legal_entity_on_a_cart_of_others(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 2})

    told = payload(ask, FOR, cast.stranger, id=cart["id"], entity=entity_gid(cast.theirs))

    assert codes(told) == {"NOT_FOUND"}
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("122.46")


def test_nor_a_legal_entity_of_others_on_his_own(ask, cast, hose):
    cart = make(ask, cast.buyer, {hose: 2})

    told = payload(ask, FOR, cast.buyer, id=cart["id"], entity=entity_gid(cast.theirs))

    assert codes(told) == {"NOT_FOUND"}
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("122.46")


def test_a_colleague_buys_at_the_prices_of_his_own_legal_entity(ask, cast, hose):
    assert unit_prices(make(ask, cast.colleague, {hose: 1})) == [Decimal("70.50")]


def test_switched_off_open_carts_go_back_to_retail(ask, cast, hose, shop):
    cart = make(ask, cast.buyer, {hose: 2})

    switch(shop, cast.manager, cast.company, on=False)

    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("200.00")


def test_retail_is_stopped_at_51_pieces_and_wholesale_isnt(ask, cast, hose):
    lines = [{"variantId": variant_gid(hose), "quantity": 51}]
    asked = {"channel": "ru", "email": "visitor@example.com", "lines": lines}

    assert codes(payload(ask, CREATE, None, input=asked)) == {"QUANTITY_GREATER_THAN_LIMIT"}
    assert total(make(ask, cast.buyer, {hose: 51})) == Decimal("3122.73")


def test_a_page_fills_the_cart_the_storefront_reads(ask, cast, hose, shop, stand):
    cart_id = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: 4})

    read = ask(READ, cast.buyer, id=to_global_id("Checkout", cart_id))["checkout"]
    value = shop.checkouts.get(cart_id)

    assert unit_prices(read) == [Decimal("61.23")]
    assert [line.unit_price.amount for line in value.lines] == [Decimal("61.23")]
    assert shop.checkouts.of_user(cast.buyer.pk, stand.channel) == cart_id


def test_quantities_are_put_changed_and_taken_out(cast, hose, shop, stand):
    _product, bath = stand.good("В-1", "500.00")
    put = shop.checkouts.set_quantities
    cart_id = put(cast.buyer.pk, stand.channel, {hose: 4, bath: 1})

    assert put(cast.buyer.pk, stand.channel, {hose: 2, bath: 0}) == cart_id

    lines = shop.checkouts.get(cart_id).lines
    assert [(line.variant_id, line.quantity) for line in lines] == [(hose, 2)]


def test_an_unknown_cart_is_nobodys(shop, cast):
    assert shop.checkouts.get("00000000-0000-0000-0000-000000000000") is None
    assert shop.checkouts.get("no id at all") is None
    with pytest.raises(LegalEntity.DoesNotExist):
        checkouts.assign(shop, cast.buyer, "no id at all", cast.first.pk)


def test_the_carts_own_id_is_the_ports(ask, cast, hose, shop):
    cart = make(ask, cast.buyer, {hose: 1})

    value = shop.checkouts.get(from_global_id(cart["id"])[1])

    assert value is not None
    assert (value.user_id, value.channel.slug) == (cast.buyer.pk, "ru")
