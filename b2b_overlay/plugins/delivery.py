"""What Saleor wants to know before it makes an order, taken from the buyer's account.

The cabinet doesn't ask for addresses: a buyer has them in his account with the shop, or his
legal entity came with one from 1C. Only what is missing is filled in; a storefront that asks
has its answers kept.
"""

from __future__ import annotations

from typing import Any

from graphql_relay import to_global_id
from saleor.account.models import Address
from saleor.checkout.fetch import fetch_checkout_info, fetch_checkout_lines
from saleor.checkout.models import Checkout
from saleor.checkout.utils import invalidate_checkout
from saleor.core.db.connection import allow_writer
from saleor.plugins.manager import get_plugins_manager

from b2b_overlay.ordering.models import CheckoutTerms

from . import in_process

__all__ = ["prepare"]

_METHODS = """
query($id: ID!) {
  checkout(id: $id) {
    isShippingRequired
    deliveryMethod { __typename }
    shippingMethods { id active price { amount } }
  }
}"""

_CHOOSE = """
mutation($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    errors { code message field }
  }
}"""


def prepare(user: Any, checkout_id: str) -> None:
    """Fill in the e-mail, the addresses and the cheapest delivery, where they are missing."""
    with allow_writer():
        _fill_addresses(user, checkout_id)
    global_id = to_global_id("Checkout", checkout_id)
    cart = in_process.execute(user, _METHODS, {"id": global_id})["checkout"]
    if cart is None or not cart["isShippingRequired"] or cart["deliveryMethod"]:
        return
    offered = [method for method in cart["shippingMethods"] if method["active"]]
    if offered:
        cheapest = min(offered, key=lambda method: method["price"]["amount"])
        in_process.mutate(user, _CHOOSE, id=global_id, method=cheapest["id"])


def _fill_addresses(user: Any, checkout_id: str) -> None:
    checkout = Checkout.objects.filter(pk=checkout_id).first()
    if checkout is None:
        return
    missing = [
        name for name in ("billing_address", "shipping_address") if not getattr(checkout, name)
    ]
    if not missing and checkout.email:
        return
    checkout.email = checkout.email or user.email
    for name in missing:
        setattr(checkout, name, _address(user, checkout, getattr(user, f"default_{name}")))
    checkout.save(update_fields=["email", *missing])
    if missing:
        manager = get_plugins_manager(allow_replica=False)
        lines, _unavailable = fetch_checkout_lines(checkout)
        info = fetch_checkout_info(checkout, lines, manager)
        invalidate_checkout(info, lines, manager, save=True)


def _address(user: Any, checkout: Any, default: Any) -> Any | None:
    """The user's default address, else his first, else his legal entity's."""
    known = default or user.addresses.first()
    if known is not None:
        return known.get_copy()
    terms = (
        CheckoutTerms.objects.filter(checkout_id=str(checkout.pk), legal_entity__isnull=False)
        .select_related("legal_entity")
        .first()
    )
    if terms is None:
        return None
    entity = terms.legal_entity
    assert entity is not None
    text = entity.address or entity.legal_address
    if not text:
        return None
    # One free line of text from 1C: Saleor's address form can't check it.
    return Address.objects.create(
        company_name=entity.name[:256],
        street_address_1=text[:256],
        country=checkout.channel.default_country,
        validation_skipped=True,
    )
