"""All rounds, one after another, and the report."""

from __future__ import annotations

import random

from django.conf import settings
from django.core.management import call_command

from onec_bridge.sync import fold

from . import databases, rounds, shop
from .base import Base

__all__ = ["hurry", "soak"]

KILLS_A_ROUND = 20
GOODS = 30
TEMPLATE = "soak_template"


def hurry() -> None:
    """Steps so short that a small catalogue has many, and passwords that cost nothing."""
    settings.ONEC_TIME_BUDGET = 0.1
    settings.ONEC_RUN_SILENCE = 0.3
    settings.ONEC_HOLD = 0.05
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    fold.BATCH, fold.MOST = 5, 1


def soak(seed: int, count: int, gone: float, only: str | None) -> int:
    """Returns the exit code: 1 where anything came out otherwise than undisturbed."""
    _say(f"SEED={seed} COUNT={count}")
    hurry()
    databases.make(TEMPLATE)
    with databases.using(TEMPLATE):
        call_command("migrate", verbosity=0)
        shop.prepare()
    with databases.fresh("soak_undisturbed", TEMPLATE):
        expected, took = rounds.undisturbed(GOODS)
    # Or, on a busy machine, two would take the lease from each other at each batch for ever.
    settings.ONEC_RUN_SILENCE = max(settings.ONEC_RUN_SILENCE, took / 10)
    rows = sum(len(each) for each in expected.values())
    _say(f"undisturbed: {took:.1f} s, {rows} rows to compare")
    chance, judge = random.Random(seed), Judge(expected)
    if only != "others":
        _kill(count, took, chance, judge)
    if only != "kills":
        _others(gone, took, chance, judge)
    return judge.report()


class Judge:
    """Compares with the undisturbed run, and remembers."""

    def __init__(self, expected: rounds.State) -> None:
        self.expected = expected
        self.tally = rounds.Tally()

    def __call__(self, name: str, base: Base) -> None:
        self.tally.add(base, name)
        wrong = rounds.differences(name, self.expected, base)
        self.tally.wrong += wrong
        verdict = "WRONG" if wrong else "as undisturbed"
        _say(f"{name}: {sum(base.interruptions.values())} interruptions, {verdict}")

    def report(self) -> int:
        tally = self.tally
        _say(f"kills: {tally.kills}; broken off at: {dict(tally.during.most_common())}")
        _say(f"orders that came again though 1C had stored them: {tally.repeated_orders}")
        _say(f"longest single answer: {tally.slowest[0]:.2f} s ({tally.slowest[1]})")
        for line in tally.wrong:
            _say(f"WRONG {line}")
        return 1 if tally.wrong else 0


def _kill(count: int, took: float, chance: random.Random, judge: Judge) -> None:
    number = 0
    while judge.tally.kills < count:
        number += 1
        with databases.fresh(f"soak_{number}", TEMPLATE):
            kills = min(KILLS_A_ROUND, count - judge.tally.kills)
            base = rounds.killed(GOODS, kills, took, chance, judge.tally)
            judge(f"round {number} ({judge.tally.kills} kills so far)", base)


def _others(gone: float, took: float, chance: random.Random, judge: Judge) -> None:
    with databases.fresh("soak_together", TEMPLATE):
        for base in rounds.together(GOODS, took, chance):
            judge("two at once", base)
    with databases.fresh("soak_full", TEMPLATE):
        judge("full disk", rounds.full_disk(GOODS, took, chance))
    with databases.fresh("soak_gone", TEMPLATE):
        judge("database gone", rounds.gone(GOODS, took, gone, chance, databases.away))


def _say(text: str) -> None:
    print(text, flush=True)
