"""Placed orders: the port's :class:`~b2b_overlay.shop.Orders` on Saleor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from saleor.order import OrderChargeStatus, OrderOrigin, OrderStatus
from saleor.order.models import Order

from b2b_overlay.money import Money
from b2b_overlay.shop import PlacedOrder, PlacedOrderLine, Served

from . import allocations, on_account, order_notes, order_prices, reckoned
from .channels import as_channel
from .ids import as_uuid

__all__ = ["SaleorOrders"]

#: A checkout that isn't paid for, or one that the staff have to look at first.
_NOT_YET = (OrderStatus.DRAFT, OrderStatus.UNCONFIRMED, OrderStatus.EXPIRED)
_PAID = (OrderChargeStatus.FULL, OrderChargeStatus.OVERCHARGED)


class SaleorOrders:
    def get(self, order_ids: Iterable[str]) -> Mapping[str, PlacedOrder]:
        """Two queries, and more where sums are stale (:mod:`.reckoned`). Drafts are no orders
        yet."""
        uuids = [uuid for uuid in map(as_uuid, order_ids) if uuid]
        rows = (
            Order.objects.non_draft()
            .filter(pk__in=uuids)
            .select_related("channel__tax_configuration", "billing_address", "shipping_address")
            .prefetch_related("lines")
        )
        return {
            str(row.pk): _as_order(reckoned.order(row) if row.should_refresh_prices else row)
            for row in rows
        }

    def of_user(self, user_id: int, limit: int = 50) -> Sequence[str]:
        rows = Order.objects.non_draft().filter(user_id=user_id).order_by("-created_at", "-pk")
        return [str(pk) for pk in rows.values_list("pk", flat=True)[:limit]]

    def placed_since(self, moment: datetime) -> Sequence[str]:
        rows = Order.objects.non_draft().filter(created_at__gte=moment)
        rows = rows.exclude(status__in=_NOT_YET).order_by("created_at", "pk")
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def of_checkouts(self, checkout_ids: Iterable[str]) -> Mapping[str, str]:
        ids = list(checkout_ids)
        drafted = Q(origin=OrderOrigin.DRAFT, pk__in=[pk for pk in map(as_uuid, ids) if pk])
        rows = Order.objects.non_draft().filter(Q(checkout_token__in=ids) | drafted)
        return {token or str(pk): str(pk) for token, pk in rows.values_list("checkout_token", "pk")}

    def note(self, notes: Mapping[str, Mapping[str, str]]) -> None:
        order_notes.write(notes)

    def price(self, order_id: str, prices: Mapping[str, Decimal], reason: str) -> None:
        order_prices.price(order_id, prices, reason)

    def authorise(self, order_id: str, total: Money) -> None:
        on_account.authorise_anew(order_id, total)

    def served(self, order_ids: Iterable[str]) -> Sequence[Served]:
        return allocations.served(order_ids)


def _as_order(row: Any) -> PlacedOrder:
    channel = as_channel(row.channel)
    vat = channel.prices_include_vat
    address = row.billing_address or row.shipping_address
    return PlacedOrder(
        id=str(row.pk),
        number=str(row.number),
        placed_at=row.created_at,
        channel=channel,
        user_id=row.user_id,
        email=row.user_email,
        lines=tuple(_as_line(line, vat) for line in row.lines.all()),
        shipping=_money(row.shipping_price, vat),
        total=Money(row.total.gross.amount, row.currency),
        checkout_id=row.checkout_token or _draft_of(row),
        status=row.status,
        name=_named(address) if address else "",
        phone=str(address.phone) if address else "",
        address=_written(row.shipping_address or address),
        is_paid=row.charge_status in _PAID,
    )


def _draft_of(row: Any) -> str | None:
    """The staff's draft that it was: a cart under its own id."""
    return str(row.pk) if row.origin == OrderOrigin.DRAFT else None


def _named(address: Any) -> str:
    """Who takes it; a person's name before a firm's."""
    person = f"{address.first_name} {address.last_name}".strip()
    return person or str(address.company_name)


def _written(address: Any) -> str:
    """In a line, from the largest to the smallest, as addresses are written here."""
    if address is None:
        return ""
    street = " ".join(filter(None, (address.street_address_1, address.street_address_2)))
    said = (address.postal_code, address.country_area, address.city, street)
    return ", ".join(filter(None, said))


def _as_line(line: Any, vat: bool) -> PlacedOrderLine:
    name = line.product_name
    if line.variant_name and line.variant_name != line.product_name:
        name = f"{name} ({line.variant_name})"
    return PlacedOrderLine(
        id=str(line.pk),
        variant_id=line.variant_id,
        sku=line.product_sku or "",
        name=name,
        quantity=line.quantity,
        unit_price=_money(line.unit_price, vat),
        total=_money(line.total_price, vat),
        tax=Money(line.total_price.tax.amount, line.currency),
    )


def _money(taxed: Any, vat_included: bool) -> Money:
    part = taxed.gross if vat_included else taxed.net
    return Money(part.amount, part.currency)
