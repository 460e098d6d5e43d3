"""Where a price list has a price that can't be told, the buyer's pages say so and nothing sells."""

from __future__ import annotations

import pytest

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import PriceList
from sandbox.models import Checkout

WHY = "Цена по запросу: на этот день нет курса CNY к RUB."


@pytest.fixture
def in_yuan(cast):
    """No rate of yuan is known; retail is 1 990,00."""
    PriceList.objects.filter(pk=cast.wholesale.pk).update(currency="CNY")


@pytest.mark.usefixtures("in_yuan")
def test_catalogue_and_good_say_on_request_and_offer_no_cart(cast, olga):
    listed = olga.get("/", {"q": "ШП-25/34"}).content.decode()
    page = olga.get(f"/goods/{cast.hose.pk}/").content.decode()

    for each in (listed, page):
        assert WHY in each
        assert 'data-price=""' in each
        assert f"/goods/{cast.hose.pk}/to-cart/" not in each


@pytest.mark.usefixtures("in_yuan")
def test_by_its_article_it_isnt_put_into_the_cart(cast, olga):
    answer = olga.post("/quick/", {"lines": "ШП-25/34 2"}, follow=True).content.decode()

    assert WHY in answer
    assert "Корзина пуста" in olga.get("/cart/").content.decode()


def test_what_lies_in_the_cart_stays_there_unpriced_and_isnt_ordered(cast, olga):
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    PriceList.objects.filter(pk=cast.wholesale.pk).update(currency="CNY")

    cart = olga.get("/cart/").content.decode()
    asked = {
        "checkout": Checkout.objects.get().pk,
        "legal_entity": cast.ooo.pk,
        "shown": "3980.00",
    }
    refused = olga.post("/checkout/", asked, follow=True).content.decode()

    assert WHY in cart
    assert "1 990,00" not in cart.split('data-label="Цена"')[1].split("<s>")[0]
    assert WHY in refused
    assert not WholesaleOrder.objects.exists()


@pytest.mark.usefixtures("in_yuan")
def test_the_desk_is_told_by_which_list_and_that_retail_came_after(cast, manager):
    asked = {"entity": cast.ooo.pk, "good": "ШП-25/34", "quantity": 1}
    page = manager.get("/desk/why/", asked).content.decode()

    assert WHY in page
    assert "уступила" in page
    assert "действует</span>" not in page
