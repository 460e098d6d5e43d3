"""The shop the overlay is laid over, where it is Saleor: the sum of the port."""

from __future__ import annotations

from .carts import SaleorCheckouts
from .catalogue import SaleorCatalogue
from .orders import SaleorOrders
from .people import SaleorPeople
from .writer import SaleorWriter

__all__ = ["SaleorShop"]


class SaleorShop:
    """``exact=False`` reads a cart as it was last saved, without recalculating it: for the
    hooks, after which Saleor recalculates anyway."""

    def __init__(self, *, exact: bool = True) -> None:
        self.catalogue = SaleorCatalogue()
        self.writer = SaleorWriter()
        self.checkouts = SaleorCheckouts(exact=exact)
        self.orders = SaleorOrders()
        self.people = SaleorPeople()
