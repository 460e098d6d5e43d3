"""Quantities of goods: whole, unless a good is sold in fractions of its unit.

Metres, kilograms and cubic metres are sold by a selling step. The shop itself counts whole
pieces (Saleor's quantities are integers), so one of its pieces of such a good is ``piece`` base
units, 0.1 m say; of everything else it is one. Rules kept here:

* a quantity of the overlay is in base units, an ``int`` where it is whole and a
  :class:`~decimal.Decimal` without needless zeros where it isn't, never a float;
* pieces and base units are changed into each other exactly; only stock is cut down, to whole
  pieces (:func:`whole`);
* a price is of one base unit, and such that a piece costs whole minor units
  (:func:`grid`): a line then comes to the same in the cart, the order and 1C, whether it is
  reckoned by pieces or by units.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import models
from django.utils import formats

__all__ = [
    "ONE",
    "Quantity",
    "QuantityField",
    "as_quantity",
    "common",
    "counted",
    "dumped",
    "grid",
    "in_pieces",
    "in_units",
    "read",
    "whole",
]

Quantity: TypeAlias = int | Decimal
"""Base units of a good."""

ONE = Decimal(1)
#: What a person may write as a quantity: 12, 2,5, 1 000.
_WRITTEN = re.compile(r"\d+([.,]\d*)?|[.,]\d+")


def as_quantity(number: Quantity | str) -> Quantity:
    """A number as quantities are kept.

    >>> as_quantity("2.500"), as_quantity(Decimal("20.0")), as_quantity(7)
    (Decimal('2.5'), 20, 7)
    """
    if isinstance(number, int):
        return number
    exact = Decimal(number)
    return int(exact) if exact == exact.to_integral_value() else exact.normalize()


def dumped(quantity: Quantity) -> int | str:
    """As JSON keeps it; :func:`as_quantity` reads it."""
    return quantity if isinstance(quantity, int) else format(quantity, "f")


def read(text: str) -> Quantity | None:
    """What a person wrote; None: no quantity.

    >>> read("2,5"), read(" 1 000 "), read("3."), read("-1"), read("2.5.1")
    (Decimal('2.5'), 1000, 3, None, None)
    """
    tight = "".join(text.split())
    return as_quantity(tight.replace(",", ".")) if _WRITTEN.fullmatch(tight) else None


def counted(quantity: Quantity) -> str:
    """As people read it, in the manner of their language: «2,5», «1 000»."""
    exact = as_quantity(quantity)
    places = 0 if isinstance(exact, int) else -int(exact.as_tuple().exponent)
    return formats.number_format(exact, places, use_l10n=True, force_grouping=True)


def in_units(pieces: int, piece: Decimal) -> Quantity:
    """So many pieces of the shop, in base units."""
    return pieces if piece == ONE else as_quantity(pieces * piece)


def in_pieces(quantity: Quantity, piece: Decimal) -> int | None:
    """So many base units, in pieces of the shop; None: they aren't whole pieces.

    >>> in_pieces(Decimal("2.5"), Decimal("0.1")), in_pieces(Decimal("2.53"), Decimal("0.1"))
    (25, None)
    """
    return None if quantity % piece else int(quantity // piece)


def whole(quantity: Quantity, piece: Decimal) -> Quantity:
    """What of it can be sold: whole pieces, and nothing below zero."""
    return in_units(max(0, int(quantity // piece)), piece)


def common(one: Quantity, other: Quantity) -> Quantity:
    """The least quantity that is a whole number of both.

    >>> common(6, 4), common(Decimal("2.5"), Decimal("0.5")), common(Decimal("2.5"), 1)
    (12, Decimal('2.5'), 5)
    """
    first, second = Fraction(one), Fraction(other)
    of = lcm(first.denominator, second.denominator)
    return as_quantity(Decimal(lcm(int(first * of), int(second * of))) / of)


def grid(piece: Decimal, smallest: Decimal) -> Decimal:
    """Prices of a unit are multiples of this, so that a piece costs whole minor units.

    >>> grid(Decimal("0.1"), Decimal("0.01")), grid(Decimal("0.25"), Decimal("0.01"))
    (Decimal('0.10'), Decimal('0.04'))
    >>> grid(Decimal(6), Decimal("0.01"))
    Decimal('0.01')
    """
    return smallest * Fraction(piece).denominator


if TYPE_CHECKING:
    _Number: TypeAlias = models.DecimalField[Quantity, Quantity]
else:
    _Number = models.DecimalField


class QuantityField(_Number):
    """A quantity in the database: three decimals, and whole ones come back as ``int``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_digits", 12)
        options.setdefault("decimal_places", 3)
        super().__init__(*args, **options)

    def from_db_value(self, value: Decimal | None, *_: object) -> Quantity | None:
        return None if value is None else as_quantity(value)

    def to_python(self, value: Any) -> Quantity | None:
        exact = super().to_python(value)
        return None if exact is None else as_quantity(exact)
