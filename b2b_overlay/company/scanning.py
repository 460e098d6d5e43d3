"""Compare counterparties with the base: fill the queue of doubts, join the certain cases.

Rules: what people decided is never asked again, and what they told or took apart no rule joins;
the number of queries doesn't grow with the base, but for each joining's own; what is to be
compared is kept in a table (``ToCompare``) from the change on until it has been compared, so a
load that was cut off loses nothing and whoever calls may set a deadline.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Q

from b2b_overlay.shop import Refused

from . import joining, rules
from .candidates import LIMIT, base
from .index import Index
from .likeness import Likeness
from .models import Doubt, LegalEntity, Rearrangement, ToCompare
from .rearranging import places

__all__ = ["Scanned", "mark", "scan", "scan_changed"]

#: Compared between two looks at the clock.
_CHUNK = 250

#: Two ids, the lower one first.
Pair = tuple[int, int]


@dataclass(slots=True)
class Scanned:
    """What a scan did. ``complete`` False: the deadline came first, and the rest waits."""

    compared: int = 0
    #: Doubts that are new, and those that are no longer alike.
    found: int = 0
    dropped: int = 0
    joined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    complete: bool = True


def mark(ids: Iterable[int]) -> None:
    """These were made or changed: compare them with the base at the next occasion."""
    wanted = sorted(set(ids))
    if wanted:
        rows = [ToCompare(legal_entity_id=pk) for pk in wanted]
        ToCompare.objects.bulk_create(rows, ignore_conflicts=True)


def scan_changed(deadline: float | None = None) -> Scanned:
    """Compare what was marked. Called at the end of a file or a spreadsheet."""
    ids = list(ToCompare.objects.order_by("pk").values_list("pk", flat=True))
    return scan(ids, deadline=deadline) if ids else Scanned()


def scan(ids: Sequence[int] | None = None, *, deadline: float | None = None) -> Scanned:
    """Compare these legal entities (None: all) with the base: new doubts wait, known ones get
    their score of today, those no longer alike go; certain cases are joined.

    ``deadline`` is of ``time.monotonic``; one portion is compared and one case joined even
    past it, so that every call gets further.
    """
    return _Scan(Index(base()), deadline).run(ids)


class _Scan:
    """One call of :func:`scan`."""

    def __init__(self, index: Index, deadline: float | None) -> None:
        self.index, self.deadline = index, deadline
        self.on = [rule for rule, is_on in rules.states() if is_on]
        self.found: dict[Pair, Likeness] = {}
        self.certain: dict[Pair, rules.Certain] = {}
        self.done = Scanned()

    def run(self, ids: Sequence[int] | None) -> Scanned:
        wanted = list(self.index.traits) if ids is None else list(ids)
        looked = set(self._look_at(wanted))
        with transaction.atomic():
            self._save(looked, everything=ids is None and self.done.complete)
        left = set(self._join())
        ToCompare.objects.filter(pk__in=looked - left).delete()
        return self.done

    def _late(self) -> bool:
        late = self.deadline is not None and time.monotonic() > self.deadline
        self.done.complete = self.done.complete and not late
        return late

    # --- comparing ---

    def _look_at(self, wanted: Sequence[int]) -> Iterator[int]:
        for place, pk in enumerate(wanted):
            if place and place % _CHUNK == 0 and self._late():
                return
            if pk in self.index.traits:
                self._look(pk)
                self.done.compared += 1
            yield pk

    def _look(self, pk: int) -> None:
        for place, match in enumerate(self.index.matches(pk)):
            pair = (min(pk, match.id), max(pk, match.id))
            other = self.index.traits[match.id]
            rule = rules.certain(self.index.traits[pk], other, self.index.census, self.on)
            if rule is not None:
                self.certain[pair] = rule
            if rule is not None or place < LIMIT:
                self.found[pair] = match.likeness

    # --- the queue ---

    def _save(self, looked: set[int], *, everything: bool) -> None:
        known = Doubt.objects.all()
        if not everything:
            known = known.filter(Q(low__in=looked) | Q(high__in=looked))
        waiting: set[Pair] = set()
        gone: list[int] = []
        for pk, low, high, decision in known.values_list("pk", "low", "high", "decision"):
            if decision != Doubt.Decision.WAITING:
                self._forget((low, high))
            elif (low, high) in self.found or self._still_alike(low, high):
                waiting.add((low, high))
            else:
                gone.append(pk)
        for pair in _taken_apart():
            self._forget(pair)
        new = self.found.keys() - waiting
        for pair in new:
            self.done.reasons.update(map(str, self.found[pair].reasons))
        self.done.found, self.done.dropped = len(new), len(gone)
        Doubt.objects.filter(pk__in=gone).delete()
        _write(self.found)

    def _forget(self, pair: Pair) -> None:
        """People have decided this pair."""
        self.found.pop(pair, None)
        self.certain.pop(pair, None)

    def _still_alike(self, low: int, high: int) -> bool:
        """Does a doubt hold that this scan didn't find among the first of either?"""
        if low not in self.index.traits or high not in self.index.traits:
            return True  # one is joined to another: should that be undone, it waits again
        if (likeness := self.index.compare(low, high)) is None:
            return False
        self.found[low, high] = likeness
        return True

    # --- certain cases ---

    def _join(self) -> Iterator[int]:
        """Join them; the ids of those that the deadline left."""
        groups = _groups(self.certain)
        rank = _rank({pk for group in groups for pk in group})
        for place, group in enumerate(groups):
            if place and self._late():
                yield from group
                continue
            kept, *others = sorted((pk for pk in group if pk in rank), key=rank.__getitem__)
            for gone in others:
                self._join_one(kept, gone)

    def _join_one(self, kept: int, gone: int) -> None:
        pair = (min(kept, gone), max(kept, gone))
        rule = self.certain.get(pair) or next(
            rule for other, rule in self.certain.items() if gone in other
        )
        entities = LegalEntity.objects.in_bulk(pair)
        try:
            joining.join(None, entities[kept], entities[gone], rule=rule.code)
        except Refused:
            return  # of two companies, or told apart: it stays a doubt, for a person
        self.done.joined += 1
        self.done.rules[rule.code] += 1


