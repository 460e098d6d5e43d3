"""Chapter 2, the manager's part: which goods of 1C are goods that the shop sells already, and
the counterparties that УТ 11 doesn't send."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urljoin

from sandbox.data import counterparties, counterparties_xlsx, retail_goods

from . import queries
from .client import Page, demand
from .telling import Told, step
from .world import World

__all__ = ["decide", "spreadsheet"]


@step(
    "Менеджер решает, какие товары 1С уже продаются",
    "The manager says which goods of 1C are sold already",
)
def decide(world: World) -> Told:
    """What is only alike by name, or has an article that 1C uses twice, waits for a person;
    each answer is given, one of them taken back and given again, then all are used."""
    page = world.desk.get(_journal(world).link("/connections/", "/matching/"))
    sold = {each.of: each.sku for good in retail_goods() for each in good.variants}
    asked = _questions(page)
    named = [good for good in retail_goods() if good.match == "name"]
    missing = [v.sku for good in named for v in good.variants if v.of not in asked.values()]
    demand(asked and not missing, f"not asked about {missing}: {asked}")
    first = next(iter(asked))
    page = _answer(world, page, first, sold.get(asked[first]))
    page = world.desk.send(page, page.form(f"/matching/{first}/undo/"))
    demand(first in _questions(page), "an answer can't be taken back")
    for match, offer in asked.items():
        page = _answer(world, page, match, sold.get(offer))
    demand(not _questions(page), f"still asked: {_questions(page)}")
    page = world.desk.send(page, page.form("/matching/apply/"))
    demand(page.status == 200, f"{page.status} {page.text}")
    joined = sum(offer in sold for offer in asked.values())
    return Told(
        f"{len(asked)} вопросов: {joined} узнаны, новых {len(asked) - joined}",
        f"{len(asked)} questions: {joined} recognised, {len(asked) - joined} new",
    )


def _journal(world: World) -> Page:
    """The bridge's first page at the desk, signing in where it asks for that."""
    address = urljoin(world.facts.exchange.url, "../journal/")
    page = world.desk.get(address)
    if any("password" in form.fields for form in page.forms):
        world.desk.sign_in(world.facts.manager)
        page = world.desk.get(address)
    return page


@step(
    "Менеджер загружает контрагентов из таблицы: УТ 11 их не шлёт",
    "The manager loads counterparties from a spreadsheet",
)
def spreadsheet(world: World) -> Told:
    """What would be done is shown first, and nothing is saved before it is confirmed."""
    member = world.members(world.buyer_account)[0]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Контрагенты.xlsx"
        counterparties_xlsx(file)
        page = world.desk.get(_journal(world).link("/connections/", "/counterparties/"))
        shown = world.desk.upload(page, file)
    demand(member.name in shown.text and member.inn in shown.text, f"{shown.url}: {shown.text}")
    found = world.admin.run(queries.LEGAL_ENTITIES, search=member.inn)["b2bLegalEntities"]
    demand(not found, f"saved before it was confirmed: {found}")
    world.desk.send(shown, shown.form("/confirm/"))
    for each in world.members(world.buyer_account):
        found = world.admin.run(queries.LEGAL_ENTITIES, search=each.inn)["b2bLegalEntities"]
        demand([one["kpp"] for one in found] == [each.kpp], f"{each.name}: {found}")
    count = sum(not each.deleted for each in counterparties())
    return Told(
        f"{count} строк: сначала просмотр, потом запись",
        f"{count} rows: looked at first, then saved",
    )


def _questions(page: Page) -> dict[str, str]:
    """Ids of 1C's offers by the number of the question."""
    return {each["match"]: each["offer"] for each in page.marks if "offer" in each}


def _answer(world: World, page: Page, match: str, sku: str | None) -> Page:
    """It is the shop's thing with this SKU; None: new goods."""
    found = [
        each["variant"]
        for each in page.marks
        if each.get("match") == match and sku and each.get("sku") == sku
    ]
    demand(found or sku is None, f"{sku} isn't among the candidates of question {match}")
    form = page.form(f"/matching/{match}/")
    return world.desk.send(page, form, variant=found[0] if found else "new")
