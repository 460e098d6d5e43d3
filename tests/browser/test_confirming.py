"""A buyer over his limit asks, an approver confirms: in a real browser, on a phone too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from conftest import DESKTOP, PHONE

from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering import people
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.shop import get_shop

pytestmark = pytest.mark.browser


@pytest.fixture
def limited(cast):
    """Olga owns «Ромашка»; Kirill orders up to 2 000."""

    def give(name: str, role: str, called: str, limit: Decimal | None = None) -> None:
        people.change(
            get_shop(),
            cast.manager,
            Buyer.objects.get(user=getattr(cast, name)),
            role=role,
            legal_entity_ids=[cast.plus.pk],
            spending_limit=limit,
            limit_currency="RUB",
            name=called,
        )

    give("olga", "owner", "Ольга Лютикова")
    give("kirill", "buyer", "Кирилл Андреев", Decimal(2000))
    give("viewer", "accountant", "Вера Счётова")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_he_asks_and_she_confirms(browser, cast, limited, size, scripts):
    his = browser(size, scripts=scripts)
    his.sign_in(cast.kirill)
    his.open(f"/goods/{cast.hose.pk}/")
    his.type("[name=quantity]", "2")
    his.press(".order button")
    his.see("в корзине: 2")
    his.open("/checkout/")
    his.shot("confirming-checkout")
    his.press("#ask")
    his.see("Ждёт подтверждения")
    his.shot("confirming-waits")
    assert his.overflow() <= 0

    hers = browser(size, scripts=scripts)
    hers.sign_in(cast.olga)
    assert hers.find("[data-to-confirm]").text == "1"
    hers.open("/approvals/")
    hers.see("Кирилл Андреев")
    hers.shot("confirming-approvals")
    assert hers.overflow() <= 0
    assert hers.nameless() == []
    hers.press("[name=yes]")
    hers.see("Подтверждено: заказ №")

    order = WholesaleOrder.objects.get()
    his.open("/orders/")
    his.press(f"[data-order='{order.number}'] a")
    his.see("Ольга Лютикова")
    assert order.user == cast.kirill


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_people_fit_and_are_named(browser, cast, limited, size):
    kirill = Buyer.objects.get(user=cast.kirill)
    pages = {
        cast.olga: [f"/people/{kirill.pk}/", "/approvals/"],
        cast.manager: [f"/desk/buyers/{kirill.pk}/", f"/desk/companies/{cast.company.pk}/"],
        cast.viewer: ["/", "/cart/", "/orders/"],
    }
    for user, addresses in pages.items():
        page = browser(size)
        page.sign_in(user)
        for number, address in enumerate(addresses):
            page.open(address)
            page.shot(f"people-{user.email.split('@')[0]}-{number}")
            assert page.overflow() <= 0, f"{address} is wider than the screen"
            assert page.nameless() == [], address
