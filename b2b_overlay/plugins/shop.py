"""The shop the overlay is laid over, where it is Saleor: the sum of the port."""

from __future__ import annotations

from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.shop import (
    CartsInUnits,
    CatalogueInUnits,
    CheckoutsInUnits,
    OrdersInUnits,
    WriterInUnits,
)

from .carts import SaleorCheckouts
from .catalogue import SaleorCatalogue
from .drafts import SaleorDrafts
from .orders import SaleorOrders
from .people import SaleorPeople
from .writer import SaleorWriter

__all__ = ["SaleorShop"]


class SaleorShop:
    """``exact=False`` reads a cart as it was last saved, without recalculating it: for the
    hooks, after which Saleor recalculates anyway."""

    def __init__(self, *, exact: bool = True) -> None:
        self.catalogue = CatalogueInUnits(SaleorCatalogue(), pieces_of)
        self.writer = WriterInUnits(SaleorWriter(), pieces_of)
        self.checkouts = CheckoutsInUnits(SaleorCheckouts(exact=exact), self.catalogue, pieces_of)
        self.drafts = CartsInUnits(SaleorDrafts(exact=exact), pieces_of)
        self.orders = OrdersInUnits(SaleorOrders(), pieces_of)
        self.people = SaleorPeople()
