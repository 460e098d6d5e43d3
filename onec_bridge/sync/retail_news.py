"""News of retail orders from 1C: that it has them under a number of its own, and shipped them.

The shop's own order stays as it is: payment and delivery of retail are the shop's affair. What
is told here is what stock is reckoned by (:mod:`.promised`), and shown beside the order's way
to 1C.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from onec_bridge.commerceml.records import Document

from .facts import requisite
from .models import RetailExport
from .outcome import Item, Outcome

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["take_retail_news"]


def take_retail_news(connection: Connection, item: Item[Document]) -> bool:
    """Take the news if they are of a retail order that goes to this 1C; were they?"""
    record, now = item.record, timezone.now()
    named = Q(number=(record.number or "").strip()) | Q(
        order_id__in=[each for each in (record.parent_id, record.id) if each]
    )
    export = RetailExport.objects.select_for_update().filter(named, connection=connection).first()
    if export is None:
        return False
    export.known_at = export.known_at or now
    before = (export.onec_number, export.onec_status, export.shipped_told_at)
    if record.number_1c:
        export.onec_number = record.number_1c[:64]
        export.accepted_at = export.accepted_at or now
    status = requisite(record.requisites, "Статус заказа", "Статуса заказа ИД")
    export.onec_status = (status or export.onec_status)[:255]
    if requisite(record.requisites, "Номер отгрузки по 1С"):
        export.shipped_told_at = export.shipped_told_at or now
    export.save()
    if before != (export.onec_number, export.onec_status, export.shipped_told_at):
        item.came(Outcome.CHANGED)
    return True
