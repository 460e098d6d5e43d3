"""The quality of the base (качество базы): what there is to mend in each counterparty, as XLSX.

It goes to whoever mends it at the source, so it speaks 1C's language: its Ид and Код, its
words for the columns, numbers as text. The same file, mended by hand, comes back through
:mod:`.mending`. Rules: one row for each counterparty that has anything to mend, a legal entity
that no 1C knows included (its Ид is empty, «№ на сайте» is its own); rows of other 1C bases are
theirs to mend and are left out; a cell is never a formula, whatever it begins with; the number
of statements doesn't depend on the number of counterparties, and neither does the workbook's
memory.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from b2b_overlay.company.likeness import Reason
from b2b_overlay.company.models import BankAccount, Doubt, LegalEntity
from b2b_overlay.company.requisites import Wrong
from b2b_overlay.terms.models import Contract

from .counterparties import LABELS, SHEET_IDS
from .models import Kind, Link

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["COLUMNS", "Finding", "Totals", "Trouble", "findings", "totals", "values_of", "write"]


class Trouble(StrEnum):
    """What may be the matter with a counterparty. Each has a column to filter by."""

    NO_INN = "no_inn"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    JOINED = "joined"
    NO_CONTACT = "no_contact"
    NO_CONTRACT = "no_contract"
    NO_COMPANY = "no_company"

    @property
    def label(self) -> str | Promise:
        return _TROUBLES[self][0]

    @property
    def column(self) -> str:
        return _TROUBLES[self][1]


_TROUBLES: Mapping[Trouble, tuple[str | Promise, str]] = {
    Trouble.NO_INN: (gettext_lazy("without INN"), "Без ИНН"),
    Trouble.FAILED: (gettext_lazy("wrong requisites"), "Ошибки реквизитов"),
    Trouble.DUPLICATE: (gettext_lazy("look like another one"), "Похожие"),
    Trouble.JOINED: (gettext_lazy("joined here, two cards in 1C"), "Объединены"),
    Trouble.NO_CONTACT: (gettext_lazy("neither phone nor e-mail"), "Без связи"),
    Trouble.NO_CONTRACT: (gettext_lazy("without a contract"), "Без договора"),
    Trouble.NO_COMPANY: (gettext_lazy("of no company yet"), "Без клиента"),
}
#: Belongs to the shop's own work, not to 1C's base: by itself it makes no row.
_OURS = {Trouble.NO_COMPANY}


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: str
    width: int


#: Of the sheet «Исправить», in order. Titles are what the readers look for (``spreadsheet``).
COLUMNS: tuple[Column, ...] = (
    Column("external_id", "Ид", 38),
    Column("code", "Код", 14),
    Column("own", "№ на сайте", 10),
    Column("name", "Наименование", 34),
    Column("full_name", "Полное наименование", 40),
    Column("inn", "ИНН", 15),
    Column("kpp", "КПП", 12),
    Column("ogrn", "ОГРН", 17),
    Column("okpo", "ОКПО", 12),
    Column("phone", "Телефон", 20),
    Column("email", "E-mail", 24),
    Column("legal_address", "Юридический адрес", 40),
    Column("address", "Адрес доставки", 30),
    Column("account", "Расчётный счёт", 23),
    Column("bic", "БИК", 12),
    Column("bank_name", "Банк", 28),
    Column("what", "Что исправить", 90),
    *(Column(trouble.value, trouble.column, 12) for trouble in Trouble),
    Column("was", "Как было", 10),
)
#: What may be mended in the row, in the order of the columns.
FIELDS = tuple(column.key for column in COLUMNS[3:16])
_KEYS = tuple(column.key for column in COLUMNS)
#: Columns of digits that Excel would take for numbers.
_TEXTS = {"code", "inn", "kpp", "ogrn", "okpo", "phone", "account", "bic"}
#: How a formula begins, in Excel or where the sheet is saved as CSV.
_FORMULA = ("=", "+", "-", "@")
_OTHERS_NAMED = 5

_HEADER = Font(bold=True)
_BAD = PatternFill("solid", fgColor="FFC7CE")
_EMPTY = PatternFill("solid", fgColor="FFEB9C")
_IS = "да"


@dataclass(frozen=True, slots=True)
class Alike:
    """Another counterparty that this one may be."""

    name: str
    ids: str
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Finding:
    """A counterparty, and what there is to mend in it."""

    entity: LegalEntity
    external_id: str
    code: str
    account: BankAccount | None
    wrong: list[Wrong]
    alike: list[Alike]
    #: With whom it was joined here.
    kept: Alike | None
    troubles: set[Trouble] = field(default_factory=set)

    @property
    def has_anything(self) -> bool:
        return bool(self.troubles - _OURS)


@dataclass(slots=True)
class Totals:
    """How many counterparties there are, and with what troubles."""

    counterparties: int = 0
    rows: int = 0
    troubles: Counter[Trouble] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    no_phone: int = 0
    no_email: int = 0

    def add(self, found: Finding) -> None:
        self.counterparties += 1
        self.rows += found.has_anything
        self.troubles.update(found.troubles)
        self.wrong.update({each.field for each in found.wrong})
        self.reasons.update({reason for each in found.alike for reason in each.reasons})
        self.no_phone += not found.entity.phone
        self.no_email += not found.entity.email


def values_of(entity: LegalEntity, account: BankAccount | None) -> dict[str, str]:
    """The cells that may be mended, as they are now."""
    values = {name: str(getattr(entity, name)) for name in FIELDS if hasattr(entity, name)}
    values["account"] = account.number if account else ""
    values["bic"] = account.bic if account else ""
    values["bank_name"] = account.bank_name if account else ""
    return values


# ------------------------------------------------------------------------------ looking


def findings(connection: Connection) -> Iterator[Finding]:
    """Every counterparty of this 1C and every one of none, by name. Six statements."""
    base = _Base(connection)
    entities = LegalEntity.objects.filter(is_active=True).order_by("name", "pk")
    for entity in entities.iterator(chunk_size=2000):
        if base.has(entity):
            yield base.finding(entity)


class _Base:
    """What is known of all counterparties at once, beside their own rows."""

    def __init__(self, connection: Connection) -> None:
        links = Link.objects.filter(kind=Kind.COUNTERPARTY).exclude(local_id="").order_by("pk")
        self._ids: dict[int, dict[bool, str]] = {}
        self._elsewhere: set[int] = set()
        for owner, local, ident in links.values_list("connection_id", "local_id", "external_id"):
            if owner == connection.pk:
                by_kind = self._ids.setdefault(int(local), {})
                by_kind.setdefault(ident.startswith(SHEET_IDS), ident)
            else:
                self._elsewhere.add(int(local))
        self._accounts: dict[int, list[BankAccount]] = {}
        for account in BankAccount.objects.order_by("pk"):
            self._accounts.setdefault(account.legal_entity_id, []).append(account)
        active = Contract.objects.filter(is_active=True).order_by()
        self._with_contract = set(active.values_list("legal_entity_id", flat=True))
        self._doubts: dict[int, list[tuple[int, tuple[Reason, ...]]]] = {}
        known = {reason.value: reason for reason in Reason}
        waiting = Doubt.objects.filter(
            decision=Doubt.Decision.WAITING, low__merged_into=None, high__merged_into=None
        ).order_by("-score", "pk")
        for low, high, codes in waiting.values_list("low_id", "high_id", "reasons"):
            reasons = tuple(known[code] for code in codes if code in known)
            self._doubts.setdefault(low, []).append((high, reasons))
            self._doubts.setdefault(high, []).append((low, reasons))
        merged = LegalEntity.objects.exclude(merged_into=None).order_by()
        named = {*self._doubts, *merged.values_list("merged_into_id", flat=True)}
        self._names: dict[int, str] = dict(
            LegalEntity.objects.filter(pk__in=named).order_by().values_list("pk", "name")
        )

    def has(self, entity: LegalEntity) -> bool:
        """Is it this 1C's to mend, or nobody's? One joined to another, only where 1C still
        has a card of each."""
        if entity.merged_into_id is not None:
            return entity.pk in self._ids and entity.merged_into_id in self._ids
        return entity.pk in self._ids or entity.pk not in self._elsewhere

    def finding(self, entity: LegalEntity) -> Finding:
        ident, code = self._id(entity.pk), self._code(entity.pk)
        accounts = self._accounts.get(entity.pk, [])
        wrong = entity.wrong(accounts)
        doubts = self._doubts.get(entity.pk, ()) if entity.merged_into_id is None else ()
        found = Finding(
            entity,
            ident,
            code,
            account=_shown(accounts, wrong),
            wrong=wrong,
            alike=[self._alike(pk, reasons) for pk, reasons in doubts],
            kept=self._alike(entity.merged_into_id, ()) if entity.merged_into_id else None,
        )
        found.troubles = set(self._troubles(found))
        return found

    def _id(self, pk: int) -> str:
        return self._ids.get(pk, {}).get(False, "")

    def _code(self, pk: int) -> str:
        told = self._ids.get(pk, {}).get(True, "")
        return told.removeprefix("Код:") if told.startswith("Код:") else ""

    def _alike(self, pk: int, reasons: tuple[Reason, ...]) -> Alike:
        ids = [f"Ид {self._id(pk)}"] if self._id(pk) else []
        ids += [f"Код {self._code(pk)}"] if self._code(pk) else []
        return Alike(self._names.get(pk, ""), ", ".join(ids) or f"№ {pk} на сайте", reasons)

    def _troubles(self, found: Finding) -> Iterator[Trouble]:
        entity = found.entity
        if found.kept is not None:
            yield Trouble.JOINED
            return
        if not entity.inn and entity.kind != LegalEntity.Kind.FOREIGN:
            yield Trouble.NO_INN
        if found.wrong:
            yield Trouble.FAILED
        if found.alike:
            yield Trouble.DUPLICATE
        if not entity.phone and not entity.email:
            yield Trouble.NO_CONTACT
        if entity.pk not in self._with_contract:
            yield Trouble.NO_CONTRACT
        if entity.company_id is None:
            yield Trouble.NO_COMPANY


def _shown(accounts: list[BankAccount], wrong: list[Wrong]) -> BankAccount | None:
    """The account that has a place in the row: the first wrong one, else the first."""
    values = {each.value for each in wrong if each.field in ("account", "bic", "correspondent")}
    for account in accounts:
        if values & {account.number, account.bic, account.correspondent}:
            return account
    return accounts[0] if accounts else None


def totals(connection: Connection) -> Totals:
    """The same in numbers, for a page."""
    found = Totals()
    for each in findings(connection):
        found.add(each)
    return found


def sentences(found: Finding) -> list[str]:
    """What to mend, for a person, in the language in force."""
    said = [f"{LABELS[each.field]} «{each.value}»: {each.text}" for each in found.wrong]
    if found.kept is not None:
        said.append(
            _("joined with «%(name)s» (%(ids)s) on the site: 1C still has two cards")
            % {"name": found.kept.name, "ids": found.kept.ids}
        )
    if Trouble.NO_INN in found.troubles:
        said.append(_("no INN"))
    for each in found.alike[:_OTHERS_NAMED]:
        reasons = ", ".join(str(reason.label) for reason in each.reasons)
        said.append(
            _("looks like «%(name)s» (%(ids)s): %(reasons)s")
            % {"name": each.name, "ids": each.ids, "reasons": reasons}
        )
    if (more := len(found.alike) - _OTHERS_NAMED) > 0:
        text = ngettext("and %(count)s more like it", "and %(count)s more like it", more)
        said.append(text % {"count": more})
    if Trouble.NO_CONTACT in found.troubles:
        said.append(_("neither phone nor e-mail"))
    if Trouble.NO_CONTRACT in found.troubles:
        said.append(_("no contract: the sales desk has given no terms"))
    return said


# ------------------------------------------------------------------------------ writing


def write(connection: Connection, target: IO[bytes]) -> Totals:
    """Write the workbook: «Исправить», then «Сводка»."""
    found = Totals()
    workbook = Workbook(write_only=True)
    with override(connection.language):
        sheet = workbook.create_sheet("Исправить")
        sheet.freeze_panes = "E2"
        for number, column in enumerate(COLUMNS, 1):
            dimension = sheet.column_dimensions[get_column_letter(number)]
            dimension.width, dimension.hidden = column.width, column.key == "was"
            dimension.number_format = "@"
        sheet.append([_cell(sheet, column.title, font=_HEADER) for column in COLUMNS])
        for each in findings(connection):
            found.add(each)
            if each.has_anything:
                sheet.append(_row(sheet, each))
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{found.rows + 1}"
        _summary(workbook, connection, found)
    workbook.save(target)
    return found


def _cell(sheet: Any, text: str, **look: Any) -> Cell:
    """A cell of text, never a formula, so that nothing is reckoned and zeros stay, also of
    what is typed over it."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    for name, value in look.items():
        setattr(cell, name, value)
    return cell


