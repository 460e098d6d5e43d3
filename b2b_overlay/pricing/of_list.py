"""What price lists say by themselves, whoever they are for; and a buyer's price without his
individual one.

Floors are compared with lists, not with buyers, and «instead of» is what a manager's own price
stands in the way of. Both are the resolver's reckoning, asked about other lists than it would
choose.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from .resolver import NoPrice, Priced, answered
from .sources import sources

__all__ = ["Chains", "without_individual"]


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
        source = sources(None)
        lists = [Ranked(RETAIL, 0, None, self.of(pk), "") for pk in ids]
        question = Question(channel, lists, Needs(channel, at, None, source, None), source, at)
        question.needs.about(quantities)
        rows = question.rows(quantities)
        found: dict[int, dict[int, Priced | str]] = {pk: {} for pk in ids}
        for variant_id in quantities:
            for n, answer in question.answers(variant_id, rows.get(variant_id, ())):
                found[ids[n]][variant_id] = answer
        return found
