"""Keep an order as it was agreed; place one; find a buyer's own.

:func:`record` is called by the shop's hook after the order exists (Saleor:
``order_created``). A process killed between the shop's commit and the hook loses nothing:
:func:`record_missing` finds such orders by their checkout and is called before orders are
given to 1C and when a buyer opens his list.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.models import Buyer, LegalEntity
from b2b_overlay.money import Money, Vat, evenly
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.pricing.resolver import NoPrice, Priced
from b2b_overlay.quantities import Quantity, in_units
from b2b_overlay.shop import Channel, Checkout, PlacedOrder, PlacedOrderLine, Refusal, Refused, Shop
from b2b_overlay.terms.current import Terms
from b2b_overlay.terms.models import Contract

from . import checkouts, credit, limits
from .models import CheckoutTerms, WholesaleOrder, WholesaleOrderLine
from .picking import consignee_of

__all__ = [
    "ahead",
    "as_retail",
    "changed",
    "orders_for",
    "place",
    "record",
    "record_missing",
    "sum_changed",
]


def orders_for(user: access.User | None) -> QuerySet[WholesaleOrder]:
    """Orders the user may see: the desk all; a company's owner all of the company's; others,
    whatever their role, those of the legal entities they were given. Whoever was removed, or
    whose legal entity was taken away, no longer sees even those he placed himself."""
    if access.is_desk(user):
        return WholesaleOrder.objects.all()
    own = access.buyers(user)
    return WholesaleOrder.objects.filter(
        Q(company__in=own.filter(role=Buyer.Role.OWNER).values("company"))
        | Q(
            company__in=own.values("company"),
            legal_entity__in=access.legal_entities(user).values("pk"),
        )
    )


def place(
    shop: Shop,
    user: access.User,
    checkout_id: str,
    legal_entity_id: int,
    *,
    shown_total: Decimal | None = None,
    comment: str = "",
) -> WholesaleOrder:
    """Order what is in the cart, on account, for this legal entity.

    ``shown_total`` is the sum the buyer saw when he pressed the button: another one is
    refused. Pressing twice, even at the same moment, answers with the same order. Raises
    :class:`Refused`, or ``LegalEntity.DoesNotExist`` for what isn't his; nothing changes then.
    """
    if done := _placed_from(shop, user, checkout_id):
        return done
    try:
        order_id = _complete(shop, user, checkout_id, legal_entity_id, shown_total)
    except (Refused, LegalEntity.DoesNotExist):
        if done := _placed_from(shop, user, checkout_id):
            return done
        raise
    order = record(shop, order_id, checkout_id)
    if order is None:
        raise LegalEntity.DoesNotExist
    if comment:
        order.comment = comment
        with transaction.atomic():
            order.save(update_fields=["comment"])
            changed(order)
    return order


def changed(order: WholesaleOrder) -> None:
    """The order isn't what it was, or is wanted once more as it stands: whoever was given it
    (1C) is given it again, by the same number, as a next version. Called in the transaction
    that changes it."""
    order.revision = F("revision") + 1
    order.save(update_fields=["revision"])
    order.refresh_from_db(fields=["revision"])


def _placed_from(shop: Shop, user: access.User, checkout_id: str) -> WholesaleOrder | None:
    """The order this user has already made of this cart."""
    if (order_id := shop.orders.of_checkouts([checkout_id]).get(checkout_id)) is None:
        return None
    order = record(shop, order_id, checkout_id)
    return order if order and order.user_id == user.pk else None


def _complete(
    shop: Shop,
    user: access.User,
    checkout_id: str,
    legal_entity_id: int,
    shown_total: Decimal | None,
) -> str:
    checkouts.assign(shop, user, checkout_id, legal_entity_id)
    checkout = shop.checkouts.get(checkout_id)
    if checkout is None or not checkout.lines:
        raise Refused(Refusal("NO_LINES", _("The cart is empty.")))
    if shown_total is not None and checkout.total.amount != shown_total:
        raise Refused(sum_changed(checkout))
    return shop.checkouts.complete(checkout_id, int(user.pk))


def sum_changed(checkout: Checkout) -> Refusal:
    """He was shown another sum than the cart comes to."""
    sentence = _("The sum has changed to %(total)s; look at the cart again.")
    return Refusal("INVALID", sentence % {"total": checkout.total})


@transaction.atomic
def record(shop: Shop, order_id: str, checkout_id: str | None = None) -> WholesaleOrder | None:
    """Keep the shop's order as a wholesale one, if its checkout was one's; once."""
    if known := WholesaleOrder.objects.filter(order_id=order_id).first():
        return known
    placed = shop.orders.get([order_id]).get(order_id)
    if placed is None:
        return None
    checkout_id = checkout_id or placed.checkout_id or ""
    CheckoutTerms.objects.select_for_update().filter(pk=checkout_id).first()
    cart = checkouts.record_of(checkout_id)
    terms = checkouts.agreed(cart, placed.channel)
    if cart is None or terms is None:
        return None
    order, created = WholesaleOrder.objects.get_or_create(
        order_id=order_id, defaults=_head(placed, cart, terms)
    )
    if created:
        WholesaleOrderLine.objects.bulk_create(_lines(shop, order, placed, terms))
        limits.ordered(order)
        credit.recorded(cart)
    return order


def ahead(checkout_id: str, channel: Channel) -> WholesaleOrder | None:
    """The order that this cart is becoming, as far as its terms go; not saved. None: a retail
    one."""
    cart = checkouts.record_of(checkout_id)
    terms = checkouts.agreed(cart, channel)
    if cart is None or terms is None:
        return None
    return WholesaleOrder(**_agreed(cart, terms, timezone.localdate()))


def _agreed(cart: CheckoutTerms, terms: Terms, day: dt.date) -> dict[str, object]:
    """For whom and on what terms an order of that day is."""
    contract = terms.contract
    return {
        "company": terms.legal_entity.company,
        "legal_entity": terms.legal_entity,
        "contract": contract,
        "consignee": consignee_of(cart),
        "payment": contract.payment if contract else "",
        "due_date": contract.due_date(day) if contract else None,
    }


def _head(placed: PlacedOrder, cart: CheckoutTerms, terms: Terms) -> dict[str, object]:
    return {
        **_agreed(cart, terms, timezone.localdate(placed.placed_at)),
        "checkout_id": cart.checkout_id,
        "user": cart.user,
        "number": placed.number,
        "placed_at": placed.placed_at,
        "shop_digest": placed.digest,
        "shop_lines": [line.id for line in placed.lines],
        "channel": placed.channel.slug,
        "currency": placed.total.currency,
        "vat_included": placed.channel.prices_include_vat,
        "total": placed.total.quantized().amount,
    }


def _lines(
    shop: Shop, order: WholesaleOrder, placed: PlacedOrder, terms: Terms
) -> list[WholesaleOrderLine]:
    quantities: dict[int, Quantity] = {}
    for line in placed.lines:
        if line.variant_id is not None and line.unit_price.amount:  # a gift costs nothing
            quantities[line.variant_id] = quantities.get(line.variant_id, 0) + line.quantity
    variants = shop.catalogue.variants(quantities, terms.channel)
    answers = checkouts.prices_for(terms, quantities, variants)
    facts = checkouts.facts_of(list(quantities))
    lines = [
        _line(
            order,
            position,
            line,
            facts.get(line.variant_id or 0) or VariantFacts(),
            answers.get(line.variant_id or 0),
        )
        for position, line in enumerate(chain.from_iterable(map(_exact, placed.lines)), 1)
    ]
    if placed.shipping.amount:
        lines.append(_delivery(order, len(lines) + 1, placed.shipping))
    return lines


def _exact(line: PlacedOrderLine) -> list[PlacedOrderLine]:
    """The line, as two where its sum isn't price × quantity (a promo code took ten rubles off
    three pieces): so many at one price, the rest a kopeck dearer. 1C and the invoice then tell
    the sum that the shop charges."""
    if (line.unit_price * line.quantity).quantized() == line.total.quantized():
        return [line]
    parts: list[PlacedOrderLine] = []
    left, pieces = line.tax, int(line.quantity / line.piece)
    pairs = evenly(line.total, pieces)
    for count, price in pairs:
        is_last = len(parts) + 1 == len(pairs)
        share = left if is_last else (line.tax * (Decimal(count) / pieces)).quantized()
        left = left - share
        parts.append(
            replace(
                line,
                quantity=in_units(count, line.piece),
                unit_price=Money(price.amount / line.piece, price.currency),
                total=price * count,
                tax=share,
            )
        )
    return parts


def _sold_at(answer: Priced, line: PlacedOrderLine) -> bool:
    """Was the line sold at this price, or at it less what the shop's promotions took off?"""
    if answer.is_contract and answer.promotions_stack:
        return line.unit_price <= answer.price.money
    return line.unit_price == answer.price.money


