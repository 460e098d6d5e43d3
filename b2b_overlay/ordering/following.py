"""Open carts, and what an approver was asked for, follow a change of who may buy what.

The change is committed first; from then on the gate refuses what no longer holds. Only then are
carts touched: inside the change's own transaction it would hold a company's row while it waits
for carts, and an order holds its cart while it waits for the company. That rule is kept here,
by the database: :func:`reprice` raises ``RuntimeError`` in a transaction that is still open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Q

from b2b_overlay.shop import Shop

from .approval import settle
from .checkouts import changed, open_carts
from .models import Approval

__all__ = ["look_again", "reprice", "then"]

P = ParamSpec("P")
T = TypeVar("T")


def then(
    act: Callable[P, T], look_again: Callable[[Shop, T], None]
) -> Callable[Concatenate[Shop, P], T]:
    """The action ``act``, and after it ``look_again`` at the carts of whom it concerned."""

    @wraps(act)
    def both(shop: Shop, /, *args: P.args, **kwargs: P.kwargs) -> T:
        done = act(*args, **kwargs)
        look_again(shop, done)
        return done

    return both


def reprice(shop: Shop, carts: Q) -> None:
    """These open carts get the prices that hold now; where nothing holds any more, retail
    ones, and the gate refuses them until their buyer decides."""
    with transaction.atomic(durable=True):
        found = list(open_carts(carts).values_list("pk", flat=True))
    for checkout_id in found:
        changed(shop, checkout_id)


def look_again(shop: Shop, carts: Q, asked: Q) -> None:
    """:func:`reprice`, and what waits for an approver's word lapses where it must."""
    reprice(shop, carts)
    settle(shop, Approval.objects.filter(asked, state=Approval.State.WAITING))
