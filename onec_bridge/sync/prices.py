"""What an offer says of prices, as rows to load. Pure: plans, writes nothing.

Rules:

* a price is for ``coefficient`` base units; it is kept per base unit, exact in minor units,
  or its row is refused and the old price stays;
* 0 means "no price set", never "free" (format.md, section 3);
* a price for another unit than the good's own that says no coefficient is taken as one of the
  base unit, and named: 1C leaves the coefficient out where it is 1;
* a type that a full package doesn't name for an offer is no longer priced; a patch says
  nothing of types it doesn't name;
* a type not known yet parks its row until 1C describes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from b2b_overlay.money import smallest, split_price
from b2b_overlay.pricing.loads import PriceRow
from b2b_overlay.quantities import ONE, counted, grid
from onec_bridge.commerceml.records import Offer, OfferPrice, Problem, Severity
from onec_bridge.commerceml.values import currency_code, write_number

from .facts import unit_name

__all__ = ["KnownPriceType", "PricePlan", "plan_prices"]

_MOST_AMOUNT = Decimal(10) ** 12
_MOST_QUANTITY = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class KnownPriceType:
    """A price type of 1C that is a price list here."""

    price_list_id: int
    name: str
    currency: str
    vat_included: bool


@dataclass(slots=True)
class PricePlan:
    """Rows to load, pairs left without a price, rows parked, and what was wrong."""

    rows: list[PriceRow] = field(default_factory=list)
    cleared: list[tuple[int, int]] = field(default_factory=list)
    parked: list[OfferPrice] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False


def plan_prices(
    offer: Offer,
    variant_id: int,
    types: Mapping[str, KnownPriceType],
    *,
    full: bool,
    base_unit: str = "",
    piece: Decimal = ONE,
) -> PricePlan:
    """Plan the prices of one offer; ``full`` clears the types it doesn't name, ``piece`` is what
    the shop counts it in.

    A type with any refused row keeps all its old prices: half of a new scale of minimum
    quantities is worse than the old one.
    """
    plan, in_pieces = PricePlan(), piece != ONE
    rows: dict[str, list[PriceRow]] = {}
    wrong: set[str] = set()
    for price in offer.prices:
        type_id = price.price_type_id
        if (known := types.get(type_id)) is None:
            plan.parked.append(price)
            continue
        of_type = rows.setdefault(type_id, [])
        found = _checked(offer, price, variant_id, known, base_unit)
        if isinstance(found, Problem):
            plan.problems.append(found)
            if found.severity is Severity.ERROR:
                wrong.add(type_id)
            continue
        of_type.append(found)
        if in_pieces or (price.unit and price.unit != base_unit):
            plan.problems += _doubts(offer, price, found, known, base_unit, piece)
    for type_id, of_type in rows.items():
        if type_id in wrong:
            plan.refused = True
        elif of_type:
            plan.rows += of_type if len(of_type) == 1 else _beside(of_type)
        else:
            plan.cleared.append((types[type_id].price_list_id, variant_id))
    if full:
        plan.cleared += [
            (known.price_list_id, variant_id)
            for type_id, known in types.items()
            if type_id not in rows
        ]
    return plan


def _beside(rows: list[PriceRow]) -> Iterable[PriceRow]:
    """Several of one list: a price of a pack beside one of a piece from the same quantity holds
    from one pack."""
    placed: dict[Decimal, PriceRow] = {}
    for row in sorted(rows, key=lambda row: row.coefficient):
        taken = placed.get(row.min_quantity)
        if taken and taken.coefficient != row.coefficient:
            row = row._replace(min_quantity=row.coefficient)
        placed[row.min_quantity] = row
    return placed.values()


def _start(price: OfferPrice) -> Decimal:
    """From how many base units: МинКоличество counts the price's own units."""
    least = price.min_quantity
    return max(ONE, least * price.coefficient) if least and least > 1 else ONE


