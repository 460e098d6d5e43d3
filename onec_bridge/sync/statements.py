"""Settlements of 1C (взаиморасчёты), each counterparty's as a whole.

Rules: what is told of a counterparty replaces all that was known of it; counterparties that
turned out to be one owe what all of them owe together; in a list that is said to be whole,
whoever isn't in it owes nothing; what names a counterparty that 1C hasn't sent waits for it; a
contract that isn't here costs only the contract.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from b2b_overlay.company import joining
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.terms.models import Contract, Settlement
from b2b_overlay.terms.settlements import LARGEST, Debt, replace
from onec_bridge.commerceml.records import SettlementDocument, Severity, Statement
from onec_bridge.commerceml.values import currency_code, write_number

from . import waiting
from .contracts import entities_by_id
from .models import Kind, Link
from .outcome import Item, Outcome
from .payload import dump, load
from .work import Work

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["clear_others", "take_statements"]

#: Under this name a counterparty's link keeps its last statement.
_OWES = "owes"


def take_statements(work: Work, items: list[Item[Statement]]) -> None:
    """Have these counterparties owe exactly what is told."""
    waiting.drop_older(work, items)
    entities = entities_by_id(work, [item.record.id for item in items])
    told: dict[int, list[Item[Statement]]] = {}
    for item in items:
        entity = entities.get(item.record.id)
        if not item.record.id:
            item.came(Outcome.REFUSED)
        elif entity is None:
            ident = item.record.id
            work.problem("terms_of_unknown_counterparty", item.record, "Ид", ident)
            waiting.park(work, item, [(Kind.COUNTERPARTY, ident)])
        elif _remember(work, item):
            told.setdefault(entity.pk, []).append(item)
        else:
            item.came(Outcome.REFUSED)
    for pk, of_entity in told.items():
        _replace(work, pk, of_entity)


def _remember(work: Work, item: Item[Statement]) -> bool:
    """Keep the statement with the counterparty's link; False: a currency isn't known or a sum
    can't be kept, and half of what he owes would be a lie."""
    record, is_whole = item.record, True
    for each in record.documents:
        if each.currency and currency_code(each.currency) is None:
            work.problem("unknown_currency", each, "Валюта", each.currency, Severity.ERROR)
            is_whole = False
        if abs(each.amount) >= LARGEST:
            sum_ = write_number(each.amount)
            work.problem("debt_out_of_range", each, "Сумма", sum_, Severity.ERROR)
            is_whole = False
    if not is_whole:
        return False
    local = work.links.local(Kind.COUNTERPARTY, record.id)
    rows = [{k: v for k, v in dump(each).items() if k != "source"} for each in record.documents]
    work.links.put(Kind.COUNTERPARTY, record.id, local, owes=rows)
    return True


def _replace(work: Work, entity_id: int, items: list[Item[Statement]]) -> None:
    record = items[-1].record
    told_at = waiting.moment(record.told_at) or work.file.told_at or timezone.now()
    debts = _debts(work, entity_id, items)
    before = _owed(entity_id)
    done = replace({entity_id: debts}, told_at, work.file.name)
    if done.older:
        work.problem("older_settlements", record, "@НаДату", str(record.told_at or ""))
    elif _owed(entity_id) != before:
        for item in items:
            item.came(Outcome.CHANGED)


def _owed(entity_id: int) -> set[tuple[Any, ...]]:
    names = ("contract", "document", "document_date", "due_date", "currency", "amount")
    return set(Settlement.objects.filter(legal_entity=entity_id).values_list(*names))


def _debts(work: Work, entity_id: int, items: list[Item[Statement]]) -> list[Debt]:
    """What all the counterparties that are this legal entity owe, by their last statements."""
    contracts = Contract.objects.filter(legal_entity=entity_id).in_bulk()
    found = []
    for rows in _statements(work, entity_id).values():
        for row in rows:
            document = load(SettlementDocument, row)
            contract = _contract(work, document.contract_id, contracts)
            if contract is None and document.contract_id:
                record = items[0].record
                work.problem("statement_contract", record, "ИдДоговора", document.contract_id)
            found.append(
                Debt(
                    amount=Money(document.amount, currency_code(document.currency) or "RUB"),
                    contract_id=contract.pk if contract else None,
                    document=(document.document or "")[:255],
                    document_date=document.date,
                    due_date=document.due_date,
                )
            )
    return found


def _statements(work: Work, entity_id: int) -> dict[str, list[Any]]:
    """By 1C's ids of the counterparties that this legal entity is."""
    ids = [str(pk) for pk in joining.aliases({entity_id})[entity_id]]
    links = Link.objects.filter(
        connection=work.connection, kind=Kind.COUNTERPARTY, local_id__in=ids
    )
    names = list(links.order_by("pk").values_list("external_id", flat=True))
    work.links.load(Kind.COUNTERPARTY, names)
    return {
        ident: link.data[_OWES]
        for ident, link in work.links.all(Kind.COUNTERPARTY).items()
        if link.local_id in ids and _OWES in link.data
    }


def _contract(work: Work, ident: str | None, contracts: dict[int, Contract]) -> Contract | None:
    local = work.links.local(Kind.CONTRACT, ident) if ident else ""
    return contracts.get(int(local)) if local else None


@transaction.atomic
def clear_others(
    connection: Connection, told: Collection[str], told_at: dt.datetime, source: str
) -> int:
    """After a whole list: the counterparties of this 1C that aren't in it owe nothing; how many
    owed something."""
    links = Link.objects.filter(connection=connection, kind=Kind.COUNTERPARTY)
    rows = list(links.exclude(local_id="").values_list("external_id", "local_id"))
    now = joining.resolve({int(local) for _ident, local in rows})
    inside = {now[int(local)] for ident, local in rows if ident in told}
    outside = {now[int(local)] for _ident, local in rows} - inside
    owing = set(
        LegalEntity.objects.filter(pk__in=outside, settlements__amount__gt=0)
        .order_by()
        .values_list("pk", flat=True)
    )
    for link in links.filter(data__has_key=_OWES).exclude(external_id__in=told):
        del link.data[_OWES]
        link.save(update_fields=["data"])
    replace({pk: [] for pk in owing}, told_at, source)
    return len(owing)
