"""Carts: made, changed, turned into orders. The GraphQL mutations and the port both come here.

Saleor's rules that the overlay has to live with hold here too: a site-wide limit per line
(for retail only), stock, publication, a delivery method and addresses before an order, and
no unpaid order. So do its hooks: after each change the overlay's ``ordering.checkouts.changed``
runs before anything is answered, its gate runs before the order is made, and
``ordering.orders.record`` after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, quantize
from b2b_overlay.ordering import checkouts as b2b_checkouts
from b2b_overlay.ordering import gate, notes, orders, visibility
from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.shop import Checkout as CheckoutValue
from b2b_overlay.shop import CheckoutLine as LineValue
from b2b_overlay.shop import Refusal, Refused, Shop, cart_in_units
from b2b_overlay.terms.current import terms_for

from . import delivery, fulfilment, values
from .models import (
    Address,
    Channel,
    Checkout,
    CheckoutLine,
    Listing,
    Order,
    OrderLine,
    Stock,
    Variant,
)
from .pricing import RetailPrice, promoted, retail_prices

__all__ = [
    "LIMIT_PER_LINE",
    "available",
    "change_lines",
    "changed",
    "complete",
    "create",
    "fill_delivery",
    "make_order",
    "set_field",
    "value_of",
]

#: Saleor's ``limit_quantity_per_checkout``; a wholesale buyer is not held to it.
LIMIT_PER_LINE = 50


# ------------------------------------------------------------------------- reading


def available(variant_ids: Iterable[int]) -> dict[int, int]:
    """Whole pieces free to sell, by variant. One query."""
    rows = Stock.objects.filter(variant__in=list(variant_ids)).values("variant_id")
    return {
        row["variant_id"]: max(0, row["free"])
        for row in rows.annotate(free=Sum(F("quantity") - F("allocated")))
    }


def _unit_prices(lines: Sequence[CheckoutLine], channel: Channel) -> dict[UUID, Decimal]:
    """The price of one piece of each line, by line id: the override, else retail. A line that
    has neither any more (taken off sale meanwhile) costs nothing, and can't be ordered."""
    retail = retail_prices([line.variant_id for line in lines], channel)
    lowered = promoted(
        {x.variant_id: x.price_override for x in lines if x.promotions_apply and x.price_override},
        channel,
    )
    gone = RetailPrice(Decimal(0), Decimal(0))
    return {
        line.pk: retail.get(line.variant_id, gone).price
        if line.price_override is None
        else lowered.get(line.variant_id, line.price_override)
        for line in lines
    }


def value_of(checkout: Checkout) -> CheckoutValue:
    """The cart as the port's value."""
    currency, rows = checkout.channel.currency, list(checkout.lines.all())
    prices = _unit_prices(rows, checkout.channel)
    lines = tuple(
        LineValue(
            id=str(row.pk),
            variant_id=row.variant_id,
            quantity=row.quantity,
            unit_price=(each := Money(prices[row.pk], currency)),
            total=(each * row.quantity).quantized(),
            undiscounted=None
            if row.price_override is None
            else Money(row.price_override, currency),
        )
        for row in rows
    )
    method = delivery.chosen(checkout, lines)
    total = sum((line.total.amount for line in lines), method.price if method else Decimal(0))
    return CheckoutValue(
        id=str(checkout.pk),
        channel=values.channel(checkout.channel),
        user_id=checkout.user_id,
        lines=lines,
        total=Money(quantize(total, currency), currency),
    )


# ------------------------------------------------------------------------ changing


def changed(shop: Shop, checkout: Checkout) -> None:
    """The shop's after-change hook: called when a change of the cart has been committed."""
    Checkout.objects.filter(pk=checkout.pk).update(last_change=timezone.now())
    b2b_checkouts.changed(shop, str(checkout.pk))


def _held_to_limit(checkout: Checkout) -> bool:
    return terms_for(checkout.user, values.channel(checkout.channel)) is None


