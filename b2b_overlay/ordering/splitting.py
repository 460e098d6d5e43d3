"""An order as the seller's books need it: by organisation, warehouse and VAT. Pure.

Rules: every piece of every line is in exactly one part, and sums and VAT of the parts come to
the line's, to the kopeck; goods whose warehouse nobody knows go with the order's first one;
delivery goes with the first part, whatever its VAT; a pack that lies in two warehouses is
counted in base units in both. Parts stand in the order of their first lines, so the same order
is always cut the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from b2b_overlay.money import Money
from b2b_overlay.quantities import Quantity, as_quantity
from b2b_overlay.shop import Served
from b2b_overlay.terms.models import Organization

from .models import WholesaleOrderLine

__all__ = ["ByVat", "Share", "Split", "SplitBy", "is_delivery", "put", "reckon", "split"]


class ByVat(Enum):
    """What VAT tells documents apart."""

    NO = "no"
    #: «Без НДС» apart from everything else.
    MODE = "mode"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class SplitBy:
    """What makes a document of its own."""

    organization: bool = False
    warehouse: bool = False
    vat: ByVat = ByVat.NO

    def __bool__(self) -> bool:
        return self.organization or self.warehouse or self.vat is not ByVat.NO


@dataclass(slots=True)
class Share:
    """So much of a line."""

    line: WholesaleOrderLine
    quantity: Quantity
    total: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)

    def as_line(self) -> WholesaleOrderLine:
        """The share as a line, not to be saved; a broken pack is told in base units."""
        shown = copy(self.line)
        shown.quantity, shown.total, shown.vat = self.quantity, self.total, self.vat
        if shown.quantity % shown.coefficient:
            shown.coefficient, shown.unit = Decimal(1), shown.base_unit
        return shown


@dataclass(slots=True)
class Split:
    """A part: what belongs into one document."""

    organization: Organization | None
    warehouse_id: str
    #: Its VAT, as far as that tells documents apart.
    taxed: str = ""
    shares: list[Share] = field(default_factory=list)

    def belongs_with(self, other: Split) -> bool:
        """Would both be one document?"""
        mine, theirs = self.organization, other.organization
        return (mine and mine.pk, self.warehouse_id, self.taxed) == (
            theirs and theirs.pk,
            other.warehouse_id,
            other.taxed,
        )


Seller = Callable[[WholesaleOrderLine, str], Organization | None]
"""Who sells a line out of a warehouse ("": nobody knows which)."""


def is_delivery(line: WholesaleOrderLine) -> bool:
    """The order's own service line; goods that the shop has deleted keep their SKU."""
    return line.variant_id is None and not line.sku


def split(
    lines: Sequence[WholesaleOrderLine],
    by: SplitBy,
    served: Sequence[Served],
    seller: Seller,
    currency: str,
) -> list[Split]:
    """The parts of an order of these lines; ``served`` says from which warehouses."""
    found: dict[tuple[object, ...], Split] = {}
    goods = [line for line in lines if not is_delivery(line)]
    for line, warehouse_id, quantity in _by_warehouse(goods, served):
        organization = seller(line, warehouse_id) if by.organization else None
        where = warehouse_id if by.warehouse else ""
        taxed = _vat(line, by.vat)
        key = (organization and organization.pk, where, taxed)
        put(found.setdefault(key, Split(organization, where, taxed)).shares, line, quantity)
    parts = list(found.values())
    for line in lines:
        if is_delivery(line):
            parts = parts or [Split(None, "")]
            put(parts[0].shares, line, line.quantity)
    reckon([part.shares for part in parts], currency)
    return parts


def put(shares: list[Share], line: WholesaleOrderLine, quantity: Quantity) -> None:
    """Add so much of a line."""
    share = next((each for each in shares if each.line is line), None)
    if share is not None:
        share.quantity = as_quantity(share.quantity + quantity)
    elif quantity:
        shares.append(Share(line, quantity))


def _vat(line: WholesaleOrderLine, by: ByVat) -> str:
    if by is ByVat.NO or not (line.vat_exempt or by is ByVat.RATE):
        return ""
    if line.vat_exempt:
        return "exempt"
    return "" if line.vat_rate is None else f"{line.vat_rate.normalize():f}"


def _by_warehouse(
    goods: Sequence[WholesaleOrderLine], served: Sequence[Served]
) -> list[tuple[WholesaleOrderLine, str, Quantity]]:
    """(line, warehouse id, quantity), in the order of lines; the warehouse that serves most of
    a variant first."""
    pools = _pools(served)
    found: list[tuple[WholesaleOrderLine, str, Quantity]] = []
    for line in goods:
        left, pool = line.quantity, pools.get(line.variant_id or 0, {})
        for warehouse_id in sorted(pool, key=lambda each: (-pool[each], each)):
            here = min(left, pool[warehouse_id])
            if here:
                found.append((line, warehouse_id, here))
                pool[warehouse_id] -= here
                left -= here
        if left:
            found.append((line, "", left))
    first = next((warehouse_id for _line, warehouse_id, _q in found if warehouse_id), "")
    return [(line, warehouse_id or first, quantity) for line, warehouse_id, quantity in found]


def _pools(served: Sequence[Served]) -> Mapping[int, dict[str, Quantity]]:
    pools: dict[int, dict[str, Quantity]] = defaultdict(lambda: defaultdict(int))
    for each in served:
        if pieces := each.reserved + each.shipped:
            pools[each.variant_id][each.warehouse_id] += pieces
    return pools


def reckon(parts: Sequence[Sequence[Share]], currency: str) -> None:
    """Sums and VAT of the shares of whole lines: by quantity, and the last share of a line is
    what is left."""
    shares: dict[int, list[Share]] = defaultdict(list)
    for part in parts:
        for share in part:
            shares[share.line.position].append(share)
    for of_line in shares.values():
        line = of_line[0].line
        total, vat = line.total, line.vat
        for share in of_line[:-1]:
            part_of = Decimal(share.quantity) / line.quantity
            share.total = Money(line.unit_price * share.quantity, currency).quantized().amount
            share.vat = Money(line.vat * part_of, currency).quantized().amount
            total, vat = total - share.total, vat - share.vat
        of_line[-1].total, of_line[-1].vat = total, vat
