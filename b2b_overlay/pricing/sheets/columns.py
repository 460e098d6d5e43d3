"""Which column of somebody's spreadsheet is what: told by its header, asked, and remembered.

Rules: the header may stand below a title and a date, and be of two rows, as 1C prints lists; a
price column is called by a price list's name and, for a quantity step, «от 10»; a header that a
person has told about is known again by its words (:class:`SheetLayout`); what looks like prices
and isn't recognised is asked, never guessed. Columns of derived lists are not read: their prices
are reckoned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.pricing.models import PriceList, SheetLayout
from b2b_overlay.sheets import Header, Tabular, digest_of, headers_of, number_of, words_of

__all__ = [
    "FIELDS",
    "IDENTIFYING",
    "TALL_PRICE",
    "Column",
    "Layout",
    "layout_of",
    "own_lists",
    "price_key",
    "priced_by",
]

#: By what a good is known, in the order in which it is looked for.
IDENTIFYING = ("article", "code", "barcode", "name")
#: A price whose list another column names.
TALL_PRICE = "price"

#: Field → what it is for people, and how its column may be called.
FIELDS: Mapping[str, tuple[Promise, tuple[str, ...]]] = {
    "article": (
        gettext_lazy("Article"),
        ("артикул", "арт", "артикул товара", "артикул номенклатуры", "article", "vendor code"),
    ),
    "code": (
        gettext_lazy("Code"),
        ("код", "код товара", "код номенклатуры", "номенклатурный номер", "code", "sku"),
    ),
    "barcode": (
        gettext_lazy("Barcode"),
        ("штрихкод", "штрих код", "шк", "ean", "ean 13", "ean13", "barcode"),
    ),
    "name": (
        gettext_lazy("Name of the good"),
        (
            "наименование",
            "наименование товара",
            "номенклатура",
            "название",
            "название товара",
            "товар",
            "товары работы услуги",
            "name",
        ),
    ),
    "unit": (
        gettext_lazy("Unit"),
        ("ед", "ед изм", "единица", "единица измерения", "упаковка", "unit"),
    ),
    "coefficient": (
        gettext_lazy("Coefficient"),
        ("коэффициент", "коэф", "коэффициент единицы", "coefficient"),
    ),
    "currency": (gettext_lazy("Currency"), ("валюта", "вал", "currency")),
    "min_quantity": (
        gettext_lazy("From a quantity"),
        ("от", "от шт", "от количества", "количество от", "минимальное количество", "мин кол во"),
    ),
    "starts_at": (
        gettext_lazy("In force from"),
        ("действует с", "цена действует с", "дата начала", "с даты", "valid from"),
    ),
    "ends_at": (
        gettext_lazy("In force until"),
        ("действует по", "действует до", "цена действует до", "дата окончания", "valid until"),
    ),
    "price_list": (
        gettext_lazy("Name of the price list"),
        ("тип цен", "тип цены", "вид цен", "вид цены", "price list"),
    ),
    TALL_PRICE: (gettext_lazy("Price, of the list named in the row"), ()),
}
#: Known and of no use here, whatever numbers they hold.
_NOT_READ = re.compile(
    r"^(ндс|ставка ндс|vat|n|no|п п|n п п|остат\w*|наличие|в наличии|свободно|кол во|количество"
    r"|заказ|сумма|итого|вес\b.*|объем\b.*|фото|картинка|ссылка|кратность|в упаковке"
    r"|шт в уп\w*|rrc|ррц)$"
)
#: How a column of reckoned prices is marked when it is written out.
RECKONED = gettext_lazy("reckoned")
_RECKONED_WORDS = {"расчетный", "расчетная", "расчетные", "reckoned"}
_NOISE = frozenset(
    {"цена", "цены", "price", "прайс", "руб", "р", "rub", "за", "шт", "ед", "от"}
    | {"с", "без", "включая", "вкл", "в", "т", "ч", "ндс", "vat"}
)
#: «от 10», «от 10 до 50 шт», «10+»; «от 50 000 руб» is a cart's sum and no quantity.
_STEP = re.compile(
    r"(?:\bот\b|\bfrom\b|≥|>=)\s*(?>(\d[\d\s]*(?:[.,]\d+)?))(?:до\s*\d+\s*)?"
    r"(?:(?:шт|ед|уп\w*|кг|м2?)\b\.?)?(?!\s*(?:руб|р\b|₽|т\b|тыс|%))"
    r"|\b(\d+)\+"
)
_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s*%")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet; ``key`` is a field, a price list's (:func:`price_key`), or
    nothing: it isn't read."""

    at: int
    title: str
    samples: tuple[str, ...] = ()
    key: str = ""
    #: It looks like prices and nobody has said whose.
    asked: bool = False

    @property
    def price(self) -> tuple[int, Decimal] | None:
        return priced_by(self.key)


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of a sheet and what its columns are."""

    #: The first row under the header, from 1.
    first_row: int
    columns: tuple[Column, ...]
    #: A person has said so.
    remembered: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(column.title for column in self.columns)

    @property
    def digest(self) -> str:
        return digest_of(self.titles)

    @property
    def at(self) -> dict[str, int]:
        """By field or price list: where its column is."""
        return {column.key: column.at for column in self.columns if column.key}

    @property
    def wanting(self) -> list[str]:
        """What has to be said before anything can be read; empty: nothing."""
        at, found = self.at, []
        if not at.keys() & set(IDENTIFYING):
            found.append(_("Say which column has the article, the barcode or the name."))
        if TALL_PRICE in at and "price_list" not in at:
            found.append(_("Say which column has the name of the price list."))
        if TALL_PRICE not in at and not any(column.price for column in self.columns):
            found.append(_("Say which column has prices, and of which price list."))
        if any(column.asked for column in self.columns):
            found.append(_("Some columns look like prices: say what they are, or «don't read»."))
        return found

    def told(self, columns: Mapping[str, int]) -> Layout:
        """The same header with these columns, as a person has said."""
        keys = {at: key for key, at in columns.items()}
        said = (replace(each, key=keys.get(each.at, ""), asked=False) for each in self.columns)
        return replace(self, columns=tuple(said), remembered=True)


def price_key(price_list_id: int, step: Decimal = Decimal(1)) -> str:
    """``price:12``, ``price:12:10``: the list, and from what quantity where it isn't one."""
    return f"price:{price_list_id}" + (f":{step.normalize():f}" if step != 1 else "")


