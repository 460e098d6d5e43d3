"""What 1C sends back about orders it has stored: number, status, payment, shipment.

Made from the very answer to query that the site gave, as a real base would after its clerk worked
on the orders; `Client.send_documents` carries it. УТ 11 and УНФ put the news into requisites of the
order and 1C's own GUID into Ид; the 1C-Bitrix module keeps the site's Ид and sends payment and
shipment as documents of their own in one Контейнер (protocol notes, section 8; format.md, 5).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree
from zlib import crc32

from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.dialects import UT11, Dialect
from onec_bridge.simulator.orders import ORDER, ROOT, documents, local_name, orders_root, text_of

Node = ElementTree.Element
KEPT = ("ХозОперация", "Роль", "Валюта", "Курс", "Сумма", "Контрагенты", "Время", "Товары")


@dataclass(frozen=True, slots=True)
class News:
    """What happened to the orders in 1C, and when (local time of the base, no zone).

    `status` is the state's name, written by УНФ and the 1C-Bitrix module only. `cancelled` orders
    carry «Отменен».
    """

    at: datetime
    paid: bool = False
    shipped: bool = False
    cancelled: bool = False
    status: str = ""


def number_in_1c(number: str) -> str:
    """The number 1C gives to the order that the site calls `number`; always the same."""
    return f"ДМ00-{crc32(number.encode()) % 1_000_000:06d}"


def reply(orders: bytes, news: News, *, dialect: Dialect = UT11) -> bytes:
    """The file that 1C sends about the orders in an answer to query, judged good before.

    Raises ParseError or ValueError on an answer that isn't XML.
    """
    root = orders_root(Answer(200, "text/xml; charset=utf-8", orders), dialect)
    found = [one for one in documents(root) if text_of(one, "ХозОперация") == ORDER]
    made = ElementTree.Element(ROOT, {"ВерсияСхемы": dialect.version or "2.05"})
    made.set("ДатаФормирования", news.at.isoformat(timespec="seconds"))
    for order in found:
        made.append(
            _container(order, news) if dialect.loops_query else _plain(order, news, dialect)
        )
    ElementTree.indent(made, "\t")
    body: bytes = ElementTree.tostring(made, encoding="utf-8", xml_declaration=True)
    return body


def _plain(order: Node, news: News, dialect: Dialect) -> Node:
    number = text_of(order, "Номер")
    document = _document(str(uuid5(NAMESPACE_URL, f"1c/{number}")), order)
    requisites = [
        ("Номер по 1С", number_in_1c(number)),
        ("Дата по 1С", _one_digit_hour(news.at)),
        ("ПометкаУдаления", "false"),
        ("Проведен", "true"),
    ]
    for happened, letter, word in ((news.paid, "П", "оплаты"), (news.shipped, "Р", "отгрузки")):
        if happened:
            requisites.append((f"Номер {word} по 1С", _numbered(letter, number)))
            requisites.append((f"Дата {word} по 1С", _one_digit_hour(news.at)))
    document.append(_requisites([*requisites, *_state(news, named=dialect is not UT11)]))
    return document


def _container(order: Node, news: News) -> Node:
    number, site_id = text_of(order, "Номер"), text_of(order, "Ид")
    container = ElementTree.Element("Контейнер")
    document = _document(site_id, order)
    _number_and_date(document, number_in_1c(number), news)
    document.append(_requisites([("Проведен", "true"), *_state(news, named=True)]))
    container.append(document)
    if news.paid:
        container.append(_child(order, "Выплата безналичных денег", _numbered("П", number), news))
    if news.shipped:
        shipment = _child(order, "Отпуск товара", _numbered("Р", number), news)
        shipment.extend(_copy(child) for child in order if local_name(child) == "Товары")
        container.append(shipment)
    return container


def _child(order: Node, operation: str, number: str, news: News) -> Node:
    """A payment or a shipment of the order, tied to it by Основание."""
    document = ElementTree.Element("Документ")
    _add(document, "Ид", str(uuid5(NAMESPACE_URL, f"1c/{number}")))
    _add(document, "Номер", number)
    _number_and_date(document, number, news)
    _add(document, "Дата", news.at.date().isoformat())
    _add(document, "Время", news.at.strftime("%H:%M:%S"))
    _add(document, "ХозОперация", operation)
    _add(document, "Основание", text_of(order, "Ид"))
    for name in ("Роль", "Валюта", "Курс", "Сумма"):
        _add(document, name, text_of(order, name))
    document.append(_requisites([("Проведен", "true")]))
    return document


def _document(document_id: str, order: Node) -> Node:
    """The order again: the site's number and date, its parties and its lines."""
    document = ElementTree.Element("Документ")
    _add(document, "Ид", document_id)
    _add(document, "Номер", text_of(order, "Номер"))
    _add(document, "Дата", text_of(order, "Дата"))
    document.extend(_copy(child) for child in order if local_name(child) in KEPT)
    return document


def _number_and_date(document: Node, number: str, news: News) -> None:
    _add(document, "ПометкаУдаления", "false")
    _add(document, "Номер1С", number)
    _add(document, "Дата1С", news.at.date().isoformat())


def _state(news: News, *, named: bool) -> list[tuple[str, str]]:
    status = [("Статус заказа", news.status)] if news.status and named else []
    return [*status, ("Отменен", "true")] if news.cancelled else status


def _requisites(pairs: list[tuple[str, str]]) -> Node:
    block = ElementTree.Element("ЗначенияРеквизитов")
    for name, value in pairs:
        requisite = ElementTree.SubElement(block, "ЗначениеРеквизита")
        _add(requisite, "Наименование", name)
        _add(requisite, "Значение", value)
    return block


def _numbered(letter: str, number: str) -> str:
    return f"{letter}{number_in_1c(number)[1:]}"


def _one_digit_hour(moment: datetime) -> str:
    """`2014-12-12T9:51:39`: УТ 11 writes the hour without a leading zero (format.md, section 5)."""
    return f"{moment:%Y-%m-%d}T{moment.hour}:{moment:%M:%S}"


def _add(parent: Node, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _copy(node: Node) -> Node:
    copied = ElementTree.Element(local_name(node), node.attrib)
    copied.text = (node.text or "").strip() or None
    copied.extend(_copy(child) for child in node)
    return copied
