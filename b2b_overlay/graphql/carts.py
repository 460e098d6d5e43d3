"""What the shop's own ``Checkout`` says of wholesale: the same field on every shop.

Saleor's hooks can't refuse what is put into a cart (a broken pack, more than there is). So the
cart says at once, in the answer of the very mutation, what would keep it from becoming an order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from b2b_overlay.ordering import gate
from b2b_overlay.shop import Checkout, Refusal, Shop, get_shop

from . import types
from .context import current_user
from .fields import list_of
from .ids import to_global_id

__all__ = ["own_checkout", "problem_value", "problems", "problems_field"]


def own_checkout(shop: Shop, info: Any, checkout_id: str) -> Checkout | None:
    """The user's own cart; of anybody else's nothing is told."""
    user, checkout = current_user(info), shop.checkouts.get(checkout_id)
    if checkout is None or user is None or checkout.user_id != user.pk:
        return None
    return checkout


def problems(info: Any, checkout_id: str) -> list[types.B2BProblem]:
    """Everything that keeps the user's own cart from becoming an order; none: another's."""
    shop = get_shop()
    checkout = own_checkout(shop, info, checkout_id)
    return [problem_value(each) for each in gate.refusals(shop, checkout)] if checkout else []


def problems_field(resolver: Callable[[Any, Any], list[types.B2BProblem]]) -> graphene.Field:
    """``Checkout.b2bProblems``; ``resolver`` knows how the shop keeps a checkout's id."""
    return graphene.Field(
        graphene.NonNull(list_of(types.B2BProblem)),
        resolver=resolver,
        description="What keeps this cart from becoming a wholesale order, each with the line it "
        "is about; empty: nothing does, or it is nobody's wholesale cart." + types.ADDED_IN_02,
    )


def problem_value(refusal: Refusal, of: str = "CheckoutLine") -> types.B2BProblem:
    """``of`` what the lines are."""
    line, variant = refusal.line_id, refusal.variant_id
    return types.B2BProblem(
        line_id=to_global_id(of, line) if line else None,
        variant_id=to_global_id("ProductVariant", variant) if variant else None,
        message=refusal.message,
        code=refusal.code,
    )
