"""Settlements (взаиморасчёты): what each legal entity owes, as 1C last told.

Rules: debts are 1C's, we only show them and reckon with them; what is told of a legal entity
replaces all that was known of it, so a document that is no longer there is settled; news older
than what is known is not listened to; one that owes nothing keeps a row of zero, so that
«owes nothing» and «1C never told» are two things; sums of two currencies are never added.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet

from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money

from .models import Settlement

__all__ = [
    "LARGEST",
    "Balance",
    "Debt",
    "Replaced",
    "balances",
    "entities_for",
    "replace",
    "settlements_for",
]

#: A debt is less than this: sixteen digits, two of them minor units.
LARGEST = Decimal(10) ** 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One document (or one part of its payment) as 1C tells it; negative: an advance."""

    amount: Money
    contract_id: int | None = None
    document: str = ""
    document_date: dt.date | None = None
    due_date: dt.date | None = None


@dataclass(slots=True)
class Replaced:
    """What came of a telling."""

    #: Legal entities whose debts are as told now.
    told: int = 0
    #: Documents that are owed or paid in advance.
    documents: int = 0
    #: Legal entities of which something newer is known.
    older: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Balance:
    """What a legal entity owes in one currency, on a day."""

    owed: Money
    #: The part of it whose day of payment has passed.
    overdue: Money
    #: Paid in advance, and not yet used up by a document.
    advance: Money
    #: As of when 1C told it.
    told_at: dt.datetime

    @property
    def net(self) -> Money:
        """Owed less what is paid in advance; negative: the shop owes."""
        return self.owed - self.advance

    def __add__(self, other: Balance) -> Balance:
        return Balance(
            self.owed + other.owed,
            self.overdue + other.overdue,
            self.advance + other.advance,
            max(self.told_at, other.told_at),
        )


@transaction.atomic
def replace(
    debts: Mapping[int, Sequence[Debt]], told_at: dt.datetime, source: str = ""
) -> Replaced:
    """Have these legal entities (by id) owe exactly this; none in the sequence: nothing.

    Two rows of one document, contract, currency and day of payment are added up.
    """
    done = Replaced()
    entities = LegalEntity.objects.select_for_update().filter(pk__in=debts).order_by("pk")
    ids = [entity.pk for entity in entities]
    newest = dict(
        Settlement.objects.filter(legal_entity__in=ids)
        .order_by()
        .values_list("legal_entity")
        .annotate(newest=Max("told_at"))
    )
    done.older = [pk for pk in ids if pk in newest and newest[pk] > told_at]
    taken = [pk for pk in ids if pk not in set(done.older)]
    rows = [
        Settlement(
            legal_entity_id=pk,
            contract_id=debt.contract_id,
            document=debt.document,
            document_date=debt.document_date,
            amount=debt.amount.amount,
            currency=debt.amount.currency,
            due_date=debt.due_date,
            told_at=told_at,
            source=source[:255],
        )
        for pk in taken
        for debt in _summed(debts[pk])
    ]
    Settlement.objects.filter(legal_entity__in=taken).delete()
    Settlement.objects.bulk_create(rows, batch_size=1000)
    done.told, done.documents = len(taken), sum(1 for row in rows if row.amount)
    return done


def _summed(debts: Sequence[Debt]) -> list[Debt]:
    """Each document once, without those that came to nothing; at least one row of zero."""
    found: dict[tuple[object, ...], Debt] = {}
    for debt in debts:
        key = (
            debt.contract_id,
            debt.document,
            debt.document_date,
            debt.due_date,
            debt.amount.currency,
        )
        before = found.get(key)
        amount = before.amount + debt.amount if before else debt.amount
        found[key] = Debt(
            amount=amount.quantized(),
            contract_id=debt.contract_id,
            document=debt.document,
            document_date=debt.document_date,
            due_date=debt.due_date,
        )
    owed = [debt for debt in found.values() if debt.amount.amount]
    currency = debts[0].amount.currency if debts else "RUB"
    return owed or [Debt(amount=Money.zero(currency))]


def entities_for(user: access.User | None) -> QuerySet[LegalEntity]:
    """Legal entities whose debts the user may see: the desk all; a buyer, whatever his role,
    those he may buy for."""
    if access.is_desk(user):
        return LegalEntity.objects.all()
    return access.legal_entities(user)


def settlements_for(user: access.User | None) -> QuerySet[Settlement]:
    """Documents the user may see. Rows of zero, which only say «owes nothing», are left out."""
    return Settlement.objects.exclude(amount=0).filter(
        legal_entity__in=entities_for(user).order_by().values("pk")
    )


def balances(entity_ids: Iterable[int], on: dt.date) -> dict[int, tuple[Balance, ...]]:
    """What these legal entities owe as of a day, by currency; one of which 1C never told is
    left out. One statement. Whose debts the user may see was asked before."""
    found: dict[int, dict[str, Balance]] = {}
    rows = Settlement.objects.filter(legal_entity__in=entity_ids).values_list(
        "legal_entity_id", "currency", "amount", "due_date", "told_at"
    )
    for pk, currency, amount, due, told_at in rows:
        zero, money = Money.zero(currency), Money(amount, currency)
        is_overdue = amount > 0 and due is not None and due < on
        row = Balance(
            owed=money if amount > 0 else zero,
            overdue=money if is_overdue else zero,
            advance=zero if amount > 0 else money * -1,
            told_at=told_at,
        )
        of_entity = found.setdefault(pk, {})
        of_entity[currency] = of_entity[currency] + row if currency in of_entity else row
    return {pk: tuple(of[currency] for currency in sorted(of)) for pk, of in found.items()}
