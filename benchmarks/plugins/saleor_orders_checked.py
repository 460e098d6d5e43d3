"""Run inside Saleor by ``saleor``: is each line of each order at the price of its moment?

The price is the naive resolver's (tests/naive.py), which shares no code with the overlay's. The
moment is one between the request and its answer; where a price changed about then, any of the
states the terms were in will do, but the whole order must be of one.
"""

# ruff: noqa: E402 - the shop's models are imported after django.setup()
from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

from saleor.order.models import Order, OrderLine

from b2b_overlay.pricing.levels import LEVELS
from benchmarks._price_world import amount
from tests.naive import CENT, Agreed, AgreedList, naive

ASKED: dict[str, Any] = json.loads(Path(os.environ["BENCH_ASKED"]).read_text())
#: As benchmarks._price_world.entity gives them.
OF_A_BUYER = ["contract"] * 3 + ["legal_entity"] * 3 + ["company"] * 2
CODES = [level.code for level in LEVELS]
#: The naive resolver's good with any rate of VAT: nothing here is without it.
GOOD = 1


class History:
    """What the lists said after each change: by list and good, from which change on."""

    def __init__(self, changes: list[dict[str, Any]]) -> None:
        self.changes = changes
        self._said: dict[tuple[int, int | None], list[tuple[int, Any]]] = defaultdict(list)
        for n, each in enumerate(changes, 1):
            value = each["is_active"] if each["number"] is None else Decimal(each["amount"])
            for price_list in each["price_lists"]:
                self._said[price_list, each["number"]].append((n, value))

    def states(self, began: float, ended: float) -> range:
        """After how many changes the terms may have been looked at between two moments."""
        sure = sum(each["ended"] < began for each in self.changes)
        perhaps = sum(each["began"] <= ended for each in self.changes)
        return range(sure, perhaps + 1)

    def price(self, price_list: int, number: int, state: int) -> Decimal | None:
        if not self._at((price_list, None), state, True):
            return None
        was = amount(price_list, ASKED["lists"], number)
        found: Decimal | None = self._at((price_list, number), state, was)
        return found

    def _at(self, key: tuple[int, int | None], state: int, before: Any) -> Any:
        said = self._said.get(key, [])
        at = bisect_right(said, state, key=lambda each: each[0])
        return said[at - 1][1] if at else before


def expected(history: History, lists: list[int], number: int, state: int) -> Decimal | None:
    kept = []
    for pk in lists:
        price = history.price(pk, number, state)
        prices = [] if price is None else [(GOOD, 1, price, None, None)]
        kept.append(AgreedList("RUB", True, None, Decimal(0), CENT, "nearest", prices))
    agreed = [
        Agreed(n, CODES.index(code), n, None, None, None) for n, code in enumerate(OF_A_BUYER)
    ]
    return naive(kept, agreed, GOOD, 1, None, None)


def main() -> None:
    history = History(ASKED["changes"])
    lines: dict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for pk, variant_id, price in OrderLine.objects.filter(
        order__in=[each["id"] for each in ASKED["orders"]]
    ).values_list("order_id", "variant_id", "unit_price_gross_amount"):
        lines[str(pk)].append((variant_id - ASKED["before"], price))
    wrong = []
    for order in ASKED["orders"]:
        if why := _wrong(history, order, lines[order["id"]]):
            wrong.append(why)
    kept = Order.objects.filter(user__email__in=ASKED["emails"]).count()
    if kept != len(ASKED["orders"]):
        wrong.append(f"{kept} orders are kept, {len(ASKED['orders'])} were answered")
    told = {"lines": sum(map(len, lines.values())), "wrong": wrong}
    Path(os.environ["BENCH_TOLD"]).write_text(json.dumps(told))


def _wrong(history: History, order: dict[str, Any], lines: list[tuple[int, Decimal]]) -> str:
    """Why an order isn't what was agreed; empty: it is."""
    if not lines:
        return f"{order['id']} has no lines"
    lists = ASKED["buyers"][str(order["buyer"])]
    said = ""
    for state in history.states(order["began"], order["ended"]):
        other = [
            f"good {number}: {price} in place of {right}"
            for number, price in lines
            if price != (right := expected(history, lists, number, state))
        ]
        if not other:
            return ""
        said = f"{order['id']} of buyer {order['buyer']}: {'; '.join(other)}"
    return said


main()
