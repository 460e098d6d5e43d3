"""Which orders are bound for which 1C base: the one that knows its buyer, else any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from b2b_overlay.company import joining
from b2b_overlay.ordering.models import WholesaleOrder

from .models import Kind, Link, OrderExport

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["notice_new"]


def notice_new(connection: Connection) -> None:
    """New orders of this connection wait."""
    linked = Link.objects.filter(kind=Kind.COUNTERPARTY)
    elsewhere = linked.exclude(connection=connection).exclude(
        local_id__in=linked.filter(connection=connection).values("local_id")
    )
    theirs = {int(pk) for pk in elsewhere.values_list("local_id", flat=True) if pk}
    fresh = WholesaleOrder.objects.exclude(
        Q(onec_exports__connection=connection)
        | Q(legal_entity__in=_known_only_by(theirs, linked.filter(connection=connection)))
    )
    OrderExport.objects.bulk_create(
        (OrderExport(connection=connection, order=order) for order in fresh),
        ignore_conflicts=True,
    )


def _known_only_by(elsewhere: set[int], here: QuerySet[Link]) -> set[int]:
    """Legal entities that only other 1C bases know, by any of the ids joined to them."""
    if not elsewhere:
        return set()
    theirs = set(joining.resolve(elsewhere).values())
    ids = [str(pk) for pks in joining.aliases(theirs).values() for pk in pks]
    known = here.filter(local_id__in=ids).values_list("local_id", flat=True)
    return theirs - set(joining.resolve(map(int, known)).values())
