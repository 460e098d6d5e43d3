"""The prices that a spreadsheet gives: read cell by cell, then made whole with what stands there.

Rules:

* an empty cell leaves a price as it is, «-» removes it, 0 is a mistake: nothing is free by an
  empty formula;
* what is wrong is said by cell, with what to do, and its price alone is left out;
* a price is for the row's unit; where the sheet has no units, for the unit it is quoted for now.
  The price of one base unit is exact in kopecks or the cell is refused; a number with more
  decimals than kopecks (a formula) is rounded half up and named;
* the same price twice is one price, two different ones for the same are both left out;
* two windows of one price that overlap are refused; quantity steps and windows the sheet doesn't
  name stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from b2b_overlay.money import quantize, split_price
from b2b_overlay.pricing.loads import Cleared, PriceRow
from b2b_overlay.pricing.models import Price, PriceList, VariantFacts
from b2b_overlay.sheets import Sheet, TextSheet, date_of, number_of, text_of, words_of

from .columns import IDENTIFYING, TALL_PRICE, Layout
from .goods import Goods, Unknown

__all__ = ["CellProblem", "Prices", "read_prices"]

Table = Sheet | TextSheet
_REMOVED = frozenset("-–—")
_MOST_AMOUNT = Decimal(10) ** 12
_MOST_QUANTITY = Decimal(10) ** 9
#: Goods whose present prices are asked for at once.
_BATCH = 2_000
#: Problems that are kept; all are counted.
_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong in a cell («C17»), and what to do."""

    cell: str
    value: str
    text: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.text}" + (f" («{self.value}»)" if self.value else "")


@dataclass(slots=True)
class Prices:
    """What a sheet gives. ``errors`` are left out, ``notes`` went in and are to be looked at."""

    rows: list[PriceRow] = field(default_factory=list)
    cleared: list[Cleared] = field(default_factory=list)
    errors: list[CellProblem] = field(default_factory=list)
    notes: list[CellProblem] = field(default_factory=list)
    #: All of them, the kept ones too.
    refused: int = 0
    noted: int = 0
    #: Prices given that stand there already; ``rows`` are of goods with any difference.
    unchanged: int = 0
    #: By price list and variant: the row that gives its price.
    where: dict[tuple[int, int], int] = field(default_factory=dict)
    _seen: Any = field(default_factory=hashlib.sha256)

    @property
    def seen(self) -> str:
        """Stands for what would change, from what to what: another one, another change."""
        return str(self._seen.hexdigest())

    def differ(self, was: object, will: object) -> None:
        self._seen.update(repr((was, will)).encode())

    def refuse(self, problem: CellProblem) -> None:
        self.refused += 1
        if len(self.errors) < _KEPT:
            self.errors.append(problem)

    def note(self, problem: CellProblem) -> None:
        self.noted += 1
        if len(self.notes) < _KEPT:
            self.notes.append(problem)


class _Wrong(Exception):
    """A cell that can't be read; ``at`` is its column."""

    def __init__(self, at: int, text: str) -> None:
        super().__init__(text)
        self.at = at


class _Key(NamedTuple):
    """Which of a pair's prices is meant."""

    step: Decimal
    starts_at: datetime | None


class _Quoted(NamedTuple):
    """The same, as a row of the sheet says it: by unit too."""

    key: _Key
    #: None: the sheet says nothing of units.
    unit: str | None
    coefficient: Decimal | None


class _Given(NamedTuple):
    """A price as the sheet has it; ``amount`` None removes it."""

    amount: Decimal | None
    ends_at: datetime | None
    row: int
    at: int


#: By price list and variant.
_Pairs = dict[tuple[int, int], dict[_Quoted, _Given]]


def read_prices(
    sheet: Table, layout: Layout, lists: Mapping[int, PriceList], goods: Goods
) -> Prices:
    """All prices of a sheet, with what stands there beside them, ready to be loaded."""
    prices = Prices()
    _unreckoned(sheet, layout, prices)
    pairs = _Cells(layout, lists, goods, prices).read(sheet)
    _Whole(lists, goods, prices).make(pairs)
    return prices


