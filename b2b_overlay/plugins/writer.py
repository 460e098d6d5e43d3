"""Writing the catalogue: the port's :class:`~b2b_overlay.shop.CatalogueWriter` on Saleor."""

from __future__ import annotations

__all__ = ["SaleorWriter"]


class SaleorWriter:
    pass
