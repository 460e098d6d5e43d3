"""Chapter 3: the admin turns B2B on for one customer (and the stranger's company)."""

from __future__ import annotations

from typing import Any

from sandbox.facts import Account

from . import queries
from .client import demand
from .telling import Told, step
from .world import World

__all__ = ["admit", "customers_may_not"]


@step("Покупатель не может допустить себя сам", "A customer can't admit himself")
def customers_may_not(world: World) -> Told:
    """A customer can't admit himself, nor learn which counterparties there are."""
    codes = world.buyer.refused(
        queries.COMPANY_CREATE, input={"name": "Сама себе клиент", "legalEntities": []}
    )
    demand(codes == {"PERMISSION_DENIED"}, f"a customer creates a company: {codes}")
    return Told("отказ PERMISSION_DENIED", "refused: PERMISSION_DENIED")


@step("Администратор включает опт двум клиентам", "The admin turns B2B on for two customers")
def admit(world: World) -> Told:
    """Both companies, each legal entity with a contract of its own, one buyer each."""
    lists = world.admin.run(queries.PRICE_LISTS)["b2bPriceLists"]
    by_name = {each["name"]: each["id"] for each in lists}
    for account in (world.buyer_account, world.stranger_account):
        entities = _admit_company(world, account, by_name)
        if account is world.buyer_account:
            world.entities = entities
    me = world.buyer.run(queries.B2B_ME, channel=world.facts.channel)["b2bMe"]
    shown = {
        each["inn"]: (
            each["contracts"][0]["priceLists"][0]["name"],
            each["contracts"][0]["paymentDays"],
        )
        for each in me["legalEntities"]
    }
    agreed = {
        each.inn: (each.price_type, each.payment_days)
        for each in world.members(world.buyer_account)
    }
    demand(shown == agreed, f"terms shown {shown}, agreed {agreed}")
    ru = "; ".join(f"{name}, {days} дн." for name, days in agreed.values())
    en = "; ".join(f"{name}, {days} days" for name, days in agreed.values())
    return Told(f"{len(agreed)} юрлица: {ru}", f"{len(agreed)} legal entities: {en}")


def _admit_company(world: World, account: Account, lists: dict[str, str]) -> dict[str, str]:
    """Ids of the company's legal entities by INN."""
    members = world.members(account)
    entities = {each.inn: _find(world, each) for each in members}
    company = world.admin.mutate(
        queries.COMPANY_CREATE,
        input={"name": account.company, "legalEntities": list(entities.values())},
    )["company"]
    for each in members:
        world.admin.mutate(
            queries.CONTRACT_SAVE,
            input={
                "legalEntity": entities[each.inn],
                "number": f"ОПТ-{each.code[-3:]}",
                "payment": "on_account" if each.payment_days else "prepaid",
                "paymentDays": each.payment_days,
                "priceLists": [lists[each.price_type]],
            },
        )
    world.admin.mutate(
        queries.BUYER_ADD,
        input={"company": company["id"], "email": account.email, "role": "owner"},
    )
    world.admin.mutate(queries.COMPANY_SWITCH, id=company["id"], on=True)
    return entities


def _find(world: World, member: Any) -> str:
    found = world.admin.run(queries.LEGAL_ENTITIES, search=member.inn)["b2bLegalEntities"]
    exact = [each["id"] for each in found if each["kpp"] == member.kpp]
    demand(len(exact) == 1, f"1C's counterparty {member.name}: {found}")
    return str(exact[0])
