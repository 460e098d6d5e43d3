"""What the rows of a sheet say of goods; a mistake is named by its cell and its row left out.

Rules: an empty cell says nothing, but among several warehouses none is left there; «-» for a
price takes it off; a row that only names something, or that stands above rows folded under
it, is a group of goods or a warehouse (:class:`GoodsSheet.GroupRows`). Goods are found among
those known by id, code, article, barcode or name, in this order; new ones get an id that
stands for 1C's (:mod:`.ids`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from b2b_overlay.money import quantize
from b2b_overlay.sheets import number_of, text_of, words_of
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.commerceml.values import currency_code, parse_ident, parse_tax_rate

from . import ids
from .columns import FIELDS, PRICE, STOCK, Column, Layout
from .known import Known
from .models import GoodsSheet, Kept

__all__ = ["Good", "GoodsReader", "kept_rows"]

_REMOVED = frozenset("-–—")
_NO = frozenset({"", "нет", "false", "0", "no"})
#: Rows of totals, wherever they stand.
_TOTALS = frozenset({"итого", "всего", "итог", "total"})


@dataclass(slots=True)
class Good:
    """One row, or several of the same good below each other (a price type or warehouse each)."""

    number: int
    id: str
    #: By field: what the row says; only what it says.
    said: dict[str, str]
    is_new: bool
    #: Names of the groups it stands in, from the top; None: the sheet doesn't say.
    groups: tuple[str, ...] | None = None
    #: Price type by name, the price, its currency; 0: no price.
    prices: list[tuple[str, Decimal, str]] = field(default_factory=list)
    #: Warehouse by name («»: not named) and how much lies there.
    stock: list[tuple[str, Decimal]] = field(default_factory=list)
    coefficient: Decimal = Decimal(1)

    @property
    def product_id(self) -> str:
        return self.id.partition("#")[0]


class _Wrong(Exception):
    """A cell that can't be read."""

    def __init__(self, at: int, code: str = "sheet_bad_value", **params: str) -> None:
        super().__init__(code)
        self.at, self.code, self.params = at, code, params


def kept_rows(
    rows: Iterable[tuple[int, Sequence[Any]]], levels: Mapping[int, int]
) -> Iterator[Kept]:
    """The rows as they are kept between the steps: cells as text, with how deep they stand (by
    folding, else by the blanks before the first word)."""
    for number, cells in rows:
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            level = levels.get(number, 0) or _indent(cells)
            yield number, level, texts


def _text(cell: Any) -> str:
    return f"{cell:.15g}" if isinstance(cell, float) else text_of(cell)


def _indent(cells: Sequence[Any]) -> int:
    first = next((cell for cell in cells if cell not in (None, "")), "")
    return len(first) - len(first.lstrip()) if isinstance(first, str) else 0


