"""The cart: whole packs, the legal entity's prices, problems at their line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.ordering.models import CheckoutTerms
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import get_shop
from sandbox import models


def put(client, variant, quantity):
    return client.post(f"/goods/{variant.pk}/to-cart/", {"quantity": str(quantity)})


def quantities():
    return dict(models.CheckoutLine.objects.values_list("variant_id", "quantity"))


def test_the_empty_cart_says_where_to_begin(olga):
    page = olga.get("/cart/").content.decode()

    assert "Корзина пуста" in page


def test_what_is_put_in_lies_there_at_his_price(cast, olga):
    put(olga, cast.hose, 60)

    page = olga.get("/cart/").content.decode()

    assert quantities() == {cast.hose.pk: 60}
    assert 'data-unit-price="1500.50" data-line-total="90030.00"' in page
    assert 'data-total="90030.00"' in page
    assert "в том числе НДС 16\xa0234,92" in page


def test_putting_in_more_adds_up(cast, olga):
    put(olga, cast.hose, 2)
    put(olga, cast.hose, 3)

    assert quantities() == {cast.hose.pk: 5}


@pytest.mark.parametrize("quantity", ["-2", "много", "", "99999999999", "1.5.2"])
def test_a_quantity_is_a_number(cast, olga, quantity):
    answer = put(olga, cast.hose, quantity)

    assert answer.status_code == 302
    assert quantities() == {}
    assert "Запишите количество числом" in olga.get("/").content.decode()


def test_a_broken_pack_is_refused_with_what_to_take(cast, olga):
    put(olga, cast.boards, 7)

    assert quantities() == {}
    assert "возьмите 6 или 12" in olga.get("/").content.decode()


def test_a_good_with_a_selling_step_is_sold_by_it(cast, olga):
    VariantFacts.objects.update_or_create(variant_id=cast.hose.pk, defaults={"step": 4})

    shown = olga.get(f"/goods/{cast.hose.pk}/").content.decode()
    assert "продаётся по 4" in shown
    assert 'min="4" step="4" value="4"' in shown

    put(olga, cast.hose, 5)
    assert quantities() == {}
    assert "возьмите 4 или 8" in olga.get("/").content.decode()

    put(olga, cast.hose, 8)
    assert quantities() == {cast.hose.pk: 8}


def test_more_than_there_is_is_refused(cast, olga):
    put(olga, cast.bath, 5)

    assert quantities() == {}
    assert "flash error" in olga.get("/").content.decode()


def test_new_quantities_are_recounted_and_zero_takes_out(cast, olga):
    put(olga, cast.hose, 2)
    put(olga, cast.boards, 6)

    olga.post("/cart/change/", {f"quantity-{cast.hose.pk}": "4", f"quantity-{cast.boards.pk}": "0"})

    assert quantities() == {cast.hose.pk: 4}


def test_a_line_is_taken_out_alone(cast, olga):
    put(olga, cast.hose, 2)
    put(olga, cast.boards, 6)

    olga.post(
        "/cart/change/",
        {f"quantity-{cast.hose.pk}": "9", "remove": str(cast.boards.pk)},
    )

    assert quantities() == {cast.hose.pk: 2}


def test_a_refused_change_changes_no_line(cast, olga):
    put(olga, cast.hose, 2)
    put(olga, cast.boards, 6)

    olga.post("/cart/change/", {f"quantity-{cast.hose.pk}": "4", f"quantity-{cast.boards.pk}": "7"})

    assert quantities() == {cast.hose.pk: 2, cast.boards.pk: 6}


def test_another_legal_entity_reprices_what_lies_in_the_cart(cast, olga):
    put(olga, cast.hose, 2)

    olga.post("/legal-entity/", {"legal_entity": cast.plus.pk, "next": "/cart/"})

    assert 'data-unit-price="1400.25"' in olga.get("/cart/").content.decode()
    assert CheckoutTerms.objects.get().legal_entity == cast.plus


def test_as_a_private_person_the_cart_is_retail(cast, olga):
    put(olga, cast.hose, 2)

    olga.post("/legal-entity/", {"legal_entity": "", "next": "/cart/"})

    page = olga.get("/cart/").content.decode()
    assert 'data-unit-price="1990.00"' in page
    assert CheckoutTerms.objects.get().legal_entity is None
    assert "/checkout/" not in page


def test_his_retail_cart_stays_his_and_can_be_bought_for_the_legal_entity(cast, olga):
    channel = models.Channel.objects.get()
    cart = models.Checkout.objects.create(channel=channel, user=cast.olga)
    models.CheckoutLine.objects.create(checkout=cart, variant=cast.hose, quantity=3)

    page = olga.get("/cart/").content.decode()
    assert 'id="cart-differs"' in page
    assert 'data-unit-price="1990.00"' in page

    olga.post("/legal-entity/", {"legal_entity": cast.ooo.pk, "next": "/cart/"})

    page = olga.get("/cart/").content.decode()
    assert 'id="cart-differs"' not in page
    assert 'data-unit-price="1500.50"' in page


def test_nobody_sees_anothers_cart(cast, olga, kirill, stranger):
    put(olga, cast.hose, 2)

    for other in (kirill, stranger):
        assert "Корзина пуста" in other.get("/cart/").content.decode()


def test_a_changed_price_is_said_at_its_line(cast, olga):
    put(olga, cast.hose, 2)
    cast.wholesale.prices.filter(variant_id=cast.hose.pk).update(amount=Decimal("1600"))

    page = olga.get("/cart/").content.decode()

    assert "цена изменилась" in page


def test_switched_off_meanwhile_the_cart_says_so(cast, olga):
    put(olga, cast.hose, 2)
    switch(get_shop(), cast.manager, cast.company, on=False)

    page = olga.get("/cart/").content.decode()

    assert "Оптовые условия этой корзины больше не действуют" in page
    assert 'data-unit-price="1990.00"' in page


def test_htmx_puts_in_and_answers_with_the_row_and_the_carts_sum(cast, olga):
    answer = olga.post(
        f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"}, headers={"HX-Request": "true"}
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith(f'<div class="order" id="order-{cast.hose.pk}"')
    assert 'data-cart-total="3001.00"' in page
    assert "<html" not in page


def test_htmx_is_refused_beside_the_button(cast, olga):
    answer = olga.post(
        f"/goods/{cast.boards.pk}/to-cart/", {"quantity": "7"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    assert "возьмите 6 или 12" in answer.content.decode()


def test_what_does_not_exist_cannot_be_put_in(cast, olga):
    olga.post("/goods/999999/to-cart/", {"quantity": "1"})

    assert quantities() == {}


def test_htmx_for_what_does_not_exist_answers_without_an_error_of_ours(cast, olga):
    answer = olga.post("/goods/999999/to-cart/", {"quantity": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 404
