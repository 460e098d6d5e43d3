"""The shop's own retail prices, noted when they change, so that the past can be reckoned.

The shop keeps only today's. What is noted is the price before the shop's promotions, from
which lists are reckoned. :func:`note` is called where the overlay learns of one: after 1C
has written retail prices, by the shop's own hooks, and by ``b2b_note_retail`` for all goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from b2b_overlay.copying import copy_in, numbers
from b2b_overlay.money import Money
from b2b_overlay.shop import Channel, get_shop

from .models import RetailNote

__all__ = ["note", "note_all", "note_everywhere", "note_written", "noted"]

_LAST = """
SELECT DISTINCT ON (variant_id) variant_id, amount FROM b2b_overlay_retailnote
 WHERE variant_id = ANY (%s::bigint[]) AND channel = %s
 ORDER BY variant_id, noted_at DESC, id DESC
"""

#: Goods noted at once.
BATCH = 1_000


def note(variant_ids: Iterable[int], channel: Channel) -> int:
    """Note the retail prices of these variants that differ from the last note; how many."""
    ids = list(variant_ids)
    prices = get_shop().catalogue.list_prices(ids, channel)
    return note_written({pk: prices.get(pk) for pk in ids}, channel)


def note_written(prices: Mapping[int, Money | None], channel: Channel) -> int:
    """The same where the shop's prices were written just now, and needn't be asked for."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [numbers(prices), channel.slug])
        last: dict[int, Decimal | None] = dict(cursor.fetchall())
    noted_at = timezone.now().isoformat()
    fresh = []
    for pk, price in prices.items():
        amount = price.amount if price else None
        if (pk not in last and amount is not None) or (pk in last and last[pk] != amount):
            text = None if amount is None else str(amount)
            fresh.append((str(pk), channel.slug, text, channel.currency, noted_at))
    columns = ("variant_id", "channel", "amount", "currency", "noted_at")
    return copy_in(RetailNote._meta.db_table, columns, fresh)


def note_everywhere(variant_ids: Iterable[int]) -> int:
    """The same in every channel: the shop doesn't say in which one a price was changed."""
    ids = list(variant_ids)
    return sum(note(ids, channel) for channel in get_shop().catalogue.channels()) if ids else 0


def note_all() -> int:
    """The same of all the shop's goods."""
    ids = [good.variant_id for good in get_shop().writer.known_goods()]
    return sum(note_everywhere(ids[n : n + BATCH]) for n in range(0, len(ids), BATCH))


def noted(
    variant_ids: Iterable[int], channel: Channel, as_of: datetime
) -> Mapping[int, Money | None]:
    """The retail price that held then, as far as it was noted. One query."""
    found = RetailNote.objects.filter(
        variant_id__in=list(variant_ids), channel=channel.slug, noted_at__lte=as_of
    )
    rows = found.order_by("variant_id", "-noted_at", "-pk").distinct("variant_id")
    return {
        row.variant_id: Money(row.amount, row.currency) if row.amount is not None else None
        for row in rows
    }
