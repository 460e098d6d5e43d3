"""The resolver: what does it cost, for whom, and why.

Plural by birth: a constant number of SQL statements answers for any number of variants, now or
as of any moment; the single price is a call with one id. The answer is a type that carries the
price, the list and the level it came from, and each step of its reckoning; «no price» is a
type of its own and says why.

Two statements on the common way: the lists for these terms in the order of precedence with
what they derive from (:mod:`.lists`), then per variant the first list that answers, the «short
circuit» of reference/performance.md. Percentages of groups of goods, VAT rates, rates of
exchange and retail prices are asked for where a list needs them, once each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, UnitPrice, written
from b2b_overlay.shop import Channel, get_shop
from b2b_overlay.terms.current import Terms

from .levels import RETAIL, Level
from .lists import ListRow, Ranked, ranked
from .needs import Needs
from .reckoning import Cant, Mode, Step
from .sources import Sources, sources
from .walking import Found, Walk

__all__ = [
    "Candidate",
    "NoPrice",
    "Priced",
    "Written",
    "at_retail",
    "cart_total",
    "explain",
    "resolve",
    "resolve_cart",
    "said",
]


@dataclass(frozen=True, slots=True)
class Priced:
    """A price and where it comes from. ``price`` is of one base unit."""

    price: UnitPrice
    level: Level
    price_list_id: int | None
    price_list: str
    min_quantity: Decimal
    #: May the shop's promotions and vouchers lower it?
    promotions_stack: bool = False
    #: Makes ``steps``: they are seldom read.
    reckoned: Callable[[], tuple[Step, ...]] = field(default=tuple, compare=False, repr=False)
    exists: bool = True

    @property
    def steps(self) -> tuple[Step, ...]:
        """From what, by what percentage, VAT and rate, rounded how; the last one is the price."""
        return self.reckoned()

    @property
    def is_contract(self) -> bool:
        """Not retail: the price is the overlay's to bind."""
        return self.price_list_id is not None


@dataclass(frozen=True, slots=True)
class NoPrice:
    """There is no price, and why, in a sentence for the buyer."""

    reason: str
    exists: bool = False
    is_contract: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A price row by what it says: in this list (``hop`` steps down the chain)."""

    hop: int
    price_list_id: int
    min_quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was considered, for the explanation; the first one with a price won.

    ``beaten_by`` names the level that came first; ``out`` says why it gave no price at all.
    """

    level: Level
    price_list: str
    priced: Priced | None
    beaten_by: str = ""
    out: str = ""
    #: The list with what it derives from; empty: the shop's retail.
    chain: tuple[ListRow, ...] = ()
    assignment_id: int | None = None
    #: Where the price itself is written; None: in no list.
    written: Written | None = None


_STATEMENT = """
SELECT v.variant_id, hit.rank, hit.hop, hit.min_quantity, hit.amount, hit.unit, hit.coefficient
  FROM unnest(%(variants)s::bigint[], %(quantities)s::numeric[]) AS v(variant_id, quantity)
 CROSS JOIN LATERAL (
    SELECT l.n, l.rank, l.hop, p.min_quantity, p.amount, p.unit, p.coefficient
      FROM unnest(%(lists)s::bigint[], %(ranks)s::int[], %(hops)s::int[])
           WITH ORDINALITY AS l(list_id, rank, hop, n)
     CROSS JOIN LATERAL (
        SELECT min_quantity, amount, unit, coefficient
          FROM {price} price
         WHERE price_list_id = l.list_id AND variant_id = v.variant_id
           AND min_quantity <= v.quantity
           AND (starts_at IS NULL OR starts_at <= %(at)s)
           AND (ends_at IS NULL OR ends_at > %(at)s)
         ORDER BY (starts_at IS NULL)::int + (ends_at IS NULL)::int,
                  CASE WHEN starts_at IS NOT NULL AND ends_at IS NOT NULL
                       THEN ends_at - starts_at END,
                  min_quantity DESC
         LIMIT 1
     ) p
     ORDER BY l.n
     {limit}
 ) hit
 ORDER BY hit.n
"""


def _array(numbers: Iterable[int | Decimal]) -> str:
    """A literal of PostgreSQL: a tenth of what adapting number by number costs."""
    return f"{{{','.join(map(str, numbers))}}}"


