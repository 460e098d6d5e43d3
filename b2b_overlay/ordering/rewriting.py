"""The lines of an order that is changed after it was placed: by the shop's staff, or by 1C where
the desk took its side.

Rules: what the buyer ordered is kept at the first change and shown beside what it is now; unit
and VAT come from the line that was there, of new goods from what is known of them; sums are
exact, so 1C and the invoice add up to them; an order that the books keep as several documents
stays in them: each keeps its pieces as far as they are still ordered, and new pieces go where
they would have gone at first (:mod:`.parts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from b2b_overlay.money import Money, Vat, evenly
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.quantities import ONE, Quantity, as_quantity, in_units
from b2b_overlay.shop import Shop

from .models import OrderPart, OrderPartLine, WholesaleOrder, WholesaleOrderLine
from .parts import cut_again
from .splitting import Share, put

__all__ = [
    "Changed",
    "Told",
    "changed_since_placed",
    "difference",
    "dump",
    "load",
    "of_line",
    "rewrite",
]

Key = int | str
"""A good: its variant; what the shop doesn't sell goes by its article, delivery by ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line as somebody tells it, in base units."""

    variant_id: int | None
    name: str
    article: str
    quantity: Decimal
    unit: str
    #: Of one base unit.
    price: Decimal
    total: Decimal
    #: What is on top of ``total``, where that is told.
    vat: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """One good, as it was and as it is told; a side it isn't on is None."""

    name: str
    unit: str
    ordered: Decimal | None
    told: Decimal | None
    ordered_total: Decimal
    told_total: Decimal


@dataclass(slots=True)
class _Good:
    """A good of one side, its lines added up."""

    name: str
    unit: str
    quantity: Decimal = Decimal(0)
    total: Decimal = Decimal(0)


# -------------------------------------------------------------------------- comparing


def difference(ordered: Iterable[Share | Told], told: Iterable[Share | Told]) -> list[Changed]:
    """Good by good, what is told other than ordered, in the order of the ordered lines."""
    ours, theirs = _goods(ordered), _goods(told)
    nothing = _Good("", "")
    found = []
    for key in {**ours, **theirs}:
        mine, other = ours.get(key, nothing), theirs.get(key, nothing)
        if (mine.quantity, mine.total) != (other.quantity, other.total):
            named = ours.get(key, other)
            found.append(
                Changed(
                    named.name,
                    named.unit,
                    mine.quantity if key in ours else None,
                    other.quantity if key in theirs else None,
                    mine.total,
                    other.total,
                )
            )
    return found


def changed_since_placed(order: WholesaleOrder) -> list[Changed]:
    """What became of what the buyer ordered; nothing where nobody changed it."""
    if not order.as_placed:
        return []
    return difference(map(load, order.as_placed), map(of_line, order.lines.all()))


def of_line(line: WholesaleOrderLine) -> Share:
    """All of a line."""
    return Share(line, line.quantity, line.total, line.vat)


def _goods(lines: Iterable[Share | Told]) -> dict[Key, _Good]:
    found: dict[Key, _Good] = {}
    for each in lines:
        if each.quantity:
            line = each.line if isinstance(each, Share) else each
            unit = line.base_unit if isinstance(line, WholesaleOrderLine) else line.unit
            good = found.setdefault(_key(line), _Good(line.name, unit))
            good.quantity += each.quantity
            good.total += each.total
    return found


def _key(line: WholesaleOrderLine | Told) -> Key:
    return line.article or "" if line.variant_id is None else line.variant_id


def dump(line: Told) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "variant_id": line.variant_id,
        "name": line.name,
        "article": line.article,
        "quantity": format(line.quantity.normalize(), "f"),
        "unit": line.unit,
        "price": format(line.price, "f"),
        "total": format(line.total, "f"),
    }


def load(row: Mapping[str, Any]) -> Told:
    numbers = {name: Decimal(row[name]) for name in ("quantity", "price", "total")}
    return Told(**{**row, **numbers})


# --------------------------------------------------------------------------- changing


@dataclass(slots=True)
class _Piece:
    """So many of a good at one price."""

    told: Told
    price: Decimal
    #: The line that was there.
    was: WholesaleOrderLine | None
    quantity: Quantity = 0
    vat: Decimal | None = None


@transaction.atomic
def rewrite(shop: Shop, order: WholesaleOrder, document_id: str, told: Sequence[Told]) -> None:
    """Let this document of the order have these lines: one of its parts, or by the order's own
    id all of it. The order is locked, its quantities are whole pieces of the shop."""
    old = list(order.lines.all())
    exactly = _Exactly(order, [*old, *told])
    parts = list(order.parts.prefetch_related("lines__line").select_related("organization"))
    part = next((each for each in parts if each.document_id == document_id), None)
    if not order.as_placed:
        order.as_placed = [dump(_as_told(line)) for line in old]
    order.changed_at = timezone.now()
    pieces = _pieces(exactly, old, part, told)
    wanted = {each.pk: _wanted(each) for each in parts}
    if part is not None:
        wanted[part.pk] = defaultdict(int)
        for line in told:
            for quantity, price, _vat in exactly(line):
                wanted[part.pk][_key(line), price] += quantity
    order.lines.all().delete()
    lines = WholesaleOrderLine.objects.bulk_create(_lines(order, pieces))
    on_top = Decimal(0) if order.vat_included else sum((line.vat for line in lines), Decimal(0))
    order.total = sum((line.total for line in lines), on_top)
    order.save(update_fields=["total", "as_placed", "changed_at"])
    for books in dict.fromkeys(each.books for each in parts):
        of_books = [each for each in parts if each.books == books]
        cut_again(shop, order, lines, of_books, _shares(lines, of_books, wanted))


