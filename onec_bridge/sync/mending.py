"""A report of the base's quality, mended by hand and loaded back.

Rules: a row is known by its Ид, else its Код, else «№ на сайте»; only a cell that differs from
«Как было» (the hidden column with the row's values as they went out, JSON) is an instruction,
so what 1C changed meanwhile isn't taken back; where both changed, the site's value stays and a
problem says so. An emptied cell leaves the value, «-» clears it. A cell that can't be what its
column says leaves its row out; a number that only fails its check is saved, and marked. What 1C
last told of the card (``Link.data``) isn't touched: mended values stay until 1C itself says
something new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from django.db import models, transaction
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from b2b_overlay.company import requisites, scanning
from b2b_overlay.company.models import BankAccount, LegalEntity
from onec_bridge.commerceml.records import Problem, Severity
from onec_bridge.commerceml.values import parse_ident

from . import spreadsheet
from .counterparties import in_both_languages
from .models import Kind, Link
from .quality import COLUMNS, FIELDS, values_of
from .table import Reading, Row, Table, read_table

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Change", "Mended", "MendedRow", "apply_mended", "read_mended"]

_TITLES = {column.key: column.title for column in COLUMNS}
_NAMES: Mapping[str, tuple[str, ...]] = {
    **{key: spreadsheet.COLUMNS[key] for key in ("external_id", "code", *FIELDS)},
    "own": ("на сайте", "номер на сайте"),
    "was": ("как было",),
}
_IDS = ("external_id", "code", "own")
#: What people type to clear a value.
_CLEAR = ("-", "–", "—")
#: Written without the blanks and dashes people type.
_NUMBERS = ("inn", "kpp", "ogrn", "okpo", "account", "bic")
_ACCOUNT = {"account": "number", "bic": "bic", "bank_name": "bank_name"}


def _digits(*lengths: int) -> Callable[[str], bool]:
    return lambda text: text.isascii() and text.isdecimal() and len(text) in lengths


#: What a value must look like at all (a foreigner's numbers aside); its check digits are
#: another matter.
_SHAPES: Mapping[str, Callable[[str], bool]] = {
    "inn": _digits(10, 12),
    "kpp": lambda text: text.isalnum() and len(text) == 9,
    "ogrn": _digits(13, 15),
    "okpo": _digits(8, 10, 14),
    "account": _digits(20),
    "bic": _digits(9),
    "email": lambda text: all(
        re.fullmatch(r"[^@]+@[^@]+", each) for each in re.split(r"[,;\s]+", text)
    ),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One mended cell."""

    field: str
    #: Title of its column, and where it stands: «C2».
    label: str
    cell: str
    old: str
    new: str


@dataclass(slots=True)
class MendedRow:
    """A counterparty with what changes in it; its objects carry the new values, unsaved."""

    number: int
    entity: LegalEntity
    #: The account that changes; without a number it goes.
    account: BankAccount | None
    changes: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class Mended(Reading):
    """What was read of a report."""

    rows: list[MendedRow] = field(default_factory=list)
    unchanged: int = 0


def read_mended(
    connection: Connection, stream: BinaryIO, name: str, *, lock: bool = False
) -> Mended:
    """Read the report and compare it with what is known now. Writes nothing."""
    needed = [_IDS, FIELDS]
    table = read_table(stream, name, _NAMES, needed=needed, no_header="sheet_without_report")
    read = Mended()
    if table.fatal is not None:
        read.problems.append(table.fatal)
        return read
    known = _Known(connection, table.rows, lock=lock)
    met: set[int] = set()
    for row in table.rows:
        problems: list[Problem] = []
        entity = known.entity(table, row, problems)
        if entity is not None and entity.pk in met:
            problems.append(_problem(table, row, "sheet_row_twice", _id_column(row)))
        mended = _mend(table, row, entity, problems) if entity and not problems else None
        read.problems += problems
        if mended is None or any(each.severity is Severity.ERROR for each in problems):
            read.refused += 1
        elif mended.changes:
            read.rows.append(mended)
        else:
            read.unchanged += 1
        if entity is not None:
            met.add(entity.pk)
    return read


