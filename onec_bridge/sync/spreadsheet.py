"""Counterparties from a spreadsheet: УТ 11 and УНФ send none through the exchange.

Two steps: :func:`read_sheet` reads and judges, writing nothing; :func:`apply_sheet` saves what
was read. Columns are told by the words of their headers, in any order; a mistake is a
:class:`Problem` that names its cell, and its row alone is left out. The same rows a second
time change nothing: a row is known by its Код, else by INN and KPP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import BadZipFile

from django.db import transaction
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from b2b_overlay.company import requisites
from b2b_overlay.company.intake import Account, Card
from b2b_overlay.company.models import LegalEntity
from onec_bridge.commerceml.records import Problem, Severity, Source

from .counterparties import Entry, save_entries
from .links import Links
from .outcome import Counts, Outcome, Tally

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Sheet", "SheetRow", "apply_sheet", "preview_sheet", "read_sheet"]

#: Field → how its column may be called; compared by letters and digits only.
COLUMNS: Mapping[str, tuple[str, ...]] = {
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
#: A header may stand below a title and a date, as 1C prints lists.
HEADER_WITHIN = 20

_LENGTHS = {"inn": {10, 12}, "kpp": {9}}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that can be saved; what a manager may want to know when he gives terms."""

    number: int
    entry: Entry
    price_type: str = ""
    payment_days: str = ""


@dataclass(slots=True)
class Sheet:
    """What was read of a spreadsheet."""

    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: int = 0


def read_sheet(stream: BinaryIO, name: str) -> Sheet:
    """Read the first worksheet of an XLSX file. What can't be opened is a fatal problem."""
    sheet = Sheet()
    try:
        workbook = load_workbook(stream, read_only=True, data_only=True)
        rows = list(workbook.worksheets[0].iter_rows(values_only=True))
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError, IndexError) as error:
        source = Source(name, 0, 0, "", "")
        sheet.problems.append(
            Problem("sheet_unreadable", Severity.FATAL, source, params={"reason": str(error)[:200]})
        )
        return sheet
    header, columns = _header(rows)
    if not columns:
        source = Source(name, 1, 0, "", "")
        sheet.problems.append(Problem("sheet_without_header", Severity.FATAL, source))
        return sheet
    for number, values in enumerate(rows[header + 1 :], header + 2):
        cells = {key: _text(values[at]) for key, at in columns.items() if at < len(values)}
        if any(cells.values()):
            _read_row(sheet, Source(name, number, 0, cells.get("code", ""), ""), cells, columns)
    return sheet


def _header(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """Where the header is, and the column of each field in it; no columns: there is none."""
    for number, values in enumerate(rows[:HEADER_WITHIN]):
        words = [" ".join(re.findall(r"[^\W_]+", str(v or "").lower())) for v in values]
        words = [word.replace("ё", "е") for word in words]
        columns = {
            name: words.index(synonym)
            for name, synonyms in COLUMNS.items()
            for synonym in reversed(synonyms)
            if synonym in words
        }
        if "name" in columns and "inn" in columns:
            return number, columns
    return 0, {}


def _text(value: Any) -> str:
    """A cell as text; a number that Excel made of an INN is an INN again."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def _read_row(
    sheet: Sheet, source: Source, cells: Mapping[str, str], columns: Mapping[str, int]
) -> None:
    problems = list(_wrong(source, cells, columns))
    sheet.problems += problems
    if any(problem.severity is Severity.ERROR for problem in problems):
        sheet.refused += 1
        return
    entry = _entry(cells)
    row = SheetRow(source.line, entry, cells.get("price_type", ""), cells.get("payment_days", ""))
    sheet.rows.append(row)
    kind, card = entry.card.kind, entry.card
    failed = requisites.failed(kind, inn=card.inn or "", kpp=card.kpp or "", ogrn=card.ogrn or "")
    for name in failed:
        label = COLUMNS[name][0].upper()
        value = cells[name]
        sheet.problems.append(Problem("bad_requisite", Severity.WARNING, source, label, value))


def _wrong(
    source: Source, cells: Mapping[str, str], columns: Mapping[str, int]
) -> Iterator[Problem]:
    """Cells that can't be what their column says."""

    def problem(name: str) -> Problem:
        cell = f"{get_column_letter(columns[name] + 1)}{source.line}"
        value, label = cells[name], COLUMNS[name][0].capitalize()
        label = label.upper() if name in _LENGTHS else label
        return Problem("sheet_bad_cell", Severity.ERROR, source, label, value[:200], {"cell": cell})

    if not cells.get("name"):
        yield problem("name")
    for name, lengths in _LENGTHS.items():
        value = requisites.compact(cells.get(name, ""))
        digits = value.isdigit() or (name == "kpp" and value.isalnum())
        if value and not (digits and len(value) in lengths):
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
    external_id = f"Код:{code}" if code else f"ИНН:{inn}/{kpp}" if inn else f"ИНН:{name}"
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
    tally = Tally()
    for _entity, outcome in _save(connection, sheet):
        tally.count("counterparty", outcome)
    for _row in range(sheet.refused):
        tally.count("counterparty", Outcome.REFUSED)
    return tally.counts


def _save(connection: Connection, sheet: Sheet) -> list[tuple[LegalEntity, Outcome]]:
    links = Links(connection)
    saved = save_entries(connection, links, [row.entry for row in sheet.rows])
    links.save()
    return saved
