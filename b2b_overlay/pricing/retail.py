"""The shop's own retail prices, noted when they change, so that the past can be reckoned.

The shop keeps only today's. What is noted is the price before the shop's promotions, from
which lists are reckoned. :func:`note` is called where the overlay learns of one: after 1C
has written retail prices, by the shop's own hooks, and by ``b2b_note_retail`` for all goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from b2b_overlay.copying import copy_in
from b2b_overlay.money import Money
from b2b_overlay.shop import Channel, get_shop

from .models import RetailNote

__all__ = ["note", "note_all", "note_everywhere", "noted"]

#: Goods noted at once.
BATCH = 1_000


def note(variant_ids: Iterable[int], channel: Channel) -> int:
    """Note the retail prices of these variants that differ from the last note; how many."""
    ids = list(variant_ids)
    last = dict(_last(ids, channel).values_list("variant_id", "amount"))
    prices = get_shop().catalogue.list_prices(ids, channel)
    noted_at = timezone.now().isoformat()
    fresh = []
    for pk in ids:
        amount = prices[pk].amount if pk in prices else None
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
    rows = _last(list(variant_ids), channel, as_of)
    return {
        row.variant_id: Money(row.amount, row.currency) if row.amount is not None else None
        for row in rows
    }


def _last(ids: list[int], channel: Channel, as_of: datetime | None = None) -> QuerySet[RetailNote]:
    found = RetailNote.objects.filter(variant_id__in=ids, channel=channel.slug)
    if as_of is not None:
        found = found.filter(noted_at__lte=as_of)
    return found.order_by("variant_id", "-noted_at", "-pk").distinct("variant_id")
