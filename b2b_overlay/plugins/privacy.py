"""A wholesale cart or order is nothing to a customer of another company.

Saleor takes whoever holds an id (a UUID, not to be guessed) for its owner: ``checkout(id)`` and
``order(id)`` answer anybody. That stays so for a request without a sign-in, since it can't be
told from the buyer's own storefront; but whoever signs in as somebody else gets null. Wholesale
is recognised by the shield's voucher on the row itself, so retail costs no query.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from promise import Promise

from b2b_overlay.ordering.orders import orders_for

from .activity import is_on

__all__ = ["only_for_its_own"]

Resolver = Callable[..., Any]


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


def _may_see(user: Any, row: Any) -> bool:
    from saleor.core.db.connection import allow_writer

    from .shield import SHIELD

    if row.voucher_code != SHIELD or row.user_id == user.pk:
        return True
    with allow_writer():
        return orders_for(user).filter(order_id=str(row.pk)).exists()
