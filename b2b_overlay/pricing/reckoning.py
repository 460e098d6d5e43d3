"""Reckon a derived or converted price: percentages, VAT, currency, rounding. Pure.

The order is always the same, and each step is said in words (:class:`Step`): what a list takes
from its base is converted to the list's own currency and VAT mode, the percentage is added, and
the list's rounding rule makes it a price. A price of a list in another currency or VAT mode
than the channel's is converted and rounded to the channel's minor unit, once, at the end.

VAT is at the product's own rate; «без НДС» changes nothing. The rate of exchange is the day's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, quantize

__all__ = ["Cant", "Mode", "Rates", "Step", "VatOf", "converted", "derived"]

_CENT, _WHOLE = Decimal("0.01"), Decimal(1)
_MODES = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


class Mode(NamedTuple):
    """In what a price is written."""

    currency: str
    vat_included: bool


@dataclass(frozen=True, slots=True)
class VatOf:
    """A product's VAT: percent; None with ``exempt`` is «без НДС», without it unknown."""

    rate: Decimal | None = None
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a reckoning, and the price after it (None: it only says something)."""

    says: str
    after: Money | None = None


class Cant(Exception):
    """It can't be reckoned; the sentence says what is missing."""


#: (currency, in which) → the rate and the day it is of.
Rates = Mapping[tuple[str, str], tuple[Decimal, date]]


def converted(
    amount: Decimal,
    here: Mode,
    there: Mode,
    vat: VatOf,
    rates: Rates,
    said: list[str] | None = None,
) -> Decimal:
    """``amount`` in another VAT mode and currency, not rounded; ``said`` gets each step in
    words.

    Raises :class:`Cant` where the product's VAT rate or the day's rate isn't known.
    """
    if here.vat_included is not there.vat_included:
        if vat.rate is None and not vat.exempt:
            raise Cant(_("the product's VAT rate isn't known"))
        share = (vat.rate or Decimal(0)) / 100
        amount = amount * (1 + share) if there.vat_included else amount / (1 + share)
        if said is not None:
            said.append(_vat_in_words(there, vat))
    if here.currency != there.currency:
        rate, day = _rate(here.currency, there.currency, rates)
        amount *= rate
        if said is not None:
            said.append(_rate_in_words(here, there, rate, day))
    return amount


def _vat_in_words(there: Mode, vat: VatOf) -> str:
    shown = f"{vat.rate.normalize():f} %" if vat.rate is not None else _("none")
    words = _("VAT %(rate)s added") if there.vat_included else _("VAT %(rate)s taken out")
    return words % {"rate": shown}


def _rate_in_words(here: Mode, there: Mode, rate: Decimal, day: date) -> str:
    return _("%(currency)s at the rate %(rate)s of %(day)s") % {
        "currency": f"{here.currency} → {there.currency}",
        "rate": number_format(rate.quantize(Decimal("1e-8")).normalize(), use_l10n=True),
        "day": date_format(day, "d.m.Y"),
    }


def _rate(currency: str, to: str, rates: Rates) -> tuple[Decimal, date]:
    if found := rates.get((currency, to)):
        return found
    if found := rates.get((to, currency)):
        return 1 / found[0], found[1]
    raise Cant(
        _("there is no rate of %(currency)s in %(to)s for that day")
        % {"currency": currency, "to": to}
    )


def derived(amount: Decimal, percent: Decimal, step: Decimal, rounding: str) -> Decimal:
    """``percent`` more (less where negative), as a multiple of ``step``.

    >>> derived(Decimal("100.00"), Decimal("-7.5"), Decimal("1"), "up")
    Decimal('93.00')
    """
    changed = (amount * (100 + percent)).scaleb(-2)
    if step == _CENT:
        return changed.quantize(_CENT, _MODES[rounding])
    return ((changed / step).quantize(_WHOLE, _MODES[rounding]) * step).quantize(_CENT)


def at_last(amount: Decimal, currency: str) -> Decimal:
    """A converted price as it is charged: rounded half up to the minor unit."""
    return quantize(amount, currency)
