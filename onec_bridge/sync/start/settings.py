"""What holds for a connection until its real exchange has begun, and the question it asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from b2b_overlay.company.admit import demand_desk
from onec_bridge.sync.models import Kind, Link

from . import ids
from .models import HandedOrder, Meanwhile

if TYPE_CHECKING:
    from b2b_overlay.company.access import User
    from onec_bridge.exchange.models import Connection

__all__ = ["agree_to_takeover", "asks_takeover", "handed_past", "meanwhile_of"]


def meanwhile_of(connection: Connection) -> Meanwhile:
    """The settings; as they are from the start where nobody has changed them."""
    return Meanwhile.objects.filter(connection=connection).first() or Meanwhile(
        connection=connection
    )


def handed_past(connection: Connection) -> QuerySet[HandedOrder, int]:
    """Ids of the orders that went to 1C's people by e-mail or as files, and so don't go by the
    exchange. One that has changed since does."""
    rows = HandedOrder.objects.filter(
        connection=connection, handed_at__isnull=False, revision__gte=F("order__revision")
    )
    if meanwhile_of(connection).gives_again:
        rows = rows.none()
    return rows.values_list("order_id", flat=True)


def asks_takeover(connection: Connection) -> bool:
    """Do catalogues of 1C wait, because spreadsheets brought goods that they may take over and
    nobody has looked yet?"""
    if not meanwhile_of(connection).asks_takeover:
        return False
    brought = Link.objects.filter(ids.made(), connection=connection, kind=Kind.PRODUCT)
    return brought.exclude(local_id="").exists()


@transaction.atomic
def agree_to_takeover(by: User | None, connection: Connection, *, gives_again: bool) -> Meanwhile:
    """1C may take over what spreadsheets brought. ``by`` None: whoever has the server's
    console."""
    if by is not None:
        demand_desk(by)
    row, _created = Meanwhile.objects.select_for_update().get_or_create(connection=connection)
    row.asks_takeover, row.gives_again = False, gives_again
    row.taken_over_at = timezone.now()
    row.taken_over_by_id = by.pk if by is not None else None
    row.save()
    return row
