"""Reads orders as 1C does: what in one document makes it refuse the whole package.

УТ 11 loads an answer to query in one transaction, so the first bad document fails the batch
(protocol notes, section 7). Read with the standard library on purpose, not with `commerceml`.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.dialects import Dialect
from onec_bridge.simulator.faults import Fault

Node = ElementTree.Element
ROOT = "КоммерческаяИнформация"
ORDER = "Заказ товара"  # a container may hold payments and shipments beside it


def judge_orders(answer: Answer, dialect: Dialect) -> list[Fault]:
    """Faults of an answer to query that begins as it should."""
    try:
        root = orders_root(answer, dialect)
    except (ElementTree.ParseError, zipfile.BadZipFile, ValueError) as error:
        return [Fault("broken_xml", str(error))]
    if local_name(root) != ROOT:
        return [Fault("broken_xml", local_name(root))]
    faults = list(_prolog(answer))
    faults += _wrapping(root, dialect)
    for document in documents(root):
        if not dialect.loops_query or text_of(document, "ХозОперация") == ORDER:
            faults += _document(document)
    return faults


def orders_root(answer: Answer, dialect: Dialect) -> Node:
    """The XML of an answer to query, out of its archive if there is one.

    Raises ParseError, BadZipFile or ValueError when it can't be read. As the real clients do, a
    text is parsed as decoded by the header: the encoding in the prolog plays no part.
    """
    body = answer.body
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (name,) = archive.namelist()
            body = archive.read(name)
    if b"<!DOCTYPE" in body[:1000]:
        raise ValueError("DOCTYPE")
    if body is not answer.body:
        return ElementTree.fromstring(body)  # noqa: S314  # a DOCTYPE, hence an entity, is refused
    text = re.sub(r"^<\?xml[^>]*\?>", "", answer.text(dialect))
    return ElementTree.fromstring(text)  # noqa: S314  # likewise


def documents(root: Node) -> Iterator[Node]:
    """Each Документ, in a Контейнер or not."""
    for child in root:
        if local_name(child) == "Документ":
            yield child
        elif local_name(child) == "Контейнер":
            yield from (node for node in child if local_name(node) == "Документ")


def has_containers(root: Node) -> bool:
    return any(local_name(child) == "Контейнер" for child in root)


def local_name(node: Node) -> str:
    return node.tag.rpartition("}")[2]


def text_of(node: Node, *path: str) -> str:
    """The text of the first element on the path, trimmed; empty when absent."""
    for name in path:
        found = next((child for child in node if local_name(child) == name), None)
        if found is None:
            return ""
        node = found
    return (node.text or "").strip()


def _prolog(answer: Answer) -> Iterator[Fault]:
    match = re.match(rb"<\?xml[^>]*encoding=[\"']([\w-]+)", answer.body)
    if match and answer.charset:
        declared = match[1].decode().lower()
        if declared != answer.charset.lower():
            yield Fault("prolog", f"{declared} ≠ {answer.charset}", stops=False)


def _wrapping(root: Node, dialect: Dialect) -> Iterator[Fault]:
    loose = any(local_name(child) == "Документ" for child in root)
    if dialect.loops_query and loose:
        yield Fault("containers", "Документ")
    if not dialect.loops_query and has_containers(root):
        yield Fault("no_containers", "Контейнер")


def _document(document: Node) -> Iterator[Fault]:
    number = text_of(document, "Номер")
    operation = text_of(document, "ХозОперация")
    name = f"№ {number or '—'}"
    if not number or len(number) > 11 or " " in number:
        yield Fault("order_number", f"{number!r}")
    if operation != ORDER:
        yield Fault("order_operation", f"{name}: {operation!r}")
    date, time = text_of(document, "Дата"), text_of(document, "Время")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or not re.fullmatch(r"\d\d:\d\d:\d\d", time):
        yield Fault("order_date", f"{name}: {date!r} {time!r}")
    if not text_of(document, "Валюта"):
        yield Fault("order_currency", name)
    if not text_of(document, "Контрагенты", "Контрагент", "Наименование"):
        yield Fault("order_counterparty", name)
    yield from _lines(document, name)


def _lines(document: Node, name: str) -> Iterator[Fault]:
    goods = next((child for child in document if local_name(child) == "Товары"), ())
    total = Decimal(0)
    for place, line in enumerate(goods, start=1):
        quantity = _number(text_of(line, "Количество"))
        total += _number(text_of(line, "Сумма"))
        if not text_of(line, "Ид") or not text_of(line, "Наименование") or quantity <= 0:
            yield Fault("order_line", f"{name}, {place}: {text_of(line, 'Наименование')!r}")
    stated = _number(text_of(document, "Сумма"))
    if stated != total:
        yield Fault("order_sum", f"{name}: {stated} ≠ {total}", stops=False)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
