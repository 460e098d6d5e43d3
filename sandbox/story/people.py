"""Chapter 6 on the pages: the owner lets a colleague in without e-mail or phone, and confirms
his order over the limit."""

from __future__ import annotations

import re
from dataclasses import replace

from .client import Browser, Form, Page, demand
from .telling import Told, step
from .world import World

__all__ = ["confirm", "invite", "join", "over_limit"]

NAME, LOGIN, PASSWORD = "Семён Дачный", "semyon", "грядка-2026"
#: His limit for one order, and what he wants: SKU and pieces, worth more.
LIMIT, SKU, PIECES = "500", "ШМ-12-М", 100
_CODE = re.compile(r"\b\d{3} \d{3} \d{3} \d{3}\b")


@step("Владелица кабинета сама приглашает коллегу", "The owner invites a colleague herself")
def invite(world: World) -> Told:
    """No e-mail, no phone, no call: a name, a role and a limit; the sheet has a code."""
    page = world.browser.get("people/")
    form = next((each for each in page.forms if "names" in each.fields), None)
    demand(form, f"{page.url} ({page.status}) has no form to invite with")
    assert form is not None
    sheet = world.browser.send(page, form, names=f"{NAME}, {LOGIN}", role="buyer", limit=LIMIT)
    codes = _CODE.findall(sheet.text)
    demand(len(codes) == 1, f"{len(codes)} codes on the sheet: {sheet.text[:300]}")
    world.code = codes[0]
    return Told(
        f"{NAME}: логин {LOGIN}, предел {LIMIT} ₽; ссылка, QR и код",
        f"{NAME}: login {LOGIN}, limit {LIMIT} RUB; a link, a QR code and a code",
    )


@step("Коллега входит по коду, один раз", "He comes in by the code, once")
def join(world: World) -> Told:
    """He thinks up a password and sees his company's prices; the code is then spent."""
    page = _opened(world.colleague, world.code)
    form = next(each for each in page.forms if "again" in each.fields)
    inside = world.colleague.send(page, form, password=PASSWORD, again=PASSWORD, step="password")
    demand("join" not in inside.url and inside.status == 200, f"{inside.status} {inside.url}")
    names = [member.name for member in world.members(world.buyer_account)]
    picker = inside.form("legal-entity").choices["legal_entity"]
    demand(any(name in each for each in picker.values() for name in names), f"{picker}")
    again = _opened(Browser(world.facts.url), world.code)
    demand(
        not any("again" in each.fields for each in again.forms) and again.status != 500,
        f"the code opens twice: {again.status} {again.text[:200]}",
    )
    return Told("пароль придуман, цены свои; второй раз код не открывает", "in; the code is spent")


def _opened(browser: Browser, code: str) -> Page:
    page = browser.get("join/")
    form = next(each for each in page.forms if "secret" in each.fields)
    return browser.send(page, form, secret=code)


@step("Его заказ больше предела ждёт подтверждения", "His order over the limit waits")
def over_limit(world: World) -> Told:
    """The button that orders isn't there; pressed all the same, it is refused."""
    shop = world.colleague
    found = shop.get("", q=SKU)
    variant = found.marked("sku", SKU)["variant"]
    shop.send(found, found.form(f"goods/{variant}/to-cart"), quantity=str(PIECES))
    page = shop.get("checkout/")
    form = page.form("checkout")
    entity = next(iter(form.choices["legal_entity"]))
    refused = shop.send(page, form, legal_entity=entity)
    demand("/orders/" not in refused.url, f"ordered over the limit: {refused.url}")
    asked = shop.send(page, _to(form, "approvals/ask/", page), legal_entity=entity)
    demand(asked.status == 200, f"{asked.status} {asked.url} {asked.text[:200]}")
    orders = shop.get("orders/")
    demand(any("approval" in each for each in orders.marks), f"nothing waits: {orders.text[:300]}")
    return Told("отказ без подтверждения; просьба у владелицы", "refused; the owner is asked")


def _to(form: Form, address: str, page: Page) -> Form:
    """The same form by another button (``formaction``)."""
    root = page.url.partition("checkout/")[0]
    return replace(form, action=f"{root}{address}")


@step("Владелица подтверждает — заказ принят", "The owner confirms: the order is placed")
def confirm(world: World) -> Told:
    page = world.browser.get("approvals/")
    form = page.form("approvals/")
    done = world.browser.send(page, form, yes="1")
    demand(done.status == 200, f"{done.status} {done.url}: {done.text[:300]}")
    orders = world.colleague.get("orders/")
    numbers = re.findall(r"№ (\d+)", orders.text)
    demand(numbers, f"his order isn't in his list: {orders.text[:300]}")
    return Told(f"№ {numbers[0]}, заказчик — {NAME}", f"№ {numbers[0]}, ordered by {NAME}")
