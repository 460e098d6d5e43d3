"""Saleor's quantity limit of a line, the site's or a variant's own: retail is held to it, a
wholesale login isn't.

A signed-in customer's site has a :class:`QuantityLimit` in the place of its limit
(:class:`.loaders.SiteOfCustomer`): whether it holds for him is asked when a quantity first goes
beyond it, which most never do. Saleor 3.23 lets a variant's own limit come before that, in two
functions, behind which ours stands (checks, E120).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from django.core.exceptions import ValidationError

__all__ = ["QuantityLimit", "install", "is_installed"]


#: GraphQL's greatest Int.
_MOST = 2**31 - 1


class QuantityLimit(int):
    """A limit that whoever ``is_lifted`` says so of may go beyond; asked once, and only where a
    quantity is beyond it. Of a site without a limit it is the most there can be."""

    def __new__(cls, limit: int | None, is_lifted: Callable[[], bool]) -> QuantityLimit:
        made = super().__new__(cls, _MOST if limit is None else limit)
        made._asked = is_lifted
        return made

    _asked: Callable[[], bool]

    @cached_property
    def is_lifted(self) -> bool:
        return self._asked()

    def __lt__(self, quantity: int) -> bool:
        return super().__lt__(quantity) and not self.is_lifted

    def __le__(self, quantity: int) -> bool:
        return super().__le__(quantity) and not self.is_lifted

    def __gt__(self, quantity: int) -> bool:
        return super().__gt__(quantity) or self.is_lifted

    def __ge__(self, quantity: int) -> bool:
        return super().__ge__(quantity) or self.is_lifted


def _is_lifted(limit: object) -> bool:
    return isinstance(limit, QuantityLimit) and limit.is_lifted


def install() -> None:
    """Stand behind what asks a variant's own limit. Once."""
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
        try:
            return check(variant, quantity, global_quantity_limit)
        except ValidationError:
            if not _is_lifted(global_quantity_limit):
                raise
        return None

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
        if _is_lifted(global_quantity_limit):
            return variant_ids_set
        return exclude(variant_ids_set, order_lines, variant_errors, global_quantity_limit)

    return excluded
