"""Loading 300,000 prices with their history, beside the same load without it.

``BENCH_PRICES`` sets another number. Without: the same code with the table's triggers off. Loads
repeated, one per cent changed, all changed, previewed and undone stand beside the first load with
history. CPU seconds of this process and of its database session together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from benchmarks._cpu import cpu
from benchmarks.report import ROOT, Row, table

COUNT = int(os.environ.get("BENCH_PRICES", "300000"))
LISTS = 3
FOLDER = ROOT / ".state" / "bench" / "history"


@dataclass(frozen=True, slots=True)
class Measure:
    """A step: its seconds, and what it is set beside."""

    name: str
    seconds: float
    beside: float = 0.0
    goal: float = 0.0
    unit: str = ""

    @property
    def ratio(self) -> float:
        return round(self.seconds / self.beside, 2) if self.beside else 0.0


def _django() -> None:
    os.environ.setdefault("SANDBOX_DATA", str(FOLDER))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    import django

    django.setup()


@contextmanager
def _untracked() -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE b2b_overlay_price DISABLE TRIGGER USER")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE b2b_overlay_price ENABLE TRIGGER USER")


def _empty() -> None:
    """Both tables as new; what is measured next mustn't pay for cleaning up."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE b2b_overlay_price, b2b_overlay_priceevent")
        cursor.execute("CHECKPOINT")


def _events() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM b2b_overlay_priceevent")
        (count,) = cursor.fetchone()
    return int(count)


def measure() -> list[Measure]:
    """Every step, in the order of the table."""
    from b2b_overlay.pricing.changes import load
    from b2b_overlay.pricing.difference import difference_of, preview
    from b2b_overlay.pricing.loads import PriceRow, load_prices
    from b2b_overlay.pricing.models import PriceList, PriceLoad
    from b2b_overlay.pricing.undoing import undo

    lists = [PriceList.objects.create(name=f"Тип {n}").pk for n in range(LISTS)]

    def rows(change: Callable[[int], int]) -> list[PriceRow]:
        return [
            PriceRow(
                lists[n % LISTS], n // LISTS, Decimal(100_000 + n + change(n)).scaleb(-2), unit="шт"
            )
            for n in range(COUNT)
        ]

    same, some, all_ = rows(lambda n: 0), rows(lambda n: n % 100 == 0), rows(lambda n: 1)

    def one(of: list[PriceRow]) -> None:
        with load(PriceLoad.Source.COMMAND, "prices.xlsx"):
            load_prices(of)

    with _untracked():
        bare = cpu(lambda: one(same))
    _empty()
    first = cpu(lambda: one(same))
    before = _events()
    again = cpu(lambda: one(same))
    added = _events() - before
    # In this session the trigger of changes has been planned for nothing at all.
    partly = cpu(lambda: one(some))
    previewed = cpu(lambda: preview(all_))
    whole = cpu(lambda: one(all_))
    last = PriceLoad.objects.first()
    assert last is not None
    shown = cpu(lambda: difference_of(last))
    undone = cpu(lambda: undo(None, last.pk))
    return [
        Measure("load without history", bare),
        Measure("load with history", first, bare, 2.0, "× without"),
        Measure("events of the same load again", added, 1, 0.001, "events"),
        Measure("the same load again", again, first, 0.35, "× the first"),
        Measure("1 % changed", partly, first, 0.4, "× the first"),
        Measure("all changed", whole, first, 2.5, "× the first"),
        Measure("all changed, previewed", previewed, first, 1.0, "× the first"),
        Measure("what it changed, from history", shown, first, 1.5, "× the first"),
        Measure("undone", undone, first, 3.0, "× the first"),
    ]


def run() -> list[Row]:
    _django()
    from sandbox import prepare

    prepare.fresh()
    measures = measure()
    print(f"{COUNT:,} prices in {LISTS} lists\n")
    lines = [
        (
            m.name,
            f"{m.seconds:.2f}",
            f"{m.ratio:.2f}" if m.beside else "",
            f"{m.goal:g}" if m.beside else "",
            m.unit,
        )
        for m in measures
    ]
    print(table(("step", "CPU s", "ratio", "goal", ""), lines))
    return [Row(f"prices_history: {m.name}", m.ratio, m.goal, m.unit) for m in measures if m.beside]
