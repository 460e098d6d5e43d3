"""Changed in both places: what stands here beside what 1C says, and one press for either side.

The list is the desk's. Contracts, companies and to whom a legal entity belongs are
:class:`~b2b_overlay.company.models.Difference`\\s; orders are :mod:`.corrections`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from b2b_overlay.company import access, differences
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import Company, Difference, LegalEntity
from b2b_overlay.company.partners import COMPANY_FIELDS, company_of, write_company
from b2b_overlay.money import Money
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.told import CONTRACT_FIELDS, stands, write_contract
from b2b_overlay.shop import Refusal, Refused, Shop
from b2b_overlay.terms.models import Contract, Organization

from . import corrections, rearranging
from .switch import switch

__all__ = ["Shown", "of_company", "of_contract", "shown", "take_ours", "take_theirs", "waiting"]

_ABOUT = Difference.About


@dataclass(frozen=True, slots=True)
class Shown:
    """One difference, for people."""

    row: Difference
    #: Whose: a contract, a company, a legal entity.
    subject: Contract | Company | LegalEntity
    #: «Ромашка, договор № 17»
    title: str
    label: str
    ours: str
    theirs: str


def waiting() -> int:
    """How many decisions the desk is waited for with, orders included."""
    return differences.waiting().count() + corrections.waiting().count()


def of_contract(contract: Contract) -> list[Shown]:
    return shown(differences.of(_ABOUT.CONTRACT, contract.pk))


def of_company(company: Company) -> list[Shown]:
    """The company's own, and its legal entities' that 1C counts to another."""
    entities = company.legal_entities.values_list("pk", flat=True)
    return [
        *shown(differences.of(_ABOUT.COMPANY, company.pk)),
        *shown(differences.of(_ABOUT.LEGAL_ENTITY, *entities)),
    ]


def shown(rows: Iterable[Difference]) -> list[Shown]:
    """In the order given; one whose subject is gone says nothing to anybody."""
    rows = list(rows)
    found = {about: _subjects(about, rows) for about in _ABOUT}
    words = _Words()
    pairs = [(row, found[_ABOUT(row.about)].get(row.object_id)) for row in rows]
    return [_shown(row, subject, words) for row, subject in pairs if subject is not None]


def _subjects(about: _ABOUT, rows: list[Difference]) -> dict[int, Any]:
    ids = {row.object_id for row in rows if row.about == about}
    if not ids:
        return {}
    if about == _ABOUT.CONTRACT:
        return Contract.objects.select_related("legal_entity").in_bulk(ids)
    if about == _ABOUT.COMPANY:
        return Company.objects.in_bulk(ids)
    return LegalEntity.objects.select_related("company").in_bulk(ids)


def _shown(row: Difference, subject: Any, words: _Words) -> Shown:
    if isinstance(subject, Contract):
        title = f"{subject.legal_entity}, {subject}"
        label, ours = CONTRACT_FIELDS[row.field], stands(subject)[row.field]
    elif isinstance(subject, Company):
        title, label = subject.name, COMPANY_FIELDS[row.field]
        is_plain = row.field in ("name", "is_active")
        ours = getattr(subject, row.field if is_plain else f"{row.field}_id")
    else:
        title, label, ours = subject.name, _("company"), subject.company_id
    currency = subject.currency if isinstance(subject, Contract) else ""
    said = words.of(row.field, currency)
    return Shown(row, subject, title, str(label), said(ours), said(row.theirs))


class _Words:
    """A field's value as people read it."""

    def of(self, field: str, currency: str) -> Callable[[Any], str]:
        named: dict[str, Any] = {
            "organization": Organization.objects,
            "price_lists": PriceList.objects,
            "parent": Company.objects,
            "company": Company.objects,
            "manager": get_user_model()._default_manager,
        }
        if field in named:
            return lambda value: self._names(named[field], value)
        return {
            "date": self._date,
            "payment": lambda value: str(Contract.Payment(value).label),
            "credit_limit": lambda value: (
                _("no limit") if value is None else str(Money(value, currency))
            ),
            "is_active": lambda value: _("yes") if value else _("no"),
        }.get(field, lambda value: "—" if value in (None, "") else str(value))

    def _names(self, rows: Any, value: Any) -> str:
        ids = value if isinstance(value, list) else [value]
        found = rows.in_bulk([pk for pk in ids if pk is not None])
        return ", ".join(str(found[pk]) for pk in ids if pk in found) or "—"

    def _date(self, value: str | None) -> str:
        return date_format(dt.date.fromisoformat(value), "SHORT_DATE_FORMAT") if value else "—"


# --------------------------------------------------------------------------- decisions


def take_ours(by: access.User, row: Difference) -> None:
    """It stays as it stands here; 1C's repeating itself asks no more."""
    differences.forget(by, row)


def take_theirs(shop: Shop, by: access.User, row: Difference) -> None:
    """Let it be as 1C says. Raises :class:`Refused` where it can't be; nothing changes then.
    Not to be run inside a caller's transaction: a legal entity takes its open carts along, and
    so does a company whose wholesale is switched off."""
    demand_desk(by)
    if row.about == _ABOUT.LEGAL_ENTITY:
        entity = LegalEntity.objects.get(pk=row.object_id)
        rearranging.move(shop, by, entity, _company(int(row.theirs or 0)))
        differences.forget(by, row)
        return
    if row.about == _ABOUT.COMPANY and row.field == "is_active":
        switch(shop, by, _company(row.object_id), on=bool(row.theirs))
        differences.forget(by, row)
        return
    with transaction.atomic():
        if row.about == _ABOUT.CONTRACT:
            contracts = Contract.objects.select_for_update(of=("self",))
            write_contract(contracts.get(pk=row.object_id), {row.field: row.theirs})
        else:
            write_company(_company(row.object_id), row.field, row.theirs)
        differences.forget(by, row)


@transaction.atomic
def _company(pk: int) -> Company:
    """The company, or the one it was joined to. Raises :class:`Refused` where it is gone."""
    found = Company.objects.filter(pk=pk).first()
    if found is None:
        raise Refused(Refusal("NOT_FOUND", _("There is no such company any more.")))
    return company_of(found)