def _unreckoned(sheet: Table, layout: Layout, prices: Prices) -> None:
    letters = {get_column_letter(at + 1) for at in layout.at.values()}
    for cell in sheet.unreckoned:
        letter = cell.rstrip("0123456789")
        if letter in letters and int(cell[len(letter) :]) >= layout.first_row:
            text = _("the formula's result isn't in the file; open it in Excel and save it")
            prices.refuse(CellProblem(cell, "", text))


class _Cells:
    """First step: what each cell says."""

    def __init__(
        self, layout: Layout, lists: Mapping[int, PriceList], goods: Goods, prices: Prices
    ) -> None:
        self._layout, self._goods, self._prices = layout, goods, prices
        self._lists = lists
        self._at = layout.at
        self._priced = [(c.at, *c.price) for c in layout.columns if c.price]
        self._by_name = {words_of(row.name): pk for pk, row in lists.items()}
        self._pairs: _Pairs = {}
        #: Each but once in memory: rows differ in their goods, not in this.
        self._met: dict[_Quoted, _Quoted] = {}
        #: What two cells say differently is nobody's.
        self._torn: set[tuple[tuple[int, int], _Quoted]] = set()

    def read(self, sheet: Table) -> _Pairs:
        for number, cells in sheet.rows():
            if number < self._layout.first_row:
                continue
            told = [(at, pk, step) for at, pk, step in self._asked(cells) if _told(cells, at)]
            if told:
                self._row(number, cells, told)
        return {key: given for key, given in self._pairs.items() if given}

    def _asked(self, cells: Sequence[Any]) -> Iterator[tuple[int, int | None, Decimal]]:
        """The price cells: where, of which list (None: the row says), from what quantity."""
        yield from self._priced
        if (at := self._at.get(TALL_PRICE)) is not None:
            yield at, None, Decimal(1)

    def _row(
        self, number: int, cells: Sequence[Any], told: Iterable[tuple[int, int | None, Decimal]]
    ) -> None:
        try:
            variant_id = self._good(cells)
            unit, coefficient = self._unit(cells)
            starts_at, ends_at = self._window(cells)
            fixed = self._number("min_quantity", cells)
        except _Wrong as wrong:
            self._refuse(number, wrong.at, cells, str(wrong))
            return
        for at, pk, step in told:
            try:
                price_list = self._list(pk, cells)
                amount = self._amount(number, at, cells, price_list)
            except _Wrong as wrong:
                self._refuse(number, wrong.at, cells, str(wrong))
                continue
            quoted = _Quoted(_Key(fixed or step, starts_at), unit, coefficient)
            quoted = self._met.setdefault(quoted, quoted)
            self._put((price_list.pk, variant_id), quoted, _Given(amount, ends_at, number, at))

    def _refuse(self, number: int, at: int, cells: Sequence[Any], text: str) -> None:
        self._prices.refuse(CellProblem(_cell(at, number), _text(cells, at), text))

    def _put(self, pair: tuple[int, int], quoted: _Quoted, given: _Given) -> None:
        there = self._pairs.setdefault(pair, {})
        other = there.get(quoted)
        if (pair, quoted) not in self._torn:
            if other is None:
                there[quoted] = given
                self._prices.where.setdefault(pair, given.row)
                return
            if other[:2] == given[:2]:
                return
        there.pop(quoted, None)
        self._torn.add((pair, quoted))
        self._prices.refuse(_differs(given, other))

    # --- the cells of a row ---

    def _good(self, cells: Sequence[Any]) -> int:
        given = {name: _text(cells, self._at[name]) for name in IDENTIFYING if name in self._at}
        try:
            if not any(given.values()):
                at = self._at[next(iter(given))]
                raise _Wrong(at, _("a price without a good: write its article"))
            return self._goods.find(given)
        except Unknown as unknown:
            raise _Wrong(self._at[unknown.field], str(unknown)) from unknown

    def _unit(self, cells: Sequence[Any]) -> tuple[str | None, Decimal | None]:
        unit = _text(cells, self._at["unit"])[:25] if "unit" in self._at else None
        coefficient = self._number("coefficient", cells)
        return unit or None, coefficient

    def _number(self, name: str, cells: Sequence[Any]) -> Decimal | None:
        """A quantity: above nothing, three decimals; None where there is none."""
        at = self._at.get(name)
        if at is None or not (text := _text(cells, at)):
            return None
        try:
            found = number_of(cells[at] if not isinstance(cells[at], str) else text)
        except ValueError as error:
            raise _Wrong(at, _("this is no number")) from error
        if not 0 < found < _MOST_QUANTITY or found != round(found, 3):
            raise _Wrong(at, _("a quantity is above nothing, with three decimals at most"))
        return found

    def _window(self, cells: Sequence[Any]) -> tuple[datetime | None, datetime | None]:
        """From the first day until the end of the last one; a moment is taken as it stands."""
        starts, ends = self._moment("starts_at", cells), self._moment("ends_at", cells)
        if starts and ends and ends <= starts:
            raise _Wrong(self._at["ends_at"], _("it ends before it begins"))
        return starts, ends

    def _moment(self, name: str, cells: Sequence[Any]) -> datetime | None:
        at = self._at.get(name)
        if at is None or not _text(cells, at):
            return None
        try:
            found = date_of(cells[at])
        except ValueError as error:
            raise _Wrong(at, _("this is no day; write it as 31.12.2026")) from error
        if isinstance(found, datetime):
            return timezone.make_aware(found)
        return _midnight(found + timedelta(days=name == "ends_at"))

    def _list(self, pk: int | None, cells: Sequence[Any]) -> PriceList:
        if pk is not None:
            found = self._lists[pk]
        else:
            at = self._at["price_list"]
            named = self._by_name.get(words_of(_text(cells, at)))
            if named is None:
                text = _("no price list with prices of its own is called so")
                raise _Wrong(at, text)
            found = self._lists[named]
        at = self._at.get("currency", -1)
        currency = _currency(_text(cells, at)) if at >= 0 else ""
        if currency and currency != found.currency:
            text = _("«%(list)s» has prices in %(currency)s; load another currency elsewhere")
            raise _Wrong(at, text % {"list": found.name, "currency": found.currency})
        return found

    def _amount(
        self, number: int, at: int, cells: Sequence[Any], price_list: PriceList
    ) -> Decimal | None:
        value = cells[at]
        if _text(cells, at) in _REMOVED:
            return None
        if isinstance(value, date):
            raise _Wrong(at, _("Excel has made a day of this; give the cell the format «number»"))
        if isinstance(value, str) and value.startswith("#"):
            raise _Wrong(at, _("the formula has failed; put it right in Excel"))
        try:
            amount = number_of(value)
        except ValueError as error:
            text = _("this is no price; empty leaves the price as it is, «-» removes it")
            raise _Wrong(at, text) from error
        if amount <= 0:
            text = _("a price is above nothing; write «-» to remove it")
            raise _Wrong(at, text)
        if amount >= _MOST_AMOUNT:
            raise _Wrong(at, _("that is too much"))
        exact = quantize(amount, price_list.currency)
        if exact != amount:
            if not exact:
                raise _Wrong(at, _("a price is above nothing; write «-» to remove it"))
            text = _("rounded to %(amount)s") % {"amount": _plain(exact)}
            self._prices.note(CellProblem(_cell(at, number), _plain(amount), text))
        return exact


