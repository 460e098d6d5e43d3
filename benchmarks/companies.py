"""Counterparties told apart: a base of 20,000 with known truth, beside exact INN and splink.

Three bases, one a seed (:mod:`benchmarks._counterparties` states what is assumed of them; the
points were tuned on seeds 101 to 104, which are not among these). Each is loaded into the
database and scanned as the exchange does it, with the rules as they are by default. What is
measured:

* **precision of automatic joins**: of all pairs that a rule made one, the share that are one.
  The goal is 1: no wrong one, in any base.
* **recall of the true candidate in three**: of the cards whose legal entity has another card,
  the share that see such a card among their first three candidates, before anything is joined.

Exact INN joins whatever has the same INN. Splink (:mod:`benchmarks._splink`) gets the fields as
our code folds them and is trained by EM; its joins are pairs of a probability of at least 0.99,
and of 0.99999. Time is CPU seconds for one base, ours with the database's and with all that is
written: the queue and the joined. ``BENCH_COMPANIES`` sets another number of cards.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import _splink
from benchmarks._counterparties import KINDS, Card, make
from benchmarks._cpu import cpu
from benchmarks.report import Row, table

if TYPE_CHECKING:
    from b2b_overlay.company.likeness import Traits

COUNT = int(os.environ.get("BENCH_COMPANIES", "20000"))
SEEDS = (1, 2, 3)
FOLDER = Path(__file__).resolve().parent.parent / ".state" / "bench" / "companies"
#: From these probabilities on a pair of splink's counts as joined.
SURE = (0.99, 0.99999)
OURS, EXACT = "this project", "exact INN"

Pair = tuple[int, int]


@dataclass(slots=True)
class Result:
    """What one way made of all bases. Cards are named by their place in the base."""

    name: str
    #: Pairs made one, and those of them that aren't.
    joined: int = 0
    wrong: int = 0
    #: Cards asked about and those answered, by kind.
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.joined if self.joined else 0.0

    def recall(self, kind: str = "all") -> float:
        return self.answered[kind] / self.asked[kind] if self.asked[kind] else 0.0

    def join(self, cards: Sequence[Card], pairs: Iterable[Pair]) -> None:
        for one, two in pairs:
            self.joined += 1
            self.wrong += cards[one].truth != cards[two].truth

    def answer(self, cards: Sequence[Card], first: Mapping[int, Sequence[int]]) -> None:
        """``first``: the first three candidates of each card."""
        copies = Counter(card.truth for card in cards)
        for place, card in enumerate(cards):
            if copies[card.truth] < 2:
                continue
            found = any(cards[other].truth == card.truth for other in first.get(place, ())[:3])
            for kind in ("all", *(card.kinds or ("clean",))):
                self.asked[kind] += 1
                self.answered[kind] += found


def run() -> list[Row]:
    _django()
    from sandbox import prepare

    ways: dict[str, Result] = {}
    true = 0
    for seed in SEEDS:
        cards = make(seed, COUNT)
        true += sum(n * (n - 1) // 2 for n in Counter(card.truth for card in cards).values())
        prepare.fresh()
        _ours(cards, ways.setdefault(OURS, Result(OURS)))
        _exact(cards, ways.setdefault(EXACT, Result(EXACT)))
        _with_splink(cards, ways)
    _print(list(ways.values()), true)
    ours = ways[OURS]
    unit = f"of {ours.joined} pairs in {len(SEEDS)} bases"
    recall = f"of {ours.asked['all']} cards in {len(SEEDS)} bases"
    name = "companies/recall of the true candidate in three"
    return [
        # Not rounded up: one wrong pair of a million would show.
        Row("companies/precision of automatic joins", ours.precision, 1.0, unit, at_least=True),
        Row(name, round(ours.recall(), 4), 0.97, recall, at_least=True),
    ]


def _django() -> None:
    os.environ.setdefault("SANDBOX_DATA", str(FOLDER / "shop"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    import django

    django.setup()


# --------------------------------------------------------------------------- the ways


def _ours(cards: Sequence[Card], result: Result) -> None:
    from b2b_overlay.company import candidates, scanning
    from b2b_overlay.company.models import LegalEntity

    place_of = _load(cards)
    everybody = list(LegalEntity.objects.order_by("pk"))
    near = candidates.candidates(everybody)
    first = {place_of[pk]: [place_of[m.id] for m in found] for pk, found in near.items()}
    result.answer(cards, first)
    result.seconds += cpu(scanning.scan)
    joined = LegalEntity.objects.exclude(merged_into=None).values_list("merged_into", "pk")
    result.join(cards, _within(place_of, joined))


def _within(place_of: Mapping[int, int], joined: Iterable[tuple[int, int]]) -> Iterable[Pair]:
    """All pairs of those that were joined to one."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for kept, gone in joined:
        groups[kept].append(gone)
    for kept, gone_ones in groups.items():
        group = [place_of[kept], *(place_of[pk] for pk in gone_ones)]
        yield from ((one, two) for n, one in enumerate(group) for two in group[n + 1 :])


