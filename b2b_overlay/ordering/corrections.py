"""An order as 1C has it beside the order as it was placed (исправления).

Rules: the buyer's order never changes by itself. What 1C holds for other goods, quantities or
sums stands beside it, for the buyer and the desk to see, until the desk takes one of the two:
1C's, and the order becomes it; or the buyer's, and it goes to 1C again. The same correction
told again asks nobody twice; one that 1C takes back goes by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.money import Money, evenly
from b2b_overlay.shop import Refusal, Refused

from .models import OrderCorrection, OrderPart, WholesaleOrder, WholesaleOrderLine
from .orders import changed

__all__ = ["Changed", "Told", "changes", "correction_of", "keep", "take", "tell", "waiting"]

_STATE = OrderCorrection.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line of a document of 1C, in base units."""

    variant_id: int | None
    name: str
    article: str
    quantity: Decimal
    unit: str
    #: Of one base unit.
    price: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Changed:
    """One good, as ordered and as in 1C; a side it isn't on is None."""

    name: str
    unit: str
    ordered: Decimal | None
    in_1c: Decimal | None
    ordered_total: Decimal
    total_in_1c: Decimal


@dataclass(slots=True)
class _Good:
    """A good of one side of a document, its lines added up."""

    name: str
    unit: str
    quantity: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    lines: list[Any] = field(default_factory=list)


def tell(
    told: WholesaleOrder | OrderPart,
    lines: Sequence[Told],
    total: Decimal,
    told_at: dt.datetime,
) -> bool:
    """1C's document of this order, or of this part of one, has these lines; is that news that
    differs from what was ordered?"""
    order = told.order if isinstance(told, OrderPart) else told
    document_id = told.document_id if isinstance(told, OrderPart) else told.order_id
    rows = OrderCorrection.objects.select_for_update().filter(order=order, document_id=document_id)
    known = rows.first()
    if not _differs(_ordered(order, document_id), _goods(lines)):
        rows.delete()
        return False
    dumped = [_dump(line) for line in lines]
    if known is not None and known.lines == dumped and not _sent_again(known, told_at):
        return False
    OrderCorrection.objects.update_or_create(
        order=order,
        document_id=document_id,
        defaults={
            "lines": dumped,
            "total": total,
            "told_at": told_at,
            "state": _STATE.WAITING,
            "decided_at": None,
            "decided_by": None,
        },
    )
    return True


def _sent_again(known: OrderCorrection, told_at: dt.datetime) -> bool:
    """Did 1C say it once more after the order as placed went back to it?"""
    return (
        known.state == _STATE.KEPT and known.decided_at is not None and told_at > known.decided_at
    )


def waiting() -> QuerySet[OrderCorrection]:
    """Corrections that nobody has decided; for the desk."""
    return OrderCorrection.objects.filter(state=_STATE.WAITING)


def correction_of(order: WholesaleOrder) -> list[tuple[OrderCorrection, list[Changed]]]:
    """What 1C changed of an order that the user may see; nothing that became the order."""
    rows = order.corrections.exclude(state=_STATE.TAKEN).select_related("order")
    found = [(row, changes(row)) for row in rows]
    return [(row, changed) for row, changed in found if changed]


def changes(row: OrderCorrection) -> list[Changed]:
    """Good by good, what is other than ordered, in the order of the buyer's lines."""
    ordered = _ordered(row.order, row.document_id)
    in_1c = _goods([_load(line) for line in row.lines])
    found = []
    for key in {**ordered, **in_1c}:
        ours, theirs = ordered.get(key), in_1c.get(key)
        if ours and theirs and (ours.quantity, ours.total) == (theirs.quantity, theirs.total):
            continue
        named = ours or theirs
        assert named is not None
        found.append(
            Changed(
                named.name,
                named.unit,
                ours.quantity if ours else None,
                theirs.quantity if theirs else None,
                ours.total if ours else Decimal(0),
                theirs.total if theirs else Decimal(0),
            )
        )
    return found


# ---------------------------------------------------------------------------- decisions


@transaction.atomic
def take(by: access.User, row: OrderCorrection) -> WholesaleOrder:
    """Let the order be as 1C has it. Raises :class:`Refused` where it can't be."""
    demand_desk(by)
    row, order = _locked(row)
    if row.document_id != order.order_id:
        text = _("1C keeps this order as several documents: it is changed there, or placed anew.")
        raise Refused(Refusal("INVALID", text))
    told = [_load(line) for line in row.lines]
    _demand_whole(told)
    old = {_key(line): line for line in order.lines.all()}
    order.lines.all().delete()
    lines = WholesaleOrderLine.objects.bulk_create(_lines(order, told, old))
    order.total = sum((line.total for line in lines), Decimal(0))
    if not order.vat_included:
        order.total += sum((line.vat for line in lines), Decimal(0))
    order.save(update_fields=["total"])
    changed(order)
    _decide(by, row, _STATE.TAKEN)
    return order


