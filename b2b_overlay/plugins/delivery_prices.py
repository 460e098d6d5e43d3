"""Ways of delivery at the prices of a cart's contract (:mod:`b2b_overlay.ordering.delivery`).

Saleor 3.23 keeps what delivery of a checkout costs in rows (``CheckoutDelivery``), written anew
when they are stale from one function of ``checkout.delivery_context``. What that answers is given
the contract's prices (checks, E118), so whatever reads a price later (the storefront, taxes, the
order) reads ours. Ways that an app of the shop offers keep the app's price. The way chosen is
looked at again whenever the cart's prices are bound: another legal entity or more goods may have
made it cheaper, or dearer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from prices import Money as SaleorMoney
from saleor.checkout import delivery_context
from saleor.checkout.base_calculations import base_checkout_subtotal
from saleor.checkout.fetch import fetch_checkout_info, fetch_checkout_lines
from saleor.checkout.models import Checkout
from saleor.core.db.connection import allow_writer
from saleor.plugins.manager import get_plugins_manager
from saleor.shipping.models import ShippingMethodChannelListing

from b2b_overlay.money import Money
from b2b_overlay.ordering import delivery

from .activity import is_on
from .channels import as_channel
from .sessions import on_writer

__all__ = ["OFFERED", "follow", "install"]

#: The function of ``delivery_context`` whose answer is changed.
OFFERED = "get_available_built_in_shipping_methods_for_checkout_info"


def install() -> None:
    """Put the contract's prices behind Saleor's. Once."""
    theirs = getattr(delivery_context, OFFERED)
    if not hasattr(theirs, "__wrapped__"):
        setattr(delivery_context, OFFERED, _at_contract_prices(theirs))


def _at_contract_prices(offered: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(offered)
    def at_contract_prices(checkout_info: Any) -> Any:
        methods = offered(checkout_info)
        if not methods or checkout_info.checkout.user_id is None or not is_on():
            return methods
        with allow_writer():
            prices = _charged(checkout_info, {each.id: each.price for each in methods})
        return [
            replace(each, price=prices[each.id]) if prices[each.id] != each.price else each
            for each in methods
        ]

    return at_contract_prices


def _charged(info: Any, offered: dict[str, Any]) -> dict[str, Any]:
    checkout, currency = info.checkout, info.checkout.currency
    subtotal = base_checkout_subtotal(info.lines, info.channel, currency)
    prices = delivery.charged(
        str(checkout.pk),
        checkout.user_id,
        as_channel(info.channel),
        Money(subtotal.amount, currency),
        {key: Money(price.amount, currency) for key, price in offered.items()},
    )
    return {key: SaleorMoney(price.amount, currency) for key, price in prices.items()}


@on_writer
def follow(checkout_id: object) -> None:
    """The cart has changed: if the way of delivery chosen for it costs something else now, have
    Saleor write all of them anew. Nothing chosen, or an app's way: one query."""
    rows = Checkout.objects.filter(pk=checkout_id, assigned_delivery__is_external=False)
    row = rows.select_related("assigned_delivery", "channel__tax_configuration", "user").first()
    if row is None:
        return
    chosen = row.assigned_delivery
    listing = ShippingMethodChannelListing.objects.filter(
        channel=row.channel_id, shipping_method=chosen.built_in_shipping_method_id
    ).first()
    if listing is None or not _may_differ(row, listing):
        return
    lines, _unavailable = fetch_checkout_lines(row)
    info = fetch_checkout_info(row, lines, get_plugins_manager(allow_replica=False))
    if _charged(info, {"": listing.price})[""] != chosen.price:
        delivery_context.fetch_shipping_methods_for_checkout(info, requestor=row.user).get()


def _may_differ(row: Any, listing: Any) -> bool:
    """Is it at another price than the shop's, or has it a contract that may make it so?"""
    if row.assigned_delivery.price != listing.price:
        return True
    return delivery.has_prices(str(row.pk), row.user_id, as_channel(row.channel))
