"""An order as 1C has it beside the order as it was placed (исправления).

Rules: the buyer's order never changes by itself. What 1C holds for other goods, quantities or
sums stands beside it, for the buyer and the desk to see, until the desk takes one of the two:
1C's, and the order becomes it; or the buyer's, and it goes to 1C again. The same correction
told again asks nobody twice; one that 1C takes back goes by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.quantities import ONE, counted
from b2b_overlay.shop import Refusal, Refused, Shop

from .models import OrderCorrection, OrderPart, WholesaleOrder
from .orders import changed
from .rewriting import Changed, Told, difference, dump, load, of_line, rewrite
from .splitting import Share

__all__ = ["changes", "correction_of", "keep", "look_again", "take", "tell", "waiting"]

_STATE = OrderCorrection.State


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
    if not difference(_ordered(order, document_id), lines):
        rows.delete()
        return False
    dumped = [dump(line) for line in lines]
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
    return difference(_ordered(row.order, row.document_id), map(load, row.lines))


def look_again(order: WholesaleOrder) -> None:
    """The order was changed here: what 1C had said of it stands beside what it is now, whatever
    was decided of what it was; it goes where the two have become the same."""
    for row in order.corrections.select_for_update().select_related("order"):
        if not changes(row):
            row.delete()
        elif row.state == _STATE.TAKEN:
            row.state, row.decided_at, row.decided_by = _STATE.WAITING, None, None
            row.save(update_fields=["state", "decided_at", "decided_by"])


# ---------------------------------------------------------------------------- decisions


@transaction.atomic
def take(shop: Shop, by: access.User, row: OrderCorrection) -> WholesaleOrder:
    """Let this document of the order, or all of it, be as 1C has it. Raises :class:`Refused`
    where it can't be."""
    demand_desk(by)
    row, order = _locked(row)
    told = [load(line) for line in row.lines]
    _demand_whole(told)
    rewrite(shop, order, row.document_id, told)
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


def _demand_whole(told: Sequence[Told]) -> None:
    """The shop counts in whole pieces."""
    pieces = pieces_of({line.variant_id for line in told if line.variant_id})
    for line in told:
        piece = pieces.get(line.variant_id or 0, ONE)
        if line.quantity % piece:
            text = _("«%(name)s»: the shop sells it in whole pieces only.")
            if piece != ONE:
                text = _("«%(name)s»: the shop sells it by %(piece)s %(unit)s.")
            words = {"name": line.name, "piece": counted(piece), "unit": line.unit}
            raise Refused(Refusal("INVALID", text % words))


def _ordered(order: WholesaleOrder, document_id: str) -> list[Share]:
    """What was ordered of this document."""
    part = order.parts.filter(document_id=document_id).first()
    if part is None:
        return [of_line(line) for line in order.lines.all()]
    rows = part.lines.select_related("line")
    return [Share(row.line, row.quantity, row.total, row.vat) for row in rows]
