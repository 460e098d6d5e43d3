"""Placing an order: for whom, on what terms, the sum that was shown, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.contracts import save_contract
from sandbox import models


@pytest.fixture
def filled(cast, olga):
    """Olga's cart with two hoses, for ООО «Ромашка»: 3 001.00."""
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    return str(models.Checkout.objects.get().pk)


def form(cast, checkout, **more):
    return {"checkout": checkout, "legal_entity": cast.ooo.pk, "shown": "3001.00", **more}


def test_each_legal_entity_is_shown_with_its_terms_and_due_date(cast, olga, filled):
    page = olga.get("/checkout/").content.decode()

    due = (timezone.localdate() + timedelta(days=14)).strftime("%d.%m.%Y")
    assert "Договор № ОПТ-1 от 01.03.2026, отсрочка 14 дней" in page
    assert f"оплатить до {due}" in page
    assert 'name="shown" value="3001.00"' in page
    assert "Чужие" not in page


def test_the_order_is_placed_and_shown(cast, olga, filled):
    answer = olga.post("/checkout/", form(cast, filled, comment="Позвоните Ольге"))

    order = WholesaleOrder.objects.get()
    assert answer["Location"] == f"/orders/{order.order_id}/"
    assert (order.legal_entity, order.total) == (cast.ooo, Decimal("3001.00"))
    assert order.comment == "Позвоните Ольге"
    page = olga.get(answer["Location"]).content.decode()
    assert f"Заказ № {order.number} оформлен." in page
    assert 'data-total="3001.00"' in page
    assert "Позвоните Ольге" in page
    assert "Корзина пуста" in olga.get("/cart/").content.decode()


def test_pressing_twice_makes_one_order(cast, olga, filled):
    first = olga.post("/checkout/", form(cast, filled))
    second = olga.post("/checkout/", form(cast, filled))

    assert first["Location"] == second["Location"]
    assert WholesaleOrder.objects.count() == 1
    assert models.Order.objects.count() == 1


def test_another_sum_than_shown_is_refused(cast, olga, filled):
    answer = olga.post("/checkout/", form(cast, filled, shown="2999.00"))

    assert answer.status_code == 422
    assert "Сумма изменилась" in answer.content.decode()
    assert not models.Order.objects.exists()


def test_another_legal_entity_than_priced_is_refused_and_shown_anew(cast, olga, filled):
    answer = olga.post("/checkout/", form(cast, filled, legal_entity=cast.plus.pk))

    assert answer.status_code == 422
    assert 'data-total="2800.50"' in answer.content.decode()
    assert not models.Order.objects.exists()


def test_its_prices_can_be_looked_at_first(cast, olga, filled):
    answer = olga.post("/checkout/", form(cast, filled, legal_entity=cast.plus.pk, recount="1"))

    assert 'data-total="2800.50"' in answer.content.decode()
    assert not models.Order.objects.exists()
    olga.post("/checkout/", form(cast, filled, legal_entity=cast.plus.pk, shown="2800.50"))
    assert WholesaleOrder.objects.get().legal_entity == cast.plus


def test_without_a_legal_entity_he_is_asked(cast, olga, filled):
    answer = olga.post("/checkout/", {"checkout": filled, "shown": "3001.00"})

    assert answer.status_code == 422
    assert "на какое юрлицо" in answer.content.decode()
    assert not models.Order.objects.exists()


@pytest.mark.parametrize("entity", ["theirs", "free"])
def test_nobody_orders_for_a_legal_entity_that_is_not_his(cast, olga, filled, entity):
    answer = olga.post("/checkout/", form(cast, filled, legal_entity=getattr(cast, entity).pk))

    assert answer.status_code == 404
    assert not models.Order.objects.exists()
    assert models.Checkout.objects.count() == 1


@pytest.mark.parametrize("who", ["kirill", "stranger", "retail"])
def test_nobody_orders_anothers_cart(cast, filled, sign_in, who):
    other = sign_in(getattr(cast, who))
    entity = {"kirill": cast.plus, "stranger": cast.theirs, "retail": cast.ooo}[who]

    answer = other.post("/checkout/", form(cast, filled, legal_entity=entity.pk))

    assert answer.status_code == 404
    assert not models.Order.objects.exists()
    assert models.Checkout.objects.get().user == cast.olga


def test_a_viewer_may_look_but_not_order(cast, sign_in):
    viewer = sign_in(cast.viewer)
    viewer.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    checkout = str(models.Checkout.objects.get().pk)

    answer = viewer.post("/checkout/", form(cast, checkout, legal_entity=cast.plus.pk))

    assert answer.status_code == 404
    assert not models.Order.objects.exists()


def test_switched_off_meanwhile_nothing_is_ordered(cast, olga, filled):
    switch(get_shop(), cast.manager, cast.company, on=False)

    answer = olga.post("/checkout/", form(cast, filled))

    assert answer["Location"] == "/cart/"
    assert "больше не действуют" in olga.get("/cart/").content.decode()
    assert not models.Order.objects.exists()


def test_an_empty_cart_has_no_checkout(olga):
    assert olga.get("/checkout/")["Location"] == "/cart/"


@pytest.fixture
def second_contract(cast):
    """Of ООО «Ромашка»: the hose at 1 400.00, thirty days."""
    contract = save_contract(cast.manager, cast.ooo, number="ОПТ-9", payment_days=30)
    prices = PriceList.objects.create(name="по второму договору")
    prices.prices.create(variant_id=cast.hose.pk, amount=Decimal("1400.00"))
    set_contract_lists(contract, [prices])
    return contract


def test_another_contract_and_who_gets_the_goods_are_picked_before_the_order(
    cast, olga, filled, second_contract
):
    picked = {
        "picked_for": cast.ooo.pk,
        "contract": second_contract.pk,
        "consignee": cast.plus.pk,
    }
    page = olga.post("/checkout/", form(cast, filled, recount="1", **picked)).content.decode()
    assert 'data-total="2800.00"' in page
    assert f'<option value="{second_contract.pk}" selected>' in page
    assert f'<option value="{cast.plus.pk}" selected>' in page

    answer = olga.post("/checkout/", form(cast, filled, shown="2800.00", **picked))

    order = WholesaleOrder.objects.get()
    assert (order.contract, order.consignee) == (second_contract, cast.plus)
    assert cast.plus.name in olga.get(answer["Location"]).content.decode()


def test_a_contract_changed_with_the_order_button_shows_its_sum_first(
    cast, olga, filled, second_contract
):
    answer = olga.post(
        "/checkout/", form(cast, filled, picked_for=cast.ooo.pk, contract=second_contract.pk)
    )

    assert answer.status_code == 422
    assert 'data-total="2800.00"' in answer.content.decode()
    assert not models.Order.objects.exists()


def test_a_contract_or_consignee_of_others_isnt_there(cast, olga, filled):
    for picked in (
        {"contract": cast.theirs.contracts.get().pk},
        {"consignee": cast.theirs.pk},
    ):
        answer = olga.post("/checkout/", form(cast, filled, picked_for=cast.ooo.pk, **picked))
        assert answer.status_code == 404

    assert not models.Order.objects.exists()
