"""Writing the catalogue: the port's :class:`~b2b_overlay.shop.CatalogueWriter` on Saleor.

By the ORM, in batches; what Saleor's own mutations do besides saving is done here too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from saleor.account.models import Address
from saleor.product.lock_objects import acquire_category_tree_lock
from saleor.product.models import Category, Product, ProductVariant
from saleor.shipping.models import ShippingZone
from saleor.warehouse.models import Stock, Warehouse
from saleor.webhook.event_types import WebhookEventAsyncType

from b2b_overlay.shop import (
    CategoryDraft,
    Channel,
    KnownGood,
    ProductDraft,
    SavedProduct,
    Served,
    StockLevel,
    WarehouseDraft,
)

from . import allocations, barcodes, channels, pictures, products, recounting
from .events import announce
from .slugs import unique_slugs

__all__ = ["SaleorWriter"]


class SaleorWriter:
    def known_goods(self, variant_ids: Iterable[int] | None = None) -> Iterable[KnownGood]:
        """Two queries; the rows are streamed."""
        variants = ProductVariant.objects.select_related("product").order_by("pk")
        wanted = None if variant_ids is None else list(variant_ids)
        attributes = barcodes.from_attributes(wanted)
        if wanted is not None:
            variants = variants.filter(pk__in=wanted)
        for row in variants.iterator(chunk_size=2000):
            own = row.metadata.get(barcodes.BARCODE, "")
            yield KnownGood(
                variant_id=row.pk,
                product_id=row.product_id,
                name=_full_name(row),
                sku=row.sku or "",
                external_id=row.external_reference or "",
                barcodes=((own,) if own else ()) + attributes.get(row.pk, ()),
            )

    def existing(self, variant_ids: Iterable[int]) -> Collection[int]:
        found = ProductVariant.objects.filter(pk__in=list(variant_ids))
        return set(found.values_list("pk", flat=True))

    @transaction.atomic
    def save_categories(self, drafts: Sequence[CategoryDraft]) -> Mapping[str, int]:
        """Parents may come after their children. Row by row: the tree's numbering wants it,
        behind the lock Saleor's own mutations take."""
        acquire_category_tree_lock()
        known = Category.objects.in_bulk([d.id for d in drafts if d.id is not None])
        new = [draft for draft in drafts if draft.id not in known]
        slugs = unique_slugs(Category, [draft.name for draft in new]) if new else []
        saved = {draft.key: known[draft.id] for draft in drafts if draft.id in known}
        for draft, slug in zip(new, slugs, strict=True):
            saved[draft.key] = Category.objects.create(name=draft.name[:250], slug=slug)
        for draft in drafts:
            _settle(saved[draft.key].pk, draft, saved.get(draft.parent_key or ""))
        announce(WebhookEventAsyncType.CATEGORY_CREATED, (saved[d.key] for d in new))
        return {key: row.pk for key, row in saved.items()}

    def save_products(
        self, drafts: Sequence[ProductDraft], channel: Channel
    ) -> Mapping[str, SavedProduct]:
        return products.save(drafts, channel)

    @transaction.atomic
    def save_warehouses(
        self, drafts: Sequence[WarehouseDraft], channel: Channel
    ) -> Mapping[str, str]:
        """A new one serves the channel and the zones the channel delivers to: Saleor sells
        from no other (site setting ``useLegacyShippingZoneStockAvailability``)."""
        saved = {}
        for draft in drafts:
            row = Warehouse.objects.filter(pk=draft.id).first() if draft.id else None
            if row is None:
                row = _new_warehouse(draft.name, channels.row_of(channel))
            elif row.name != draft.name:
                row.name = draft.name[:250]
                row.save(update_fields=["name"])
            saved[draft.key] = str(row.pk)
        return saved

    def save_stock(self, levels: Sequence[StockLevel]) -> None:
        """What lies there; what is allocated to open orders stays Saleor's own affair."""
        stocks = Stock.objects.bulk_create(
            [
                Stock(
                    product_variant_id=level.variant_id,
                    warehouse_id=level.warehouse_id,
                    quantity=max(0, level.quantity),
                )
                for level in levels
            ],
            update_conflicts=True,
            unique_fields=["warehouse", "product_variant"],
            update_fields=["quantity"],
        )
        announce(WebhookEventAsyncType.PRODUCT_VARIANT_STOCK_UPDATED, stocks)

    def reserved(self, variant_ids: Iterable[int]) -> Sequence[Served]:
        return allocations.reserved(variant_ids)

    def recount(self, pieces: Mapping[int, tuple[Decimal, Decimal]]) -> Collection[int]:
        return recounting.recount(pieces)

    def clear_stock(self, variant_ids: Iterable[int], *, keep: Iterable[str]) -> None:
        """Down to what is allocated: an open order's pieces can still be shipped."""
        stocks = list(
            Stock.objects.filter(
                product_variant__in=list(variant_ids), quantity__gt=F("quantity_allocated")
            ).exclude(warehouse__in=list(keep))
        )
        Stock.objects.filter(pk__in=[stock.pk for stock in stocks]).update(
            quantity=F("quantity_allocated")
        )
        announce(WebhookEventAsyncType.PRODUCT_VARIANT_STOCK_UPDATED, stocks)

    def save_image(self, product_id: int, name: str, content: bytes) -> None:
        if pictures.save(product_id, name, content):
            announce(WebhookEventAsyncType.PRODUCT_UPDATED, Product.objects.filter(pk=product_id))


def _full_name(row: Any) -> str:
    name = str(row.product.name)
    return f"{name} ({row.name})" if row.name and row.name != name else name


def _settle(pk: int, draft: CategoryDraft, parent: Any | None) -> None:
    """Name and place of a category; the place stays where the draft's parent is unknown."""
    row = Category.objects.get(pk=pk)
    parent_id = parent.pk if parent else row.parent_id
    if (row.name, row.parent_id) != (draft.name[:250], parent_id):
        row.name = draft.name[:250]
        row.parent = Category.objects.get(pk=parent_id) if parent_id else None
        row.save()


def _new_warehouse(name: str, channel: Any) -> Any:
    (slug,) = unique_slugs(Warehouse, [name])
    row = Warehouse.objects.create(
        name=name[:250],
        slug=slug,
        address=Address.objects.create(country=channel.default_country),
    )
    row.channels.add(channel)
    row.shipping_zones.add(*ShippingZone.objects.filter(channels=channel))
    return row
