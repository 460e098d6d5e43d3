"""Orders: his own and his company's, what 1C told, and once more."""

from __future__ import annotations

from datetime import date

import pytest

from b2b_overlay.ordering.models import WholesaleOrder
from sandbox import models


@pytest.fixture
def order(cast, olga):
    """Two hoses and a pack of boards, for ООО «Ромашка»."""
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    olga.post(f"/goods/{cast.boards.pk}/to-cart/", {"quantity": "6"})
    olga.post(
        "/checkout/",
        {
            "checkout": str(models.Checkout.objects.get().pk),
            "legal_entity": cast.ooo.pk,
            "shown": "5401.00",
        },
    )
    return WholesaleOrder.objects.get()


def in_cart():
    return dict(models.CheckoutLine.objects.values_list("variant_id", "quantity"))


def test_before_the_first_order_the_list_says_what_will_stand_there(olga):
    assert "Заказов пока нет" in olga.get("/orders/").content.decode()


def test_the_list_shows_number_state_sum_and_due_date(cast, olga, order):
    page = olga.get("/orders/").content.decode()

    assert f'data-order="{order.number}"' in page
    assert "5\xa0401,00" in page
    assert order.due_date.strftime("%d.%m.%Y") in page


def test_what_1c_told_is_shown(cast, olga, order):
    order.onec_number, order.onec_status = "УТ-000123", "К отгрузке"
    order.paid_at, order.shipped_at = date(2026, 11, 25), date(2026, 11, 26)
    order.save()

    page = olga.get(f"/orders/{order.order_id}/").content.decode()

    assert "УТ-000123" in page
    assert "К отгрузке" in page
    assert "25.11.2026" in page
    assert "26.11.2026" in page


@pytest.mark.parametrize("who", ["kirill", "stranger", "retail"])
def test_an_order_of_others_does_not_exist_for_him(cast, order, sign_in, who):
    """Kirill is of the same company, but doesn't buy for this legal entity."""
    other = sign_in(getattr(cast, who))

    assert other.get(f"/orders/{order.order_id}/").status_code == 404
    assert other.post(f"/orders/{order.order_id}/repeat/").status_code == 404
    assert order.number not in other.get("/orders/").content.decode().split("<main")[1]
    assert in_cart() == {}


def test_repeating_puts_the_lines_in_at_todays_prices(cast, olga, order):
    cast.wholesale.prices.filter(variant_id=cast.hose.pk).update(amount="1600.00")

    olga.post(f"/orders/{order.order_id}/repeat/")

    assert in_cart() == {cast.hose.pk: 2, cast.boards.pk: 6}
    page = olga.get("/cart/").content.decode()
    assert "2 строки в корзине, по сегодняшним ценам." in page
    assert 'data-unit-price="1600.00"' in page


def test_repeating_says_what_could_not_be(cast, olga, order):
    models.Stock.objects.filter(variant=cast.hose).update(quantity=0, allocated=0)

    olga.post(f"/orders/{order.order_id}/repeat/")

    assert in_cart() == {cast.boards.pk: 6}
    assert "нет в наличии" in olga.get("/cart/").content.decode()


def test_repeating_takes_what_is_left(cast, olga, order):
    models.Stock.objects.filter(variant=cast.hose).update(quantity=1, allocated=0)

    olga.post(f"/orders/{order.order_id}/repeat/")

    assert in_cart()[cast.hose.pk] == 1
    assert "1 вместо 2 шт" in olga.get("/cart/").content.decode()


@pytest.fixture
def retail_order(cast):
    channel = models.Channel.objects.get()
    order = models.Order.objects.create(
        number=500, channel=channel, user=cast.olga, email=cast.olga.email, total="1990"
    )
    models.OrderLine.objects.create(
        order=order,
        position=1,
        variant=cast.hose,
        product_name="Шланг",
        quantity=1,
        unit_price="1990",
        total="1990",
    )
    return order


def test_his_retail_orders_stay_in_sight(cast, olga, retail_order):
    assert "№ 500" in olga.get("/orders/").content.decode()
    assert "1\xa0990,00" in olga.get(f"/orders/{retail_order.pk}/").content.decode()


def test_a_retail_order_is_its_owners_alone(cast, olga, kirill, stranger, manager, retail_order):
    for other in (kirill, stranger, manager):
        assert other.get(f"/orders/{retail_order.pk}/").status_code == 404
        assert other.post(f"/orders/{retail_order.pk}/repeat/").status_code == 404


def test_an_address_that_is_no_id_is_not_found(olga):
    assert olga.get("/orders/x/").status_code == 404
