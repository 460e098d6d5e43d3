"""An offer: recognised or made once, then its facts, prices and stock.

The offer is the unit of price and stock (``guid`` or ``guid#characteristic``), and what the
shop calls a variant. The order here is the order of a batch: park what can't be known yet;
recognise the rest among what the shop sells; make what is new; then apply every part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from b2b_overlay.money import Money
from b2b_overlay.shop import ProductDraft, VariantDraft
from onec_bridge.commerceml.records import Offer

from . import parking
from .facts import LONGEST_BARCODE, label
from .gone import forget_gone
from .inherit import rename
from .matching import offered_as, sku_of
from .models import Kind, Parked
from .offer_parts import apply_parts, retail_of
from .outcome import Item, Outcome
from .products import category_for, give_kept_pictures, told_of
from .start import takeover
from .start.ids import is_made
from .supervision import Recognised, recognise
from .words import in_sku
from .work import Work

__all__ = ["take_offers"]

Offers = list[Item[Offer]]


def take_offers(work: Work, items: Offers) -> None:
    """Take these offers; a later record of the same offer holds."""
    for item in items:
        if not item.record.id:
            item.came(Outcome.REFUSED)
    items = [item for item in items if item.record.id]
    work.links.load(Kind.OFFER, [item.record.id for item in items])
    work.links.expect(Kind.PRODUCT, [item.record.product_id for item in items])
    forget_gone(work, {item.record.id for item in items})
    parking.supersede(work, (item for item in items if item.kind != parking.WOKEN))
    in_shop, fresh = _sort(work, items)
    settled = _settle(work, fresh)
    woken = parking.wake(work, [Kind.OFFER, Parked.DECISION], settled) if settled else []
    in_shop = woken + in_shop + [item for item in fresh if item.record.id in settled]
    parked: list[tuple[Item[Offer], Offer, str, str]] = []
    work.learn_pieces([int(work.links.local(Kind.OFFER, item.record.id)) for item in in_shop])
    for item in in_shop:
        parked += apply_parts(work, item)
    parking.park_many(work, parked)
    work.watch(woken)


def _sort(work: Work, items: Offers) -> tuple[Offers, Offers]:
    """Those in the shop, and those to recognise or make; the others are parked or let be."""
    in_shop: Offers = []
    fresh: Offers = []
    park, met = [], set()
    for item in items:
        offer = item.record
        if work.links.local(Kind.OFFER, offer.id):
            in_shop.append(item)
            continue
        product = work.links.get(Kind.PRODUCT, offer.product_id)
        is_thin = bool(offer.characteristic_id) and "self" not in parking.parts(offer)
        if product is None:
            park.append((item, offer, Kind.PRODUCT, offer.product_id))
        elif offer.deleted or product.data["told"].get("deleted"):
            continue  # nothing of it is in the shop, and nothing has to be
        elif is_thin and offer.id not in met:
            park.append((item, offer, Kind.OFFER, offer.id))
        else:
            met.add(offer.id)
            fresh.append(item)
    parking.park_many(work, park)
    return in_shop, fresh


# -------------------------------------------------------------- recognised, or made


def _settle(work: Work, fresh: Offers) -> set[str]:
    """Give each offer its variant; the ids of those that have one now."""
    by_id: dict[str, Item[Offer]] = {}
    for item in fresh:
        if item.record.id not in by_id or "self" in parking.parts(item.record):
            by_id[item.record.id] = item
    recognised = recognise(
        work,
        [
            (item, offered_as(item.record, told_of(work, item.record), work.knowledge.articles))
            for item in by_id.values()
        ],
    )
    parking.park_many(
        work,
        [
            (item, item.record, Parked.DECISION, item.record.id)
            for item in fresh
            if item.record.id in recognised.waiting
        ],
    )
    for item, good in recognised.joined:
        _join(work, item, good)
    for item, good in recognised.renamed:
        if rename(work, item.record, good.variant_id):
            item.came(Outcome.CHANGED)
        else:
            _join(work, item, good)
    _make(work, recognised)
    joined = recognised.joined + recognised.renamed
    if joined or recognised.new:
        give_kept_pictures(work, {item.record.product_id: item.record for item in fresh})
    return {item.record.id for item, _good in joined} | {item.record.id for item in recognised.new}


def _join(work: Work, item: Item[Offer], good: Any) -> None:
    """The shop sells it already: the variant is 1C's offer from now on, and stays as it is."""
    offer, product_id = item.record, str(good.product_id)
    if takeover.join(work, offer, good.variant_id):
        item.came(Outcome.CHANGED)
        return
    work.links.put(
        Kind.OFFER,
        offer.id,
        str(good.variant_id),
        parent_id=offer.product_id,
        product=product_id,
        ours=False,
    )
    # Variants that the product lacks may be added to it if it is the same family for sure.
    same_family = (
        not offer.characteristic_id
        or good.external_id.lower() == offer.id.lower()
        or work.knowledge.goods.has_siblings(good)
    )
    if same_family and not work.links.local(Kind.PRODUCT, offer.product_id):
        work.links.put(Kind.PRODUCT, offer.product_id, product_id, ours=False)
    if not (good.external_id or is_made(offer.id)):
        draft = VariantDraft(offer.id, good.variant_id, external_id=offer.id)
        work.touch_up(good.product_id, draft)
    item.came(Outcome.CHANGED)


