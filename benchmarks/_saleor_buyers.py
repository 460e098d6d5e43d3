"""Fifty buyers who order at once, while the prices and the lists they buy by change.

Each has his own company, terms and eight lists, and orders again and again, as a storefront does
it over HTTP: a cart, a way of delivery, the order on account. Saleor runs as in production. Prices
are changed by the database's own statements, as a load writes them, and lists are switched off and
on. Whoever is told that a price has changed since it was shown looks at the cart and orders again.

Afterwards each line of each order is compared, inside Saleor, with what the naive resolver of the
tests says under the terms of that moment (plugins/saleor_orders_checked.py).
"""

from __future__ import annotations

import json
import math
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any

import psycopg
from graphql_relay import from_global_id, to_global_id

from benchmarks import _saleor_stand as standing
from benchmarks._price_world import SPARSE, VARIANTS
from benchmarks._saleor_carts import ADDRESS, COMPLETE, CREATE, DELIVERY
from benchmarks._saleor_stand import LISTS, MANY, Stand
from benchmarks.report import Row, table
from sandbox.story.client import Api, NotHeld
from tests.saleor import layer

__all__ = ["measure"]

SECONDS = float(os.environ.get("SECONDS", "300"))
#: Goods that everybody wants: half of what is ordered is among them, and only their prices change.
POPULAR = range(1, 201)
#: Seconds between two changes.
PAUSE = 0.2
#: How often somebody orders a cart whose prices go on changing before it counts as an error.
PATIENCE = 20


@dataclass(frozen=True, slots=True)
class Order:
    """Placed by a buyer between two moments."""

    id: str
    buyer: int
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Change:
    """Committed between two moments: in these lists the price of a good, or (None) whether they
    are active."""

    began: float
    ended: float
    price_lists: list[int]
    number: int | None
    amount: str | None
    is_active: bool = True


@dataclass
class Market:
    """What fifty threads tell."""

    until: float
    orders: list[Order] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    #: Refused because a price had changed since it was shown.
    changed_meanwhile: int = 0
    walls: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_open(self) -> bool:
        return time.time() < self.until


def measure(stood: Stand) -> list[Row]:
    with stood.serving() as server:
        url = f"{server.url}/graphql/"
        # One after another: Saleor suspends sign-ins that come from one address at once.
        buyers = [_signed_in(url, n) for n in _numbers()]
        with ThreadPoolExecutor(MANY) as threads:
            market = Market(time.time() + SECONDS)
            with _changing(stood, market):
                list(threads.map(partial(_buy, market), buyers, _numbers()))
    _no_tracebacks(stood, market)
    checked = _checked(stood, market)
    _tell(market, checked)
    errors = Counter(market.errors)
    for error, count in errors.most_common(10):
        print(f"  {count} × {error[:400]}")
    for wrong in checked["wrong"][:10]:
        print(f"  {wrong}")
    orders = f"in {len(market.orders):,} orders of {MANY} buyers at once, {SECONDS:.0f} s"
    return [
        Row("saleor_buyers_errors", len(market.errors), 0, f"errors {orders}"),
        Row("saleor_buyers_wrong_prices", len(checked["wrong"]), 0, f"wrong orders {orders}"),
        Row("saleor_buyers_orders", len(market.orders), MANY, f"orders {orders}", at_least=True),
    ]


def _numbers() -> range:
    return range(1, MANY + 1)


def _signed_in(url: str, number: int) -> Api:
    api = Api(url, standing.buyer(number), token_life=math.inf)  # the stand's live a day
    api.run("{ __typename }")
    return api


# ----------------------------------------------------------------------------- buyers


def _buy(market: Market, api: Api, number: int) -> None:
    wants = random.Random(number)
    while market.is_open:
        started = time.perf_counter()
        try:
            order, retries = _order(api, number, wants)
        except (NotHeld, OSError) as error:
            with market.lock:
                market.errors.append(str(error))
            continue
        with market.lock:
            market.orders.append(order)
            market.changed_meanwhile += retries
            market.walls.append(time.perf_counter() - started)


