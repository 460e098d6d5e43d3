"""The overlay on a real Saleor, beside the same Saleor without it.

``make bench SALEOR=<checkout>``, one run on one machine over one database: the catalogue query of
a storefront, carts of a hundred and of a thousand lines, then fifty buyers who order at once while
their prices change. CPU time of the server's process and of its database sessions, two Saleors
asked in turn; the server is uvicorn with Saleor's own application, as in production.

Needs a Saleor, as ``make test-saleor`` does; without one it says so and measures nothing.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import Row

if TYPE_CHECKING:
    from benchmarks._saleor_stand import Pair, Stand

__all__ = ["run"]

#: Parts of the run, to try one: BENCH_PARTS=catalogue,carts
PARTS = os.environ.get("BENCH_PARTS", "catalogue,carts,orders,buyers").split(",")


def run() -> list[Row]:
    from benchmarks._saleor_stand import stand
    from tests.saleor.databases import Missing

    saleor = Path(os.environ.get("SALEOR", Path.home() / "saleor"))
    server = os.environ.get("DATABASE_URL", "postgres://saleor:saleor@localhost:5432/saleor")
    with tempfile.TemporaryDirectory(prefix="b2b-bench-") as folder:
        try:
            with stand(saleor, server, Path(folder)) as stood:
                return _measured(stood)
        except Missing as missing:
            print(f"Not measured: {missing}", file=sys.stderr)
            return []


def _measured(stood: Stand) -> list[Row]:
    from benchmarks import _saleor_buyers as buyers
    from benchmarks import _saleor_carts as carts
    from benchmarks import _saleor_catalogue as catalogue

    parts: dict[str, Callable[[Pair], list[Row]]] = {
        "catalogue": catalogue.measure,
        "carts": carts.measure,
        "orders": partial(carts.measure_orders, stood),
    }
    rows: list[Row] = []
    if beside_plain := [measure for name, measure in parts.items() if name in PARTS]:
        with stood.pair() as pair:
            for measure in beside_plain:
                rows += measure(pair)
    return rows + (buyers.measure(stood) if "buyers" in PARTS else [])
