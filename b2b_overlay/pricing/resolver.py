"""The resolver: what does it cost, for whom, and why.

Plural by birth: one SQL statement answers for any number of variants; the single price is a
call with one id. The answer is a type that carries the price, the list and the level it came
from; «no price» is a type of its own and says why. The shape of the statement is the «short
circuit» of reference/performance.md: lists ranked once into an array, then per variant the
first list that answers.

Only lists in the channel's currency and VAT mode take part. A list in another currency or
VAT mode is refused where it is bound (``pricing.assign``), since converting it would not be
exact to the kopeck.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, UnitPrice
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Terms

from .levels import LEVELS, RETAIL, Level

__all__ = ["Candidate", "NoPrice", "Priced", "at_retail", "explain", "resolve"]


@dataclass(frozen=True, slots=True)
class Priced:
    """A price and where it comes from. ``price`` is of one base unit."""

    price: UnitPrice
    level: Level
    price_list_id: int | None
    price_list: str
    min_quantity: Decimal
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
class Candidate:
    """A price that was considered, for the explanation; the first one won."""

    priced: Priced
    beaten_by: str


_STATEMENT = """
WITH RECURSIVE ancestors(id, depth, path) AS (
    SELECT company_id, 0, ARRAY[company_id] FROM b2b_overlay_legalentity WHERE id = %(entity)s
    UNION ALL
    SELECT c.parent_id, a.depth + 1, a.path || c.parent_id
      FROM ancestors a JOIN b2b_overlay_company c ON c.id = a.id
     WHERE c.parent_id IS NOT NULL AND c.parent_id <> ALL (a.path)
), assigned AS (
    {levels}
), ranked AS MATERIALIZED (
    SELECT array_agg(price_list_id ORDER BY level, depth, priority, id) AS lists,
           array_agg(level ORDER BY level, depth, priority, id) AS levels
      FROM assigned
)
SELECT v.variant_id, r.levels[hit.ord], hit.list_id, pl.name,
       hit.min_quantity, hit.amount, hit.unit, hit.coefficient
  FROM ranked r
 CROSS JOIN unnest(%(variants)s::bigint[], %(quantities)s::numeric[]) AS v(variant_id, quantity)
 CROSS JOIN LATERAL (
    SELECT l.ord, l.list_id, p.min_quantity, p.amount, p.unit, p.coefficient
      FROM unnest(r.lists) WITH ORDINALITY AS l(list_id, ord)
     CROSS JOIN LATERAL (
        SELECT min_quantity, amount, unit, coefficient
          FROM b2b_overlay_price
         WHERE price_list_id = l.list_id AND variant_id = v.variant_id
           AND min_quantity <= v.quantity
         ORDER BY min_quantity DESC
         LIMIT 1
     ) p
     ORDER BY l.ord
     {limit}
 ) hit
  JOIN b2b_overlay_pricelist pl ON pl.id = hit.list_id
 ORDER BY hit.ord
"""

_LEVEL = """
    SELECT {rank} AS level, {depth} AS depth, a.priority, a.id, a.price_list_id
      FROM b2b_overlay_assignment a
      JOIN b2b_overlay_pricelist l ON l.id = a.price_list_id
     WHERE l.is_active AND l.currency = %(currency)s AND l.vat_included = %(vat_included)s
       AND {condition}"""


def _statement(limit: str) -> str:
    levels = "\n    UNION ALL".join(
        _LEVEL.format(
            rank=rank,
            depth=(
                "(SELECT min(depth) FROM ancestors WHERE id = a.company_id)"
                if level.code == "parent"
                else "0"
            ),
            condition=level.condition,
        )
        for rank, level in enumerate(LEVELS)
    )
    return _STATEMENT.format(levels=levels, limit=limit)


_FIRST = _statement("LIMIT 1")
_ALL = _statement("")


def _rows(
    statement: str, terms: Terms, quantities: Mapping[int, int | Decimal]
) -> Iterable[tuple[int, Priced]]:
    channel = terms.channel
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "entity": terms.legal_entity.pk,
                "contract": terms.contract.pk if terms.contract else None,
                "currency": channel.currency,
                "vat_included": channel.prices_include_vat,
                "variants": list(quantities),
                "quantities": [Decimal(q) for q in quantities.values()],
            },
        )
        rows = cursor.fetchall()
    for variant_id, level, list_id, name, min_quantity, amount, unit, coefficient in rows:
        price = UnitPrice(
            Money(amount, channel.currency), channel.prices_include_vat, unit, coefficient
        )
        yield variant_id, Priced(price, LEVELS[level], list_id, name, min_quantity)


def at_retail(channel: Channel, money: Money | None) -> Priced | NoPrice:
    """The shop's own price of one piece in the channel, as an answer."""
    if money is None:
        return NoPrice(_("No price has been set for you yet; ask your manager."))
    price = UnitPrice(money, channel.prices_include_vat)
    return Priced(price, RETAIL, None, str(RETAIL.name), Decimal(1))


def resolve(
    terms: Terms,
    quantities: Mapping[int, int | Decimal],
    retail: Mapping[int, Money | None],
) -> dict[int, Priced | NoPrice]:
    """The price of each variant at its quantity (in base units), under these terms.

    ``retail`` are the channel's own prices, for what no list answers. One SQL statement
    whatever the number of variants. Prices are in the channel's currency and VAT mode.
    """
    if not quantities:
        return {}
    answer = {pk: at_retail(terms.channel, retail.get(pk)) for pk in quantities}
    answer.update(_rows(_FIRST, terms, quantities))
    return answer


def explain(
    terms: Terms,
    variant_id: int,
    quantity: int | Decimal,
    retail: Money | None,
) -> list[Candidate]:
    """Every price that was considered for one variant, in order, and what beat it."""
    found = [priced for _id, priced in _rows(_ALL, terms, {variant_id: quantity})]
    last = at_retail(terms.channel, retail)
    if isinstance(last, Priced):
        found.append(last)
    return [
        Candidate(priced, "" if not n else str(found[0].level.name))
        for n, priced in enumerate(found)
    ]