def _write(found: dict[Pair, Likeness]) -> None:
    Doubt.objects.bulk_create(
        (
            Doubt(
                low_id=low,
                high_id=high,
                score=likeness.score,
                reasons=[reason.value for reason in likeness.reasons],
            )
            for (low, high), likeness in sorted(found.items())
        ),
        update_conflicts=True,
        unique_fields=["low", "high"],
        update_fields=["score", "reasons"],
    )


def _taken_apart() -> Iterator[Pair]:
    """Pairs that a person split, or whose joining he undid."""
    apart = Rearrangement.objects.filter(
        Q(kind=Rearrangement.Kind.SPLIT) | Q(kind=Rearrangement.Kind.JOIN, undone_at__isnull=False),
        source__isnull=False,
        target__isnull=False,
    )
    for one, two in apart.order_by().values_list("source", "target"):
        yield (min(one, two), max(one, two))


def _groups(pairs: Iterable[Pair]) -> list[list[int]]:
    """Those that pairs tie together."""
    group_of: dict[int, list[int]] = {}
    for one, two in sorted(pairs):
        mine, other = group_of.setdefault(one, [one]), group_of.setdefault(two, [two])
        if mine is not other:
            mine += other
            for pk in other:
                group_of[pk] = mine
    return list({id(group): group for group in group_of.values()}.values())


def _rank(ids: set[int]) -> dict[int, tuple[bool, bool, int, int]]:
    """Which to keep, the least first: one of a company, active, the one with most contracts,
    orders and debts, the oldest."""
    weight: Counter[int] = Counter()
    for here in places(LegalEntity) if ids else ():
        counted = here.of(*ids).order_by().values_list(here.field).annotate(Count("pk"))
        weight.update(dict(counted))
    rows = LegalEntity.objects.filter(pk__in=ids).values_list("pk", "company", "is_active")
    return {
        pk: (company is None, not is_active, -weight[pk], pk) for pk, company, is_active in rows
    }
