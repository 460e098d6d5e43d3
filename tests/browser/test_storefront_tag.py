"""``<b2b-legal-entity>`` on a plain page: whom he buys for, and an order on account."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from conftest import DESKTOP, PHONE
from django.http import HttpResponse
from django.urls import include, path
from graphql_relay import from_global_id, to_global_id
from storefront import Tag, page

from b2b_overlay.company.choice import choose
from b2b_overlay.ordering.checkouts import assign
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import get_shop
from sandbox import carts, models
from sandbox.graphql import tokens

pytestmark = pytest.mark.browser


def _storefront(request):
    return HttpResponse(page("/legal-entity.js", **request.GET.dict()))


urlpatterns = [path("storefront/", _storefront), path("", include("sandbox.urls"))]


@pytest.fixture
def cart(cast):
    """Two hoses for the first legal entity, addresses and delivery filled in."""
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    choose(cast.olga, channel.slug, cast.ooo.pk)
    checkout = shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 2})
    carts.fill_delivery(models.Checkout.objects.get(pk=checkout))
    return str(to_global_id("Checkout", checkout))


@pytest.fixture
def storefront(browser, settings):
    """The tag on the page, with these attributes; and the browser it is open in."""
    settings.ROOT_URLCONF = __name__

    def opened(size=DESKTOP, **attributes):
        shown = browser(size)
        shown.open(f"/storefront/?{urlencode({'channel': 'ru', **attributes})}")
        return Tag(shown.driver), shown

    return opened


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_he_picks_for_whom_he_buys_and_orders_once_however_often_he_presses(
    storefront, cast, cart, size
):
    tag, shown = storefront(size, token=tokens.create(cast.olga), checkout=cart)
    tag.see("Оплатить до")
    assert {each.split(",")[0] for each in tag.offered} == {
        "Частное лицо",
        cast.ooo.name,
        cast.plus.name,
    }
    assert cast.ooo.name in tag.chosen

    tag.choose(cast.plus.name)
    picked = to_global_id("B2BLegalEntity", cast.plus.pk)
    assert tag.hear("b2b-change") == {"legalEntity": picked}
    assert cast.plus.name in tag.chosen
    shown.shot("storefront-picked")
    assert shown.overflow() <= 0

    tag.press_twice()
    order = tag.hear("b2b-order")
    tag.see(order["order"]["number"])
    shown.shot("storefront-ordered")
    (kept,) = WholesaleOrder.objects.all()
    assert (kept.legal_entity, kept.number) == (cast.plus, order["order"]["number"])
    assert [name for name, _detail in tag.events] == ["b2b-change", "b2b-order"]


def test_what_keeps_the_cart_from_becoming_an_order_is_said_and_no_order_is_made(
    storefront, cast, cart
):
    VariantFacts.objects.filter(variant_id=cast.hose.pk).update(step=5)
    tag, shown = storefront(token=tokens.create(cast.olga), checkout=cart)
    tag.see("5")
    shown.shot("storefront-problem")

    tag.press_twice()
    tag.see_message()

    assert dict(tag.events) == {}
    assert not WholesaleOrder.objects.exists()


def test_a_cart_that_went_to_another_legal_entity_meanwhile_is_not_ordered(storefront, cast, cart):
    tag, _shown = storefront(token=tokens.create(cast.olga), checkout=cart)
    tag.see("Оплатить до")
    assign(get_shop(), cast.olga, from_global_id(cart)[1], cast.plus.pk)

    tag.press_twice()
    tag.see("Юрлицо сменилось. Проверьте цены.")

    assert cast.plus.name in tag.chosen
    assert not WholesaleOrder.objects.exists()


@pytest.mark.parametrize("who", ["retail", None])
def test_retail_customers_and_visitors_see_nothing(storefront, cast, cart, who):
    token = tokens.create(getattr(cast, who)) if who else ""
    tag, shown = storefront(token=token, checkout=cart)
    tag.refresh()

    assert tag.text == ""
    assert not shown.find("b2b-legal-entity").is_displayed()


def test_an_expired_sign_in_and_a_shop_that_is_silent_are_said_in_words(storefront, cast, cart):
    tag, shown = storefront(token=tokens.create(cast.olga), checkout=cart)
    tag.see("Оплатить до")

    tag.set("api", "/nothing-here/")
    tag.see("Магазин не ответил. Повторите позже.")
    assert cast.ooo.name in tag.chosen

    tag.set("api", "/graphql/")
    tag.set("token", "long-gone")
    tag.see("Вход истёк. Войдите снова.")
    shown.shot("storefront-expired")

    tag.set("token", tokens.create(cast.olga))
    tag.see("Оплатить до")
    tag.set("lang", "en")
    tag.see("Order on account")
