"""Every page fits a phone, can be read aloud, and speaks both languages."""

from __future__ import annotations

import base64
import re

import pytest
from conftest import DESKTOP, PHONE

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import place
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.models import Organization

pytestmark = pytest.mark.browser

BUYER = ["/", "/?q=шланг", "/?q=нет-такого", "/goods/{hose.pk}/", "/quick/", "/cart/",
         "/checkout/", "/orders/", "/orders/{order.order_id}/",
         "/orders/{order.order_id}/invoice/", "/debts/", "/nowhere/"]  # fmt: skip
DESK = ["/desk/", "/desk/companies/new/", "/desk/companies/{company.pk}/",
        "/desk/entities/{ooo.pk}/contract/", "/desk/counterparties/",
        "/desk/counterparties/{ooo.pk}/", "/desk/people/{olga.pk}/",
        "/desk/counterparties/{plus.pk}/person/", "/desk/prices/",
        "/desk/prices/{wholesale.pk}/", "/desk/loads/",
        "/desk/prices/{wholesale.pk}/{hose.pk}/history/",
        "/desk/why/?entity={ooo.pk}&good=шланг", "/desk/why/many/", "/desk/orders/",
        "/desk/orders/{order.order_id}/", "/desk/orders/{order.order_id}/invoice/",
        "/desk/organizations/", "/desk/organizations/{seller}/history/"]  # fmt: skip


@pytest.fixture
def seller(cast) -> Organization:
    """Whom to pay by invoice."""
    return Organization.objects.create(
        name="ООО «Садовник»",
        full_name="Общество с ограниченной ответственностью «Садовник»",
        inn="7707083893",
        kpp="773601001",
        address="117312, Москва, ул. Садовая, 1",
        account="40703810700001449489",
        bic="044525700",
        bank_name="АО «Райффайзенбанк»",
        correspondent="30101810200000000700",
        director="Иванов И. И.",
    )


@pytest.fixture
def order(cast, seller) -> WholesaleOrder:
    """An order placed, and things in the cart again."""
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    checkout = shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 2})
    order = place(shop, cast.olga, checkout, cast.ooo.pk)
    shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 12, cast.boards.pk: 6})
    return order


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("pages", [BUYER, DESK], ids=["buyer", "desk"])
def test_it_fits_is_named_and_speaks_the_language(
    browser, cast, order, seller, pages, size, language
):
    page = browser(size, language=language)
    page.sign_in(cast.olga if pages is BUYER else cast.manager)
    if language == "en":
        menu = " ".join(each.text for each in page.all(".tabs"))
        assert not re.search("[а-яё]", menu, re.IGNORECASE), menu

    for address in pages:
        path = address.format(**vars(cast), order=order, seller=seller.pk)
        page.open(path)

        assert page.overflow() <= 0, f"{path} is wider than the screen"
        assert page.nameless() == [], path
        assert len(page.all("h1")) <= 1, path
        assert page.find("html").get_attribute("lang") == language
        name = re.sub(r"[^a-z]+", "-", address).strip("-") or "home"
        page.shot(f"{language}-{'buyer' if pages is BUYER else 'desk'}-{name}")


def test_a_wrong_password_is_said_on_a_phone(browser, cast):
    page = browser(PHONE)
    page.open("/sign-in/")
    page.type("[name=email]", cast.olga.email)
    page.type("[name=password]", "не тот")
    page.press("main form button")

    page.see("Неверная почта, логин или пароль")
    assert page.find("[name=email]").get_attribute("value") == cast.olga.email
    assert page.overflow() <= 0


def test_an_invoice_is_printed_on_one_sheet_without_the_menu(browser, cast, order):
    page = browser((794, 1123))
    page.sign_in(cast.olga)
    page.open(f"/orders/{order.order_id}/invoice/")

    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.shot("ru-buyer-invoice-printed")

    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", base64.b64decode(printed["data"]))
    assert len(sheets) == 1
    assert not any(part.is_displayed() for part in page.all(".top, .foot, .unprinted"))
    assert page.find(".invoice svg").is_displayed()