def _line_refusals(checkout: Checkout, wanted: Mapping[int, int]) -> list[Refusal]:
    """Why these quantities can't be in the cart."""
    names = dict(
        Variant.objects.filter(
            pk__in=wanted, product__is_published=True, listings__channel=checkout.channel
        ).values_list("pk", "product__name")
    )
    free = available(wanted)
    limited = _held_to_limit(checkout)
    found = []
    for variant_id, quantity in wanted.items():
        if not quantity:
            continue
        if variant_id not in names:
            code, message = "UNAVAILABLE_VARIANT_IN_CHANNEL", _("This is not sold here.")
        elif limited and quantity > LIMIT_PER_LINE:
            code = "QUANTITY_GREATER_THAN_LIMIT"
            message = _("Cannot add more than %(limit)s times this item: %(name)s.") % {
                "limit": LIMIT_PER_LINE,
                "name": names[variant_id],
            }
        elif quantity > free.get(variant_id, 0):
            code = "INSUFFICIENT_STOCK"
            message = _("Only %(free)s left in stock: %(name)s.") % {
                "free": free.get(variant_id, 0),
                "name": names[variant_id],
            }
        else:
            continue
        found.append(Refusal(code, message, variant_id=variant_id))
    return found


@transaction.atomic
def _write(checkout: Checkout, quantities: Mapping[int, int], *, add: bool) -> None:
    locked = Checkout.objects.select_for_update().get(pk=checkout.pk)
    known = {line.variant_id: line for line in locked.lines.all()}
    wanted = {
        pk: quantity + (known[pk].quantity if add and pk in known else 0)
        for pk, quantity in quantities.items()
    }
    if refusals := _line_refusals(checkout, wanted):
        raise Refused(*refusals)
    for variant_id, quantity in wanted.items():
        if quantity and variant_id in known:
            CheckoutLine.objects.filter(pk=known[variant_id].pk).update(quantity=quantity)
        elif quantity:
            CheckoutLine.objects.create(checkout=locked, variant_id=variant_id, quantity=quantity)
        elif variant_id in known:
            known[variant_id].delete()


def change_lines(
    shop: Shop, checkout: Checkout, quantities: Mapping[int, int], *, add: bool = False
) -> Checkout:
    """Set (or ``add``) quantities by variant, 0 removing; answers the cart with its new
    prices. Raises :class:`Refused`; nothing changes then."""
    with transaction.atomic():
        _write(checkout, quantities, add=add)
        changed(shop, checkout)
        _demand_visible(shop, checkout)
    return Checkout.objects.get(pk=checkout.pk)


def _demand_visible(shop: Shop, checkout: Checkout) -> None:
    """Refuse a cart with goods that its owner mustn't see, or has no price of."""
    lines = {pk: str(line) for line, pk in checkout.lines.values_list("pk", "variant_id")}
    channel = values.channel(checkout.channel)
    if found := visibility.refusals(shop, str(checkout.pk), checkout.user_id, channel, lines):
        raise Refused(*found)


# ------------------------------------------------------------------------ ordering


def _completion_refusals(
    checkout: Checkout, value: CheckoutValue, on_account: bool
) -> list[Refusal]:
    """Saleor's own reasons not to make an order, in its order and with its codes."""
    if not value.lines:
        return [Refusal("NO_LINES", _("Cannot create an order without lines."))]
    if checkout.shipping_address is None:
        return [Refusal("SHIPPING_ADDRESS_NOT_SET", _("Shipping address is not set."))]
    if checkout.shipping_method is None:
        return [Refusal("SHIPPING_METHOD_NOT_SET", _("Shipping method is not set."))]
    if checkout.billing_address is None:
        return [Refusal("BILLING_ADDRESS_NOT_SET", _("Billing address is not set."))]
    if not on_account and value.total.amount:
        return [
            Refusal(
                "CHECKOUT_NOT_FULLY_PAID",
                _("The authorized amount doesn't cover the checkout's total amount."),
            )
        ]
    sold = set(
        Listing.objects.filter(
            channel=checkout.channel,
            variant__in=[line.variant_id for line in value.lines],
            variant__product__is_published=True,
        ).values_list("variant_id", flat=True)
    )
    return [
        Refusal(
            "UNAVAILABLE_VARIANT_IN_CHANNEL",
            _("This is no longer sold."),
            variant_id=line.variant_id,
            line_id=line.id,
        )
        for line in value.lines
        if line.variant_id not in sold
    ]


