"""Saleor's quantity limit of a line, the site's or a variant's own: retail is held to it, a
wholesale login isn't.

A wholesale login's site has :data:`UNLIMITED` in the place of its limit
(:class:`.loaders.SiteWithoutLimit`). Saleor 3.23 lets a variant's own limit come before that, in
two functions; told UNLIMITED, they ask nothing (checks, E120).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

__all__ = ["UNLIMITED", "install", "is_installed"]


class _Unlimited(int):
    """So many that whatever is less than it passes: GraphQL's greatest Int."""


UNLIMITED: Final = _Unlimited(2**31 - 1)


def install() -> None:
    """Put UNLIMITED before a variant's own limit. Once."""
    from saleor.graphql.checkout.mutations.checkout_create_from_order import (
        CheckoutCreateFromOrder,
    )
    from saleor.warehouse import availability

    if not is_installed():
        availability._check_quantity_limits = _lifted(availability._check_quantity_limits)
        theirs = CheckoutCreateFromOrder.handle_variants_exceeding_quantity_limit
        CheckoutCreateFromOrder.handle_variants_exceeding_quantity_limit = _kept_all(theirs)


def is_installed() -> bool:
    from saleor.graphql.checkout.mutations.checkout_create_from_order import (
        CheckoutCreateFromOrder,
    )
    from saleor.warehouse import availability

    theirs = CheckoutCreateFromOrder.handle_variants_exceeding_quantity_limit
    return all(
        hasattr(each, "__wrapped__") for each in (availability._check_quantity_limits, theirs)
    )


def _lifted(check: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(check)
    def checked(variant: Any, quantity: int, global_quantity_limit: int | None) -> Any:
        if global_quantity_limit is UNLIMITED:
            return None
        return check(variant, quantity, global_quantity_limit)

    return checked


def _kept_all(exclude: Callable[..., Any]) -> Callable[..., Any]:
    """Of the variants of an order none is left out of the cart for its quantity."""

    @wraps(exclude)
    def excluded(
        variant_ids_set: set[int],
        order_lines: list[Any],
        variant_errors: list[Any],
        global_quantity_limit: int | None,
    ) -> Any:
        if global_quantity_limit is UNLIMITED:
            return variant_ids_set
        return exclude(variant_ids_set, order_lines, variant_errors, global_quantity_limit)

    return excluded
