"""Contracts and agreements of 1C to contracts of the shop, with their price types.

Rules: a contract is known by 1C's id, else by the legal entity and the number; what names a
counterparty or a price type that 1C hasn't sent waits for it, and what can be said without it
is said at once; what the desk changed meanwhile stands beside 1C's word until a person decides
(:mod:`b2b_overlay.pricing.told`).
"""

from __future__ import annotations

from typing import Any

from b2b_overlay.company import joining
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.pricing.told import CONTRACT_FIELDS, contract_numbered, take_contract
from b2b_overlay.shop import Refused
from b2b_overlay.terms.models import Contract as ShopContract
from b2b_overlay.terms.models import Organization
from onec_bridge.commerceml.records import Contract, Severity
from onec_bridge.commerceml.values import NO_LIMIT, currency_code, write_number

from . import waiting
from .models import Kind
from .outcome import Item, Outcome
from .waiting import in_both
from .work import Work

__all__ = ["entities_by_id", "payment_of", "take_contracts"]

_PREPAID = ("предоплата", "аванс")
_ON_ACCOUNT = ("отсрочка", "постоплата", "кредит", "по факту", "после отгрузки")


def take_contracts(work: Work, items: list[Item[Contract]]) -> None:
    """Take these contracts; a deletion mark switches one off."""
    waiting.drop_older(work, items)
    entities = entities_by_id(work, [item.record.counterparty_id for item in items])
    work.links.load(Kind.CONTRACT, [item.record.id for item in items])
    for item in items:
        record = item.record
        if not (record.id and record.counterparty_id):
            item.came(Outcome.REFUSED)
            continue
        entity = entities.get(record.counterparty_id)
        if entity is None:
            ident = record.counterparty_id
            work.problem("terms_of_unknown_counterparty", record, "ИдКонтрагента", ident)
            waiting.park(work, item, [(Kind.COUNTERPARTY, ident)])
        else:
            _take(work, item, entity)


def entities_by_id(work: Work, ids: list[str]) -> dict[str, LegalEntity]:
    """Legal entities by 1C's ids; one that was joined to another is that one."""
    work.links.load(Kind.COUNTERPARTY, ids)
    local = {each: int(work.links.local(Kind.COUNTERPARTY, each) or 0) for each in ids if each}
    now = joining.resolve({pk for pk in local.values() if pk})
    found = LegalEntity.objects.in_bulk(set(now.values()))
    return {each: found[now[pk]] for each, pk in local.items() if pk in now and now[pk] in found}


def _take(work: Work, item: Item[Contract], entity: LegalEntity) -> None:
    record = item.record
    link = work.links.get(Kind.CONTRACT, record.id)
    before: dict[str, Any] = link.data.get("told", {}) if link else {}
    told = _told(work, item)
    if told is None:
        item.came(Outcome.REFUSED)
        return
    known = ShopContract.objects.filter(pk=int(link.local_id)).first() if link else None
    if known is not None and known.legal_entity_id != entity.pk:
        work.problem("contract_of_another", record, "ИдКонтрагента", str(entity), Severity.ERROR)
        item.came(Outcome.REFUSED)
        return
    known = known or contract_numbered(entity, record.number or "")
    try:
        took = take_contract(entity, known, told, before, work.connection.name)
    except Refused as refused:
        for each in refused.refusals:
            why, number = each.message, record.number or ""
            work.problem("bad_terms", record, "", number, Severity.ERROR, why_ru=why, why_en=why)
        item.came(Outcome.REFUSED)
        return
    _differs(work, record, took.differs)
    if took.is_new or took.changed:
        item.came(Outcome.CREATED if took.is_new else Outcome.CHANGED)
    local = str(took.contract.pk)
    if link is None or link.local_id != local or before | told != before:
        work.links.put(Kind.CONTRACT, record.id, local, told=before | told)
        item.came(Outcome.CHANGED)


def _differs(work: Work, record: Contract, names: list[str]) -> None:
    """Say which fields wait for a person, by the words of the contract's page."""
    if not names:
        return
    ru, en = in_both(lambda: ", ".join(str(CONTRACT_FIELDS[name]) for name in names))
    number = record.number or record.id
    work.problem("terms_differ", record, "", number, why_ru=ru, why_en=en)


def _told(work: Work, item: Item[Contract]) -> dict[str, Any] | None:
    """What the record says, as :func:`~b2b_overlay.pricing.told.stands` does; None: not fit."""
    record = item.record
    told: dict[str, Any] = {"is_active": not record.deleted}
    if record.number is not None or record.name:
        told["number"] = (record.number or record.name or "").strip()[:64]
    if record.date is not None:
        told["date"] = record.date.isoformat()
    if record.currency:
        if (code := currency_code(record.currency)) is None:
            work.problem("unknown_currency", record, "Валюта", record.currency, Severity.ERROR)
            return None
        told["currency"] = code
    if record.credit_limit is not None:
        limit = record.credit_limit
        told["credit_limit"] = None if limit == NO_LIMIT else f"{limit:.2f}"
    told |= _payment(work, record)
    if (organization := _organization(work, record)) is not None:
        told["organization"] = organization.pk
    if record.has_price_types or record.price_type_ids:
        lists = _price_lists(work, item)
        if lists is not None:
            told["price_lists"] = lists
    return told


def _payment(work: Work, record: Contract) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if record.payment_days is not None:
        days = record.payment_days
        if days == int(days) and 0 <= days <= 365:
            told["payment_days"] = int(days)
        else:
            work.problem("bad_payment_days", record, "ОтсрочкаДней", write_number(days))
    if record.payment:
        payment = payment_of(record.payment)
        if payment is None:
            work.problem("unknown_payment", record, "Оплата", record.payment)
        else:
            told["payment"] = payment
    if told.get("payment") == ShopContract.Payment.PREPAID:
        told["payment_days"] = 0
    return told


def payment_of(text: str) -> str | None:
    """How is it paid, by the words of 1C; None: they aren't known."""
    words = text.strip().lower()
    if words.startswith(_PREPAID):
        return str(ShopContract.Payment.PREPAID)
    return str(ShopContract.Payment.ON_ACCOUNT) if words.startswith(_ON_ACCOUNT) else None


def _organization(work: Work, record: Contract) -> Organization | None:
    """By its INN, else by its name; one that isn't here is left to the desk to make."""
    inn, name = record.organization_inn, record.organization_name
    if not inn and not name:
        return None
    rows = Organization.objects.all()
    found = list(rows.filter(inn=inn)[:2] if inn else rows.filter(name__iexact=name)[:2])
    if len(found) == 1:
        return found[0]
    work.problem("unknown_organization", record, "Организация", name or inn or "")
    return None


def _price_lists(work: Work, item: Item[Contract]) -> list[int] | None:
    """The price lists of its price types, by id or by name; None: one hasn't come yet."""
    by_name = {known.name.casefold(): known.price_list_id for known in work.price_types.values()}
    lists, missing = [], []
    for ident in item.record.price_type_ids:
        known = work.price_types.get(ident)
        pk = known.price_list_id if known else by_name.get(ident.casefold())
        if pk is None:
            work.problem("terms_of_unknown_price_type", item.record, "ВидыЦен", ident)
            missing.append((str(Kind.PRICE_TYPE), ident))
        elif pk not in lists:
            lists.append(pk)
    if missing:
        waiting.park(work, item, missing)
        return None
    return lists
