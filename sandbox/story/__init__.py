"""The story of a wholesale order, from 1C and back to 1C, as a client over HTTP only.

It is the demo, a test, and the proof on a real Saleor: it needs nothing but
:class:`sandbox.facts.Facts`, and the data that the shop was filled with (:mod:`sandbox.data`).
Each step acts as one of its people (visitor, buyer, stranger, admin, 1C), then demands what
must be true.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.facts import Facts

from . import admission, before, buying, exchange, matching, pages, people, telling
from .telling import Step, Told, table
from .world import World

__all__ = ["CHAPTERS", "Step", "Told", "World", "play", "table"]

CHAPTERS: tuple[tuple[Step, ...], ...] = (
    (
        before.visitor,
        before.customer,
    ),
    (
        exchange.wrong_password,
        exchange.catalogue,
        matching.spreadsheet,
        exchange.counterparties,
        matching.decide,
        exchange.retail_untouched,
    ),
    (
        admission.customers_may_not,
        admission.admit,
        buying.customer_stays,
    ),
    (
        pages.sign_in,
        pages.look,
        pages.switch,
        pages.find,
        pages.fill,
        pages.order,
        buying.own_prices,
        buying.stock,
        buying.switch,
        buying.cart,
        buying.broken_pack,
        buying.for_whom,
        buying.order,
        pages.invoice,
        buying.stranger,
        pages.stranger,
        buying.visitor_stays,
    ),
    (
        exchange.orders,
        exchange.confirm,
        exchange.news,
        exchange.seen,
        pages.sees_order,
    ),
    (
        people.invite,
        people.join,
        people.over_limit,
        people.confirm,
    ),
)


def play(facts: Facts, say: Callable[[str], None], language: str = "ru") -> bool:
    """Play the story against a shop, printing a row a step; True if every step held."""
    return telling.play(CHAPTERS, World(facts), say, language)
