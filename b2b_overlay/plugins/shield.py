"""Bind prices to a checkout's lines by data alone, exact against promotions and vouchers.

What was tried on Saleor 3.23.28 (reference/saleor.md, "A contract price that stays exact"):
``price_override`` is the price; on each such line a zero line discount of type MANUAL keeps
catalogue promotions off (discount/utils/checkout.py); on the checkout a zero entire-order
voucher of ours keeps order promotions and gifts off and displaces any other code; both
expirations set to now make whoever reads next recalculate from these. Only rows that are
ours (the discount's name, the voucher's code, the override's reason) are ever changed back.

Where a price list lets promotions apply, its lines get no discount of ours: Saleor lowers the
override by its catalogue promotions. The voucher is left out where no line needs it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import DiscountType, VoucherType
from saleor.discount.models import (
    CheckoutDiscount,
    CheckoutLineDiscount,
    Voucher,
    VoucherChannelListing,
    VoucherCode,
)

from .sessions import on_writer

__all__ = ["SHIELD", "bind", "ensure_voucher", "stands_on"]

#: The voucher's code and the line discounts' name: how we know our own.
SHIELD = "B2B"


class _Line(NamedTuple):
    """Of a checkout's line what binding looks at: a hundred whole rows take as long again."""

    pk: UUID
    price: Decimal | None
    reason: str | None
    currency: str
    is_gift: bool
    #: Its discounts: type and name of each.
    discounts: list[tuple[str, str | None]]

    @property
    def is_shielded(self) -> bool:
        return (DiscountType.MANUAL, SHIELD) in self.discounts

    @property
    def is_ours(self) -> bool:
        """Is its override of our making?"""
        return self.is_shielded or (self.reason or "").startswith(f"{SHIELD}: ")


@on_writer
@transaction.atomic
def bind(
    checkout_id: object,
    prices: Mapping[str, Decimal | None],
    reason: str,
    promoted: Collection[str] = (),
) -> Any:
    """Bind a price to each line id; None: the shop's own. Those ``promoted`` the shop's
    promotions may lower. The checkout, of which its way of delivery is read too; None: there is
    none.

    The checkout's row is locked, as Saleor's own mutations lock it.
    """
    rows = Checkout.objects.select_for_update(of=("self",)).select_related("channel")
    read = (*_VOUCHER_FIELDS, "assigned_delivery_id", "channel__currency_code")
    checkout = rows.filter(pk=checkout_id).only(*read).first()
    if checkout is None:
        return None
    every = _lines_of(checkout)
    lines = [line for line in every if not line.is_gift]
    bound = [line for line in lines if prices.get(str(line.pk)) is not None]
    free = [line for line in lines if prices.get(str(line.pk)) is None and line.is_ours]
    exact = [line for line in bound if str(line.pk) not in promoted]
    opened = [line for line in bound if str(line.pk) in promoted and line.is_shielded]
    changed = _bind_lines(bound, prices, reason) | _shield(exact) | _unshield(opened)
    changed |= _free_lines(free)
    has_gifts = len(lines) < len(every)
    changed |= _put_voucher(checkout, has_gifts) if exact else _take_voucher(checkout)
    if changed:
        checkout.price_expiration = checkout.discount_expiration = timezone.now()
        checkout.save(update_fields=[*_VOUCHER_FIELDS, "price_expiration", "discount_expiration"])
    return checkout


def stands_on(checkout: Any) -> bool:
    """Is a price of ours bound to any line of this checkout?"""
    return bool(CheckoutLineDiscount.objects.filter(line__checkout=checkout, name=SHIELD).exists())


def _lines_of(checkout: Any) -> list[_Line]:
    """One query: a row for each discount of a line, one for a line without."""
    fields = ("pk", "price_override", "price_override_reason", "currency", "is_gift")
    rows = checkout.lines.values_list(*fields, "discounts__type", "discounts__name")
    found: dict[UUID, _Line] = {}
    for pk, price, reason, currency, is_gift, kind, name in rows:
        if pk not in found:
            found[pk] = _Line(pk, price, reason, currency, is_gift, [])
        if kind is not None:
            found[pk].discounts.append((kind, name))
    return list(found.values())


#: One statement whatever the number of lines: ``bulk_update`` writes a CASE with a branch for
#: each, and a hundred take it as long as all the rest of the mutation.
_BIND = """
UPDATE checkout_checkoutline line
   SET price_override = said.amount, price_override_reason = %s
  FROM unnest(%s::uuid[], %s::numeric[]) said(id, amount) WHERE line.id = said.id
"""


