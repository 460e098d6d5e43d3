"""The lines of an order as 1C holds them, in base units and as goods of the shop."""

from __future__ import annotations

from decimal import Decimal

from b2b_overlay.ordering.rewriting import Told
from onec_bridge.commerceml.records import Document, DocumentLine

from .document import DELIVERY_ID
from .models import Kind
from .work import Work

__all__ = ["told_lines"]


def told_lines(work: Work, record: Document) -> list[Told]:
    """Goods by the links of their offers; what the shop doesn't know is named as 1C names it."""
    work.links.load(Kind.OFFER, {line.id for line in record.lines if line.id})
    return [_line(work, line) for line in record.lines]


def _line(work: Work, line: DocumentLine) -> Told:
    """УТ 11 drops lines of quantity 0 itself; Сумма holds where it is told (format.md, 5)."""
    coefficient = line.coefficient or Decimal(1)
    quantity = (line.quantity or Decimal(0)) * coefficient
    price = line.price or Decimal(0)
    total = line.total if line.total is not None else price * (line.quantity or 0)
    local = work.links.local(Kind.OFFER, line.id) if line.id else ""
    is_delivery = line.id == DELIVERY_ID
    return Told(
        variant_id=int(local) if local else None,
        name=line.name or line.article or line.id,
        article="" if is_delivery else line.article or line.id,
        quantity=quantity,
        unit=(line.unit.name if line.unit else None) or line.unit_name or "",
        price=price / coefficient,
        total=total,
    )
