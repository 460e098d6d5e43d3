"""A checkout's discount of nothing is shared out among its lines at once.

Saleor (3.23: ``checkout.base_calculations``) shares an entire-order voucher's discount out among a
checkout's lines by going through all of them for each: a hundred lines take the square of a
hundred, a thousand take minutes. The shield's voucher (:mod:`.shield`) takes nothing off, and of
nothing every line's share is nothing, whatever its part in the whole. So where the discount is
zero, each line costs what it costs; everything else is Saleor's own.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from saleor.checkout import base_calculations

__all__ = ["NAME", "install"]

NAME = "get_line_total_price_with_propagated_checkout_discount"


def install() -> None:
    """Once, when the app is ready."""
    theirs = getattr(base_calculations, NAME)
    if hasattr(theirs, "__wrapped__"):
        return

    @wraps(theirs)
    def propagated(checkout_info: Any, lines: Any, checkout_line_info: Any) -> Any:
        if checkout_info.checkout.discount_amount:
            return theirs(checkout_info, lines, checkout_line_info)
        return base_calculations.calculate_base_line_total_price(checkout_line_info)

    setattr(base_calculations, NAME, propagated)