def apply_mended(connection: Connection, stream: BinaryIO, name: str) -> Mended:
    """Save the mended cells of the report; what was read and saved. Then whoever was mended is
    compared with the base anew."""
    with transaction.atomic():
        read = read_mended(connection, stream, name, lock=True)
        for row in read.rows:
            row.entity.save()
            if row.account is not None and row.account.number:
                row.account.save()
            elif row.account is not None:
                row.account.delete()
        scanning.mark(row.entity.pk for row in read.rows)
    return read


class _Known:
    """The counterparties that a report speaks of, found at once."""

    def __init__(self, connection: Connection, rows: list[Row], *, lock: bool) -> None:
        idents = {ident for row in rows for ident in (_ident(row), _code(row)) if ident}
        links = Link.objects.filter(
            connection=connection, kind=Kind.COUNTERPARTY, external_id__in=idents
        )
        self._links = {link.external_id: int(link.local_id or 0) for link in links}
        own = {_own(row) for row in rows}
        found = LegalEntity.objects.filter(pk__in={*self._links.values(), *own})
        found = found.prefetch_related(
            models.Prefetch("bank_accounts", BankAccount.objects.order_by("pk"))
        )
        if lock:
            found = found.select_for_update(of=("self",))
        self._by_pk = {entity.pk: entity for entity in found.order_by("pk")}
        others = Link.objects.filter(kind=Kind.COUNTERPARTY).exclude(connection=connection)
        mine = Link.objects.filter(kind=Kind.COUNTERPARTY, connection=connection)
        wanted = {str(pk) for pk in own}
        self._elsewhere = {
            int(pk) for pk in others.filter(local_id__in=wanted).values_list("local_id", flat=True)
        } - {int(pk) for pk in mine.filter(local_id__in=wanted).values_list("local_id", flat=True)}

    def entity(self, table: Table, row: Row, problems: list[Problem]) -> LegalEntity | None:
        """Whose row it is; else a problem says that nobody's."""
        if ident := _ident(row) or _code(row):
            found = self._by_pk.get(self._links.get(ident, 0))
        else:
            pk = _own(row)
            found = self._by_pk.get(pk) if pk not in self._elsewhere else None
        if found is None:
            problems.append(_problem(table, row, "sheet_unknown_row", _id_column(row)))
        return found


def _ident(row: Row) -> str:
    return parse_ident(row.texts.get("external_id", ""))


def _code(row: Row) -> str:
    return f"Код:{row.texts['code']}" if row.texts.get("code") else ""


