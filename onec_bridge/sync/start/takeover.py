"""The real exchange takes over what spreadsheets began: ids made here become 1C's own.

A link is renamed, and stays what it was: the same product, variant, price list, warehouse and
category, so contracts, carts and orders notice nothing, and nothing is doubled. Called for
each batch before anything looks at its records. Rules: goods by code, then article
(:mod:`.made`); variants by their characteristic; price types and warehouses by name; groups by
name in the same place; counterparties by code (by INN and KPP :mod:`..counterparties` knows
them). What is doubtful is asked like any other match (:mod:`..supervision`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from b2b_overlay.shop import VariantDraft
from onec_bridge.commerceml.records import (
    Counterparty,
    Group,
    Offer,
    PriceType,
    Product,
    Warehouse,
)
from onec_bridge.sync.facts import label, requisite
from onec_bridge.sync.inherit import inherit
from onec_bridge.sync.models import Kind, Link, Match, Parked
from onec_bridge.sync.words import normal_name, sku_of
from onec_bridge.sync.work import Work

from . import ids
from .made import MadeGood, Told, Way, shared_of

__all__ = ["doubts_of", "join", "take_over"]


def take_over(work: Work, batch: Iterable[Any]) -> None:
    """Give 1C's ids to what these records are. Nothing is asked of a connection that never
    had a spreadsheet."""
    if not work.knowledge.has_made:
        return
    of: dict[type[Any], list[Any]] = {}
    for record in batch:
        if not ids.is_made(getattr(record, "id", "")):
            of.setdefault(type(record), []).append(record)
    _take_groups(work, of.get(Group, []))
    _take_named(work, Kind.PRICE_TYPE, of.get(PriceType, []))
    _take_named(work, Kind.WAREHOUSE, of.get(Warehouse, []))
    _take_products(work, of.get(Product, []))
    within = [each for each in of.get(Product, []) if each.characteristic_id or each.prices]
    _take_offers(work, [*of.get(Offer, []), *within])
    _take_counterparties(work, of.get(Counterparty, []))


def _links(work: Work, kind: Kind) -> Any:
    return Link.objects.filter(connection=work.connection, kind=kind)


def _unknown(work: Work, kind: Kind, records: Sequence[Any], *, of: str = "id") -> list[Any]:
    """Those whose id says nothing here yet."""
    wanted = [getattr(record, of) for record in records]
    known = set(
        _links(work, kind).filter(external_id__in=wanted).values_list("external_id", flat=True)
    )
    return [record for record, pk in zip(records, wanted, strict=True) if pk and pk not in known]


def _rename(link: Link, external_id: str, **data: Any) -> None:
    link.external_id = external_id
    link.data = {**link.data, **data}
    link.save(update_fields=["external_id", "parent_id", "data"])


# ------------------------------------------------------------- what goods refer to


def _take_named(work: Work, kind: Kind, records: Sequence[PriceType | Warehouse]) -> None:
    """Price types or warehouses, by name; one that two answer to stays."""
    fresh = _unknown(work, kind, records)
    if not fresh:
        return
    made: dict[str, list[Link]] = {}
    for link in _links(work, kind).filter(ids.made()):
        made.setdefault(normal_name(link.data["told"].get("name") or ""), []).append(link)
    for record in fresh:
        same = made.pop(normal_name(record.name or ""), [])
        if len(same) == 1:
            _rename(same[0], record.id)


def _take_groups(work: Work, records: Sequence[Group]) -> None:
    """Groups, parents above children: by name, within what their parent is."""
    fresh = _unknown(work, Kind.GROUP, records)
    if not fresh:
        return
    made = {
        (link.data["told"]["parent"], normal_name(link.data["told"]["name"] or "")): link
        for link in _links(work, Kind.GROUP).filter(ids.made())
    }
    for record in fresh:
        link = made.pop((record.parent_id or "", normal_name(record.name or "")), None)
        if link is None:
            continue
        old = link.external_id
        _rename(link, record.id)
        for (parent, name), child in list(made.items()):
            if parent == old:
                del made[parent, name]
                _rename(child, child.external_id, told={**child.data["told"], "parent": record.id})
                made[record.id, name] = child


# -------------------------------------------------------------------------- goods


def _take_products(work: Work, records: Sequence[Product]) -> None:
    fresh = [each for each in records if not each.deleted]
    fresh = _unknown(work, Kind.PRODUCT, fresh, of="product_id")
    told = {
        each.product_id: Told(_name(each), each.code or "", each.article or "") for each in fresh
    }
    shared = shared_of(told.values())
    for product_id, each in told.items():
        found = work.knowledge.made.find(each, shared(each) | _shared(work, each))
        if found.way not in (Way.NONE, Way.DOUBT):
            _take_product(work, found.goods[0], product_id)


def _shared(work: Work, told: Told) -> set[str]:
    """Has 1C told of another good with its article before?"""
    article = sku_of(told.article)
    return {Way.ARTICLE} if article and work.knowledge.told_articles[article] else set()


def _name(record: Product) -> str:
    """A product told by its characteristics has them in brackets after its name."""
    name = record.name or ""
    return name.rpartition(" (")[0] or name if record.characteristic_id else name


def _take_product(work: Work, good: MadeGood, product_id: str) -> None:
    link = _links(work, Kind.PRODUCT).get(external_id=good.external_id)
    _rename(link, product_id)
    old = _links(work, Kind.OFFER).filter(parent_id=good.external_id)
    of_sheets = [*old.values_list("external_id", flat=True)]
    old.update(parent_id=product_id)
    Match.objects.filter(connection=work.connection, external_id__in=of_sheets).delete()
    Parked.objects.filter(connection=work.connection, external_id__in=of_sheets).delete()
    work.touch_up(int(link.local_id), external_id=product_id)
    work.knowledge.made.gone([good.external_id])


def _take_offers(work: Work, records: Sequence[Offer | Product]) -> None:
    """Variants of products taken over: the plain one, or the one of the same characteristic."""
    fresh = _unknown(work, Kind.OFFER, records)
    parents = {record.product_id for record in fresh}
    made = _links(work, Kind.OFFER).filter(ids.made(), parent_id__in=parents)
    by_label: dict[tuple[str, str], list[Link]] = {}
    for link in made.exclude(local_id="") if parents else ():
        told = link.data.get("told", {}).get("label") or ""
        by_label.setdefault((link.parent_id, normal_name(told)), []).append(link)
    for record in fresh:
        same = by_label.pop((record.product_id, normal_name(_label(record))), [])
        if len(same) == 1:
            _take_offer(work, same[0], record.id)


def _label(record: Offer | Product) -> str:
    if isinstance(record, Offer):
        return label(record)
    return ", ".join(each.value for each in record.characteristics if each.value)


def _take_offer(work: Work, link: Link, offer_id: str) -> None:
    _rename(link, offer_id)
    draft = VariantDraft(offer_id, int(link.local_id), external_id=offer_id)
    work.touch_up(int(link.data["product"]), draft)


def join(work: Work, offer: Offer, variant_id: int) -> bool:
    """Somebody said, or a barcode, that the offer is this variant of the shop's: where a
    spreadsheet brought it, it becomes 1C's, with its product. False: no sheet did."""
    if not work.knowledge.has_made or ids.is_made(offer.id):
        return False
    links = _links(work, Kind.OFFER).filter(ids.made(), local_id=str(variant_id))
    link = links.first()
    if link is None:
        return False
    product = work.links.get(Kind.PRODUCT, offer.product_id)
    made = _links(work, Kind.PRODUCT).filter(ids.made(), external_id=link.parent_id).first()
    is_whole = made is not None and product is not None and not product.local_id
    inherit(work, offer, link, made)
    if made is not None and is_whole:
        _links(work, Kind.OFFER).filter(parent_id=made.external_id).update(
            parent_id=offer.product_id
        )
        work.knowledge.made.gone([made.external_id])
        made.delete()
    return True


