"""The story's checkout mutation on Saleor beside the same mutation without the overlay.

``checkoutLinesUpdate`` of twenty lines, asked over HTTP of two Saleors on clones of one
database: a plain one, and one with the overlay installed from its wheel. The two are asked in
turn, so that whatever else the machine does slows both. Three who ask: a visitor, a retail
customer, and a buyer, for whom all twenty prices are resolved and bound within the answer.

Needs a Saleor, as ``make test-saleor`` does (SALEOR=<checkout>); without one it says so and
measures nothing.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import Row, table

__all__ = ["run"]

ROUNDS, LINES = 40, 20
#: At most this many times as long as plain Saleor. The buyer's isn't reached yet (1.37 when
#: last measured): his cart carries the shield's voucher and line discounts, which a retail cart
#: without a promo code is spared.
GOALS = {"visitor": 1.05, "customer": 1.05, "buyer": 1.2}

PRODUCTS = """{ products(first: 60, channel: "ru") { edges { node { variants {
  id quantityAvailable pricing { price { gross { amount } } } } } } } }"""

_CART = """id totalPrice { gross { amount } } lines { id quantity
  unitPrice { gross { amount } } totalPrice { gross { amount } } }"""

CREATE = f"""mutation($lines: [CheckoutLineInput!]!) {{
  checkoutCreate(input: {{channel: "ru", email: "bench@example.com", lines: $lines}}) {{
    checkout {{ {_CART} }} errors {{ message }} }} }}"""

UPDATE = f"""mutation($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {{
  checkoutLinesUpdate(id: $id, lines: $lines) {{
    checkout {{ {_CART} }} errors {{ message }} }} }}"""


def run() -> list[Row]:
    from tests.saleor.databases import Missing

    saleor = Path(os.environ.get("SALEOR", Path.home() / "saleor"))
    server = os.environ.get("DATABASE_URL", "postgres://saleor:saleor@localhost:5432/saleor")
    with tempfile.TemporaryDirectory(prefix="b2b-bench-") as folder:
        try:
            return _measure(saleor, server, Path(folder))
        except Missing as missing:
            print(f"Not measured: {missing}", file=sys.stderr)
            return []


def _measure(saleor: Path, server: str, folder: Path) -> list[Row]:
    from tests.saleor import run as saleor_run
    from tests.saleor.server import Server

    saleor_run.demand(saleor)
    bench = saleor_run.Run(saleor.resolve(), server, folder)
    times: dict[str, dict[str, list[float]]]
    with bench.retail_shop("b2b_bench_plain") as plain_url:
        bench.databases.create("b2b_bench_overlay", "b2b_bench_plain")
        try:
            bench.env["DATABASE_URL"] = bench.databases.url("b2b_bench_overlay")
            bench.env["B2B_RUN_BUYER"] = saleor_run.BUYERS[0].email
            python = bench.install()
            bench.inside(python, str(Path(__file__).parent / "plugins/saleor_wholesale.py"))
            overlay = Server(python, saleor, dict(bench.env), folder / "overlay.log")
            bench.env["DATABASE_URL"] = plain_url
            plain = Server(bench.theirs, saleor, dict(bench.env), folder / "plain.log")
            with overlay, plain:
                times = _ask_in_turn(plain.url, overlay.url)
        finally:
            bench.databases.drop("b2b_bench_overlay")
    return _rows(times)


def _ask_in_turn(plain: str, overlay: str) -> dict[str, dict[str, list[float]]]:
    from sandbox.story.client import Api
    from tests.saleor.run import BUYERS, RETAIL_CUSTOMER

    found: dict[str, dict[str, list[float]]] = {}
    for who, account in (("visitor", None), ("customer", RETAIL_CUSTOMER), ("buyer", BUYERS[0])):
        carts = {
            name: _cart(Api(f"{url}/graphql/", account))
            for name, url in (("plain", plain), ("overlay", overlay))
        }
        found[who] = {name: [] for name in carts}
        for number in range(ROUNDS + 6):
            for name, (api, cart, variants) in carts.items():
                lines = [{"variantId": pk, "quantity": 1 + number % 5} for pk in variants]
                started = time.perf_counter()
                api.mutate(UPDATE, id=cart, lines=lines)
                if number >= 6:  # both processes have warmed up
                    found[who][name].append(time.perf_counter() - started)
    return found


def _cart(api: Any) -> tuple[Any, str, list[str]]:
    """A client, its new cart of twenty lines, and the variants in it."""
    edges = api.run(PRODUCTS)["products"]["edges"]
    variants = [
        variant["id"]
        for edge in edges
        for variant in edge["node"]["variants"]
        if variant["pricing"] and (variant["quantityAvailable"] or 0) >= 5
    ][:LINES]
    lines = [{"variantId": pk, "quantity": 1} for pk in variants]
    return api, api.mutate(CREATE, lines=lines)["checkout"]["id"], variants


def _rows(times: dict[str, dict[str, list[float]]]) -> list[Row]:
    rows, lines = [], []
    for who, by in times.items():
        plain, overlay = median(by["plain"]), median(by["overlay"])
        row = Row(f"saleor_checkout_{who}", round(overlay / plain, 3), GOALS[who], "× plain Saleor")
        rows.append(row)
        lines.append((who, f"{plain * 1000:.0f}", f"{overlay * 1000:.0f}", f"{row.ratio:.3f}"))
    print(table(("who asks", "plain, ms", "with the overlay, ms", "ratio"), lines))
    return rows