class _Whole:
    """Second step: each pair's prices as they will be, with those the sheet doesn't name."""

    def __init__(self, lists: Mapping[int, PriceList], goods: Goods, prices: Prices) -> None:
        self._lists, self._goods, self._prices = lists, goods, prices

    def make(self, pairs: _Pairs) -> None:
        lists = {list_id for list_id, _variant in pairs}
        variants = sorted({variant for _list, variant in pairs})
        for start in range(0, len(variants), _BATCH):
            batch = variants[start : start + _BATCH]
            there = _standing(lists, batch)
            for variant in batch:
                # Units of the good, by any of these lists.
                known = {
                    row.unit: row.coefficient
                    for list_id in sorted(lists)
                    for row in there.get((list_id, variant), ())
                }
                for list_id in sorted(lists):
                    pair = list_id, variant
                    if given := pairs.get(pair):
                        self._pair(pair, given, there.get(pair, []), known)

    def _pair(
        self,
        pair: tuple[int, int],
        given: Mapping[_Quoted, _Given],
        there: Sequence[PriceRow],
        known: Mapping[str, Decimal],
    ) -> None:
        was = {_Key(row.min_quantity, row.starts_at): row for row in there}
        will = dict(was)
        touched = set()
        for quoted, cell in given.items():
            if cell.amount is None and quoted.key in will:
                del will[quoted.key]
                touched.add(quoted.key.starts_at)
        for key, (row, cell) in self._placed(pair, given, there, known).items():
            if not self._overlaps(row, cell, will.values()):
                will[key] = row
                touched.add(key.starts_at)
        if will == was:
            self._prices.unchanged += len(touched and given)
            return
        self._prices.differ(was, will)
        left = {key.starts_at for key in will}
        for begins in touched:
            self._prices.rows += [row for key, row in will.items() if key.starts_at == begins]
            if begins not in left:
                self._prices.cleared += _emptied(pair, begins, there)

    def _placed(
        self,
        pair: tuple[int, int],
        given: Mapping[_Quoted, _Given],
        there: Sequence[PriceRow],
        known: Mapping[str, Decimal],
    ) -> dict[_Key, tuple[PriceRow, _Given]]:
        """The sheet's prices by their place. Of a piece and a pack from the same quantity, the
        pack's holds from one pack, as with 1C."""
        made = [
            (row, cell)
            for quoted, cell in given.items()
            if cell.amount is not None and (row := self._made(pair, quoted, cell, there, known))
        ]
        found: dict[_Key, tuple[PriceRow, _Given]] = {}
        torn = set()
        for row, cell in sorted(made, key=lambda each: (each[0].coefficient, each[1].row)):
            key = _Key(row.min_quantity, row.starts_at)
            if key in found and found[key][0].coefficient != row.coefficient:
                key = key._replace(step=row.coefficient)
                row = row._replace(min_quantity=row.coefficient)
            if key not in found:
                found[key] = row, cell
            elif found[key][0] != row:
                self._prices.refuse(_differs(cell, found[key][1]))
                torn.add(key)
        return {key: each for key, each in found.items() if key not in torn}

    def _made(
        self,
        pair: tuple[int, int],
        quoted: _Quoted,
        cell: _Given,
        there: Sequence[PriceRow],
        known: Mapping[str, Decimal],
    ) -> PriceRow | None:
        """The cell's price of one base unit; None: refused."""
        assert cell.amount is not None
        base = self._goods.units.get(pair[1], VariantFacts().unit)
        now = _now(quoted.key, there)
        found = _unit(quoted, now, known, base)
        if found is None:
            text = _("how many %(base)s are in «%(unit)s» isn't known: add a column «Coefficient»")
            self._refuse(cell, text % {"base": base, "unit": quoted.unit})
            return None
        unit, coefficient = found
        amount = split_price(cell.amount, coefficient, self._lists[pair[0]].currency)
        if amount is None:
            text = _(
                "divided by %(count)s it isn't whole kopecks; give a price that is, or the price "
                "of one %(base)s"
            )
            self._refuse(cell, text % {"count": _plain(coefficient.normalize()), "base": base})
            return None
        key = quoted.key
        return PriceRow(*pair, amount, key.step, unit, coefficient, key.starts_at, cell.ends_at)

    def _overlaps(self, row: PriceRow, cell: _Given, others: Iterable[PriceRow]) -> bool:
        """Does another window of this price hold at the same time?"""
        if row.starts_at is None and row.ends_at is None:
            return False
        for other in others:
            if (
                other.min_quantity == row.min_quantity
                and other.starts_at != row.starts_at
                and (other.starts_at or other.ends_at)
                and not _apart(row, other)
            ):
                text = _("a price with another term holds within these days: %(window)s")
                self._refuse(cell, text % {"window": _window(other)})
                return True
        return False

    def _refuse(self, cell: _Given, text: str) -> None:
        self._prices.refuse(CellProblem(_cell(cell.at, cell.row), _plain(cell.amount), text))


