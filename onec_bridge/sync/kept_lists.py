"""Which price lists are price types of 1C: the desk leaves their name, currency and prices be."""

from __future__ import annotations

from collections.abc import Collection

from .models import Kind, Link

__all__ = ["price_types_among"]


def price_types_among(list_ids: Collection[int]) -> set[int]:
    """Those of the price lists that a 1C base keeps. One query."""
    links = Link.objects.filter(
        kind=Kind.PRICE_TYPE, local_id__in=[str(pk) for pk in list_ids]
    ).order_by()
    return {int(pk) for pk in links.values_list("local_id", flat=True)}
