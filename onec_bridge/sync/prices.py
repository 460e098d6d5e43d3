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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from b2b_overlay.money import split_price
from b2b_overlay.pricing.loads import PriceRow
from onec_bridge.commerceml.records import Offer, OfferPrice, Problem, Severity
from onec_bridge.commerceml.values import currency_code, write_number

from .facts import unit_name

__all__ = ["KnownPriceType", "PricePlan", "plan_prices"]

_ONE = Decimal(1)
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
) -> PricePlan:
    """Plan the prices of one offer; ``full`` clears the types it doesn't name.

    A type with any refused row keeps all its old prices: half of a new scale of minimum
    quantities is worse than the old one.
    """
    plan = PricePlan()
    by_type: dict[str, list[OfferPrice]] = {}
    for price in offer.prices:
        by_type.setdefault(price.price_type_id, []).append(price)
    for type_id, prices in by_type.items():
        known = types.get(type_id)
        if known is None:
            plan.parked += prices
            continue
        priced: list[tuple[OfferPrice, Decimal]] = []
        is_wrong = False
        for price in prices:
            found = _checked(offer, price, known, base_unit)
            if isinstance(found, Problem):
                plan.problems.append(found)
                is_wrong = is_wrong or found.severity is Severity.ERROR
            else:
                priced.append((price, found))
        if is_wrong:
            plan.refused = True
            continue
        for price, _each in priced:
            if price.unit and price.coefficient == 1 and _is_another(price.unit, base_unit):
                plan.problems.append(_doubtful(offer, price, known, base_unit))
        plan.rows += _rows(priced, variant_id, known)
        if not priced:
            plan.cleared.append((known.price_list_id, variant_id))
    if full:
        plan.cleared += [
            (known.price_list_id, variant_id)
            for type_id, known in types.items()
            if type_id not in by_type
        ]
    return plan


def _rows(
    priced: list[tuple[OfferPrice, Decimal]], variant_id: int, known: KnownPriceType
) -> Iterable[PriceRow]:
    """``priced`` are prices with what one base unit costs. A price of a pack beside one of a
    piece from the same quantity holds from one pack."""
    if len(priced) < 2:
        return [_row(price, each, _start(price), variant_id, known) for price, each in priced]
    rows: dict[Decimal, PriceRow] = {}
    for price, each in sorted(priced, key=lambda pair: pair[0].coefficient):
        start = _start(price)
        if start in rows and rows[start].coefficient != price.coefficient:
            start = price.coefficient
        rows[start] = _row(price, each, start, variant_id, known)
    return rows.values()


def _row(
    price: OfferPrice, each: Decimal, start: Decimal, variant_id: int, known: KnownPriceType
) -> PriceRow:
    unit = unit_name(price.unit or "")
    return PriceRow(known.price_list_id, variant_id, each, start, unit, price.coefficient)


def _start(price: OfferPrice) -> Decimal:
    """From how many base units: МинКоличество counts the price's own units."""
    least = price.min_quantity
    return max(_ONE, least * price.coefficient) if least and least > 1 else _ONE


def _checked(
    offer: Offer, price: OfferPrice, known: KnownPriceType, base_unit: str
) -> Decimal | Problem:
    """What one base unit costs, or why the row can't be taken; a price of 0 is no price, and
    worth a warning."""
    amount, coefficient = price.amount, price.coefficient
    error: tuple[str, str, str] | None = None
    if amount <= 0:
        code = "negative_price" if amount < 0 else "zero_price"
        error = code, "ЦенаЗаЕдиницу", write_number(amount)
    elif (code_ := currency_code(price.currency) if price.currency else known.currency) is None:
        error = "unknown_currency", "Валюта", price.currency or ""
    elif code_ != known.currency:
        error = "price_other_currency", "Валюта", price.currency or ""
    elif price.vat_included not in (None, known.vat_included):
        error = "price_other_vat", "Налог", str(price.vat_included).lower()
    elif not _fits(coefficient):
        error = "price_out_of_range", "Коэффициент", write_number(coefficient)
    elif price.min_quantity and not _fits(_start(price)):
        error = "price_out_of_range", "МинКоличество", write_number(_start(price))
    elif amount >= _MOST_AMOUNT:
        error = "price_out_of_range", "ЦенаЗаЕдиницу", write_number(amount)
    elif (each := split_price(amount, coefficient, known.currency)) is None:
        code = "price_fraction" if coefficient == 1 else "price_not_exact"
        error = code, "ЦенаЗаЕдиницу", write_number(amount)
    else:
        return each
    return _problem(offer, price, known, base_unit, *error)


_WARNINGS = ("zero_price", "price_unit_without_coefficient")


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


def _doubtful(offer: Offer, price: OfferPrice, known: KnownPriceType, base_unit: str) -> Problem:
    """A unit without its coefficient: taken, and worth a warning."""
    code = "price_unit_without_coefficient"
    return _problem(offer, price, known, base_unit, code, "Единица", price.unit or "")


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
