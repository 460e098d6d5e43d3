"""Repeat an order: its goods go into the cart again, at today's prices.

What can't be had any more is said, line by line, and the rest goes in: less where the stock
is short, whole packs of today's size where the pack has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.quantities import Quantity, as_quantity, counted
from b2b_overlay.shop import Channel, Refused, Shop

from . import cart
from .goods import Good, goods

__all__ = ["Repeated", "repeat"]


@dataclass(frozen=True, slots=True)
class Repeated:
    """What went into the cart (base units by variant id), and sentences on what didn't."""

    taken: Mapping[int, Quantity]
    problems: tuple[str, ...]


def repeat(
    shop: Shop, user: access.User, channel: Channel, wanted: Mapping[int, tuple[str, Quantity]]
) -> Repeated:
    """Put ``wanted`` (variant id → its name then, base units) into the user's open cart.

    The cart stays for whom it is; an empty one is for whom the user is buying now. Never
    raises :class:`Refused`: what the shop refuses is among the problems.
    """
    terms = cart.terms_ahead(shop, user, channel)
    found = goods(shop, channel, terms, {pk: quantity for pk, (_n, quantity) in wanted.items()})
    taken: dict[int, Quantity] = {}
    problems: list[str] = []
    for pk, (name, quantity) in wanted.items():
        possible, problem = _possible(found.get(pk), name, quantity)
        if problem:
            problems.append(problem)
        if possible:
            taken[pk] = possible
    if taken:
        try:
            cart.add(shop, user, channel, taken)
        except Refused as refused:
            return Repeated({}, tuple(r.message for r in refused.refusals))
    return Repeated(taken, tuple(problems))


def _possible(good: Good | None, name: str, quantity: Quantity) -> tuple[Quantity, str]:
    """How many base units can be taken today, and a sentence where that isn't ``quantity``."""
    if good is None:
        return 0, _("%(name)s is no longer sold.") % {"name": name}
    if not good.answer.exists:
        return 0, f"{name}: {getattr(good.answer, 'reason', '')}"
    if not good.in_stock:
        return 0, _("%(name)s is out of stock.") % {"name": name}
    packs = -(-quantity // good.step) * good.step
    possible = as_quantity(min(packs, good.in_stock))
    if possible == quantity:
        return possible, ""
    return possible, _("%(name)s: %(taken)s instead of %(wanted)s %(unit)s.") % {
        "name": name,
        "taken": counted(possible),
        "wanted": counted(quantity),
        "unit": good.facts.unit,
    }
