"""What reckoning may need beside the lists: asked for when a list wants it, once each.

Percentages of groups of goods, the products' VAT, the day's rates, and retail prices that the
caller didn't give. As of a moment in the past, percentages and rates are those of that moment;
what the shop itself keeps (retail, categories) and a product's VAT are as they are now, unless
the retail price was noted then (:mod:`.retail`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from b2b_overlay.money import Money
from b2b_overlay.quantities import ONE
from b2b_overlay.shop import Channel, get_shop

from .lists import ListRow
from .models import VariantFacts
from .pieces import pieces_of
from .reckoning import Rates, VatOf
from .sources import Sources
from .statements import fetched

__all__ = ["Needs"]

_MARKUPS = """
SELECT price_list_id, category_id, manufacturer, price_group, percent FROM {markup} m
"""
_RATES = """
SELECT DISTINCT ON (currency, "to") currency, "to", rate, day
  FROM {rate} r WHERE day <= %(day)s ORDER BY currency, "to", day DESC
"""


class Needs:
    """Of one question; ``variants`` are all it is about."""

    def __init__(
        self,
        channel: Channel,
        at: datetime,
        as_of: datetime | None,
        sources: Sources,
        retail: Mapping[int, Money | None] | None,
    ) -> None:
        self.variants: list[int] = []
        self._channel, self._at, self._as_of, self._sources = channel, at, as_of, sources
        self._given = retail or {}

    def about(self, variants: Iterable[int]) -> None:
        """What the next answers are of; nothing is kept of those before."""
        self.variants = list(variants)
        for name in ("_retail", "_facts", "_categories", "_pieces"):
            self.__dict__.pop(name, None)

    # --- retail ---

    def retail(self, variant_id: int) -> Money | None:
        """The channel's own price of one piece, before the shop's promotions: what is agreed
        «from retail» isn't changed by an action for retail customers."""
        return self._retail.get(variant_id, self._given.get(variant_id))

    @cached_property
    def _retail(self) -> Mapping[int, Money | None]:
        if self._as_of is not None:
            from .retail import noted

            return noted(self.variants, self._channel, self._as_of)
        return get_shop().catalogue.list_prices(self.variants, self._channel)

    # --- pieces of the shop ---

    def piece(self, variant_id: int) -> Decimal:
        """Base units in one piece of the shop."""
        return self._pieces.get(variant_id, ONE)

    @cached_property
    def _pieces(self) -> Mapping[int, Decimal]:
        return pieces_of(self.variants)

    # --- VAT and groups of goods ---

    @cached_property
    def _facts(self) -> Mapping[int, VariantFacts]:
        return VariantFacts.objects.in_bulk(self.variants)

    def vat(self, variant_id: int) -> VatOf:
        facts = self._facts.get(variant_id)
        return VatOf(facts.vat_rate, facts.vat_exempt) if facts else VatOf()

    @cached_property
    def _categories(self) -> Mapping[int, tuple[int, ...]]:
        """By variant: its category and those above it, the deepest first."""
        catalogue = get_shop().catalogue
        parents = {each.id: each.parent_id for each in catalogue.categories()}
        found = catalogue.variants(self.variants, self._channel)
        return {pk: tuple(_upward(v.category_id, parents)) for pk, v in found.items()}

    # --- percentages ---

    @cached_property
    def _markups(self) -> Mapping[int, list[tuple[int | None, str, str, Decimal]]]:
        """By price list: (category, manufacturer, price group, percent)."""
        statement = _MARKUPS.format(**self._sources.tables)
        found: dict[int, list[tuple[int | None, str, str, Decimal]]] = {}
        for price_list_id, *row in fetched(statement, {"as_of": self._as_of}):
            found.setdefault(price_list_id, []).append(tuple(row))
        return found

    def percent(self, price_list: ListRow, variant_id: int) -> tuple[Decimal, str]:
        """What a derived list adds to this good, and for which group of goods it does."""
        rows = self._markups.get(price_list.id) if price_list.has_markups else None
        if not rows:
            return price_list.percent, ""
        facts = self._facts.get(variant_id) or VariantFacts()
        groups = {group: percent for _c, _m, group, percent in rows if group}
        makers = {maker: percent for _c, maker, _g, percent in rows if maker}
        if facts.price_group in groups:
            return groups[facts.price_group], facts.price_group
        if facts.manufacturer in makers:
            return makers[facts.manufacturer], facts.manufacturer
        categories = {category: percent for category, _m, _g, percent in rows if category}
        if categories:
            for category in self._categories.get(variant_id, ()):
                if category in categories:
                    return categories[category], self._names.get(category, "")
        return price_list.percent, ""

    @cached_property
    def _names(self) -> Mapping[int, str]:
        return {each.id: each.name for each in get_shop().catalogue.categories()}

    # --- rates ---

    def rates(self) -> Rates:
        return self._rates

    @cached_property
    def _rates(self) -> dict[tuple[str, str], tuple[Decimal, date]]:
        """The last rate of each pair on or before the day."""
        statement = _RATES.format(**self._sources.tables)
        asked = {"as_of": self._as_of, "day": timezone.localdate(self._at)}
        return {(cur, to): (rate, of) for cur, to, rate, of in fetched(statement, asked)}


def _upward(category_id: int | None, parents: Mapping[int, int | None]) -> Iterable[int]:
    seen: set[int] = set()
    while category_id is not None and category_id not in seen:
        seen.add(category_id)
        yield category_id
        category_id = parents.get(category_id)
