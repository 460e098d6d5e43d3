"""A shop that counts whole pieces, as the overlay sees it: in base units.

An adapter speaks as its shop does: pieces, and prices of a piece. These turn that into base
units and back, in one place for every shop, so that catalogue, stock, carts and orders say
«2.5 m at 120.00» of 25 pieces at 12.00 each. Of all other goods a piece is a base unit, and
everything goes through as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from b2b_overlay.money import Money
from b2b_overlay.quantities import ONE, Quantity, counted, in_pieces, in_units, whole

from .port import (
    Carts,
    Catalogue,
    CatalogueWriter,
    Channel,
    Checkout,
    CheckoutLine,
    Checkouts,
    Orders,
    PlacedOrder,
    PlacedOrderLine,
    ProductDraft,
    Refusal,
    Refused,
    SavedProduct,
    Served,
    StockLevel,
    Variant,
    VariantDraft,
)

__all__ = [
    "CartsInUnits",
    "CatalogueInUnits",
    "CheckoutsInUnits",
    "OrdersInUnits",
    "PiecesOf",
    "WriterInUnits",
    "cart_in_units",
]

PiecesOf = Callable[[Iterable[int]], Mapping[int, Decimal]]
"""Base units in a piece, by variant; one whose piece is a base unit is absent. One query."""


def _of_unit(money: Money, piece: Decimal) -> Money:
    """The price of a base unit, of what a piece costs."""
    return Money(money.amount / piece, money.currency)


# -------------------------------------------------------------------------- catalogue


class CatalogueInUnits:
    """The port's ``Catalogue``."""

    def __init__(self, shops: Catalogue, pieces_of: PiecesOf) -> None:
        self._shops, self._pieces_of = shops, pieces_of
        self.channels, self.search = shops.channels, shops.search
        self.categories, self.warehouses = shops.categories, shops.warehouses

    def variants(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Variant]:
        found = self._shops.variants(ids, channel)
        pieces = self._pieces_of(found)
        return {**found, **{pk: _variant(found[pk], piece) for pk, piece in pieces.items()}}

    def list_prices(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Money]:
        found = self._shops.list_prices(ids, channel)
        pieces = self._pieces_of(found)
        return {**found, **{pk: _of_unit(found[pk], piece) for pk, piece in pieces.items()}}

    def promoted(self, prices: Mapping[int, Money], channel: Channel) -> Mapping[int, Money]:
        pieces = self._pieces_of(prices)
        of_piece = {pk: (prices[pk] * piece).quantized() for pk, piece in pieces.items()}
        found = self._shops.promoted({**prices, **of_piece}, channel)
        return {**found, **{pk: _of_unit(found[pk], pieces[pk]) for pk in pieces if pk in found}}


def _variant(shops: Variant, piece: Decimal) -> Variant:
    return replace(
        shops,
        retail=shops.retail and _of_unit(shops.retail, piece),
        available=in_units(int(shops.available), piece),
        piece=piece,
    )


