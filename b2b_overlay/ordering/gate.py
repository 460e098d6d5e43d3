"""The gate: may this cart become an order, and if not, why, at which line.

Called by the shop's own hook before it makes the order (Saleor: ``preprocess_order_creation``),
so it holds whichever way the order comes. A retail cart passes untouched. After a refusal the
hook calls :func:`refused`: whoever is told that a price has changed finds the new one when he
looks, and can order at it. Codes are Saleor
3.23's CheckoutErrorCode values; messages are for the buyer.

Between the gate and the order lies time, in which the desk may switch B2B off or remove the
buyer, and another order take the last of the limit. So :func:`last_look` is asked once more,
inside the transaction that makes the order: it holds the rows that the right to order hangs on
until that transaction ends, and reserves what the order takes of the limit.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.money import Money
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.pricing.resolver import NoPrice, Priced
from b2b_overlay.quantities import Quantity, as_quantity, common, counted
from b2b_overlay.shop import Channel, Checkout, CheckoutLine, Refusal, Shop
from b2b_overlay.terms.current import Terms

from . import conditions, credit, events, limits
from .checkouts import agreed, changed, facts_of, prices_for, quantities_of, record_of, terms_on
from .models import CheckoutTerms

__all__ = [
    "is_wholesale",
    "last_look",
    "obstacles",
    "pack_refusal",
    "refusals",
    "refused",
    "short",
    "step_of",
]


def is_wholesale(checkout_id: str) -> bool:
    """Is a legal entity on this cart? (Its terms may have ended since.)"""
    return CheckoutTerms.objects.filter(
        checkout_id=checkout_id, legal_entity__isnull=False
    ).exists()


def pack_refusal(
    quantity: Quantity,
    answer: Priced | NoPrice | None,
    facts: VariantFacts,
    name: str,
    line: CheckoutLine | None = None,
) -> Refusal | None:
    """The price is for a pack, or the good has a selling step: only whole ones can be sold."""
    step = step_of(answer, facts)
    if not isinstance(answer, Priced) or not quantity % step:
        return None
    lower = as_quantity(quantity // step * step)
    message = (
        _("%(name)s is sold by %(step)s %(unit)s: take %(lower)s or %(upper)s.")
        if lower
        else _("%(name)s is sold by %(step)s %(unit)s: take %(upper)s or more.")
    ) % {
        "name": name,
        "step": counted(step),
        "unit": facts.unit,
        "lower": counted(lower),
        "upper": counted(lower + step),
    }
    return Refusal(
        "INVALID",
        message,
        variant_id=line.variant_id if line else None,
        line_id=line.id if line else None,
    )


def _at(line: CheckoutLine, code: str, message: str) -> Refusal:
    return Refusal(code, message, variant_id=line.variant_id, line_id=line.id)


def _line_refusal(
    line: CheckoutLine, answer: Priced | NoPrice | None, facts: VariantFacts, name: str
) -> Refusal | None:
    if line.is_by_staff:
        return pack_refusal(line.quantity, answer, facts, name, line)
    if not isinstance(answer, Priced):
        reason = answer.reason if answer else _("This is no longer sold.")
        return _at(line, "UNAVAILABLE_VARIANT_IN_CHANNEL", f"{name}: {reason}")
    bound = line.unit_price
    if answer.promotions_stack and line.undiscounted is not None:
        bound = line.undiscounted
    if answer.is_contract and answer.price.money != bound:
        return _at(
            line,
            "INVALID",
            _("%(name)s: the price has changed from %(old)s to %(new)s; look at the cart again.")
            % {"name": name, "old": bound, "new": answer.price.money},
        )
    return pack_refusal(line.quantity, answer, facts, name, line)


def _ended() -> Refusal:
    return Refusal(
        "INVALID",
        _(
            "Wholesale terms no longer hold for this cart. Choose the legal entity again, or "
            "order as a private person."
        ),
    )


#: FOR SHARE: orders of one company don't wait for each other, only whoever would end their
#: terms waits for them, and they for him. (Django knows no FOR SHARE.)
_HOLD = """
    SELECT 1 FROM b2b_overlay_legalentity AS entity
    JOIN b2b_overlay_company AS company ON company.id = entity.company_id
    JOIN b2b_overlay_buyer AS buyer ON buyer.company_id = company.id AND buyer.user_id = %s
    WHERE entity.id = %s FOR SHARE
