"""What price lists say by themselves, whoever they are for; and a buyer's price without his
individual one.

Floors are compared with lists, not with buyers, and «instead of» is what a manager's own price
stands in the way of. Both are the resolver's reckoning, asked about other lists than it would
choose.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from b2b_overlay.money import Money
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Terms

from .levels import RETAIL
from .lists import DEPTH, ListRow, Ranked
from .models import PriceList
from .needs import Needs
from .question import Question
from .reckoning import Mode
from .resolver import NoPrice, Priced, answered
from .sources import sources
from .walking import Found

__all__ = ["Chains", "amounts_of", "prices_of", "without_individual"]


def without_individual(
    terms: Terms,
    quantities: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
) -> dict[int, Priced | NoPrice]:
    """What these goods would cost if nobody had given individual prices."""
    if not quantities:
        return {}
    question = Question.of(terms, None, None, None, retail)
    question.take_part(
        n for n in question.taking_part if question.ranked[n].level.code != "individual"
    )
    return answered(question, quantities, retail)


@dataclass(frozen=True, slots=True)
class Chains:
    """All price lists and what each derives from. One query."""

    rows: Mapping[int, ListRow]
    bases: Mapping[int, int | None]

    @classmethod
    def now(cls) -> Chains:
        rows, bases = {}, {}
        fields = [name for name in ListRow._fields if name not in {"id", *ListRow._field_defaults}]
        for pk, base_id, *rest in PriceList.objects.values_list("pk", "base_id", *fields):
            rows[pk], bases[pk] = ListRow(pk, *rest), base_id
        return cls(rows, bases)

    def of(self, list_id: int) -> tuple[ListRow, ...]:
        """The list, what it derives from, and so on."""
        found: list[ListRow] = []
        here: int | None = list_id
        while here is not None and len(found) <= DEPTH:
            found.append(self.rows[here])
            here = self.bases[here]
        return tuple(found)

    def with_derived(self, list_ids: Collection[int]) -> list[int]:
        """These lists and every one that derives from any of them."""
        wanted = set(list_ids)
        return [pk for pk in self.rows if any(row.id in wanted for row in self.of(pk))]

    def prices(
        self,
        list_ids: Collection[int],
        channel: Channel,
        quantities: Mapping[int, Decimal],
        at: datetime,
    ) -> dict[int, dict[int, Priced | str]]:
        """By list and variant: its price in the channel at this quantity, or why it can't be
        told. What a list has no price for is absent."""
        ids = list(list_ids)
        answers = prices_of([self.of(pk) for pk in ids], channel, quantities, at)
        return dict(zip(ids, answers, strict=True))


def prices_of(
    chains: Sequence[tuple[ListRow, ...]],
    channel: Channel,
    quantities: Mapping[int, Decimal],
    at: datetime,
    here: Mode | None = None,
) -> list[dict[int, Priced | str]]:
    """What each list with what it derives from says of each variant, or why it can't be told; in
    the channel's currency and VAT mode, or in that of ``here``. Variants it has no price for are
    absent. A constant number of queries."""
    question, rows = _asked(chains, channel, quantities, at, here)
    found: list[dict[int, Priced | str]] = [{} for _chain in chains]
    for variant_id in quantities:
        for n, answer in question.answers(variant_id, rows.get(variant_id, ())):
            found[n][variant_id] = answer
    return found


def amounts_of(
    chains: Sequence[tuple[ListRow, ...]],
    channel: Channel,
    quantities: Mapping[int, Decimal],
    at: datetime,
    here: Mode,
) -> list[dict[int, tuple[Decimal, Decimal]]]:
    """The amounts alone of :func:`prices_of`, each with the quantity from which it holds; what
    can't be told is absent. For hundreds of thousands."""
    question, rows = _asked(chains, channel, quantities, at, here)
    found: list[dict[int, tuple[Decimal, Decimal]]] = [{} for _chain in chains]
    for variant_id in quantities:
        for n, amount, least in question.amounts(variant_id, rows.get(variant_id, ())):
            found[n][variant_id] = amount, least
    return found


def _asked(
    chains: Sequence[tuple[ListRow, ...]],
    channel: Channel,
    quantities: Mapping[int, Decimal],
    at: datetime,
    here: Mode | None,
) -> tuple[Question, dict[int, list[Found]]]:
    """The question about these lists, and the price rows there are."""
    source = sources(None)
    lists = [Ranked(RETAIL, 0, None, chain, "") for chain in chains]
    needs = Needs(channel, at, None, source, None)
    question = Question(channel, lists, needs, source, at, here=here)
    needs.about(quantities)
    return question, question.rows(quantities)
