"""Counterparties (контрагенты) to legal entities, whether 1C sends them or a spreadsheet.

Identity within a connection: 1C's Ид (or Код, from a spreadsheet), then INN and KPP. The
link keeps the name and the requisites exactly as 1C has them, because that is what 1C
matches by when an order comes back to it (format.md, section 6; in_practice.md, 63).

It keeps the whole card as last told too: a field told the same again is no news, so what was
mended in the shop stays until 1C itself changes its mind. Two sources of one legal entity
(1C and a spreadsheet) each have a memory of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import override

from b2b_overlay.company import requisites, rules
from b2b_overlay.company.countries import RUSSIA, code_of
from b2b_overlay.company.intake import Account, Card, Taken, find, take
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.company.personal import CONTACTS, IDENTITY, erased_entities
from onec_bridge.commerceml.records import Counterparty, CounterpartyKind, Severity

from .facts import requisite
from .links import Linked, Links
from .models import Kind, Link
from .outcome import Item, Outcome

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

    from .work import Work

__all__ = ["LABELS", "SHEET_IDS", "Entry", "card_of", "save_entries", "take_counterparties"]

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
#: Requisites as 1C calls them.
LABELS = {
    "inn": "ИНН",
    "kpp": "КПП",
    "ogrn": "ОГРН",
    "okpo": "ОКПО",
    "account": "Расчётный счёт",
    "bic": "БИК",
    "correspondent": "Корр. счёт",
    "country": "Страна",
    "tax_id": "Налоговый номер",
}
#: How 1C's «ЮрЛицоНеРезидент» ends, its blanks taken out.
_NOT_RESIDENT = "нерезидент"


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
    for item, entry, (entity, outcome) in zip(taken, entries, saved, strict=True):
        item.came(outcome)
        if outcome is not Outcome.UNCHANGED:
            _mark(work, item.record, entity, entry.card)


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
    erased = erased_entities(known)
    entries = [
        _unsaid(entry, known[pk]) if (pk := local[entry.external_id]) in erased else entry
        for entry in entries
    ]
    same = _same(connection, [e for e in entries if local[e.external_id] not in known])
    pairs = []
    taken_over: set[int] = set()
    for entry in entries:
        entity = known.get(local[entry.external_id])
        link = links.get(Kind.COUNTERPARTY, entry.external_id) if entity else None
        card = _news(entry.card, link, entity) if link and entity else entry.card
        if entity is None and (other := same.get(entry.external_id)) and other.pk not in taken_over:
            taken_over.add(other.pk)
            entity = other
        pairs.append((card, entity))
    saved = []
    for entry, (entity, taken) in zip(entries, take(pairs), strict=True):
        link = links.get(Kind.COUNTERPARTY, entry.external_id)
        outcome = _OUTCOMES[taken]
        data: dict[str, Any] = {"told": entry.told, "card": _remembered(entry.card, link)}
        if link is None or link.local_id != str(entity.pk) or link.data.get("told") != entry.told:
            outcome = max(outcome, Outcome.CHANGED)
        if outcome is not Outcome.UNCHANGED or link is None or link.data != {**link.data, **data}:
            links.put(Kind.COUNTERPARTY, entry.external_id, str(entity.pk), **data)
        saved.append((entity, outcome))
    return saved


def _unsaid(entry: Entry, entity: LegalEntity) -> Entry:
    """The entry without what was erased here: 1C may have it still, and sends it again."""
    gone: dict[str, Any] = dict.fromkeys(CONTACTS)
    if entity.kind != LegalEntity.Kind.PERSON:
        return replace(entry, card=replace(entry.card, **gone))
    gone |= {**dict.fromkeys(IDENTITY), "name": entity.name, "bank_accounts": None}
    return replace(entry, card=replace(entry.card, **gone), told={"name": entity.name})


def _news(card: Card, link: Linked, entity: LegalEntity) -> Card:
    """The card without what was told the same last time: that is as it is here."""
    before: Mapping[str, Any] = link.data.get("card", {})
    told = _told_of(card)
    same = {name for name, value in told.items() if name in before and before[name] == value}
    kept: dict[str, Any] = dict.fromkeys(same)
    for name in same & {"kind", "name"}:
        kept[name] = getattr(entity, name)
    return replace(card, **kept)


def _remembered(card: Card, link: Linked | None) -> dict[str, Any]:
    """The card as told by now: what this one is silent about was told before."""
    before: dict[str, Any] = link.data.get("card", {}) if link else {}
    return before | _told_of(card)


def _told_of(card: Card) -> dict[str, Any]:
    """What the card says, as JSON keeps it."""
    told = {name: value for name, value in asdict(card).items() if value is not None}
    if card.bank_accounts is not None:
        told["bank_accounts"] = [list(astuple(each)) for each in card.bank_accounts]
    return told


def _same(connection: Connection, entries: Sequence[Entry]) -> dict[str, LegalEntity]:
    """The entities that came before under an id of another kind (a spreadsheet's code, an Ид),
    by INN and KPP: a rule that the shop can switch off. Two ids of one kind are two
    counterparties, whatever their numbers. Four queries, however many the entries."""
    if not entries or not rules.is_on(rules.ONE_BASE):
        return {}
    numbers = {e.external_id: (e.card.inn or "", e.card.kpp or "") for e in entries}
    found = find(numbers.values())
    links = Link.objects.filter(
        connection=connection,
        kind=Kind.COUNTERPARTY,
        local_id__in=[str(entity.pk) for entity in found.values()],
    )
    kinds = {
        (local_id, external_id.startswith(SHEET_IDS))
        for local_id, external_id in links.values_list("local_id", "external_id")
    }
    return {
        external_id: entity
        for external_id, inn_and_kpp in numbers.items()
        if (entity := found.get(inn_and_kpp))
        and (str(entity.pk), external_id.startswith(SHEET_IDS)) not in kinds
    }


def card_of(record: Counterparty) -> Card:
    """The card that a counterparty record is."""
    inn = requisites.compact(record.inn or "")
    name = (record.name or record.official_name or record.full_name or inn).strip()
    kind, country = _kind(record, inn, name)
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
        country=country,
        tax_id=requisite(record.requisites, "НалоговыйНомер", "Налоговый номер"),
        legal_address=str(record.legal_address) if record.legal_address else None,
        address=str(record.address) if record.address else None,
        phone=_contact(record, "телефон"),
        email=_contact(record, "почта", "mail"),
        is_active=not record.deleted,
        bank_accounts=accounts or None,
    )


def _kind(record: Counterparty, inn: str, name: str) -> tuple[str, str | None]:
    """Who it is by law, and the country where the card tells.

    CommerceML has no word for a foreigner. A requisite may say it (as 1C's own attributes do:
    СтранаРегистрации, ЮрФизЛицо «ЮрЛицоНеРезидент»); the address's country counts only where
    there is no INN that holds, since a Russian firm may have its office abroad.
    """
    told = requisite(record.requisites, "СтранаРегистрации", "Страна регистрации", "Страна")
    country = code_of(told or "")
    law = requisite(record.requisites, "ЮрФизЛицо", "ЮридическоеФизическоеЛицо") or ""
    abroad = _NOT_RESIDENT in law.lower().replace(" ", "")
    if not country and not requisites.holds_inn(inn):
        country = code_of(_country_of(record))
    if abroad or country not in ("", RUSSIA):
        return LegalEntity.Kind.FOREIGN, country or None
    return _KINDS.get(record.kind) or requisites.guess_kind(inn, name), country or None


def _country_of(record: Counterparty) -> str:
    address = record.legal_address
    parts = address.fields if address else ()
    return next((part.value for part in parts if part.type.strip().lower() == "страна"), "")


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


def _mark(work: Work, record: Counterparty, entity: LegalEntity, card: Card) -> None:
    for each, params in in_both_languages(lambda: entity.wrong(card.bank_accounts or ())):
        work.problem("bad_requisite", record, LABELS[each.field], each.value, **params)


def in_both_languages(
    check: Callable[[], list[requisites.Wrong]],
) -> list[tuple[requisites.Wrong, dict[str, Any]]]:
    """What a check says, with its sentences as a problem's message asks for them: the journal
    is read in either language, whoever was working when it was written."""
    with override("en"):
        english = check()
    with override("ru"):
        return [
            (each, {"why_ru": each.text, "why_en": same.text})
            for each, same in zip(check(), english, strict=True)
        ]
