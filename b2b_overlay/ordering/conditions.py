"""What an order under a contract has to meet besides its limit: a smallest sum, and no debt that is
overdue for longer than the contract puts up with.

The smallest sum is one of goods: delivery doesn't help to reach it. Debts are those that 1C last
told of the contract, and of its legal entity where 1C didn't say by which contract, in the
contract's currency (as :mod:`.credit` counts them); what is paid in advance is taken off first.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, written
from b2b_overlay.pricing.rates import in_currency
from b2b_overlay.shop import Checkout, Refusal
from b2b_overlay.terms.current import Terms
from b2b_overlay.terms.models import Contract, Settlement

__all__ = ["goods_of", "refusals"]


def goods_of(checkout: Checkout) -> Money:
    """What the goods in a cart come to, without delivery."""
    return sum((line.total for line in checkout.lines), Money.zero(checkout.channel.currency))


def refusals(terms: Terms, checkout: Checkout) -> list[Refusal]:
    """Why this cart can't be ordered under its contract as things are; empty: it can."""
    if terms.contract is None:
        return []
    found = (_too_small(terms.contract, goods_of(checkout)), _overdue(terms.contract))
    return [Refusal("INVALID", sentence) for sentence in found if sentence]


def _too_small(contract: Contract, goods: Money) -> str:
    if contract.min_order is None:
        return ""
    least = Money(contract.min_order, contract.currency)
    there = in_currency(goods, contract.currency, timezone.localdate())
    if there is None:
        sentence = _(
            "The smallest order under the contract is %(least)s, and there is no rate to reckon "
            "%(currency)s in it: ask your manager."
        )
        return sentence % {"least": written(least), "currency": goods.currency}
    if there >= least:
        return ""
    sentence = _(
        "The smallest order under the contract is for %(least)s, and the goods in the cart come "
        "to %(goods)s: add goods for %(more)s."
    )
    words = {"least": least, "goods": there, "more": least - there}
    return sentence % {name: written(money) for name, money in words.items()}


def _overdue(contract: Contract) -> str:
    if contract.overdue_days is None:
        return ""
    last = timezone.localdate() - dt.timedelta(days=contract.overdue_days)
    rows = Settlement.objects.filter(
        Q(contract=contract) | Q(contract=None),
        legal_entity=contract.legal_entity_id,
        currency=contract.currency,
    )
    late = [row for row in rows if row.amount > 0 and row.due_date and row.due_date < last]
    zero = Money.zero(contract.currency)
    advance = sum((Money(row.amount, row.currency) for row in rows if row.amount < 0), zero)
    owed = sum((Money(row.amount, row.currency) for row in late), zero)
    if not late or (owed + advance).amount <= 0:
        return ""
    first = min(late, key=lambda row: row.due_date or last)
    sentence = _(
        "%(owed)s are overdue, the oldest since %(day)s (%(document)s). New orders are taken once "
        "this is paid."
    )
    return sentence % {
        "owed": written(owed + advance),
        "day": date_format(first.due_date, "SHORT_DATE_FORMAT") if first.due_date else "",
        "document": first.document or _("no document named"),
    }
