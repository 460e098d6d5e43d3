"""What a price costs to find, beside a primary-key read of as many retail rows.

1,000 price lists × 10,000 variants, ten million prices; 100 variants for one legal entity to
whom eight lists apply, explanation not asked: the whole of ``resolve``, Python included. Beside
it retail rows, whole, by primary key over the same connection: bare rows by a prepared statement,
which the goals are of, as ours are prepared; by Django's cursor, which prepares nothing; and the
shop's own objects, as its pages read them. The lists for the legal entity are known from the
question before (``pricing/known.py``), and read anew where somebody has changed one. All ways are
asked in turn, and the medians of their CPU time, of this process and of the database's session
together, are compared. Then how it grows: with the lists in the database, the lists that apply,
the variants; with lists that derive, columns, another currency, and as of a moment among a million
events.

Statements are prepared, as the documentation recommends (``prepare_threshold``).

``BENCH_LISTS`` sets another number of lists. The database is made once (a few minutes) and kept.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import _price_world as world
from benchmarks.report import ROOT, Row, table

LISTS = int(os.environ.get("BENCH_LISTS", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "150"))
FOLDER = ROOT / ".state" / "bench" / f"resolve-{LISTS}"

_RETAIL = "SELECT * FROM sandbox_listing WHERE id = ANY(%s)"


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
    beside: str = ""
    goal: float | None = None
    count: int = 100
    #: Why its goal is missed, where it is.
    reason: str = ""


BARE = "100 retail rows by primary key"
PREPARED = "the same, prepared"
OBJECTS = "the same as the shop's objects"
FULL = "8 lists apply, all full"
SPARSE = "8 lists apply, only the last is full"
ANEW = "the same, a list was changed since"
OF_TEN = "the same of 10 lists, not of all"


def _ways() -> list[Way]:
    from django.utils import timezone

    return [
        Way(BARE, _read_bare),
        Way(PREPARED, _read_prepared),
        Way(OBJECTS, _read_objects),
        Way(FULL, _resolving("eight full"), PREPARED, 2.0),
        Way(SPARSE, _resolving("eight sparse"), PREPARED, 3.5),
        Way(OF_TEN, _among_ten("eight full")),
        Way(ANEW, _read_anew("eight full"), PREPARED),
        Way("of all, beside of 10", _resolving("eight full"), OF_TEN, 1.15),
        Way("32 lists apply, only the last is full", _resolving("32 sparse"), SPARSE, 3.0),
        Way("derived, a chain of three each", _resolving("derived"), FULL, 1.5, reason=_DERIVED),
        Way("from retail", _resolving("from retail"), FULL, 1.5, reason=_FROM_RETAIL),
        Way("what the shop is asked for that", _asking_the_shop(), FULL),
        Way("a cart with three columns", _in_a_cart("columns"), FULL),
        Way("derived in euro, charged in roubles", _resolving("euro"), FULL),
        Way(
            "as of a moment, a million events",
            _resolving("eight full", as_of=timezone.now()),
            FULL,
            1.5,
            reason=_AS_OF,
        ),
        Way("1 variant", _resolving("eight full"), FULL, count=1),
        Way("10 variants", _resolving("eight full"), FULL, count=10),
        Way("1,000 variants", _resolving("eight full"), FULL, 10.0, 1000),
    ]


_DERIVED = "two lists are reckoned through for each price, in decimals, beyond the same reading"
_FROM_RETAIL = "the shop's own prices are read through its port; that alone is the row below"
_AS_OF = (
    "lists, contracts and prices are looked up among their events: of each the last before the "
    "moment, of each price among thirteen"
)


def _read_objects(ids: list[int]) -> object:
    from sandbox.models import Listing

    return Listing.objects.in_bulk(ids)


def _read_bare(ids: list[int]) -> object:
    return world.sql(_RETAIL, ids)


def _read_prepared(ids: list[int]) -> object:
    from b2b_overlay.copying import numbers
    from b2b_overlay.pricing.statements import fetched

    return fetched(
        "SELECT * FROM sandbox_listing WHERE id = ANY(%(ids)s::bigint[])",
        {"ids": numbers(ids)},
    )


def _asking_the_shop() -> Ask:
    from b2b_overlay.shop import get_shop

    catalogue = get_shop().catalogue
    (channel,) = catalogue.channels()
    return lambda ids: catalogue.list_prices(ids, channel)


def _terms(name: str) -> Any:
    from b2b_overlay.company.models import LegalEntity
    from b2b_overlay.shop import get_shop
    from b2b_overlay.terms.current import terms_of

    (channel,) = get_shop().catalogue.channels()
    return terms_of(LegalEntity.objects.select_related("company").get(name=name), channel)


def _resolving(name: str, **how: Any) -> Ask:
    from b2b_overlay.pricing.resolver import resolve

    terms = _terms(name)
    return lambda ids: _amounts(resolve(terms, dict.fromkeys(ids, 1), {}, **how))


def _in_a_cart(name: str) -> Ask:
    from b2b_overlay.pricing.resolver import resolve_cart

    terms = _terms(name)
    return lambda ids: _amounts(resolve_cart(terms, dict.fromkeys(ids, 1), {}))


def _amounts(answers: Mapping[int, Any]) -> dict[int, Decimal]:
    return {pk: answer.price.money.amount for pk, answer in answers.items()}


def _read_anew(name: str) -> Ask:
    """Somebody has changed a list since the last question."""
    from b2b_overlay.pricing.question import Question
    from b2b_overlay.pricing.resolver import answered

    terms = _terms(name)

    def asking(ids: list[int]) -> object:
        question = Question.of(terms, None, None, None, {})
        return _amounts(answered(question, dict.fromkeys(ids, 1), {}))

    return asking


def _among_ten(name: str) -> Ask:
    """The same lists, from a table of prices that holds ten of them."""
    from django.utils import timezone

    from b2b_overlay.pricing.lists import in_force, lists_for
    from b2b_overlay.pricing.needs import Needs
    from b2b_overlay.pricing.question import Question
    from b2b_overlay.pricing.resolver import answered
    from b2b_overlay.pricing.sources import sources

    terms, ten = _terms(name), replace(sources(None), price=world.TEN)
    lists, snapshot = lists_for(terms, ten)

    def asking(ids: list[int]) -> object:
        at = timezone.now()
        ranked = in_force(lists, at, None, terms.channel.currency)
        needs = Needs(terms.channel, at, None, ten, None)
        question = Question(terms.channel, ranked, needs, ten, at, snapshot=snapshot)
        return _amounts(answered(question, dict.fromkeys(ids, 1), {}))

    return asking


def _times(ways: list[Way]) -> dict[str, float]:
    """Median CPU milliseconds of each way; asked in turn, each time in another order and of other
    variants."""
    dice = random.Random(2026)
    found: dict[str, list[int]] = {way.name: [] for way in ways}
    spent = _clock()
    for number in range(ROUNDS + 10):
        for way in dice.sample(ways, len(ways)):
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
    heads = ("100 variants for one legal entity", "CPU ms", "× bare", "× objects", "ratio", "goal")
    print(table((*heads, ""), [_line(way, times) for way in ways]))
    return [
        Row(
            f"resolve_prices: {way.name}",
            _ratio(way, times),
            way.goal,
            f"× {way.beside}",
            reason=way.reason if _ratio(way, times) > way.goal else "",
        )
        for way in ways
        if way.goal
    ]


def _ratio(way: Way, times: Mapping[str, float]) -> float:
    return round(times[way.name] / times[way.beside], 2)


def _line(way: Way, times: Mapping[str, float]) -> tuple[str, ...]:
    spent = times[way.name]
    missed = way.goal and _ratio(way, times) > way.goal
    return (
        way.name,
        f"{spent:.2f}",
        f"{spent / times[BARE]:.1f}",
        f"{spent / times[OBJECTS]:.2f}",
        f"{_ratio(way, times):.2f}" if way.beside else "",
        f"{way.goal:g}" if way.goal else "",
        f"× {way.beside}{': ' + way.reason if missed else ''}" if way.beside else "",
    )
