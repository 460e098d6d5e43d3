"""A wholesale cart or order is nothing to a customer of another company.

Saleor takes whoever holds an id (a UUID, not to be guessed) for its owner: ``checkout(id)`` and
``order(id)`` answer anybody, and mutations of a cart answer with the cart. That stays so for a
request without a sign-in, since it can't be told from the buyer's own storefront; but whoever
signs in as somebody else gets null, and to his mutations the cart isn't there. A colleague who
may buy for the same legal entity sees and changes the cart: two people at one cart. What is his
own, or nobody's, costs no query of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from graphql_relay import to_global_id
from promise import Promise

from b2b_overlay.company import access
from b2b_overlay.graphql.ids import UnknownId, text
from b2b_overlay.ordering.checkouts import record_of
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import orders_for

from .activity import is_on
from .ids import as_uuid

__all__ = ["only_for_its_own", "only_of_its_own"]

Resolver = Callable[..., Any]
#: An id that nothing has.
NOBODYS = UUID(int=0)


def only_for_its_own(resolver: Resolver) -> Resolver:
    """Saleor's resolver of one checkout or order, null for a customer of another company."""

    @wraps(resolver)
    def guarded(root: Any, info: Any, **arguments: Any) -> Any:
        found = resolver(root, info, **arguments)
        user = info.context.user
        if not user or user.is_staff or not is_on():
            return found
        return Promise.resolve(found).then(
            lambda wrapped: wrapped if wrapped is None or _may_see(user, wrapped.node) else None
        )

    return guarded


def only_of_its_own(resolver: Resolver) -> Resolver:
    """Saleor's mutation of a checkout, which to a customer of another company isn't there: what
    Saleor answers of an id that nothing has, it answers."""
    from saleor.core.db.connection import allow_writer

    @wraps(resolver)
    def guarded(root: Any, info: Any, **arguments: Any) -> Any:
        user = info.context.user
        if user and not user.is_staff and is_on():
            with allow_writer():
                row = _named(arguments)
            if row is not None and not _may_see(user, row):
                arguments = _naming_nothing(arguments)
        return resolver(root, info, **arguments)

    return guarded


def _may_see(user: Any, row: Any) -> bool:
    """Is this checkout or order his, retail, or of a legal entity that he may see?"""
    from saleor.checkout.models import Checkout
    from saleor.core.db.connection import allow_writer

    if row.user_id in (None, user.pk):
        return True
    with allow_writer():
        if isinstance(row, Checkout):
            return _may_buy_for(user, str(row.pk))
        order = WholesaleOrder.objects.filter(order_id=str(row.pk))
        if order.exists():
            return orders_for(user).filter(order_id=str(row.pk)).exists()
        return _may_buy_for(user, str(row.checkout_token or row.pk))


def _may_buy_for(user: Any, checkout_id: str) -> bool:
    record = record_of(checkout_id)
    if record is None or record.legal_entity is None:
        return True
    return access.legal_entities(user).filter(pk=record.legal_entity.pk).exists()


# ------------------------------------------------------------------- what a mutation names


def _named(arguments: Mapping[str, Any]) -> Any | None:
    """The checkout that a mutation's arguments name, itself or by one of its lines; or the order
    that it repeats."""
    from saleor.checkout.models import Checkout
    from saleor.order.models import Order

    rows = Checkout.objects.only("pk", "user_id")
    for name in _names(arguments):
        value = str(arguments[name])
        if order := _pk(value, "Order"):
            orders = Order.objects.only("pk", "user_id", "checkout_token")
            return orders.filter(pk=order).first()
        for which, kind in (("pk", "Checkout"), ("lines__pk", "CheckoutLine")):
            if pk := as_uuid(value) if name == "token" else _pk(value, kind):
                return rows.filter(**{which: pk}).first()
    return None


def _names(arguments: Mapping[str, Any]) -> list[str]:
    return [name for name in ("id", "checkout_id", "token") if arguments.get(name)]


def _pk(global_id: str, kind: str) -> UUID | None:
    try:
        return as_uuid(text(global_id, kind))
    except UnknownId:
        return None


def _naming_nothing(arguments: Mapping[str, Any]) -> dict[str, Any]:
    def nothing(name: str) -> Any:
        if name == "token":
            return NOBODYS
        kind = "Order" if _pk(str(arguments[name]), "Order") else "Checkout"
        return to_global_id(kind, NOBODYS)

    return {**arguments, **{name: nothing(name) for name in _names(arguments)}}