class _Question(Walk):
    """Prices under these terms at a moment: the lists in order, and what reckoning needs."""

    def __init__(
        self,
        terms: Terms,
        at: datetime | None,
        as_of: datetime | None,
        total: Money | None,
        retail: Mapping[int, Money | None] | None,
    ) -> None:
        self.channel = terms.channel
        self.at = at or as_of or timezone.now()
        self.as_of = as_of
        self.sources: Sources = sources(as_of)
        self.ranked = ranked(terms, self.at, total, self.sources, as_of)
        self.here = Mode(self.channel.currency, self.channel.prices_include_vat)
        self.needs = Needs(self.channel, self.at, as_of, self.sources, retail)
        self.taking_part = [n for n, each in enumerate(self.ranked) if not each.out]
        #: The first list that answers without a row; behind all where there is none.
        self.first_from_retail = next(
            (n for n in self.taking_part if self.ranked[n].from_retail), len(self.ranked)
        )
        #: Is any of the lists chosen by a cart's sum?
        self.has_columns = any(each.min_total is not None for each in self.ranked)

    def rows(
        self, quantities: Mapping[int, int | Decimal], *, first: bool
    ) -> dict[int, list[Found]]:
        """Price rows by variant, in the order of precedence; only the first of each, or all."""
        hops = [
            (row.id, n, hop)
            for n in self.taking_part
            for hop, row in enumerate(self.ranked[n].chain)
        ]
        if not hops or not quantities:
            return {}
        lists, ranks, depths = zip(*hops, strict=True)
        statement = _STATEMENT.format(price=self.sources.price, limit="LIMIT 1" if first else "")
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "variants": _array(quantities),
                    "quantities": _array(quantities.values()),
                    "lists": _array(lists),
                    "ranks": _array(ranks),
                    "hops": _array(depths),
                    "at": self.at,
                    "as_of": self.as_of,
                },
            )
            found: dict[int, list[Found]] = {}
            for variant_id, *row in cursor.fetchall():
                found.setdefault(variant_id, []).append(Found._make(row))
        return found

    def answers(self, variant_id: int, rows: Sequence[Found]) -> Iterator[tuple[int, Priced | str]]:
        """By rank: a price, or why the list gives none. Lists without a row are left out."""
        best: dict[int, Found] = {}
        for row in rows:
            best.setdefault(row.rank, row)
        for n in self.taking_part:
            if n not in best and not self.ranked[n].from_retail:
                continue
            try:
                if answer := self._reckon(self.ranked[n], variant_id, best.get(n)):
                    yield n, answer
            except Cant as cant:
                yield n, str(cant)

    def first(self, variant_id: int, rows: Sequence[Found]) -> tuple[Priced | None, bool]:
        """The first price, from the first row of each variant; whether a list before it failed,
        so that the rows behind it have to be asked for."""
        row = rows[0] if rows else None
        if row is not None and row.rank < self.first_from_retail:
            try:
                return self._reckon(self.ranked[row.rank], variant_id, row), False
            except Cant:
                return None, True
        for _n, answer in self.answers(variant_id, rows):
            return (answer, False) if isinstance(answer, Priced) else (None, True)
        return None, False

    def _reckon(self, ranked_list: Ranked, variant_id: int, row: Found | None) -> Priced | None:
        """A list's price of a variant: from its row, or from retail where it has none."""
        amount = self.amount(ranked_list, variant_id, row)
        if amount is None:
            return None
        channel, price_list = self.channel, ranked_list.list
        money = Money(amount, channel.currency)
        return Priced(
            UnitPrice(money, channel.prices_include_vat, row.unit, row.coefficient)
            if row
            else UnitPrice(money, channel.prices_include_vat),
            ranked_list.level,
            price_list.id,
            price_list.name,
            row.min_quantity if row else Decimal(1),
            price_list.promotions_stack,
            partial(self.steps, ranked_list, variant_id, row),
        )


def at_retail(channel: Channel, money: Money | None) -> Priced | NoPrice:
    """The shop's own price of one piece in the channel, as an answer."""
    if money is None:
        return NoPrice(_("No price has been set for you yet; ask your manager."))
    price = UnitPrice(money, channel.prices_include_vat)
    return Priced(price, RETAIL, None, str(RETAIL.name), Decimal(1), promotions_stack=True)


def resolve(
    terms: Terms,
    quantities: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
    total: Money | None = None,
) -> dict[int, Priced | NoPrice]:
    """The price of each variant at its quantity (in base units), under these terms.

    ``retail`` are the channel's own prices, as far as the caller has them: what no list answers
    costs so; a list derived from retail asks the shop for those not given. ``at`` is the moment
    the windows of validity and the day's rate are taken at (default: now), ``as_of`` the moment
    whose lists, prices and assignments are meant (default: as they are now). ``total`` is what
    the cart comes to without columns. A constant number of SQL statements. Prices are in the
    channel's currency and VAT mode, of one base unit, exact in minor units.
    """
    if not quantities:
        return {}
    return _answers(_Question(terms, at, as_of, total, retail), quantities, retail)