def _checked(
    offer: Offer, price: OfferPrice, variant_id: int, known: KnownPriceType, base_unit: str
) -> PriceRow | Problem:
    """The row of a price, or why it can't be taken; a price of 0 is no price, and worth a
    warning."""
    amount, coefficient = price.amount, price.coefficient
    error: tuple[str, str, str] | None = None
    if amount <= 0:
        code = "negative_price" if amount < 0 else "zero_price"
        error = code, "ЦенаЗаЕдиницу", write_number(amount)
    elif (
        (told := price.currency)
        and told != known.currency
        and (said := currency_code(told)) != known.currency
    ):
        code = "price_other_currency" if said else "unknown_currency"
        error = code, "Валюта", told
    elif (vat := price.vat_included) is not None and vat != known.vat_included:
        error = "price_other_vat", "Налог", str(vat).lower()
    elif coefficient != ONE and not _fits(coefficient):
        error = "price_out_of_range", "Коэффициент", write_number(coefficient)
    elif price.min_quantity and not _fits(_start(price)):
        error = "price_out_of_range", "МинКоличество", write_number(_start(price))
    elif amount >= _MOST_AMOUNT:
        error = "price_out_of_range", "ЦенаЗаЕдиницу", write_number(amount)
    elif (each := split_price(amount, coefficient, known.currency)) is None:
        code = "price_fraction" if coefficient == 1 else "price_not_exact"
        error = code, "ЦенаЗаЕдиницу", write_number(amount)
    else:
        unit = unit_name(price.unit) if price.unit else ""
        return PriceRow(known.price_list_id, variant_id, each, _start(price), unit, coefficient)
    return _problem(offer, price, known, base_unit, *error)


_WARNINGS = ("zero_price", "price_unit_without_coefficient", "price_off_step")


def _problem(
    offer: Offer,
    price: OfferPrice,
    known: KnownPriceType,
    base_unit: str,
    code: str,
    element: str,
    value: str,
) -> Problem:
    source = price.source if price.source.line else offer.source
    severity = Severity.WARNING if code in _WARNINGS else Severity.ERROR
    words = {
        "price_type": known.name,
        "currency": known.currency,
        "unit": unit_name(price.unit or "") or "—",
        "coefficient": write_number(price.coefficient),
        "base_unit": base_unit,
    }
    return Problem(code, severity, source, f"Цены/Цена/{element}", value, words)


def _doubts(
    offer: Offer,
    price: OfferPrice,
    row: PriceRow,
    known: KnownPriceType,
    base_unit: str,
    piece: Decimal,
) -> Iterator[Problem]:
    """What is taken, and worth a warning: a unit without its coefficient; a price that a piece
    of the shop can't have, which is loaded as it is, and what the shop sells by is rounded
    (:mod:`b2b_overlay.pricing.walking`)."""
    if price.unit and row.coefficient == 1 and _is_another(price.unit, base_unit):
        code = "price_unit_without_coefficient"
        yield _problem(offer, price, known, base_unit, code, "Единица", price.unit)
    if piece != ONE and row.amount % (step := grid(piece, smallest(known.currency))):
        code, value = "price_off_step", write_number(row.amount)
        found = _problem(offer, price, known, base_unit, code, "ЦенаЗаЕдиницу", value)
        words = {"piece": counted(piece), "step": counted(step)}
        yield replace(found, params={**found.params, **words})


@lru_cache(maxsize=1024)
def _is_another(unit: str, base_unit: str) -> bool:
    """Is it surely another unit than the good's own? «штука» is «шт.», «м2» isn't «м»."""
    one, other = (text.casefold().rstrip(".") for text in (unit_name(unit), base_unit))
    shorter = min(one, other, key=len)
    same = one == other or (
        len(shorter) > 1 and one.startswith(shorter) and other.startswith(shorter)
    )
    return bool(one and other) and not same


def _fits(quantity: Decimal) -> bool:
    """As the table keeps it: nine digits and three decimals."""
    return quantity == 1 or (0 < quantity < _MOST_QUANTITY and quantity == round(quantity, 3))
