"""What is done to the site while 1C carries its exchange through, and what has to come of it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection as database

from . import shop
from .base import Base
from .site import Site

__all__ = ["Tally", "differences", "full_disk", "gone", "killed", "together", "undisturbed"]

State = dict[str, list[tuple[Any, ...]]]
#: Hours that a process's clock may be ahead or behind.
SKEW = 3
#: Failures of a full disk before somebody makes room.
FULL = 15
FULL_DISK = """
CREATE TABLE soak_failures (at timestamptz);
CREATE SEQUENCE soak_failed;
CREATE FUNCTION soak_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF random() < 0.03 AND nextval('soak_failed') <= {most} THEN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
  END IF;
  RETURN NULL;
END $$;
"""
TABLES = (
    "onec_bridge_filepart",
    "onec_bridge_receivedfile",
    "onec_bridge_session",
    "onec_bridge_entry",
    "onec_bridge_link",
    "onec_bridge_orderexport",
    "b2b_overlay_price",
    "sandbox_variant",
    "sandbox_stock",
)


@dataclass
class Tally:
    """What happened in all rounds together."""

    kills: int = 0
    during: Counter[str] = field(default_factory=Counter)
    repeated_orders: int = 0
    slowest: tuple[float, str] = (0.0, "")
    wrong: list[str] = field(default_factory=list)

    def add(self, base: Base, name: str) -> None:
        self.during.update(base.interruptions)
        self.repeated_orders += base.repeated
        self.slowest = max(self.slowest, base.slowest)
        self.wrong += [f"{name}: not in the protocol's words: {each}" for each in base.not_in_words]


def differences(name: str, expected: State, base: Base) -> list[str]:
    """What isn't as after an undisturbed run."""
    found = [
        f"{name}: {what} differ: {_difference(rows, expected[what])}"
        for what, rows in shop.state().items()
        if rows != expected[what]
    ]
    numbers = sorted(base.stored)
    if numbers != [str(1001 + n) for n in range(shop.ORDERS)]:
        found.append(f"{name}: 1C holds the orders {numbers}")
    return found


def _difference(rows: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> str:
    more = [row for row in rows if row not in expected]
    less = [row for row in expected if row not in rows]
    return f"{len(rows)} instead of {len(expected)}; more {more[:3]}, less {less[:3]}"


def _base(site: Site, goods: int, chance: random.Random) -> Base:
    return Base(site.url, shop.LOGIN, shop.PASSWORD, shop.packages(goods), chance)


def undisturbed(goods: int) -> tuple[State, float]:
    """The end state of a run that nothing happens to, and how long the run took."""
    with Site() as site:
        site.start()
        base = _base(site, goods, random.Random(0))
        began = time.monotonic()
        base.carry_through()
        took = time.monotonic() - began
    assert not base.interruptions
    return shop.state(), took


def killed(goods: int, kills: int, took: float, chance: random.Random, tally: Tally) -> Base:
    """The process is killed at random moments; the next one's clock may be wrong.

    It lives for less than a package needs, mostly, so that every step is met.
    """
    with Site() as site:
        base = _base(site, goods, chance)
        left = kills
        site.start(dies_in=chance.uniform(0, took / 3), hours_off=_skew(chance))
        until = time.monotonic() + 60 + 10 * kills * (took + 1)
        while not base.go_on():
            if site.is_dead:
                tally.kills, left = tally.kills + 1, left - 1
                dies_in = chance.uniform(0, took / 3) if left > 0 else None
                site.start(dies_in=dies_in, hours_off=_skew(chance))
            if time.monotonic() > until:
                raise TimeoutError(f"not done: {base.interruptions}")
    return base


def _patience(took: float) -> float:
    """How long a disturbed run may take: a busy machine is slow at all of it."""
    return 60 + 20 * took


def _skew(chance: random.Random) -> float:
    return chance.choice((0, chance.uniform(-SKEW, SKEW)))


def together(goods: int, took: float, chance: random.Random) -> list[Base]:
    """A run by hand beside the scheduled one of the same base."""
    with Site() as site:
        site.start()
        bases = [_base(site, goods, random.Random(chance.random())) for _ in range(2)]
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda base: base.carry_through(_patience(took)), bases))
    # Either may have fetched the orders that the other confirmed.
    for base in bases:
        base.stored = {**bases[0].stored, **bases[1].stored}
    return bases


def gone(
    goods: int,
    took: float,
    seconds: float,
    chance: random.Random,
    away: Callable[[], AbstractContextManager[None]],
) -> Base:
    """The database goes away in the middle of a run, and comes back."""
    with Site() as site:
        site.start()
        base = _base(site, goods, chance)
        with ThreadPoolExecutor(1) as runs:
            run = runs.submit(base.carry_through, seconds + _patience(took))
            time.sleep(1)
            with away():
                time.sleep(seconds)
            run.result()
    return base


def full_disk(goods: int, took: float, chance: random.Random) -> Base:
    """Writes fail now and then, as PostgreSQL says it when its disk is full (53100)."""
    with database.cursor() as cursor:
        cursor.execute(FULL_DISK.format(most=FULL))
        for table in TABLES:
            cursor.execute(
                f"CREATE TRIGGER soak_full AFTER INSERT OR UPDATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION soak_full()"
            )
    with Site() as site:
        site.start()
        base = _base(site, goods, chance)
        base.carry_through(_patience(took))
    return base
