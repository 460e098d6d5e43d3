"""The parts of an order that the seller's books keep as several documents; one order for
the buyer.

:class:`Plans` say what the parts would be, :func:`keep` makes them, once: whatever changes
afterwards (rules, settings, stock), 1C gets the same documents under the same numbers. Where the
order itself is changed, :func:`cut_again` changes what is in them.
:func:`put_together` tells the order what was told of its parts.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain, zip_longest

from django.db import transaction
from django.utils import timezone

from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import Served, Shop
from b2b_overlay.terms.models import Organization
from b2b_overlay.terms.selling import Sellers, sellers

from .models import OrderPart, OrderPartLine, Stage, WholesaleOrder, WholesaleOrderLine
from .splitting import ByVat, Share, Split, SplitBy, put, reckon, split

__all__ = ["Plans", "cut_again", "keep", "kept", "put_together"]

#: Ids of documents are made from the order's and the part's number: always the same.
_DOCUMENTS = uuid.UUID("6f5b8a1e-3a53-4b0d-9f0e-6b2f1d3c7a41")


class Plans:
    """How some orders would be cut: a constant number of queries for all of them."""

    def __init__(self, shop: Shop, orders: Sequence[WholesaleOrder], by: SplitBy) -> None:
        self.by = by
        variants = {line.variant_id for order in orders for line in order.lines.all()}
        self._served: dict[str, list[Served]] = {}
        self._sellers: Sellers = sellers(shop.catalogue.categories() if by.organization else ())
        if by.warehouse or (by.organization and self._sellers.ask_for_warehouses):
            for each in shop.orders.served([order.order_id for order in orders]):
                self._served.setdefault(each.order_id, []).append(each)
        self._categories: Mapping[int, int | None] = {}
        if by.organization and orders:
            channel = shop.catalogue.channels()[0]
            found = shop.catalogue.variants({pk for pk in variants if pk}, channel)
            self._categories = {pk: each.category_id for pk, each in found.items()}

    def of(self, order: WholesaleOrder) -> list[Split]:
        """The parts this order would have; one: it stays whole."""
        return self._of(order, list(order.lines.all()), self._served.get(order.order_id, []))

    def added(
        self, order: WholesaleOrder, lines: Sequence[WholesaleOrderLine], parts: Sequence[Split]
    ) -> list[Split]:
        """Where lines belong that come to these parts of the order."""
        taken: dict[tuple[int | None, str], Quantity] = defaultdict(int)
        for part in parts:
            for share in part.shares:
                taken[share.line.variant_id, part.warehouse_id] += share.quantity
        served = [
            replace(each, reserved=max(0, pieces), shipped=0)
            for each in self._served.get(order.order_id, [])
            if (pieces := each.reserved + each.shipped - taken[each.variant_id, each.warehouse_id])
        ]
        return self._of(order, lines, served)

    def _of(
        self, order: WholesaleOrder, lines: Sequence[WholesaleOrderLine], served: Sequence[Served]
    ) -> list[Split]:
        def seller(line: WholesaleOrderLine, warehouse_id: str) -> Organization | None:
            category_id = self._categories.get(line.variant_id or 0)
            return self._sellers.of(order.contract, category_id, warehouse_id)

        return split(lines, self.by, served, seller, order.currency)

    def draft(
        self,
        order: WholesaleOrder,
        books: str,
        splits: Sequence[Split],
        warehouses: Mapping[str, str],
        *,
        after: int = 0,
    ) -> list[OrderPart]:
        """The parts as they would be kept, not saved, numbered on ``after`` this one;
        ``warehouses`` are names by id."""
        return [
            OrderPart(
                order=order,
                books=books,
                position=position,
                number=f"{order.number}-{position}",
                document_id=str(uuid.uuid5(_DOCUMENTS, f"{books}/{order.order_id}/{position}")),
                organization=each.organization,
                warehouse_id=each.warehouse_id,
                warehouse=warehouses.get(each.warehouse_id, "")[:255],
                cut={
                    "organization": self.by.organization,
                    "warehouse": self.by.warehouse,
                    "vat": self.by.vat.value,
                    "taxed": each.taxed,
                },
                total=_total(order, each.shares),
            )
            for position, each in enumerate(splits, after + 1)
        ]


def _total(order: WholesaleOrder, shares: Sequence[Share]) -> Decimal:
    """With VAT, whatever the order's prices are."""
    on_top = Decimal(0) if order.vat_included else sum((s.vat for s in shares), Decimal(0))
    return sum((share.total for share in shares), on_top)


@transaction.atomic
def keep(parts: Sequence[OrderPart], splits: Sequence[Split]) -> None:
    """Save the parts of an order: from now on it is kept like this."""
    OrderPart.objects.bulk_create(parts)
    _keep_lines(parts, splits)


def _keep_lines(parts: Sequence[OrderPart], splits: Sequence[Split]) -> None:
    OrderPartLine.objects.bulk_create(
        OrderPartLine(
            part=part,
            line=share.line,
            quantity=share.quantity,
            total=share.total,
            vat=share.vat,
        )
        for part, each in zip(parts, splits, strict=True)
        for share in each.shares
    )


