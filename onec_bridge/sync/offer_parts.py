"""What an offer in the shop says of itself, its prices and its stock, part by part.

Each part plans into the batch's :class:`~.work.Work`, and gives back what has to wait.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from b2b_overlay.money import Money
from b2b_overlay.pricing.loads import PriceRow
from b2b_overlay.quantities import as_quantity, dumped
from b2b_overlay.shop import VariantDraft
from onec_bridge.commerceml.records import Offer

from . import parking
from .facts import offer_facts
from .links import Linked
from .models import Kind
from .outcome import Item, Outcome
from .prices import KnownPriceType, plan_prices
from .products import told_of
from .references import default_warehouse
from .stock import UNNAMED, plan_stock
from .work import Work

__all__ = ["apply_parts", "retail_of"]


def apply_parts(work: Work, item: Item[Offer]) -> list[tuple[Item[Offer], Offer, str, str]]:
    """Facts, prices and stock of an offer in the shop; the parts that have to wait."""
    offer = item.record
    link = work.links.get(Kind.OFFER, offer.id)
    assert link is not None, "only offers in the shop come here"
    _apply_facts(work, item, link)
    piece = work.piece(int(link.local_id))
    waiting = _apply_prices(work, item, link, piece)
    waiting += _apply_stock(work, item, link, piece)
    return [(item, part, kind, of) for part, kind, of in waiting]


def _apply_facts(work: Work, item: Item[Offer], link: Linked) -> None:
    """Within a product record an offer only fills gaps: the offers' own file knows better."""
    offer = item.record
    kept = link.data
    before: dict[str, Any] = kept.get("told", {})
    name = told_of(work, offer).get("name", "") if offer.characteristic_id else ""
    said = offer_facts(offer, name)
    told = said | before if item.part_of is not None else before | said
    is_new = "told" not in kept
    if told == before and not is_new:
        return
    work.links.put(Kind.OFFER, offer.id, link.local_id, told=told)
    variant_id = int(link.local_id)
    work.facts(variant_id, told_of(work, offer), told)
    if is_new:
        return
    item.came(Outcome.CHANGED)
    if link.data.get("ours"):
        changed = {key for key in ("label", "barcode") if told.get(key) != before.get(key)}
        if changed:
            draft = VariantDraft(
                offer.id, variant_id, name=told.get("label"), barcode=told.get("barcode")
            )
            work.touch_up(int(link.data["product"]), draft)
    if told.get("deleted") != before.get("deleted", False):
        _mark_deleted(work, offer, link, bool(told.get("deleted")))


def _mark_deleted(work: Work, offer: Offer, link: Linked, deleted: bool) -> None:
    """A variant has no publication of its own: it goes with prices and stock; an only one
    takes its product along."""
    if not offer.characteristic_id and (deleted or link.data.get("taken_off")):
        work.touch_up(int(link.data["product"]), publish=not deleted)
        work.links.put(Kind.OFFER, offer.id, link.local_id, taken_off=deleted)


def _apply_prices(
    work: Work, item: Item[Offer], link: Linked, piece: Decimal
) -> list[tuple[Offer, str, str]]:
    offer = item.record
    full = offer.only_changes is False and (
        offer.has_prices_block or bool(offer.prices) or work.file.prices_package
    )
    if not (offer.prices or full or offer.deleted):
        return []
    told = link.data.get("told", {})
    plan = plan_prices(
        offer,
        int(link.local_id),
        work.price_types,
        full=full or offer.deleted,
        base_unit=(told if "unit" in told else told_of(work, offer)).get("unit", ""),
        piece=piece,
    )
    if offer.deleted:
        plan.rows, plan.cleared = (
            [],
            [(known.price_list_id, int(link.local_id)) for known in work.price_types.values()],
        )
    work.price(item, int(link.local_id), plan.rows, plan.cleared)
    work.tally.problems += plan.problems
    if plan.refused:
        item.came(Outcome.REFUSED)
    _apply_retail(work, item, link, plan.rows)
    waiting: dict[str, list[Any]] = {}
    for price in plan.parked:
        waiting.setdefault(price.price_type_id, []).append(price)
    for type_id in waiting:
        work.problem(
            "unknown_price_type", offer, "Цены/Цена/ИдТипаЦены", type_id, price_type=type_id
        )
    return [
        (parking.thin(offer, prices=tuple(prices)), Kind.PRICE_TYPE, type_id)
        for type_id, prices in waiting.items()
    ]


def _apply_retail(work: Work, item: Item[Offer], link: Linked, rows: list[PriceRow]) -> None:
    """The retail price, of goods that 1C made, or of all where 1C owns retail prices."""
    kept = link.data
    if not (kept.get("ours") or work.connection.owns_retail_prices):
        return
    retail = _retail_in(rows, work.retail_list)
    if retail is None or kept.get("retail") == str(retail.amount):
        return
    work.links.put(Kind.OFFER, item.record.id, link.local_id, retail=str(retail.amount))
    draft = VariantDraft(item.record.id, int(link.local_id), retail=retail)
    work.touch_up(int(kept["product"]), draft)
    item.came(Outcome.CHANGED)


def retail_of(work: Work, offer: Offer) -> Money | None:
    """The offer's price of the connection's retail price type, if the channel can have it and
    it can be taken."""
    type_id, known = work.retail_price_type, work.retail_list
    if known is None:
        return None
    return _retail_in(plan_prices(offer, 0, {type_id: known}, full=False).rows, known)


def _retail_in(rows: list[PriceRow], known: KnownPriceType | None) -> Money | None:
    """What one piece costs in the retail list."""
    if known is None:
        return None
    for row in rows:
        if row.price_list_id == known.price_list_id and row.min_quantity == 1:
            return Money(row.amount, known.currency)
    return None


def _apply_stock(
    work: Work, item: Item[Offer], link: Linked, piece: Decimal
) -> list[tuple[Offer, str, str]]:
    offer = item.record
    told = {w: as_quantity(q) for w, q in link.data.get("stock", {}).items()}
    plan = plan_stock(
        offer,
        told,
        work.warehouses,
        full=offer.only_changes is False,
        piece=piece,
    )
    if plan is None:
        return []
    work.tally.problems += plan.problems
    for warehouse, quantity in plan.levels.items():
        local = default_warehouse(work) if warehouse == UNNAMED else work.warehouses[warehouse]
        woken = item.kind == parking.WOKEN
        work.stock(int(link.local_id), local, quantity, told_before=woken)
    if not told and work.connection.owns_stock and not link.data.get("ours"):
        work.take_over_stock(int(link.local_id))
    if plan.levels != told:
        levels = {w: dumped(q) for w, q in plan.levels.items()}
        work.links.put(Kind.OFFER, offer.id, link.local_id, stock=levels)
        item.came(Outcome.CHANGED)
    waiting: dict[str, list[Any]] = {}
    for row in plan.parked:
        waiting.setdefault(row.warehouse_id or "", []).append(row)
    for warehouse in waiting:
        work.problem("unknown_warehouse", offer, "Склад", warehouse, warehouse=warehouse)
    return [
        (parking.thin(offer, stock=tuple(rows)), Kind.WAREHOUSE, warehouse)
        for warehouse, rows in waiting.items()
    ]
