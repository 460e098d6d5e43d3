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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, UnitPrice, written
from b2b_overlay.shop import Channel, get_shop
from b2b_overlay.terms.current import Terms

from .levels import RETAIL, Level
from .lists import ListRow, Ranked, ranked
from .needs import Needs
from .reckoning import Cant, Mode, Step, at_last, converted, derived
from .sources import Sources, sources

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
    #: From what, by what percentage, VAT and rate, rounded how; the last one is the price.
    steps: tuple[Step, ...] = ()
    exists: bool = True

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


@dataclass(frozen=True, slots=True)
class _Found:
    """A price row: of the list ``hop`` steps down the chain of the list ranked ``rank``."""

    rank: int
    hop: int
    min_quantity: Decimal
    amount: Decimal
    unit: str
    coefficient: Decimal


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


class _Question:
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
        #: Is any of the lists chosen by a cart's sum?
        self.has_columns = any(each.min_total is not None for each in self.ranked)

    def rows(
        self, quantities: Mapping[int, int | Decimal], *, first: bool
    ) -> dict[int, list[_Found]]:
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
                    "variants": list(quantities),
                    "quantities": [Decimal(q) for q in quantities.values()],
                    "lists": list(lists),
                    "ranks": list(ranks),
                    "hops": list(depths),
                    "at": self.at,
                    "as_of": self.as_of,
                },
            )
            found: dict[int, list[_Found]] = {}
            for variant_id, *row in cursor.fetchall():
                found.setdefault(variant_id, []).append(_Found(*row))
        return found

    def answers(
        self, variant_id: int, rows: Sequence[_Found]
    ) -> Iterator[tuple[int, Priced | str]]:
        """By rank: a price, or why the list gives none. Lists without a row are left out."""
        best: dict[int, _Found] = {}
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

    def _reckon(self, ranked_list: Ranked, variant_id: int, row: _Found | None) -> Priced | None:
        """A list's price of a variant: from its row, or from retail where it has none."""
        begun = self._beginning(ranked_list, variant_id, row)
        if begun is None:
            return None
        hop, amount, mode, steps = begun
        for each in reversed(ranked_list.chain[:hop]):
            amount, said_of_it = self._derive(each, variant_id, amount, mode)
            mode = each.mode
            steps += said_of_it
        if mode != self.here:
            amount, last = self._charge(variant_id, amount, mode)
            steps.append(last)
        price = UnitPrice(
            Money(amount, self.channel.currency),
            self.channel.prices_include_vat,
            row.unit if row else "",
            row.coefficient if row else Decimal(1),
        )
        return Priced(
            price,
            ranked_list.level,
            ranked_list.list.id,
            ranked_list.list.name,
            row.min_quantity if row else Decimal(1),
            ranked_list.list.promotions_stack,
            tuple(steps),
        )

    def _beginning(
        self, ranked_list: Ranked, variant_id: int, row: _Found | None
    ) -> tuple[int, Decimal, Mode, list[Step]] | None:
        """How deep in the chain the price is found, how much it is there, and in what mode."""
        if row is not None:
            found = ranked_list.chain[row.hop]
            return row.hop, row.amount, found.mode, [_said(found.name, row.amount, found.mode)]
        money = self.needs.retail(variant_id)
        if money is None:
            return None
        step = _said(str(RETAIL.name), money.amount, self.here)
        return len(ranked_list.chain), money.amount, self.here, [step]

    def _charge(self, variant_id: int, amount: Decimal, mode: Mode) -> tuple[Decimal, Step]:
        """A price of another currency or VAT mode, as it is charged in the channel."""
        amount, words = converted(
            amount, mode, self.here, self.needs.vat(variant_id), self.needs.rates()
        )
        amount = at_last(amount, self.channel.currency)
        if amount <= 0:
            raise Cant(_("the converted price comes to nothing"))
        return amount, Step("; ".join(words), Money(amount, self.channel.currency))

    def _derive(
        self, price_list: ListRow, variant_id: int, amount: Decimal, mode: Mode
    ) -> tuple[Decimal, list[Step]]:
        """One list down the chain: converted to its own mode, its percentage, its rounding."""
        said = []
        if mode != price_list.mode:
            amount, words = converted(
                amount, mode, price_list.mode, self.needs.vat(variant_id), self.needs.rates()
            )
            said.append(Step("; ".join(words)))
        percent, of = self.needs.percent(price_list, variant_id)
        amount = derived(amount, percent, price_list.rounding_step, price_list.rounding)
        if amount <= 0:
            raise Cant(_("the derived price comes to nothing"))
        sentence = _("«%(list)s»: %(percent)s %%%(of)s, to %(step)s") % {
            "list": price_list.name,
            "percent": f"{percent.normalize():+f}",
            "of": f" ({of})" if of else "",
            "step": f"{price_list.rounding_step.normalize():f}",
        }
        said.append(Step(sentence, Money(amount, price_list.currency)))
        return amount, said


def _said(name: str, amount: Decimal, mode: Mode) -> Step:
    words = _("%(name)s, with VAT") if mode.vat_included else _("%(name)s, without VAT")
    return Step(words % {"name": name}, Money(amount, mode.currency))


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
        found, failed = _first(question, pk, rows.get(pk, ()))
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


def _first(
    question: _Question, variant_id: int, rows: Sequence[_Found]
) -> tuple[Priced | None, bool]:
    """The first price, from the first row of each variant; whether a list before it failed, so
    that the rows behind it have to be asked for."""
    for _n, answer in question.answers(variant_id, rows):
        if isinstance(answer, Priced):
            return answer, False
        return None, True
    return None, False


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
    each: Ranked, answer: Priced | str | None, row: _Found | None, winner: str
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
