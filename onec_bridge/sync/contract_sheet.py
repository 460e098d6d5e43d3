"""Contracts and managers from a spreadsheet, where 1C doesn't send them in the exchange.

Two steps, as with counterparties: :func:`read_contracts` reads and judges, writing nothing;
:func:`apply_contracts` saves, by the same actions as the exchange, so that what the desk
changed meanwhile stands beside the file's word. Rules: a mistake names its cell and its row
alone is left out; a contract is known by its Ид, else by the counterparty and the number, and
1C's own exchange takes it over by either; an empty cell says nothing, «-» clears; the same rows
a second time change nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import transaction

from b2b_overlay.company import structure
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.company.partners import COMPANY_FIELDS, take_manager
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.told import CONTRACT_FIELDS, contract_numbered, take_contract
from b2b_overlay.sheets import date_of, number_of
from b2b_overlay.shop import Refused
from b2b_overlay.terms.models import Contract, Organization
from onec_bridge.commerceml.records import Problem
from onec_bridge.commerceml.values import currency_code, parse_flag, parse_ident

from .contracts import payment_of
from .models import Kind, Link
from .outcome import Outcome
from .table import Reading, Row, Table, read_table
from .whose import WHOSE, Whose, cell_problem

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["COLUMNS", "ContractRow", "Contracts", "apply_contracts", "preview", "read_contracts"]

#: Field → how its column may be called; compared by letters and digits only.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **WHOSE,
    "contract_id": ("ид договора", "ид соглашения", "guid договора"),
    "number": ("номер договора", "договор", "соглашение", "номер соглашения", "номер"),
    "date": ("дата договора", "дата соглашения", "дата"),
    "currency": ("валюта", "валюта договора", "валюта взаиморасчетов"),
    "price_lists": ("виды цен", "вид цен", "тип цен", "типы цен"),
    "payment": ("оплата", "условия оплаты", "порядок оплаты"),
    "payment_days": ("отсрочка дней", "отсрочка", "отсрочка платежа", "дней отсрочки"),
    "credit_limit": ("кредитный лимит", "лимит", "допустимая сумма задолженности"),
    "organization": ("организация", "инн организации"),
    "is_active": ("действует", "активен"),
    "manager": ("менеджер", "почта менеджера", "основной менеджер"),
}
_CLEARED = "-"
_SEVERAL = re.compile(r"[;\n]|,(?!\d)")


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One row that can be saved."""

    number: int
    entity: LegalEntity
    contract_id: str
    #: Of :data:`~b2b_overlay.pricing.told.CONTRACT_FIELDS`; none: the row is of a manager only.
    told: Mapping[str, Any]
    manager_id: int | None


@dataclass(slots=True)
class Contracts(Reading):
    """What was read of a spreadsheet."""

    rows: list[ContractRow] = field(default_factory=list)


class _Bad(Exception):
    """A cell that can't be what its column says."""

    def __init__(self, column: str, code: str = "sheet_bad_terms") -> None:
        super().__init__(column)
        self.column, self.code = column, code


def read_contracts(connection: Connection, stream: BinaryIO, name: str) -> Contracts:
    """Read the first worksheet, or the CSV. What can't be opened is a fatal problem."""
    needed = [("number", "contract_id", "manager"), ("external_id", "code", "inn")]
    table = read_table(stream, name, COLUMNS, needed=needed, no_header="sheet_without_contracts")
    read = Contracts()
    if table.fatal is not None:
        read.problems.append(table.fatal)
        return read
    whose = Whose(connection, table.rows)
    known = _Known()
    for row in table.rows:
        problems: list[Problem] = []
        entity = whose.entity(table, row, problems)
        found = _row(table, row, whose, entity, known, problems) if entity else None
        read.problems += problems
        if found is None:
            read.refused += 1
        else:
            read.rows.append(found)
    return read


class _Known:
    """What cells name by its name: price lists, organisations, managers. Three queries."""

    def __init__(self) -> None:
        lists = PriceList.objects.order_by("-pk").values_list("name", "pk")
        self.price_lists = {name.casefold(): pk for name, pk in lists}
        self.organizations: dict[str, int] = {}
        for each in Organization.objects.order_by("-pk"):
            self.organizations[each.name.casefold()] = each.pk
            if each.inn:
                self.organizations[each.inn] = each.pk
        staff = structure.staff().values_list("email", "pk")
        self.staff: dict[str, int] = {email.casefold(): pk for email, pk in staff}


def _row(
    table: Table,
    row: Row,
    whose: Whose,
    entity: LegalEntity,
    known: _Known,
    problems: list[Problem],
) -> ContractRow | None:
    """The row's contract and manager; None, and a problem, where a cell won't do."""
    told: dict[str, Any] = {}
    manager = None
    before = len(problems)
    for name, read in _READ.items():
        text = row.texts.get(name, "")
        if not text:
            continue
        try:
            value = read(row, known)
        except _Bad as bad:
            problems.append(cell_problem(COLUMNS, table, row, bad.code, bad.column))
            continue
        if name == "manager":
            manager = value
        else:
            told[name] = value
    if len(problems) > before:
        return None
    ident = parse_ident(row.texts.get("contract_id", ""))
    if not ident and not told.get("number"):
        told = {}
    now = entity if whose.now[entity.pk] == entity.pk else None
    return ContractRow(
        row.number,
        now or LegalEntity.objects.get(pk=whose.now[entity.pk]),
        ident or f"Договор:{entity.pk}/{told.get('number', '')}",
        told,
        manager,
    )


# ----------------------------------------------------------------------------- cells


def _number(row: Row, known: _Known) -> str:
    text = row.texts["number"]
    told = re.split(r"№|\bN\b", text, maxsplit=1)[-1]
    return re.split(r"\bот\b", told, maxsplit=1)[0].strip()[:64]