"""


def last_look(checkout_id: str, channel: Channel, total: Money) -> list[Refusal]:
    """May this cart's buyer still order for its legal entity, for so much? Asked within the
    transaction that makes the order, and true until it ends: switching B2B off, removing the
    buyer or moving the legal entity waits for it, and so does another order that would take the
    same of the limit. Empty: he may, or it is a retail cart."""
    record = record_of(checkout_id)
    terms = agreed(record, channel)
    if record is None or terms is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [record.user_id, terms.legal_entity.pk])
    if not access.can_order(record.user, terms.legal_entity):
        return [_ended()]
    return credit.reserve(record, terms, total)


def refusals(shop: Shop, checkout: Checkout) -> list[Refusal]:
    """Everything that keeps this cart from becoming a wholesale order; empty: it may."""
    if not is_wholesale(checkout.id):
        return []
    terms = terms_on(checkout)
    if terms is None:
        return [_ended()]
    over = limits.refusal(checkout, terms)
    found = [*obstacles(shop, checkout, terms), *([over] if over else [])]
    return [*short(shop, checkout), *found]


def short(shop: Shop, checkout: Checkout) -> list[Refusal]:
    """Lines that ask for more than there is: stock has gone since they were put in. What the cart
    itself keeps from others is there for it."""
    wanted = quantities_of(checkout)
    variants = shop.catalogue.variants(wanted, checkout.channel)
    less = {pk: v for pk, v in variants.items() if wanted[pk] > v.available}
    held = shop.checkouts.held(checkout.id) if less else {}
    found = []
    for line in checkout.lines:
        variant = less.get(line.variant_id)
        free = max(0, variant.available) + held.get(line.variant_id, 0) if variant else 0
        if variant and not line.is_gift and wanted[line.variant_id] > free:
            sentence = _("Only %(free)s left in stock: %(name)s.")
            words = {"free": counted(free), "name": variant.full_name}
            found.append(_at(line, "INSUFFICIENT_STOCK", sentence % words))
    return found


def refused(shop: Shop, checkout_id: str, found: Iterable[Refusal]) -> None:
    """For these reasons the cart became no order. Called outside the transaction that would
    have made it, since what is written here stays."""
    events.refused(checkout_id, found)
    changed(shop, checkout_id)


def obstacles(shop: Shop, checkout: Checkout, terms: Terms) -> list[Refusal]:
    """Everything but the buyer's own limit, over which an approver has the last word."""
    quantities = quantities_of(checkout)
    variants = shop.catalogue.variants(quantities, checkout.channel)
    answers = prices_for(terms, quantities, variants)
    facts = facts_of(list(quantities))
    found = (
        _line_refusal(
            line,
            answers.get(line.variant_id) if line.variant_id in variants else None,
            facts[line.variant_id],
            variants[line.variant_id].full_name if line.variant_id in variants else "?",
        )
        for line in checkout.lines
        if not line.is_gift
    )
    return [
        *(refusal for refusal in found if refusal),
        *conditions.refusals(terms, checkout),
        *credit.refusals(terms, checkout.total),
    ]


def step_of(answer: Priced | NoPrice | None, facts: VariantFacts) -> Quantity:
    """How many base units go in or out at once: whole packs of the price, and whole steps of the
    good. (What isn't sold in fractions goes by whole units, so packs of 2.5 go by fives.)"""
    if not isinstance(answer, Priced):
        return as_quantity(facts.piece)
    step = common(facts.piece, facts.step)
    return step if answer.price.coefficient == 1 else common(answer.price.coefficient, step)
