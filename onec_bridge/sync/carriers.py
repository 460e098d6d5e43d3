"""Terms in elements that the standard has: requisites of a counterparty, user directories.

A 1C programmer who can't add elements of his own still has these two places (format.md,
section 9): «ВидЦен», «Соглашение», «Отсрочка»… among a counterparty's ЗначенияРеквизитов; and
rows of ПользовательскиеСправочники named «Договоры», «Взаиморасчеты» or «Менеджеры». Both
become the records that our extension reads as, so they mean the same and wait for the same.
Columns are told by their names, as a spreadsheet's are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from b2b_overlay.sheets import words_of
from onec_bridge.commerceml.records import (
    Contract,
    Counterparty,
    DirectoryRow,
    Manager,
    SettlementDocument,
    Severity,
    Source,
    Statement,
)
from onec_bridge.commerceml.values import parse_date, parse_ident, parse_limit, parse_number

from .models import Kind, Link
from .outcome import Item
from .payload import dump, load
from .work import Work

__all__ = ["of_counterparties", "of_rows"]

Cells = Mapping[str, str]
"""Texts by field."""

#: Field → how a requisite or a column may be called; compared by letters and digits only.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "counterparty": ("контрагент", "ид контрагента", "идконтрагента", "клиент"),
    "partner": ("партнер", "ид партнера", "идпартнера"),
    "number": ("соглашение", "договор", "номер", "номер договора", "номердоговора"),
    "date": ("дата", "дата договора", "датадоговора"),
    "currency": ("валюта", "валюта договора", "валютадоговора"),
    "price_types": ("видцен", "вид цен", "виды цен", "видыцен", "тип цен", "типцен"),
    "payment": ("оплата", "условия оплаты", "условияоплаты"),
    "payment_days": ("отсрочка", "отсрочка дней", "отсрочкадней", "отсрочка платежа"),
    "credit_limit": ("кредитный лимит", "кредитныйлимит", "лимит"),
    "organization": ("организация", "инн организации"),
    "manager": ("менеджер", "почта менеджера", "почтаменеджера", "почта"),
    "document": ("документ", "документ расчетов", "документрасчетов"),
    "amount": ("сумма", "долг", "сумма долга", "задолженность"),
    "due_date": ("срок оплаты", "срокоплаты", "дата оплаты"),
    "contract": ("ид договора", "иддоговора"),
}
_FIELDS = {words_of(name): field for field, names in COLUMNS.items() for name in names}
_TERMS = ("number", "price_types", "payment", "payment_days", "credit_limit", "organization")


def of_counterparties(work: Work, items: list[Item[Counterparty]]) -> list[Item[Any]]:
    """The contracts and managers that requisites of counterparties tell."""
    found: list[Item[Any]] = []
    for item in items:
        record = item.record
        cells = _cells((row.name, row.values) for row in record.requisites)
        if not record.id or record.deleted:
            continue
        if any(cells.get(name) for name in _TERMS):
            try:
                made = _contract(f"{record.id}#", record.id, cells, record.source)
            except ValueError as error:
                value = str(error)
                work.problem("bad_directory_row", record, "ЗначенияРеквизитов", value)
            else:
                found.append(_part(item, made))
        if cells.get("manager"):
            manager = Manager(
                id=f"{record.id}#",
                email=cells["manager"],
                counterparty_ids=(record.id,),
                source=record.source,
            )
            found.append(_part(item, manager))
    return found


def _part(item: Item[Any], record: Any) -> Item[Any]:
    return Item(record, item.kind, part_of=item)


def _cells(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """Several values of one field are parted by «;», as in a spreadsheet."""
    found: dict[str, str] = {}
    for name, values in pairs:
        field = _FIELDS.get(words_of(name))
        if field and (text := ";".join(value.strip() for value in values if value.strip())):
            found.setdefault(field, text)
    return found


def _contract(ident: str, counterparty: str, cells: Cells, source: Source) -> Contract:
    """Raises ``ValueError`` where a cell won't do."""
    days = parse_number(cells.get("payment_days", "").partition(" ")[0])
    names = [parse_ident(each) for each in cells.get("price_types", "").split(";")]
    organization = cells.get("organization")
    is_inn = bool(organization and organization.isdecimal())
    return Contract(
        id=ident,
        number=cells.get("number"),
        date=parse_date(cells.get("date", "")),
        counterparty_id=counterparty,
        organization_inn=organization if is_inn else None,
        organization_name=None if is_inn else organization,
        currency=cells.get("currency"),
        price_type_ids=tuple(each for each in names if each),
        payment=cells.get("payment"),
        payment_days=days,
        credit_limit=parse_limit(cells.get("credit_limit", "")),
        source=source,
    )


# ------------------------------------------------------------------------- directories


