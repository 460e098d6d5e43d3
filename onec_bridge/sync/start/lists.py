"""Price lists that the shop has already take the prices of a sheet's types of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.sheets.columns import own_lists
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.words import normal_name

from . import ids

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

    from .models import GoodsSheet

__all__ = ["adopt", "free_lists", "set_retail"]


def free_lists() -> Mapping[str, PriceList]:
    """Lists that no 1C base keeps, by their name as it is compared, where just one is so called."""
    kept = set(Link.objects.filter(kind=Kind.PRICE_TYPE).values_list("local_id", flat=True))
    by_name: dict[str, list[PriceList]] = {}
    for pk, row in own_lists().items():
        if str(pk) not in kept:
            by_name.setdefault(normal_name(row.name), []).append(row)
    return {name: rows[0] for name, rows in by_name.items() if len(rows) == 1}


def adopt(connection: Connection, list_ids: Iterable[int]) -> None:
    """From now on these are price types of the connection, if still nobody's."""
    free = {row.pk: row for row in free_lists().values()}
    for row in (free[pk] for pk in list_ids if pk in free):
        told = {
            "name": row.name,
            "currency": row.currency,
            "vat_included": row.vat_included,
            "deleted": False,
        }
        Link.objects.get_or_create(
            connection=connection,
            kind=Kind.PRICE_TYPE,
            external_id=ids.of_price_type(row.name),
            defaults={"local_id": str(row.pk), "data": {"told": told}},
        )


def set_retail(sheet: GoodsSheet) -> None:
    """The connection's retail price is what was said of the sheet, unless it says already."""
    connection = sheet.connection
    if sheet.retail and not connection.retail_price_type:
        connection.retail_price_type = sheet.retail[:80]
        connection.save(update_fields=["retail_price_type"])
