"""How much a buyer orders by himself, and what an approver's confirmation holds for.

The gate asks here (:func:`refusal`), so a limit holds whichever way the order comes. Rules:

* the limit is for one order: what the buyer pays, VAT and delivery included;
* an order in another currency than the limit's is over it;
* a confirmation holds for exactly the cart that was confirmed (:func:`digest_of`): its legal
  entity, goods, quantities, prices and sum. A cart changed by a kopeck has none.
"""

from __future__ import annotations

import hashlib
import json

from django.utils.translation import gettext as _

from b2b_overlay.company.models import Buyer
from b2b_overlay.money import Money, quantize, written
from b2b_overlay.quantities import Quantity, as_quantity, dumped
from b2b_overlay.shop import Checkout, Refusal
from b2b_overlay.terms.current import Terms

from .models import Approval, WholesaleOrder

__all__ = ["confirmed", "digest_of", "is_over", "limit_of", "ordered", "refusal"]


def limit_of(user_id: int | None, company_id: int | None) -> Money | None:
    """What this user may order at once for the company without anybody's word; None: whatever
    his role lets him. One query."""
    row = Buyer.objects.filter(
        user=user_id, company=company_id, is_active=True, role=Buyer.Role.BUYER
    ).first()
    if row is None or row.spending_limit is None:
        return None
    return Money(row.spending_limit, row.limit_currency)


def is_over(limit: Money | None, total: Money) -> bool:
    """Has an order of this sum to be confirmed?"""
    if limit is None:
        return False
    return limit.currency != total.currency or total.quantized() > limit


def digest_of(checkout: Checkout, terms: Terms) -> str:
    """What an approver confirms, in short. Lines in any order, alike ones together."""
    currency = checkout.channel.currency
    goods: dict[tuple[int, str], Quantity] = {}
    for line in checkout.lines:
        key = (line.variant_id, str(quantize(line.unit_price.amount, currency)))
        goods[key] = as_quantity(goods.get(key, 0) + line.quantity)
    told = [
        terms.legal_entity.pk,
        terms.contract.pk if terms.contract else None,
        checkout.channel.slug,
        currency,
        str(checkout.total.quantized().amount),
        sorted([*key, dumped(quantity)] for key, quantity in goods.items()),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def confirmed(checkout: Checkout, terms: Terms) -> Approval | None:
    """An approver's word for this very cart, as it is now."""
    return (
        Approval.objects.filter(
            checkout_id=checkout.id,
            buyer__user=checkout.user_id,
            buyer__company=terms.legal_entity.company_id,
            legal_entity=terms.legal_entity,
            state=Approval.State.APPROVED,
            digest=digest_of(checkout, terms),
        )
        .exclude(decided_by=checkout.user_id)
        .first()
    )


def refusal(checkout: Checkout, terms: Terms) -> Refusal | None:
    """Why its buyer can't order this cart by himself; None: he can, or somebody has confirmed
    it. One query, another for a cart over the limit."""
    limit = limit_of(checkout.user_id, terms.legal_entity.company_id)
    if limit is None or not is_over(limit, checkout.total) or confirmed(checkout, terms):
        return None
    if limit.currency != checkout.total.currency:
        sentence = _(
            "Your limit for one order is in %(currency)s, and this order is for %(total)s: it "
            "needs to be confirmed."
        ) % {"currency": limit.currency, "total": written(checkout.total)}
    else:
        sentence = _(
            "An order for %(total)s is more than your limit of %(limit)s for one order: it "
            "needs to be confirmed."
        ) % {"total": written(checkout.total), "limit": written(limit)}
    return Refusal("INVALID", sentence)


def ordered(order: WholesaleOrder) -> None:
    """The cart has become this order: the confirmation it was placed with knows it, and nobody
    is asked any more."""
    asked = Approval.objects.filter(checkout_id=order.checkout_id, order=None)
    asked.filter(
        state=Approval.State.APPROVED,
        legal_entity=order.legal_entity_id,
        total=order.total,
        currency=order.currency,
    ).update(order=order)
    asked.filter(state__in=(Approval.State.WAITING, Approval.State.APPROVED), order=None).update(
        state=Approval.State.LAPSED
    )
