"""Draft orders: the port's :class:`~b2b_overlay.shop.Drafts` on Saleor, and what its hooks and its
``draftOrderComplete`` do with one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from saleor.core.db.connection import allow_writer
from saleor.order import OrderStatus
from saleor.order.error_codes import OrderErrorCode
from saleor.order.models import Order

from b2b_overlay.money import Money
from b2b_overlay.ordering import drafts
from b2b_overlay.shop import Checkout, CheckoutLine

from . import order_prices, reckoned
from .channels import as_channel
from .ids import as_uuid
from .shield import SHIELD

__all__ = ["SaleorDrafts", "bound"]

_SET_BY_US = ("voucher", "voucher_code", "should_refresh_prices", "private_metadata")


class SaleorDrafts:
    def __init__(self, *, exact: bool = True) -> None:
        self.exact = exact

    def get(self, checkout_id: str) -> Checkout | None:
        rows = Order.objects.filter(pk=as_uuid(checkout_id), status=OrderStatus.DRAFT)
        row = rows.select_related("channel__tax_configuration").prefetch_related("lines").first()
        if row is None:
            return None
        return _as_cart(reckoned.order(row) if self.exact else row)

    def set_prices(
        self,
        checkout_id: str,
        prices: Mapping[str, Decimal | None],
        reason: str,
        promoted: Collection[str] = (),
    ) -> None:
        order_prices.bind(checkout_id, prices, reason, promoted)


def _as_cart(row: Any) -> Checkout:
    """A line's price is what its discounts are off, as the gate compares it."""

    def line(each: Any) -> CheckoutLine:
        unit = Money(each.undiscounted_base_unit_price_amount, row.currency)
        return CheckoutLine(
            id=str(each.pk),
            variant_id=each.variant_id,
            quantity=each.quantity,
            unit_price=unit,
            total=unit * each.quantity,
            undiscounted=unit,
            is_gift=each.is_gift,
            is_by_staff=order_prices.is_by_staff(each),
        )

    return Checkout(
        id=str(row.pk),
        channel=as_channel(row.channel),
        user_id=row.user_id,
        lines=tuple(line(each) for each in row.lines.all() if each.variant_id),
        total=Money(row.total.gross.amount, row.currency),
    )


def bound(order: Any, *, is_new: bool) -> None:
    """After a draft was made or changed, before Saleor answers: at its customer's prices. A promo
    code that gives way to them is answered as one that doesn't hold; of a new draft, which is made
    by then, it is taken silently."""
    from .shop import SaleorShop

    code = order.voucher_code
    with allow_writer():
        if not drafts.changed(SaleorShop(exact=False), str(order.pk)):
            return
        order.refresh_from_db(fields=_SET_BY_US)
    if code not in (None, SHIELD) and order.voucher_code == SHIELD and not is_new:
        sentence = _("Promo codes don't apply to contract prices.")
        error = ValidationError(sentence, code=OrderErrorCode.INVALID_VOUCHER.value)
        raise ValidationError({"voucher_code": error})
