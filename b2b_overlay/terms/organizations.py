"""The shop's own legal entities, which sell: their requisites, and the account buyers pay to.

An account of somebody else's here would send every buyer's money there, so only those who watch
over prices change it, what can't be right is refused, and the database keeps each change.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.company import access, requisites
from b2b_overlay.company.admit import demand_overseer
from b2b_overlay.shop import Refusal, Refused

from .models import Contract, Organization

__all__ = ["Details", "lacking", "save_organization", "seller_of"]


@dataclass(frozen=True, slots=True)
class Details:
    """What is written of an organisation."""

    name: str
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    address: str = ""
    account: str = ""
    bic: str = ""
    bank_name: str = ""
    correspondent: str = ""
    director: str = ""
    accountant: str = ""


@dataclass(frozen=True, slots=True)
class _Account:
    number: str
    bic: str
    correspondent: str


#: Of these, blanks and dashes that people type are dropped.
_NUMBERS = ("inn", "kpp", "account", "bic", "correspondent")


@transaction.atomic
def save_organization(
    by: access.User, organization: Organization | None, details: Details
) -> Organization:
    """Make or change one. Raises :class:`Refused` with every requisite that can't be right;
    nothing is saved then. The first one becomes the seller of contracts that name none."""
    demand_overseer(by)
    if organization is None:
        row = Organization()
    else:
        row = Organization.objects.select_for_update().get(pk=organization.pk)
    for each in fields(details):
        value = str(getattr(details, each.name)).strip()
        setattr(row, each.name, requisites.compact(value) if each.name in _NUMBERS else value)
    _check(row)
    row.save()
    return row


def _check(row: Organization) -> None:
    problems: list[Any] = []
    try:
        row.full_clean()
    except ValidationError as error:
        problems += error.messages
    kind = requisites.guess_kind(row.inn, row.name)
    accounts = [_Account(row.account, row.bic, row.correspondent)] if row.account else []
    problems += requisites.wrong(kind, inn=row.inn, kpp=row.kpp, accounts=accounts)
    if row.account and not row.bic:
        problems.append(_("An account needs its bank's BIC"))
    if problems:
        raise Refused(*(Refusal("INVALID", f"{str(each).rstrip('.')}.") for each in problems))


def seller_of(contract: Contract | None) -> Organization | None:
    """Who sells by this contract: the one it names, else the shop's first."""
    if contract is not None and contract.organization is not None:
        return contract.organization
    return Organization.objects.first()


def lacking(organization: Organization) -> list[str]:
    """What an invoice of this organisation has to say and can't, by its name for people."""
    needed = ("inn", "account", "bic", "bank_name")
    return [
        str(field.verbose_name)
        for field in Organization._meta.concrete_fields
        if field.name in needed and not getattr(organization, field.name)
    ]
