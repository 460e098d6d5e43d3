"""Chapter 2, the manager's part: which goods of 1C are goods that the shop sells already."""

from __future__ import annotations

from urllib.parse import urljoin

from sandbox.data import retail_goods

from .client import Page, demand
from .telling import Told, step
from .world import World

__all__ = ["decide"]


@step(
    "Менеджер решает, какие товары 1С уже продаются",
    "The manager says which goods of 1C are sold already",
)
def decide(world: World) -> Told:
    """What is only alike by name, or has an article that 1C uses twice, waits for a person;
    each answer is given, one of them taken back and given again, then all are used."""
    world.desk.sign_in(world.facts.manager)
    journal = world.desk.get(urljoin(world.facts.exchange.url, "../journal/"))
    page = world.desk.get(journal.link("/matching/"))
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
