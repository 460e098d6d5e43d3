"""The port's values of the shop's rows."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from b2b_overlay.money import Money
from b2b_overlay.shop import Channel, Person, PlacedOrder, PlacedOrderLine

from . import models

__all__ = ["channel", "person", "placed_order", "uuids"]


def channel(row: models.Channel) -> Channel:
    return Channel(row.slug, row.name, row.currency, row.prices_include_vat)


def person(row: models.User) -> Person:
    return Person(row.pk, row.email, row.full_name, row.is_staff, row.is_active)


def placed_order(row: models.Order) -> PlacedOrder:
    """Needs ``channel``, addresses and ``lines`` fetched. The sandbox reckons no taxes, and takes
    no payments."""
    currency = row.channel.currency
    address = row.billing_address or row.shipping_address
    return PlacedOrder(
        id=str(row.pk),
        number=str(row.number),
        placed_at=row.created_at,
        channel=channel(row.channel),
        user_id=row.user_id,
        email=row.email,
        lines=tuple(
            PlacedOrderLine(
                id=str(line.pk),
                variant_id=line.variant_id,
                sku=line.product_sku,
                name=f"{line.product_name} ({line.variant_name})"
                if line.variant_name
                else line.product_name,
                quantity=line.quantity,
                unit_price=Money(line.unit_price, currency),
                total=Money(line.total, currency),
                tax=Money.zero(currency),
            )
            for line in row.lines.all()
        ),
        shipping=Money(row.shipping_price, currency),
        total=Money(row.total, currency),
        checkout_id=row.checkout_token or None,
        status=row.status,
        name=f"{address.first_name} {address.last_name}".strip() if address else "",
        phone=address.phone if address else "",
        address=_written(row.shipping_address or address),
    )


def uuids(ids: Iterable[str]) -> list[UUID]:
    """Those of the ids that are UUIDs; anything else can't be in the shop."""
    found = []
    for each in ids:
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found


def _written(address: models.Address | None) -> str:
    """In a line, from the largest to the smallest, as addresses are written here."""
    if address is None:
        return ""
    said = (address.postal_code, address.country_area, address.city, address.street_address_1)
    return ", ".join(filter(None, said))