def _bind_lines(lines: list[_Line], prices: Mapping[str, Decimal | None], reason: str) -> bool:
    stale = [line.pk for line in lines if line.price != prices[str(line.pk)]]
    if stale:
        with connection.cursor() as cursor:
            cursor.execute(_BIND, [reason, stale, [prices[str(pk)] for pk in stale]])
    return bool(stale)


def _shield(lines: list[_Line]) -> bool:
    bare = [line for line in lines if not line.is_shielded]
    # A MANUAL discount is one a line: whatever stood there gives way.
    if discounted := [line.pk for line in bare if line.discounts]:
        CheckoutLineDiscount.objects.filter(line__in=discounted).delete()
    if bare:
        _insert_shields([line.pk for line in bare], bare[0].currency)
    return bool(bare)


def _insert_shields(lines: list[UUID], currency: str) -> None:
    """One row as Saleor's model makes it, for each line: made as so many objects, they take as
    long as all else that binding does."""
    one = CheckoutLineDiscount(
        type=DiscountType.MANUAL,
        unique_type=DiscountType.MANUAL,
        currency=currency,
        name=SHIELD,
    )
    fields = [each for each in one._meta.concrete_fields if each.name not in ("id", "line")]
    values = [each.get_db_prep_save(each.pre_save(one, True), connection) for each in fields]
    columns = ", ".join(connection.ops.quote_name(each.column) for each in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {one._meta.db_table} (id, line_id, {columns})"  # noqa: S608 - Saleor's names
            f" SELECT gen_random_uuid(), line, {', '.join(['%s'] * len(fields))}"
            " FROM unnest(%s::uuid[]) line",
            [*values, lines],
        )


def _unshield(lines: list[_Line]) -> bool:
    if lines:
        rows = CheckoutLineDiscount.objects.filter(line__in=[line.pk for line in lines])
        rows.filter(name=SHIELD).delete()
    return bool(lines)


def _free_lines(lines: list[_Line]) -> bool:
    if _unshield(lines):
        CheckoutLine.objects.filter(pk__in=[line.pk for line in lines]).update(
            price_override=None, price_override_reason=None
        )
    return bool(lines)


_VOUCHER_FIELDS = ("voucher_code", "discount_amount", "discount_name", "translated_discount_name")


def _put_voucher(checkout: Any, has_gifts: bool) -> bool:
    ensure_voucher(checkout.channel)
    if checkout.voucher_code == SHIELD and not checkout.discount_amount:
        return False
    checkout.voucher_code, checkout.discount_amount = SHIELD, Decimal(0)
    checkout.discount_name, checkout.translated_discount_name = SHIELD, None
    CheckoutDiscount.objects.filter(checkout=checkout).delete()
    if has_gifts:
        checkout.lines.filter(is_gift=True).delete()
    return True


def _take_voucher(checkout: Any) -> bool:
    if checkout.voucher_code != SHIELD:
        return False
    checkout.voucher_code, checkout.discount_amount = None, Decimal(0)
    checkout.discount_name = checkout.translated_discount_name = None
    return True


def ensure_voucher(channel: Any) -> int:
    """The key of our voucher, valid in this channel whatever staff did to it meanwhile. One query
    where it stands; without it ``checkoutComplete`` would answer VOUCHER_NOT_APPLICABLE."""
    standing = VoucherChannelListing.objects.filter(
        channel=channel,
        discount_value=0,
        voucher__codes__code=SHIELD,
        voucher__codes__is_active=True,
        voucher__end_date=None,
        voucher__start_date__lte=timezone.now(),
        voucher__usage_limit=None,
    )
    if (found := standing.values_list("voucher_id", flat=True).first()) is not None:
        return int(found)
    code = VoucherCode.objects.filter(code=SHIELD).select_related("voucher").first()
    voucher = code.voucher if code else Voucher(name=SHIELD, type=VoucherType.ENTIRE_ORDER)
    voucher.start_date, voucher.end_date, voucher.usage_limit = timezone.now(), None, None
    voucher.save()
    VoucherCode.objects.update_or_create(
        code=SHIELD, defaults={"voucher": voucher, "is_active": True}
    )
    VoucherChannelListing.objects.update_or_create(
        voucher=voucher,
        channel=channel,
        defaults={"discount_value": Decimal(0), "currency": channel.currency_code},
    )
    return int(voucher.pk)
