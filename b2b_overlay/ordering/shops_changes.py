"""What the shop's own staff change of a wholesale order after it was placed, followed.

Saleor's staff add and take away goods of an unconfirmed order, set discounts, and cancel any
order, past the overlay. Rules: the shop's order is what the shop will send off, so the overlay's
follows it, keeps what the buyer ordered beside, and goes to 1C again by the same number; what 1C
holds otherwise then stands beside it for the desk to decide (:mod:`.corrections`). Only what
was changed in the shop is followed: an order that became what 1C has stays so, though the
shop's own still is what was placed.

Called by the shop's hook (Saleor: ``order_updated``), when somebody opens the order, and before
orders are given to 1C: a hook that never ran loses nothing, and Saleor has none for a discount.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.quantities import ONE
from b2b_overlay.shop import PlacedOrder, Shop

from .corrections import look_again
from .models import WholesaleOrder
from .orders import changed
from .rewriting import Told, rewrite

__all__ = ["follow", "follow_open", "up_to_date"]


#: So long after it was placed an open order is looked at even if no hook spoke of it.
WATCHED = timedelta(days=30)


def follow_open(shop: Shop) -> int:
    """Follow those that may still be changed; how many had been."""
    rows = WholesaleOrder.objects.filter(
        placed_at__gte=timezone.now() - WATCHED, shipped_at=None, is_cancelled=False
    )
    return follow(shop, rows.values_list("order_id", flat=True))


def up_to_date(shop: Shop, order: WholesaleOrder) -> None:
    """Somebody looks at this order."""
    if follow(shop, [order.order_id]):
        order.refresh_from_db()


def follow(shop: Shop, order_ids: Iterable[str]) -> int:
    """Let these orders be as the shop has them now; how many of them had changed. One query
    where none is a wholesale order."""
    known = WholesaleOrder.objects.in_bulk(list(order_ids), field_name="order_id")
    placed = shop.orders.get(known) if known else {}
    orders = sorted(known.values(), key=lambda each: each.pk)  # as they are locked
    pairs = [(order, placed[order.order_id]) for order in orders if order.order_id in placed]
    return sum(_follow(shop, each) for order, each in pairs if _differs(order, each))


def _differs(order: WholesaleOrder, placed: PlacedOrder) -> bool:
    cancelled = placed.is_cancelled and not order.cancelled_here
    return cancelled or order.shop_digest != placed.digest


@transaction.atomic
def _follow(shop: Shop, placed: PlacedOrder) -> bool:
    order = WholesaleOrder.objects.select_for_update().get(order_id=placed.id)
    if not _differs(order, placed):
        return False
    # Without a digest the order is older than that digests are kept.
    is_edited = order.shop_digest not in ("", placed.digest)
    is_cancelled = placed.is_cancelled and not order.cancelled_here
    order.shop_digest = placed.digest
    order.cancelled_here = placed.is_cancelled
    order.is_cancelled = order.is_cancelled or placed.is_cancelled
    if is_cancelled:
        order.changed_at = timezone.now()
    order.save()
    if is_edited:
        rewrite(shop, order, order.order_id, _told(order, placed))
        look_again(order)
    if is_edited or is_cancelled:
        changed(order)
    return is_edited or is_cancelled


def _told(order: WholesaleOrder, placed: PlacedOrder) -> list[Told]:
    """The shop's lines, delivery among them; a good that it has deleted stays what it was."""
    known = {line.sku: line.variant_id for line in order.lines.all() if line.sku}
    # Of a good that the shop has deleted, it tells whole pieces.
    pieces = pieces_of(filter(None, known.values()))
    lines = [
        Told(
            variant_id=line.variant_id or known.get(line.sku),
            name=line.name,
            article=line.sku,
            quantity=Decimal(line.quantity)
            if line.variant_id
            else line.quantity * pieces.get(known.get(line.sku) or 0, ONE),
            unit="",
            price=line.unit_price.amount,
            total=line.total.quantized().amount,
            vat=line.tax.quantized().amount,
        )
        for line in placed.lines
    ]
    if placed.shipping.amount:
        price = placed.shipping.quantized().amount
        lines.append(
            Told(
                variant_id=None,
                name=_("Delivery"),
                article="",
                quantity=Decimal(1),
                unit="шт",
                price=price,
                total=price,
            )
        )
    return lines
