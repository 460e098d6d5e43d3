"""The buyer's pages of a good by the metre: «2,5», and what he is told of 2,53."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import VariantFacts
from sandbox import models

pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def hose(cast):
    """Sold by 0.1 m, at 1500.50 a metre; fifty metres lie there."""
    VariantFacts.objects.filter(pk=cast.hose.pk).update(
        unit="м", unit_code="006", step=Decimal("0.1"), piece=Decimal("0.1")
    )
    return cast.hose


def pieces():
    return dict(models.CheckoutLine.objects.values_list("variant_id", "quantity"))


def page(client, path="/"):
    return client.get(path).content.decode()


def test_the_catalogue_says_the_price_of_a_metre_the_step_and_the_stock(hose, olga):
    shown = page(olga)

    assert "за м" in shown
    assert "продаётся по 0,1 м" in shown
    assert "в наличии: 50 м" in shown
    assert 'inputmode="decimal" value="0,1"' in shown


@pytest.mark.parametrize("typed", ["2,5", "2.5", " 2,50 "])
def test_two_and_a_half_metres_go_in_however_they_are_written(hose, olga, typed):
    olga.post(f"/goods/{hose.pk}/to-cart/", {"quantity": typed})

    assert pieces() == {hose.pk: 25}
    cart = page(olga, "/cart/")
    assert 'value="2,5"' in cart
    assert "3\u202f751,25" in cart.replace("\xa0", "\u202f")


def test_what_is_no_whole_step_is_refused_with_the_two_nearest(hose, olga):
    olga.post(f"/goods/{hose.pk}/to-cart/", {"quantity": "2,53"})

    assert pieces() == {}
    assert "возьмите 2,5 или 2,6" in page(olga)


def test_a_cart_is_changed_in_metres(hose, olga):
    olga.post(f"/goods/{hose.pk}/to-cart/", {"quantity": "2,5"})
    olga.post("/cart/change/", {f"quantity-{hose.pk}": "3,7"})

    assert pieces() == {hose.pk: 37}


def test_lines_of_a_letter_are_in_metres(hose, olga):
    told = olga.post("/quick/", {"lines": "ШП-25/34 2,5 м\nШП-25/34 2,53"}).content.decode()

    assert pieces() == {hose.pk: 25}
    assert "возьмите 2,5 или 2,6" in told


def test_an_order_and_its_repetition_are_in_metres(cast, hose, olga):
    olga.post(f"/goods/{hose.pk}/to-cart/", {"quantity": "2,5"})
    cart = models.Checkout.objects.get()
    data = {"checkout": str(cart.pk), "shown": "3751.25", "legal_entity": cast.ooo.pk}
    olga.post("/checkout/", data)

    order = WholesaleOrder.objects.get()
    shown = page(olga, f"/orders/{order.order_id}/")
    assert "2,5 м" in shown
    olga.post(f"/orders/{order.order_id}/repeat/")
    assert pieces() == {hose.pk: 25}
