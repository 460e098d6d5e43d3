"""What the shop's own staff change of a wholesale order after it was placed, followed.

Saleor's staff add and take away goods of an unconfirmed order, set discounts, and cancel any
order, past the overlay. Rules: the shop's order is what the shop will send off, so the overlay's
follows it, keeps what the buyer ordered beside, and goes to 1C again by the same number; what 1C
holds otherwise then stands beside it for the desk to decide (:mod:`.corrections`). Only what
was changed in the shop is followed: an order that became what 1C has stays so, though the
shop's own still is what was placed. What was agreed keeps its price; goods that the staff add get
the contract's. What a change brings over the credit limit isn't authorised on account, and both
orders say so: the staff may do it, and decide what becomes of it.

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

from b2b_overlay.money import Money
from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.pricing.resolver import Priced, resolve_cart
from b2b_overlay.quantities import ONE, Quantity
from b2b_overlay.shop import PlacedOrder, Shop
from b2b_overlay.terms.current import terms_of

from . import checkouts, credit, notes
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
    placed = _priced(shop, order, placed)
    # Without a digest the order is older than that digests are kept.
    is_edited = order.shop_digest not in ("", placed.digest)
    is_cancelled = placed.is_cancelled and not order.cancelled_here
    order.shop_digest, order.shop_lines = placed.digest, [line.id for line in placed.lines]
    order.cancelled_here = placed.is_cancelled
    order.is_cancelled = order.is_cancelled or placed.is_cancelled
    if is_cancelled:
        order.changed_at, order.not_authorised = timezone.now(), Decimal(0)
    order.save()
    if is_edited:
        before = Money(order.total - order.not_authorised, order.currency)
        rewrite(shop, order, order.order_id, _told(order, placed))
        look_again(order)
        if not placed.is_cancelled:
            _authorise(shop, order, placed.total, before)
    if is_edited or is_cancelled:
        changed(order)
    return is_edited or is_cancelled


def _priced(shop: Shop, order: WholesaleOrder, placed: PlacedOrder) -> PlacedOrder:
    """The shop's order with what the staff added at the contract's price, while it may still be
    changed and its company buys wholesale."""
    known = set(order.shop_lines)
    added = {line.id: line.variant_id for line in placed.lines if line.id not in known}
    if not known or not added or placed.is_cancelled or not order.company.is_active:
        return placed
    wanted: dict[int, Quantity] = {}
    for line in placed.lines:
        if line.variant_id is not None:
            wanted[line.variant_id] = wanted.get(line.variant_id, 0) + line.quantity
    terms = terms_of(order.legal_entity, placed.channel, order.contract)
    answers = checkouts.as_charged(shop, terms, resolve_cart(terms, wanted, {}))
    prices = {}
    for line_id, variant_id in added.items():
        answer = answers.get(variant_id or 0)
        if isinstance(answer, Priced) and answer.is_contract:
            prices[line_id] = answer.price.of_piece.amount
    if not prices:
        return placed
    shop.orders.price(order.order_id, prices, checkouts.reason(terms))
    return shop.orders.get([order.order_id]).get(order.order_id, placed)


def _authorise(shop: Shop, order: WholesaleOrder, total: Money, before: Money) -> None:
    """What was good on account stays so; what was added is, as far as the limit goes."""
    raised = max(total - before, Money.zero(total.currency))
    over = min(credit.short_of(order), raised)
    order.not_authorised = over.quantized().amount
    order.save(update_fields=["not_authorised"])
    shop.orders.authorise(order.order_id, total - over)
    notes.followed(shop, order)


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
