"""Payments, shipments and returns that 1C has made of an order, and what they come to.

Rules: a document is kept once, by 1C's id; marked for deletion it is gone, and what it paid or
shipped with it; an order is paid (shipped) when its payments (shipments) come to it, or when 1C
tells one without a sum, which is of the whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .models import OrderPaper, OrderPart, WholesaleOrder

__all__ = ["Paper", "keep_paper", "reached"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document of 1C that is of an order."""

    document_id: str
    kind: str
    operation: str
    number: str
    date: dt.date | None
    total: Decimal | None
    #: It was marked for deletion.
    is_gone: bool


def keep_paper(told: WholesaleOrder | OrderPart, paper: Paper) -> bool:
    """Keep it (or let it go); was that news?"""
    order = told.order if isinstance(told, OrderPart) else told
    rows = OrderPaper.objects.filter(order=order, document_id=paper.document_id)
    if paper.is_gone:
        gone, _by_model = rows.delete()
        return bool(gone)
    said = {
        "of_document": _document_id(told),
        "kind": paper.kind,
        "operation": paper.operation[:255],
        "number": paper.number[:255],
        "date": paper.date,
        "total": paper.total,
    }
    if rows.filter(**said).exists():
        return False
    OrderPaper.objects.update_or_create(order=order, document_id=paper.document_id, defaults=said)
    return True


def _document_id(told: WholesaleOrder | OrderPart) -> str:
    return told.document_id if isinstance(told, OrderPart) else told.order_id


def reached(told: WholesaleOrder | OrderPart, kind: str, minus: str) -> dt.date | None:
    """Since when the documents of this kind, less those that take back, come to all of it."""
    order = told.order if isinstance(told, OrderPart) else told
    papers = list(order.papers.filter(of_document=_document_id(told), kind__in=(kind, minus)))
    mine = [paper for paper in papers if paper.kind == kind]
    if not mine:
        return None
    back = _sum(paper for paper in papers if paper.kind == minus)
    whole = any(paper.total is None for paper in mine)
    if not whole and _sum(mine) - back < told.total:
        return None
    return max((paper.date for paper in mine if paper.date), default=None)


def _sum(papers: Iterable[OrderPaper]) -> Decimal:
    return sum((paper.total or Decimal(0) for paper in papers), Decimal(0))
