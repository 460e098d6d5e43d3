"""Money: the one place where it is made, added, multiplied, rounded and compared.

Rules kept here:

* amounts are :class:`~decimal.Decimal`, never float;
* two currencies are never mixed, nor a price with VAT and one without;
* rounding happens in :func:`quantize` and nowhere else, half up, to the currency's own
  minor unit (ISO 4217), as 1C and Saleor's ``quantize_price`` do;
* a price carries its currency, whether VAT is inside, the VAT rate, and the unit it is
  quoted for (a box of 12 at 1 200.00), so that a line can always be written back to 1C in
  the very unit the price came in.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering

from django.utils import formats

from b2b_overlay.values import value

__all__ = [
    "CurrencyMismatch",
    "Money",
    "UnitPrice",
    "Vat",
    "evenly",
    "quantize",
    "smallest",
    "split_price",
    "to_amount",
    "written",
]

#: Minor units that are not 2 (ISO 4217); every other currency has two.
_MINOR_UNITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "KWD": 3, "BHD": 3}

_SMALLEST = {code: Decimal(1).scaleb(-places) for code, places in _MINOR_UNITS.items()}
_HUNDREDTH, _ONE = Decimal("0.01"), Decimal(1)

_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "CNY": "¥"}
#: A narrow no-break space: a sum never breaks in two lines.
_GAP = "\u202f"


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies (or VAT inclusion) met in one operation."""


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round ``amount`` half up to the minor unit of ``currency``."""
    return amount.quantize(smallest(currency), ROUND_HALF_UP)


def smallest(currency: str) -> Decimal:
    """The minor unit: 0.01 of a rouble."""
    return _SMALLEST.get(currency, _HUNDREDTH)


def to_amount(text: str) -> Decimal:
    """Read an amount a person typed: ``1 234,50``, with any kind of space.

    Raises ``decimal.InvalidOperation`` for what is not a number.
    """
    return Decimal("".join(text.split()).replace(",", "."))


@total_ordering
@value
class Money:
    """An amount in a currency (ISO 4217 code), exact."""

    amount: Decimal
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(Decimal(0), currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def quantized(self) -> Money:
        return Money(quantize(self.amount, self.currency), self.currency)

    def __str__(self) -> str:
        return f"{quantize(self.amount, self.currency)} {self.currency}"


def written(value: Money) -> str:
    """``1 234,50 ₽``, in the manner of the reader's language."""
    amount = quantize(value.amount, value.currency)
    places = -int(amount.as_tuple().exponent)
    text = formats.number_format(amount, places, use_l10n=True, force_grouping=True)
    return f"{text}{_GAP}{_SIGNS.get(value.currency, value.currency)}"


@value
class Vat:
    """A VAT rate in percent; ``rate=None`` is «без НДС», which is not 0 %."""

    rate: Decimal | None

    def inside(self, gross: Money) -> Money:
        """The VAT contained in a sum that includes it (22 % → 22/122), rounded."""
        if not self.rate:
            return Money.zero(gross.currency).quantized()
        return Money(gross.amount * self.rate / (100 + self.rate), gross.currency).quantized()

    def on_top(self, net: Money) -> Money:
        """The VAT to add to a sum without it, rounded."""
        if not self.rate:
            return Money.zero(net.currency).quantized()
        return Money(net.amount * self.rate / 100, net.currency).quantized()


@value
class UnitPrice:
    """What one base unit costs, and the unit the price was quoted for.

    ``money`` is the price of one base unit, exact in minor units. ``unit`` and
    ``coefficient`` say how the price was quoted: coefficient base units make one ``unit``
    (CommerceML ``Единица``, ``Коэффициент``). ``per_unit`` is exact by construction: a price
    whose coefficient does not divide it into minor units is refused where it is loaded.
    """

    money: Money
    vat_included: bool
    unit: str = ""
    coefficient: Decimal = Decimal(1)
    #: Base units in one piece of the shop (:mod:`b2b_overlay.quantities`); ``money`` is such
    #: that a piece costs whole minor units.
    piece: Decimal = Decimal(1)

    @property
    def of_piece(self) -> Money:
        """What the shop charges for one of its own pieces."""
        return self.money if self.piece == 1 else (self.money * self.piece).quantized()

    @property
    def per_unit(self) -> Money:
        """The price of one ``unit`` (of ``coefficient`` base units)."""
        return (self.money * self.coefficient).quantized()

    def line_total(self, quantity: int | Decimal) -> Money:
        """The sum of ``quantity`` base units."""
        return (self.money * quantity).quantized()


def evenly(total: Money, quantity: int) -> list[tuple[int, Money]]:
    """How many pieces at which price make exactly this sum: all at one, or some a minor unit
    dearer.

    >>> [(n, str(each.amount)) for n, each in evenly(Money(Decimal("10.00"), "RUB"), 3)]
    [(2, '3.33'), (1, '3.34')]
    """
    exact = total.quantized().amount
    smallest = Decimal(1).scaleb(int(exact.as_tuple().exponent))
    low = exact // (smallest * quantity) * smallest
    dearer = int((exact - low * quantity) / smallest)
    parts = [(quantity - dearer, low), (dearer, low + smallest)]
    return [(count, Money(price, total.currency)) for count, price in parts if count]


def split_price(amount: Decimal, coefficient: Decimal, currency: str) -> Decimal | None:
    """The exact price of one base unit, or None where minor units don't divide it.

    A box of 12 at 120.00 is 10.00 a piece; at 100.00 it has no kopeck price (issue 3,
    "Money"), and the row is refused by whoever loads it.
    """
    if coefficient == _ONE:
        exact = quantize(amount, currency)
        return exact if exact == amount else None
    each = amount / coefficient
    exact = quantize(each, currency)
    return exact if exact * coefficient == amount else None
