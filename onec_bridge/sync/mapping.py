"""What one 1C base keeps elsewhere than others: a price in a requisite, a maker in a property.

A :class:`~.models.MappingRule` says what is taken from where; :class:`Mapper` reads goods
accordingly, so nothing beyond it knows that there are rules. Rules kept here:

* what the rule finds takes the place of what stood there; where it finds nothing, or nothing
  that can be read, what stood there stays;
* a coefficient found in the goods holds for the prices of their offers, in whatever file these
  come: it is remembered with the goods;
* of two rules for one thing the first that finds something holds;
* a property is told by its name, also when its values are keys of a list, and whether it was
  described in this file or in an earlier one;
* without rules the records pass as they are, at no cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.db.models.fields.json import KT

from onec_bridge.commerceml.records import (
    Offer,
    OfferPrice,
    PriceType,
    Problem,
    Product,
    Property,
    PropertyValue,
    Record,
    Requisite,
    TaxRate,
)
from onec_bridge.commerceml.schema import EXTRAS
from onec_bridge.commerceml.values import parse_number, parse_tax_rate

from .facts import COEFFICIENT, STEP, WHOLESALE, key_of, requisite, step_said, wholesale_said
from .first import plainly
from .lifting import lifted
from .models import Kind, Link, MappingRule

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["ELEMENTS", "Goods", "Mapper", "mapped"]

Goods = Product | Offer
Target = MappingRule.Target
Place = MappingRule.Place


def _extra(name: str, goods: Goods) -> str | None:
    return requisite(goods.extras, name)


#: What can be taken from an element of the goods: its name → what it says.
ELEMENTS: Mapping[str, Callable[[Goods], str | None]] = {
    "Код": lambda goods: getattr(goods, "code", None),
    "Артикул": lambda goods: goods.article,
    "Штрихкод": lambda goods: goods.barcode,
    "Ид": lambda goods: goods.id if isinstance(goods, Product) else None,
    "Наименование": lambda goods: goods.name,
    "ПолноеНаименование": lambda goods: getattr(goods, "full_name", None),
    "Описание": lambda goods: getattr(goods, "description", None),
    "Страна": lambda goods: getattr(goods, "country", None),
    "Изготовитель": lambda goods: getattr(goods, "manufacturer_name", None),
    **{name: partial(_extra, name) for name in EXTRAS},
}


def mapped(
    connection: Connection, records: Iterator[Record | Problem]
) -> Iterator[Record | Problem]:
    """The records as the connection's settings and rules read them; without any, the very
    iterator."""
    records = lifted(connection, plainly(connection, records))
    rules = list(connection.mapping_rules.all())
    if not rules:
        return records
    mapper = Mapper(rules)
    mapper.remember(connection)
    return mapper.read(records)


class Mapper:
    """The rules of a connection, with the names that they need: properties and price types."""

    def __init__(self, rules: Sequence[MappingRule]) -> None:
        # A coefficient is of the prices, those that other rules find included.
        last = sorted(rules, key=lambda rule: rule.target == Target.COEFFICIENT)
        self._rules = [(rule, key_of(rule.name)) for rule in last]
        self._properties: dict[str, tuple[str, Mapping[str, str]]] = {}
        self._price_types: dict[str, str] = {}
        self._has_coefficients = any(rule.target == Target.COEFFICIENT for rule in rules)
        #: Product's Ид → what was found of it.
        self._coefficients: dict[str, str] = {}

    def remember(self, connection: Connection) -> None:
        """Learn what the base described in earlier files."""
        links = Link.objects.filter(
            connection=connection, kind__in=(Kind.PROPERTY, Kind.PRICE_TYPE)
        ).values_list("kind", "external_id", "data")
        for kind, external_id, data in links:
            told = data.get("told", {})
            if kind == Kind.PRICE_TYPE:
                self._price_types[key_of(told.get("name") or "")] = external_id
            else:
                name = key_of(told.get("name") or "")
                self._properties[external_id] = name, told.get("options") or {}
        if self._has_coefficients:
            found = Link.objects.filter(
                connection=connection, kind=Kind.PRODUCT, data__told__has_key="coefficient"
            ).annotate(coefficient=KT("data__told__coefficient"))
            self._coefficients = dict(found.values_list("external_id", "coefficient"))

    def read(self, records: Iterable[Record | Problem]) -> Iterator[Record | Problem]:
        """Each record in turn, goods as the rules have them."""
        for record in records:
            if isinstance(record, Product | Offer):
                yield self.goods(record)[0]
            else:
                self.learn(record)
                yield record

    def learn(self, record: Record | Problem) -> None:
        """Look at what isn't goods: it may describe a property or a price type."""
        if isinstance(record, Property):
            self._properties[record.id] = key_of(record.name or ""), record.options
        elif isinstance(record, PriceType):
            self._price_types[key_of(record.name or "")] = record.id

    def goods(self, goods: Goods) -> tuple[Goods, list[MappingRule]]:
        """A product or an offer as the rules have it, and those that found something."""
        done: dict[tuple[str, str], MappingRule] = {}
        for rule, key in self._rules:
            what = rule.target, rule.price_type
            if what in done or not (value := self._found(goods, rule, key)):
                continue
            changed = APPLY[rule.target](goods, value, self.price_type(rule))
            if changed is not None:
                goods, done[what] = changed, rule
                if rule.target == Target.COEFFICIENT and isinstance(goods, Product):
                    self._coefficients[goods.product_id] = value
        if self._has_coefficients and isinstance(goods, Offer):
            known = self._coefficients.get(goods.product_id, "")
            goods = _coefficient(goods, known, "") or goods
        return goods, list(done.values())

    def price_type(self, rule: MappingRule) -> str:
        """Ид of the price type that a rule names."""
        return self._price_types.get(key_of(rule.price_type), rule.price_type)

    @property
    def property_names(self) -> set[str]:
        """The properties described so far, as they are compared."""
        return {name for name, _options in self._properties.values() if name}

    def _found(self, goods: Goods, rule: MappingRule, key: str) -> str:
        if rule.place == Place.ELEMENT:
            element = ELEMENTS.get(rule.name)
            return ((element(goods) if element else None) or "").strip()
        if rule.place == Place.REQUISITE:
            return _first(
                row for row in getattr(goods, "requisites", ()) if key_of(row.name) == key
            )
        for row in goods.properties:
            name, options = self._properties.get(row.id, ("", {}))
            if name == key and (value := _first([row])):
                return options.get(value, value).strip()
        return _first(
            Requisite(row.name, (row.value,))
            for row in goods.characteristics
            if key_of(row.name) == key
        )