def make_order(checkout: Checkout, value: CheckoutValue) -> Order:
    """The order of a cart, as it stands; whether it may be made was asked before."""
    Channel.objects.select_for_update().get(pk=checkout.channel_id)  # one number at a time
    number = Order.objects.aggregate(last=Coalesce(Max("number"), 1000))["last"] + 1
    method = delivery.chosen(checkout, value.lines)
    order = Order.objects.create(
        number=number,
        channel=checkout.channel,
        user=checkout.user,
        email=checkout.email or (checkout.user.email if checkout.user else ""),
        checkout_token=str(checkout.pk),
        shipping_address=checkout.shipping_address,
        billing_address=checkout.billing_address,
        shipping_method_name=method.name if method else "",
        shipping_price=method.price if method else Decimal(0),
        total=value.total.amount,
        notes=notes.of_cart(str(checkout.pk), value.channel),
    )
    variants = Variant.objects.select_related("product").in_bulk(
        [line.variant_id for line in value.lines]
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            variant=(variant := variants[line.variant_id]),
            product_sku=variant.sku or "",
            product_name=variant.product.name,
            variant_name=variant.name,
            quantity=int(line.quantity),
            unit_price=line.unit_price.amount,
            total=line.total.amount,
        )
        for position, line in enumerate(value.lines, 1)
    )
    return order


@transaction.atomic
def _complete(shop: Shop, checkout_id: str) -> Order:
    checkout = Checkout.objects.select_for_update(of=("self",)).get(pk=checkout_id)
    value = value_of(checkout)
    refusals = gate.refusals(shop, cart_in_units(value, pieces_of))
    if refusals := refusals or gate.last_look(checkout_id, value.channel, value.total):
        raise Refused(*refusals)
    _demand_visible(shop, checkout)
    on_account = b2b_checkouts.terms_on(value) is not None
    if refusals := _completion_refusals(checkout, value, on_account):
        raise Refused(*refusals)
    taken = fulfilment.take(value.lines)
    order = make_order(checkout, value)
    fulfilment.allocate(order, taken)
    checkout.delete()
    return order


def complete(shop: Shop, checkout_id: str) -> Order:
    """Turn the cart into an order. Raises :class:`Refused`, or ``Checkout.DoesNotExist``;
    a refusal changes nothing. Completing twice answers with the same order."""
    try:
        order = _complete(shop, checkout_id)
    except Checkout.DoesNotExist:
        done = Order.objects.filter(checkout_token=checkout_id).first()
        if done is None:
            raise
        order = done
    except Refused as refused:
        gate.refused(shop, checkout_id, refused.refusals)
        raise
    orders.record(shop, str(order.pk), checkout_id)
    return order


def fill_delivery(checkout: Checkout) -> None:
    """Put in what an order needs and the buyer wasn't asked for: the cheapest delivery
    method, and his own address or none in particular. The caller has locked the row."""
    address = checkout.shipping_address or checkout.billing_address
    if address is None and checkout.user is not None:
        address = checkout.user.default_shipping_address
    if address is None:
        address = Address.objects.create()
    checkout.shipping_address = checkout.shipping_address or address
    checkout.billing_address = checkout.billing_address or address
    if checkout.shipping_method is None:
        checkout.shipping_method = checkout.channel.shipping_methods.first()
    checkout.save()


def create(shop: Shop, checkout: Checkout, quantities: Mapping[int, int]) -> Checkout:
    """Save a new cart, its new addresses, and these quantities. Raises :class:`Refused`;
    nothing is left of it then."""
    with transaction.atomic():
        for address in filter(None, (checkout.shipping_address, checkout.billing_address)):
            address.save()
        # the ids that the addresses have got by now
        checkout.shipping_address = checkout.shipping_address
        checkout.billing_address = checkout.billing_address
        checkout.save()
        _write(checkout, quantities, add=False)
        changed(shop, checkout)
        _demand_visible(shop, checkout)
    return checkout


def set_field(shop: Shop, checkout: Checkout, **fields: Any) -> Checkout:
    """Change the cart's e-mail, an address (a new one) or the delivery method.

    Raises ``Checkout.DoesNotExist`` for a cart ordered meanwhile."""
    with transaction.atomic():
        for value in fields.values():
            if isinstance(value, Address):
                value.save()
        if not Checkout.objects.filter(pk=checkout.pk).update(**fields):
            raise Checkout.DoesNotExist
    changed(shop, checkout)
    return checkout
