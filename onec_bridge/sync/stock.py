"""What an offer says of stock, as whole pieces of the shop by warehouse. Pure: plans only.

Rules: the sum of a warehouse's rows, else Количество in one warehouse of its own; a file that
says neither says nothing, which isn't 0; what 1C said last is the whole of the stock, so a
total that replaces rows leaves nothing lying in their warehouses, and the other way round;
what is less than a piece (one base unit, a tenth of a metre of what is sold in fractions) is cut
with a note, since the shop counts in whole pieces; negative is 0, and what a shop can't count is
the most it can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from b2b_overlay.quantities import ONE, Quantity, dumped, in_units, whole
from onec_bridge.commerceml.records import Offer, Problem, Severity, StockRow
from onec_bridge.commerceml.values import write_number

__all__ = ["UNNAMED", "StockPlan", "plan_stock"]

#: Id of the warehouse that stands for stock without one.
UNNAMED = ""

#: The most pieces in one warehouse. Saleor counts in int4 (``warehouse.Stock.quantity``, 3.23), and
#: its API adds up the warehouses in one.
_MOST_PIECES = 99_999_999


@dataclass(slots=True)
class StockPlan:
    """Base units by 1C's warehouse id, every one this goods ever lay in; rows parked."""

    levels: dict[str, Quantity] = field(default_factory=dict)
    parked: list[StockRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def plan_stock(
    offer: Offer,
    told: Mapping[str, Quantity],
    warehouses: Mapping[str, str],
    *,
    full: bool,
    piece: Decimal = ONE,
) -> StockPlan | None:
    """Plan the stock of one offer, or None where it says nothing of stock.

    ``told`` is what 1C said before, ``warehouses`` those that exist here. A ``full`` row says
    of all warehouses, a patch of those it names. ``piece`` is what the shop counts it in.
    """
    plan = StockPlan()
    if offer.deleted:
        plan.levels = dict.fromkeys(told, 0)
        return plan if told else None
    sums: dict[str, Decimal] = {}
    for row in offer.stock:
        warehouse = row.warehouse_id or UNNAMED
        if warehouse != UNNAMED and warehouse not in warehouses:
            plan.parked.append(row)
        elif warehouse in sums:
            sums[warehouse] += row.quantity
        else:
            sums[warehouse] = row.quantity
    before: dict[str, Quantity]
    if offer.stock:
        before = dict.fromkeys(told, 0) if full else dict(told)
        if UNNAMED in before and sums.keys() - {UNNAMED}:
            before[UNNAMED] = 0
    elif offer.quantity is not None:
        lying = [q for w, q in told.items() if w != UNNAMED and q]
        if lying and sum(lying) == offer.quantity:
            plan.levels = dict(told)  # as many as lie in its warehouses
            return plan
        sums, before = {UNNAMED: offer.quantity}, dict.fromkeys(told, 0)
    else:
        return None
    plan.levels = before | {w: _whole(offer, q, piece, plan.problems) for w, q in sums.items()}
    return plan


def _whole(offer: Offer, quantity: Decimal, piece: Decimal, problems: list[Problem]) -> Quantity:
    if quantity > _MOST_PIECES * piece:
        code, shown = "stock_out_of_range", in_units(_MOST_PIECES, piece)
    else:
        shown = whole(quantity, piece)
        if shown == quantity:
            return shown
        code = "negative_stock" if quantity < 0 else "fractional_stock"
    element = "Склад" if offer.stock else "Количество"
    words = {"shown": str(dumped(shown))}
    problems.append(
        Problem(code, Severity.WARNING, offer.source, element, write_number(quantity), words)
    )
    return shown
