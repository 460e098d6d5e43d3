"""The buyer's own part of «why this price»: by which contract, from how many pieces and from
what sum it gets cheaper, until when, at what rate.

Nothing of the shop's kitchen is in it: no names of price lists, no percentages, no lists that
a list derives from, nothing of other buyers. What he pays per tier is what the resolver answers
at that quantity and that cart's sum; the tiers of a whole page cost a constant number of
statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from b2b_overlay.money import Money, written
from b2b_overlay.quantities import Quantity
from b2b_overlay.terms.current import Terms

from .levels import RETAIL, Level
from .lists import Ranked
from .many import EVERY_COLUMN, Book, One, Won, questions
from .resolver import NoPrice, Priced, at_retail, cart_total

__all__ = ["Column", "Part", "Tier", "basis", "parts"]


@dataclass(frozen=True, slots=True)
class Tier:
    """From this quantity (in base units) one costs so much; None: on request."""

    min_quantity: Decimal
    price: Money | None


@dataclass(frozen=True, slots=True)
class Column:
    """Once the cart comes to so much, one costs so much."""

    min_total: Money
    price: Money


@dataclass(frozen=True, slots=True)
class Part:
    """What a buyer is told of the price of one good."""

    #: «по договору № 12 от 01.02.2026»
    basis: str
    #: From which quantity this very price holds; 1: from the first piece.
    min_quantity: Decimal = Decimal(1)
    #: Empty: it is the same at any quantity. Else the first is the least that can be bought.
    tiers: tuple[Tier, ...] = ()
    columns: tuple[Column, ...] = ()
    #: The price isn't promised beyond.
    valid_until: datetime | None = None
    #: «10,00 € at the rate 98,5 of 20.11.2026»; empty: it is written as it is charged.
    reckoned: str = ""
    #: May the shop's promotions lower these prices? Tiers and columns are before them.
    promotions: bool = False

    @property
    def more(self) -> bool:
        """Is there anything to tell beside where it comes from?"""
        return bool(self.tiers or self.columns or self.valid_until or self.reckoned)


def basis(level: Level, terms: Terms | None) -> str:
    """Where a price comes from, as the buyer knows it."""
    if level.code == "contract" and terms and terms.contract:
        number, signed = terms.contract.number, terms.contract.date
        parts = [_("by contract")]
        parts += [f"№ {number}"] if number else []
        parts += [_("of %(date)s") % {"date": date_format(signed, "d.m.Y")}] if signed else []
        return " ".join(parts)
    return {
        "individual": _("your individual price"),
        "legal_entity": _("the price of your legal entity"),
        "company": _("the price of your company"),
        "parent": _("the price of your group of companies"),
        "group": _("your wholesale price"),
        "default": _("the shop's wholesale price"),
    }.get(level.code, _("the shop's retail price"))


def parts(
    terms: Terms,
    quantities: Mapping[int, Quantity],
    retail: Mapping[int, Money | None],
    cart: Callable[[], Mapping[int, Quantity]],
    *,
    at: datetime | None = None,
    as_of: datetime | None = None,
    total: Money | None = None,
) -> dict[int, Part]:
    """For each good at its quantity. ``cart`` says what lies in the buyer's cart; it is asked
    only where a cart's sum chooses lists, as :func:`~.resolver.resolve_cart` does, and not where
    ``total`` says what that cart comes to."""
    if not quantities:
        return {}
    at = at or as_of or timezone.now()
    every = Money(EVERY_COLUMN, terms.channel.currency)
    (one,), book = questions([terms], quantities, retail, at=at, as_of=as_of, total=every)
    if total is None and one.has_columns:
        total = cart_total(terms, cart(), retail, at=at)
    found = {}
    for pk, quantity in quantities.items():
        good = _Good(one, book, pk, retail.get(pk))
        found[pk] = good.part(quantity, total, terms)
    return found


@dataclass(frozen=True, slots=True)
class _Good:
    """One good under one question, at any quantity and any cart's sum."""

    one: One
    book: Book
    variant_id: int
    retail: Money | None

    def part(self, quantity: Quantity, total: Money | None, terms: Terms) -> Part:
        self.one.under(total)
        tiers = self._tiers()
        won = self._won(quantity)
        columns = self._columns(quantity)
        if won is None:
            return Part(basis(RETAIL, terms), tiers=tiers, columns=columns)
        ranked, row, answer = won
        if isinstance(answer, NoPrice):
            return Part(basis(ranked.level, terms), tiers=tiers, columns=columns)
        ends = [each for each in (ranked.ends_at, row.ends_at if row else None) if each]
        return Part(
            basis(answer.level, terms),
            answer.min_quantity,
            tiers,
            columns,
            min(ends, default=None),
            self._reckoned(ranked, answer),
            answer.promotions_stack,
        )

    def _won(self, quantity: Quantity) -> Won | None:
        return self.one.won(self.book, self.variant_id, quantity)

    def _price(self, quantity: Quantity) -> Money | None:
        won = self._won(quantity)
        answer = won.answer if won else at_retail(self.one.channel, self.retail)
        return answer.price.money if isinstance(answer, Priced) else None

    def _tiers(self) -> tuple[Tier, ...]:
        """Every quantity at which the price of one becomes another."""
        found: list[Tier] = []
        for quantity in sorted({Decimal(1), *self._steps()}):
            price = self._price(quantity)
            if price != (found[-1].price if found else None):
                found.append(Tier(quantity, price))
        return () if found and found[-1].min_quantity == 1 else tuple(found)

    def _steps(self) -> Iterable[Decimal]:
        lists = {row.id for n in self.one.taking_part for row in self.one.ranked[n].chain}
        return (row.min_quantity for each in lists for row in self.book.of(each, self.variant_id))

    def _columns(self, quantity: Quantity) -> tuple[Column, ...]:
        """Cart's sums from which the price is another one than without any, or than at the sum
        before."""
        found: list[Column] = []
        before = self._at_sum(None, quantity)
        for each in self._sums():
            price = self._at_sum(each, quantity)
            if price is not None and price != before:
                found.append(Column(each, price))
            before = price
        return tuple(found)

    def _at_sum(self, total: Money | None, quantity: Quantity) -> Money | None:
        self.one.under(total)
        return self._price(quantity)

    def _sums(self) -> Sequence[Money]:
        sums = {each.min_total for each in self.one.ranked if not each.out and each.min_total}
        return [Money(each, self.one.channel.currency) for each in sorted(sums)]

    def _reckoned(self, ranked: Ranked, priced: Priced) -> str:
        """What his contract says, where that is in another currency or without VAT."""
        mode, here = ranked.list.mode, self.one.here
        agreed = priced.steps[-2].after if mode != here and len(priced.steps) > 1 else None
        if agreed is None:
            return ""
        text = written(agreed)
        if here.vat_included and not mode.vat_included:
            text = _("%(price)s without VAT") % {"price": text}
        if mode.currency == here.currency:
            return text
        rates = self.one.needs.rates()
        there, back = (mode.currency, here.currency), (here.currency, mode.currency)
        rate, day = rates[there] if there in rates else rates[back]
        return _("%(price)s at the rate %(rate)s of %(day)s") % {
            "price": text,
            "rate": number_format(rate.normalize(), use_l10n=True),
            "day": date_format(day, "d.m.Y"),
        }