class WriterInUnits:
    """The port's ``CatalogueWriter``."""

    def __init__(self, shops: CatalogueWriter, pieces_of: PiecesOf) -> None:
        self._shops, self._pieces_of = shops, pieces_of
        self.known_goods, self.existing = shops.known_goods, shops.existing
        self.save_categories, self.save_warehouses = shops.save_categories, shops.save_warehouses
        self.recount, self.clear_stock = shops.recount, shops.clear_stock
        self.save_image = shops.save_image

    def save_products(
        self, drafts: Sequence[ProductDraft], channel: Channel
    ) -> Mapping[str, SavedProduct]:
        priced = {each.id for d in drafts for each in d.variants if each.id and each.retail}
        pieces = self._pieces_of(priced) if priced else {}
        if pieces:
            drafts = [
                replace(d, variants=tuple(_draft(each, pieces) for each in d.variants))
                for d in drafts
            ]
        return self._shops.save_products(drafts, channel)

    def save_stock(self, levels: Sequence[StockLevel]) -> None:
        pieces = self._pieces_of({each.variant_id for each in levels})
        if pieces:
            levels = [
                replace(each, quantity=int(each.quantity // pieces.get(each.variant_id, ONE)))
                for each in levels
            ]
        self._shops.save_stock(levels)

    def reserved(self, variant_ids: Iterable[int]) -> Sequence[Served]:
        return _served(self._shops.reserved(variant_ids), self._pieces_of)


def _draft(draft: VariantDraft, pieces: Mapping[int, Decimal]) -> VariantDraft:
    if draft.retail is None or (piece := pieces.get(draft.id or 0)) is None:
        return draft
    return replace(draft, retail=(draft.retail * piece).quantized())


def _served(rows: Sequence[Served], pieces_of: PiecesOf) -> Sequence[Served]:
    pieces = pieces_of({each.variant_id for each in rows}) if rows else {}
    return [
        each
        if (piece := pieces.get(each.variant_id)) is None
        else replace(
            each,
            reserved=in_units(int(each.reserved), piece),
            shipped=in_units(int(each.shipped), piece),
        )
        for each in rows
    ]


# ------------------------------------------------------------------------------ carts


def cart_in_units(shops: Checkout, pieces_of: PiecesOf) -> Checkout:
    """A cart as the shop has it, in base units."""
    pieces = pieces_of({line.variant_id for line in shops.lines}) if shops.lines else {}
    if not pieces:
        return shops
    lines = (_cart_line(line, pieces.get(line.variant_id, ONE)) for line in shops.lines)
    return replace(shops, lines=tuple(lines))


def _cart_line(line: CheckoutLine, piece: Decimal) -> CheckoutLine:
    return replace(
        line,
        quantity=in_units(int(line.quantity), piece),
        unit_price=_of_unit(line.unit_price, piece),
        undiscounted=line.undiscounted and _of_unit(line.undiscounted, piece),
        piece=piece,
    )


class CartsInUnits:
    """The port's ``Carts``."""

    def __init__(self, shops: Carts, pieces_of: PiecesOf) -> None:
        self._carts, self._pieces_of = shops, pieces_of
        self.set_prices = shops.set_prices

    def get(self, checkout_id: str) -> Checkout | None:
        found = self._carts.get(checkout_id)
        return found and cart_in_units(found, self._pieces_of)


class CheckoutsInUnits(CartsInUnits):
    """The port's ``Checkouts``."""

    def __init__(self, shops: Checkouts, catalogue: Catalogue, pieces_of: PiecesOf) -> None:
        super().__init__(shops, pieces_of)
        self._shops, self._catalogue = shops, catalogue
        self.of_user, self.prepare, self.complete = shops.of_user, shops.prepare, shops.complete

    def contents(self, user_id: int, channel: Channel) -> Mapping[int, Quantity]:
        return self._in_units(self._shops.contents(user_id, channel))

    def held(self, checkout_id: str) -> Mapping[int, Quantity]:
        return self._in_units(self._shops.held(checkout_id))

    def _in_units(self, found: Mapping[int, Quantity]) -> dict[int, Quantity]:
        pieces = self._pieces_of(found) if found else {}
        return {pk: in_units(int(n), pieces.get(pk, ONE)) for pk, n in found.items()}

    def set_quantities(
        self, user_id: int, channel: Channel, quantities: Mapping[int, Quantity]
    ) -> str:
        pieces = self._pieces_of(quantities)
        if pieces or not all(isinstance(each, int) for each in quantities.values()):
            found = self._catalogue.variants(quantities, channel)
            if refusals := list(_impossible(quantities, pieces, found)):
                raise Refused(*refusals)
        counts = {pk: int(n // pieces.get(pk, ONE)) for pk, n in quantities.items()}
        return self._shops.set_quantities(user_id, channel, counts)


def _impossible(
    wanted: Mapping[int, Quantity], pieces: Mapping[int, Decimal], found: Mapping[int, Variant]
) -> Iterator[Refusal]:
    """What isn't whole pieces; and more than there is of what is sold in fractions, since the
    shop would say how many pieces are left."""
    for pk, quantity in wanted.items():
        piece, variant = pieces.get(pk, ONE), found.get(pk)
        words = {"name": variant.full_name if variant else "?"}
        if in_pieces(quantity, piece) is None:
            lower = whole(quantity, piece)
            words |= {"lower": counted(lower), "upper": counted(lower + piece)}
            text = _("%(name)s: take %(lower)s or %(upper)s.") % words
            yield Refusal("INVALID", text, variant_id=pk)
        elif pk in pieces and variant and quantity > max(0, variant.available):
            words["free"] = counted(max(0, variant.available))
            text = _("Only %(free)s left in stock: %(name)s.") % words
            yield Refusal("INSUFFICIENT_STOCK", text, variant_id=pk)


# ----------------------------------------------------------------------------- orders


class OrdersInUnits:
    """The port's ``Orders``."""

    def __init__(self, shops: Orders, pieces_of: PiecesOf) -> None:
        self._shops, self._pieces_of = shops, pieces_of
        self.of_user, self.placed_since = shops.of_user, shops.placed_since
        self.of_checkouts, self.note = shops.of_checkouts, shops.note
        self.price, self.authorise = shops.price, shops.authorise

    def get(self, order_ids: Iterable[str]) -> Mapping[str, PlacedOrder]:
        found = self._shops.get(order_ids)
        variants = {x.variant_id for order in found.values() for x in order.lines if x.variant_id}
        pieces = self._pieces_of(variants) if variants else {}
        if not pieces:
            return found
        return {
            pk: replace(order, lines=tuple(_order_line(each, pieces) for each in order.lines))
            for pk, order in found.items()
        }

    def served(self, order_ids: Iterable[str]) -> Sequence[Served]:
        return _served(self._shops.served(order_ids), self._pieces_of)


def _order_line(line: PlacedOrderLine, pieces: Mapping[int, Decimal]) -> PlacedOrderLine:
    if (piece := pieces.get(line.variant_id or 0)) is None:
        return line
    return replace(
        line,
        quantity=in_units(int(line.quantity), piece),
        unit_price=_of_unit(line.unit_price, piece),
        piece=piece,
    )