def _make(work: Work, recognised: Recognised) -> None:
    """Make the variants that are new, and their products."""
    by_product: dict[str, Offers] = {}
    for item in recognised.new:
        by_product.setdefault(item.record.product_id, []).append(item)
    drafts = []
    said = {each: told_of(work, items[0].record) for each, items in by_product.items()}
    groups = (group for told in said.values() for group in told.get("groups", ()))
    work.links.load(Kind.GROUP, groups)
    retails = {item.record.id: retail_of(work, item.record) for item in recognised.new}
    for product_id, items in by_product.items():
        told = said[product_id]
        local = _home(work, product_id, str(told.get("name") or items[0].record.name or ""))
        variants = tuple(
            [_variant_draft(work, item.record, told, retails[item.record.id]) for item in items]
        )
        if local:
            drafts.append(ProductDraft(product_id, int(local), variants=variants))
        else:
            drafts.append(_product_draft(work, items[0].record, told, variants))
    if not drafts:
        return
    saved = work.shop.writer.save_products(drafts, work.channel)
    for product_id, items in by_product.items():
        product = saved[product_id]
        shop_id = str(product.id)
        if product.created:
            work.links.put(Kind.PRODUCT, product_id, shop_id, ours=True)
        for item in items:
            offer_id = item.record.id
            retail, variant_id = retails[offer_id], product.variants[offer_id]
            work.links.put(
                Kind.OFFER,
                offer_id,
                str(variant_id),
                parent_id=product_id,
                product=shop_id,
                ours=True,
                retail=str(retail.amount) if retail else "",
            )
            item.came(Outcome.CREATED)
            work.made(variant_id)
            if retail:
                work.retail_written(variant_id, retail)


def _home(work: Work, product_id: str, name: str) -> str:
    """The shop's product that has or had variants of this one; empty: none yet."""
    local = work.links.local(Kind.PRODUCT, product_id)
    if not local and (family := work.knowledge.goods.family(product_id, name)) is not None:
        local = str(family)
        work.links.put(Kind.PRODUCT, product_id, local, ours=False)
    return local


def _product_draft(
    work: Work, offer: Offer, told: Mapping[str, Any], variants: tuple[VariantDraft, ...]
) -> ProductDraft:
    return ProductDraft(
        key=offer.product_id,
        id=None,
        name=str(told.get("name") or offer.name or offer.id)[:250],
        description=told.get("description") or "",
        category_id=category_for(work, offer),
        external_id=None if _is_nobodys(work, offer) else offer.product_id,
        publish=work.connection.publish_new,
        variants=variants,
    )


def _is_nobodys(work: Work, offer: Offer) -> bool:
    """Is the product's id none that the shop should keep: a sheet's, or one it has already?"""
    return (
        is_made(offer.id)
        or work.was_lost(offer.product_id)
        or work.knowledge.goods.knows_family(offer.product_id)
    )


def _variant_draft(
    work: Work, offer: Offer, told: Mapping[str, Any], retail: Money | None
) -> VariantDraft:
    goods = work.knowledge.goods
    name = label(offer, told.get("name", ""))
    barcode = offer.barcode or ("" if offer.characteristic_id else told.get("barcode")) or ""
    return VariantDraft(
        key=offer.id,
        id=None,
        sku=_new_sku(work, offer, told, name),
        name=name,
        barcode=barcode[:LONGEST_BARCODE],
        external_id=None if is_made(offer.id) or goods.knows_id(offer.id) else offer.id,
        retail=retail,
    )


def _new_sku(work: Work, offer: Offer, told: Mapping[str, Any], name: str) -> str | None:
    """The article; told apart by the characteristic where others have it too. None where
    1C gives no article."""
    article = (offer.article or told.get("article") or "").strip()
    if not article:
        return None
    variant = in_sku(name)
    tries = [f"{article}-{variant}"] if variant else [article]
    tries.append(f"{article}-{(offer.characteristic_id or offer.id)[:8]}")
    tries.append(f"{article}-{offer.id}")
    goods = work.knowledge.goods
    sku = next((t for t in tries if sku_of(t[:255]) not in goods.skus), None)
    if sku is not None:
        goods.skus.add(sku_of(sku[:255]))
    return sku[:255] if sku else None
