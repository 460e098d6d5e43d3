"""Counterparties from a spreadsheet: УТ 11 and УНФ send none through the exchange.

Two steps: :func:`read_sheet` reads and judges, writing nothing; :func:`apply_sheet` saves what
was read. Columns are told by the words of their headers, in any order; a mistake is a
:class:`Problem` that names its cell, and its row alone is left out. The same rows a second
time change nothing: a row is known by its Код, else by INN and KPP, else by its name. A number
that fails a check is saved as it stands and named with its cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction

from b2b_overlay.company import requisites
from b2b_overlay.company.intake import Account, Card
from b2b_overlay.company.models import LegalEntity
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.commerceml.values import parse_ident

from .counterparties import LABELS, Entry, in_both_languages, save_entries
from .links import Links
from .outcome import Counts, Outcome
from .table import Reading, Row, Table, read_table

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Sheet", "SheetRow", "apply_sheet", "preview_sheet", "read_sheet"]

#: Field → how its column may be called; compared by letters and digits only.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "external_id": ("ид", "ид 1с", "guid", "уникальный идентификатор"),
    "code": ("код", "код 1с", "номер"),
    "name": ("наименование", "контрагент", "название", "рабочее наименование", "name"),
    "full_name": (
        "полное наименование",
        "юридическое наименование",
        "официальное наименование",
        "наименование полное",
        "полное название",
        "full name",
    ),
    "inn": ("инн", "инн контрагента", "inn"),
    "kpp": ("кпп", "кпп контрагента", "kpp"),
    "ogrn": ("огрн", "огрнип", "огрн огрнип", "ogrn"),
    "okpo": ("окпо", "код по окпо", "okpo"),
    "phone": ("телефон", "телефоны", "тел", "phone"),
    "email": ("e mail", "email", "почта", "электронная почта", "эл почта", "адрес эп"),
    "legal_address": ("адрес", "юридический адрес", "юр адрес", "address"),
    "address": ("адрес доставки", "фактический адрес", "факт адрес", "почтовый адрес"),
    "account": ("расчетный счет", "р с", "номер счета", "банковский счет"),
    "bic": ("бик", "бик банка"),
    "bank_name": ("банк", "наименование банка"),
    "price_type": ("вид цен", "тип цен", "соглашение"),
    "payment_days": ("отсрочка дней", "отсрочка", "отсрочка платежа", "дней отсрочки"),
}
#: What only a report of the base's quality has (``mending``): it is loaded another way.
_REPORT: Mapping[str, tuple[str, ...]] = {"was": ("как было",)}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that can be saved; what a manager may want to know when he gives terms."""

    number: int
    entry: Entry
    price_type: str = ""
    payment_days: str = ""


@dataclass(slots=True)
class Sheet(Reading):
    """What was read of a spreadsheet."""

    rows: list[SheetRow] = field(default_factory=list)


def read_sheet(stream: BinaryIO, name: str) -> Sheet:
    """Read the first worksheet of an XLSX file. What can't be opened is a fatal problem."""
    sheet = Sheet()
    table = read_table(stream, name, {**COLUMNS, **_REPORT}, needed=[("name",), ("inn",)])
    if table.fatal is not None:
        sheet.problems.append(table.fatal)
    elif "was" in table.columns:
        source = Source(name, 1, 0, "", "")
        sheet.problems.append(Problem("sheet_is_report", Severity.FATAL, source))
    else:
        for row in table.rows:
            _read_row(sheet, table, row)
    return sheet


def _read_row(sheet: Sheet, table: Table, row: Row) -> None:
    cells = row.texts
    source = table.source(row, cells.get("external_id") or cells.get("code", ""))
    problems = list(_wrong(source, table, row))
    sheet.problems += problems
    if any(problem.severity is Severity.ERROR for problem in problems):
        sheet.refused += 1
        return
    entry = _entry(cells)
    sheet.rows.append(
        SheetRow(row.number, entry, cells.get("price_type", ""), cells.get("payment_days", ""))
    )
    sheet.problems += _marks(source, table, row, entry.card)


