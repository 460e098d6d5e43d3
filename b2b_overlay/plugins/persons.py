"""What Saleor keeps of a customer, told and erased (152-ФЗ): the port's ``exported`` and
``erase``.

Erased: the account, its addresses, notes and events, its open checkouts, and its e-mail where
orders and their events repeat it. Kept: an order's own addresses and the customer's note on it,
which are parts of the document, and what payment providers need. Payloads of webhooks are
deleted by Saleor itself (``EVENT_PAYLOAD_DELETE_PERIOD``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.crypto import get_random_string
from saleor.account.models import Address, CustomerEvent, CustomerNote, User
from saleor.account.search import update_user_search_vector
from saleor.checkout.models import Checkout
from saleor.core.utils.events import call_event
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order, OrderEvent
from saleor.order.search import update_order_search_vector
from saleor.plugins.manager import get_plugins_manager

from b2b_overlay import logins

__all__ = ["erase", "exported"]

_ADDRESS = (
    "first_name",
    "last_name",
    "company_name",
    "street_address_1",
    "street_address_2",
    "city",
    "city_area",
    "country_area",
    "postal_code",
    "country",
    "phone",
)
_EMPTY: dict[str, Any] = {
    "first_name": "",
    "last_name": "",
    "note": None,
    "metadata": {},
    "private_metadata": {},
    "external_reference": None,
    "search_document": "",
    "is_active": False,
}


def exported(user_id: int) -> Mapping[str, object]:
    row = User.objects.filter(pk=user_id).first()
    if row is None:
        return {}
    addresses = row.addresses.all()
    orders = Order.objects.non_draft().filter(user=row).order_by("-created_at")
    return {
        "email": row.email,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "joined": row.date_joined.isoformat(),
        "note": row.note or "",
        "metadata": {**row.metadata, **row.private_metadata},
        "addresses": [{n: str(getattr(each, n)) for n in _ADDRESS} for each in addresses],
        "notes": list(CustomerNote.objects.filter(customer=row).values_list("content", flat=True)),
        "orders": [_order(each) for each in orders],
        "open_carts": Checkout.objects.filter(user=row).count(),
    }


def _order(row: Any) -> dict[str, str]:
    return {
        "number": str(row.number),
        "placed_at": row.created_at.isoformat(),
        "total": str(row.total.gross.amount),
        "currency": row.currency,
        "note": row.customer_note,
    }


def erase(user_id: int) -> Mapping[str, int]:
    row = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    before, email = row.email, logins.erased(user_id)
    counts = {
        **_carts_and_addresses(row),
        **_orders(row, before, email),
        "account_customernote.content": row.notes.exclude(content="").update(content=""),
        "account_customerevent.parameters": CustomerEvent.objects.filter(user=row)
        .exclude(parameters={})
        .update(parameters={}),
        **_gift_cards(before, email),
        **_account(row, email),
    }
    call_event(get_plugins_manager(allow_replica=False).customer_updated, row)
    return counts


def _account(row: Any, email: str) -> dict[str, int]:
    wanted = {"email": email, **_EMPTY}
    counts = {}
    for name, value in wanted.items():
        counts[f"account_user.{name}"] = int(getattr(row, name) not in (value, "", None))
        setattr(row, name, value)
    if row.avatar:
        row.avatar.delete(save=False)
        counts["account_user.avatar"] = 1
    row.set_unusable_password()
    row.jwt_token_key = get_random_string(length=12)
    row.save()
    update_user_search_vector(row, attach_addresses_data=False)
    return counts


def _carts_and_addresses(row: Any) -> dict[str, int]:
    """Those that no order is written with."""
    carts = Checkout.objects.filter(Q(user=row) | Q(email__iexact=row.email, user=None))
    used = [pk for pair in carts.values_list("shipping_address", "billing_address") for pk in pair]
    mine = {*row.addresses.values_list("pk", flat=True), *filter(None, used)}
    mine |= {pk for pk in (row.default_shipping_address_id, row.default_billing_address_id) if pk}
    count = carts.count()
    carts.delete()
    documents = Order.objects.filter(Q(shipping_address__in=mine) | Q(billing_address__in=mine))
    kept = {pk for p in documents.values_list("shipping_address", "billing_address") for pk in p}
    row.addresses.clear()
    row.default_shipping_address = row.default_billing_address = None
    row.save(update_fields=["default_shipping_address", "default_billing_address"])
    gone = Address.objects.filter(pk__in=mine - kept)
    counts = {"checkout_checkout": count, "account_address": gone.count()}
    gone.delete()
    return counts


def _orders(row: Any, before: str, email: str) -> dict[str, int]:
    """The document stays; the e-mail in it leads to nobody."""
    orders = list(Order.objects.filter(Q(user=row) | Q(user_email__iexact=before)))
    changed = 0
    for event in OrderEvent.objects.filter(order__in=orders, parameters__has_key="email"):
        if event.parameters["email"] != email:
            event.parameters["email"] = email
            event.save(update_fields=["parameters"])
            changed += 1
    renamed = [order for order in orders if order.user_email != email]
    # What is searched by is reckoned from the account too: it has the new e-mail by then.
    User.objects.filter(pk=row.pk).update(email=email, first_name="", last_name="")
    for order in renamed:
        order.user_email, order.search_document = email, ""
        order.save(update_fields=["user_email", "search_document", "updated_at"])
        update_order_search_vector(Order.objects.get(pk=order.pk))
    return {"order_order.user_email": len(renamed), "order_orderevent.parameters": changed}


def _gift_cards(before: str, email: str) -> dict[str, int]:
    return {
        f"giftcard_giftcard.{name}": GiftCard.objects.filter(**{f"{name}__iexact": before}).update(
            **{name: email}
        )
        for name in ("created_by_email", "used_by_email")
    }
