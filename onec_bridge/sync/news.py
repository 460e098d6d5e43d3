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
from decimal import Decimal
from typing import Any

from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.company.requisites import compact
from b2b_overlay.ordering import notes
from b2b_overlay.ordering.corrections import tell
from b2b_overlay.ordering.models import OrderPaper, OrderPart, Stage, WholesaleOrder
from b2b_overlay.ordering.papers import Paper, keep_paper, reached
from b2b_overlay.ordering.parts import put_together
from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import Document, Severity
from onec_bridge.commerceml.values import parse_datetime, parse_flag, write_money

from .facts import requisite
from .models import Kind, OrderExport
from .order_words import paper_kind, stage_of
from .outcome import Item, Outcome
from .papers import books_of
from .retail_news import take_retail_news
from .told_lines import told_lines
from .work import Work

__all__ = ["take_documents"]


def take_documents(work: Work, items: list[Item[Document]]) -> None:
    """Take these news, in the order of the file."""
    changed: set[int] = set()
    for item in items:
        found = _find(work, item.record)
        if found is None and take_retail_news(work.connection, item):
            continue
        if found is None:
            number = item.record.number or item.record.parent_id or item.record.id
            work.problem("unknown_order", item.record, "Номер", number, Severity.ERROR)
            item.came(Outcome.REFUSED)
        elif _take(work, item, found):
            changed.add(found.order_id if isinstance(found, OrderPart) else found.pk)
    notes.told(get_shop(), changed)


def _find(work: Work, record: Document) -> OrderPart | WholesaleOrder | None:
    """What the document is of: a part of an order before an order, whose number it can't be."""
    parts = OrderPart.objects.select_for_update(of=("self",)).select_related("order")
    parts = parts.filter(books=books_of(work.connection))
    orders = WholesaleOrder.objects.select_for_update()
    if paper_kind(record.operation):
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


def _take(work: Work, item: Item[Document], told: OrderPart | WholesaleOrder) -> bool:
    """Was there any news?"""
    record, order = item.record, told.order if isinstance(told, OrderPart) else told
    export, _created = OrderExport.objects.select_for_update().get_or_create(
        connection=work.connection, order=order
    )
    heard: OrderPart | OrderExport = told if isinstance(told, OrderPart) else export
    if not paper_kind(record.operation) and _is_older(work, heard, record):
        work.problem("older_news", record, "НомерВерсии", order.number)
        return False
    if kind := paper_kind(record.operation):
        changed = _take_paper(work, record, told, kind)
    else:
        changed = _write(work, record, told, order, _status(work, record, told, heard))
        changed |= _correct(work, record, told)
        heard.news_version = record.version or heard.news_version
        heard.news_told_at = work.file.told_at or heard.news_told_at
        heard.save(update_fields=["news_version", "news_told_at"])
    if changed:
        item.came(Outcome.CHANGED)
    _note(export, order)
    _learn_counterparty(work, record, order.legal_entity)
    return changed


def _write(
    work: Work,
    record: Document,
    told: OrderPart | WholesaleOrder,
    order: WholesaleOrder,
    status: dict[str, Any],
) -> bool:
    """Tell the news to what they are of; was there any?"""
    news = _news(record) | status
    parts = list(order.parts.filter(books=books_of(work.connection)))
    whole_of_parts = told is order and bool(parts)
    if whole_of_parts:
        news.pop("onec_total", None)  # of all of them, whatever each comes to
    if order.cancelled_here:
        news.pop("is_cancelled", None)  # 1C hasn't heard of it yet, or has
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
    """What the document says, by field of the order; what it is silent about is absent. Its
    status is :func:`_status`."""
    news: dict[str, Any] = {
        "onec_number": record.number_1c,
        "onec_date": record.date_1c.date() if record.date_1c else None,
        "paid_at": _when(record, "Номер оплаты по 1С", "Дата оплаты по 1С"),
        "shipped_at": _when(record, "Номер отгрузки по 1С", "Дата отгрузки по 1С"),
        "onec_total": record.total,
    }
    cancelled = requisite(record.requisites, "Отменен", "Отменён")
    if cancelled or record.deleted:
        news["is_cancelled"] = record.deleted or _flag(cancelled or "")
    if record.number_1c:
        news["onec_number"] = record.number_1c[:64]
    return {name: value for name, value in news.items() if value not in (None, "")}


def _status(
    work: Work, record: Document, told: OrderPart | WholesaleOrder, heard: OrderPart | OrderExport
) -> dict[str, Any]:
    """The status, and how far that is. A step back is listened to only from a document that is
    newer for certain: 1C repeats old answers."""
    status = requisite(record.requisites, "Статус заказа", "Статуса заказа ИД")
    if not status:
        return {}
    stage = stage_of(status, work.connection.order_stages)
    steps = list(Stage.values)
    back = bool(stage and told.stage) and steps.index(stage) < steps.index(told.stage)
    if back and not _is_newer(work, heard, record):
        return {}
    said: dict[str, Any] = {"onec_status": status[:255], "stage": stage}
    if stage == Stage.CANCELLED:
        said["is_cancelled"] = True
    if stage == Stage.SHIPPED and told.shipped_at is None:
        moment = record.date_1c.date() if record.date_1c else record.date
        said["shipped_at"] = moment or timezone.localdate()
    return said


def _is_newer(work: Work, heard: OrderPart | OrderExport, record: Document) -> bool:
    new, old = _version(record.version), _version(heard.news_version)
    if new is not None and old is not None:
        return new > old
    told_at = work.file.told_at
    return bool(told_at and heard.news_told_at and told_at > heard.news_told_at)


def _take_paper(work: Work, record: Document, told: OrderPart | WholesaleOrder, kind: str) -> bool:
    """A payment, shipment or return of it; what they come to is what it is paid and shipped."""
    paper = Paper(
        document_id=(record.id or f"{record.operation} {record.number}")[:255],
        kind=kind,
        operation=record.operation or "",
        number=record.number_1c or record.number or "",
        date=record.date_1c.date() if record.date_1c else record.date,
        total=record.total,
        is_gone=record.deleted,
    )
    if not keep_paper(told, paper):
        return False
    of = OrderPaper.Kind
    for name, plus, minus in (
        ("paid_at", of.PAYMENT, of.REFUND),
        ("shipped_at", of.SHIPMENT, of.RETURN),
    ):
        if kind in (plus, minus):
            setattr(told, name, reached(told, plus, minus))
    told.news_at = timezone.now()
    told.save(update_fields=["paid_at", "shipped_at", "news_at"])
    if isinstance(told, OrderPart):
        put_together(told.order, books_of(work.connection))
    return True


def _correct(work: Work, record: Document, told: OrderPart | WholesaleOrder) -> bool:
    """What 1C holds for other lines than were ordered stands beside the order."""
    if not record.lines or record.deleted or told.is_cancelled:
        return False
    parts = OrderPart.objects.filter(books=books_of(work.connection))
    if isinstance(told, WholesaleOrder) and parts.filter(order=told).exists():
        return False
    lines = told_lines(work, record)
    total = sum((line.total for line in lines), Decimal(0))
    is_news = tell(told, lines, total, work.file.told_at or timezone.now())
    if is_news:
        work.problem("order_lines_differ", record, "Товары", str(told.number))
    return is_news


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
