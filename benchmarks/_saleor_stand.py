"""Two Saleors over one database, one plain and one with the overlay, asked in turn.

The database is made once and kept (``b2b_bench_saleor``; some minutes and two gigabytes): a
populated Saleor, the story's retail shop, ten thousand variants with ten million prices, and
buyers. Each run works on a clone of it. What made it is written in the database's comment: other
migrations or another world make it anew.

Each of a pair is asked alternately first, so that whatever else the machine does slows both. What
counts is CPU time: of the server's process and of the database sessions it had.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from benchmarks import _metering as metering
from benchmarks._price_world import SPARSE
from benchmarks.report import ROOT, Row
from sandbox.facts import Account
from sandbox.story.client import Api
from tests.saleor import layer
from tests.saleor.databases import populated
from tests.saleor.run import PASSWORD, Run, demand
from tests.saleor.server import Server

__all__ = [
    "BEFORE",
    "CATEGORY",
    "HEADER",
    "LISTS",
    "MANY",
    "PLUGINS",
    "Compared",
    "Pair",
    "Sample",
    "Stand",
    "buyer",
    "cells",
    "clients",
    "compared",
    "lists_of",
    "seconds",
    "stand",
    "variant",
]

LISTS = int(os.environ.get("BENCH_LISTS", "1000"))
KEPT, CLONE = "b2b_bench_saleor", "b2b_bench_run"
#: Programs that run inside Saleor.
PLUGINS = Path(__file__).resolve().parent / "plugins"
METERED = str(PLUGINS / "saleor_metered.py")
#: Of the server that fifty order at.
PROCESSES = 2
QUEUED = (
    "-m",
    "uvicorn",
    "benchmarks.plugins.saleor_queued:application",
    "--workers",
    str(PROCESSES),
)
_SPARE = """
SELECT current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity)
"""
#: The products' and variants' ids begin behind this, so that none that Saleor made is among them.
BEFORE = 1_000_000
CATEGORY = 1_000_000
#: So many buy at once; one more looks at the catalogue.
MANY = 50


def buyer(number: int) -> Account:
    return Account(f"buyer{number}@bench.example", PASSWORD)


def lists_of(number: int) -> list[int]:
    """The eight lists of a buyer, whichever comes first first. All of the catalogue's (0) are full;
    of the others' the last."""
    if not number:
        return list(range(1, 9))
    sparse = [LISTS + 1 + (number * 3 + n) % SPARSE for n in range(7)]
    return [*sparse, 8 + number]


def variant(number: int) -> int:
    """The id of one of ``VARIANTS``, counted from one."""
    return BEFORE + number


# ------------------------------------------------------------------------ the database