def doubts_of(work: Work, offer: Offer) -> list[int]:
    """Variants from spreadsheets that a new offer may be, for a person to say."""
    if not work.knowledge.has_made or ids.is_made(offer.id):
        return []
    product = work.links.get(Kind.PRODUCT, offer.product_id)
    if product is None or product.local_id:
        return []
    told = Told.of(product.data.get("told", {}))
    article = sku_of(told.article)
    shared = {Way.ARTICLE} if article and work.knowledge.told_articles[article] > 1 else set()
    found = work.knowledge.made.find(told, shared)
    if not found.goods:
        return []
    parents = [good.external_id for good in found.goods]
    offers = _links(work, Kind.OFFER).filter(ids.made(), parent_id__in=parents)
    return [int(pk) for pk in offers.exclude(local_id="").values_list("local_id", flat=True)]


# ----------------------------------------------------------------- counterparties


def _take_counterparties(work: Work, records: Sequence[Counterparty]) -> None:
    """By code: 1C's id becomes another name of whom the sheet's code already names."""
    codes = {
        record.id: ids.by_code(code)
        for record in _unknown(work, Kind.COUNTERPARTY, records)
        if (code := requisite(record.requisites, "Код"))
    }
    made = {
        link.external_id: link
        for link in _links(work, Kind.COUNTERPARTY).filter(external_id__in=codes.values())
    }
    for external_id, code in codes.items():
        if link := made.pop(code, None):
            work.links.put(Kind.COUNTERPARTY, external_id, link.local_id)
    work.links.save()