def _answers(
    question: _Question,
    quantities: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
) -> dict[int, Priced | NoPrice]:
    question.needs.about(quantities)
    answer: dict[int, Priced | NoPrice] = {}
    rows = question.rows(quantities, first=True)
    unsure = {}
    for pk in quantities:
        found, failed = question.first(pk, rows.get(pk, ()))
        if failed:
            unsure[pk] = quantities[pk]
        answer[pk] = found or at_retail(question.channel, retail.get(pk))
    if unsure:
        every = question.rows(unsure, first=False)
        for pk in unsure:
            won = next(
                (a for _n, a in question.answers(pk, every.get(pk, ())) if isinstance(a, Priced)),
                None,
            )
            answer[pk] = won or at_retail(question.channel, retail.get(pk))
    return answer


def resolve_cart(
    terms: Terms,
    quantities: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
    *,
    at: datetime | None = None,
    cart: Callable[[], Mapping[int, int]] | None = None,
) -> dict[int, Priced | NoPrice]:
    """:func:`resolve` under the columns of a cart: where a price list holds from a cart's sum,
    the sum at the prices without any such column chooses it, for every good alike.

    ``quantities`` are the cart, unless ``cart`` tells what else lies in one (a catalogue, beside
    the buyer's open cart); it is asked only where there are columns. So is the shop, for the
    retail prices of what ``retail`` doesn't name. No further statement without columns.
    """
    if not quantities:
        return {}
    at = at or timezone.now()
    question = _Question(terms, at, None, None, retail)
    if not question.has_columns:
        return _answers(question, quantities, retail)
    total = _sum(question, quantities if cart is None else cart(), retail)
    return _answers(_Question(terms, at, None, total, retail), quantities, retail)


def cart_total(
    terms: Terms,
    cart: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
    *,
    at: datetime | None = None,
) -> Money:
    """What :func:`resolve_cart` chooses a column by."""
    return _sum(_Question(terms, at or timezone.now(), None, None, retail), cart, retail)


def _sum(
    question: _Question,
    cart: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
) -> Money:
    """What a cart comes to, at the prices without columns; what has no price counts nothing."""
    answers = _answers(question, cart, retail)
    prices = {pk: a.price.money for pk, a in answers.items() if isinstance(a, Priced)}
    if unasked := [pk for pk in cart if pk not in prices and pk not in retail]:
        found = get_shop().catalogue.variants(unasked, question.channel)
        prices |= {pk: variant.retail for pk, variant in found.items() if variant.retail}
    zero = Money.zero(question.channel.currency)
    return sum((((price * cart[pk]).quantized()) for pk, price in prices.items()), zero)


def explain(
    terms: Terms,
    variant_id: int,
    quantity: int | Decimal,
    retail: Money | None,
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
    total: Money | None = None,
) -> list[Candidate]:
    """Every list that was considered for one variant, in order, and what beat it or why it
    gave no price; retail last."""
    question = _Question(terms, at, as_of, total, {variant_id: retail})
    question.needs.about([variant_id])
    rows = question.rows({variant_id: quantity}, first=False).get(variant_id, [])
    answers = dict(question.answers(variant_id, rows))
    found: list[Candidate] = []
    winner = ""
    for n, each in enumerate(question.ranked):
        row = next((row for row in rows if row.rank == n), None)
        candidate = _candidate(each, answers.get(n), row, winner)
        found.append(candidate)
        if candidate.priced and not winner:
            winner = str(each.level.name)
    last = at_retail(terms.channel, retail)
    if isinstance(last, Priced):
        found.append(Candidate(RETAIL, str(RETAIL.name), last, winner))
    return found


def _candidate(
    each: Ranked, answer: Priced | str | None, row: Found | None, winner: str
) -> Candidate:
    """What a list gave, and where its price is written."""
    out = each.out or (answer if isinstance(answer, str) else "")
    if answer is None and not out:
        out = _("no price for this good at this quantity")
    priced = answer if isinstance(answer, Priced) else None
    written_in = (
        Written(row.hop, each.chain[row.hop].id, row.min_quantity, row.amount) if row else None
    )
    return Candidate(
        each.level,
        each.list.name,
        priced,
        winner if priced else "",
        out,
        each.chain,
        each.assignment_id,
        written_in,
    )


def said(step: Step) -> str:
    """A step as a sentence: «Опт, with VAT: 100,00 ₽»."""
    return f"{step.says}: {written(step.after)}" if step.after else step.says