def cut_again(
    shop: Shop,
    order: WholesaleOrder,
    lines: Sequence[WholesaleOrderLine],
    parts: Sequence[OrderPart],
    shares: Sequence[list[Share]],
) -> None:
    """The order has other lines than these parts were cut of. ``shares`` of them stay in each;
    what is in none goes where it would have gone at first, if need be into a new part. A part
    may end up empty: 1C is told that it is cancelled."""
    plans = Plans(shop, [order], _by(parts[0]))
    splits = [
        Split(part.organization, part.warehouse_id, part.cut.get("taxed", ""), stay)
        for part, stay in zip(parts, shares, strict=True)
    ]
    for each in plans.added(order, _loose(lines, shares), splits):
        into = _place(each, parts, splits, plans.by)
        for share in each.shares:
            put(into, lines[share.line.position - 1], share.quantity)
    reckon([each.shares for each in splits], order.currency)
    names = {each.id: each.name for each in shop.catalogue.warehouses()}
    last = max(part.position for part in parts)
    fresh = plans.draft(order, parts[0].books, splits[len(parts) :], names, after=last)
    OrderPart.objects.bulk_create(fresh)
    for part, each in zip(parts, splits, strict=False):
        part.total = _total(order, each.shares)
        part.save(update_fields=["total"])
    _keep_lines([*parts, *fresh], splits)


def _place(
    fresh: Split, parts: Sequence[OrderPart], splits: list[Split], by: SplitBy
) -> list[Share]:
    """Where these pieces go: into the first document of their kind that is still open."""
    for part, each in zip_longest(parts, splits):
        is_open = part is None or not (part.is_cancelled or part.shipped_at)
        if is_open and (not by or each.belongs_with(fresh)):
            return each.shares
    splits.append(Split(fresh.organization, fresh.warehouse_id, fresh.taxed))
    return splits[-1].shares


def _loose(
    lines: Sequence[WholesaleOrderLine], shares: Sequence[Sequence[Share]]
) -> list[WholesaleOrderLine]:
    """What of the lines is in no document, as lines."""
    left = {line.pk: line.quantity for line in lines}
    for each in chain.from_iterable(shares):
        left[each.line.pk] -= each.quantity
    return [Share(line, left[line.pk]).as_line() for line in lines if left[line.pk]]


def _by(part: OrderPart) -> SplitBy:
    """How the order was cut; of a part that is older than that is remembered: not at all."""
    cut = part.cut
    return SplitBy(
        cut.get("organization", False), cut.get("warehouse", False), ByVat(cut.get("vat", "no"))
    )


def kept(order: WholesaleOrder, books: str) -> list[tuple[OrderPart, Split]]:
    """The parts that an order has in these books. Needs ``parts__lines__line`` fetched."""
    return [
        (
            part,
            Split(
                part.organization,
                part.warehouse_id,
                shares=[
                    Share(row.line, row.quantity, row.total, row.vat) for row in part.lines.all()
                ],
            ),
        )
        for part in order.parts.all()
        if part.books == books
    ]


def put_together(order: WholesaleOrder, books: str) -> None:
    """What was told of the parts, told of the order: it is shipped, paid, cancelled when all
    of it is. Parts that were cancelled don't hold the others back."""
    parts = list(order.parts.filter(books=books))
    live = [part for part in parts if not part.is_cancelled]
    order.is_cancelled = order.cancelled_here or not live
    order.onec_number = ", ".join(part.onec_number for part in parts if part.onec_number)[:255]
    order.onec_date = max((p.onec_date for p in parts if p.onec_date), default=None)
    shipped = [part.shipped_at for part in live if part.shipped_at]
    paid = [part.paid_at for part in live if part.paid_at]
    order.shipped_at = max(shipped) if shipped and len(shipped) == len(live) else None
    order.paid_at = max(paid) if paid and len(paid) == len(live) else None
    statuses = {part.onec_status for part in live}
    order.onec_status = statuses.pop() if len(statuses) == 1 else ""
    order.stage = _least(live)
    totals = [part.onec_total for part in parts if part.onec_total is not None]
    order.onec_total = sum(totals) if len(totals) == len(parts) else None
    order.mixed = _mixed(order, live)
    order.news_at = timezone.now()
    order.save()


def _least(live: Sequence[OrderPart]) -> str:
    """The stage that all have come to; empty where one's isn't known."""
    stages = [part.stage for part in live]
    order_of_stages = list(Stage.values)
    return min(stages, key=order_of_stages.index) if stages and all(stages) else ""


def _mixed(order: WholesaleOrder, live: Sequence[OrderPart]) -> str:
    """The furthest that some have come and others haven't; empty: all are where one word says."""
    mixed = WholesaleOrder.Mixed
    if order.is_cancelled or order.shipped_at:
        return ""
    if any(part.shipped_at for part in live):
        return mixed.SHIPPED
    if order.paid_at:
        return ""
    if any(part.paid_at for part in live):
        return mixed.PAID
    if len({part.onec_status for part in live}) > 1:
        return mixed.STATUS
    numbers = [bool(part.onec_number) for part in live]
    return mixed.ACCEPTED if any(numbers) and not all(numbers) and not order.onec_status else ""
