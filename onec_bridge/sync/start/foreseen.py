"""What 1C's catalogue would take over of what spreadsheets brought, before it does.

The same :class:`.made.Made` decides here and in the exchange; here the whole export is seen at
once. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import Offer, Problem, Product, Record
from onec_bridge.sync.facts import product_facts
from onec_bridge.sync.models import Kind, Link

from . import ids
from .made import Found, Made, MadeGood, Told, Way, shared_of

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Foreseen", "foresee"]

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Doubt:
    """A good of 1C with what it may be."""

    told: Told
    goods: tuple[MadeGood, ...]


@dataclass(slots=True)
class Foreseen:
    """How many goods of 1C are found by which way, and which are to be looked at."""

    counts: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    #: Goods of 1C that a person will be asked about.
    doubts: tuple[Doubt, ...] = ()
    #: Goods of spreadsheets that nothing in the export is.
    left: tuple[MadeGood, ...] = ()
    #: Goods that 1C had told of before.
    known: int = 0
    left_count: int = 0


def foresee(connection: Connection, records: Iterable[Record | Problem]) -> Foreseen:
    """Look through an export, all its files one after another."""
    products, barcodes = _goods(records)
    known = set(
        Link.objects.filter(~ids.made(), connection=connection, kind=Kind.PRODUCT)
        .exclude(local_id="")
        .filter(external_id__in=products)
        .values_list("external_id", flat=True)
    )
    made = Made(connection)
    by_barcode = _by_barcode(connection)
    told = {pk: Told.of(each) for pk, each in products.items() if pk not in known}
    shared = shared_of(told.values())
    result = Foreseen(known=len(known))
    for pk, each in told.items():
        found = made.find(each, shared(each))
        if found.way is Way.NONE:
            found = _barcode(made, by_barcode, barcodes.get(pk, set()))
        result.counts[found.way] += 1
        if found.way is Way.DOUBT:
            if len(result.doubts) < _SHOWN:
                result.doubts += (Doubt(each, found.goods),)
        else:
            made.gone(good.external_id for good in found.goods)
    result.left_count = len(made.goods)
    result.left = tuple(islice(made.goods.values(), _SHOWN))
    return result


def _goods(
    records: Iterable[Record | Problem],
) -> tuple[dict[str, dict[str, Any]], dict[str, set[str]]]:
    """What the export tells of its live products; barcodes of each."""
    products: dict[str, dict[str, Any]] = {}
    barcodes: dict[str, set[str]] = {}
    for record in records:
        if not isinstance(record, Product | Offer) or not record.product_id or record.deleted:
            continue
        if record.barcode:
            barcodes.setdefault(record.product_id, set()).add(record.barcode)
        if isinstance(record, Product):
            facts = product_facts(record)
            wanted: dict[str, Any] = {
                name: facts[name] for name in ("name", "code", "article") if name in facts
            }
            products.setdefault(record.product_id, {}).update(wanted)
    return products, barcodes


def _by_barcode(connection: Connection) -> dict[str, list[str]]:
    """Products of spreadsheets by the barcodes that the shop knows of their variants."""
    links = Link.objects.filter(ids.made(), connection=connection, kind=Kind.OFFER)
    parents = {
        int(pk): of for pk, of in links.exclude(local_id="").values_list("local_id", "parent_id")
    }
    found: dict[str, list[str]] = {}
    for good in get_shop().writer.known_goods():
        if parent := parents.get(good.variant_id):
            for barcode in good.barcodes:
                found.setdefault(barcode, []).append(parent)
    return found


def _barcode(made: Made, by_barcode: dict[str, list[str]], barcodes: Iterable[str]) -> Found:
    for barcode in barcodes:
        same = by_barcode.get(barcode, [])
        if len(same) == 1 and (good := made.goods.get(same[0])):
            return Found(Way.BARCODE, (good,))
    return Found(Way.NONE)
