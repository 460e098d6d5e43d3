"""An order as files for whoever types it into 1C: a table for «Загрузить из файла», CommerceML,
and a covering text. Pure.

Rule: the number is the shop's and never changes; words are Russian, since 1C's user reads them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO

from b2b_overlay.sheets import BookWriter
from onec_bridge.commerceml.records import Counterparty, Document, DocumentLine
from onec_bridge.commerceml.writer import write_orders
from onec_bridge.sync.facts import requisite

__all__ = ["covering", "list_of", "subject", "table_of", "xml_of"]

_LINES = (
    "Код",
    "Артикул",
    "Номенклатура",
    "Характеристика",
    "Количество",
    "Единица",
    "Цена",
    "Сумма",
    "Ставка НДС",
    "Ид",
)
_ORDERS = (
    "Номер",
    "Дата",
    "Покупатель",
    "ИНН",
    "КПП",
    "Договор",
    "Сумма",
    "Валюта",
    "Оплата",
    "Срок оплаты",
    "Адрес доставки",
    "Комментарий",
)


def table_of(document: Document) -> bytes:
    """Its lines as XLSX, the first row names the columns."""
    book = BookWriter(f"Заказ {document.number}", _LINES, wide=[2], money=[6, 7])
    for line in document.lines:
        book.add(_cells(line))
    return _saved(book)


def _cells(line: DocumentLine) -> list[object]:
    labels = ", ".join(each.value for each in line.characteristics if each.value)
    rate = line.tax_rates[0].text if line.tax_rates else ""
    return [
        requisite(line.requisites, "Код") or "",
        line.article or "",
        line.name or "",
        labels,
        _number(line.quantity),
        line.unit_name or "",
        line.price,
        line.total,
        f"{rate}%" if rate.isdigit() else rate,
        line.id,
    ]


def _number(value: Decimal | None) -> Decimal | int | None:
    """A whole number as one: «2», not «2.000»."""
    return int(value) if value is not None and value == value.to_integral_value() else value


def list_of(documents: Iterable[Document]) -> bytes:
    """What is in an archive: an order a row."""
    book = BookWriter("Заказы", _ORDERS, wide=[2, 10, 11], money=[6])
    for document in documents:
        book.add([value for _name, value in _said(document)])
    return _saved(book)


def _said(document: Document) -> list[tuple[str, object]]:
    buyer = document.counterparties[0] if document.counterparties else Counterparty()
    rows = document.requisites
    values = (
        document.number,
        document.date,
        buyer.name,
        buyer.inn,
        buyer.kpp,
        requisite(rows, "Договор"),
        document.total,
        document.currency,
        requisite(rows, "Метод оплаты"),
        requisite(rows, "Срок оплаты"),
        requisite(rows, "Адрес доставки"),
        document.comment,
    )
    return [(name, value) for name, value in zip(_ORDERS, values, strict=True)]


def xml_of(documents: Sequence[Document], generated_at: dt.datetime) -> bytes:
    """The same documents that the exchange would give."""
    return b"".join(write_orders(documents, generated_at=generated_at))


def subject(documents: Sequence[Document], *, is_changed: bool = False) -> str:
    first = documents[0]
    buyer = first.counterparties[0].name if first.counterparties else ""
    return f"{'Изменён заказ' if is_changed else 'Заказ'} № {first.number}, {buyer}"


def covering(
    documents: Sequence[Document], *, is_changed: bool = False, is_repeated: bool = False
) -> str:
    """What stands in the letter: who orders, on what terms, and what; first, what whoever types
    it in must know lest it be there twice."""
    lines = []
    if is_changed:
        lines += ["Этот заказ уже был передан и с тех пор изменён: исправьте его в 1С.", ""]
    if is_repeated:
        lines += [
            "Письмо отправлено повторно: неизвестно, дошло ли прежнее. Если этот заказ уже есть "
            "в 1С, не вводите его второй раз.",
            "",
        ]
    for document in documents:
        lines += [f"{name}: {value}" for name, value in _said(document) if value]
        lines.append("")
        lines += [
            f"{line.article or line.name} — {line.name}: {_number(line.quantity)} {line.unit_name}"
            f" × {line.price} = {line.total}"
            for line in document.lines
        ]
        lines.append("")
    return "\n".join(lines)


def _saved(book: BookWriter) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
