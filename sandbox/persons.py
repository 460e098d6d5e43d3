"""What the shop keeps of a person, told and erased (152-ФЗ): the port's ``exported`` and
``erase``. An order's own addresses are a part of the document and stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from b2b_overlay import logins

from .models import Address, Checkout, Order, User

__all__ = ["erase", "exported"]

_ADDRESS = [field.name for field in Address._meta.concrete_fields if not field.primary_key]


def exported(user_id: int) -> Mapping[str, object]:
    row = User.objects.filter(pk=user_id).first()
    if row is None:
        return {}
    orders = Order.objects.filter(user=row).select_related("channel")
    return {
        "email": row.email,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "addresses": list(_own_addresses(row).values(*_ADDRESS)),
        "orders": [_order(each) for each in orders],
        "open_carts": Checkout.objects.filter(user=row).count(),
    }


def _order(row: Order) -> dict[str, str]:
    return {
        "number": str(row.number),
        "placed_at": row.created_at.isoformat(),
        "total": str(row.total),
        "currency": row.channel.currency,
    }


def _own_addresses(row: User) -> Any:
    return Address.objects.filter(pk__in=[row.default_shipping_address_id])


def erase(user_id: int) -> Mapping[str, int]:
    row = User.objects.select_for_update().get(pk=user_id)
    email = logins.erased(row.pk)
    carts, _rows = Checkout.objects.filter(user=row).delete()
    orders = Order.objects.filter(user=row).exclude(email=email)
    counts = {
        "sandbox_checkout": carts,
        "sandbox_order.email": orders.update(email=email),
        "sandbox_user.email": int(row.email != email),
        "sandbox_user.first_name": int(bool(row.first_name)),
        "sandbox_user.last_name": int(bool(row.last_name)),
    }
    own = row.default_shipping_address_id
    row.email, row.first_name, row.last_name = email, "", ""
    row.default_shipping_address = None
    row.is_active = False
    row.set_password(None)
    row.save()
    written = Q(shipping_address=own) | Q(billing_address=own)
    if own is not None and not Order.objects.filter(written).exists():
        counts["sandbox_address"], _rows = Address.objects.filter(pk=own).delete()
    return counts