def _marks(source: Source, table: Table, row: Row, card: Card) -> Iterator[Problem]:
    """What is saved all the same and is to be looked at, by cell."""

    def check() -> list[requisites.Wrong]:
        return requisites.wrong(
            card.kind,
            inn=card.inn or "",
            kpp=card.kpp or "",
            ogrn=requisites.compact(card.ogrn or ""),
            okpo=requisites.compact(card.okpo or ""),
            accounts=card.bank_accounts or (),
        )

    for each, params in in_both_languages(check):
        label = f"{LABELS[each.field]} ({table.cell(each.field, row)})"
        yield Problem("bad_requisite", Severity.WARNING, source, label, each.value, params)


def _wrong(source: Source, table: Table, row: Row) -> Iterator[Problem]:
    """Cells that can't be what their column says."""
    cells = row.texts

    def problem(name: str) -> Problem:
        cell = {"cell": table.cell(name, row)}
        value, label = cells[name], COLUMNS[name][0].capitalize()
        label = LABELS.get(name, label)
        return Problem("sheet_bad_cell", Severity.ERROR, source, label, value[:200], cell)

    if not cells.get("name"):
        yield problem("name")
    for name in ("inn", "kpp"):
        value = requisites.compact(cells.get(name, ""))
        if value and not any(ch.isdigit() for ch in value):
            yield problem(name)


def _entry(cells: Mapping[str, str]) -> Entry:
    inn = requisites.compact(cells.get("inn", ""))
    kpp = requisites.compact(cells.get("kpp", ""))
    name = cells["name"]
    kind = requisites.guess_kind(inn, name)
    if not inn and not kpp:
        kind = LegalEntity.Kind.PERSON if kind == LegalEntity.Kind.COMPANY else kind
    account = cells.get("account", "")
    card = Card(
        kind=kind,
        name=name,
        inn=inn,
        kpp=kpp,
        bank_accounts=(
            (Account(account, cells.get("bic", ""), cells.get("bank_name", "")),)
            if account
            else None
        ),
        full_name=cells.get("full_name"),
        ogrn=cells.get("ogrn"),
        okpo=cells.get("okpo"),
        legal_address=cells.get("legal_address"),
        address=cells.get("address"),
        phone=cells.get("phone"),
        email=cells.get("email"),
    )
    code = cells.get("code", "")
    known_by = f"Код:{code}" if code else f"ИНН:{inn}/{kpp}"
    if not code and not requisites.holds_inn(inn):
        known_by = f"ИНН:{name}"
    external_id = parse_ident(cells.get("external_id", "")) or known_by
    named = {
        "official_name" if kind == LegalEntity.Kind.COMPANY else "full_name": cells.get(
            "full_name", ""
        )
    }
    told = {"name": name, **named, "inn": inn, "kpp": kpp}
    return Entry(external_id[:255], card, {key: value for key, value in told.items() if value})


def preview_sheet(connection: Connection, sheet: Sheet) -> list[tuple[SheetRow, str]]:
    """Each row with what would come of it: ``created``, ``changed`` or ``unchanged``. Done by
    saving and taking everything back, so the preview can't disagree with the real thing."""
    with transaction.atomic():
        saved = _save(connection, sheet)
        transaction.set_rollback(True)
    return [
        (row, outcome.name.lower())
        for row, (_entity, outcome) in zip(sheet.rows, saved, strict=True)
    ]


@transaction.atomic
def apply_sheet(connection: Connection, sheet: Sheet) -> Counts:
    """Save the rows; how many were created, changed, unchanged, and refused in reading."""
    found = Counter(outcome for _entity, outcome in _save(connection, sheet))
    found[Outcome.REFUSED] += sheet.refused
    return {"counterparty": {Outcome(o).name.lower(): n for o, n in found.items() if n}}


def _save(connection: Connection, sheet: Sheet) -> list[tuple[LegalEntity, Outcome]]:
    links = Links(connection)
    saved = save_entries(connection, links, [row.entry for row in sheet.rows])
    links.save()
    return saved