def _line(
    order: WholesaleOrder,
    position: int,
    line: PlacedOrderLine,
    facts: VariantFacts,
    answer: Priced | NoPrice | None,
) -> WholesaleOrderLine:
    """The line as the shop recorded it; unit and coefficient from the price it was sold at."""
    unit, coefficient, price_list = facts.unit, Decimal(1), ""
    if isinstance(answer, Priced) and _sold_at(answer, line):
        price_list = answer.price_list
        if not line.quantity % answer.price.coefficient:
            unit = answer.price.unit or facts.unit
            coefficient = answer.price.coefficient
    vat = Vat(facts.vat_rate).inside(line.total) if order.vat_included else line.tax.quantized()
    return WholesaleOrderLine(
        order=order,
        position=position,
        variant_id=line.variant_id,
        sku=line.sku,
        article=facts.article or line.sku,
        name=line.name[:512],
        quantity=line.quantity,
        base_unit=facts.unit,
        base_unit_code=facts.unit_code,
        unit_price=line.unit_price.amount,
        unit=unit,
        coefficient=coefficient,
        total=line.total.quantized().amount,
        vat_rate=facts.vat_rate,
        vat_exempt=facts.vat_exempt,
        vat=vat.amount,
        price_list=price_list,
    )


def _delivery(order: WholesaleOrder, position: int, price: Money) -> WholesaleOrderLine:
    return WholesaleOrderLine(
        order=order,
        position=position,
        name=_("Delivery"),
        quantity=1,
        base_unit="шт",
        base_unit_code="796",
        unit_price=price.amount,
        unit="шт",
        total=price.quantized().amount,
        vat=Decimal(0),
    )