class GoodsReader:
    """One pass over some rows of a sheet. ``known`` are the goods told of before, ``met`` those
    of the rows before these: by id, the row that told of it first."""

    def __init__(
        self, sheet: GoodsSheet, layout: Layout, known: Known, met: Mapping[str, int]
    ) -> None:
        self._sheet, self._layout, self._known = sheet, layout, known
        self._before = met
        self._fields = layout.fields
        self._prices, self._stock = layout.named(PRICE), layout.named(STOCK)
        #: A good may have a row for each price type or warehouse.
        self._tall = not self._fields.keys().isdisjoint({"price_type", "warehouse"})
        self._tall = self._tall or sheet.group_rows == GoodsSheet.GroupRows.WAREHOUSES
        #: What the next row stands under: how deep, and the name.
        self.above: list[tuple[int, str]] = [(level, name) for level, name in sheet.above]
        #: Goods met here first.
        self.met: dict[str, int] = {}

    def read(self, rows: Sequence[Kept], after: Kept | None) -> Iterator[Good | Problem]:
        """What they say, in their order; ``after`` is the row below them. Rows of one good
        below each other are one."""
        waiting: Good | None = None
        for row, below in zip(rows, [*rows[1:], after], strict=True):
            if self._heading(row, below):
                continue
            try:
                good = self._good(*row)
            except _Wrong as wrong:
                yield self._problem(row, wrong)
                continue
            if waiting is not None and self._tall and waiting.id == good.id:
                waiting.prices += good.prices
                waiting.stock += good.stock
                continue
            if waiting is not None:
                yield waiting
            waiting = good
        if waiting is not None:
            yield waiting

    # --- rows that only name something ---

    def _heading(self, row: Kept, below: Kept | None) -> bool:
        """Is it one? Then what follows stands under it."""
        _number, level, cells = row
        name = next((cell for cell in cells if cell), "")
        if words_of(name) in _TOTALS:
            return True
        deeper = below is not None and below[1] > level
        if not deeper and not self._only_names(cells):
            return False
        above = [each for each in self.above if each[0] < level] if self._has_levels(row) else []
        self.above = [*above, (level, name)]
        return True

    def _has_levels(self, row: Kept) -> bool:
        return row[1] > 0 or any(level > 0 for level, _name in self.above)

    def _only_names(self, cells: Sequence[str]) -> bool:
        """One text, in a column of names or outside the columns, and not one value."""
        filled = [at for at, cell in enumerate(cells) if cell]
        mine = {"name", "group", "warehouse"}
        values = {at for name, at in self._fields.items() if name not in mine}
        values |= {column.at for column in (*self._prices, *self._stock)}
        return len(filled) == 1 and filled[0] not in values and self._is_table()

    def _is_table(self) -> bool:
        """Does a row of a good have more than a name?"""
        return len(self._fields) + len(self._prices) + len(self._stock) > 1

    def _groups(self, said: dict[str, str]) -> tuple[str, ...] | None:
        named = said.pop("group", "")
        if self._sheet.group_rows == GoodsSheet.GroupRows.GROUPS and self.above:
            above = tuple(name for _level, name in self.above)
            return (*above, named) if named and named != above[-1] else above
        return (named,) if named else None

    # --- rows of goods ---

    def _good(self, number: int, _level: int, cells: Sequence[str]) -> Good:
        said = {name: _cell(cells, at) for name, at in self._fields.items()}
        said = {name: text for name, text in said.items() if text}
        good_id, is_new = self._identity(said)
        good = Good(number, good_id, said, is_new, self._groups(said))
        good.coefficient = self._coefficient(said)
        good.prices = [*self._priced(cells, said)]
        good.stock = [*self._stocked(cells, said)]
        self._check(good)
        return good

    def _identity(self, said: dict[str, str]) -> tuple[str, bool]:
        at = min(self._fields.values())
        found = self._known.find(said)
        if isinstance(found, list):
            raise _Wrong(self._fields.get(found[0], at), "sheet_several_goods")
        if found is None and not said.get("name"):
            raise _Wrong(at, "sheet_unknown_good")
        product_id = found or _made_id(said)
        text, own = said.pop("characteristic", ""), parse_ident(said.pop("id", ""))
        if text:
            said["label"] = text
        if "#" in own:
            return own, found is None
        if not text:
            return product_id, found is None
        offer = self._known.offer(product_id, text)
        return offer or ids.of_characteristic(product_id, text), offer is None

    def _check(self, good: Good) -> None:
        """Twice in one sheet, or a cell that can't be what its column says."""
        first = self._before.get(good.id) or self.met.setdefault(good.id, good.number)
        if first != good.number and not self._tall:
            raise _Wrong(min(self._fields.values()), "sheet_good_twice", first=str(first))
        if text := good.said.get("vat"):
            rate = text.removeprefix("НДС").strip()
            try:
                parse_tax_rate(rate)
            except ValueError as error:
                raise _Wrong(self._fields["vat"]) from error
            good.said["vat"] = rate
        if "deleted" in good.said and words_of(good.said["deleted"]) in _NO:
            del good.said["deleted"]

    def _coefficient(self, said: dict[str, str]) -> Decimal:
        text = said.pop("coefficient", "")
        if not text:
            return Decimal(1)
        value = _number(text, self._fields["coefficient"])
        if value <= 0:
            raise _Wrong(self._fields["coefficient"])
        return value

    def _priced(
        self, cells: Sequence[str], said: dict[str, str]
    ) -> Iterator[tuple[str, Decimal, str]]:
        row_type = said.pop("price_type", "")
        currency = said.pop("currency", "")
        if currency and currency_code(currency) is None:
            raise _Wrong(self._fields["currency"])
        for column in self._prices:
            text = _cell(cells, column.at)
            name = column.name or row_type
            if not text or not name:
                continue
            amount = Decimal(0) if text in _REMOVED else _number(text, column.at)
            if amount < 0 or (amount == 0 and text not in _REMOVED):
                raise _Wrong(column.at)
            yield name, quantize(amount, currency_code(currency) or "RUB"), currency

    def _stocked(self, cells: Sequence[str], said: dict[str, str]) -> Iterator[tuple[str, Decimal]]:
        named = said.pop("warehouse", "")
        if self._sheet.group_rows == GoodsSheet.GroupRows.WAREHOUSES and self.above:
            named = named or self.above[-1][1]
        blank = self._blank_is_none(cells)
        for column in self._stock:
            text = _cell(cells, column.at)
            if text or blank:
                yield column.name or named, _number(text or "0", column.at)

    def _blank_is_none(self, cells: Sequence[str]) -> bool:
        """A report by warehouse leaves blank where nothing lies; a single column left blank
        isn't filled in."""
        return len(self._stock) > 1 and any(_cell(cells, each.at) for each in self._stock)

    def _problem(self, row: Kept, wrong: _Wrong) -> Problem:
        number, _level, cells = row
        column: Column = self._layout.columns[wrong.at]
        label = str(FIELDS[column.key][0]) if column.key in FIELDS else column.title
        cell = f"{get_column_letter(wrong.at + 1)}{number}"
        return Problem(
            wrong.code,
            Severity.ERROR,
            Source(self._sheet.file_name, number, 0, "", ""),
            label,
            _cell(cells, wrong.at)[:200],
            {"cell": cell, **wrong.params},
        )


def _made_id(said: dict[str, str]) -> str:
    """An id for new goods, by the surest that the row has."""
    if text := said.get("id"):
        return parse_ident(text).partition("#")[0]
    if text := said.get("code"):
        return ids.by_code(text)
    if text := said.get("article"):
        return ids.by_article(text)
    return ids.by_name(said["name"])


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def _number(text: str, at: int) -> Decimal:
    try:
        return number_of(text)
    except ValueError as error:
        raise _Wrong(at) from error
