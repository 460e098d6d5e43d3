"""The credit limit of a contract: how much of it is left, and whether an order fits.

Counted in the contract's currency, VAT included, as *debt + orders + this order ≤ limit*:

* **debt** is what 1C last told of the contract, and of the legal entity where 1C didn't say by
  which contract (of that, only what is in the contract's currency); an advance lessens it;
* **orders** are the legal entity's own orders on account under the contract that 1C's debts
  don't have yet: not cancelled, not paid, and, as of the moment the debts were told, placed
  later, or not shipped. One that was shipped is a debt as soon as 1C tells debts anew. One
  that 1C never spoke of again (some never do) counts until its day of payment has passed:
  by then it is a debt, or it was never shipped.

A sum in another currency (a contract in euro, a channel in roubles) counts at the day's rate,
an order at the rate of the day it was placed; where no rate is known, nothing more is ordered
on account, and the refusal says why.

Only an order on account is limited, and only by a contract that has a limit. Of two orders placed
in the same instant one gets the last of it: in the transaction that makes an order :func:`reserve`
holds the contract, looks once more, and writes down what the order takes. It is kept or lost with
the order itself, whatever process is killed when; :func:`recorded` clears it, since from then on
the order counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, written
from b2b_overlay.pricing.rates import in_currency
from b2b_overlay.shop import Refusal
from b2b_overlay.terms.current import Terms
from b2b_overlay.terms.models import Contract, Settlement

from .models import CheckoutTerms, WholesaleOrder

__all__ = [
    "Credit",
    "OverLimit",
    "credit_of",
    "recorded",
    "refusals",
    "reserve",
    "short_of",
]


@dataclass(frozen=True, slots=True)
class OverLimit(Refusal):
    """The order goes over this contract's limit."""

    contract: Contract | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """A contract's limit and what has gone of it."""

    limit: Money
    #: Negative: paid in advance.
    owed: Money
    in_orders: Money
    #: Currencies of debts or orders that no rate is known for: those sums aren't in it.
    without_rate: tuple[str, ...] = ()

    @property
    def left(self) -> Money:
        """What may still be ordered; negative where more is owed than the limit allows."""
        return self.limit - self.owed - self.in_orders


def credit_of(contracts: Iterable[Contract]) -> dict[int, Credit]:
    """By contract id; one without a limit is left out. Four statements for any number whose
    sums are in their own currency; a sum in another one asks for its rate."""
    limited = {c.pk: c for c in contracts if c.credit_limit is not None and _on_account(c)}
    if not limited:
        return {}
    entities = {c.legal_entity_id for c in limited.values()}
    owed: dict[tuple[int, int | None], list[Money]] = {}
    rows = Settlement.objects.filter(legal_entity__in=entities).order_by()
    by_contract = rows.values_list("legal_entity_id", "contract_id", "currency")
    for entity_id, contract_id, currency, amount in by_contract.annotate(Sum("amount")):
        owed.setdefault((entity_id, contract_id), []).append(Money(amount, currency))
    told = dict(rows.values_list("legal_entity").annotate(told=Max("told_at")))
    ordered = _in_orders(limited.values(), told)
    today = timezone.localdate()
    found = {}
    for pk, contract in limited.items():
        currency, entity_id = contract.currency, contract.legal_entity_id
        debts = owed.get((entity_id, pk), []) + [
            each for each in owed.get((entity_id, None), []) if each.currency == currency
        ]
        debt, no_debt = _summed(((each, today) for each in debts), currency)
        orders, no_order = _summed(ordered.get(pk, ()), currency)
        limit = Money(contract.credit_limit or Decimal(0), currency)
        found[pk] = Credit(limit, debt, orders, tuple(dict.fromkeys(no_debt + no_order)))
    return found


def _summed(sums: Iterable[tuple[Money, dt.date]], currency: str) -> tuple[Money, list[str]]:
    """The sum in this currency, each at its day's rate; and the currencies without a rate."""
    total, unknown = Money.zero(currency), []
    for money, day in sums:
        there = in_currency(money, currency, day) if money.amount else Money.zero(currency)
        if there is None:
            unknown.append(money.currency)
        else:
            total += there
    return total, unknown