def _standing(
    lists: Iterable[int], variants: Sequence[int]
) -> dict[tuple[int, int], list[PriceRow]]:
    """The present prices, those without a window first. One query."""
    found: dict[tuple[int, int], list[PriceRow]] = {}
    rows = Price.objects.filter(price_list__in=list(lists), variant_id__in=variants)
    ordered = rows.order_by(F("starts_at").asc(nulls_first=True), "min_quantity", "pk")
    for row in map(PriceRow._make, ordered.values_list(*PriceRow._fields)):
        found.setdefault(row[:2], []).append(row)
    return found


def _emptied(
    pair: tuple[int, int], begins: datetime | None, there: Sequence[PriceRow]
) -> Iterator[Cleared]:
    ends = {row.ends_at for row in there if row.starts_at == begins}
    return (Cleared(*pair, begins, end) for end in ends)


def _now(key: _Key, there: Sequence[PriceRow]) -> PriceRow | None:
    """The price that stands in a place; else any of the pair's, for its unit."""
    same = [row for row in there if (row.min_quantity, row.starts_at) == key]
    return next(iter([*same, *there]), None)


def _unit(
    quoted: _Quoted, now: PriceRow | None, known: Mapping[str, Decimal], base: str
) -> tuple[str, Decimal] | None:
    """The unit a price is for and how many base units it holds; None: that isn't known."""
    unit = quoted.unit
    is_base = unit is not None and words_of(unit) == words_of(base)
    if is_base and now and not now.unit:
        unit = ""
    if quoted.coefficient is not None:
        kept = now.unit if now and now.coefficient == quoted.coefficient else ""
        return (kept if unit is None else unit), quoted.coefficient
    if unit is None:
        return (now.unit, now.coefficient) if now else ("", Decimal(1))
    if now and now.unit == unit:
        return now.unit, now.coefficient
    if unit in known:
        return unit, known[unit]
    return (unit, Decimal(1)) if is_base else None


