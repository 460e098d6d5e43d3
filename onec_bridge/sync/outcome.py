"""What became of a record: created, changed, unchanged, refused or parked. Totals of them.

A record has one outcome, however many things it touched: the weightiest. So the outcomes of
a file add up to the records read from it, and nothing can get lost between the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Generic, TypeVar

from onec_bridge.commerceml.records import Problem

__all__ = ["Counts", "Item", "Outcome", "Progress", "Tally"]

R = TypeVar("R")

Counts = dict[str, dict[str, int]]
"""Kind of record → outcome → how many."""


class Outcome(IntEnum):
    """Ordered by weight: what a record with several parts is counted as."""

    UNCHANGED = 0
    PARKED = 1
    REFUSED = 2
    CHANGED = 3
    CREATED = 4


@dataclass(slots=True, eq=False)
class Item(Generic[R]):
    """A record on its way through a batch, and what has come of it so far.

    ``part_of`` is the record it was derived from (the offer within a product record), which
    is counted instead of it.
    """

    record: R
    kind: str
    part_of: Item[Any] | None = None
    outcome: Outcome = Outcome.UNCHANGED

    def came(self, outcome: Outcome) -> None:
        """A part of the record had this outcome."""
        if outcome > self.outcome:
            self.outcome = outcome
        if self.part_of is not None:
            self.part_of.came(outcome)


@dataclass(slots=True)
class Tally:
    """Outcomes and problems of a batch."""

    counts: Counts = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def count(self, items: Iterable[Item[Any]]) -> None:
        for (kind, outcome), number in Counter((i.kind, i.outcome) for i in items).items():
            of_kind = self.counts.setdefault(kind, {})
            name = Outcome(outcome).name.lower()
            of_kind[name] = of_kind.get(name, 0) + number

    def add(self, other: Tally) -> None:
        for kind, outcomes in other.counts.items():
            of_kind = self.counts.setdefault(kind, {})
            for name, number in outcomes.items():
                of_kind[name] = of_kind.get(name, 0) + number
        self.problems += other.problems


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has come. ``done`` is how many items of it were consumed: pass it as
    ``skip`` to go on there. Counts and problems are those of this call."""

    done: int
    finished: bool
    counts: Mapping[str, Mapping[str, int]]
    problems: list[Problem]
