"""For whom a checkout is, and its prices.

Hooks of the shop (the Saleor plugin's, the sandbox's) call :func:`changed` after every
change of a cart; pages and mutations call :func:`assign`. Prices are bound to the cart's
lines by data alone, so whoever reads the cart next (a visitor, a task) finds them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.choice import chosen
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.pricing.reckoning import Step
from b2b_overlay.pricing.resolver import NoPrice, Priced, resolve_cart
from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import Carts, Channel, Checkout, Shop, Variant
from b2b_overlay.terms.current import Terms, terms_of

from .models import CheckoutTerms, WholesaleOrder

__all__ = [
    "agreed",
    "as_charged",
    "assign",
    "bind",
    "changed",
    "facts_of",
    "in_force",
    "open_carts",
    "prices_for",
    "put_for",
    "quantities_of",
    "reason",
    "record_of",
    "release",
    "terms_on",
    "user_of",
]


def user_of(user_id: int | None) -> access.User | None:
    """The shop's user by id, or None."""
    if user_id is None:
        return None
    return get_user_model()._default_manager.filter(pk=user_id).first()


def terms_on(checkout: Checkout) -> Terms | None:
    """The terms a checkout is under, if they still hold; None: retail.

    They hold while the cart is his who put the legal entity there, and he may still buy for
    it: B2B switched off, a buyer removed, a legal entity moved or a cart handed on ends them
    at once.
    """
    return in_force(checkout.id, checkout.user_id, checkout.channel)


def in_force(checkout_id: str, user_id: int | None, channel: Channel) -> Terms | None:
    """:func:`terms_on` a cart of this user in this channel."""
    return _terms(record_of(checkout_id), user_id, channel)


def record_of(checkout_id: str) -> CheckoutTerms | None:
    """What was said of a cart for whom it is; None: nothing."""
    rows = CheckoutTerms.objects.filter(checkout_id=checkout_id)
    beside = ("legal_entity__company", "user", "contract__organization", "consignee")
    return rows.select_related(*beside).first()


def agreed(record: CheckoutTerms | None, channel: Channel) -> Terms | None:
    """The terms it was put under, whether they still hold or not; None: a retail one."""
    if record is None or record.legal_entity is None:
        return None
    return terms_of(record.legal_entity, channel, record.contract)


def _terms(record: CheckoutTerms | None, user_id: int | None, channel: Channel) -> Terms | None:
    if record is None or record.legal_entity is None or record.user_id != user_id:
        return None
    if not access.can_order(record.user, record.legal_entity):
        return None
    return agreed(record, channel)


def open_carts(*which: Q) -> QuerySet[CheckoutTerms]:
    """Carts that it was said of for whom they are, and that are no order yet."""
    placed = WholesaleOrder.objects.values("checkout_id")
    return CheckoutTerms.objects.filter(*which).exclude(checkout_id__in=placed)


def prices_for(
    terms: Terms, quantities: Mapping[int, Quantity], variants: Mapping[int, Variant]
) -> dict[int, Priced | NoPrice]:
    """Prices of a whole cart: these variants at these quantities (base units), in the column
    that its sum reaches, retail as the last resort."""
    return resolve_cart(terms, quantities, {pk: v.retail for pk, v in variants.items()})


def reason(terms: Terms) -> str:
    """What stands beside an overridden price in the shop's own records. It begins with
    «B2B: », by which the overlay knows a price of its own again."""
    contract = f", {terms.contract}" if terms.contract else ""
    return f"B2B: {terms.legal_entity.name}{contract}"[:255]


def quantities_of(checkout: Checkout) -> dict[int, Quantity]:
    """By variant, gifts aside."""
    found: dict[int, Quantity] = {}
    for line in checkout.lines:
        if not line.is_gift:
            found[line.variant_id] = found.get(line.variant_id, 0) + line.quantity
    return found


def as_charged(
    shop: Shop, terms: Terms, answers: Mapping[int, Priced | NoPrice]
) -> dict[int, Priced | NoPrice]:
    """Prices to show, as a cart will charge them: where a price list lets the shop's promotions
    apply, lowered by them. No query where none does."""
    opened = {
        pk: answer.price.money
        for pk, answer in answers.items()
        if isinstance(answer, Priced) and answer.is_contract and answer.promotions_stack
    }
    lowered = shop.catalogue.promoted(opened, terms.channel) if opened else {}
    return {pk: _lowered(answer, lowered.get(pk)) for pk, answer in answers.items()}


def _lowered(answer: Priced | NoPrice, money: Money | None) -> Priced | NoPrice:
    if money is None or not isinstance(answer, Priced) or money >= answer.price.money:
        return answer
    step = Step(_("the shop's promotion"), money)
    price = replace(answer.price, money=money)
    return replace(answer, price=price, reckoned=lambda: (*answer.steps, step))


