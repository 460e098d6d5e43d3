"""``b2bProducts``: the shop's own products, sorted and filtered by what they cost whoever asks.

The shop's own filters and sorting by price go by its retail rows. Here all that is asked for is
priced first (:mod:`b2b_overlay.ordering.shown`), then sorted and cut (:mod:`.window`); what a page
shows of its products, the shop's own type answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple, Protocol

import graphene

from b2b_overlay import garbage
from b2b_overlay.ordering.shown import Costing, Listed, costing
from b2b_overlay.shop import Channel, get_shop

from . import types
from .context import current_user, known_channel
from .fields import list_of
from .window import MOST, Key, Window

__all__ = ["Asked", "B2BProductFilterInput", "B2BProductOrder", "Shelf", "products_field"]


class Asked(NamedTuple):
    """What is asked of the shop's own catalogue."""

    #: Found by the shop's own search; empty: everything.
    search: str
    #: Global ids, which answer for those below them; None: all.
    categories: Sequence[str] | None
    #: Whether retail prices are wanted.
    priced: bool


class Shelf(Protocol):
    """The shop's own products, in the shop's own schema."""

    #: Its connection of products, of graphene.
    connection: Any

    def listed(self, info: Any, channel: Channel, asked: Asked) -> Sequence[Listed]:
        """What its catalogue lists to whoever asks. A constant number of statements."""

    def nodes(self, info: Any, channel: Channel, ids: Sequence[int]) -> Mapping[int, Any]:
        """What stands at a connection's edges, by product. One statement."""


class B2BProductOrderField(graphene.Enum):
    NAME = "name"
    PRICE = "price"

    class Meta:
        description = (
            "NAME: letter case and «ё» aside. PRICE: what the cheapest variant costs whoever asks, "
            "then by name; products on request come last either way." + types.ADDED_IN_02
        )


class B2BProductOrder(graphene.InputObjectType):
    field = B2BProductOrderField(required=True, description="By what." + types.ADDED_IN_02)
    direction = types.OrderDirection(
        required=True, description="From the least, or to it." + types.ADDED_IN_02
    )

    class Meta:
        description = "How products are sorted." + types.ADDED_IN_02


class B2BPriceRangeInput(graphene.InputObjectType):
    gte = types.Decimal(description="At least so much." + types.ADDED_IN_02)
    lte = types.Decimal(description="At most so much." + types.ADDED_IN_02)

    class Meta:
        description = (
            "From and to, both included, in the channel's currency and VAT mode."
            + types.ADDED_IN_02
        )


class B2BProductFilterInput(graphene.InputObjectType):
    price = B2BPriceRangeInput(
        description="What the cheapest variant costs whoever asks; products on request never match."
        + types.ADDED_IN_02
    )
    categories = list_of(
        graphene.ID, description="Global ids; those below are meant too." + types.ADDED_IN_02
    )
    only_contract_prices = graphene.Boolean(
        description="Only what he has an agreed price of, told or on request." + types.ADDED_IN_02
    )

    class Meta:
        description = "Which products." + types.ADDED_IN_02


def products_field(shelf: Shelf) -> graphene.Field:
    """``b2bProducts``, to be put among the queries of the shop's schema."""
    return graphene.Field(
        shelf.connection,
        channel=graphene.String(description="Slug; the shop's first where none is named."),
        search=graphene.String(description="As ``products`` has it." + types.ADDED_IN_02),
        filter=B2BProductFilterInput(description="Which products." + types.ADDED_IN_02),
        sort_by=B2BProductOrder(description="By name where not told." + types.ADDED_IN_02),
        first=graphene.Int(description=f"The first so many, at most {MOST}." + types.ADDED_IN_02),
        after=graphene.String(description="Those after this cursor." + types.ADDED_IN_02),
        last=graphene.Int(description=f"The last so many, at most {MOST}." + types.ADDED_IN_02),
        before=graphene.String(description="Those before this cursor." + types.ADDED_IN_02),
        resolver=partial(_resolve, shelf),
        description="The shop's own products, sorted and filtered by what they cost whoever asks: "
        "his contract price where he has one, else retail." + types.ADDED_IN_02,
    )


def _resolve(
    shelf: Shelf,
    root: Any,
    info: Any,
    channel: str | None = None,
    search: str | None = None,
    filter: Mapping[str, Any] | None = None,
    sort_by: Mapping[str, Any] | None = None,
    **paging: Any,
) -> Any:
    window, order = Window.of(**paging), _Order.of(**(sort_by or {}))
    where = known_channel(channel)
    found = _found(shelf, info, where, search or "", _Filter.of(**(filter or {})), order)
    keys, page_info = window.cut(found, descending=order.descending)
    nodes = shelf.nodes(info, where, [key.id for key in keys])
    return shelf.connection(
        edges=[
            shelf.connection.Edge(node=nodes[key.id], cursor=key.cursor)
            for key in keys
            if key.id in nodes
        ],
        page_info=page_info,
        total_count=lambda: len(found),
    )


@garbage.put_off()
def _found(
    shelf: Shelf, info: Any, channel: Channel, search: str, chosen: _Filter, order: _Order
) -> list[Key]:
    """All there is, in its order. Nothing is priced where neither the order nor the filter asks
    for it."""
    asked = Asked(search, chosen.categories, order.by_price or chosen.is_of_prices)
    listed = shelf.listed(info, channel, asked)
    costs = (
        costing(get_shop(), current_user(info), channel, listed)
        if asked.priced
        else [Costing(each, None, False) for each in listed]
    )
    return order.sorted(each for each in costs if chosen.holds(each))


class _Filter(NamedTuple):
    categories: Sequence[str] | None
    least: Decimal | None
    most: Decimal | None
    only_contract: bool

    @classmethod
    def of(
        cls,
        categories: Sequence[str] | None = None,
        price: Mapping[str, Decimal | None] | None = None,
        only_contract_prices: bool | None = None,
    ) -> _Filter:
        asked = price or {}
        return cls(categories, asked.get("gte"), asked.get("lte"), bool(only_contract_prices))

    @property
    def is_of_prices(self) -> bool:
        return self.only_contract or self.least is not None or self.most is not None

    def holds(self, each: Costing) -> bool:
        if self.only_contract and not each.is_contract:
            return False
        if self.least is None and self.most is None:
            return True
        return (
            each.price is not None
            and (self.least is None or self.least <= each.price)
            and (self.most is None or each.price <= self.most)
        )


class _Order(NamedTuple):
    by_price: bool
    descending: bool

    @classmethod
    def of(cls, field: str = "name", direction: str = "") -> _Order:
        return cls(field == "price", direction == "-")

    def sorted(self, costs: Iterable[Costing]) -> list[Key]:
        return sorted(map(self.key, costs), reverse=self.descending)

    def key(self, each: Costing) -> Key:
        """On request comes last, whichever end the list begins at."""
        name = each.product.name.casefold().replace("ё", "е")
        price = each.price if self.by_price else None
        return Key(
            (price is None) is not self.descending, price or Decimal(0), name, each.product.id
        )