def _load(cards: Sequence[Card]) -> dict[int, int]:
    """The cards in the database; their places by the ids they got."""
    from b2b_overlay.company.models import BankAccount, LegalEntity

    kinds = LegalEntity.Kind
    rows = LegalEntity.objects.bulk_create(
        LegalEntity(
            kind=kinds.ENTREPRENEUR if card.person else kinds.COMPANY,
            name=card.name,
            inn=card.inn,
            kpp=card.kpp,
            phone=card.phone,
            email=card.email,
            legal_address=card.address,
        )
        for card in cards
    )
    BankAccount.objects.bulk_create(
        BankAccount(legal_entity=row, number=card.account[0], bic=card.account[1])
        for row, card in zip(rows, cards, strict=True)
        if card.account
    )
    return {row.pk: place for place, row in enumerate(rows)}


def _exact(cards: Sequence[Card], result: Result) -> None:
    started = time.process_time()
    same: defaultdict[str, list[int]] = defaultdict(list)
    for place, card in enumerate(cards):
        if card.inn:
            same[card.inn].append(place)
    first = {
        place: [other for other in group if other != place]
        for group in same.values()
        for place in group
    }
    result.seconds += time.process_time() - started
    result.answer(cards, first)
    for group in same.values():
        result.join(cards, ((x, y) for n, x in enumerate(group) for y in group[n + 1 :]))


def _with_splink(cards: Sequence[Card], ways: dict[str, Result]) -> None:
    base = [_traits(card) for card in cards]
    started = time.process_time()
    found = _splink.pairs(base)
    seconds = time.process_time() - started
    if found is None:
        return
    first: defaultdict[int, list[int]] = defaultdict(list)
    for one, two, _probability in found:
        first[one].append(two)
        first[two].append(one)
    for sure in SURE:
        name = f"splink, from {sure:g}"
        result = ways.setdefault(name, Result(name))
        result.seconds += seconds
        result.answer(cards, first)
        result.join(cards, ((one, two) for one, two, p in found if p >= sure))


def _traits(card: Card) -> Traits:
    from b2b_overlay.company.likeness import traits_of

    return traits_of(
        kind="entrepreneur" if card.person else "company",
        name=card.name,
        inn=card.inn,
        kpp=card.kpp,
        accounts=[card.account] if card.account else [],
        phone=card.phone,
        email=card.email,
        addresses=[card.address],
    )


# ------------------------------------------------------------------------ the tables


def _print(ways: Sequence[Result], true: int) -> None:
    print(f"{len(SEEDS)} bases of {COUNT:,} counterparties, {true:,} pairs that are one\n")
    header = ("joined by themselves", "pairs", "wrong", "precision", "of all true", "CPU s a base")
    lines = [
        (
            way.name,
            f"{way.joined:,}",
            f"{way.wrong:,}",
            f"{way.precision:.4f}",
            f"{(way.joined - way.wrong) / true:.3f}",
            f"{way.seconds / len(SEEDS):.1f}",
        )
        for way in ways
    ]
    print(table(header, lines))
    asked = [way for way in ways if way.name != f"splink, from {SURE[1]:g}"]
    names = [way.name.partition(",")[0] for way in asked]
    kinds = [kind for kind in ("all", "clean", *KINDS) if ways[0].asked[kind]]
    print("\nThe true one among the first three, by what was done to the card asked about\n")
    by_kind = [
        (kind, f"{ways[0].asked[kind]:,}", *(f"{way.recall(kind):.4f}" for way in asked))
        for kind in kinds
    ]
    print(table(("cards", "number", *names), by_kind))
    if len(asked) < 3:
        print("\nSplink isn't installed here; `make bench` installs it.")
