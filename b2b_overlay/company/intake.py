"""Take legal entities in, from wherever their cards come (1C's exchange, a spreadsheet).

Rules: what fails a check digit is kept as it came (``LegalEntity.failed_checks`` marks it);
a field the card is silent about (None) stays as it was; who comes belongs to no company until
the sales desk says so, and whatever company he belongs to, this never changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from functools import cache

from django.db import transaction
from django.db.models import CharField

from . import requisites
from .models import BankAccount, LegalEntity
from .scanning import mark

__all__ = ["Account", "Card", "Taken", "find", "take"]


@dataclass(frozen=True, slots=True)
class Account:
    """расчётный счёт"""

    number: str
    bic: str = ""
    bank_name: str = ""
    correspondent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """карточка контрагента: what is known of a legal entity. None: nothing is said."""

    kind: str
    name: str
    full_name: str | None = None
    inn: str | None = None
    kpp: str | None = None
    ogrn: str | None = None
    okpo: str | None = None
    #: ISO 3166-1 alpha-2, and the tax id there: a foreigner's.
    country: str | None = None
    tax_id: str | None = None
    legal_address: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    is_active: bool | None = None
    #: All of them; None leaves the known ones.
    bank_accounts: tuple[Account, ...] | None = None


class Taken(Enum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


_FIELDS = tuple(f.name for f in fields(Card) if f.name != "bank_accounts")


def find(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], LegalEntity]:
    """The one legal entity with each INN and KPP; absent where there is none, or several. Two
    queries, bank accounts with it.

    Branches share an INN and differ by KPP (in_practice.md, 65); a card without KPP finds an
    entity only while the INN has just one. A number whose check digits fail («0000000000»,
    «12345678910») tells nobody apart. Where all that have it were joined to others, it is
    theirs: its card belongs on that row, and what it turned out to be is not overwritten.
    """
    wanted = {(inn, kpp) for inn, kpp in numbers if requisites.holds_inn(inn)}
    by_inn: dict[str, list[LegalEntity]] = {}
    rows = LegalEntity.objects.filter(inn__in={inn for inn, _kpp in wanted})
    for row in rows.prefetch_related("bank_accounts"):
        by_inn.setdefault(row.inn, []).append(row)
    found = {}
    for inn, kpp in wanted:
        same = [row for row in by_inn.get(inn, ()) if not kpp or row.kpp == kpp]
        apart = [row for row in same if row.merged_into_id is None] or same
        if len(apart) == 1:
            found[inn, kpp] = apart[0]
    return found


@transaction.atomic
def take(cards: Sequence[tuple[Card, LegalEntity | None]]) -> list[tuple[LegalEntity, Taken]]:
    """Save each card over its legal entity, or as a new one; in the order given."""
    taken: list[tuple[LegalEntity, Taken]] = []
    for card, entity in cards:
        row = entity or LegalEntity()
        changed = _fill(row, card)
        if changed:
            row.save()
        if _accounts(row, card):
            changed = True
        how = Taken.CREATED if entity is None else Taken.CHANGED if changed else Taken.UNCHANGED
        taken.append((row, how))
    mark(row.pk for row, how in taken if how is not Taken.UNCHANGED)
    return taken


def _fill(row: LegalEntity, card: Card) -> bool:
    changed = row.pk is None
    for name in _FIELDS:
        value = getattr(card, name)
        if isinstance(value, str):
            value = value[: _longest(name)]
        if value is not None and value != getattr(row, name):
            setattr(row, name, value)
            changed = True
    return changed


@cache
def _longest(name: str) -> int | None:
    field = LegalEntity._meta.get_field(name)
    return field.max_length if isinstance(field, CharField) else None


def _accounts(row: LegalEntity, card: Card) -> bool:
    if card.bank_accounts is None:
        return False
    known = {(a.number, a.bic): a for a in row.bank_accounts.all()}
    given = {(a.number[:34], a.bic[:11]): a for a in card.bank_accounts}
    changed = False
    for key, account in given.items():
        values = {
            "bank_name": account.bank_name[:255],
            "correspondent": account.correspondent[:34],
        }
        old = known.get(key)
        if old is None or any(getattr(old, name) != value for name, value in values.items()):
            changed = True
            BankAccount.objects.update_or_create(
                legal_entity=row, number=key[0], bic=key[1], defaults=values
            )
    gone = [account.pk for key, account in known.items() if key not in given]
    if gone:
        row.bank_accounts.filter(pk__in=gone).delete()
    return changed or bool(gone)
