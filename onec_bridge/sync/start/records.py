"""Goods of a sheet as the records that 1C's own file would have.

Rules: only what the sheet says is said (a patch), so that a price list changes no names; what
the connection knows already (a price type, a group) is named by its id and not told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from b2b_overlay.pricing.models import PriceList
from onec_bridge.commerceml.records import (
    BaseUnit,
    Characteristic,
    Group,
    Offer,
    OfferPrice,
    PriceType,
    Product,
    Requisite,
    Source,
    StockRow,
    TaxRate,
    Warehouse,
)
from onec_bridge.commerceml.values import parse_tax_rate
from onec_bridge.sync.facts import OKEI, unit_name
from onec_bridge.sync.words import normal_name

from . import ids
from .known import Known
from .rows import Good

__all__ = ["References", "offer_of", "products_of"]

_CODES = {name: code for code, name in OKEI.items()}
#: Facts of a product; a row without any of them tells of its offer alone.
_OF_PRODUCT = frozenset(
    {"name", "unit", "vat", "manufacturer", "price_group", "description", "deleted"}
)


@dataclass(slots=True)
class References:
    """What the goods refer to: ids by name, and the records of what the connection lacks."""

    known: Known
    file_name: str
    #: Lists that the shop has and nobody keeps, by name as it is compared; the ids of those
    #: that turned out to be price types of the sheet.
    lists: Mapping[str, PriceList] = field(default_factory=dict)
    adopted: set[int] = field(default_factory=set)
    price_types: dict[str, PriceType] = field(default_factory=dict)
    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def price_type(self, name: str, currency: str) -> str:
        key = normal_name(name)
        if (found := self.known.price_types.get(key)) is not None:
            return found
        made = self.price_types.get(key)
        if made is None:
            mine = None if currency else self.lists.get(key)
            if mine is not None:
                name = mine.name
                self.adopted.add(mine.pk)
            made = PriceType(
                id=ids.of_price_type(name),
                name=name,
                currency=currency or None,
                source=self._source,
            )
            self.price_types[key] = made
        return made.id

    def warehouse(self, name: str) -> str | None:
        if not name:
            return None
        key = normal_name(name)
        if (found := self.known.warehouses.get(key)) is not None:
            return found
        if key not in self.warehouses:
            self.warehouses[key] = Warehouse(
                id=ids.of_warehouse(name), name=name, source=self._source
            )
        return self.warehouses[key].id

    def group(self, path: Sequence[str]) -> str:
        """The id of the last one; those above come before it."""
        parent, walked = "", []
        for name in path:
            walked.append(name)
            external_id = self.known.group(parent, name)
            if external_id is None:
                external_id = ids.of_group(walked)
                if external_id not in self.groups:
                    self.groups[external_id] = Group(
                        id=external_id, name=name, parent_id=parent or None, source=self._source
                    )
            parent = external_id
        return parent

    def records(self) -> Iterator[Group | PriceType | Warehouse]:
        """What has to be told before the goods."""
        yield from self.groups.values()
        yield from self.price_types.values()
        yield from self.warehouses.values()

    def meet(self, goods: Iterable[Good]) -> None:
        """All that these refer to."""
        for good in goods:
            offer_of(good, self)
            if good.groups:
                self.group(good.groups)

    @property
    def _source(self) -> Source:
        return Source(self.file_name, 0, 0, "", "")


def products_of(goods: Iterable[Good], references: References) -> Iterator[Product]:
    """Their products; variants of one that stand below each other tell of it once."""
    before = ""
    for good in goods:
        if good.product_id != before and (product := _product(good, references)):
            yield product
        before = good.product_id


def _product(good: Good, references: References) -> Product | None:
    """The product as the row tells of it; None: it says nothing of the product."""
    said = good.said
    if not good.is_new and not said.keys() & _OF_PRODUCT and good.groups is None:
        return None
    group = said.get("price_group")
    plain = "#" not in good.id
    return Product(
        id=good.product_id,
        article=said.get("article"),
        code=said.get("code"),
        name=said.get("name"),
        barcode=said.get("barcode") if plain else None,
        unit=_unit(said.get("unit")),
        group_ids=(references.group(good.groups),) if good.groups else (),
        description=said.get("description"),
        manufacturer_name=said.get("manufacturer"),
        tax_rates=_rates(said.get("vat")),
        requisites=(Requisite("ЦеноваяГруппа", (group,)),) if group else (),
        deleted="deleted" in said or references.known.is_deleted(good.product_id),
        only_changes=True,
        source=_source(good, references),
    )


def _rates(text: str | None) -> tuple[TaxRate, ...]:
    if not text:
        return ()
    rate, exempt = parse_tax_rate(text)
    return (TaxRate(name="НДС", text=text, rate=rate, is_exempt=exempt),)


def _unit(name: str | None) -> BaseUnit | None:
    if not name:
        return None
    short = name.strip(" .").lower()
    return BaseUnit(code=_CODES.get(short) or _CODES.get(name) or None, name=unit_name(name))


def offer_of(good: Good, references: References) -> Offer:
    """The offer as the row tells of it."""
    said, source = good.said, _source(good, references)
    label = said.get("label")
    unit = said.get("pack") or said.get("unit")
    prices = tuple(
        OfferPrice(
            price_type_id=references.price_type(name, currency),
            amount=amount,
            currency=currency or None,
            unit=unit,
            coefficient=good.coefficient,
            source=source,
        )
        for name, amount, currency in good.prices
    )
    rows = [(references.warehouse(name), quantity) for name, quantity in good.stock]
    unnamed = sum((quantity for at, quantity in rows if at is None), Decimal(0))
    return Offer(
        id=good.id,
        barcode=said.get("barcode") if label else None,
        characteristics=(Characteristic("Характеристика", label),) if label else (),
        prices=prices,
        quantity=unnamed if any(at is None for at, _quantity in rows) else None,
        stock=tuple(StockRow(at, quantity) for at, quantity in rows if at is not None),
        only_changes=True,
        source=source,
    )


def _source(good: Good, references: References) -> Source:
    return Source(references.file_name, good.number, 0, good.id, "")
