"""Взаиморасчёты from a spreadsheet: 1C sends none in the exchange.

Two steps, as with counterparties: :func:`read_debts` reads and judges, writing nothing;
:func:`apply_debts` has :mod:`b2b_overlay.terms.settlements` replace what was known. Rules: a
counterparty is known by its Ид, else by Код, else by INN and KPP; one that was joined to another
brings its debts there; a mistake names its cell, and the *whole counterparty* of that row keeps
what was known of it, because half of its debts would be a lie; a contract that isn't here costs
only the contract. A row of zero says «owes nothing». Who isn't in the file keeps what was known
of him, unless the file is said to be whole (``whole``): then he owes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money, quantize
from b2b_overlay.sheets import date_of, number_of
from b2b_overlay.terms.models import Contract, Settlement
from b2b_overlay.terms.settlements import LARGEST, Debt, Replaced, replace
from onec_bridge.commerceml.records import Problem, Severity
from onec_bridge.commerceml.values import currency_code

from .models import Kind, Link
from .table import Reading, Row, Table, read_table
from .whose import WHOSE, Whose, cell_problem

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["COLUMNS", "DebtRow", "Debts", "apply_debts", "read_debts"]

#: Field → how its column may be called; compared by letters and digits only.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **WHOSE,
    "contract": ("договор", "номер договора", "соглашение"),
    "document": ("документ", "документ расчетов", "расчетный документ", "объект расчетов"),
    "document_date": ("дата", "дата документа"),
    "amount": ("сумма", "долг", "сумма долга", "задолженность", "долг клиента"),
    "currency": ("валюта", "валюта взаиморасчетов"),
    "due_date": ("срок оплаты", "дата оплаты", "оплатить до", "дата платежа"),
}
_TOTALS = ("итого", "всего")


@dataclass(frozen=True, slots=True)
class DebtRow:
    """One row that can be saved."""

    number: int
    #: As the file calls the counterparty; whose debt it is, joined ones resolved.
    told_entity: LegalEntity
    entity_id: int
    debt: Debt


@dataclass(slots=True)
class Debts(Reading):
    """What was read of a spreadsheet. Left out (``refused``) are wrong rows, and the others of
    the same counterparty."""

    rows: list[DebtRow] = field(default_factory=list)

    @property
    def debts(self) -> dict[int, list[Debt]]:
        """By legal entity, as :func:`~b2b_overlay.terms.settlements.replace` takes them."""
        found: dict[int, list[Debt]] = {}
        for row in self.rows:
            found.setdefault(row.entity_id, []).append(row.debt)
        return found


def read_debts(connection: Connection, stream: BinaryIO, name: str) -> Debts:
    """Read the first worksheet. What can't be opened is a fatal problem."""
    needed = [("amount",), ("external_id", "code", "inn")]
    table = read_table(stream, name, COLUMNS, needed=needed, no_header="sheet_without_debts")
    read = Debts()
    if table.fatal is not None:
        read.problems.append(table.fatal)
        return read
    rows = [row for row in table.rows if not _is_total(row)]
    known = _Known(connection, rows)
    spoiled: set[int] = set()
    for row in rows:
        problems: list[Problem] = []
        entity = known.entity(table, row, problems)
        debt = _debt(table, row, known.contracts.get(entity.pk, []) if entity else [], problems)
        read.problems += problems
        wrong = any(problem.severity is Severity.ERROR for problem in problems)
        if entity is not None and debt is not None and not wrong:
            read.rows.append(DebtRow(row.number, entity, known.now[entity.pk], debt))
            continue
        read.refused += 1
        if entity is not None:
            spoiled.add(known.now[entity.pk])
    whole = [row for row in read.rows if row.entity_id not in spoiled]
    read.refused += len(read.rows) - len(whole)
    read.rows = whole
    return read


@transaction.atomic
def apply_debts(
    connection: Connection,
    read: Debts,
    *,
    told_at: dt.datetime,
    source: str,
    whole: bool = False,
) -> Replaced:
    """Save what was read; ``whole``: who isn't in the file owes nothing. Where a row was left
    out, or nothing could be read at all, nobody is known not to be in it."""
    debts = read.debts
    if whole and read.is_readable and not read.refused:
        for pk in _others(connection, debts):
            debts[pk] = []
    return replace(debts, told_at, source)