def _first(rows: Iterable[Requisite | PropertyValue]) -> str:
    texts = (text.strip() for row in rows for text in row.values)
    return next((text for text in texts if text), "")


# --- what a value becomes; None: it can't be that ---------------------------------------


def _article(goods: Goods, value: str, _type: str) -> Goods | None:
    return replace(goods, article=value)


def _barcode(goods: Goods, value: str, _type: str) -> Goods | None:
    return replace(goods, barcode=value)


def _code(goods: Goods, value: str, _type: str) -> Goods | None:
    return replace(goods, code=value) if isinstance(goods, Product) else None


def _manufacturer(goods: Goods, value: str, _type: str) -> Goods | None:
    return replace(goods, manufacturer_name=value) if isinstance(goods, Product) else None


def _price_group(goods: Goods, value: str, _type: str) -> Goods | None:
    return _told(goods, "Ценовая группа", value)


def _vat(goods: Goods, value: str, _type: str) -> Goods | None:
    if not isinstance(goods, Product):
        return None
    try:
        rate, is_exempt = parse_tax_rate(value)
    except ValueError:
        return None
    row = TaxRate(name="НДС", text=value, rate=rate, is_exempt=is_exempt)
    return replace(goods, tax_rates=(row,))


def _coefficient(goods: Goods, value: str, _type: str) -> Goods | None:
    """How many base units a price is for, of the prices that don't say it themselves."""
    number = _number(value)
    if not number:
        return None
    prices = tuple(
        replace(price, coefficient=number) if price.coefficient == 1 else price
        for price in goods.prices
    )
    changed = replace(goods, prices=prices)
    return _told(changed, COEFFICIENT, value) or changed


def _step(goods: Goods, value: str, _type: str) -> Goods | None:
    return _told(goods, STEP, value) if step_said(value) else None


def _wholesale(goods: Goods, value: str, _type: str) -> Goods | None:
    """«Нет» is found too: it takes nothing from anybody."""
    return None if wholesale_said(value) is None else _told(goods, WHOLESALE, value)


def _told(goods: Goods, name: str, value: str) -> Goods | None:
    """What has no element of its own goes as the requisite that is read."""
    if not isinstance(goods, Product):
        return None
    return replace(goods, requisites=(Requisite(name, (value,)), *goods.requisites))


def _price(goods: Goods, value: str, price_type_id: str) -> Goods | None:
    amount = _number(value)
    if amount is None or not price_type_id:
        return None
    others = tuple(price for price in goods.prices if price.price_type_id != price_type_id)
    price = OfferPrice(price_type_id=price_type_id, amount=amount, source=goods.source)
    changed = replace(goods, prices=(*others, price))
    return replace(changed, has_prices_block=True) if isinstance(changed, Offer) else changed


def _number(value: str) -> Decimal | None:
    try:
        number = parse_number(value)
    except ValueError:
        return None
    return number if number is not None and number >= 0 else None


APPLY: Mapping[str, Callable[[Goods, str, str], Goods | None]] = {
    Target.ARTICLE: _article,
    Target.CODE: _code,
    Target.BARCODE: _barcode,
    Target.MANUFACTURER: _manufacturer,
    Target.PRICE_GROUP: _price_group,
    Target.VAT: _vat,
    Target.COEFFICIENT: _coefficient,
    Target.STEP: _step,
    Target.WHOLESALE: _wholesale,
    Target.PRICE: _price,
}