def _on_account(contract: Contract) -> bool:
    return contract.payment == Contract.Payment.ON_ACCOUNT


def _in_orders(
    contracts: Iterable[Contract], told: Mapping[int, dt.datetime]
) -> dict[int, list[tuple[Money, dt.date]]]:
    """Each contract's orders that 1C's debts don't have yet, with the day of each."""
    orders = WholesaleOrder.objects.filter(
        contract__in=list(contracts),
        payment=Contract.Payment.ON_ACCOUNT,
        is_cancelled=False,
        paid_at=None,
    )
    sums: dict[int, list[tuple[Money, dt.date]]] = {}
    for order in orders.order_by():
        told_at = told.get(order.legal_entity_id)
        if order.contract_id and (told_at is None or not _is_in_debts(order, told_at)):
            total = Money(order.total, order.currency)
            day = timezone.localdate(order.placed_at)
            sums.setdefault(order.contract_id, []).append((total, day))
    for held in CheckoutTerms.objects.filter(reserved_under__in=list(contracts)):
        if held.reserved_under_id and held.reserved is not None:
            taken = Money(held.reserved, held.reserved_currency), timezone.localdate()
            sums.setdefault(held.reserved_under_id, []).append(taken)
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
    credit = credit_of([contract]).get(contract.pk) if contract else None
    if contract is None or credit is None:
        return []
    wanted = in_currency(total, contract.currency, timezone.localdate())
    if wanted is None or credit.without_rate:
        text = _(
            "The limit under the contract is %(limit)s, and there is no rate to reckon "
            "%(currency)s in it: ask your manager."
        )
        unknown = ", ".join(credit.without_rate or (total.currency,))
        words = {"limit": written(credit.limit), "currency": unknown}
        return [Refusal("INVALID", text % words)]
    if wanted <= credit.left:
        return []
    owed = credit.owed
    words = {
        "limit": written(credit.limit),
        "owed": written(owed),
        "advance": written(owed * -1),
        "orders": written(credit.in_orders),
        "left": written(max(credit.left, Money.zero(contract.currency))),
        "total": written(wanted),
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
    return [OverLimit("INVALID", text % words, contract=contract)]


def reserve(cart: CheckoutTerms, terms: Terms, total: Money) -> list[Refusal]:
    """Take this sum of the contract's limit, in the transaction that makes the order of the
    cart; whoever orders under the same contract waits until it ends. Why it doesn't fit; empty:
    it does, or there is no limit."""
    contract = terms.contract
    if contract is None or contract.credit_limit is None or not _on_account(contract):
        return []
    held = Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
    # Whoever was waited for may have changed the limit itself.
    if over := refusals(replace(terms, contract=held), total):
        return over
    cart.reserved_under, cart.reserved = held, total.quantized().amount
    cart.reserved_currency = total.currency
    cart.save(update_fields=["reserved_under", "reserved", "reserved_currency"])
    return []


def short_of(order: WholesaleOrder) -> Money:
    """How much of an order that stands is over its contract's limit, in the order's currency:
    nothing where it fits, or nothing limits it. Whoever orders under the same contract waits
    until the transaction ends. All of it, where a rate to reckon with isn't known."""
    contract, nothing = order.contract, Money.zero(order.currency)
    if contract is None or contract.credit_limit is None or order.is_cancelled:
        return nothing
    held = Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
    credit = credit_of([held]).get(held.pk)
    if credit is None or order.payment != Contract.Payment.ON_ACCOUNT:
        return nothing
    over = in_currency(credit.left * -1, order.currency, timezone.localdate())
    if over is None or credit.without_rate:
        return Money(order.total, order.currency)
    return max(over.quantized(), nothing)


def recorded(cart: CheckoutTerms) -> None:
    """The order of this cart counts by itself now."""
    if cart.reserved_under_id is not None:
        cart.reserved_under, cart.reserved = None, None
        cart.save(update_fields=["reserved_under", "reserved"])
