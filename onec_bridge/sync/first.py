"""What 1C 7.7 says in its own way, in the terms that everything else here works in.

CommerceML 1 has no price types, no requisites, and two ids of a good: Идентификатор, unique in
the file, and ИдентификаторВКаталоге, the code that people know. As real bases write it (programs
of other projects that read them agree):

* a package of offers is of one price type, which its property «Тип цены» names; without one the
  package's own name stands for it;
* ПолноеНаименование, Артикул and the like are properties of the goods, by a described id or by
  that very word;
* an offer or a line of a document may name its good by ИдентификаторВКаталоге (СсылкаНаТовар),
  and tell its name, where the catalogue isn't in the file.

Files that name a later version pass as they are, and so do records that stand in lists, as later
versions have them. How many records come out depends on the file alone: the fold counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models.fields.json import KT

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.schema import LINK, SECOND

from .facts import key_of, requisite
from .models import Kind, Link

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["plainly"]

Records = Iterator[r.Record | r.Problem]

#: What properties of goods are called, letters only → the field they tell.
_WORDS = {
    "полноенаименование": "full_name",
    "артикул": "article",
    "производитель": "manufacturer_name",
    "изготовитель": "manufacturer_name",
    "странапроисхождения": "country",
    "описание": "description",
}
#: The property of a package that names its price type.
_PRICE_TYPE = ("типцены", "типцен", "видцен")
#: A package that doesn't say what its prices are called.
_PRICES = "Цены 1С 7.7"

#: Of operations, in later versions' words; «Order» is what is meant without one.
_OPERATIONS = {"sale": "Отпуск товара"}
#: Where records of CommerceML 1 stand: right in what they are of.
_PLACES = ("Каталог/Товар", "ПакетПредложений/Предложение", "/ТоварнаяПозиция")


def plainly(connection: Connection, records: Records) -> Records:
    """The records, those of a file of CommerceML 1 as if a later version had told them."""
    first = next(records, None)
    if first is None:
        return records
    version = first.version if isinstance(first, r.Header) else None
    if version is None or version < SECOND:
        records = _First(connection).read(records)
    return chain([first], records)


class _First:
    """A file of CommerceML 1 on its way."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._properties: dict[str, str] = {}
        #: ИдентификаторВКаталоге → Идентификатор, of the goods in the file.
        self._ids: dict[str, str] = {}
        self._goods: set[str] = set()
        self._type = r.PriceType(id=_PRICES, name=_PRICES)
        self._is_told = False

    def read(self, records: Records) -> Records:
        for record in records:
            if isinstance(record, r.Product) and _is_first(record):
                yield self._product(record)
            elif isinstance(record, r.Offer) and _is_first(record):
                yield from self._offer(record)
            elif isinstance(record, r.Document):
                lines = tuple(map(self._line, record.lines))
                operation = record.operation or ""
                meant = _OPERATIONS.get(operation.lower(), record.operation)
                yield replace(record, lines=lines, operation=meant)
            else:
                self._learn(record)
                yield record

    def _learn(self, record: r.Record | r.Problem) -> None:
        if isinstance(record, r.Property):
            self._properties[record.id] = key_of(record.name or "")
        elif isinstance(record, r.OfferPackageHeader):
            told = self._told(record.properties)
            name = next((told[word] for word in _PRICE_TYPE if word in told), record.name)
            self._type = r.PriceType(id=name or _PRICES, name=name or _PRICES, source=record.source)
            self._is_told = False

    def _told(self, values: tuple[r.PropertyValue, ...]) -> dict[str, str]:
        """What properties say, by their names."""
        found: dict[str, str] = {}
        for ident, texts in values:
            if texts and texts[0].strip():
                name = self._properties.get(ident) or key_of(ident)
                found.setdefault(name, texts[0].strip())
        return found

    def _product(self, record: r.Product) -> r.Product:
        told = self._told(record.properties)
        fields: dict[str, Any] = {
            _WORDS[word]: text for word, text in told.items() if word in _WORDS
        }
        self._goods.add(record.id)
        if code := record.article:
            self._ids[code] = record.id
            fields.setdefault("article", code)
            fields["code"] = record.code or code
        return replace(record, **fields) if fields else record

    def _offer(self, record: r.Offer) -> Iterator[r.Record]:
        if link := requisite(record.extras, LINK):
            name = record.name or self._told(record.properties).get("полноенаименование")
            record = replace(record, id=self._id(link), name=name)
            if name and link not in self._ids:
                said: dict[str, Any] = {"id": record.id, "only_changes": True}
                if link not in self._earlier:
                    said |= {"name": name, "article": link, "code": link, "unit": record.unit}
                yield r.Product(**said, source=record.source)
        if any(not price.price_type_id for price in record.prices):
            if not self._is_told:
                self._is_told = True
                yield replace(self._type, currency=record.prices[0].currency)
            prices = tuple(
                replace(price, price_type_id=price.price_type_id or self._type.id)
                for price in record.prices
            )
            record = replace(record, prices=prices)
        yield record

    def _line(self, line: r.DocumentLine) -> r.DocumentLine:
        return replace(line, id=self._id(line.id)) if _is_first(line) else line

    def _id(self, link: str) -> str:
        """Идентификатор of what is named by it, or by ИдентификаторВКаталоге."""
        if link in self._goods:
            return link
        return self._ids.get(link) or self._earlier.get(link) or link

    @cached_property
    def _earlier(self) -> dict[str, str]:
        """The same of the goods of earlier files."""
        rows = Link.objects.filter(
            connection=self._connection, kind=Kind.PRODUCT, data__told__has_key="code"
        ).annotate(code=KT("data__told__code"))
        return dict(rows.values_list("code", "external_id"))


def _is_first(record: r.Product | r.Offer | r.DocumentLine) -> bool:
    return record.source.path.endswith(_PLACES)
