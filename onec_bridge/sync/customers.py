"""Companies for the first load, from a spreadsheet: who belongs to whom, whose legal entities.

Here and not in the overlay, because a row names a legal entity as 1C does (Код, Ид) and only
the bridge knows those ids. Everything is done by the same actions as at the desk, in the name
of one of the staff. Rules: a mistake names its cell and its row alone is left out; a parent
may stand anywhere in the file; the same rows a second time change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from b2b_overlay.company import access, admit, entities, invitations, requisites, structure
from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.company.secrets import Secrets
from b2b_overlay.shop import Refused, Shop

from .models import Kind, Link
from .table import Row, Table

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["COLUMNS", "CellProblem", "Invited", "Loaded", "load_customers"]

#: Field → how its column may be called; compared by letters and digits only.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "company": ("клиент", "компания", "партнер", "company"),
    "parent": ("головной клиент", "головная компания", "входит в", "холдинг", "parent"),
    "kind": ("вид клиента", "вид", "kind"),
    "manager": ("менеджер", "почта менеджера", "manager"),
    "group": ("группа", "группа клиентов", "group"),
    "external_id": ("ид", "ид 1с", "guid"),
    "code": ("код", "код 1с", "code"),
    "inn": ("инн", "inn"),
    "kpp": ("кпп", "kpp"),
    "entity": ("юрлицо", "контрагент", "наименование", "legal entity"),
    "buyer": ("закупщик", "имя закупщика", "фио", "buyer"),
    "email": ("почта закупщика", "e mail", "email", "почта"),
    "login": ("логин", "login"),
    "role": ("роль", "role"),
}
_ENTITY = ("external_id", "code", "inn", "entity")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong, and in which cell."""

    cell: str
    text: str

    def __str__(self) -> str:
        return _("Cell %(cell)s: %(text)s The row is left out.") % {
            "cell": self.cell,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Invited:
    """A buyer who has an account now, and what lets him in; shown once."""

    buyer: Buyer
    secrets: Secrets


@dataclass(slots=True)
class Loaded:
    """What came of the file."""

    #: companies, entities, buyers: each made, changed or known.
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[CellProblem] = field(default_factory=list)
    invited: list[Invited] = field(default_factory=list)


class _Bad(Exception):
    """A cell that can't be what its column says."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column = column


def load_customers(
    shop: Shop,
    by: access.User,
    table: Table,
    *,
    connection: Connection | None = None,
    dry_run: bool = False,
    keep: Callable[[Loaded], None] | None = None,
) -> Loaded:
    """Do what the rows say, in one transaction; ``dry_run``: and take it all back, without
    making accounts. ``keep`` is called with what came of it before it is committed, because
    the invitations' secrets are nowhere afterwards."""
    with transaction.atomic():
        load = _Load(shop, by, table, connection, dry_run)
        load.run()
        if keep is not None:
            keep(load.loaded)
        if dry_run:
            transaction.set_rollback(True)
    return load.loaded


class _Load:
    def __init__(
        self,
        shop: Shop,
        by: access.User,
        table: Table,
        connection: Connection | None,
        dry_run: bool,
    ) -> None:
        admit.demand_desk(by)
        self.shop, self.by, self.table, self.dry_run = shop, by, table, dry_run
        self.connection = connection
        self.loaded = Loaded()

    def run(self) -> None:
        """Companies first, so that a parent may come below its children."""
        made = [(row, company) for row in self.table.rows if (company := self._try(row, self._row))]
        for row, company in made:
            self._try(row, partial(self._parent, company))
        for row, company in made:
            self._try(row, partial(self._buyer, company))

    def _try(self, row: Row, step: Callable[[Row], T]) -> T | None:
        before = self.loaded.counts.copy()
        try:
            with transaction.atomic():
                return step(row)
        except _Bad as bad:
            column = bad.column if bad.column in self.table.columns else "company"
            self.loaded.counts = before
            self.loaded.problems.append(CellProblem(self.table.cell(column, row), str(bad)))
            return None

    def _do(self, column: str, action: Callable[[], T]) -> T:
        """Run an action; what it refuses is the fault of this column's cell."""
        try:
            return action()
        except Refused as refused:
            raise _Bad(column, str(refused)) from refused

    # ---- a company and its legal entity

    def _row(self, row: Row) -> Company:
        texts = row.texts
        name = texts.get("company", "")
        if not name:
            raise _Bad("company", _("The company is not named."))
        company = self._named("company", name) or self._made("company", name)
        if kind := texts.get("kind", ""):
            value = _meaning(kind, Company.Kind)
            if value is None:
                raise _Bad(
                    "kind", _("There is no such kind of company: %(kind)s.") % {"kind": kind}
                )
            if company.kind != value:
                company = structure.set_kind(self.by, company, value)
        self._manager(row, company)
        if group := texts.get("group", ""):
            found = self._do("group", lambda: structure.create_group(self.by, group))
            structure.add_to_group(self.by, company, found)
        if any(texts.get(name) for name in _ENTITY):
            self._attach(row, company)
        return company

    def _named(self, column: str, name: str) -> Company | None:
        """By its whole name, or by ``#`` and its number; several with one name are a mistake."""
        plain, sign, number = name.rpartition("#")
        found = Company.objects.filter(merged_into=None, name__iexact=name)[:2]
        if sign and number.isdecimal() and len(number) < 19:
            found = Company.objects.filter(merged_into=None, pk=number)[:2]
            if not found:
                text = _("There is no company «%(text)s».") % {"text": name}
                raise _Bad(column, text)
        if len(found) > 1:
            text = _("Several companies are called «%(name)s»: add # and the number of one.")
            raise _Bad(column, text % {"name": plain.strip() or name})
        return found[0] if found else None

    def _made(self, column: str, name: str) -> Company:
        company = self._do(column, lambda: admit.create_company(self.by, name, []))
        self.loaded.counts["companies made"] += 1
        return structure.set_manager(self.by, company, None)

    def _manager(self, row: Row, company: Company) -> None:
        if not (email := row.texts.get("manager", "")):
            return
        found = structure.staff().filter(email__iexact=email).first()
        if found is None:
            text = _("The shop has no member of staff with the e-mail «%(email)s».")
            raise _Bad("manager", text % {"email": email})
        if company.manager_id != found.pk:
            structure.set_manager(self.by, company, found.pk)

    def _attach(self, row: Row, company: Company) -> None:
        entity = self._entity(row)
        while entity.merged_into is not None:
            entity = entity.merged_into
        if entity.company_id == company.pk:
            return
        column = next(name for name in _ENTITY if row.texts.get(name))
        self._do(column, lambda: admit.set_legal_entities(self.by, company, [entity.pk]))
        self.loaded.counts["legal entities added"] += 1

    def _entity(self, row: Row) -> LegalEntity:
        """By 1C's id or code, else by INN and KPP, else by its whole name; one that is nowhere
        yet is written down where its INN holds and it is named."""
        texts = row.texts
        for column, prefix in (("external_id", ""), ("code", "Код:")):
            if told := texts.get(column, ""):
                return self._linked(column, f"{prefix}{told}", told)
        inn, kpp = (requisites.compact(texts.get(name, "")) for name in ("inn", "kpp"))
        rows = LegalEntity.objects.filter(merged_into=None)
        if not inn:
            return self._one("entity", rows.filter(name__iexact=texts["entity"]), texts["entity"])
        found = rows.filter(inn=inn, **({"kpp": kpp} if kpp else {}))
        if found.exists() or not texts.get("entity"):
            return self._one("inn", found, inn)
        kind = requisites.guess_kind(inn, texts["entity"])
        for each in requisites.wrong(kind, inn=inn, kpp=kpp):
            raise _Bad(each.field, f"{each}.")
        values = {"kind": kind, "name": texts["entity"], "inn": inn, "kpp": kpp}
        self.loaded.counts["legal entities written"] += 1
        return self._do("entity", lambda: entities.save_entity(self.by, None, values)).entity

    def _linked(self, column: str, external_id: str, told: str) -> LegalEntity:
        links = Link.objects.filter(kind=Kind.COUNTERPARTY, external_id__iexact=external_id)
        if self.connection is not None:
            links = links.filter(connection=self.connection)
        ids = {int(each) for each in links.values_list("local_id", flat=True) if each}
        return self._one(column, LegalEntity.objects.filter(pk__in=ids), told)

    def _one(self, column: str, rows: Any, told: str) -> LegalEntity:
        found: list[LegalEntity] = list(rows.order_by("pk")[:2])
        if len(found) == 1:
            return found[0]
        text = (
            _("Several counterparties answer «%(told)s»: give the KPP, or 1C's code.")
            if found
            else _("There is no counterparty «%(told)s».")
        )
        raise _Bad(column, text % {"told": told})

    # ---- parents

    def _parent(self, company: Company, row: Row) -> None:
        if not (name := row.texts.get("parent", "")):
            return
        parent = self._named("parent", name)
        if parent is None:
            made = self._made("parent", name)
            parent = structure.set_kind(self.by, made, Company.Kind.HOLDING)
        company.refresh_from_db()
        if company.parent_id != parent.pk:
            self._do("parent", lambda: structure.set_parent(self.by, company, parent))
            self.loaded.counts["parents set"] += 1

    # ---- buyers

    def _buyer(self, company: Company, row: Row) -> None:
        texts = row.texts
        name, email = texts.get("buyer", ""), texts.get("email", "")
        if not name and not email:
            return
        role = _meaning(texts.get("role", "") or Buyer.Role.BUYER, Buyer.Role)
        if role is None:
            text = _("There is no such role: %(role)s.") % {"role": texts["role"]}
            raise _Bad("role", text)
        known = self.shop.people.find(email) if email else None
        there = (
            company.buyers.filter(user_id=known.id) if known else company.buyers.filter(name=name)
        )
        if there.exists() or self.dry_run:
            return
        self.loaded.counts["buyers"] += 1
        if known is not None:
            self._do("email", lambda: self._link(company, email, role))
            return
        buyer, secrets = self._do(
            "buyer",
            lambda: invitations.make_buyer(
                self.by,
                self.shop.people,
                company,
                name=name or email,
                email=email,
                login=texts.get("login", ""),
                role=role,
            ),
        )
        self.loaded.invited.append(Invited(buyer, secrets))

    def _link(self, company: Company, email: str, role: str) -> None:
        admit.add_buyer(self.by, self.shop.people, company, email, role=role)


def _meaning(word: str, choices: Any) -> str | None:
    """A choice by its value or its name in either language."""
    wanted = word.strip().casefold()
    for choice in choices:
        names = {choice.value}
        for language in ("ru", "en"):
            with override(language):
                names.add(str(choice.label).casefold())
        if wanted in names:
            return str(choice.value)
    return None
