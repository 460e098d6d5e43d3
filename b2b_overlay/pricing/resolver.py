"""The resolver: what does it cost, for whom, and why.

Plural by birth: a constant number of SQL statements answers for any number of variants, now or
as of any moment; the single price is a call with one id. The answer is a type that carries the
price, the list and the level it came from, and each step of its reckoning; «no price» is a
type of its own and says why.

One statement on the common way: per variant the first list that answers, the «short circuit» of
reference/performance.md, and whether the lists for these terms are still what they were when
last read (:mod:`.known`). Where they aren't, one before it reads them, in the order of precedence
with what they derive from (:mod:`.lists`). Percentages of groups of goods, VAT rates, rates of
exchange and retail prices are asked for where a list needs them, once each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, written
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.current import Terms

from .answers import Candidate, NoPrice, Priced, Written, at_retail, on_request
from .known import Known, asked_of_known
from .levels import RETAIL
from .lists import Ranked
from .question import Question
from .reckoning import Step
from .walking import Found

__all__ = [
    "Candidate",
    "NoPrice",
    "Priced",
    "Written",
    "answered",
    "at_retail",
    "cart_total",
    "explain",
    "resolve",
    "resolve_cart",
    "said",
]


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
    if as_of is not None:
        return answered(Question.of(terms, at, as_of, total, retail), quantities, retail)
    moment = at or timezone.now()

    def ask(known: Known) -> dict[int, Priced | NoPrice]:
        return answered(Question.by(known, terms, moment, total, retail), quantities, retail)

    return asked_of_known(terms, ask)


def answered(
    question: Question,
    quantities: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
) -> dict[int, Priced | NoPrice]:
    """The price of each variant, as the first list that has one says, or the shop's own."""
    said = question.prices(quantities)
    if len(said) < len(quantities):
        for pk in quantities:
            if pk not in said:
                said[pk] = at_retail(question.channel, retail.get(pk))
    return said


def resolve_cart(
    terms: Terms,
    quantities: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
    *,
    at: datetime | None = None,
    cart: Callable[[], Mapping[int, int | Decimal]] | None = None,
) -> dict[int, Priced | NoPrice]:
    """:func:`resolve` under the columns of a cart: where a price list holds from a cart's sum,
    the sum at the prices without any such column chooses it, for every good alike.

    ``quantities`` are the cart, unless ``cart`` tells what else lies in one (a catalogue, beside
    the buyer's open cart); it is asked only where there are columns. So is the shop, for the
    retail prices of what ``retail`` doesn't name. No further statement without columns.
    """
    if not quantities:
        return {}
    moment = at or timezone.now()

    def ask(known: Known) -> dict[int, Priced | NoPrice]:
        question = Question.by(known, terms, moment, None, retail)
        if question.has_columns:
            total = _sum(question, quantities if cart is None else cart(), retail)
            question = Question.by(known, terms, moment, total, retail)
        return answered(question, quantities, retail)

    return asked_of_known(terms, ask)


def cart_total(
    terms: Terms,
    cart: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
    *,
    at: datetime | None = None,
) -> Money:
    """What :func:`resolve_cart` chooses a column by."""
    moment = at or timezone.now()
    return asked_of_known(
        terms, lambda known: _sum(Question.by(known, terms, moment, None, retail), cart, retail)
    )


def _sum(
    question: Question,
    cart: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
) -> Money:
    """What a cart comes to, at the prices without columns; what has no price counts nothing."""
    answers = answered(question, cart, retail)
    prices = {pk: a.price.money for pk, a in answers.items() if isinstance(a, Priced)}
    if unasked := [pk for pk, a in answers.items() if not a.is_contract and pk not in retail]:
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
    question = Question.of(terms, at, as_of, total, {variant_id: retail})
    question.needs.about([variant_id])
    rows = question.rows({variant_id: quantity}).get(variant_id, [])
    answers = dict(question.answers(variant_id, rows))
    found: list[Candidate] = []
    winner = ""
    for n, each in enumerate(question.ranked):
        row = next((row for row in rows if row.rank == n), None)
        candidate = _candidate(each, answers.get(n), row, winner)
        found.append(candidate)
        if candidate.holds:
            winner = str(each.level.name)
    last = at_retail(terms.channel, retail)
    if isinstance(last, Priced):
        found.append(Candidate(RETAIL, str(RETAIL.name), last, winner))
    return found


def _candidate(
    each: Ranked, answer: Priced | str | None, row: Found | None, winner: str
) -> Candidate:
    """What a list gave, and where its price is written."""
    out = each.out
    if isinstance(answer, str):
        out = on_request(answer).reason
    elif answer is None and not out:
        out = _("no price for this good at this quantity")
    return Candidate(
        each.level,
        each.list.name,
        answer if isinstance(answer, Priced) else None,
        winner if answer is not None else "",
        out,
        each.chain,
        each.assignment_id,
        Written(row.hop, each.chain[row.hop].id, row.min_quantity, row.amount) if row else None,
        on_request=isinstance(answer, str),
    )


def said(step: Step) -> str:
    """A step as a sentence: «Опт, with VAT: 100,00 ₽»."""
    return f"{step.says}: {written(step.after)}" if step.after else step.says