def _row(sheet: Any, found: Finding) -> list[Cell | str | None]:
    values = values_of(found.entity, found.account)
    cells = {
        **values,
        "external_id": found.external_id,
        "code": found.code,
        "own": str(found.entity.pk),
        "what": "; ".join(sentences(found)),
        "was": json.dumps(values, ensure_ascii=False),
        **{trouble.value: _IS for trouble in found.troubles},
    }
    looks: dict[str, dict[str, Any]] = {
        each.field: {"fill": _BAD, "comment": Comment(each.text, "B2B")}
        for each in found.wrong
        if each.value and cells.get(each.field) == each.value
    }
    if Trouble.NO_INN in found.troubles:
        looks["inn"] = {"fill": _EMPTY}
    if Trouble.NO_CONTACT in found.troubles:
        looks["phone"] = looks["email"] = {"fill": _EMPTY}
    return [_placed(sheet, key, cells.get(key, ""), looks.get(key)) for key in _KEYS]


def _placed(sheet: Any, key: str, text: str, look: dict[str, Any] | None) -> Cell | str | None:
    """A plain cell where that will do: one with a look of its own takes ten times as long."""
    if look or key in _TEXTS or text.startswith(_FORMULA):
        return _cell(sheet, text, **(look or {})) if text or look else None
    return ILLEGAL_CHARACTERS_RE.sub("", text) or None


