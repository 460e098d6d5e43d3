"""Products and variants from drafts, in batches. A field that a draft leaves None is left
alone; the shop's own texts, prices and publication stay unless the caller says otherwise.

Rules of Saleor 3.23 kept here (reference/saleor.md, "Writing the catalogue by the ORM"): a
variant's listing always has a ``discounted_price_amount``; a changed price marks the product's
listing and the promotion rules dirty; search vectors are rebuilt by Saleor's own task; a
product has a type, a unique slug and a default variant; its events are fired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from django.db import transaction
from django.utils import timezone
from saleor.discount.utils.promotion import mark_active_catalogue_promotion_rules_as_dirty
from saleor.product import ProductTypeKind
from saleor.product.models import (
    Product,
    ProductChannelListing,
    ProductType,
    ProductVariant,
    ProductVariantChannelListing,
)
from saleor.webhook.event_types import WebhookEventAsyncType

from b2b_overlay.shop import Channel, ProductDraft, SavedProduct, VariantDraft

from . import channels
from .barcodes import BARCODE
from .events import announce
from .slugs import unique_slugs

__all__ = ["save"]

#: Slug of the product type of what 1C brings; staff may move products to others.
PRODUCT_TYPE = "b2b-goods"

VariantKey = tuple[str, str]


@transaction.atomic
def save(drafts: Sequence[ProductDraft], channel: Channel) -> Mapping[str, SavedProduct]:
    """Create and touch up; about fifteen statements whatever the number of drafts."""
    row_channel = channels.row_of(channel)
    known = Product.objects.in_bulk([draft.id for draft in drafts if draft.id is not None])
    products = _save_products(drafts, known)
    variants = _save_variants(drafts, products)
    _list_products(drafts, products, row_channel)
    _price_variants(drafts, variants, row_channel)
    _announce(drafts, products, variants)
    return {
        draft.key: SavedProduct(
            products[draft.key].pk,
            products[draft.key].pk not in known,
            {each.key: variants[draft.key, each.key].pk for each in draft.variants},
        )
        for draft in drafts
    }


def _save_products(drafts: Sequence[ProductDraft], known: Mapping[int, Any]) -> dict[str, Any]:
    new = [draft for draft in drafts if draft.id not in known]
    slugs = dict(
        zip(
            (draft.key for draft in new),
            unique_slugs(Product, [draft.name or draft.key for draft in new]) if new else (),
            strict=True,
        )
    )
    kind = _product_type() if new else None
    rows: dict[str, Any] = {}
    for draft in drafts:
        row = known.get(draft.id or 0) or Product(
            product_type=kind, slug=slugs[draft.key], name=draft.key
        )
        rows[draft.key] = _touch_product(row, draft)
    Product.objects.bulk_create(rows[draft.key] for draft in new)
    Product.objects.bulk_update(
        [row for row in rows.values() if row.pk in known],
        [*_PRODUCT_FIELDS, "search_index_dirty", "updated_at"],
    )
    return rows


_PRODUCT_FIELDS = (
    "name",
    "description",
    "description_plaintext",
    "category_id",
    "external_reference",
)


def _touch_product(row: Any, draft: ProductDraft) -> Any:
    if draft.name is not None:
        row.name = draft.name[:250]
    if draft.description is not None:
        row.description = _as_editorjs(draft.description)
        row.description_plaintext = draft.description
    if draft.category_id is not None:
        row.category_id = draft.category_id
    if draft.external_id is not None:
        row.external_reference = draft.external_id
    row.search_index_dirty, row.updated_at = True, timezone.now()
    return row


def _as_editorjs(text: str) -> dict[str, Any] | None:
    """Plain text as Saleor keeps descriptions: a paragraph a line."""
    blocks = [
        {"type": "paragraph", "data": {"text": escape(line, quote=False)}}
        for line in text.splitlines()
        if line.strip()
    ]
    return {"blocks": blocks} if blocks else None


def _product_type() -> Any:
    return ProductType.objects.get_or_create(
        slug=PRODUCT_TYPE, defaults={"name": "Товары из 1С", "kind": ProductTypeKind.NORMAL}
    )[0]


def _save_variants(
    drafts: Sequence[ProductDraft], products: Mapping[str, Any]
) -> dict[VariantKey, Any]:
    wanted = [(draft.key, each) for draft in drafts for each in draft.variants]
    known = ProductVariant.objects.in_bulk([e.id for _key, e in wanted if e.id is not None])
    rows = {
        (key, each.key): _touch_variant(
            known.get(each.id or 0) or ProductVariant(product=products[key]), each
        )
        for key, each in wanted
    }
    ProductVariant.objects.bulk_create(row for row in rows.values() if row.pk is None)
    ProductVariant.objects.bulk_update(
        [row for row in rows.values() if row.pk in known],
        ["sku", "name", "external_reference", "metadata", "updated_at"],
    )
    _give_default_variants(products.values(), rows)
    return rows


def _touch_variant(row: Any, draft: VariantDraft) -> Any:
    if draft.sku is not None:
        row.sku = draft.sku or None
    if draft.name is not None:
        row.name = draft.name[:255]
    if draft.external_id is not None:
        row.external_reference = draft.external_id
    if draft.barcode is not None:
        row.store_value_in_metadata({BARCODE: draft.barcode})
    row.updated_at = timezone.now()
    return row


def _give_default_variants(products: Iterable[Any], rows: Mapping[VariantKey, Any]) -> None:
    first = {row.product_id: row for row in reversed(list(rows.values()))}
    bare = [row for row in products if row.default_variant_id is None and row.pk in first]
    for row in bare:
        row.default_variant = first[row.pk]
    Product.objects.bulk_update(bare, ["default_variant"])


def _list_products(
    drafts: Sequence[ProductDraft], products: Mapping[str, Any], channel: Any
) -> None:
    """A listing for what has none in the channel; publication only where the draft says."""
    now = timezone.now()
    listings = {
        listing.product_id: listing
        for listing in ProductChannelListing.objects.filter(
            channel=channel, product__in=[row.pk for row in products.values()]
        )
    }
    new, changed = [], []
    for draft in drafts:
        product = products[draft.key]
        listing = listings.get(product.pk)
        if listing is None and (draft.id is None or draft.publish):
            listing = ProductChannelListing(
                product=product,
                channel=channel,
                currency=channel.currency_code,
                visible_in_listings=True,
                available_for_purchase_at=now,
                published_at=now,
                is_published=bool(draft.publish),
            )
            new.append(listing)
        elif listing is not None and draft.publish not in (None, listing.is_published):
            listing.is_published = draft.publish
            listing.published_at = listing.published_at or now
            listing.available_for_purchase_at = listing.available_for_purchase_at or now
            changed.append(listing)
    ProductChannelListing.objects.bulk_create(new)
    ProductChannelListing.objects.bulk_update(
        changed, ["is_published", "published_at", "available_for_purchase_at"]
    )


def _price_variants(
    drafts: Sequence[ProductDraft], variants: Mapping[VariantKey, Any], channel: Any
) -> None:
    """Retail prices, where the drafts bring them; a variant without one still gets its
    listing, which says that the channel knows it (and that retail can't buy it)."""
    listings = {
        listing.variant_id: listing
        for listing in ProductVariantChannelListing.objects.filter(
            channel=channel, variant__in=[row.pk for row in variants.values()]
        )
    }
    new, changed = [], []
    for draft in drafts:
        for each in draft.variants:
            row = variants[draft.key, each.key]
            price = each.retail.quantized().amount if each.retail is not None else None
            listing = listings.get(row.pk)
            if listing is None and (each.id is None or price is not None):
                new.append(
                    ProductVariantChannelListing(
                        variant=row,
                        channel=channel,
                        currency=channel.currency_code,
                        price_amount=price,
                        discounted_price_amount=price,
                    )
                )
            elif listing is not None and price not in (None, listing.price_amount):
                _reprice(listing, price)
                changed.append(listing)
    ProductVariantChannelListing.objects.bulk_create(new)
    ProductVariantChannelListing.objects.bulk_update(
        changed, ["price_amount", "discounted_price_amount"]
    )
    mark_prices_dirty({each.variant.product_id for each in [*new, *changed]}, channel)


def _reprice(listing: Any, price: Decimal | None) -> None:
    """The new price; where no promotion lowers it now, the discounted one with it (a raised
    price would show as «on sale» until Saleor's task runs)."""
    plain = listing.discounted_price_amount in (None, listing.price_amount)
    listing.price_amount = price
    if plain or listing.discounted_price_amount > price:
        listing.discounted_price_amount = price


def mark_prices_dirty(product_ids: set[int], channel: Any) -> None:
    if product_ids:
        listings = ProductChannelListing.objects.filter(channel=channel, product__in=product_ids)
        listings.update(discounted_price_dirty=True)
        mark_active_catalogue_promotion_rules_as_dirty([channel.pk])


def _announce(
    drafts: Sequence[ProductDraft],
    products: Mapping[str, Any],
    variants: Mapping[VariantKey, Any],
) -> None:
    """Products and variants, new and touched, each by its own event."""
    for event, is_new in (
        (WebhookEventAsyncType.PRODUCT_CREATED, True),
        (WebhookEventAsyncType.PRODUCT_UPDATED, False),
    ):
        announce(event, [products[d.key] for d in drafts if (d.id is None) is is_new])
    for event, is_new in (
        (WebhookEventAsyncType.PRODUCT_VARIANT_CREATED, True),
        (WebhookEventAsyncType.PRODUCT_VARIANT_UPDATED, False),
    ):
        announce(
            event,
            [
                variants[draft.key, each.key]
                for draft in drafts
                for each in draft.variants
                if (each.id is None) is is_new
            ],
        )
