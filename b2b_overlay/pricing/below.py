"""Prices that are under a floor, whoever wrote them: what the exceptions report shows of 1C's
prices, which nobody stops, of loads that were let through, and of floors that rose since.

Only lists that somebody buys by are asked about, and not those that a floor is reckoned from. A
price in another currency or VAT mode than the shop's channels is compared in its own. What can't
be reckoned is under no floor: it isn't sold either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from b2b_overlay.money import Money
from b2b_overlay.shop import get_shop

from .floors import every_good, lowest_of
from .lists import ListRow
from .models import Assignment, Floor, Price
from .of_list import Chains, amounts_of
from .reckoning import Mode

__all__ = ["Floors", "Low", "Lowest", "floors_of_all"]

Amounts = Mapping[int, tuple[Decimal, Decimal]]
"""By variant: what a list asks, and from which quantity on."""

#: More than any quantity.
_ENDLESS = Decimal(10) ** 12


class Lowest(NamedTuple):
    """From this quantity and before the other one, no price of the good in this currency and
    VAT mode is above the floor that is lower."""

    variant_id: int
    since: Decimal
    before: Decimal
    amount: Decimal
    floor: str
    currency: str
    vat_included: bool


class Low(NamedTuple):
    """A price of a derived list under its floor; it may be written in the list itself."""

    price_list_id: int
    variant_id: int
    min_quantity: Decimal
    amount: Decimal
    lowest: Decimal
    floor: str


@dataclass(frozen=True, slots=True)
class Floors:
    """What the prices of these lists are to be compared with, and the derived ones that were."""

    lists: Sequence[int] = ()
    lowest: Sequence[Lowest] = ()
    derived: Sequence[Low] = ()


def floors_of_all(at: datetime) -> Floors:
    """The floors of all goods, at every quantity from which one of them changes. The number of
    queries grows with those quantities and with currencies, neither with goods nor with lists."""
    floors = list(Floor.objects.filter(is_active=True))
    if not floors:
        return Floors()
    chains = Chains.now()
    references = {floor.price_list_id for floor in floors}
    in_force = Assignment.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at))
    bound = set(in_force.values_list("price_list_id", flat=True).distinct())
    lists = sorted(pk for pk in bound - references if chains.rows[pk].is_active)
    found = Floors(lists, [], [])
    for mode in sorted({chains.rows[pk].mode for pk in lists}):
        same = [pk for pk in lists if chains.rows[pk].mode == mode]
        lowest, derived = _in_mode(chains, floors, same, mode, at)
        found = Floors(lists, [*found.lowest, *lowest], [*found.derived, *derived])
    return found


def _in_mode(
    chains: Chains, floors: Sequence[Floor], lists: Sequence[int], mode: Mode, at: datetime
) -> tuple[list[Lowest], list[Low]]:
    """The floors in a currency and VAT mode, and the derived prices of these lists under them."""
    channels = get_shop().catalogue.channels()
    channel = next(
        (c for c in channels if Mode(c.currency, c.prices_include_vat) == mode), channels[0]
    )
    references = [_chain(chains, floor, mode) for floor in floors]
    derived = [pk for pk in lists if _derives(chains.of(pk))]
    concerned = {row.id for chain in references for row in chain}
    rows = Price.objects.filter(price_list__in=concerned)
    goods = set(rows.values_list("variant_id", flat=True).distinct())
    if any(chain[-1].base_retail for chain in references):
        goods |= set(every_good(channel))
    concerned |= {row.id for pk in derived for row in chains.of(pk)}
    steps = Price.objects.filter(price_list__in=concerned).values_list("min_quantity", flat=True)
    lowest: list[Lowest] = []
    low: list[Low] = []
    for step, after in pairwise([*sorted({Decimal(1), *steps.distinct()}), _ENDLESS]):
        quantities = dict.fromkeys(goods, step)
        told = amounts_of(
            [*references, *(chains.of(pk) for pk in derived)], channel, quantities, at, mode
        )
        highest = _highest(floors, told[: len(floors)], mode.currency)
        lowest += [
            Lowest(pk, step, after, amount, name, *mode) for pk, (amount, name) in highest.items()
        ]
        for list_id, answers in zip(derived, told[len(floors) :], strict=True):
            low += _under(list_id, answers, highest, step)
    return lowest, low


def _chain(chains: Chains, floor: Floor, mode: Mode) -> tuple[ListRow, ...]:
    """What a floor is reckoned from; the shop's retail as a list that derives from it."""
    if floor.price_list_id is not None:
        return chains.of(floor.price_list_id)
    nothing, cent = Decimal(0), Decimal("0.01")
    row = ListRow(0, _("retail"), *mode, True, True, nothing, cent, "nearest", False)
    return (row._replace(holds_prices=False, has_markups=False),)


def _derives(chain: Sequence[ListRow]) -> bool:
    return len(chain) > 1 or chain[0].base_retail


def _highest(
    floors: Sequence[Floor], told: Sequence[Amounts], currency: str
) -> dict[int, tuple[Decimal, str]]:
    """Of the floors of each good the highest, and its name."""
    found: dict[int, tuple[Decimal, str]] = {}
    for floor, answers in zip(floors, told, strict=True):
        for pk, (price, _least) in answers.items():
            amount = lowest_of(Money(price, currency), floor.percent).amount
            if pk not in found or found[pk][0] < amount:
                found[pk] = amount, floor.name
    return found


def _under(
    list_id: int,
    answers: Amounts,
    highest: Mapping[int, tuple[Decimal, str]],
    step: Decimal,
) -> Iterator[Low]:
    """The prices of a derived list that begin at this quantity."""
    for pk, (amount, least) in answers.items():
        if least == step and pk in highest and amount < highest[pk][0]:
            yield Low(list_id, pk, step, amount, *highest[pk])