def _summary(workbook: Workbook, connection: Connection, found: Totals) -> None:
    sheet = workbook.create_sheet("Сводка")
    for letter, width in (("A", 62), ("B", 14), ("C", 10)):
        sheet.column_dimensions[letter].width = width

    def line(label: str, count: int) -> None:
        share = count / found.counterparties if found.counterparties else 0
        cell = WriteOnlyCell(sheet, share)
        cell.number_format = "0.0%"
        sheet.append([_cell(sheet, label), count, cell])

    def title(*texts: str) -> None:
        sheet.append([])
        sheet.append([_cell(sheet, text, font=_HEADER) for text in texts])

    day = timezone.localtime().strftime("%d.%m.%Y %H:%M")
    sheet.append([_cell(sheet, f"{connection.name}, {day}", font=_HEADER)])
    title(_("Counterparties"), _("Count"), _("Share"))
    line(_("in all"), found.counterparties)
    line(_("have something to mend"), found.rows)
    for trouble in Trouble:
        line(str(trouble.label), found.troubles[trouble])
    line(_("without a phone"), found.no_phone)
    line(_("without an e-mail"), found.no_email)
    title(_("Wrong requisites by field"), _("Count"), _("Share"))
    for name, label in LABELS.items():
        line(label, found.wrong[name])
    title(_("Look like another one, by reason"), _("Count"), _("Share"))
    for reason in Reason:
        line(str(reason.label), found.reasons[reason])
    title(_("How to mend"))
    for text in _how():
        sheet.append([_cell(sheet, text, alignment=Alignment(wrap_text=True, vertical="top"))])


def _how() -> list[str]:
    return [
        _("Best in 1C itself: the site takes the new value at the next exchange."),
        _(
            "Or in the sheet «Исправить»: change cells, save as XLSX and load it back on the page "
            "«Quality of the base». Only the cells that were changed are saved."
        ),
        _("An emptied cell leaves the value as it is; «-» clears it."),
        _(
            "Rows and columns may be removed and sorted; «Ид», «Код», «№ на сайте» and the hidden "
            "«Как было» must stay as they are."
        ),
    ]