def _differs(given: _Given, other: _Given | None) -> CellProblem:
    text = _("the same good has another price in %(cell)s; leave one of them")
    first = _cell(other.at, other.row) if other else _("a row above")
    return CellProblem(_cell(given.at, given.row), _plain(given.amount), text % {"cell": first})


def _apart(row: PriceRow, other: PriceRow) -> bool:
    return bool(
        (row.ends_at and other.starts_at and row.ends_at <= other.starts_at)
        or (other.ends_at and row.starts_at and other.ends_at <= row.starts_at)
    )


def _window(row: PriceRow) -> str:
    days = [each and timezone.localtime(each).strftime("%d.%m.%Y %H:%M") for each in row[6:8]]
    return " – ".join(day or "…" for day in days)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


#: As people write them in a column «Валюта».
_CURRENCIES = {"руб": "RUB", "р": "RUB", "₽": "RUB", "$": "USD", "€": "EUR", "евро": "EUR"}


def _currency(text: str) -> str:
    return _CURRENCIES.get(text.lower().rstrip("."), text.upper())


def _told(cells: Sequence[Any], at: int) -> bool:
    """Does the cell say anything? An empty one leaves the price as it is."""
    if at >= len(cells):
        return False
    value = cells[at]
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _text(cells: Sequence[Any], at: int) -> str:
    return text_of(cells[at]) if at < len(cells) else ""


def _cell(at: int, row: int) -> str:
    return f"{get_column_letter(at + 1)}{row}"


def _plain(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount:f}".replace(".", ",")
