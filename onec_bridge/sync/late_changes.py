"""Orders that the shop changed after 1C had stored them.

УТ 11 changes an order only while it waits for approval; later it skips the change in silence and
counts the load as good (protocol.md, section 7; in_practice.md, 58). So somebody is told to
compare, until 1C itself tells of the order again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .models import OrderExport

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["changed_late"]

#: How long one is told of after 1C has taken it.
TOLD = timedelta(days=30)


def changed_late(connection: Connection) -> QuerySet[OrderExport]:
    """Those that wait to go again, and those that went lately; the latest first."""
    stored = OrderExport.State.CONFIRMED
    waits = ~Q(state=stored)
    since = timezone.now() - TOLD
    given_again = Q(state=stored, given_at__gt=F("known_at"), confirmed_at__gte=since)
    silent = Q(news_told_at=None) | Q(news_told_at__lt=F("given_at"))
    return (
        OrderExport.objects.filter(
            waits | (given_again & silent),
            connection=connection,
            confirmed_at__isnull=False,
        )
        .select_related("order__legal_entity")
        .order_by("-given_at")
    )
