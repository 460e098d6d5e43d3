"""Counterparties (контрагенты) to legal entities, whether 1C sends them or a spreadsheet.

Identity within a connection: 1C's Ид (or Код, from a spreadsheet), then INN and KPP. The
link keeps the name and the requisites exactly as 1C has them, because that is what 1C
matches by when an order comes back to it (format.md, section 6; in_practice.md, 63).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from b2b_overlay.company import requisites
from b2b_overlay.company.intake import Account, Card, Taken, find, take
from b2b_overlay.company.models import LegalEntity
from onec_bridge.commerceml.records import Counterparty, CounterpartyKind, Severity

from .facts import requisite
from .links import Links
from .models import Kind, Link
from .outcome import Item, Outcome
from .work import Work

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["SHEET_IDS", "Entry", "card_of", "save_entries", "take_counterparties"]

_OUTCOMES = {
    Taken.CREATED: Outcome.CREATED,
    Taken.CHANGED: Outcome.CHANGED,
    Taken.UNCHANGED: Outcome.UNCHANGED,
}
_KINDS = {
    CounterpartyKind.LEGAL: LegalEntity.Kind.COMPANY,
    CounterpartyKind.ENTREPRENEUR: LegalEntity.Kind.ENTREPRENEUR,
    CounterpartyKind.PERSON: LegalEntity.Kind.PERSON,
}
#: How ids begin that a spreadsheet gave: 1C's code, or INN and KPP where there is none.
SHEET_IDS = ("Код:", "ИНН:")
_LABELS = {"inn": "ИНН", "kpp": "КПП", "ogrn": "ОГРН"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A card with the id it goes by in the connection."""

    external_id: str
    card: Card
    #: As 1C writes it back and forth: name, official or full name, INN, KPP.
    told: dict[str, Any]


def take_counterparties(work: Work, items: list[Item[Counterparty]]) -> None:
    """Take these counterparties; a deletion mark makes one inactive."""
    entries = []
    taken = []
    for item in items:
        record = item.record
        if not record.id or not (record.name or record.inn):
            work.problem(
                "counterparty_without_name", record, "Наименование", severity=Severity.ERROR
            )
            item.came(Outcome.REFUSED)
            continue
        entries.append(Entry(record.id, card_of(record), _told(record)))
        taken.append(item)
    saved = save_entries(work.connection, work.links, entries)
    for item, (entity, outcome) in zip(taken, saved, strict=True):
        item.came(outcome)
        if outcome is not Outcome.UNCHANGED:
            _mark(work, item.record, entity)


def save_entries(
    connection: Connection, links: Links, entries: Sequence[Entry]
) -> list[tuple[LegalEntity, Outcome]]:
    """Save these cards and their links; the caller saves ``links``."""
    links.load(Kind.COUNTERPARTY, [entry.external_id for entry in entries])
    local = {
        entry.external_id: int(links.local(Kind.COUNTERPARTY, entry.external_id) or 0)
        for entry in entries
    }
    known = LegalEntity.objects.prefetch_related("bank_accounts").in_bulk(
        [pk for pk in local.values() if pk]
    )
    pairs = [
        (entry.card, known.get(local[entry.external_id]) or _same(connection, entry))
        for entry in entries
    ]
    saved = []
    for entry, (entity, taken) in zip(entries, take(pairs), strict=True):
        link = links.get(Kind.COUNTERPARTY, entry.external_id)
        outcome = _OUTCOMES[taken]
        if link is None or link.local_id != str(entity.pk) or link.data.get("told") != entry.told:
            links.put(Kind.COUNTERPARTY, entry.external_id, str(entity.pk), told=entry.told)
            outcome = max(outcome, Outcome.CHANGED)
        saved.append((entity, outcome))
    return saved


def _same(connection: Connection, entry: Entry) -> LegalEntity | None:
    """The entity that came before under an id of another kind (a spreadsheet's code, an Ид),
    by INN and KPP. Two ids of one kind are two counterparties, whatever their numbers."""
    entity = find(entry.card.inn or "", entry.card.kpp or "")
    if entity is None:
        return None
    ids = Link.objects.filter(
        connection=connection, kind=Kind.COUNTERPARTY, local_id=str(entity.pk)
    ).values_list("external_id", flat=True)
    of_kind = entry.external_id.startswith(SHEET_IDS)
    return None if any(each.startswith(SHEET_IDS) == of_kind for each in ids) else entity


def card_of(record: Counterparty) -> Card:
    """The card that a counterparty record is."""
    inn = requisites.compact(record.inn or "")
    name = (record.name or record.official_name or record.full_name or inn).strip()
    kind = _KINDS.get(record.kind) or requisites.guess_kind(inn, name)
    accounts = tuple(
        Account(a.number, a.bic or "", a.bank_name or "", a.corr_account or "")
        for a in record.bank_accounts
    )
    return Card(
        kind=kind,
        name=name,
        full_name=record.official_name or record.full_name,
        inn=None if record.inn is None else inn,
        kpp=None if record.kpp is None else requisites.compact(record.kpp),
        ogrn=record.ogrn or requisite(record.requisites, "ОГРН", "ОГРНИП"),
        okpo=record.okpo,
        legal_address=str(record.legal_address) if record.legal_address else None,
        address=str(record.address) if record.address else None,
        phone=_contact(record, "телефон"),
        email=_contact(record, "почта", "mail"),
        is_active=not record.deleted,
        bank_accounts=accounts or None,
    )


def _contact(record: Counterparty, *words: str) -> str | None:
    """The first contact of a kind: «Телефон рабочий», «ТелефонРабочий», «Электронная почта»."""
    for contact in record.contacts:
        if contact.value and any(word in contact.type.lower() for word in words):
            return contact.value.strip()
    return None


def _told(record: Counterparty) -> dict[str, Any]:
    said = {
        "name": record.name,
        "official_name": record.official_name,
        "full_name": record.full_name,
        "inn": record.inn,
        "kpp": record.kpp,
    }
    return {key: value for key, value in said.items() if value}


def _mark(work: Work, record: Counterparty, entity: LegalEntity) -> None:
    for name in entity.failed_checks():
        label = _LABELS[name]
        work.problem("bad_requisite", record, label, getattr(entity, name))
