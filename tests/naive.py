"""Random terms of trade, and a naive resolver that shares no code with the overlay's.

It walks plain lists of what was agreed, in the words of docs/prices.md: levels, columns by the
cart's sum, priorities, windows, minimum quantities, lists derived from lists and from retail,
percentages of groups of goods, VAT and currency. Tests of the resolver compare with it, and so
does the promise that catalogue, cart, order and documents tell one number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from b2b_overlay.pricing.levels import LEVELS
from b2b_overlay.pricing.models import Assignment, Markup, Price, PriceList, Rate, VariantFacts

__all__ = [
    "AT",
    "GOODS",
    "RATES",
    "Agreed",
    "AgreedList",
    "amounts",
    "cart_sum",
    "naive",
    "random_questions",
    "save_terms",
    "worlds",
]

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
#: VAT rate (None: nobody knows it), maker, price group.
GOODS: dict[int, tuple[Decimal | None, str, str]] = {
    1: (Decimal(22), "Гардена", "А"),
    2: (Decimal(10), "Садко", "Б"),
    3: (None, "Садко", "Б"),
}
#: Of yuan no rate is known.
CURRENCIES = ["RUB", "RUB", "RUB", "EUR", "EUR", "CNY"]
RATES = {("EUR", "RUB"): Decimal("98.5")}
CENT = Decimal("0.01")


@dataclass
class AgreedList:
    """A price list as people would write it down."""

    currency: str
    vat: bool
    base: int | str | None
    percent: Decimal
    step: Decimal
    mode: str
    #: (good, from, amount, first day or None, last day or None); days from AT.
    prices: list[tuple[int, int, Decimal, int | None, int | None]]
    makers: dict[str, Decimal] = field(default_factory=dict)
    groups: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class Agreed:
    """Whose a list is: level, priority, from which sum of the cart, window in days."""

    which: int
    level: int
    priority: int
    column: Decimal | None
    since: int | None
    until: int | None


# ------------------------------------------------------------------- the naive resolver


class OnRequest(Exception):
    """There is a price, and nobody can tell it."""


def in_window(since: int | None, until: int | None) -> bool:
    return (since is None or since <= 0) and (until is None or until > 0)


def narrowness(since: int | None, until: int | None) -> tuple[int, int]:
    if since is not None and until is not None:
        return (0, until - since)
    if since is None and until is None:
        return (2, 0)
    return (1, 0)


def precedence(price: tuple[int, int, Decimal, int | None, int | None]) -> tuple[Any, ...]:
    _good, minimum, _amount, since, until = price
    return narrowness(since, until), -minimum, since is None, -(since or 0)


def change_mode(
    amount: Decimal, here: tuple[str, bool], there: tuple[str, bool], vat: Decimal | None
) -> Decimal:
    if here[1] != there[1] and vat is None:
        raise OnRequest
    vat = vat or Decimal(0)
    if here[1] and not there[1]:
        amount = amount / (1 + vat / 100)
    if there[1] and not here[1]:
        amount = amount * (1 + vat / 100)
    if here[0] != there[0]:
        pair = (here[0], there[0])
        if pair not in RATES and pair[::-1] not in RATES:
            raise OnRequest
        amount = amount * RATES[pair] if pair in RATES else amount * (1 / RATES[pair[::-1]])
    return amount


def list_price(
    lists: list[AgreedList], which: int, good: int, quantity: int, retail: Decimal | None
) -> tuple[Decimal, tuple[str, bool]] | None:
    one = lists[which]
    own = [p for p in one.prices if p[0] == good and p[1] <= quantity and in_window(p[3], p[4])]
    if own:
        best = sorted(own, key=precedence)[0]
        return best[2], (one.currency, one.vat)
    if one.base is None:
        return None
    below: tuple[Decimal, tuple[str, bool]] | None
    if one.base == "retail":
        below = (retail, ("RUB", True)) if retail is not None else None
    else:
        assert isinstance(one.base, int)
        below = list_price(lists, one.base, good, quantity, retail)
    if below is None:
        return None
    vat, maker, group = GOODS[good]
    amount = change_mode(below[0], below[1], (one.currency, one.vat), vat)
    percent = one.groups.get(group, one.makers.get(maker, one.percent))
    amount = amount * (100 + percent) / 100
    how = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}[one.mode]
    amount = (amount / one.step).to_integral_value(how) * one.step
    if amount <= 0:
        raise OnRequest
    return amount, (one.currency, one.vat)


def naive(
    lists: list[AgreedList],
    agreed: list[Agreed],
    good: int,
    quantity: int,
    retail: Decimal | None,
    total: Decimal | None,
) -> Decimal | None:
    """The price; None: there is none, or it is on request."""
    try:
        return first_price(lists, agreed, good, quantity, retail, total)
    except OnRequest:
        return None


def first_price(
    lists: list[AgreedList],
    agreed: list[Agreed],
    good: int,
    quantity: int,
    retail: Decimal | None,
    total: Decimal | None,
) -> Decimal | None:
    for level in range(len(LEVELS)):
        mine = [
            (n, a)
            for n, a in enumerate(agreed)
            if a.level == level
            and in_window(a.since, a.until)
            and (a.column is None or (total is not None and total >= a.column))
        ]
        mine.sort(
            key=lambda p: (
                -(p[1].column or 0),
                p[1].priority,
                narrowness(p[1].since, p[1].until),
                p[0],
            )
        )
        for _n, each in mine:
            found = list_price(lists, each.which, good, quantity, retail)
            if found is not None:
                amount = change_mode(found[0], found[1], ("RUB", True), GOODS[good][0])
                amount = amount.quantize(CENT, ROUND_HALF_UP)
                if amount <= 0:
                    raise OnRequest
                return amount
    return retail


def cart_sum(
    lists: list[AgreedList],
    agreed: list[Agreed],
    quantities: Mapping[int, int],
    retail: Mapping[int, Decimal],
) -> Decimal:
    """What a cart comes to at the prices without columns: it chooses the columns."""
    found = Decimal(0)
    for good, quantity in quantities.items():
        each = naive(lists, agreed, good, quantity, retail.get(good), None)
        found += (each or Decimal(0)) * quantity
    return found


# --------------------------------------------------------------------------- random terms


def money(most: int) -> st.SearchStrategy[Decimal]:
    """From a kopeck to so many of them."""
    return st.integers(1, most).map(lambda n: Decimal(n) / 100)


amounts = money(10**7)
percents = st.integers(-9000, 9000).map(lambda n: Decimal(n) / 100)
days = st.one_of(st.none(), st.integers(-5, 5))


@st.composite
def windows(draw: Any) -> tuple[int | None, int | None]:
    since, until = draw(days), draw(days)
    if since is not None and until is not None and until <= since:
        until = None
    return since, until


@st.composite
def agreed_lists(draw: Any, n: int, most: int, goods: list[int]) -> AgreedList:
    amounts = money(most)
    prices: dict[tuple[int, int, int | None], tuple[Decimal, int | None]] = {}
    for _ in range(draw(st.integers(0, 3))):
        since, until = draw(windows())
        key = (draw(st.sampled_from(goods)), draw(st.integers(1, 20)), since)
        prices[key] = (draw(amounts), until)
    return AgreedList(
        currency=draw(st.sampled_from(CURRENCIES)),
        vat=draw(st.booleans()),
        base=draw(st.sampled_from([None, "retail", *range(n)])),
        percent=draw(percents),
        step=draw(st.sampled_from([CENT, Decimal("0.1"), Decimal(1), Decimal(5), Decimal("0.05")])),
        mode=draw(st.sampled_from(["nearest", "up", "down"])),
        prices=[(g, q, a, s, u) for (g, q, s), (a, u) in prices.items()],
        makers=draw(st.dictionaries(st.sampled_from(["Гардена", "Чужой"]), percents, max_size=1)),
        groups=draw(st.dictionaries(st.sampled_from(["А", "В"]), percents, max_size=1)),
    )


@st.composite
def worlds(
    draw: Any, most: int = 10**7, goods: Iterable[int] = GOODS
) -> tuple[list[AgreedList], list[Agreed]]:
    """Up to four lists, a few of them for somebody; ``most`` is the dearest price in kopecks."""
    lists = [draw(agreed_lists(n, most, sorted(goods))) for n in range(draw(st.integers(1, 4)))]
    agreed = []
    seen = set()
    for _ in range(draw(st.integers(0, 5))):
        since, until = draw(windows())
        one = Agreed(
            which=draw(st.integers(0, len(lists) - 1)),
            level=draw(st.integers(0, len(LEVELS) - 1)),
            priority=draw(st.integers(0, 2)),
            column=draw(st.one_of(st.none(), money(most))),
            since=since,
            until=until,
        )
        key = (one.which, one.level, one.column, one.since)
        if key not in seen:
            seen.add(key)
            agreed.append(one)
    return lists, agreed


def save_terms(
    target: Callable[[str], dict[str, Any]],
    lists: list[AgreedList],
    agreed: list[Agreed],
    *,
    at: datetime = AT,
    ids: Mapping[int, int] = {good: good for good in GOODS},
) -> list[PriceList]:
    """Write it all down as the overlay keeps it. ``target`` says whom an assignment of a level
    is for, ``ids`` which variant each of the goods is."""
    save_goods(ids, at)
    rows: list[PriceList] = []
    for each in lists:
        rows.append(save_list(each, rows, ids, at))
    for one in agreed:
        Assignment.objects.create(
            price_list=rows[one.which],
            priority=one.priority,
            min_total=one.column,
            starts_at=moment(one.since, at),
            ends_at=moment(one.until, at),
            **target(LEVELS[one.level].code),
        )
    return rows


def moment(days_from: int | None, at: datetime) -> datetime | None:
    return None if days_from is None else at + timedelta(days=days_from)


def save_goods(ids: Mapping[int, int], at: datetime) -> None:
    for good, pk in ids.items():
        rate, maker, group = GOODS[good]
        VariantFacts.objects.update_or_create(
            variant_id=pk,
            defaults={"vat_rate": rate, "manufacturer": maker, "price_group": group},
        )
    for (currency, to), worth in RATES.items():
        Rate.objects.create(
            currency=currency, to=to, day=(at - timedelta(days=7)).date(), rate=worth
        )


def save_list(
    each: AgreedList, rows: list[PriceList], ids: Mapping[int, int], at: datetime
) -> PriceList:
    row = PriceList.objects.create(
        name="список",
        currency=each.currency,
        vat_included=each.vat,
        base=rows[each.base] if isinstance(each.base, int) else None,
        base_retail=each.base == "retail",
        percent=each.percent,
        rounding_step=each.step,
        rounding=each.mode,
    )
    for good, minimum, amount, since, until in each.prices:
        Price.objects.create(
            price_list=row,
            variant_id=ids[good],
            min_quantity=minimum,
            amount=amount,
            starts_at=moment(since, at),
            ends_at=moment(until, at),
        )
    for maker, percent in each.makers.items():
        Markup.objects.create(price_list=row, manufacturer=maker, percent=percent)
    for group, percent in each.groups.items():
        Markup.objects.create(price_list=row, price_group=group, percent=percent)
    return row


#: A question under random terms of trade.
random_questions = given(
    world=worlds(),
    quantity=st.integers(1, 25),
    retail=st.one_of(st.none(), amounts),
    total=st.one_of(st.none(), amounts),
)
