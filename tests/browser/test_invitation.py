"""From the owner's form to the catalogue: the sheet, the link, a password; on a phone too."""

from __future__ import annotations

import pytest
from conftest import DESKTOP, PHONE

from b2b_overlay.company.models import Buyer

pytestmark = pytest.mark.browser

PASSWORD = "ромашка-2026"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_owner_invites_and_the_person_comes_in(browser, cast, size, scripts):
    Buyer.objects.filter(user=cast.olga).update(role=Buyer.Role.OWNER)
    owner = browser(size, scripts=scripts)
    owner.sign_in(cast.olga)
    owner.open("/people/")
    _fits(owner, "people-empty")
    owner.type("[name=names]", "Анна Петрова\nСклад на Мытищинской, sklad-mytischi")
    owner.press("#invite form button")
    owner.see("Приглашения готовы")
    assert len(owner.all(".ticket svg")) == 2
    _fits(owner, "invitations-sheet")
    link = owner.find(".ticket .link").text
    code = owner.all(".ticket .code")[1].text
    owner.open("/people/")
    owner.see("приглашён")
    _fits(owner, "people")

    guest = browser(size, scripts=scripts)
    guest.driver.get(link)
    guest.see("Вас приглашают закупать")
    _fits(guest, "join")
    guest.type("[name=password]", PASSWORD)
    guest.type("[name=again]", PASSWORD)
    guest.press("#password button")
    guest.see("Ваш логин — anna")
    _fits(guest, "join-welcome")

    other = browser(size, scripts=scripts)
    other.open("/join/")
    _fits(other, "join-code")
    other.type("[name=secret]", code)
    other.press("main form button")
    assert other.find("[name=username]").get_attribute("value") == "sklad-mytischi"


def test_the_managers_page_fits_a_phone(browser, cast):
    page = browser(PHONE)
    page.sign_in(cast.manager)
    page.open(f"/desk/companies/{cast.company.pk}/invitations/")
    page.see("Кого пригласить")
    _fits(page, "desk-invitations")


def _fits(page, name: str) -> None:
    assert page.overflow() <= 0, f"{name} is wider than the screen"
    assert page.nameless() == [], name
    page.shot(f"ru-{name}")
