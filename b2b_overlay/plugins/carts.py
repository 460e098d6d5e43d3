"""Carts: the port's :class:`~b2b_overlay.shop.Checkouts` on Saleor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from graphql_relay import to_global_id
from saleor.checkout.base_calculations import (
    calculate_base_line_total_price,
    calculate_base_line_unit_price,
)
from saleor.checkout.calculations import fetch_checkout_data
from saleor.checkout.error_codes import CheckoutErrorCode
from saleor.checkout.fetch import fetch_checkout_info, fetch_checkout_lines
from saleor.checkout.models import Checkout as CheckoutRow
from saleor.checkout.models import CheckoutLine as CheckoutLineRow
from saleor.plugins.manager import get_plugins_manager
from saleor.warehouse.models import Reservation

from b2b_overlay.company import access
from b2b_overlay.money import Money
from b2b_overlay.ordering.gate import is_wholesale
from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import Channel, Checkout, CheckoutLine, Refusal, Refused

from . import delivery_prices, in_process, shield
from .channels import as_channel
from .delivery import prepare
from .ids import as_uuid

__all__ = [
    "SaleorCheckouts",
    "as_checkout",
    "code_over_ours",
    "line_global_id",
    "may_be_wholesale",
    "order_line_global_id",
    "refresh",
    "variant_global_id",
]

_CREATE = """
mutation($channel: String!, $email: String!, $lines: [CheckoutLineInput!]!) {
  checkoutCreate(input: {channel: $channel, email: $email, lines: $lines}) {
    checkout { id token } errors { code message field }
  }
}"""

_UPDATE = """
mutation($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $lines) { errors { code message field } }
}"""

_COMPLETE = """
mutation($id: ID!) {
  checkoutComplete(id: $id) { order { id } errors { code message field variants lines } }
}"""


class SaleorCheckouts:
    def __init__(self, *, exact: bool = True) -> None:
        self.exact = exact

    def get(self, checkout_id: str) -> Checkout | None:
        rows = CheckoutRow.objects.filter(pk=as_uuid(checkout_id))
        if not self.exact:
            return _as_saved(rows)
        row = rows.select_related("channel__tax_configuration", "user").first()
        return _recalculated(row) if row else None

    def of_user(self, user_id: int, channel: Channel) -> str | None:
        row = (
            CheckoutRow.objects.filter(user_id=user_id, channel__slug=channel.slug)
            .order_by("-last_change")
            .first()
        )
        return str(row.pk) if row else None

    def contents(self, user_id: int, channel: Channel) -> Mapping[int, Quantity]:
        checkout_id = self.of_user(user_id, channel)
        lines = CheckoutLineRow.objects.filter(checkout=checkout_id, is_gift=False)
        totals = lines.values_list("variant_id").annotate(Sum("quantity")).order_by()
        return dict(totals) if checkout_id else {}

    def set_quantities(
        self, user_id: int, channel: Channel, quantities: Mapping[int, Quantity]
    ) -> str:
        user = get_user_model()._default_manager.get(pk=user_id)
        checkout_id = self.of_user(user_id, channel)
        if checkout_id is None:
            lines = _line_inputs((pk, n) for pk, n in quantities.items() if n)
            payload = in_process.mutate(
                user, _CREATE, channel=channel.slug, email=user.email, lines=lines
            )
            checkout_id = str(payload["checkout"]["token"])
        else:
            row = CheckoutRow.objects.get(pk=checkout_id)
            has = set(row.lines.values_list("variant_id", flat=True))
            lines = _line_inputs((pk, n) for pk, n in quantities.items() if n or pk in has)
            if lines:
                in_process.mutate(user, _UPDATE, id=_global_id(checkout_id), lines=lines)
        prepare(user, checkout_id)
        return checkout_id

    def held(self, checkout_id: str) -> Mapping[int, Quantity]:
        rows = Reservation.objects.filter(
            checkout_line__checkout=as_uuid(checkout_id), reserved_until__gt=timezone.now()
        )
        return dict(
            rows.values_list("checkout_line__variant").annotate(Sum("quantity_reserved")).order_by()
        )

    def set_prices(
        self,
        checkout_id: str,
        prices: Mapping[str, Decimal | None],
        reason: str,
        promoted: Collection[str] = (),
    ) -> None:
        row = shield.bind(checkout_id, prices, reason, promoted)
        if row is not None and row.assigned_delivery_id is not None:
            delivery_prices.follow(row.pk)

    def prepare(self, checkout_id: str, user_id: int) -> None:
        row = CheckoutRow.objects.filter(pk=as_uuid(checkout_id), user_id=user_id)
        if row.exists():
            prepare(get_user_model()._default_manager.get(pk=user_id), checkout_id)

    def complete(self, checkout_id: str, user_id: int) -> str:
        user = get_user_model()._default_manager.get(pk=user_id)
        before = self.get(checkout_id)
        if before is None or before.user_id != user_id:
            raise Refused(Refusal("NOT_FOUND", _("There is no such cart.")))
        prepare(user, checkout_id)
        after = self.get(checkout_id)
        if after is None or after.total != before.total:
            raise Refused(
                Refusal("INVALID", _("Delivery has changed the sum; look at the cart again."))
            )
        payload = in_process.mutate(user, _COMPLETE, id=_global_id(checkout_id))
        from b2b_overlay.graphql.ids import text

        return text(payload["order"]["id"], "Order")


def _line_inputs(quantities: Iterable[tuple[int, Quantity]]) -> list[dict[str, Any]]:
    return [{"variantId": variant_global_id(pk), "quantity": int(n)} for pk, n in quantities]


def _global_id(checkout_id: str) -> str:
    return str(to_global_id("Checkout", checkout_id))


def line_global_id(line_id: str) -> str:
    return str(to_global_id("CheckoutLine", line_id))


def order_line_global_id(line_id: str) -> str:
    return str(to_global_id("OrderLine", line_id))


def variant_global_id(variant_id: int) -> str:
    return str(to_global_id("ProductVariant", variant_id))


# ------------------------------------------------------------------- reading a checkout


def _recalculated(row: Any) -> Checkout:
    """As Saleor would answer its owner now: expired prices are fetched anew (and saved)."""
    lines, _unavailable = fetch_checkout_lines(row)
    manager = get_plugins_manager(allow_replica=False)
    info = fetch_checkout_info(row, lines, manager)
    fetch_checkout_data(info, manager, lines, requestor=row.user).get()
    return as_checkout(info)


def as_checkout(info: Any) -> Checkout:
    """Saleor's CheckoutInfo as the port's value."""
    row = info.checkout
    return Checkout(
        id=str(row.pk),
        channel=as_channel(info.channel),
        user_id=row.user_id,
        lines=tuple(
            CheckoutLine(
                id=str(each.line.pk),
                variant_id=each.line.variant_id,
                quantity=each.line.quantity,
                unit_price=_money(calculate_base_line_unit_price(each)),
                total=_money(calculate_base_line_total_price(each)),
                undiscounted=_money(each.undiscounted_unit_price),
                is_gift=each.line.is_gift,
            )
            for each in info.lines
        ),
        total=_money(row.total.gross),
    )


#: What is read without recalculation, of a cart and of its lines: whole rows take five times as
#: long, and every mutation of a buyer's cart reads them.
_SAVED = (
    "user_id",
    "currency",
    "total_gross_amount",
    "channel__slug",
    "channel__name",
    "channel__currency_code",
    "channel__tax_configuration__prices_entered_with_tax",
)
_SAVED_OF_LINE = (
    "pk",
    "variant_id",
    "quantity",
    "price_override",
    "undiscounted_unit_price_amount",
    "is_gift",
)


def _as_saved(rows: Any) -> Checkout | None:
    """Two queries, and no recalculation: a price is the override, else the last one saved."""
    found = rows.values_list("pk", *_SAVED).first()
    if found is None:
        return None
    pk, user_id, currency, total, *of_channel = found
    lines = []
    of_lines = CheckoutLineRow.objects.filter(checkout=pk).values_list(*_SAVED_OF_LINE)
    for line_id, variant_id, quantity, bound, listed, is_gift in of_lines:
        unit = Money(listed if bound is None else bound, currency)
        each = CheckoutLine(
            str(line_id), variant_id, quantity, unit, unit * quantity, is_gift=is_gift
        )
        lines.append(each)
    return Checkout(str(pk), Channel(*of_channel), user_id, tuple(lines), Money(total, currency))


def _money(money: Any) -> Money:
    return Money(money.amount, money.currency)


# --------------------------------------------------------------------- what hooks ask


def may_be_wholesale(row: Any) -> bool:
    """Has this checkout anything to do with wholesale? One query for a visitor's, two for a
    signed-in retail customer's."""
    return is_wholesale(str(row.pk)) or bool(
        row.user_id and access.legal_entities(row.user).exists()
    )


_SET_BY_US = (
    "voucher_code",
    "discount_amount",
    "discount_name",
    "translated_discount_name",
    "price_expiration",
    "discount_expiration",
)


def code_over_ours(row: Any) -> str | None:
    """The promo code that has just been put over the shield of a wholesale cart, if one was."""
    if row.voucher_code in (None, shield.SHIELD) or not shield.stands_on(row):
        return None
    return str(row.voucher_code)


def refresh(row: Any, *, displaced: str | None) -> None:
    """Show the mutation that goes on with ``row`` what was written beside it.

    A promo code that was ``displaced`` by contract prices is answered as Saleor answers any
    code that doesn't apply.
    """
    row.refresh_from_db(fields=_SET_BY_US)
    if displaced and row.voucher_code == shield.SHIELD:
        sentence = _("Promo codes don't apply to contract prices.")
        code = CheckoutErrorCode.VOUCHER_NOT_APPLICABLE.value
        raise ValidationError({"promo_code": ValidationError(sentence, code=code)})
