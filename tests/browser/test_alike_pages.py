"""The moderator's pages fit a phone, can be read aloud, and are worked by keyboard."""

from __future__ import annotations

import pytest
from conftest import DESKTOP, PHONE
from selenium.webdriver.common.keys import Keys

from b2b_overlay.company import joining, scanning
from b2b_overlay.company.models import BankAccount, LegalEntity, Rule

pytestmark = pytest.mark.browser


@pytest.fixture
def twins(cast) -> list[LegalEntity]:
    """«Ромашка» three times more, as 1C's bases have it."""
    for code in ("inn_kpp_name", "inn_kpp_contact", "account_name"):
        Rule.objects.create(code=code, is_on=False)
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(
        phone="+7 495 123-45-67", legal_address="127006, Москва, ул. Садовая-Триумфальная, д. 4"
    )
    made = [
        LegalEntity.objects.create(
            name=name, inn=inn, kpp=kpp, phone="(495) 1234567", legal_address=address
        )
        for name, inn, kpp, address in (
            ("РОМАШКА ООО", "7707083893", "773601001", "Москва, Садовая-Триумфальная ул, дом 4"),
            ("Ромашка", "", "", "г. Москва, Садовая-Триумфальная, 4"),
            ("Ромашка (филиал)", "7707083893", "500101001", "МО, Балашиха, Заречная, 1"),
        )
    ]
    BankAccount.objects.create(
        legal_entity=made[0], number="40702810738000099801", bic="044525225", bank_name="Сбербанк"
    )
    scanning.scan()
    return made


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_moderators_pages_fit_and_are_named(browser, cast, twins, size):
    joining.join(cast.manager, cast.plus, cast.free)
    page = browser(size)
    page.sign_in(cast.manager)
    for address in (
        "/desk/doubts/",
        "/desk/doubts/decided/",
        "/desk/doubts/decided/?what=different",
        "/desk/doubts/rules/",
        f"/desk/counterparties/{cast.ooo.pk}/",
        f"/desk/counterparties/{cast.free.pk}/",
        f"/desk/counterparties/{cast.ooo.pk}/join/?q=чужие",
        f"/desk/counterparties/{cast.plus.pk}/split/",
        f"/desk/companies/{cast.company.pk}/",
        f"/desk/companies/{cast.company.pk}/join/?other=Чужие",
        "/desk/counterparties/",
    ):
        page.open(address)
        assert page.overflow() <= 0, f"{address} is wider than the screen"
        assert page.nameless() == [], address
        assert len(page.all("h1")) == 1, address
        page.shot("alike-" + address.strip("/").split("?")[0].replace("/", "-"))


def test_the_queue_is_worked_by_keyboard(browser, cast, twins):
    page = browser(DESKTOP)
    page.sign_in(cast.manager)
    page.open("/desk/doubts/")
    before = len(page.all("#doubts .question"))
    page.find("#doubts .decide button").send_keys(Keys.ENTER)
    page.wait(lambda d: len(page.all("#doubts .question")) != before, "one question less")
    assert LegalEntity.objects.exclude(merged_into=None).count() == 1
