"""What a price costs to find, beside a primary-key read of as many retail rows.

1,000 price lists × 10,000 variants, ten million prices; 100 variants for one legal entity to
whom eight lists apply, explanation not asked: the whole of ``resolve``, Python included, beside
retail rows as the shop reads them (objects of its model; the table shows bare rows of the driver
too). All ways are asked in turn over one connection, and the medians of their CPU time, of this
process and of the database's session together, are compared. Then how it
grows: with the lists in the database, the lists that apply, the variants; with lists that
derive, columns, another currency, and as of a moment among a million events.

``BENCH_LISTS`` sets another number of lists. The database is made once (a few minutes) and kept.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

from benchmarks import _price_world as world
from benchmarks.load_prices import ROOT
from benchmarks.report import Row, table

LISTS = int(os.environ.get("BENCH_LISTS", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "150"))
FOLDER = ROOT / ".state" / "bench" / f"resolve-{LISTS}"

_RETAIL = "SELECT id, price FROM sandbox_listing WHERE id = ANY(%s)"


def _django() -> None:
    os.environ.setdefault("SANDBOX_DATA", str(FOLDER))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    import django

    django.setup()


Ask = Callable[[list[int]], object]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask, of so many variants; ``goal`` is × the way ``beside``."""

    name: str
    ask: Ask
    beside: str
    goal: float | None
    count: int = 100


def _ways() -> list[Way]:
    from django.utils import timezone

    retail = Way("100 retail rows by primary key", _read_retail, "", None)
    bare = Way("the same as bare rows", _read_bare, "", None)
    plain = "8 lists apply, all full"
    sparse = "8 lists apply, only the last is full"
    return [
        retail,
        bare,
        Way(plain, _resolving("eight full"), retail.name, 2.0),
        Way(sparse, _resolving("eight sparse"), retail.name, 3.5),
        Way("the same of 10 lists, not of all", _among_ten(_resolving("eight full")), "", None),
        Way(
            "of all, beside of 10",
            _resolving("eight full"),
            "the same of 10 lists, not of all",
            1.15,
        ),
        Way("32 lists apply, only the last is full", _resolving("32 sparse"), sparse, 3.0),
        Way("derived, a chain of three each", _resolving("derived"), plain, 1.5),
        Way("from retail", _resolving("from retail"), plain, 1.5),
        Way("a cart with three columns", _in_a_cart("columns"), plain, None),
        Way("derived in euro, charged in roubles", _resolving("euro"), plain, None),
        Way(
            "as of a moment, a million events",
            _resolving("eight full", as_of=timezone.now()),
            plain,
            1.5,
        ),
        Way("1 variant", _resolving("eight full"), plain, None, 1),
        Way("10 variants", _resolving("eight full"), plain, None, 10),
        Way("1,000 variants", _resolving("eight full"), plain, 10.0, 1000),
    ]


def _read_retail(ids: list[int]) -> object:
    from sandbox.models import Listing

    return Listing.objects.in_bulk(ids)


def _read_bare(ids: list[int]) -> object:
    return world.sql(_RETAIL, ids)


def _terms(name: str) -> Any:
    from b2b_overlay.company.models import LegalEntity
    from b2b_overlay.shop import get_shop
    from b2b_overlay.terms.current import terms_of

    (channel,) = get_shop().catalogue.channels()
    return terms_of(LegalEntity.objects.select_related("company").get(name=name), channel)


def _resolving(name: str, **how: Any) -> Ask:
    from b2b_overlay.pricing.resolver import resolve

    terms = _terms(name)
    return lambda ids: resolve(terms, dict.fromkeys(ids, 1), {}, **how)


def _in_a_cart(name: str) -> Ask:
    from b2b_overlay.pricing.resolver import resolve_cart

    terms = _terms(name)
    return lambda ids: resolve_cart(terms, dict.fromkeys(ids, 1), {})


def _among_ten(ask: Ask) -> Ask:
    """The same lists, from a table that holds ten of them."""
    from b2b_overlay.pricing import resolver

    ten = replace(resolver.sources(None), price=world.TEN)

    def asking(ids: list[int]) -> object:
        with mock.patch.object(resolver, "sources", return_value=ten):
            return ask(ids)

    return asking


def _times(ways: list[Way]) -> dict[str, float]:
    """Median CPU milliseconds of each way; they are asked in turn, of other variants each time."""
    dice = random.Random(2026)
    found: dict[str, list[int]] = {way.name: [] for way in ways}
    spent = _clock()
    for number in range(ROUNDS + 10):
        for way in ways:
            ids = dice.sample(range(1, world.VARIANTS + 1), way.count)
            started = spent()
            way.ask(ids)
            if number >= 10:
                found[way.name].append(spent() - started)
    return {name: median(times) / 1e6 for name, times in found.items()}


def _clock() -> Callable[[], int]:
    """Nanoseconds of CPU that this process and its database session have spent; where Linux
    doesn't tell, nanoseconds of the wall."""
    ((pid,),) = world.sql("SELECT pg_backend_pid()")
    stat = Path(f"/proc/{pid}/schedstat")
    if not stat.exists():
        return time.perf_counter_ns
    return lambda: time.process_time_ns() + int(stat.read_text().split()[0])


def run() -> list[Row]:
    _django()
    if not world.made():
        print(
            f"Making {LISTS * world.VARIANTS:,} prices; they are kept in {FOLDER.name}", flush=True
        )
        world.make(LISTS)
    ways = _ways()
    times = _times(ways)
    lines, rows = [], []
    for way in ways:
        ratio = round(times[way.name] / times[way.beside], 2) if way.beside else 0.0
        bare = times[way.name] / times["the same as bare rows"]
        lines.append(
            (
                way.name,
                f"{times[way.name]:.2f}",
                f"{bare:.1f}",
                f"{ratio:.2f}" if way.beside else "",
                f"{way.goal:g}" if way.goal else "",
                way.beside and f"× {way.beside}",
            )
        )
        if way.goal:
            rows.append(Row(f"resolve_prices: {way.name}", ratio, way.goal, f"× {way.beside}"))
    print(
        table(("100 variants for one legal entity", "CPU ms", "× bare", "ratio", "goal", ""), lines)
    )
    return rows