def _own(row: Row) -> int:
    text = row.texts.get("own", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _id_column(row: Row) -> str:
    """The column that says whose row it is."""
    given = [name for name in _IDS if row.texts.get(name)]
    return given[0] if given else next(name for name in _IDS if name in row.texts)


def _problem(
    table: Table,
    row: Row,
    code: str,
    column: str,
    severity: Severity = Severity.ERROR,
    **params: str,
) -> Problem:
    value = row.texts.get(column, "")[:200]
    place = {"cell": table.cell(column, row), **params}
    return Problem(code, severity, table.source(row, _ident(row)), _TITLES[column], value, place)


def _plain(text: str) -> str:
    """As a cell gives it back: without line breaks and control characters."""
    return " ".join(ILLEGAL_CHARACTERS_RE.sub("", text).split())


def _mend(table: Table, row: Row, entity: LegalEntity, problems: list[Problem]) -> MendedRow:
    """What the row changes; the objects get the new values."""
    try:
        was = _was(row)
    except ValueError:
        problems.append(_problem(table, row, "sheet_bad_cell", "was"))
        return MendedRow(row.number, entity, None)
    account = _account(entity, was)
    mended = MendedRow(row.number, entity, account)
    now = values_of(entity, account)
    for name in FIELDS:
        new = _new(row, name, was)
        if new is None or new == now[name]:
            continue
        if was is not None and _plain(was.get(name, "")) != _plain(now[name]):
            more = {"now": now[name]}
            warning = Severity.WARNING
            problems.append(_problem(table, row, "sheet_changed_meanwhile", name, warning, **more))
        elif not _fits(entity, name, new):
            problems.append(_problem(table, row, "sheet_bad_cell", name))
        else:
            cell = table.cell(name, row)
            mended.changes.append(Change(name, _TITLES[name], cell, now[name], new))
    if bad := _put(mended):
        problems.append(_problem(table, row, "sheet_bad_cell", bad))
    problems += _marked(table, row, mended)
    return mended


def _was(row: Row) -> dict[str, str] | None:
    """The row's values as they went out; None: the row was made by hand."""
    text = row.texts.get("was")
    if not text:
        return None
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(text)
    return {str(key): str(value) for key, value in found.items()}


def _account(entity: LegalEntity, was: Mapping[str, str] | None) -> BankAccount | None:
    """The account that went out in this row, if it is still there; else the first."""
    accounts = list(entity.bank_accounts.all())
    if was is not None:
        told = (was.get("account", ""), was.get("bic", ""))
        accounts.sort(key=lambda account: (account.number, account.bic) != told)
    return accounts[0] if accounts else None


def _new(row: Row, name: str, was: Mapping[str, str] | None) -> str | None:
    """What the cell says the value is to be; None: it says nothing."""
    text = _plain(row.texts.get(name, ""))
    if not text or (was is not None and text == _plain(was.get(name, ""))):
        return None
    if text in _CLEAR:
        return ""
    return requisites.compact(text) if name in _NUMBERS else text


def _fits(entity: LegalEntity, name: str, new: str) -> bool:
    """Can it be such a value at all?"""
    model: type[models.Model] = BankAccount if name in _ACCOUNT else LegalEntity
    longest: int | None = getattr(
        model._meta.get_field(_ACCOUNT.get(name, name)), "max_length", None
    )
    if not new:
        return name != "name"
    if longest is not None and len(new) > longest:
        return False
    if name in _NUMBERS and entity.kind == LegalEntity.Kind.FOREIGN:
        return True
    return _SHAPES[name](new) if name in _SHAPES else True


def _put(mended: MendedRow) -> str:
    """Put the new values into the objects; the field that can't have its own, or nothing."""
    entity, changed = mended.entity, {change.field: change.new for change in mended.changes}
    of_account = {_ACCOUNT[name]: new for name, new in changed.items() if name in _ACCOUNT}
    for name in changed.keys() - _ACCOUNT.keys():
        setattr(entity, name, changed[name])
    if "inn" in changed:
        entity.kind = _kind(entity)
    if not of_account:
        mended.account = None
        return ""
    account = mended.account or BankAccount(legal_entity=entity)
    for name, new in of_account.items():
        setattr(account, name, new)
    mended.account = account
    others = [each for each in entity.bank_accounts.all() if each.pk != account.pk]
    twice = any((each.number, each.bic) == (account.number, account.bic) for each in others)
    nothing = not account.number and account.pk is None
    return next(name for name in _ACCOUNT if name in changed) if twice or nothing else ""


def _kind(entity: LegalEntity) -> str:
    """Who it is by law, now that its INN is known: 10 digits are an organisation's."""
    is_company = entity.kind == LegalEntity.Kind.COMPANY
    if entity.kind == LegalEntity.Kind.FOREIGN or not entity.inn:
        return entity.kind
    if len(entity.inn) == 10:
        return LegalEntity.Kind.COMPANY
    return LegalEntity.Kind.ENTREPRENEUR if is_company else entity.kind


def _marked(table: Table, row: Row, mended: MendedRow) -> Iterator[Problem]:
    """Mended numbers that still fail their checks: saved, and said."""
    changed = {change.field for change in mended.changes}
    accounts = [mended.account] if mended.account and mended.account.number else []
    for each, why in in_both_languages(lambda: mended.entity.wrong(accounts)):
        if each.field in changed:
            yield _problem(table, row, "sheet_wrong_requisite", each.field, Severity.WARNING, **why)