def _others(connection: Connection, told: Collection[int]) -> Iterator[int]:
    """Legal entities of this 1C that something is or may be owed by, besides these."""
    links = Link.objects.filter(connection=connection, kind=Kind.COUNTERPARTY)
    ids = {int(pk) for pk in links.values_list("local_id", flat=True) if pk}
    owing = set(Settlement.objects.order_by().values_list("legal_entity", flat=True).distinct())
    buying = set(Contract.objects.order_by().values_list("legal_entity", flat=True).distinct())
    yield from sorted((owing | buying) & ids - set(told))


def _is_total(row: Row) -> bool:
    """«Итого» at the foot of a list names nobody."""
    first = next((text for text in row.texts.values() if text), "").lower()
    return first.startswith(_TOTALS)


class _Known(Whose):
    """The counterparties and contracts that a file speaks of, found at once."""

    def __init__(self, connection: Connection, rows: list[Row]) -> None:
        super().__init__(connection, rows)
        #: By the legal entity as told: a joined one's contracts went along with it.
        contracts: dict[int, list[Contract]] = {}
        for contract in Contract.objects.filter(legal_entity__in=set(self.now.values())):
            contracts.setdefault(contract.legal_entity_id, []).append(contract)
        self.contracts = {pk: contracts.get(now, []) for pk, now in self.now.items()}


def _debt(
    table: Table, row: Row, contracts: list[Contract], problems: list[Problem]
) -> Debt | None:
    """The row's sum, contract, document and dates; None where one can't be read."""
    before = len(problems)

    def bad(column: str) -> None:
        problems.append(cell_problem(COLUMNS, table, row, "sheet_bad_value", column))

    currency = currency_code(row.texts.get("currency", "") or "RUB")
    if currency is None:
        bad("currency")
    amount = _amount(row, currency or "RUB")
    if amount is None:
        bad("amount")
    dates: dict[str, dt.date] = {}
    for column in ("document_date", "due_date"):
        if row.texts.get(column):
            try:
                dates[column] = _day(date_of(row.values[column]))
            except ValueError:
                bad(column)
    document = row.texts.get("document", "")
    if len(document) > 255:
        bad("document")
    if len(problems) > before or amount is None or currency is None:
        return None
    contract = _contract(row.texts.get("contract", ""), contracts)
    if contract is None and row.texts.get("contract"):
        problems.append(
            cell_problem(
                COLUMNS, table, row, "sheet_unknown_contract", "contract", Severity.WARNING
            )
        )
    return Debt(
        amount=Money(amount, currency),
        contract_id=contract.pk if contract else None,
        document=document,
        **dates,
    )


def _amount(row: Row, currency: str) -> Decimal | None:
    """A number of Excel, or text as people write it; exact to the kopeck."""
    try:
        amount = number_of(row.values.get("amount"))
    except ValueError:
        return None
    if abs(amount) >= LARGEST:
        return None
    exact = quantize(amount, currency)
    # Excel's binary sums are off in the ninth decimal, a wrong column in the third.
    return exact if abs(exact - amount) < Decimal("0.0001") else None


def _day(found: dt.date) -> dt.date:
    """1C prints a document's moment where its day is meant."""
    return found.date() if isinstance(found, dt.datetime) else found


def _contract(text: str, contracts: list[Contract]) -> Contract | None:
    """By its number, alone or within «Договор № ОПТ-1 от 01.03.2026»."""
    words = _spelled(text)
    by_number = {_spelled(each.number): each for each in contracts if each.number}
    if words in by_number:
        return by_number[words]
    told = re.split(r"№|\bN\b", text, maxsplit=1)[-1]
    return by_number.get(_spelled(re.split(r"\bот\b", told, maxsplit=1)[0]))


def _spelled(text: str) -> str:
    return "".join(ch for ch in text.lower() if ch.isalnum())
