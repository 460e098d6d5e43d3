"""News of orders from 1C: number, status, payment, shipment, cancellation, sums.

Rules (format.md, section 5): an order is found by Номер, the site's number both ways, then by
Ид; payments and shipments by Основание. Absent is no news, never a reset. Paid and shipped are
told by the presence of the payment's or shipment's number. Nothing goes backwards: an older
version of a document, or an older file, is not listened to.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any

from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.company.requisites import compact
from b2b_overlay.ordering.models import WholesaleOrder
from onec_bridge.commerceml.records import Document, Severity
from onec_bridge.commerceml.values import parse_datetime, parse_flag, write_money

from .facts import requisite
from .models import Kind, OrderExport
from .outcome import Item, Outcome
from .work import Work

__all__ = ["take_documents"]

_SHIPMENTS = {"отпуск товара", "передача прав"}
_PAYMENTS = {
    "выплата безналичных денег",
    "выплата наличных денег",
    "эквайринговая операция",
}


def take_documents(work: Work, items: list[Item[Document]]) -> None:
    """Take these news, in the order of the file."""
    for item in items:
        order = _find(item.record)
        if order is None:
            number = item.record.number or item.record.parent_id or item.record.id
            work.problem("unknown_order", item.record, "Номер", number, Severity.ERROR)
            item.came(Outcome.REFUSED)
        else:
            _take(work, item, order)


def _find(record: Document) -> WholesaleOrder | None:
    operation = (record.operation or "").strip().lower()
    orders = WholesaleOrder.objects.select_for_update()
    if operation in _SHIPMENTS | _PAYMENTS:
        return orders.filter(order_id=record.parent_id).first() if record.parent_id else None
    number = (record.number or "").strip()
    found = orders.filter(number=number).first() if number else None
    return found or orders.filter(order_id=record.id).first()


def _take(work: Work, item: Item[Document], order: WholesaleOrder) -> None:
    record = item.record
    export, _created = OrderExport.objects.select_for_update().get_or_create(
        connection=work.connection, order=order
    )
    if _is_older(work, export, record):
        work.problem("older_news", record, "НомерВерсии", order.number)
        return
    news = _news(record)
    changed = [name for name, value in news.items() if getattr(order, name) != value]
    for name in changed:
        setattr(order, name, news[name])
    if changed:
        order.news_at = timezone.now()
        order.save(update_fields=[*changed, "news_at"])
        item.came(Outcome.CHANGED)
    if "onec_total" in changed and order.onec_total not in (None, order.total):
        work.problem(
            "order_sum_differs",
            record,
            "Сумма",
            write_money(order.onec_total or order.total),
            number=order.number,
            total=write_money(order.total),
        )
    export.news_version = record.version or export.news_version
    export.news_told_at = work.file.told_at or export.news_told_at
    export.save(update_fields=["news_version", "news_told_at"])
    _learn_counterparty(work, record, order.legal_entity)


def _is_older(work: Work, export: OrderExport, record: Document) -> bool:
    """By НомерВерсии (a counter that grows in 1C's database), else by the file's date."""
    new, old = _version(record.version), _version(export.news_version)
    if new is not None and old is not None:
        return new < old
    told_at = work.file.told_at
    return bool(told_at and export.news_told_at and told_at < export.news_told_at)


def _version(text: str | None) -> int | None:
    """НомерВерсии is a row version: eight bytes, the highest first, in base64."""
    if not text:
        return None
    try:
        return int.from_bytes(base64.b64decode(text, validate=True), "big")
    except (binascii.Error, ValueError):
        return int(text) if text.isdigit() else None


def _news(record: Document) -> dict[str, Any]:
    """What the document says, by field of the order; what it is silent about is absent."""
    operation = (record.operation or "").strip().lower()
    if operation in _SHIPMENTS:
        return {"shipped_at": record.date}
    if operation in _PAYMENTS:
        return {"paid_at": record.date}
    news: dict[str, Any] = {
        "onec_number": record.number_1c,
        "onec_date": record.date_1c.date() if record.date_1c else None,
        "onec_status": requisite(record.requisites, "Статус заказа", "Статуса заказа ИД"),
        "paid_at": _when(record, "Номер оплаты по 1С", "Дата оплаты по 1С"),
        "shipped_at": _when(record, "Номер отгрузки по 1С", "Дата отгрузки по 1С"),
        "onec_total": record.total,
    }
    cancelled = requisite(record.requisites, "Отменен", "Отменён")
    if cancelled or record.deleted:
        news["is_cancelled"] = record.deleted or _flag(cancelled or "")
    limits = {"onec_number": 64, "onec_status": 255}
    return {
        name: value[: limits[name]] if name in limits else value
        for name, value in news.items()
        if value not in (None, "")
    }


def _flag(text: str) -> bool:
    try:
        return bool(parse_flag(text))
    except ValueError:
        return False


def _when(record: Document, number: str, date: str) -> dt.date | None:
    """The day of a payment or shipment, told by the presence of its number."""
    if not requisite(record.requisites, number):
        return None
    try:
        moment = parse_datetime(requisite(record.requisites, date) or "")
    except ValueError:
        moment = None
    return moment.date() if moment else (record.date or timezone.localdate())


def _learn_counterparty(work: Work, record: Document, entity: LegalEntity) -> None:
    """1C's own Ид of the buyer, where it comes with his order: УТ 11 sends no list of
    counterparties, and this is the one place that tells it (in_practice.md, 63)."""
    for counterparty in record.counterparties[:1]:
        same = counterparty.inn and compact(counterparty.inn) == entity.inn
        if not (same and counterparty.id and (counterparty.kpp or "") == entity.kpp):
            continue
        if not work.links.local(Kind.COUNTERPARTY, counterparty.id) and len(counterparty.id) == 36:
            said = {"name": counterparty.name, "inn": counterparty.inn, "kpp": counterparty.kpp}
            told = {key: value for key, value in said.items() if value}
            work.links.put(Kind.COUNTERPARTY, counterparty.id, str(entity.pk), told=told)
