"""A legal entity written by hand: its requisites and bank accounts.

Rules: what fails a check is saved as it was typed and said at once (:attr:`Saved.wrong`); only
what can't be kept at all (no name, longer than its column) is refused. Where 1C knows the
legal entity too, what 1C says next replaces what was typed here (``company.intake``), so a
slip is put right there as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

from . import access, requisites
from .admit import demand_desk
from .countries import RUSSIA, code_of
from .intake import Account
from .models import BankAccount, Company, LegalEntity
from .scanning import mark

__all__ = ["FIELDS", "Saved", "remove_account", "save_account", "save_entity"]

#: What a person may write of a legal entity.
FIELDS = (
    "kind",
    "name",
    "full_name",
    "inn",
    "kpp",
    "ogrn",
    "okpo",
    "country",
    "tax_id",
    "legal_address",
    "address",
    "phone",
    "email",
)
_NUMBERS = ("inn", "kpp", "ogrn", "okpo")


@dataclass(frozen=True, slots=True)
class Saved:
    """The legal entity as it is now, and what to look at."""

    entity: LegalEntity
    #: Requisites that fail a check; kept all the same.
    wrong: list[requisites.Wrong]
    #: Other legal entities with the same INN and KPP.
    same: list[LegalEntity]

    @property
    def warnings(self) -> list[str]:
        """The same in sentences."""
        found = [_("%(what)s. It is kept as given.") % {"what": each} for each in self.wrong]
        return found + [
            _("«%(name)s» has the same INN and KPP: is it the same legal entity?")
            % {"name": each.name}
            for each in self.same
        ]


@transaction.atomic
def save_entity(
    by: access.User,
    entity: LegalEntity | None,
    values: Mapping[str, str],
    *,
    company: Company | None = None,
) -> Saved:
    """Make a legal entity, of ``company`` where one is given, or change one; what ``values``
    are silent about stays."""
    demand_desk(by)
    if entity is None:
        row = LegalEntity(company=company)
    else:
        row = LegalEntity.objects.select_for_update().get(pk=entity.pk)
        _demand_own_row(row)
    for name in FIELDS:
        if name in values:
            setattr(row, name, _clean(name, values[name]))
    if row.kind != LegalEntity.Kind.FOREIGN:
        row.country = RUSSIA
    _demand_keepable(row)
    row.save()
    mark([row.pk])
    return Saved(row, row.wrong(), _same(row))


def _clean(name: str, value: str) -> str:
    value = " ".join(value.split())
    if name in _NUMBERS:
        return requisites.compact(value)
    return _country(value) if name == "country" else value


def _country(value: str) -> str:
    """Its two letters; two that are no country's are kept and marked like any requisite."""
    code = code_of(value) or value.upper()
    if len(code) > 2:
        text = _("There is no country «%(country)s»: give its two letters, as BY or KZ.")
        raise Refused(Refusal("INVALID", text % {"country": value}))
    return code


def _demand_own_row(row: LegalEntity) -> None:
    if row.merged_into is not None:
        text = _("«%(name)s» was joined to «%(other)s»: change that one.")
        raise Refused(Refusal("INVALID", text % {"name": row.name, "other": row.merged_into}))


def _demand_keepable(row: LegalEntity | BankAccount) -> None:
    """Refuse what the columns can't hold; whether a requisite is right isn't asked here."""
    try:
        row.clean_fields(exclude=[] if getattr(row, "country", "") else ["country"])
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as error:
        raise Refused(*_sentences(row, error)) from error


def _sentences(row: LegalEntity | BankAccount, error: ValidationError) -> list[Refusal]:
    found = []
    for name, messages in error.message_dict.items():
        field = None if name == "__all__" else row._meta.get_field(name)
        label = f"{field.verbose_name}: " if isinstance(field, Field) else ""
        found += [Refusal("INVALID", f"{label}{message}") for message in messages]
    return found


def _same(row: LegalEntity) -> list[LegalEntity]:
    if not requisites.holds_inn(row.inn):
        return []
    found = LegalEntity.objects.filter(inn=row.inn, kpp=row.kpp, merged_into=None)
    return list(found.exclude(pk=row.pk).order_by("pk")[:5])


# ------------------------------------------------------------------------- bank accounts


@transaction.atomic
def save_account(
    by: access.User, entity: LegalEntity, account: BankAccount | None, given: Account
) -> tuple[BankAccount, list[requisites.Wrong]]:
    """Add a bank account to the legal entity, or change one of its own."""
    demand_desk(by)
    entity = LegalEntity.objects.select_for_update().get(pk=entity.pk)
    _demand_own_row(entity)
    row = BankAccount(legal_entity=entity)
    if account is not None:
        row = entity.bank_accounts.get(pk=account.pk)
    given = replace(
        given,
        number=requisites.compact(given.number).upper(),
        bic=requisites.compact(given.bic).upper(),
        correspondent=requisites.compact(given.correspondent),
        bank_name=" ".join(given.bank_name.split()),
    )
    for name in ("number", "bic", "bank_name", "correspondent"):
        setattr(row, name, getattr(given, name))
    if entity.bank_accounts.filter(number=row.number, bic=row.bic).exclude(pk=row.pk).exists():
        raise Refused(Refusal("INVALID", _("The legal entity has this account already.")))
    _demand_keepable(row)
    row.save()
    mark([entity.pk])
    return row, requisites.wrong(entity.kind, accounts=[row])


@transaction.atomic
def remove_account(by: access.User, account: BankAccount) -> None:
    """It is paid from no more; 1C brings it back if it has it still."""
    demand_desk(by)
    entity = LegalEntity.objects.select_for_update().get(pk=account.legal_entity_id)
    _demand_own_row(entity)
    account.delete()
    mark([entity.pk])