def _order(api: Api, number: int, wants: random.Random) -> tuple[Order, int]:
    lines = [
        {
            "variantId": to_global_id("ProductVariant", standing.variant(good)),
            "quantity": wants.randint(1, 9),
        }
        for good in {
            wants.choice(POPULAR) if wants.random() < 0.5 else wants.randint(1, VARIANTS)
            for _ in range(wants.randint(1, 8))
        }
    ]
    asked = {"channel": "ru", "email": standing.buyer(number).email, "lines": lines}
    addresses = {"shippingAddress": ADDRESS, "billingAddress": ADDRESS}
    cart = api.mutate(CREATE, input={**asked, **addresses})["checkout"]
    api.mutate(DELIVERY, id=cart["id"], method=cart["shippingMethods"][0]["id"])
    for retries in range(PATIENCE):
        began = time.time()
        told = api.run(COMPLETE, id=cart["id"])["checkoutComplete"]
        if told["order"]:
            pk = from_global_id(told["order"]["id"])[1]
            return Order(pk, number, began, time.time()), retries
        if not all(_has_changed(error) for error in told["errors"]):
            break
    raise NotHeld(f"checkoutComplete: {told['errors']}")


def _has_changed(error: dict[str, Any]) -> bool:
    """«… the price has changed from … to …», at a line."""
    return error["code"] == "INVALID" and bool(error["lines"])


# ---------------------------------------------------------------------------- changes


@contextmanager
def _changing(stood: Stand, market: Market) -> Iterator[None]:
    thread = threading.Thread(target=_change, args=(stood, market))
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _change(stood: Stand, market: Market) -> None:
    drawn = random.Random(0)
    off: int | None = None
    with psycopg.connect(stood.url, autocommit=True) as connection:
        while market.is_open:
            if drawn.random() < 0.1:
                off = _switch(connection, market, drawn, off)
            else:
                _reprice(connection, market, drawn)
            time.sleep(PAUSE)


def _switch(
    connection: psycopg.Connection[Any], market: Market, drawn: random.Random, off: int | None
) -> int | None:
    """One list at a time is off."""
    price_list = off or LISTS + drawn.randint(1, SPARSE)
    began = time.time()
    connection.execute(
        "UPDATE b2b_overlay_pricelist SET is_active = %s WHERE id = %s", [bool(off), price_list]
    )
    market.changes.append(Change(began, time.time(), [price_list], None, None, bool(off)))
    return None if off else price_list


def _reprice(connection: psycopg.Connection[Any], market: Market, drawn: random.Random) -> None:
    """Of a popular good, in one of the lists that somebody buys by."""
    number = drawn.choice(POPULAR)
    lists = [LISTS + drawn.randint(1, SPARSE) for _ in range(10)] + [8 + drawn.randint(1, MANY)]
    price = Decimal(drawn.randint(1000, 90000)) / 100
    began = time.time()
    changed = connection.execute(
        """UPDATE b2b_overlay_price SET amount = %s
            WHERE variant_id = %s AND price_list_id = ANY(%s) RETURNING price_list_id""",
        [price, standing.variant(number), lists],
    ).fetchall()
    ended = time.time()
    market.changes.append(Change(began, ended, [pk for (pk,) in changed], number, str(price)))


# ------------------------------------------------------------------------- afterwards


def _no_tracebacks(stood: Stand, market: Market) -> None:
    log = (stood.run.folder / "production.log").read_text(encoding="utf-8", errors="replace")
    if (at := log.find("Traceback (most recent call last)")) >= 0:
        market.errors.append(f"in the server's log: {log[at:][-2000:]}")


def _checked(stood: Stand, market: Market) -> dict[str, Any]:
    layer.add(stood.python, "hypothesis>=6.100,<7", "sortedcontainers>=2.1,<3")
    told = stood.run.folder / "checked.json"
    asked = stood.run.folder / "orders.json"
    asked.write_text(
        json.dumps(
            {
                "before": standing.BEFORE,
                "lists": LISTS,
                "buyers": {n: standing.lists_of(n) for n in _numbers()},
                "emails": [standing.buyer(n).email for n in _numbers()],
                "orders": [asdict(each) for each in market.orders],
                "changes": [asdict(each) for each in market.changes],
            }
        )
    )
    stood.inside("saleor_orders_checked.py", BENCH_ASKED=str(asked), BENCH_TOLD=str(told))
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def _tell(market: Market, checked: dict[str, Any]) -> None:
    walls = sorted(market.walls) or [0.0]
    lines = [
        ("orders placed", f"{len(market.orders):,}"),
        ("their lines, each compared", f"{checked['lines']:,}"),
        ("changes of prices and lists meanwhile", f"{len(market.changes):,}"),
        ("refused first, since a price had changed", f"{market.changed_meanwhile:,}"),
        ("an order takes, median, s", f"{median(walls):.1f}"),
        ("an order takes, 95 %, s", f"{walls[int(len(walls) * 0.95)]:.1f}"),
        ("errors", f"{len(market.errors):,}"),
        ("wrong orders", f"{len(checked['wrong']):,}"),
    ]
    print(table((f"{MANY} buyers at once, {SECONDS:.0f} s", ""), lines), flush=True)
