"""A retail customer applies, the manager asks and lets him in; the switch is turned in the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import DESKTOP, PHONE
from selenium.webdriver.common.by import By

from b2b_overlay.company.models import Application, Buyer, Company

pytestmark = pytest.mark.browser


def reads_well(page, name: str) -> None:
    page.shot(f"apply-{name}")
    assert page.overflow() <= 0, f"{name} is wider than the screen"
    assert page.nameless() == [], name
    assert len(page.all("h1")) == 1, name


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_application_to_being_let_in(browser, cast, tmp_path: Path, size, scripts):
    card = tmp_path / "Карточка предприятия.pdf"
    card.write_bytes(b"%PDF-1.7 card")
    page = browser(size, scripts=scripts)
    page.sign_in(cast.retail)
    page.press("#apply a")
    page.type("[name=inn]", cast.ooo.inn)
    page.type("[name=company_name]", "ООО «Ромашка», склад в Мытищах")
    page.find("[name=card]").send_keys(str(card))
    reads_well(page, "1-form")
    page.press("main form[enctype] button")
    page.see("Организация с этим ИНН уже покупает у нас оптом")
    reads_well(page, "2-sent")

    desk = browser(size, scripts=scripts)
    desk.sign_in(cast.manager)
    desk.press("nav a[href='/desk/applications/']")
    reads_well(desk, "3-list")
    desk.press("#applications td a")
    desk.see("ИНН занят")
    reads_well(desk, "4-one")
    desk.type("[name=question]", "Кто у вас закупает?")
    desk.press("form[action$='/ask/'] button")
    desk.see("ждёт ответа клиента")

    page.open("/")
    page.press("#application-asked a")
    page.type("[name=text]", "Мария, закупки")
    page.press("#conversation form button")
    page.see("Ответ отправлен")
    reads_well(page, "5-answered")

    desk.open(f"/desk/applications/{Application.objects.get().pk}/")
    desk.press(f"#matches input[value='{cast.ooo.pk}']")
    desk.press("form[action$='/admit/'] > button")
    desk.see("retail@example.org теперь")
    assert Buyer.objects.get(user=cast.retail).company == cast.company
    page.open("/")
    assert page.find(".item[data-sku=SH-25]").get_attribute("data-price") == "1500.50"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_both_customers_are_switched_off_in_the_list_and_an_open_cart_says_so(browser, cast, size):
    buyer, desk = browser(size), browser(size, scripts=False)
    buyer.sign_in(cast.olga)
    buyer.press(".item[data-sku=SH-25] .order button")
    buyer.see("в корзине")
    buyer.open("/cart/")
    buyer.see("1 500,50")

    desk.sign_in(cast.manager)
    for company in (cast.company, cast.other):
        desk.press(f"input[name=company][type=checkbox][value='{company.pk}']")
    reads_well(desk, "6-switch")
    desk.press("#switch-many button[value='0']")
    desk.see("Опт выключен для 2 клиентов")
    assert not Company.objects.filter(is_active=True).exists()

    buyer.open("/cart/")
    buyer.see("Оптовые условия этой корзины больше не действуют")
    buyer.see("1 990,00")
    reads_well(buyer, "7-ended")
    buyer.press("#cart-ended button")
    buyer.wait(lambda d: not d.find_elements(By.CSS_SELECTOR, "#cart-ended"), "a retail cart")
