"""The credit limit of a contract: how much of it is left, and whether an order fits.

Counted in the contract's currency, VAT included, as *debt + orders + this order ≤ limit*:

* **debt** is what 1C last told of the contract, and of the legal entity where 1C didn't say by
  which contract; an advance lessens it;
* **orders** are the legal entity's own orders on account under the contract that 1C's debts
  don't have yet: not cancelled, not paid, and, as of the moment the debts were told, placed
  later, or not shipped. One that was shipped is a debt as soon as 1C tells debts anew. One
  that 1C never spoke of again (some never do) counts until its day of payment has passed:
  by then it is a debt, or it was never shipped.

Only an order on account is limited, and only by a contract that has a limit. Two orders placed
in the same instant may both take the last of it: nothing is reserved before the order stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, written
from b2b_overlay.shop import Refusal
from b2b_overlay.terms.current import Terms
from b2b_overlay.terms.models import Contract, Settlement

from .models import WholesaleOrder

__all__ = ["Credit", "credit_of", "refusals"]


@dataclass(frozen=True, slots=True)
class Credit:
    """A contract's limit and what has gone of it."""

    limit: Money
    #: Negative: paid in advance.
    owed: Money
    in_orders: Money

    @property
    def left(self) -> Money:
        """What may still be ordered; negative where more is owed than the limit allows."""
        return self.limit - self.owed - self.in_orders


def credit_of(contracts: Iterable[Contract]) -> dict[int, Credit]:
    """By contract id; one without a limit is left out. Three statements for any number."""
    limited = {c.pk: c for c in contracts if c.credit_limit is not None and _on_account(c)}
    if not limited:
        return {}
    entities = {c.legal_entity_id for c in limited.values()}
    owed: dict[tuple[int, int | None, str], Decimal] = {}
    rows = Settlement.objects.filter(legal_entity__in=entities).order_by()
    by_contract = rows.values_list("legal_entity_id", "contract_id", "currency")
    for entity_id, contract_id, currency, amount in by_contract.annotate(Sum("amount")):
        owed[entity_id, contract_id, currency] = amount
    told = dict(rows.values_list("legal_entity").annotate(told=Max("told_at")))
    ordered = _in_orders(limited.values(), told)
    found = {}
    for pk, contract in limited.items():
        keys = [(contract.legal_entity_id, each, contract.currency) for each in (pk, None)]
        sums = (
            contract.credit_limit or Decimal(0),
            sum((owed.get(key, Decimal(0)) for key in keys), Decimal(0)),
            ordered.get(pk, Decimal(0)),
        )
        found[pk] = Credit(*(Money(each, contract.currency) for each in sums))
    return found


def _on_account(contract: Contract) -> bool:
    return contract.payment == Contract.Payment.ON_ACCOUNT


def _in_orders(
    contracts: Iterable[Contract], told: Mapping[int, dt.datetime]
) -> dict[int, Decimal]:
    """The sum of each contract's orders that 1C's debts don't have yet."""
    wanted = Q(pk__in=[])
    for contract in contracts:
        wanted |= Q(contract=contract, currency=contract.currency)
    orders = WholesaleOrder.objects.filter(
        wanted, payment=Contract.Payment.ON_ACCOUNT, is_cancelled=False, paid_at=None
    )
    sums: dict[int, Decimal] = {}
    for order in orders.order_by():
        told_at = told.get(order.legal_entity_id)
        if order.contract_id and (told_at is None or not _is_in_debts(order, told_at)):
            sums[order.contract_id] = sums.get(order.contract_id, Decimal(0)) + order.total
    return sums


def _is_in_debts(order: WholesaleOrder, told_at: dt.datetime) -> bool:
    """Is what became of this order among the debts that 1C told at that moment?"""
    if order.placed_at > told_at:
        return False
    day = timezone.localdate(told_at)
    if order.shipped_at is not None:
        return order.shipped_at < day or order.news_at is None or order.news_at <= told_at
    return order.due_date is not None and order.due_date < day


def refusals(terms: Terms, total: Money) -> list[Refusal]:
    """Why an order of this sum goes over the limit, with the arithmetic shown; empty: it
    fits, or there is no limit."""
    contract = terms.contract
    if contract is None or contract.currency != total.currency:
        return []
    credit = credit_of([contract]).get(contract.pk)
    if credit is None or total <= credit.left:
        return []
    owed = credit.owed
    words = {
        "limit": written(credit.limit),
        "owed": written(owed),
        "advance": written(owed * -1),
        "orders": written(credit.in_orders),
        "left": written(max(credit.left, Money.zero(total.currency))),
        "total": written(total),
    }
    if owed.amount < 0:
        text = _(
            "The limit under the contract is %(limit)s, paid in advance %(advance)s, in orders "
            "%(orders)s: %(left)s are left, and the order makes %(total)s."
        )
    else:
        text = _(
            "The limit under the contract is %(limit)s, the debt %(owed)s, in orders %(orders)s: "
            "%(left)s are left, and the order makes %(total)s."
        )
    return [Refusal("INVALID", text % words)]
