"""A wholesale buyer, no computer person, places an order: whatever his device."""

from __future__ import annotations

import pytest
from conftest import DESKTOP, PHONE
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from b2b_overlay.ordering.models import WholesaleOrder
from sandbox import models

pytestmark = pytest.mark.browser


def put_the_hose_in(page) -> None:
    """Find it by its article and put two in."""
    page.type("#q", "ШП-25/34")
    page.find("#q").send_keys(Keys.ENTER)
    page.wait(lambda d: len(d.find_elements(By.CSS_SELECTOR, ".item")) == 1, "one good")
    page.type(".item input[type=number]", "2")
    page.press(".item .order button")
    page.see("в корзине: 2 шт")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_signing_in_to_the_orders_page(browser, cast, size, scripts):
    page = browser(size, scripts=scripts)
    tag = "" if scripts else "no-scripts-"
    page.open("/")
    page.shot(f"{tag}1-sign-in")
    page.sign_in(cast.olga)
    page.shot(f"{tag}2-catalogue")
    assert page.find(".item[data-sku=SH-25]").get_attribute("data-price") == "1500.50"

    put_the_hose_in(page)
    page.shot(f"{tag}3-in-the-cart")
    Select(page.find("#pick")).select_by_value(str(cast.plus.pk))
    if not scripts:
        page.press("#picker [data-auto-button]")
    page.see("Теперь вы покупаете от ИП Лютикова Ольга Петровна")
    assert page.find(".item[data-sku=SH-25]").get_attribute("data-price") == "1400.25"

    page.press("#cart-link")
    page.see("2 800,50")
    page.shot(f"{tag}4-cart")
    page.press("a[href='/checkout/']")
    page.shot(f"{tag}5-checkout")
    page.press(f".choice input[value='{cast.ooo.pk}']")
    if not scripts:
        page.press("button[name=recount]")
    page.wait(
        lambda d: d.find_elements(By.CSS_SELECTOR, "#checkout .sum[data-total='3001.00']"),
        "the prices of the legal entity picked",
    )
    page.type("[name=comment]", "Позвоните за день")
    page.press("#place")
    page.see("оформлен.")
    page.shot(f"{tag}6-order")

    order = WholesaleOrder.objects.get()
    assert (order.legal_entity, str(order.total)) == (cast.ooo, "3001.00")
    assert order.comment == "Позвоните за день"
    page.open("/orders/")
    page.see(f"№ {order.number}")
    page.shot(f"{tag}7-orders")
    page.press(f"tr[data-order='{order.number}'] form button")
    page.see("строка в корзине, по сегодняшней цене")


def test_by_the_keyboard_alone(browser, cast):
    page = browser()
    keys = ActionChains(page.driver)

    def tab_to(css: str) -> None:
        """Press Tab until the focus is on it: it must be reachable, and seen to be."""
        for _ in range(80):
            focused = page.driver.switch_to.active_element
            if page.driver.execute_script(
                "return arguments[0].matches(arguments[1])", focused, css
            ):
                return
            keys.send_keys(Keys.TAB).perform()
        pytest.fail(f"Tab never came to {css}")

    def write(text: str) -> None:
        keys.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
        keys.send_keys(text).perform()

    page.open("/sign-in/")
    tab_to("[name=email]")
    write(cast.olga.email)
    tab_to("[name=password]")
    write(cast.password)
    keys.send_keys(Keys.ENTER).perform()
    page.find("#goods")
    tab_to("#q")
    write("ШП-25/34")
    keys.send_keys(Keys.ENTER).perform()
    page.wait(lambda d: len(d.find_elements(By.CSS_SELECTOR, ".item")) == 1, "one good")
    tab_to(".item input[type=number]")
    write("3")
    keys.send_keys(Keys.ENTER).perform()
    page.see("в корзине: 3 шт")
    tab_to("a.in-cart")
    keys.send_keys(Keys.ENTER).perform()
    page.find("#cart-form")
    tab_to("a[href='/checkout/']")
    keys.send_keys(Keys.ENTER).perform()
    page.find("#checkout")
    tab_to("#place")
    keys.send_keys(Keys.ENTER).perform()
    page.see("оформлен.")

    assert str(WholesaleOrder.objects.get().total) == "4501.50"


def test_pressing_the_button_twice_makes_one_order(browser, cast):
    page = browser()
    page.sign_in(cast.olga)
    put_the_hose_in(page)
    page.open("/checkout/")

    ActionChains(page.driver).double_click(page.find("#place")).perform()
    page.see("оформлен.")

    assert models.Order.objects.count() == 1


def test_the_cart_recounts_in_place_and_says_what_is_wrong(browser, cast):
    page = browser()
    page.sign_in(cast.olga)
    put_the_hose_in(page)
    page.open("/cart/")

    page.type(f"[name=quantity-{cast.hose.pk}]", "5")
    page.find(f"[name=quantity-{cast.hose.pk}]").send_keys(Keys.TAB)
    page.see("7 502,50")
    assert "7 502,50" in page.find("#cart-link").text

    page.type(f"[name=quantity-{cast.hose.pk}]", "9999")
    page.find(f"[name=quantity-{cast.hose.pk}]").send_keys(Keys.TAB)
    page.find("#flashes .error")
    page.see("7 502,50")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_pasted_list_goes_in_and_wrong_lines_stay(browser, cast, scripts):
    page = browser(PHONE, scripts=scripts)
    page.sign_in(cast.olga)
    page.open("/quick/")

    page.type("[name=lines]", "ШП-25/34 3\nнет-такого 5\nДТ-6 7")
    page.press("#quick form button")

    page.see("1 строка в корзине.")
    page.see("Нет товара с артикулом «нет-такого»")
    assert page.find("[name=lines]").get_attribute("value") == "нет-такого 5\nДТ-6 7"
    assert page.overflow() <= 0
    page.shot("8-quick-order")
