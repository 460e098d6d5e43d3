"""Writing the catalogue, as the port asks (``onec_bridge.sync`` is the caller).

Batches: a handful of statements each, whatever their size. A field that a draft leaves None
keeps the shop's own value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import connection, transaction

from b2b_overlay.copying import copy_in, insert, numbers, upsert
from b2b_overlay.money import quantize
from b2b_overlay.shop import (
    CategoryDraft,
    Channel,
    KnownGood,
    ProductDraft,
    SavedProduct,
    Served,
    StockLevel,
    VariantDraft,
    WarehouseDraft,
)

from . import fulfilment, models

__all__ = ["Writer"]

#: What the first bytes of a picture look like.
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF")


class Writer:
    """The port's ``CatalogueWriter``."""

    def known_goods(self, variant_ids: Iterable[int] | None = None) -> Iterable[KnownGood]:
        variants = models.Variant.objects.select_related("product").order_by("pk")
        if variant_ids is not None:
            variants = variants.filter(pk__in=list(variant_ids))
        for variant in variants.iterator():
            name = variant.product.name
            yield KnownGood(
                variant_id=variant.pk,
                product_id=variant.product_id,
                name=f"{name} ({variant.name})" if variant.name else name,
                sku=variant.sku or "",
                external_id=variant.external_reference or "",
                barcodes=(variant.barcode,) if variant.barcode else (),
            )

    def existing(self, variant_ids: Iterable[int]) -> Collection[int]:
        with connection.cursor() as cursor:
            wanted = "SELECT id FROM sandbox_variant WHERE id = ANY (%s::bigint[])"
            cursor.execute(wanted, [numbers(variant_ids)])
            return {pk for (pk,) in cursor.fetchall()}

    def save_categories(self, drafts: Sequence[CategoryDraft]) -> Mapping[str, int]:
        """Parents may come after their children."""
        saved: dict[str, models.Category] = {}
        known = models.Category.objects.in_bulk([d.id for d in drafts if d.id is not None])
        with transaction.atomic():
            for draft in drafts:
                row = known.get(draft.id or 0) or models.Category()
                row.name = draft.name
                row.save()
                saved[draft.key] = row
            for draft in drafts:
                if draft.parent_key in saved:
                    saved[draft.key].parent = saved[draft.parent_key]
            models.Category.objects.bulk_update(saved.values(), ["parent"])
        return {key: row.pk for key, row in saved.items()}

    @transaction.atomic
    def save_products(
        self, drafts: Sequence[ProductDraft], channel: Channel
    ) -> Mapping[str, SavedProduct]:
        ids, made = _save_products(drafts)
        variants = _save_variants(drafts, ids)
        _save_listings(drafts, variants, channel)
        return {
            draft.key: SavedProduct(
                ids[draft.key],
                draft.key in made,
                {each.key: variants[draft.key, each.key] for each in draft.variants},
            )
            for draft in drafts
        }

    def save_warehouses(
        self, drafts: Sequence[WarehouseDraft], channel: Channel
    ) -> Mapping[str, str]:
        saved = {}
        for draft in drafts:
            row = models.Warehouse.objects.filter(pk=draft.id).first() if draft.id else None
            row = row or models.Warehouse()
            row.name = draft.name
            row.save()
            saved[draft.key] = str(row.pk)
        return saved

    def save_stock(self, levels: Sequence[StockLevel]) -> None:
        upsert(
            models.Stock,
            ("variant_id", "warehouse_id", "quantity", "allocated"),
            ("variant_id", "warehouse_id"),
            (
                (str(each.variant_id), each.warehouse_id, str(max(0, int(each.quantity))), "0")
                for each in levels
            ),
            kept=("allocated",),
        )

    def reserved(self, variant_ids: Iterable[int]) -> Sequence[Served]:
        return fulfilment.reserved(variant_ids)

    @transaction.atomic
    def recount(self, pieces: Mapping[int, tuple[Decimal, Decimal]]) -> Collection[int]:
        used = _used(pieces)
        free = pieces.keys() - used
        stocks = list(models.Stock.objects.filter(variant__in=free))
        for stock in stocks:
            was, now = pieces[stock.variant_id]
            stock.quantity = int(stock.quantity * was // now)
        models.Stock.objects.bulk_update(stocks, ["quantity"])
        found = models.Listing.objects.filter(variant__in=free)
        listings = list(found.select_related("channel"))
        for listing in listings:
            was, now = pieces[listing.variant_id]
            listing.price = quantize(listing.price / was * now, listing.channel.currency)
        models.Listing.objects.bulk_update(listings, ["price"])
        return used

    def clear_stock(self, variant_ids: Iterable[int], *, keep: Iterable[str]) -> None:
        models.Stock.objects.filter(variant__in=list(variant_ids)).exclude(
            warehouse__in=[UUID(each) for each in keep]
        ).update(quantity=0)

    def save_image(self, product_id: int, name: str, content: bytes) -> None:
        if not content.startswith(_SIGNATURES):
            raise ValueError("not a PNG, JPEG, GIF or WebP picture")
        digest = hashlib.sha256(content).hexdigest()
        picture = models.Picture.objects.filter(product_id=product_id, name=name).first()
        if picture is None:
            picture = models.Picture(product_id=product_id, name=name)
        elif picture.digest == digest:
            return
        else:
            picture.file.delete(save=False)
        picture.digest = digest
        suffix = name.rpartition(".")[2] or "png"
        picture.file.save(f"{digest[:20]}.{suffix}", ContentFile(content), save=False)
        picture.save()


def _used(variant_ids: Collection[int]) -> set[int]:
    """Those that were ever ordered, or lie in a cart."""
    orders = models.OrderLine.objects.filter(variant__in=variant_ids)
    carts = models.CheckoutLine.objects.filter(variant__in=variant_ids)
    ordered = {pk for pk in orders.values_list("variant_id", flat=True) if pk is not None}
    return ordered | set(carts.values_list("variant_id", flat=True))


def _save_products(drafts: Sequence[ProductDraft]) -> tuple[dict[str, int], set[str]]:
    """By draft's key; which of them are new."""
    touched = models.Product.objects.in_bulk([d.id for d in drafts if d.id is not None])
    fresh = [draft for draft in drafts if draft.id not in touched]
    columns = ("name", "description", "category_id", "external_reference", "is_published")
    made = insert(models.Product, columns, [_new_product(draft) for draft in fresh])
    ids = {draft.key: pk for draft, pk in zip(fresh, made, strict=True)}
    for draft in drafts:
        if (row := touched.get(draft.id or 0)) is not None:
            ids[draft.key] = row.pk
            _change_product(row, draft)
    models.Product.objects.bulk_update(
        touched.values(),
        ["name", "description", "category_id", "external_reference", "is_published"],
    )
    return ids, {draft.key for draft in fresh}


def _new_product(draft: ProductDraft) -> tuple[str | None, ...]:
    return (
        (draft.name or "")[:250],
        draft.description or "",
        None if draft.category_id is None else str(draft.category_id),
        draft.external_id,
        str(bool(draft.publish)),
    )


def _change_product(row: models.Product, draft: ProductDraft) -> None:
    """As the draft wants it, not yet saved."""
    if draft.name is not None:
        row.name = draft.name[:250]
    if draft.description is not None:
        row.description = draft.description
    if draft.category_id is not None:
        row.category_id = draft.category_id
    if draft.external_id is not None:
        row.external_reference = draft.external_id
    if draft.publish is not None:
        row.is_published = draft.publish


def _save_variants(
    drafts: Sequence[ProductDraft], products: Mapping[str, int]
) -> dict[tuple[str, str], int]:
    """Variants of the saved products, by (product key, variant key)."""
    wanted = [(draft.key, each) for draft in drafts for each in draft.variants]
    touched = models.Variant.objects.in_bulk([e.id for _key, e in wanted if e.id is not None])
    fresh = [(key, each) for key, each in wanted if each.id not in touched]
    columns = ("product_id", "sku", "name", "barcode", "external_reference")
    made = insert(models.Variant, columns, [_new_variant(products[k], each) for k, each in fresh])
    ids = {(key, each.key): pk for (key, each), pk in zip(fresh, made, strict=True)}
    for key, each in wanted:
        if (row := touched.get(each.id or 0)) is not None:
            ids[key, each.key] = row.pk
            _change_variant(row, each)
    models.Variant.objects.bulk_update(
        touched.values(), ["sku", "name", "barcode", "external_reference"]
    )
    return ids


def _new_variant(product_id: int, draft: VariantDraft) -> tuple[str | None, ...]:
    name, barcode = (draft.name or "")[:255], draft.barcode or ""
    return (str(product_id), draft.sku or None, name, barcode, draft.external_id)


def _change_variant(row: models.Variant, draft: VariantDraft) -> None:
    if draft.sku is not None:
        row.sku = draft.sku or None
    if draft.name is not None:
        row.name = draft.name[:255]
    if draft.barcode is not None:
        row.barcode = draft.barcode
    if draft.external_id is not None:
        row.external_reference = draft.external_id


def _save_listings(
    drafts: Sequence[ProductDraft], variants: Mapping[tuple[str, str], int], channel: Channel
) -> None:
    pk = str(models.Channel.objects.get(slug=channel.slug).pk)
    priced = [(d.key, e) for d in drafts for e in d.variants if e.retail is not None]
    columns = ("variant_id", "channel_id", "price")
    fresh: list[tuple[str, str, str]] = []
    known: list[tuple[str, str, str]] = []
    for key, each in priced:
        assert each.retail is not None
        row = (str(variants[key, each.key]), pk, str(each.retail.quantized().amount))
        (fresh if each.id is None else known).append(row)
    copy_in(models.Listing._meta.db_table, columns, fresh)
    if known:
        upsert(models.Listing, columns, columns[:2], known)