def of_rows(work: Work, items: list[Item[DirectoryRow]]) -> list[Item[Any]]:
    """The terms that rows of directories with these names tell."""
    directories = {item.record.directory_id for item in items}
    work.links.load(Kind.DIRECTORY, directories)
    found: list[Item[Any]] = []
    owing: dict[str, Item[DirectoryRow]] = {}
    for item in items:
        link = work.links.get(Kind.DIRECTORY, item.record.directory_id)
        told = link.data.get("told", {}) if link else {}
        meant = _TABLES.get(words_of(told.get("name") or ""))
        if meant is None or not item.record.id:
            continue
        names = {row[0]: row[1] for row in told.get("fields", ())}
        cells = _cells((names.get(v.id, v.id), v.values) for v in item.record.values)
        try:
            record = meant(item.record, cells)
        except (ValueError, ArithmeticError) as error:
            value = str(error) or item.record.id
            work.problem("bad_directory_row", item.record, "", value, Severity.ERROR)
            continue
        if isinstance(record, SettlementDocument):
            for counterparty in _owe(work, item.record, cells, record):
                owing[counterparty] = item
        else:
            found.append(_part(item, record))
    found += [_part(item, _statement(work, each, item.record)) for each, item in owing.items()]
    return found


def _row_contract(row: DirectoryRow, cells: Cells) -> Contract:
    counterparty = parse_ident(cells["counterparty"]) if "counterparty" in cells else ""
    if not counterparty:
        raise ValueError("Контрагент")
    made = _contract(row.id, counterparty, cells, row.source)
    return made if not row.deleted else _marked(made)


def _marked(contract: Contract) -> Contract:
    return Contract(
        id=contract.id,
        counterparty_id=contract.counterparty_id,
        number=contract.number,
        deleted=True,
        source=contract.source,
    )


def _row_manager(row: DirectoryRow, cells: Cells) -> Manager:
    return Manager(
        id=row.id,
        email=cells.get("manager"),
        partner_ids=tuple(filter(None, [parse_ident(cells.get("partner", ""))])),
        counterparty_ids=tuple(filter(None, [parse_ident(cells.get("counterparty", ""))])),
        deleted=row.deleted,
        source=row.source,
    )


def _row_debt(row: DirectoryRow, cells: Cells) -> SettlementDocument:
    amount = parse_number(cells.get("amount", ""))
    if amount is None:
        raise ValueError("Сумма")
    if not cells.get("counterparty"):
        raise ValueError("Контрагент")
    return SettlementDocument(
        amount=Decimal(0) if row.deleted else amount,
        currency=cells.get("currency"),
        document=cells.get("document"),
        date=parse_date(cells.get("date", "")),
        due_date=parse_date(cells.get("due_date", "")),
        contract_id=parse_ident(cells.get("contract", "")) or None,
        source=row.source,
    )


_TABLES: Mapping[str, Callable[[DirectoryRow, Cells], Any]] = {
    words_of(name): meant
    for names, meant in (
        (
            ("Договоры", "Соглашения", "Договоры контрагентов", "ДоговорыКонтрагентов"),
            _row_contract,
        ),
        (("Взаиморасчеты", "Взаиморасчёты", "Задолженность"), _row_debt),
        (("Менеджеры", "Менеджеры контрагентов", "МенеджерыКонтрагентов"), _row_manager),
    )
    for name in names
}


def _owe(work: Work, row: DirectoryRow, cells: Cells, debt: SettlementDocument) -> set[str]:
    """Keep a row of debts with its own link; whose statements it changes."""
    key = f"{row.directory_id}#{row.id}"
    counterparty = parse_ident(cells["counterparty"])
    link = work.links.get(Kind.DIRECTORY_ROW, key)
    before = link.parent_id if link else ""
    kept = {name: value for name, value in dump(debt).items() if name != "source"}
    work.links.put(Kind.DIRECTORY_ROW, key, "", parent_id=counterparty, debt=kept)
    return {counterparty, before} - {""}


def _statement(work: Work, counterparty: str, row: DirectoryRow) -> Statement:
    """All that the directory's rows, told now or before, say that he owes."""
    rows = Link.objects.filter(
        connection=work.connection, kind=Kind.DIRECTORY_ROW, parent_id=counterparty
    )
    work.links.load(Kind.DIRECTORY_ROW, rows.values_list("external_id", flat=True))
    debts = [
        load(SettlementDocument, link.data["debt"])
        for link in work.links.all(Kind.DIRECTORY_ROW).values()
        if link.parent_id == counterparty and "debt" in link.data
    ]
    owed = tuple(debt for debt in debts if debt.amount)
    return Statement(id=counterparty, documents=owed, told_at=work.file.told_at, source=row.source)
