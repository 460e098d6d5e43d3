"""Bind prices to the lines of an order that Saleor's staff may still change (a draft, or one that
isn't confirmed), exact against promotions and vouchers, by data alone.

Saleor 3.23 (order/calculations.py) reckons such an order from its lines' base prices. A line whose
price is overridden and doesn't expire keeps the one it was given; without a promotion's or a
voucher's discount on it nothing lowers it, and the order's own voucher, ours of nothing
(:mod:`.shield`), keeps promotions of whole orders out. A discount that the staff give stays, on
top of the price bound.

A line of ours bears that price in its private metadata: one that is overridden and bears another
the staff priced themselves, and it is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from saleor.discount import DiscountType
from saleor.discount.models import OrderDiscount, OrderLineDiscount, VoucherCode
from saleor.discount.utils.manual_discount import apply_discount_to_value
from saleor.discount.utils.order import update_unit_discount_data_on_order_line
from saleor.discount.utils.voucher import release_voucher_code_usage
from saleor.order import OrderStatus
from saleor.order.calculations import refresh_order_base_prices_and_discounts
from saleor.order.lock_objects import order_qs_select_for_update
from saleor.order.models import Order, OrderLine

from b2b_overlay.money import Money

from .catalogue import SaleorCatalogue
from .channels import as_channel
from .ids import as_uuid
from .sessions import on_writer
from .shield import SHIELD, ensure_voucher

__all__ = ["MARK", "bind", "is_by_staff", "price"]

#: The price that the overlay bound, in a line's private metadata.
MARK = "b2b.price"

_WRITTEN = (
    "is_price_overridden",
    "price_override_reason",
    "base_unit_price_amount",
    "undiscounted_base_unit_price_amount",
    "draft_base_price_expire_at",
    "unit_discount_amount",
    "unit_discount_reason",
    "unit_discount_type",
    "unit_discount_value",
    "voucher_code",
    "sale_id",
    "private_metadata",
)


def _bound(line: Any) -> Decimal | None:
    """The price of ours that the line stands at."""
    mark = (line.private_metadata or {}).get(MARK)
    at = line.undiscounted_base_unit_price_amount
    return at if line.is_price_overridden and mark and Decimal(mark) == at else None


def is_by_staff(line: Any) -> bool:
    """Has the line a price that is neither the shop's nor ours?"""
    return bool(line.is_price_overridden) and _bound(line) is None


@on_writer
@transaction.atomic
def bind(
    draft_id: str,
    prices: Mapping[str, Decimal | None],
    reason: str,
    promoted: Collection[str] = (),
) -> None:
    """Of a draft: a price to each line id; None: the shop's own, promotions and all."""
    order = _locked(draft_id, OrderStatus.DRAFT)
    if order is None:
        return
    lines = [line for line in _lines(order, prices) if not is_by_staff(line)]
    bound = [line for line in lines if prices[str(line.pk)] is not None]
    free = [line for line in lines if prices[str(line.pk)] is None and MARK in _metadata(line)]
    changed = _bind(order, bound, prices, reason, promoted)
    exact = any(str(line.pk) not in promoted for line in bound)
    moved = _put_voucher(order) if exact else _take_voucher(order)
    if changed or free or moved:
        _stale(order)
    if free:
        _give_back(order, free)


@on_writer
@transaction.atomic
def price(order_id: str, prices: Mapping[str, Decimal], reason: str) -> None:
    """Of an order that isn't confirmed yet: these lines, but for what the staff priced."""
    order = _locked(order_id, OrderStatus.UNCONFIRMED)
    if order is None:
        return
    lines = [line for line in _lines(order, prices) if not line.is_price_overridden]
    if _bind(order, lines, prices, reason, ()):
        _stale(order)


def _locked(order_id: str, status: str) -> Any | None:
    rows = order_qs_select_for_update().select_related("channel__tax_configuration")
    return rows.filter(pk=as_uuid(order_id), status=status).first()


def _lines(order: Any, wanted: Collection[str]) -> list[Any]:
    """As the shop itself locks them: the order, then its lines."""
    lines = order.lines.filter(is_gift=False, pk__in=list(wanted))
    return list(lines.prefetch_related("discounts").order_by("pk"))