@transaction.atomic
def keep(by: access.User, row: OrderCorrection) -> WholesaleOrder:
    """Let the order stay as it was placed, and go to 1C again."""
    demand_desk(by)
    row, order = _locked(row)
    changed(order)
    _decide(by, row, _STATE.KEPT)
    return order


def _locked(row: OrderCorrection) -> tuple[OrderCorrection, WholesaleOrder]:
    order = WholesaleOrder.objects.select_for_update().get(pk=row.order_id)
    row = OrderCorrection.objects.select_for_update().get(pk=row.pk)
    if row.state != _STATE.WAITING:
        raise Refused(Refusal("INVALID", _("This was decided already.")))
    return row, order


def _decide(by: access.User, row: OrderCorrection, state: str) -> None:
    row.state, row.decided_at, row.decided_by_id = state, timezone.now(), by.pk
    row.save(update_fields=["state", "decided_at", "decided_by"])


def _demand_whole(told: Iterable[Told]) -> None:
    """The shop counts in wholes."""
    for line in told:
        if line.quantity % 1:
            text = _("«%(name)s»: the shop sells it in whole pieces only.") % {"name": line.name}
            raise Refused(Refusal("INVALID", text))


# -------------------------------------------------------------------------------- lines


def _ordered(order: WholesaleOrder, document_id: str) -> dict[Any, _Good]:
    """What was ordered of this document: by variant, delivery by its name."""
    found: dict[Any, _Good] = {}
    part = order.parts.filter(document_id=document_id).first()
    shares: Iterable[Any]
    if part is None:
        shares = [(line, line.quantity, line.total) for line in order.lines.all()]
    else:
        rows = part.lines.select_related("line")
        shares = [(row.line, row.quantity, row.total) for row in rows]
    for line, quantity, total in shares:
        good = found.setdefault(_key(line), _Good(line.name, line.base_unit))
        good.quantity += quantity
        good.total += total
    return found


def _goods(lines: Iterable[Told]) -> dict[Any, _Good]:
    found: dict[Any, _Good] = {}
    for line in lines:
        if line.quantity:
            good = found.setdefault(_key(line), _Good(line.name, line.unit))
            good.quantity += line.quantity
            good.total += line.total
    return found


def _key(line: WholesaleOrderLine | Told) -> Any:
    """Delivery has no variant on either side; goods that 1C alone has go by their article."""
    if line.variant_id is not None:
        return line.variant_id
    return line.article or ""


def _differs(ordered: Mapping[Any, _Good], in_1c: Mapping[Any, _Good]) -> bool:
    return {k: (g.quantity, g.total) for k, g in ordered.items()} != {
        k: (g.quantity, g.total) for k, g in in_1c.items()
    }


def _lines(
    order: WholesaleOrder, told: Sequence[Told], old: Mapping[Any, WholesaleOrderLine]
) -> list[WholesaleOrderLine]:
    """1C's lines as lines of the order; units, VAT and names from the line that was there."""
    made: list[WholesaleOrderLine] = []
    for line in told:
        if not line.quantity:
            continue
        was = old.get(_key(line))
        for quantity, price in evenly(Money(line.total, order.currency), int(line.quantity)):
            made.append(_line(order, len(made) + 1, line, was, quantity, price.amount))
    return made


def _line(
    order: WholesaleOrder,
    position: int,
    told: Told,
    was: WholesaleOrderLine | None,
    quantity: int,
    price: Decimal,
) -> WholesaleOrderLine:
    made = WholesaleOrderLine(
        order=order,
        position=position,
        variant_id=told.variant_id,
        sku=was.sku if was else told.article,
        article=told.article,
        name=(was.name if was else told.name)[:512],
        quantity=quantity,
        base_unit=was.base_unit if was else told.unit[:25],
        base_unit_code=was.base_unit_code if was else "796",
        unit_price=price,
        total=price * quantity,
        vat=Decimal(0),
    )
    if was is not None:
        made.vat_rate, made.vat_exempt = was.vat_rate, was.vat_exempt
        made.price_list = was.price_list if was.unit_price == price else ""
        if not quantity % was.coefficient:
            made.unit, made.coefficient = was.unit, was.coefficient
        share = Money(was.vat * made.total / was.total if was.total else Decimal(0), order.currency)
        made.vat = share.quantized().amount
    return made


def _dump(line: Told) -> dict[str, Any]:
    return {
        "variant_id": line.variant_id,
        "name": line.name,
        "article": line.article,
        "quantity": format(line.quantity.normalize(), "f"),
        "unit": line.unit,
        "price": format(line.price, "f"),
        "total": format(line.total, "f"),
    }


def _load(row: Mapping[str, Any]) -> Told:
    numbers = {name: Decimal(row[name]) for name in ("quantity", "price", "total")}
    return Told(**{**row, **numbers})
