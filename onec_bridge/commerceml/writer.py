"""CommerceML written as a stream, by the same description that it is read by.

The rules this module keeps:

- A body begins with `<?xml`, without a byte order mark unless asked for: clients compare
  the first five characters (protocol.md, section 7). The encoding the prolog names is the
  encoding of the bytes; what windows-1251 lacks goes as numeric references.
- A package without documents is a root without documents, never an empty body.
- The same records give the same bytes: the moment of generation is the caller's.
- `None` is left out, an empty text is an empty element; characters that XML cannot hold
  are dropped, and what 1C has no room for is cut, as the description says.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml import schema as s
from onec_bridge.commerceml.schema import Field, Shape, Version
from onec_bridge.commerceml.values import Value, write_datetime

Encoding = Literal["utf-8", "windows-1251"]

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DEFAULT_SCHEMA = "2.05"
_CLASSIFIER_HOLDS_LISTS: Version = (2, 8)
"""From then on price types, warehouses and units stand in the classifier (section 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a file is to be written."""

    generated_at: dt.datetime
    """ДатаФормирования; never the clock's, so that a repeat gives the same bytes."""
    schema: str = _DEFAULT_SCHEMA
    encoding: Encoding = "utf-8"
    namespace: str | None = None
    """1C writes `urn:1C.ru:commerceml_2` and the like; sites write none."""
    bom: bool = False
    """1C's own UTF-8 files begin with one; nothing that is sent to 1C may."""

    @property
    def version(self) -> Version:
        """The schema as numbers; raises `ValueError` for one that isn't a version."""
        version = r.schema_version(self.schema)
        if version is None:
            raise ValueError(f"not a schema version: {self.schema!r}")
        return version


def write_orders(
    documents: Iterable[r.Document],
    *,
    generated_at: dt.datetime,
    schema: str = _DEFAULT_SCHEMA,
    encoding: Encoding = "utf-8",
    containers: bool = False,
) -> Iterator[bytes]:
    """An answer to `sale`/`query`: documents for 1C.

    Args:
        documents: in the order to be written; payments and shipments follow their order.
        generated_at: ДатаФормирования; local time of 1C's base.
        schema: the version agreed with the client; `1` is 1C 7.7's CommerceML 1.
        encoding: that of the connection.
        containers: wrap each order, with the documents based on it (`parent_id`), into a
            Контейнер: what the 1C-Bitrix module expects and УТ 11 does not read.
    """
    how = Format(generated_at=generated_at, schema=schema, encoding=encoding)
    yield _prolog(how)
    if how.version < s.SECOND:
        yield from _first(documents, how)
    elif containers:
        for order in _by_order(documents):
            yield _bytes("<Контейнер>\n", how)
            for document in order:
                yield _record(s.DOCUMENT, document, how)
            yield _bytes("</Контейнер>\n", how)
    else:
        for document in documents:
            yield _record(s.DOCUMENT, document, how)
    yield _end(how)


def _first(documents: Iterable[r.Document], how: Format) -> Iterator[bytes]:
    """Documents of CommerceML 1: the goods and whom they name are described before them.
    It knows no packings, so lines go in base units; and no requisites, so terms are comment."""
    described: set[str] = set()
    for document in documents:
        yield from _goods_of(document, how)
        for party in document.counterparties:
            if party.id not in described:
                described.add(party.id)
                yield _element_bytes(_party(party, how), how)
        element = as_element(s.DOCUMENT, _as_first(document), how.version)
        for name in ("Курс", "Кратность"):
            element.attrib.setdefault(name, "1")
        for place, party in enumerate(document.counterparties):
            named = replace(party, role=_ROLES.get(party.role or "", party.role))
            element.insert(place, as_element(s.PARTY, named, how.version))
        yield _element_bytes(element, how)


_OPERATIONS = {"Заказ товара": "Order", "Отпуск товара": "Sale"}
_ROLES = {"Покупатель": "Buyer", "Продавец": "Saler"}
_TOLD_IN_COMMENT = ("Договор", "Метод оплаты", "Срок оплаты", "Адрес доставки")


def _goods_of(document: r.Document, how: Format) -> Iterator[bytes]:
    """The goods of a document: 7.7 finds them by ИдентификаторВКаталоге, which its lines name."""
    yield _bytes("<Каталог>\n", how)
    for line in document.lines:
        good = r.Product(id=line.id, article=_code(line), name=line.name, unit=line.unit)
        yield _record(s.PRODUCT, good, how)
    yield _bytes("</Каталог>\n", how)


def _code(line: r.DocumentLine) -> str:
    """What 7.7 gave as ИдентификаторВКаталоге, which is kept as the article; else its id."""
    return line.article or line.id


def _party(party: r.Counterparty, how: Format) -> Element:
    """Phone and mail stand in a Контакт, as elements of their own names."""
    element = as_element(s.COUNTERPARTY, party, how.version)
    said = {
        name: each.value
        for each in party.contacts
        for name in ("Телефон", "Почта")
        if each.type.startswith(name)
    }
    if said:
        contact = SubElement(element, "Контакт", {"Наименование": _clean(party.name or "")})
        for name, text in said.items():
            SubElement(contact, name).text = _clean(text)
    return element


def _as_first(document: r.Document) -> r.Document:
    said = [document.comment] if document.comment else []
    for name, values in document.requisites:
        if name in _TOLD_IN_COMMENT and values:
            said.append(f"{name}: {values[0]}")
    return replace(
        document,
        operation=_OPERATIONS.get(document.operation or "", document.operation),
        role=None,
        counterparties=(),
        comment="; ".join(said) or None,
        lines=tuple(map(_in_base_units, document.lines)),
    )


def _in_base_units(line: r.DocumentLine) -> r.DocumentLine:
    coefficient = line.coefficient or Decimal(1)
    return replace(
        line,
        id=_code(line),
        quantity=line.quantity and line.quantity * coefficient,
        price=line.price and line.price / coefficient,
    )


def write_catalog(
    products: Iterable[r.Product],
    how: Format,
    *,
    header: r.CatalogHeader,
    classifier: r.ClassifierHeader | None = None,
    groups: Iterable[r.Group] = (),
    properties: Iterable[r.Property] = (),
    price_types: Iterable[r.PriceType] = (),
    warehouses: Iterable[r.Warehouse] = (),
    units: Iterable[r.Unit] = (),
) -> Iterator[bytes]:
    """An `import.xml`: classifier (if any) and catalogue; products are streamed.

    Before 2.08 a classifier has no place for price types, warehouses and units: they are
    left out here and belong into `write_offers`.
    """
    yield _prolog(how)
    if classifier:
        yield _opening(s.CLASSIFIER_HEADER, classifier, how)
        yield from _group_list(list(groups), how)
        yield from _list(s.PROPERTY, properties, how)
        if how.version >= _CLASSIFIER_HOLDS_LISTS:
            yield from _list(s.PRICE_TYPE, price_types, how)
            yield from _list(s.WAREHOUSE, warehouses, how)
            yield from _list(s.UNIT, units, how)
        yield _bytes("</Классификатор>\n", how)
    yield _opening(s.CATALOG_HEADER, header, how)
    yield from _list(s.PRODUCT, products, how)
    yield _bytes("</Каталог>\n", how)
    yield _end(how)


def write_offers(
    offers: Iterable[r.Offer],
    how: Format,
    *,
    header: r.OfferPackageHeader,
    price_types: Iterable[r.PriceType] = (),
    warehouses: Iterable[r.Warehouse] = (),
) -> Iterator[bytes]:
    """An `offers.xml`, or with `header.is_changes_package` УТ 11's package of changes.

    From 2.08 on, price types and warehouses belong into the classifier of
    `write_catalog`; given here, they are written here.
    """
    tag = s.CHANGES_PACKAGE if header.is_changes_package else s.OFFER_PACKAGE_HEADER.element
    yield _prolog(how)
    yield _opening(s.OFFER_PACKAGE_HEADER, header, how, tag)
    yield from _list(s.PRICE_TYPE, price_types, how)
    yield from _list(s.WAREHOUSE, warehouses, how)
    if how.version >= s.SECOND:
        yield _bytes(f"<{s.OFFER.within}>\n", how)
    for offer in offers:
        element = as_element(s.OFFER, offer, how.version)
        if header.is_changes_package:
            _part_id(element, offer)
        yield _element_bytes(element, how)
    if how.version >= s.SECOND:
        yield _bytes(f"</{s.OFFER.within}>\n", how)
    yield _bytes(f"</{tag}>\n", how)
    yield _end(how)


def write_counterparties(
    counterparties: Iterable[r.Counterparty], how: Format, *, only_changes: bool = False
) -> Iterator[bytes]:
    """A `contragents___….xml` as the 1C-Bitrix module sends it."""
    yield _prolog(how)
    header = r.CounterpartyListHeader(only_changes=only_changes)
    yield _opening(s.COUNTERPARTY_LIST_HEADER, header, how)
    for counterparty in counterparties:
        yield _record(s.COUNTERPARTY, counterparty, how)
    yield _bytes("</Контрагенты>\n", how)
    yield _end(how)


def write_terms(
    how: Format,
    *,
    partners: Iterable[r.Partner] = (),
    managers: Iterable[r.Manager] = (),
    contracts: Iterable[r.Contract] = (),
    statements: Iterable[r.Statement] | None = None,
    settlements: r.SettlementListHeader | None = None,
) -> Iterator[bytes]:
    """Our extension: who is one customer, who looks after him, on what terms he buys, and
    what he owes (docs/onec.md). A site that doesn't know it passes these elements over.

    `settlements` says of `statements` as of when they are, and whether they are all.
    """
    yield _prolog(how)
    yield from _list(s.PARTNER, partners, how)
    yield from _list(s.MANAGER, managers, how)
    yield from _list(s.CONTRACT, contracts, how)
    if statements is not None:
        header = settlements or r.SettlementListHeader()
        yield _opening(s.SETTLEMENT_LIST_HEADER, header, how)
        for statement in statements:
            yield _record(s.STATEMENT, statement, how)
        yield _bytes(f"</{s.SETTLEMENT_LIST_HEADER.element}>\n", how)
    yield _end(how)


def write_directory(
    directory: r.Directory, rows: Iterable[r.DirectoryRow], how: Format
) -> Iterator[bytes]:
    """A `references___….xml` with one table (ПользовательскиеСправочники)."""
    yield _prolog(how)
    yield _bytes("<ПользовательскиеСправочники>\n", how)
    yield _opening(s.DIRECTORY, directory, how)
    yield from _list(s.DIRECTORY_ROW, rows, how)
    yield _bytes("</Справочник>\n</ПользовательскиеСправочники>\n", how)
    yield _end(how)


# --- Records into elements --------------------------------------------------------------


def as_element(shape: Shape, record: Any, version: Version, tag: str = "") -> Element:
    """A record as the element that the description gives it."""
    element = Element(tag or shape.element)
    prepared = shape.prepare(record) if shape.prepare else {}
    for described in shape.fields:
        place = _place(described, version)
        if place is None or (described.when and not described.when(record, version)):
            continue
        name = described.name
        value = prepared[name] if name in prepared else getattr(record, name, None)
        if described.many:
            items = [item for item in value or () if not described.only or described.only(item)]
            for item in items:
                _write(element, described, place, item, version)
        elif value is not None:
            _write(element, described, place, value, version)
    return element


def _place(described: Field, version: Version) -> str | None:
    """Where a field is written in this version, if it has a place there: the first of its
    elements; in CommerceML 1 an attribute, or a row that stands right in the record."""
    if version >= s.SECOND:
        return described.elements[0]
    attributes = [place for place in described.elements if place.startswith("@")]
    if attributes or not isinstance(described.what, Shape):
        return attributes[0] if attributes else None
    rows = [place for place in described.elements[1:] if "/" not in place]
    return rows[0] if rows else None


def _write(element: Element, described: Field, place: str, value: Any, version: Version) -> None:
    """Put one value where its field has its place."""
    *above, last = place.split("/")
    for tag in above:
        element = _last_or_new(element, tag)
    what = described.what
    if described.presence:
        if value:
            _last_or_new(element, last)
    elif isinstance(what, Shape) and last.startswith("@"):
        short = what.fields[0]
        assert isinstance(short.what, Value)
        if (said := getattr(value, short.name)) is not None:
            element.set(last[1:], _clean(short.what.write(said)))
    elif isinstance(what, Shape):
        element.append(as_element(what, value, version, last))
    else:
        text = _clean(what.write(value))[: described.longest]
        if last == ".":
            element.text = text
        elif last.startswith("@"):
            element.set(last[1:], text)
        else:
            SubElement(element, last).text = text


def _last_or_new(element: Element, tag: str) -> Element:
    found = element.find(tag)
    return SubElement(element, tag) if found is None else found


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _part_id(element: Element, offer: r.Offer) -> None:
    """In a package of changes the characteristic is an element of its own (section 3)."""
    ident = element.find("Ид")
    if ident is not None and offer.characteristic_id:
        ident.text = offer.product_id
        characteristic = Element("ИдХарактеристики")
        characteristic.text = offer.characteristic_id
        element.insert(1, characteristic)


def _by_order(documents: Iterable[r.Document]) -> Iterator[list[r.Document]]:
    """Orders, each with the payments and shipments that follow it."""
    together: list[r.Document] = []
    for document in documents:
        if together and document.parent_id != together[0].id:
            yield together
            together = []
        together.append(document)
    if together:
        yield together


# --- Elements into bytes ----------------------------------------------------------------


def _bytes(text: str, how: Format) -> bytes:
    return text.encode(how.encoding, "xmlcharrefreplace")


def _element_bytes(element: Element, how: Format) -> bytes:
    indent(element, "\t")
    return _bytes(tostring(element, encoding="unicode") + "\n", how)


def _record(shape: Shape, record: Any, how: Format) -> bytes:
    return _element_bytes(as_element(shape, record, how.version), how)


def _prolog(how: Format) -> bytes:
    root = Element(s.ROOT)
    if how.namespace:
        root.set("xmlns", how.namespace)
    if how.version >= s.SECOND:
        root.set("ВерсияСхемы", how.schema)
    root.set("ДатаФормирования", write_datetime(how.generated_at))
    declared = "UTF-8" if how.encoding == "utf-8" else how.encoding
    start = f'<?xml version="1.0" encoding="{declared}"?>\n' + _open_tag(root)
    return (b"\xef\xbb\xbf" if how.bom else b"") + _bytes(start, how)


def _end(how: Format) -> bytes:
    return _bytes(f"</{s.ROOT}>\n", how)


def _opening(shape: Shape, header: Any, how: Format, tag: str = "") -> bytes:
    """A header's element, left open for the records that follow."""
    element = as_element(shape, header, how.version, tag)
    indent(element, "\t")
    return _bytes(_open_tag(element), how)


def _open_tag(element: Element) -> str:
    text = tostring(element, encoding="unicode", short_empty_elements=False)
    return text.removesuffix(f"</{element.tag}>").rstrip() + "\n"


def _list(shape: Shape, items: Iterable[Any], how: Format) -> Iterator[bytes]:
    """The list that such records stand in; left out when there are none. CommerceML 1 has no
    lists: records stand right in the catalogue."""
    is_open = False
    for item in items:
        if not is_open and how.version >= s.SECOND:
            yield _bytes(f"<{shape.within}>\n", how)
            is_open = True
        yield _record(shape, item, how)
    if is_open:
        yield _bytes(f"</{shape.within}>\n", how)


def _group_list(groups: list[r.Group], how: Format) -> Iterator[bytes]:
    """Groups nested as their parents say; one whose parent isn't here stands at the top."""
    if how.version < s.SECOND:
        for group in groups:
            yield _record(s.GROUP, group, how)
        return
    if not groups:
        return
    children: defaultdict[str | None, list[r.Group]] = defaultdict(list)
    known = {group.id for group in groups}
    for group in groups:
        children[group.parent_id if group.parent_id in known else None].append(group)
    top = Element(s.GROUP.within)
    waiting = [(top, None)] if children[None] else []
    stack: list[tuple[Element, str | None]] = list(waiting)
    while stack:
        holder, ident = stack.pop()
        for group in children.pop(ident, ()):
            element = as_element(s.GROUP, group, how.version)
            holder.append(element)
            if group.id in children:
                stack.append((SubElement(element, s.GROUP.within), group.id))
    yield _element_bytes(top, how)
