"""What is under a floor now: 1C's prices, which nobody stops, a load that an overseer let through,
prices that a floor rose above. A part of the exceptions report, for the same people.

Each line names who or which file wrote the price, and leads to its history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from b2b_overlay.changes.prices import by_event
from b2b_overlay.changes.telling import Change
from b2b_overlay.company import access
from b2b_overlay.copying import numbers
from b2b_overlay.money import Money
from b2b_overlay.pricing.below import Floors, floors_of_all
from b2b_overlay.shop import Channel, Shop

from . import statements
from .exceptions import Asked, Names, demand, rows_of

__all__ = ["Below", "below"]


@dataclass(frozen=True, slots=True)
class Below:
    """A price under its floor, and who made it what it is."""

    price_list_id: int
    price_list: str
    #: The list where the price, or what it derives from, is written; None: it is the shop's retail.
    written_in: int | None
    variant_id: int
    good: str
    min_quantity: Decimal
    price: Money
    lowest: Money
    floor: str
    #: None: retail, or older than the history.
    at: datetime | None
    who: str
    #: By which way: a page, 1C's file, a spreadsheet.
    way: str

    @property
    def percent(self) -> Decimal:
        """How much under, in percent."""
        return ((1 - self.price.amount / self.lowest.amount) * 100).quantize(Decimal("0.1"))


def below(by: access.User, shop: Shop, channel: Channel, asked: Asked) -> tuple[list[Below], int]:
    """A page of the prices under a floor that were written in the period, newest first, and how
    many there are. The number of queries doesn't grow with them."""
    demand(by)
    now = timezone.now()
    floors = floors_of_all(now)
    if not floors.lowest:
        return [], 0
    rows = rows_of(statements.BELOW, {**asked.parameters, "now": now, **_parameters(floors)})
    goods = Names(shop, channel, [row[6] for row in rows], ())
    changes = by_event([row[2] for row in rows if row[2] is not None], shop.people)
    found = [_line(row, goods, changes.get(row[2])) for row in rows]
    return found, rows[0][0] if rows else 0


def _line(row: Sequence[Any], goods: Names, change: Change | None) -> Below:
    return Below(
        price_list_id=row[4],
        price_list=row[5],
        written_in=row[3],
        variant_id=row[6],
        good=goods.good(row[6]),
        min_quantity=row[7],
        price=Money(row[8], row[11]),
        lowest=Money(row[9], row[11]),
        floor=row[10],
        at=row[1],
        who=change.who if change else "",
        way=change.way if change else "",
    )


def _parameters(floors: Floors) -> dict[str, Any]:
    lowest, derived = floors.lowest, floors.derived
    return {
        "lists": numbers(floors.lists),
        "variants": numbers(each.variant_id for each in lowest),
        "froms": numbers(each.since for each in lowest),
        "befores": numbers(each.before for each in lowest),
        "amounts": numbers(each.amount for each in lowest),
        "names": [each.floor for each in lowest],
        "currencies": [each.currency for each in lowest],
        "vats": [each.vat_included for each in lowest],
        "d_lists": numbers(each.price_list_id for each in derived),
        "d_variants": numbers(each.variant_id for each in derived),
        "d_froms": numbers(each.min_quantity for each in derived),
        "d_amounts": numbers(each.amount for each in derived),
        "d_lowest": numbers(each.lowest for each in derived),
        "d_floors": [each.floor for each in derived],
    }