def priced_by(key: str) -> tuple[int, Decimal] | None:
    """The list and quantity of a :func:`price_key`; None: it is something else."""
    found = re.fullmatch(r"price:(\d{1,18})(?::(\d{1,9}(?:\.\d{1,3})?))?", key)
    return (int(found[1]), Decimal(found[2] or 1)) if found else None


def own_lists() -> dict[int, PriceList]:
    """The lists that prices can be loaded into: those with prices of their own, but for the
    individual ones of legal entities."""
    found = PriceList.objects.filter(base=None, base_retail=False)
    rows = found.exclude(assignments__is_individual=True).order_by("name", "pk")
    return {row.pk: row for row in rows}


# ---------------------------------------------------------------------- finding the header


def layout_of(sheet: Tabular, lists: Mapping[int, PriceList]) -> Layout | None:
    """Where the header is and what its columns are; None: there is nothing like a header."""
    headers = headers_of(sheet)
    remembered = _remembered(headers, lists)
    if remembered:
        return remembered
    best, most = None, -1
    for parts in headers:
        layout = _recognised(parts, lists)
        keys = layout.at.keys()
        score = len(keys) if keys & set(IDENTIFYING) else 0
        if score > most:
            best, most = layout, score
    return best


def _remembered(headers: Sequence[Header], lists: Mapping[int, PriceList]) -> Layout | None:
    """The first header that somebody has told about, unless its price lists are gone."""
    by_digest = {digest_of(each.titles): each for each in reversed(headers)}
    for row in SheetLayout.objects.filter(header__in=by_digest).order_by("-changed_at"):
        keys = {key: priced_by(key) for key in row.columns}
        columns = {
            key: at for key, at in row.columns.items() if not (of := keys[key]) or of[0] in lists
        }
        layout = _plain(by_digest[row.header]).told(columns)
        if not layout.wanting:
            return layout
    return None


