"""The port: how the overlay sees the shop it is laid over.

Frozen value types first, then small Protocols by need, then :class:`Shop`, their sum. A
caller asks for the smallest. Methods take many ids and return a mapping; an unknown id is
absent, not an exception. No model, request or Saleor type crosses.

Adapters: ``b2b_overlay.plugins.shop.SaleorShop`` and ``sandbox.shop.SandboxShop``. Which one
serves is named by the setting ``B2B_SHOP`` (see ``b2b_overlay.conf``). The same contract
tests (``tests/contract``) run against both; where they disagree, Saleor is right.
"""

from __future__ import annotations

from functools import cache
from typing import cast

from django.utils.module_loading import import_string

from .in_units import (
    CartsInUnits,
    CatalogueInUnits,
    CheckoutsInUnits,
    OrdersInUnits,
    WriterInUnits,
    cart_in_units,
)
from .port import (
    Carts,
    Catalogue,
    CatalogueWriter,
    Category,
    CategoryDraft,
    Channel,
    Checkout,
    CheckoutLine,
    Checkouts,
    Drafts,
    KnownGood,
    Orders,
    Page,
    People,
    Person,
    PlacedOrder,
    PlacedOrderLine,
    ProductDraft,
    Refusal,
    Refused,
    SavedProduct,
    Served,
    Shop,
    StockLevel,
    Variant,
    VariantDraft,
    Warehouse,
    WarehouseDraft,
)

__all__ = [
    "Carts",
    "CartsInUnits",
    "Catalogue",
    "CatalogueInUnits",
    "CatalogueWriter",
    "Category",
    "CategoryDraft",
    "Channel",
    "Checkout",
    "CheckoutLine",
    "Checkouts",
    "CheckoutsInUnits",
    "Drafts",
    "KnownGood",
    "Orders",
    "OrdersInUnits",
    "Page",
    "People",
    "Person",
    "PlacedOrder",
    "PlacedOrderLine",
    "ProductDraft",
    "Refusal",
    "Refused",
    "SavedProduct",
    "Served",
    "Shop",
    "StockLevel",
    "Variant",
    "VariantDraft",
    "Warehouse",
    "WarehouseDraft",
    "WriterInUnits",
    "cart_in_units",
    "get_shop",
]


@cache
def _load(path: str) -> Shop:
    return cast(Shop, import_string(path)())


def get_shop() -> Shop:
    """The shop this process is laid over (setting ``B2B_SHOP``)."""
    from b2b_overlay.conf import conf

    return _load(conf.shop)
