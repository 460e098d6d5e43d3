"""Writing the catalogue, as the port asks (``onec_bridge.sync`` is the caller).

Batches: a handful of statements each, whatever their size. A field that a draft leaves None
keeps the shop's own value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify

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


def _slug(name: str, key: str) -> str:
    """Readable and unique: the name, then a short digest of the draft's key."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{slugify(name, allow_unicode=True)[:200] or 'product'}-{digest}"


class Writer:
    """The port's ``CatalogueWriter``."""

    def known_goods(self) -> Iterable[KnownGood]:
        for variant in models.Variant.objects.select_related("product").iterator():
            name = variant.product.name
            yield KnownGood(
                variant_id=variant.pk,
                product_id=variant.product_id,
                name=f"{name} ({variant.name})" if variant.name else name,
                sku=variant.sku or "",
                external_id=variant.external_reference or "",
                barcodes=(variant.barcode,) if variant.barcode else (),
            )

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
        known = models.Product.objects.in_bulk([d.id for d in drafts if d.id is not None])
        created: list[models.Product] = []
        touched: list[models.Product] = []
        rows: dict[str, models.Product] = {}
        for draft in drafts:
            row = known.get(draft.id or 0)
            (touched if row else created).append(rows.setdefault(draft.key, _product(row, draft)))
        models.Product.objects.bulk_create(created)
        models.Product.objects.bulk_update(
            touched,
            ["name", "description", "category_id", "external_reference", "is_published"],
        )
        variants = _save_variants(drafts, rows, channel)
        return {
            draft.key: SavedProduct(
                rows[draft.key].pk,
                rows[draft.key].pk not in known,
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
        models.Stock.objects.bulk_create(
            (
                models.Stock(
                    variant_id=level.variant_id,
                    warehouse_id=UUID(level.warehouse_id),
                    quantity=max(0, level.quantity),
                )
                for level in levels
            ),
            update_conflicts=True,
            unique_fields=["variant", "warehouse"],
            update_fields=["quantity"],
        )

    def reserved(self, variant_ids: Iterable[int]) -> Sequence[Served]:
        return fulfilment.reserved(variant_ids)

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


def _product(row: models.Product | None, draft: ProductDraft) -> models.Product:
    """The row as the draft wants it, not yet saved."""
    if row is None:
        row = models.Product(slug=_slug(draft.name or "", draft.key), is_published=False)
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
    return row


def _variant(
    row: models.Variant | None, product: models.Product, draft: VariantDraft
) -> models.Variant:
    row = row or models.Variant(product=product)
    if draft.sku is not None:
        row.sku = draft.sku or None
    if draft.name is not None:
        row.name = draft.name[:255]
    if draft.barcode is not None:
        row.barcode = draft.barcode
    if draft.external_id is not None:
        row.external_reference = draft.external_id
    return row


def _save_variants(
    drafts: Sequence[ProductDraft], products: Mapping[str, models.Product], channel: Channel
) -> dict[tuple[str, str], int]:
    """Variants of the saved products, by (product key, variant key)."""
    wanted = [(draft, each) for draft in drafts for each in draft.variants]
    known = models.Variant.objects.in_bulk([e.id for _draft, e in wanted if e.id is not None])
    created: list[models.Variant] = []
    touched: list[models.Variant] = []
    rows: dict[tuple[str, str], models.Variant] = {}
    for draft, each in wanted:
        row = known.get(each.id or 0)
        rows[draft.key, each.key] = _variant(row, products[draft.key], each)
        (touched if row else created).append(rows[draft.key, each.key])
    models.Variant.objects.bulk_create(created)
    models.Variant.objects.bulk_update(touched, ["sku", "name", "barcode", "external_reference"])
    row_channel = models.Channel.objects.get(slug=channel.slug)
    models.Listing.objects.bulk_create(
        (
            models.Listing(
                variant=rows[draft.key, each.key],
                channel=row_channel,
                price=each.retail.quantized().amount,
            )
            for draft, each in wanted
            if each.retail is not None
        ),
        update_conflicts=True,
        unique_fields=["variant", "channel"],
        update_fields=["price"],
    )
    return {key: row.pk for key, row in rows.items()}