def _date(row: Row, known: _Known) -> str | None:
    if row.texts["date"] == _CLEARED:
        return None
    try:
        found = date_of(row.values["date"])
    except ValueError as error:
        raise _Bad("date") from error
    return (found.date() if isinstance(found, dt.datetime) else found).isoformat()


def _currency(row: Row, known: _Known) -> str:
    if (code := currency_code(row.texts["currency"])) is None:
        raise _Bad("currency")
    return code


def _price_lists(row: Row, known: _Known) -> list[int]:
    text = row.texts["price_lists"]
    names = [] if text == _CLEARED else [each.strip() for each in _SEVERAL.split(text)]
    found = [known.price_lists.get(name.casefold()) for name in names if name]
    if None in found:
        raise _Bad("price_lists", "sheet_unknown_price_list")
    return [pk for pk in dict.fromkeys(found) if pk is not None]


def _payment(row: Row, known: _Known) -> str:
    if (payment := payment_of(row.texts["payment"])) is None:
        raise _Bad("payment")
    return payment


def _payment_days(row: Row, known: _Known) -> int:
    days = _decimal(row, "payment_days")
    if days % 1 or not 0 <= days <= 365:
        raise _Bad("payment_days")
    return int(days)


def _credit_limit(row: Row, known: _Known) -> str | None:
    text = row.texts["credit_limit"]
    if text == _CLEARED or text.lower().startswith("без "):
        return None
    limit = _decimal(row, "credit_limit")
    if limit < 0 or limit >= Decimal(10) ** 14:
        raise _Bad("credit_limit")
    return f"{limit:.2f}"


def _decimal(row: Row, column: str) -> Decimal:
    try:
        return number_of(row.values[column])
    except (ValueError, InvalidOperation) as error:
        raise _Bad(column) from error


def _organization(row: Row, known: _Known) -> int:
    found = known.organizations.get(row.texts["organization"].casefold())
    if found is None:
        raise _Bad("organization", "sheet_unknown_organization")
    return found


def _is_active(row: Row, known: _Known) -> bool:
    try:
        flag = parse_flag(row.texts["is_active"])
    except ValueError as error:
        raise _Bad("is_active") from error
    return flag is not False


def _manager(row: Row, known: _Known) -> int:
    found: int | None = known.staff.get(row.texts["manager"].casefold())
    if found is None:
        raise _Bad("manager", "sheet_unknown_manager")
    return found


_READ: Mapping[str, Callable[[Row, _Known], Any]] = {
    "number": _number,
    "date": _date,
    "currency": _currency,
    "price_lists": _price_lists,
    "payment": _payment,
    "payment_days": _payment_days,
    "credit_limit": _credit_limit,
    "organization": _organization,
    "is_active": _is_active,
    "manager": _manager,
}


# ----------------------------------------------------------------------------- saving


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a row."""

    row: ContractRow
    outcome: Outcome
    #: What a person has to decide, by its names for people; empty: nothing.
    differs: str = ""
    #: Why it was refused.
    why: str = ""


def preview(connection: Connection, read: Contracts) -> list[Saved]:
    """What would come of each row: done, and taken back."""
    with transaction.atomic():
        saved = apply_contracts(connection, read)
        transaction.set_rollback(True)
    return saved


@transaction.atomic
def apply_contracts(connection: Connection, read: Contracts) -> list[Saved]:
    """Save the rows, each with what came of it."""
    return [_save(connection, row) for row in read.rows]


def _save(connection: Connection, row: ContractRow) -> Saved:
    outcome: Outcome = Outcome.UNCHANGED
    differs: list[str] = []
    try:
        with transaction.atomic():
            if row.told:
                outcome, differs = _save_contract(connection, row)
            if row.manager_id is not None:
                came, more = _save_manager(connection, row)
                outcome, differs = max(outcome, came), differs + more
    except Refused as refused:
        return Saved(row, Outcome.REFUSED, why=str(refused))
    return Saved(row, outcome, ", ".join(differs))


def _save_contract(connection: Connection, row: ContractRow) -> tuple[Outcome, list[str]]:
    link, _created = Link.objects.get_or_create(
        connection=connection, kind=Kind.CONTRACT, external_id=row.contract_id
    )
    before: dict[str, Any] = link.data.get("told", {})
    known = Contract.objects.filter(pk=int(link.local_id or 0)).first()
    known = known or contract_numbered(row.entity, str(row.told.get("number", "")))
    took = take_contract(row.entity, known, row.told, before, connection.name)
    link.local_id = str(took.contract.pk)
    link.data = {**link.data, "told": {**before, **row.told}}
    link.save()
    labels = [str(CONTRACT_FIELDS[name]) for name in took.differs]
    if took.is_new:
        return Outcome.CREATED, labels
    return (Outcome.CHANGED if took.changed else Outcome.UNCHANGED), labels


def _save_manager(connection: Connection, row: ContractRow) -> tuple[Outcome, list[str]]:
    """What was told last of its manager is kept with the counterparty's link, as the exchange
    keeps it."""
    company = row.entity.company
    assert row.manager_id is not None
    if company is None:
        return Outcome.UNCHANGED, []
    link = Link.objects.filter(
        connection=connection, kind=Kind.COUNTERPARTY, local_id=str(row.entity.pk)
    ).first()
    before = {"manager": link.data["manager"]} if link and "manager" in link.data else {}
    took = take_manager(company, row.manager_id, before, connection.name)
    if link is not None:
        link.data["manager"] = row.manager_id
        link.save(update_fields=["data"])
    labels = [str(COMPANY_FIELDS[name]) for name in took.differs]
    return (Outcome.CHANGED if took.changed else Outcome.UNCHANGED), labels