class Stand:
    """The clone, and what runs on it."""

    def __init__(self, run: Run, python: Path) -> None:
        self.run, self.python = run, python
        self.url = run.databases.url(CLONE)

    @contextmanager
    def pair(self) -> Iterator[Pair]:
        """Both Saleors, their CPU time to be read."""
        with self._metered(is_plain=True) as plain, self._metered(is_plain=False) as overlay:
            yield Pair(plain, overlay)

    @contextmanager
    def _metered(self, *, is_plain: bool) -> Iterator[Shop]:
        name = "plain" if is_plain else "overlay"
        meter = self.run.folder / f"{name}.meter"
        metering.new_meter(meter)
        with self._server(name, is_plain, (METERED, str(meter))) as server:
            yield Shop(server, meter)

    def serving(self) -> Server:
        """Saleor with the overlay as it runs in production: two processes, and no more requests at
        a time than the database has sessions for."""
        ((spare,),) = self.sql(_SPARE)
        at_once = max(2, min(MANY, (spare - 10) // (2 * PROCESSES)))
        self.run.env["BENCH_AT_ONCE"] = str(at_once)
        self.run.say(f"{PROCESSES} processes, each answering up to {at_once} requests at once")
        return self._server("production", False, QUEUED)

    def _server(self, name: str, is_plain: bool, program: Sequence[str]) -> Server:
        env = {**self.run.env, "DATABASE_URL": self.url}
        env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(ROOT)])
        python = self.run.theirs if is_plain else self.python
        return Server(python, self.run.saleor, env, self.run.folder / f"{name}.log", program)

    def inside(self, plugin: str, **env: str) -> None:
        """Run one of the programs for Saleor's inside."""
        self.run.env |= {"DATABASE_URL": self.url, **env}
        self.run.inside(self.python, str(PLUGINS / plugin), repo=True)

    def sql(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Of a statement that the other Saleor has no part in."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)  # type: ignore[arg-type]  # ours
            return cursor.fetchall() if cursor.description else []


@contextmanager
def stand(saleor: Path, server: str, folder: Path) -> Iterator[Stand]:
    """Raises :class:`~tests.saleor.databases.Missing` where there is no Saleor to measure."""
    demand(saleor)
    run = Run(saleor.resolve(), server, folder)
    run.env["JWT_TTL_ACCESS"] = "1 day"
    python = layer.make(folder / "layer", run.saleor, layer.build(ROOT, folder))
    _keep_a_world(run, python)
    run.say(f"a clone of {KEPT}")
    run.databases.create(CLONE, KEPT, is_large=True)
    try:
        yield Stand(run, python)
    finally:
        run.databases.drop(CLONE)


def _keep_a_world(run: Run, python: Path) -> None:
    fingerprint = _fingerprint(run)
    if _comment(run) == fingerprint:
        return
    run.say(f"making {KEPT}, some minutes, once")
    template = populated(run.databases, run.saleor, run.theirs, run.env)
    run.databases.create(KEPT, template)
    env = dict(run.env)
    run.env |= {"DATABASE_URL": run.databases.url(KEPT), "BENCH_WORLD": json.dumps(_world())}
    run.inside(run.theirs, str(ROOT / "tests/saleor/prepare.py"), repo=True)
    run.commands(python, ["migrate", "--no-color"])
    run.inside(python, str(PLUGINS / "saleor_world.py"), repo=True)
    run.env = env
    with psycopg.connect(run.databases.url("postgres"), autocommit=True) as connection:
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(comment.format(sql.Identifier(KEPT), sql.Literal(fingerprint)))


def _world() -> Mapping[str, Any]:
    """As saleor_world.py is asked."""
    return {
        "lists": LISTS,
        "before": BEFORE,
        "category": CATEGORY,
        "password": PASSWORD,
        "buyers": {buyer(n).email: lists_of(n) for n in range(MANY + 1)},
    }


def _fingerprint(run: Run) -> str:
    """Of all that makes the world what it is, Saleor's version too."""
    sources = [
        *ROOT.glob("*/migrations/*.py"),
        *PLUGINS.glob("saleor_world.py"),
        *(ROOT / "benchmarks").glob("_price_world.py"),
        *(ROOT / "tests/saleor").glob("prepare.py"),
        run.saleor / "saleor/__init__.py",
    ]
    found = hashlib.sha256(json.dumps(_world()).encode())
    for path in sorted(sources):
        found.update(path.read_bytes())
    return found.hexdigest()


def _comment(run: Run) -> str | None:
    statement = """SELECT shobj_description(oid, 'pg_database') FROM pg_database
                    WHERE datname = %s"""
    with psycopg.connect(run.databases.url("postgres")) as connection:
        row = connection.execute(statement, [KEPT]).fetchone()
        return str(row[0]) if row and row[0] else None


# ------------------------------------------------------------------------- measuring


class Sample(NamedTuple):
    """What one request took."""

    process: float
    database: float
    statements: int
    wall: float

    @property
    def cpu(self) -> float:
        return self.process + self.database


class Shop:
    """A Saleor with a meter."""

    def __init__(self, server: Server, meter: Path) -> None:
        self.graphql = f"{server.url}/graphql/"
        self._meter, self._pid = meter, server.pid

    def took(self, ask: Callable[[], object]) -> Sample:
        """What this one request takes, its end after the answer included."""
        before, started = self._read(), time.perf_counter()
        ask()
        wall = time.perf_counter() - started
        while (after := self._read()).finished == before.finished:
            time.sleep(0.001)
        return Sample(
            after.process - before.process,
            after.database - before.database,
            after.statements - before.statements,
            wall,
        )

    def _read(self) -> metering.Reading:
        return metering.read(self._meter, self._pid)


class Pair(NamedTuple):
    """Plain Saleor, and Saleor with the overlay."""

    plain: Shop
    overlay: Shop

    def in_turn(
        self, rounds: int, ask: Callable[[Shop, int], Sample], warm: int = 5
    ) -> tuple[list[Sample], list[Sample]]:
        """Samples of both; the first rounds, in which both warm up, don't count."""
        found: dict[Shop, list[Sample]] = {self.plain: [], self.overlay: []}
        for n in range(-warm, rounds):
            for shop in (self, reversed(self))[n % 2]:
                sample = ask(shop, n)
                if n >= 0:
                    found[shop].append(sample)
        return found[self.plain], found[self.overlay]


@dataclass(frozen=True, slots=True)
class Compared:
    """CPU time of the same with the overlay and without."""

    plain: Sample
    overlay: Sample
    ratio: float
    #: Nine in ten of the ratios of samples drawn anew from these.
    low: float
    high: float

    @property
    def further_statements(self) -> int:
        return self.overlay.statements - self.plain.statements

    def row(self, name: str, goal: float, reason: str = "") -> Row:
        """``reason``: why it takes longer, where it does beyond the noise of this machine."""
        said = f"{self.low:.3f} to {self.high:.3f} in nine of ten samples drawn anew"
        if self.low > goal and reason:
            said = f"{reason}; {said}"
        return Row(name, round(self.ratio, 3), goal, "× plain Saleor", reason=said)


def compared(plain: Sequence[Sample], overlay: Sequence[Sample]) -> Compared:
    """Medians, and how sure their ratio is. Statements: the fewest, those of a request in which
    nothing is asked but for itself; what a process asks every few seconds falls into others."""
    drawn = random.Random(1)
    ratios = sorted(
        _ratio(drawn.choices(plain, k=len(plain)), drawn.choices(overlay, k=len(overlay)))
        for _ in range(400)
    )
    return Compared(
        _middle(plain), _middle(overlay), _ratio(plain, overlay), ratios[20], ratios[-21]
    )


def _ratio(plain: Sequence[Sample], overlay: Sequence[Sample]) -> float:
    return median(each.cpu for each in overlay) / median(each.cpu for each in plain)


def _middle(samples: Sequence[Sample]) -> Sample:
    process, database, statements, wall = zip(*samples, strict=True)
    return Sample(median(process), median(database), min(statements), median(wall))


def clients(pair: Pair, account: Account | None) -> dict[Shop, Api]:
    """Somebody, signed in to both for as long as a run takes (None: a visitor)."""
    found = {shop: Api(shop.graphql, account, token_life=math.inf) for shop in pair}
    for api in found.values():
        api.run("{ __typename }")
    return found


#: Of a table of what was compared.
HEADER = ("plain, ms", "overlay, ms", "of it database", "statements", "ratio", "90 %")


def cells(found: Compared) -> tuple[str, ...]:
    """CPU milliseconds."""
    plain, overlay = found.plain, found.overlay
    return (
        f"{plain.cpu * 1000:.1f}",
        f"{overlay.cpu * 1000:.1f}",
        f"{plain.database * 1000:.1f} / {overlay.database * 1000:.1f}",
        f"{plain.statements} / {overlay.statements}",
        f"{found.ratio:.3f}",
        f"{found.low:.3f}–{found.high:.3f}",
    )


def seconds(found: Compared) -> tuple[str]:
    """By the clock."""
    return (f"{found.plain.wall:.1f} / {found.overlay.wall:.1f}",)