def _metadata(line: Any) -> dict[str, str]:
    return line.private_metadata or {}


def _stale(order: Any) -> None:
    """Whoever reads it next reckons it anew. (Its ``updated_at`` stays: by it Saleor knows a
    change of somebody else's, and would not save what it reckons in this very mutation.)"""
    Order.objects.filter(pk=order.pk).update(
        should_refresh_prices=True, voucher=order.voucher, voucher_code=order.voucher_code
    )


def _bind(
    order: Any,
    lines: list[Any],
    prices: Mapping[str, Decimal | None],
    reason: str,
    promoted: Collection[str],
) -> bool:
    wanted = {line.pk: Decimal(prices[str(line.pk)] or 0) for line in lines}
    channel = as_channel(order.channel)
    opened = {
        line.variant_id: Money(wanted[line.pk], order.currency)
        for line in lines
        if str(line.pk) in promoted and line.variant_id
    }
    lowered = SaleorCatalogue().promoted(opened, channel) if opened else {}
    written = []
    for line in lines:
        low = lowered.get(line.variant_id) if str(line.pk) in promoted else None
        if _set(line, wanted[line.pk], low, reason):
            written.append(line)
    OrderLine.objects.bulk_update(written, _WRITTEN)
    return bool(written)


def _set(line: Any, price: Decimal, lowered: Money | None, reason: str) -> bool:
    """This price, less what the staff took off it, or else what the shop's promotions do. False:
    the line has it."""
    discounts = list(line.discounts.all())
    by_staff = [each for each in discounts if each.type == DiscountType.MANUAL]
    others = [each.pk for each in discounts if each.type != DiscountType.MANUAL]
    before = (_bound(line), line.base_unit_price_amount)
    line.undiscounted_base_unit_price_amount = price
    line.base_unit_price_amount = _after(line, by_staff, price if not lowered else lowered.amount)
    if before == (price, line.base_unit_price_amount) and not others:
        return False
    OrderLineDiscount.objects.filter(pk__in=others).delete()
    line.is_price_overridden, line.price_override_reason = True, reason
    line.draft_base_price_expire_at = None
    line.voucher_code = line.sale_id = None
    line.private_metadata = {**_metadata(line), MARK: str(price)}
    update_unit_discount_data_on_order_line(line, by_staff)
    return True


def _after(line: Any, by_staff: list[Any], price: Decimal) -> Decimal:
    """The price less the discount that the staff gave on it; Saleor has one a line."""
    full = line.undiscounted_base_unit_price
    for discount in by_staff:
        reduced = apply_discount_to_value(discount.value, discount.value_type, line.currency, full)
        price = max(reduced.amount, Decimal(0))
        off = (full.amount - price) * line.quantity
        if discount.amount_value != off:
            discount.amount_value = off
            discount.save(update_fields=["amount_value"])
    return price


def _give_back(order: Any, lines: list[Any]) -> None:
    """Lines of ours at the shop's own prices, as it gives them to a line whose price runs out."""
    for line in lines:
        line.is_price_overridden, line.price_override_reason = False, None
        line.private_metadata = {k: v for k, v in _metadata(line).items() if k != MARK}
    OrderLine.objects.bulk_update(lines, _WRITTEN)
    refresh_order_base_prices_and_discounts(order, [line.pk for line in lines])


def _put_voucher(order: Any) -> bool:
    """Ours; another one's code is used by nobody then."""
    voucher_id = ensure_voucher(order.channel)
    if (order.voucher_id, order.voucher_code) == (voucher_id, SHIELD):
        return False
    if order.voucher_code and order.channel.include_draft_order_in_voucher_usage:
        code = VoucherCode.objects.filter(code=order.voucher_code).first()
        release_voucher_code_usage(code, order.voucher, user_email=None)
    OrderDiscount.objects.filter(order=order, type=DiscountType.VOUCHER).delete()
    order.voucher_id, order.voucher_code = voucher_id, SHIELD
    return True


def _take_voucher(order: Any) -> bool:
    if order.voucher_code != SHIELD:
        return False
    OrderDiscount.objects.filter(order=order, type=DiscountType.VOUCHER).delete()
    order.voucher = order.voucher_code = None
    return True