def as_retail(placed: PlacedOrder) -> tuple[WholesaleOrder, list[WholesaleOrderLine]]:
    """A retail order of the shop in the words of a wholesale one: to be told to 1C, never
    saved."""
    order = WholesaleOrder(
        order_id=placed.id,
        number=placed.number,
        placed_at=placed.placed_at,
        channel=placed.channel.slug,
        currency=placed.total.currency,
        vat_included=placed.channel.prices_include_vat,
        total=placed.total.quantized().amount,
        payment=Contract.Payment.PREPAID,
    )
    facts = checkouts.facts_of([line.variant_id for line in placed.lines if line.variant_id])
    lines = [
        _line(order, position, line, facts.get(line.variant_id or 0) or VariantFacts(), None)
        for position, line in enumerate(chain.from_iterable(map(_exact, placed.lines)), 1)
    ]
    if placed.shipping.amount:
        lines.append(_delivery(order, len(lines) + 1, placed.shipping))
    return order, lines


def record_missing(shop: Shop, user: access.User | None = None) -> int:
    """Keep every order whose hook never ran (of this user's carts only, where one is given);
    how many there were."""
    whose = Q() if user is None else Q(user=user.pk)
    waiting = checkouts.open_carts(whose, Q(legal_entity__isnull=False))
    found = shop.orders.of_checkouts(list(waiting.values_list("pk", flat=True)))
    for checkout_id, order_id in found.items():
        record(shop, order_id, checkout_id)
    return len(found)
