"""A cable by the metre, bought on a desktop and a phone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from conftest import DESKTOP, PHONE

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import VariantFacts

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_two_and_a_half_metres_are_bought_as_they_are_typed(browser, cast, size):
    VariantFacts.objects.filter(pk=cast.hose.pk).update(
        unit="м", unit_code="006", step=Decimal("0.1"), piece=Decimal("0.1")
    )
    order = f"#order-{cast.hose.pk}"
    page = browser(size)
    page.sign_in(cast.olga)
    page.see("продаётся по 0,1 м")
    page.type(f"{order} [name=quantity]", "2,53")
    page.press(f"{order} button")
    page.see("возьмите 2,5 или 2,6")
    page.shot("fractions-refused")
    page.type(f"{order} [name=quantity]", "2,5")
    page.press(f"{order} button")
    page.see("в корзине: 2,5 м")
    page.shot("fractions-catalogue")
    assert page.overflow() <= 0
    page.open("/cart/")
    page.see("3 751,25")
    page.shot("fractions-cart")
    assert page.overflow() <= 0
    page.open("/checkout/")
    page.press("#place")
    page.see("Заказ №")
    page.shot("fractions-order")
    assert page.overflow() <= 0
    assert WholesaleOrder.objects.get().lines.get().quantity == Decimal("2.5")
