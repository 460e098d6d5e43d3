"""Which column of a list, a price list or a report of stock is what.

Rules: told by its header, as УТ, УНФ and others print them (price types and warehouses are
columns, often below a merged cell); what holds numbers and isn't recognised is asked, never
guessed; what a person has told is known again by the header's words (:class:`GoodsLayout`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.pricing.sheets.columns import FIELDS as PRICE_FIELDS
from b2b_overlay.sheets import Header, Tabular, digest_of, headers_of, number_of, words_of

from .models import GoodsLayout

__all__ = [
    "FIELDS",
    "PRICE",
    "STOCK",
    "Column",
    "Layout",
    "layout_of",
]

PRICE, STOCK = "price", "stock"
#: By what a good is known, in the order in which it is looked for.
IDENTIFYING = ("id", "code", "article", "barcode", "name")
_MORE = {
    "name": (
        "номенклатура характеристика",
        "номенклатура характеристика упаковка",
        "номенклатура товар",
        "рабочее наименование",
        "товары",
    ),
    "unit": ("базовая единица", "единица хранения", "ед хранения", "базовая ед", "ед изм"),
}


def _from_prices(name: str) -> tuple[Promise, tuple[str, ...]]:
    label, called = PRICE_FIELDS[name]
    return label, (*called, *_MORE.get(name, ()))


#: Field → what it is for people, and how its column may be called.
FIELDS: Mapping[str, tuple[Promise, tuple[str, ...]]] = {
    "id": (
        gettext_lazy("Id in 1C"),
        ("ид", "ид 1с", "guid", "ссылка", "уникальный идентификатор"),
    ),
    "code": _from_prices("code"),
    "article": _from_prices("article"),
    "barcode": _from_prices("barcode"),
    "name": _from_prices("name"),
    "characteristic": (
        gettext_lazy("Characteristic"),
        ("характеристика", "характеристика номенклатуры", "вариант"),
    ),
    "group": (
        gettext_lazy("Group of goods"),
        ("группа", "родитель", "входит в группу", "группа номенклатуры", "группа товаров"),
    ),
    "pack": (
        gettext_lazy("Unit of the price"),
        ("упаковка", "единица цены", "ед цены", "упаковка цены"),
    ),
    "unit": _from_prices("unit"),
    "coefficient": _from_prices("coefficient"),
    "vat": (gettext_lazy("VAT rate"), ("ндс", "ставка ндс", "vat")),
    "manufacturer": (
        gettext_lazy("Manufacturer"),
        ("производитель", "изготовитель", "марка", "бренд", "производитель импортер контрагент"),
    ),
    "price_group": (gettext_lazy("Price group"), ("ценовая группа",)),
    "description": (gettext_lazy("Description"), ("описание", "текстовое описание")),
    "deleted": (gettext_lazy("Deletion mark"), ("пометка удаления", "удален")),
    "currency": _from_prices("currency"),
    "price_type": (
        gettext_lazy("Price type, named in the row"),
        ("тип цен", "тип цены", "вид цен", "вид цены"),
    ),
    "warehouse": (gettext_lazy("Warehouse, named in the row"), ("склад", "место хранения")),
}
#: Known and of no use here, whatever numbers they hold.
_NOT_READ = re.compile(
    r"^(n|no|п п|n п п|сумма.*|итого.*|всего.*|вес\b.*|объем\b.*|фото|картинка|кратность"
    r"|в резерве.*|резерв.*|заказ.*|стоимость.*|себестоимость.*)$"
)
_PRICE_WORDS = frozenset(
    {"цена", "цены", "price", "прайс", "руб", "р", "rub", "за", "шт", "ед", "вид", "тип"}
    | {"с", "без", "включая", "вкл", "в", "т", "ч", "ндс", "vat", "цен"}
)
_STOCK_WORDS = frozenset(
    {"остаток", "остатки", "остатков", "наличие", "наличии", "свободно", "свободный", "в", "на"}
    | {"количество", "кол", "во", "доступно", "складе", "складах", "конечный", "сейчас", "шт"}
    | {"товаров", "ед", "хранения", "по", "складу", "базовых", "единицах"}
)
_OF_STOCK = re.compile(r"\b(остат\w+|налич\w+|свободн\w+|доступн\w+|кол во|количеств\w+|склад\w*)")
_OF_PRICE = re.compile(r"\b(цен\w*|price|прайс|опт\w*|розн\w*|дилер\w*|закуп\w*|мрц|ррц)\b")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a field, a price of a type or stock of a warehouse (by ``name``), or not read."""

    at: int
    title: str
    samples: tuple[str, ...] = ()
    key: str = ""
    name: str = ""
    #: It holds numbers and nobody has said what they are.
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of a sheet and what its columns are."""

    #: The first row under the header, from 1.
    first_row: int
    columns: tuple[Column, ...]
    #: A person has said so.
    remembered: bool = False

    @property
    def digest(self) -> str:
        return digest_of(column.title for column in self.columns)

    @property
    def fields(self) -> dict[str, int]:
        """By field: where its column is."""
        return {column.key: column.at for column in self.columns if column.key in FIELDS}

    def named(self, key: str) -> list[Column]:
        """The columns of prices, or of stock."""
        return [column for column in self.columns if column.key == key]

    @property
    def wanting(self) -> list[str]:
        """What has to be said before anything can be read; empty: nothing."""
        fields, found = self.fields, []
        if not fields.keys() & set(IDENTIFYING):
            found.append(_("Say which column has the code, the article or the name."))
        if any(not each.name for each in self.named(PRICE)) and "price_type" not in fields:
            found.append(_("Say what the price type of each price column is called."))
        if any(column.asked for column in self.columns):
            found.append(_("Some columns hold numbers: say what they are, or «don't read»."))
        names = [(each.key, words_of(each.name)) for each in self.columns if each.name]
        if len(set(names)) < len(names):
            found.append(_("Two columns can't be the same thing."))
        return found

    def told(self, said: Mapping[int, tuple[str, str]]) -> Layout:
        """The same header with these columns, as a person has said: key and name by place."""
        columns = []
        for column in self.columns:
            key, name = said.get(column.at, ("", ""))
            columns.append(replace(column, key=key, name=name.strip()[:150], asked=False))
        return replace(self, columns=tuple(columns), remembered=True)

    def as_json(self) -> dict[str, Any]:
        return {
            "first_row": self.first_row,
            "columns": [
                [c.at, c.title, list(c.samples), c.key, c.name, c.asked] for c in self.columns
            ],
            "remembered": self.remembered,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Layout:
        columns = (
            Column(at, title, tuple(samples), key, name, asked)
            for at, title, samples, key, name, asked in kept["columns"]
        )
        return cls(kept["first_row"], tuple(columns), kept["remembered"])


# ---------------------------------------------------------------------- finding the header


def layout_of(sheet: Tabular, price_types: Iterable[str] = ()) -> Layout | None:
    """Where the header is and what its columns are; None: there is nothing like a header.
    ``price_types`` are names already known, by which a column may be called."""
    headers = headers_of(sheet)
    if found := _remembered(headers):
        return found
    known = {words_of(name) for name in price_types}
    best, most = None, -1
    for header in headers:
        layout = _recognised(header, known)
        fields = layout.fields.keys()
        score = len(fields) + sum(1 for each in layout.columns if each.name)
        score = score if fields & set(IDENTIFYING) else 0
        if score > most:
            best, most = layout, score
    return best


def _plain(header: Header) -> Layout:
    columns = (Column(at, title, header.samples[at]) for at, title in enumerate(header.titles))
    return Layout(header.first_row, tuple(columns))


def _remembered(headers: Sequence[Header]) -> Layout | None:
    by_digest = {digest_of(each.titles): each for each in reversed(headers)}
    for row in GoodsLayout.objects.filter(header__in=by_digest).order_by("-changed_at"):
        said = {int(at): (key, name) for at, (key, name) in row.columns.items()}
        layout = _plain(by_digest[row.header]).told(said)
        if not layout.wanting:
            return layout
    return None


def _recognised(header: Header, known: set[str]) -> Layout:
    layout = _plain(header)
    taken: set[tuple[str, str]] = set()
    columns = []
    for column, (_above, leaf) in zip(layout.columns, header.parts, strict=True):
        key, name = _what(column, words_of(leaf), known)
        asked = not key and _numbers(column)
        if key and (key, words_of(name)) in taken:
            # A second price of one type is somebody's to explain; a second name is not.
            asked, key, name = key in (PRICE, STOCK), "", ""
        taken.add((key, words_of(name)))
        columns.append(replace(column, key=key, name=name, asked=asked))
    return replace(layout, columns=tuple(columns))


def _what(column: Column, leaf: str, known: set[str]) -> tuple[str, str]:
    """The key and the name of a column; nothing where it isn't recognised."""
    title = words_of(column.title)
    for name, (_label, called) in FIELDS.items():
        if leaf in called:
            return name, ""
    if not leaf or _NOT_READ.match(leaf) or _NOT_READ.match(title):
        return "", ""
    if column.samples and not any(map(_is_number, column.samples)):
        return "", ""
    if title in known or _OF_PRICE.search(title):
        return PRICE, _name(column.title, _PRICE_WORDS)
    if _OF_STOCK.search(title):
        return STOCK, _name(column.title, _STOCK_WORDS)
    return "", ""


def _name(title: str, noise: frozenset[str]) -> str:
    """The title without the words that every such column begins or ends with: «Цена: Оптовая,
    руб» → «Оптовая»."""
    words = re.findall(r"[^\s:;,()]+", title)
    while words and words_of(words[0]) in noise | {""}:
        words.pop(0)
    while words and words_of(words[-1]) in noise | {""}:
        words.pop()
    return " ".join(words).strip(" .-–—/")[:150]


def _numbers(column: Column) -> bool:
    """Is it numbers that somebody should say a word about?"""
    said = bool(column.samples) and all(map(_is_number, column.samples))
    return said and not _NOT_READ.match(words_of(column.title))


def _is_number(text: str) -> bool:
    try:
        number_of(text)
    except ValueError:
        return False
    return True
