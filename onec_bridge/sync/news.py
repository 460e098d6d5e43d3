"""News of orders from 1C: number, status, payment, shipment, cancellation, sums.

Rules (format.md, section 5): an order is found by Номер, the site's number both ways, then by
Ид; payments and shipments by Основание. News of a part are the part's, and the order is put
together from its parts; news of the whole number are news of every part. Absent is no news,
never a reset. Paid and shipped are told by the presence of the payment's or shipment's number.
Nothing goes backwards: an older version of a document, or an older file, is not listened to.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any

from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.company.requisites import compact
from b2b_overlay.ordering.models import OrderPart, WholesaleOrder
from b2b_overlay.ordering.parts import put_together
from onec_bridge.commerceml.records import Document, Severity
from onec_bridge.commerceml.values import parse_datetime, parse_flag, write_money

from .facts import requisite
from .models import Kind, OrderExport
from .outcome import Item, Outcome
from .papers import books_of
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
        found = _find(work, item.record)
        if found is None:
            number = item.record.number or item.record.parent_id or item.record.id
            work.problem("unknown_order", item.record, "Номер", number, Severity.ERROR)
            item.came(Outcome.REFUSED)
        else:
            _take(work, item, found)


def _find(work: Work, record: Document) -> OrderPart | WholesaleOrder | None:
    """What the document is of: a part of an order before an order, whose number it can't be."""
    operation = (record.operation or "").strip().lower()
    parts = OrderPart.objects.select_for_update(of=("self",)).select_related("order")
    parts = parts.filter(books=books_of(work.connection))
    orders = WholesaleOrder.objects.select_for_update()
    if operation in _SHIPMENTS | _PAYMENTS:
        if not record.parent_id:
            return None
        found = parts.filter(document_id=record.parent_id).first()
        return found or orders.filter(order_id=record.parent_id).first()
    if number := (record.number or "").strip():
        of_number = parts.filter(number=number).first() or orders.filter(number=number).first()
        if of_number is not None:
            return of_number
    found = parts.filter(document_id=record.id).first()
    return found or orders.filter(order_id=record.id).first()


def _take(work: Work, item: Item[Document], told: OrderPart | WholesaleOrder) -> None:
    record, order = item.record, told.order if isinstance(told, OrderPart) else told
    export, _created = OrderExport.objects.select_for_update().get_or_create(
        connection=work.connection, order=order
    )
    heard: OrderPart | OrderExport = told if isinstance(told, OrderPart) else export
    if _is_older(work, heard, record):
        work.problem("older_news", record, "НомерВерсии", order.number)
        return
    if _write(work, record, told, order):
        item.came(Outcome.CHANGED)
    heard.news_version = record.version or heard.news_version
    heard.news_told_at = work.file.told_at or heard.news_told_at
    heard.save(update_fields=["news_version", "news_told_at"])
    _note(export, order)
    _learn_counterparty(work, record, order.legal_entity)


def _write(
    work: Work, record: Document, told: OrderPart | WholesaleOrder, order: WholesaleOrder
) -> bool:
    """Tell the news to what they are of; was there any?"""
    news = _news(record)
    parts = list(order.parts.filter(books=books_of(work.connection)))
    whole_of_parts = told is order and bool(parts)
    if whole_of_parts:
        news.pop("onec_total", None)  # of all of them, whatever each comes to
    changed = False
    for each in parts if whole_of_parts else [told]:
        names = [name for name, value in news.items() if getattr(each, name) != value]
        for name in names:
            setattr(each, name, news[name])
        if names:
            each.news_at = timezone.now()
            each.save(update_fields=[*names, "news_at"])
            changed = True
        if "onec_total" in names:
            _compare(work, record, each, order)
    if changed and parts:
        put_together(order, books_of(work.connection))
    return changed


def _compare(
    work: Work, record: Document, told: OrderPart | WholesaleOrder, order: WholesaleOrder
) -> None:
    """1C has another sum than was ordered."""
    if told.onec_total in (None, told.total):
        return
    work.problem(
        "order_sum_differs",
        record,
        "Сумма",
        write_money(told.onec_total or told.total),
        number=order.number,
        total=write_money(told.total),
    )


def _note(export: OrderExport, order: WholesaleOrder) -> None:
    """Since when 1C's stock takes account of the order (see ``promised.py``)."""
    now = timezone.now()
    accepted = bool(order.onec_number) and order.mixed != WholesaleOrder.Mixed.ACCEPTED
    export.known_at = export.known_at or now
    if accepted:
        export.accepted_at = export.accepted_at or now
    if order.shipped_at:
        export.shipped_told_at = export.shipped_told_at or now
    export.save(update_fields=["known_at", "accepted_at", "shipped_told_at"])


def _is_older(work: Work, heard: OrderPart | OrderExport, record: Document) -> bool:
    """By НомерВерсии (a counter that grows in 1C's database), else by the file's date."""
    new, old = _version(record.version), _version(heard.news_version)
    if new is not None and old is not None:
        return new < old
    told_at = work.file.told_at
    return bool(told_at and heard.news_told_at and told_at < heard.news_told_at)


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
