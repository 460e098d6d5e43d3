"""Price lists that the shop has already take the prices of a sheet's types of the same name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from b2b_overlay.pricing.sheets.columns import own_lists
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.words import normal_name

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

    from .models import GoodsSheet
    from .records import References

__all__ = ["adopt_lists", "set_retail"]


def adopt_lists(connection: Connection, references: References) -> None:
    """Link new price types to lists that nobody else keeps, where just one is so called."""
    if not references.price_types:
        return
    kept = set(Link.objects.filter(kind=Kind.PRICE_TYPE).values_list("local_id", flat=True))
    by_name: dict[str, list[int]] = {}
    lists = own_lists()
    for pk, row in lists.items():
        if str(pk) not in kept:
            by_name.setdefault(normal_name(row.name), []).append(pk)
    for key, record in list(references.price_types.items()):
        found = by_name.get(key, [])
        if len(found) == 1 and not record.currency:
            row = lists[found[0]]
            told = {
                "name": row.name,
                "currency": row.currency,
                "vat_included": row.vat_included,
                "deleted": False,
            }
            Link.objects.get_or_create(
                connection=connection,
                kind=Kind.PRICE_TYPE,
                external_id=record.id,
                defaults={"local_id": str(row.pk), "data": {"told": told}},
            )
            references.price_types[key] = replace(record, name=row.name)


def set_retail(sheet: GoodsSheet) -> None:
    """The connection's retail price is what was said of the sheet, unless it says already."""
    connection = sheet.connection
    if sheet.retail and not connection.retail_price_type:
        connection.retail_price_type = sheet.retail[:80]
        connection.save(update_fields=["retail_price_type"])
