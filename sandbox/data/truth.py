"""What must be true after the demo's exchange: the figures the story and the tests compare with.

Counted from the base itself (catalogue.py), never from the files or from what was read of them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from sandbox.data.catalogue import (
    PRICE_TYPES,
    WAREHOUSES,
    Good,
    Offer,
    counterparties,
    goods,
    groups,
)
from sandbox.data.retail import retail_goods


@dataclass(frozen=True, slots=True)
class ExpectedPrice:
    """A price as 1C states it: roubles with VAT for one `unit` of `coefficient` base units."""

    amount: Decimal
    unit: str
    unit_code: str
    coefficient: Decimal
    vat: Decimal

    @property
    def per_base_unit(self) -> Decimal:
        """Exact: every pack's price divides into whole kopecks."""
        return self.amount / self.coefficient


@dataclass(frozen=True, slots=True)
class Truth:
    """Counts of a full exchange, and look-ups by what people call things.

    `goods` counts deleted ones too, `offers` and below only what is sold. `prices` counts positive
    prices by price type; `matches` counts the shop's retail products by how they match.
    """

    groups: int
    goods: int
    deleted_goods: int
    offers: int
    prices: Mapping[str, int]
    stock_rows: int
    pictures: int
    counterparties: int
    matches: Mapping[str, int]

    def good(self, article: str) -> Good:
        """The good of an article; LookupError when 1C has none or several."""
        found = [good for good in goods() if good.article == article]
        if len(found) != 1:
            raise LookupError(f"{len(found)} goods with article {article!r}")
        return found[0]

    def offer(self, article: str, characteristic: str = "") -> Offer:
        """The offer of an article, by characteristic as 1C writes it in brackets («25 м»)."""
        for offer in self.good(article).offers:
            if offer.label == characteristic:
                return offer
        raise LookupError(f"no characteristic {characteristic!r} of {article!r}")

    def price(
        self, article: str, price_type: str, characteristic: str = ""
    ) -> ExpectedPrice | None:
        """The price of an article by price type; None when 1C has not set it, or sends 0."""
        good = self.good(article)
        amount = self.offer(article, characteristic).prices.get(price_type)
        if amount is None:
            return None
        unit = good.price_unit
        return ExpectedPrice(amount, unit.name, unit.code, good.coefficient, good.vat)

    def stock(self, article: str, characteristic: str = "") -> Mapping[str, Decimal]:
        """Stock by warehouse, in base units; may be negative, and half a metre."""
        return self.offer(article, characteristic).stock


def truth() -> Truth:
    """What the demo's 1C holds, counted."""
    sold = [good for good in goods() if not good.deleted]
    offers = [offer for good in sold for offer in good.offers]
    return Truth(
        groups=len(groups()),
        goods=len(goods()),
        deleted_goods=len(goods()) - len(sold),
        offers=len(offers),
        prices=MappingProxyType(
            {
                price_type.name: sum(bool(offer.prices.get(price_type.name)) for offer in offers)
                for price_type in PRICE_TYPES
            }
        ),
        stock_rows=len(offers) * len(WAREHOUSES),
        pictures=sum(bool(good.colour) for good in goods()),
        counterparties=len(counterparties()),
        matches=MappingProxyType(Counter(good.match for good in retail_goods())),
    )