def _plain(header: Header) -> Layout:
    columns = (Column(at, title, header.samples[at]) for at, title in enumerate(header.titles))
    return Layout(header.first_row, tuple(columns))


# -------------------------------------------------------------------- recognising columns


def _recognised(header: Header, lists: Mapping[int, PriceList]) -> Layout:
    layout = _plain(header)
    leaves = [words_of(leaf) for _above, leaf in header.parts]
    tall = any(leaf in FIELDS["price_list"][1] for leaf in leaves)
    taken: set[str] = set()
    columns = []
    for column, leaf in zip(layout.columns, leaves, strict=True):
        key = _field(leaf) or _price(column.title, lists, tall=tall)
        asked = not key and _looks_like_prices(column)
        if key and key in taken:
            # A second column of one list is somebody's to explain; a second name is not.
            key, asked = "", priced_by(key) is not None
        taken.add(key)
        columns.append(replace(column, key=key, asked=asked))
    return replace(layout, columns=tuple(columns))


def _field(words: str) -> str:
    return next((name for name, (_label, called) in FIELDS.items() if words in called), "")


def _price(title: str, lists: Mapping[int, PriceList], *, tall: bool) -> str:
    """The price list whose name the title bears, from the quantity it names."""
    lowered = _PERCENT.sub(" ", title.lower())
    step = _STEP.search(lowered)
    rest = words_of(lowered[: step.start()] + " " + lowered[step.end() :] if step else lowered)
    words = rest.split()
    if set(words) & _RECKONED_WORDS or _NOT_READ.match(rest):
        return ""
    if not set(words) - _NOISE:
        if not any(word.startswith(("цен", "price")) for word in words):
            return ""
        if tall and not step:
            return TALL_PRICE
        found = list(lists) if len(lists) == 1 else []
    else:
        found = _named([word for word in words if word not in _NOISE], lists)
    quantity = _quantity(step)
    return price_key(found[0], quantity) if len(found) == 1 and quantity else ""


def _quantity(step: re.Match[str] | None) -> Decimal | None:
    if step is None:
        return Decimal(1)
    quantity = number_of(step[1] or step[2])
    return quantity if 0 < quantity < 10**9 and quantity == round(quantity, 3) else None


def _named(words: Sequence[str], lists: Mapping[int, PriceList]) -> list[int]:
    """The lists so called: by the same words, else by words of the same stem."""
    names = {pk: _significant(row.name) for pk, row in lists.items()}
    exact = [pk for pk, name in names.items() if name == list(words)]
    return exact or [pk for pk, name in names.items() if _alike(name, words)]


def _significant(name: str) -> list[str]:
    words = words_of(name).split()
    return [word for word in words if word not in _NOISE] or words


def _alike(name: Sequence[str], words: Sequence[str]) -> bool:
    """«Оптовая» and «опт», «розница» and «розничная»; numbers only when equal."""
    return len(name) == len(words) and all(
        one == other or _stem(one, other) for one, other in zip(name, words, strict=True)
    )


def _stem(one: str, other: str) -> bool:
    shared = next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    digits = any(char.isdigit() for char in one + other)
    return not digits and shared >= max(3, min(len(one), len(other)) - 3)


def _looks_like_prices(column: Column) -> bool:
    words = words_of(column.title)
    if not words or _NOT_READ.match(words) or set(words.split()) & _RECKONED_WORDS:
        return False
    return bool(column.samples) and all(_is_number(text) for text in column.samples)


def _is_number(text: str) -> bool:
    try:
        number_of(text)
    except ValueError:
        return False
    return True