def bind(carts: Carts, checkout: Checkout) -> None:
    """Bind the prices of the terms it is under to a cart's lines; retail where it is under
    none."""
    _bind(carts, checkout, terms_on(checkout))


def _bind(carts: Carts, checkout: Checkout, terms: Terms | None) -> None:
    lines = [line for line in checkout.lines if not line.is_gift]
    prices: dict[str, Decimal | None] = {line.id: None for line in lines}
    promoted = set()
    if terms is not None:
        # Retail is not asked for: a line that no list answers is the shop's own to price.
        answers = resolve_cart(terms, quantities_of(checkout), {})
        for line in lines:
            answer = answers.get(line.variant_id)
            if isinstance(answer, Priced) and answer.is_contract:
                prices[line.id] = answer.price.of_piece.amount
                if answer.promotions_stack:
                    promoted.add(line.id)
    carts.set_prices(checkout.id, prices, reason(terms) if terms else "", promoted)


def changed(shop: Shop, checkout_id: str) -> None:
    """A cart was made or changed: give it the owner's legal entity where it has none yet, and
    bind its prices. Called by the shop's hooks. A draft of the staff's only has its prices bound:
    for whom it is, :mod:`.drafts` says."""
    checkout = shop.checkouts.get(checkout_id)
    if checkout is None:
        if draft := shop.drafts.get(checkout_id):
            bind(shop.drafts, draft)
        return
    record = record_of(checkout.id)
    if _is_anothers(record, checkout) and _take_the_owners(checkout, record):
        record = record_of(checkout.id)
    _bind(shop.checkouts, checkout, _terms(record, checkout.user_id, checkout.channel))


def _is_anothers(record: CheckoutTerms | None, checkout: Checkout) -> bool:
    """Has whoever owns the cart now said nothing of it yet? (A guest's cart that he signed in
    with, or one that was handed on to him.)"""
    return record is None or record.user_id != checkout.user_id


def _take_the_owners(checkout: Checkout, before: CheckoutTerms | None) -> bool:
    """Put the owner's legal entity on a cart he said nothing of: the one it was for, where he
    may order for that too, else his chosen one. False: he has none."""
    owner = user_of(checkout.user_id)
    if owner is None:
        return False
    entity = before.legal_entity if before else None
    if entity is None or not access.can_order(owner, entity):
        entity = chosen(owner, checkout.channel.slug)
    if entity is None or not access.can_order(owner, entity):
        return False
    put_for(checkout.id, owner, entity)
    return True


def put_for(checkout_id: str, user: access.User, entity: LegalEntity | None) -> None:
    """Say for whom a cart is. What was picked beside another legal entity goes."""
    said: dict[str, object] = {"legal_entity": entity, "user_id": user.pk}
    known = CheckoutTerms.objects.filter(checkout_id=checkout_id, legal_entity=entity)
    if entity is None or not known.exists():
        said |= {"contract": None, "consignee": None}
    CheckoutTerms.objects.update_or_create(checkout_id=checkout_id, defaults=said)


def assign(
    shop: Shop, user: access.User, checkout_id: str, legal_entity_id: int | None
) -> Terms | None:
    """Buy what is in this cart for this legal entity; None: as a private person.

    Raises ``LegalEntity.DoesNotExist`` for a cart that isn't the user's or a legal entity he
    may not order for; nothing changes then.
    """
    checkout = shop.checkouts.get(checkout_id)
    if checkout is None or checkout.user_id != user.pk:
        raise LegalEntity.DoesNotExist
    entity = None
    if legal_entity_id is not None:
        entity = access.legal_entities(user).get(pk=legal_entity_id)
        if not access.can_order(user, entity):
            raise LegalEntity.DoesNotExist
    put_for(checkout_id, user, entity)
    terms = terms_on(checkout)
    _bind(shop.checkouts, checkout, terms)
    return terms


def release(shop: Shop, checkout_id: str) -> None:
    """Make it a retail cart: nobody's terms, the shop's own prices."""
    CheckoutTerms.objects.filter(checkout_id=checkout_id).delete()
    carts: Carts
    for carts in (shop.checkouts, shop.drafts):
        if checkout := carts.get(checkout_id):
            _bind(carts, checkout, None)


def facts_of(variant_ids: list[int]) -> dict[int, VariantFacts]:
    """Wholesale facts by variant id; a variant 1C never sent has the defaults."""
    found = VariantFacts.objects.in_bulk(variant_ids)
    return {pk: found.get(pk) or VariantFacts(variant_id=pk) for pk in variant_ids}