def _as_told(line: WholesaleOrderLine) -> Told:
    return Told(
        variant_id=line.variant_id,
        name=line.name,
        article=line.article,
        quantity=Decimal(line.quantity),
        unit=line.base_unit,
        price=line.unit_price,
        total=line.total,
        vat=line.vat,
    )


def _pieces(
    exactly: _Exactly,
    old: Sequence[WholesaleOrderLine],
    part: OrderPart | None,
    told: Sequence[Told],
) -> list[_Piece]:
    """The lines to be: what the other documents have, and what is told of this one."""
    was = {_key(line): line for line in reversed(old)}
    here = {row.line_id: row for row in part.lines.all()} if part else {}
    others = [_less(line, here.get(line.pk)) for line in old] if part else []
    found: dict[tuple[Key, Decimal], _Piece] = {}
    for line in [*others, *told]:
        key = _key(line)
        for quantity, price, vat in exactly(line):
            piece = found.setdefault((key, price), _Piece(line, price, was.get(key)))
            piece.quantity = as_quantity(piece.quantity + quantity)
            piece.vat = None if vat is None else (piece.vat or Decimal(0)) + vat
    last = len(old) + 1
    return sorted(found.values(), key=lambda each: each.was.position if each.was else last)


def _less(line: WholesaleOrderLine, share: OrderPartLine | None) -> Told:
    """What is left of a line without a document's share of it."""
    told = _as_told(line)
    if share is None:
        return told
    return replace(
        told,
        quantity=told.quantity - share.quantity,
        total=told.total - share.total,
        vat=line.vat - share.vat,
    )


class _Exactly:
    """How many at which price make a line's sum, with the VAT of so many: of whole pieces of the
    shop each."""

    def __init__(self, order: WholesaleOrder, lines: Iterable[WholesaleOrderLine | Told]) -> None:
        self._currency = order.currency
        self._pieces = pieces_of({line.variant_id for line in lines if line.variant_id})

    def __call__(self, line: Told) -> list[tuple[Quantity, Decimal, Decimal | None]]:
        if not line.quantity:
            return []
        piece = self._pieces.get(line.variant_id or 0, ONE)
        pairs = evenly(Money(line.total, self._currency), int(line.quantity / piece))
        found: list[tuple[Quantity, Decimal, Decimal | None]] = []
        left = line.vat
        for count, price in pairs:
            quantity, share = in_units(count, piece), left
            if left is not None and len(found) + 1 < len(pairs):
                of_line = (line.vat or Decimal(0)) * quantity / line.quantity
                share = Money(of_line, self._currency).quantized().amount
                left -= share
            found.append((quantity, price.amount / piece, share))
        return found


def _lines(order: WholesaleOrder, pieces: Sequence[_Piece]) -> list[WholesaleOrderLine]:
    fresh = [each.told.variant_id for each in pieces if each.was is None and each.told.variant_id]
    facts = VariantFacts.objects.in_bulk(fresh)
    return [
        _line(order, position, piece, facts.get(piece.told.variant_id or 0) or VariantFacts())
        for position, piece in enumerate(pieces, 1)
    ]


def _line(
    order: WholesaleOrder, position: int, piece: _Piece, facts: VariantFacts
) -> WholesaleOrderLine:
    told, was = piece.told, piece.was
    made = WholesaleOrderLine(
        order=order,
        position=position,
        variant_id=told.variant_id,
        sku=was.sku if was else told.article,
        article=was.article if was else facts.article or told.article,
        name=(was.name if was else told.name)[:512],
        quantity=piece.quantity,
        base_unit=was.base_unit if was else (told.unit or facts.unit)[:25],
        base_unit_code=was.base_unit_code if was else facts.unit_code,
        unit_price=piece.price,
        total=piece.price * piece.quantity,
        vat_rate=was.vat_rate if was else facts.vat_rate,
        vat_exempt=was.vat_exempt if was else facts.vat_exempt,
    )
    made.unit = made.base_unit
    if was is not None:
        made.price_list = was.price_list if was.unit_price == piece.price else ""
        if not piece.quantity % was.coefficient:
            made.unit, made.coefficient = was.unit, was.coefficient
    made.vat = _vat(order, made, piece)
    return made


def _vat(order: WholesaleOrder, line: WholesaleOrderLine, piece: _Piece) -> Decimal:
    """As whoever told the line reckoned it on top of the sum; else by the good's rate."""
    total, vat = Money(line.total, order.currency), Vat(line.vat_rate)
    if order.vat_included:
        return vat.inside(total).amount
    return vat.on_top(total).amount if piece.vat is None else piece.vat


# -------------------------------------------------------------------------- documents


_Wanted = dict[tuple[Key, Decimal], Quantity]


def _wanted(part: OrderPart) -> _Wanted:
    """What a document had, by good and price."""
    found: _Wanted = defaultdict(int)
    for row in part.lines.all():
        found[_key(row.line), row.line.unit_price] += row.quantity
    return found


def _shares(
    lines: Sequence[WholesaleOrderLine],
    parts: Sequence[OrderPart],
    wanted: Mapping[int, _Wanted],
) -> list[list[Share]]:
    """What of the lines stays in each document: first what it had at the same price, then what
    it had of the good at all."""
    left = {line.pk: line.quantity for line in lines}
    found: list[list[Share]] = [[] for _part in parts]
    for exactly in (True, False):
        for line in lines:
            for part, shares in zip(parts, found, strict=True):
                had = wanted[part.pk]
                for key in [k for k in had if k[0] == _key(line)]:
                    if exactly and key[1] != line.unit_price:
                        continue
                    here = min(had[key], left[line.pk])
                    had[key] -= here
                    left[line.pk] -= here
                    put(shares, line, here)
    return found
