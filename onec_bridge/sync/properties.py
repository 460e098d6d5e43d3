"""Manufacturer and price group that 1C tells as properties of goods (Свойства).

Some bases tell them as an element or a requisite (:mod:`.facts`), others as a property named
«Производитель» or «Ценовая группа», whose values may be keys of a list. Rules: a property is
told by its name; one that 1C describes after the goods is not lost: a product keeps the values
of properties not described yet (``unread``), and is told when the description comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.fields.json import KT

from onec_bridge.commerceml.records import Product, Property, PropertyValue

from .facts import key_of
from .models import Kind, Link
from .outcome import Item

if TYPE_CHECKING:
    from .work import Work

__all__ = ["Described", "of_product", "property_facts", "told_late"]

#: What a property is called, letters only → what it tells.
_TELLS = {
    "производитель": "manufacturer",
    "изготовитель": "manufacturer",
    "ценоваягруппа": "price_group",
}

#: A value that is a key of the property's list, not a word.
_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Described:
    """The properties that a 1C base has described: which tell us something, and all ids."""

    def __init__(self, rows: Iterable[tuple[str, str | None]], connection: Any) -> None:
        names = dict(rows)
        self.ids = set(names)
        wanted = [pk for pk, name in names.items() if _tells(name)]
        links = Link.objects.filter(
            connection=connection, kind=Kind.PROPERTY, external_id__in=wanted
        )
        #: Property id → (which fact, its values by key).
        self.telling: dict[str, tuple[str, Mapping[str, str]]] = {
            link.external_id: (
                _tells(link.data["told"].get("name")),
                link.data["told"].get("options") or {},
            )
            for link in (links if wanted else ())
        }

    @classmethod
    def by(cls, connection: Any) -> Described:
        rows = Link.objects.filter(connection=connection, kind=Kind.PROPERTY)
        named = rows.annotate(name=KT("data__told__name")).values_list("external_id", "name")
        return cls(named, connection)


def _tells(name: str | None) -> str:
    return _TELLS.get(key_of(name or ""), "")


def property_facts(
    values: Iterable[PropertyValue], described: Described
) -> tuple[dict[str, str], dict[str, str]]:
    """What a product's properties tell, and what can't be read yet: id → its value."""
    facts: dict[str, str] = {}
    unread: dict[str, str] = {}
    for each in values:
        value = next((text.strip() for text in each.values if text.strip()), "")
        if not each.id or not value:
            continue
        if each.id not in described.ids:
            unread[each.id] = value
        elif telling := described.telling.get(each.id):
            fact, options = telling
            if value not in options and _KEY.fullmatch(value):
                unread[each.id] = value
            else:
                facts.setdefault(fact, options.get(value, value)[:255])
    return facts, unread


def told_late(work: Work, items: list[Item[Property]]) -> list[str]:
    """These were described just now: the ids of goods that waited for it and know more now."""
    work.links.save()
    work.knowledge.properties_changed()
    described = work.knowledge.properties
    ids = [item.record.id for item in items if item.record.id in described.telling]
    waited = Q()
    for pk in ids:
        waited |= Q(data__unread__has_key=pk)
    if not ids:
        return []
    links = Link.objects.filter(waited, connection=work.connection, kind=Kind.PRODUCT)
    found = list(links.values_list("external_id", flat=True))
    work.links.load(Kind.PRODUCT, found)
    return [product_id for product_id in found if _read_late(work, product_id, described)]


def _read_late(work: Work, product_id: str, described: Described) -> bool:
    """Did the description tell something new of this product?"""
    link = work.links.get(Kind.PRODUCT, product_id)
    if link is None:
        return False
    values = [PropertyValue(id=pk, values=(text,)) for pk, text in link.data["unread"].items()]
    facts, unread = property_facts(values, described)
    before = link.data["told"]
    work.links.put(Kind.PRODUCT, product_id, link.local_id, told={**facts, **before}, unread=unread)
    return any(name not in before for name in facts)


def of_product(record: Product, work: Work) -> tuple[dict[str, str], dict[str, str]]:
    """:func:`property_facts` of a record; asks nothing of the database where it has none."""
    if not record.properties:
        return {}, {}
    return property_facts(record.properties, work.knowledge.properties)
