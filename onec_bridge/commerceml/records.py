"""What a CommerceML file says, as immutable values: one type per kind of record.

The rules these types keep:

- Every record carries its `source`, so whatever is found wrong with it later, by whoever,
  can be shown as `file:line:` with 1C's own id. `source` takes no part in equality.
- `None` is "the file does not say" (the element is absent); an empty string is "the file
  says: nothing" (the element is there and empty). A patch must not confuse the two.
- Money and quantities are `Decimal`, never `float`.
- Ids are opaque strings, trimmed; a GUID is lower-cased, because 1C writes lower case and
  site add-ons upper (format.md, section 0). Compare them with `==`.
- Nothing is interpreted beyond what the format itself means: whether a price of 0 is a
  price, or a missing product a deleted one, is for `onec_bridge.sync` to decide.

Sections cited are those of the project's notes on the format (docs and `describe.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dc_field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from onec_bridge.commerceml.messages import Language, hint_text, message_text


class Source(NamedTuple):
    """Where something was read."""

    file: str
    """Name of the file as the reader was given it; `archive.zip/inner.xml` within a zip."""
    line: int
    """Line of the record's opening tag, or of the element a problem is about; from 1."""
    ordinal: int
    """Which record of its kind in the file, from 1: many real files are a single line."""
    external_id: str
    """The record's id in 1C (Ид), empty when it has none."""
    path: str
    """Element names from the root, joined by `/`."""

    def __str__(self) -> str:
        """`file:line`, as editors jump to it; the file alone where there is no line."""
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Source(file="", line=0, ordinal=0, external_id="", path="")
"""The source of a record that a program made."""


class Severity(StrEnum):
    """How much of the input a problem costs."""

    WARNING = "warning"
    """Read as written, but a person should look."""
    ERROR = "error"
    """One value is lost; the record still comes, without it."""
    FATAL = "fatal"
    """The rest of the file cannot be read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the input: a value, collected and never raised."""

    code: str
    """Stable name of the problem; a key of `messages.MESSAGES`."""
    severity: Severity
    source: Source
    """The record's source, with the line of the element at fault."""
    field: str = ""
    """The element at fault, relative to the record (`Цены/Цена/ЦенаЗаЕдиницу`)."""
    value: str = ""
    """The text at fault, cut to a readable length."""
    params: Mapping[str, str] = dc_field(default_factory=dict)
    """What else the message names."""

    def text(self, lang: Language = "ru") -> str:
        """What is wrong, in one sentence."""
        return message_text(self.code, lang, self._words())

    def hint(self, lang: Language = "ru") -> str:
        """What a 1C programmer can do about it."""
        return hint_text(self.code, lang, self._words())

    def line(self, lang: Language = "ru", name: str = "") -> str:
        """`file:line: severity: text [Ид … «name», element …] hint`: one line, ready to print."""
        called = f" «{name}»" if name else ""
        about = [f"Ид {self.source.external_id}{called}"] if self.source.external_id else []
        if self.source.ordinal:
            about.append(f"№ {self.source.ordinal}")
        about.append("/".join(part for part in (self.source.path, self.field) if part))
        where = ", ".join(part for part in about if part)
        label = SEVERITY_LABELS[lang][self.severity]
        text = f"{self.text(lang)} [{where}]" if where else self.text(lang)
        return f"{self.source}: {label}: {text} {self.hint(lang)}".rstrip()

    def __str__(self) -> str:
        """The Russian line."""
        return self.line()

    def _words(self) -> dict[str, str]:
        return {**self.params, "field": self.field, "value": self.value, "file": self.source.file}


SEVERITY_LABELS: Mapping[Language, Mapping[Severity, str]] = {
    "ru": {
        Severity.WARNING: "предупреждение",
        Severity.ERROR: "ошибка",
        Severity.FATAL: "файл не читается",
    },
    "en": {
        Severity.WARNING: "warning",
        Severity.ERROR: "error",
        Severity.FATAL: "unreadable",
    },
}


# --- Small parts that records are made of -----------------------------------------------


class Requisite(NamedTuple):
    """ЗначениеРеквизита: a named extra of a product, line, document or counterparty."""

    name: str = ""
    """Наименование, in the language of the base («Полное наименование»)."""
    values: tuple[str, ...] = ()
    """Значение, one or several."""


class PropertyValue(NamedTuple):
    """ЗначенияСвойства: the value, or several, of one property."""

    id: str = ""
    """Ид of the property (see `Property`)."""
    values: tuple[str, ...] = ()
    """Texts, or keys of `Property.options`."""


class Characteristic(NamedTuple):
    """ХарактеристикаТовара: one attribute that tells variants apart (colour, length)."""

    name: str = ""
    value: str = ""
    id: str | None = None


class Packing(NamedTuple):
    """БазоваяЕдиница/Пересчет: another packing of the same goods."""

    unit: str
    """Единица: code or name of the packing."""
    coefficient: Decimal
    """Коэффициент: base units in one packing."""


class Contact(NamedTuple):
    """Контакт of a counterparty or warehouse."""

    type: str = ""
    """Тип as written: «Почта», «Телефон рабочий», «ТелефонРабочий», …"""
    value: str = ""
    comment: str | None = None


class AddressField(NamedTuple):
    """АдресноеПоле: one part of an address («Город», «Улица», …)."""

    type: str = ""
    value: str = ""


class DirectoryField(NamedTuple):
    """Реквизит of a user directory: a column."""

    id: str = ""
    name: str = ""
    value_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseUnit:
    """БазоваяЕдиница: what stock and quantities are counted in."""

    code: str | None = None
    """ОКЕИ code as text, trimmed («796»); may be four digits."""
    name: str | None = None
    """Short name («шт»); УНФ and УТ 11 leave it empty, 3.1 writes the code here."""
    full_name: str | None = None
    international: str | None = None
    """МеждународноеСокращение («PCE»)."""
    packings: tuple[Packing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """СтавкаНалога: the VAT rate of a product or line."""

    name: str = ""
    """Наименование: «НДС»."""
    text: str = ""
    """Ставка as written: `20`, `20%`, `20/120`, `Без НДС`."""
    rate: Decimal | None = None
    """Per cent; `None` when exempt or unreadable."""
    is_exempt: bool = False
    """«Без НДС», «Без налога»: not the same as a rate of 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """Налог of a document or line: an amount of tax."""

    name: str = ""
    included: bool | None = None
    """УчтеноВСумме: is the tax within the sum?"""
    amount: Decimal | None = None
    rate: str | None = None
    """Ставка as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """Скидка of a document or line."""

    name: str = ""
    percent: Decimal | None = None
    amount: Decimal | None = None
    included: bool | None = None
    """УчтеноВСумме: `False` is subtracted by 1C, `True` is information."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address; 1C reads it only when `presentation` is filled."""

    presentation: str | None = None
    """Представление: the whole address in a line."""
    fields: tuple[AddressField, ...] = ()

    def __str__(self) -> str:
        """The presentation, or the parts in a line where there is none."""
        return self.presentation or ", ".join(part.value for part in self.fields if part.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """РасчетныйСчет. УТ 11 skips one that lacks BIC or correspondent account."""

    number: str
    bic: str | None = None
    bank_name: str | None = None
    corr_account: str | None = None


# --- The file, and the headers of its parts ---------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """КоммерческаяИнформация: the file itself. Always the first record."""

    schema: str | None = None
    """ВерсияСхемы as written (`2.07`; УНФ may write `210`). See `version`."""
    encoding: str = "utf-8"
    """The encoding the file was read in."""
    namespace: str | None = None
    """The default namespace, if any."""
    bom: bool = False
    generated_at: dt.datetime | None = None
    """ДатаФормирования; without a zone it is the local time of 1C's base."""
    declared_encoding: str | None = None
    """The encoding of the XML declaration, lower case; `None` when it names none."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)

    @property
    def version(self) -> tuple[int, int] | None:
        """The schema as numbers, so that 2.10 is later than 2.09; `210` is 2.10.

        >>> Header(schema="210").version, Header(schema="2.021").version
        ((2, 10), (2, 2))
        """
        return schema_version(self.schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierHeader:
    """Классификатор: owner of groups, properties, and from 2.08 price types and the like."""

    id: str = ""
    name: str | None = None
    only_changes: bool | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogHeader:
    """Каталог: says whose products follow, and whether they are all of them."""

    id: str = ""
    classifier_id: str | None = None
    name: str | None = None
    only_changes: bool | None = None
    """СодержитТолькоИзменения: `None` (attribute missing) is to be treated as a patch.
    `False` doesn't mean "this file is all": a full load comes in portions (section 2)."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPackageHeader:
    """ПакетПредложений or ИзмененияПакетаПредложений: says what offers follow."""

    id: str = ""
    """Mostly the catalogue's id with `#` after it."""
    catalog_id: str | None = None
    name: str | None = None
    only_changes: bool | None = None
    is_changes_package: bool = False
    """ИзмененияПакетаПредложений (УТ 11, prices and stock only)."""
    properties: tuple[PropertyValue, ...] = ()
    """Of a package of CommerceML 1: «Тип цены» names the price type of all its offers."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartyListHeader:
    """Контрагенты at the top of a file (1C-Bitrix module, `contragents___`)."""

    only_changes: bool | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Справочник of ПользовательскиеСправочники: a table; its rows follow."""

    id: str = ""
    name: str | None = None
    fields: tuple[DirectoryField, ...] = ()
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


# --- Classifier -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Группа of goods. A parent always comes before its children."""

    id: str = ""
    name: str | None = None
    parent_id: str | None = None
    """Ид of the group it stands in; `None` at the top."""
    deleted: bool = False
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """Свойство: what may be said about products, and the values it can take."""

    id: str = ""
    name: str | None = None
    value_type: str | None = None
    """ТипЗначений: Строка, Число, Время, Справочник."""
    options: Mapping[str, str] = dc_field(default_factory=dict)
    """ВариантыЗначений: ИдЗначения → Значение. May come later than the products, or never."""
    deleted: bool = False
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceType:
    """ТипЦены: a named kind of price («Дилерская»)."""

    id: str = ""
    name: str | None = None
    currency: str | None = None
    """Валюта as written; see `values.currency_code`."""
    vat_included: bool | None = None
    """Налог/УчтеноВСумме: are its prices with VAT?"""
    vat_name: str | None = None
    deleted: bool = False
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """Склад, as described in a list of warehouses."""

    id: str = ""
    name: str | None = None
    address: Address | None = None
    deleted: bool = False
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """ЕдиницаИзмерения of the classifier (2.08 and later)."""

    id: str = ""
    code: str | None = None
    short_name: str | None = None
    full_name: str | None = None
    international: str | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


# --- Goods ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Товар of a catalogue."""

    id: str = ""
    """Ид as written, GUIDs lower-cased; `product#characteristic` in УТ 10.3 and УНФ."""
    article: str | None = None
    """Артикул: may repeat between products, may be empty."""
    code: str | None = None
    """Код, as an element or as the requisite «Код»."""
    name: str | None = None
    full_name: str | None = None
    """ПолноеНаименование, or the requisite «Полное наименование»."""
    barcode: str | None = None
    unit: BaseUnit | None = None
    group_ids: tuple[str, ...] = ()
    """May name groups that come in another portion."""
    category_id: str | None = None
    description: str | None = None
    images: tuple[str, ...] = ()
    """Paths relative to the export; the first is the main picture."""
    manufacturer_id: str | None = None
    """УТ 11 invents a new one each time if the maker is a plain text: match by name."""
    manufacturer_name: str | None = None
    country: str | None = None
    weight: Decimal | None = None
    """Вес as an element or requisite; kilograms by 1C's custom, the format doesn't say."""
    tax_rates: tuple[TaxRate, ...] = ()
    properties: tuple[PropertyValue, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    requisites: tuple[Requisite, ...] = ()
    prices: tuple[OfferPrice, ...] = ()
    """Some third-party files put prices into the product."""
    extras: tuple[Requisite, ...] = ()
    """Марка, Модель, Длина and the like (`schema.EXTRAS`): told apart, by their elements' names."""
    deleted: bool = False
    """ПометкаУдаления, or Статус «Удален» as attribute or element."""
    version: str | None = None
    """НомерВерсии: the same value means nothing changed."""
    only_changes: bool | None = None
    """Copied from the catalogue's header."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)
    made_of: tuple[bytes, tuple[str, ...]] | None = dc_field(
        default=None, init=False, compare=False, repr=False
    )
    """A digest of the tags it was read from, and the texts between them: of equal ones all fields
    above are equal but the copied. `None`: it was read another way, or is no longer as it was read
    (`dataclasses.replace` doesn't pass it on)."""

    @property
    def product_id(self) -> str:
        """The half of `id` before `#`: the product proper."""
        ident = self.id
        return ident.partition("#")[0] if "#" in ident else ident

    @property
    def characteristic_id(self) -> str | None:
        """The half of `id` after `#`, the variant; `None` for the product itself."""
        ident = self.id
        return ident.partition("#")[2] or None if "#" in ident else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPrice:
    """Цена: one price of an offer."""

    price_type_id: str = ""
    amount: Decimal = Decimal(0)
    """ЦенаЗаЕдиницу: for one `unit`, that is for `coefficient` base units. 0 = "not set"."""
    currency: str | None = None
    """Валюта as written; see `values.currency_code`. `None`: that of the price type."""
    unit: str | None = None
    """Единица: name (or code) of the unit the price is for."""
    coefficient: Decimal = Decimal(1)
    """Коэффициент: base units in that unit; absent or 0 reads as 1."""
    min_quantity: Decimal | None = None
    vat_included: bool | None = None
    """3.1 writes it on the price; before, see `PriceType.vat_included`."""
    presentation: str | None = None
    """Представление, for people: «37,5 RUB за шт»."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


class StockKind(StrEnum):
    """Which element a stock row was."""

    WAREHOUSE = "Склад"
    REST = "Остаток"


class StockRow(NamedTuple):
    """How much lies where, in base units; may be negative."""

    warehouse_id: str | None
    """`None`: the file names no warehouse (3.1, Остаток/Количество)."""
    quantity: Decimal
    kind: StockKind = StockKind.WAREHOUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Предложение: what is sold, at what prices, and how much of it there is."""

    id: str = ""
    """`product` or `product#characteristic`; ИдХарактеристики has been joined on."""
    article: str | None = None
    name: str | None = None
    barcode: str | None = None
    unit: BaseUnit | None = None
    characteristics: tuple[Characteristic, ...] = ()
    properties: tuple[PropertyValue, ...] = ()
    prices: tuple[OfferPrice, ...] = ()
    quantity: Decimal | None = None
    """Количество: free total in base units; `None` = unknown, which is not 0."""
    stock: tuple[StockRow, ...] = ()
    extras: tuple[Requisite, ...] = ()
    """As `Product.extras`."""
    deleted: bool = False
    version: str | None = None
    has_prices_block: bool = False
    """Цены is there, even if empty: types it lacks have no price any more (section 3)."""
    only_changes: bool | None = None
    """Copied from the package's header; always `True` in a package of changes."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)

    @property
    def product_id(self) -> str:
        """The half of `id` before `#`: the product proper."""
        ident = self.id
        return ident.partition("#")[0] if "#" in ident else ident

    @property
    def characteristic_id(self) -> str | None:
        """The half of `id` after `#`, the variant; `None` for the product itself."""
        ident = self.id
        return ident.partition("#")[2] or None if "#" in ident else None


# --- Counterparties and documents -------------------------------------------------------


class CounterpartyKind(StrEnum):
    """Who a counterparty is by law, as УТ 11 tells it apart (section 6)."""

    LEGAL = "legal"
    """Юрлицо: ОфициальноеНаименование is there."""
    ENTREPRENEUR = "entrepreneur"
    """ИП: ПолноеНаименование and an INN."""
    PERSON = "person"
    """Физлицо: ПолноеНаименование without an INN."""
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparty:
    """Контрагент: who signs and pays."""

    id: str = ""
    name: str | None = None
    official_name: str | None = None
    """ОфициальноеНаименование: legal entities only."""
    full_name: str | None = None
    """ПолноеНаименование: persons and entrepreneurs only."""
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    inn: str | None = None
    kpp: str | None = None
    okpo: str | None = None
    ogrn: str | None = None
    kind: CounterpartyKind = CounterpartyKind.UNKNOWN
    legal_address: Address | None = None
    """ЮридическийАдрес, or АдресРегистрации of a person."""
    address: Address | None = None
    """Адрес: where to deliver."""
    contacts: tuple[Contact, ...] = ()
    bank_accounts: tuple[BankAccount, ...] = ()
    role: str | None = None
    """Роль: «Покупатель»."""
    requisites: tuple[Requisite, ...] = ()
    deleted: bool = False
    version: str | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """Товар of a document."""

    id: str = ""
    catalog_id: str | None = None
    article: str | None = None
    name: str | None = None
    unit: BaseUnit | None = None
    """БазоваяЕдиница: the base unit of the goods."""
    unit_name: str | None = None
    """Единица: the unit that `quantity` and `price` are in."""
    coefficient: Decimal | None = None
    """Коэффициент: base units in `unit_name`; `None` = not written, that is 1."""
    price: Decimal | None = None
    quantity: Decimal | None = None
    reserved: Decimal | None = None
    """Резерв: how much of it 1C holds for the order; in the unit of `quantity`."""
    total: Decimal | None = None
    """Сумма: price × quantity − discount, to the kopeck."""
    tax_rates: tuple[TaxRate, ...] = ()
    taxes: tuple[Tax, ...] = ()
    discounts: tuple[Discount, ...] = ()
    requisites: tuple[Requisite, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)

    @property
    def product_id(self) -> str:
        """The half of `id` before `#`: the product proper."""
        ident = self.id
        return ident.partition("#")[0] if "#" in ident else ident

    @property
    def characteristic_id(self) -> str | None:
        """The half of `id` after `#`, the variant; `None` for the product itself."""
        ident = self.id
        return ident.partition("#")[2] or None if "#" in ident else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Документ: an order, payment or shipment, to 1C or back (section 5)."""

    id: str = ""
    """To 1C: the site's id. Back: УТ 11 and УНФ put 1C's own GUID here."""
    number: str | None = None
    """The site's number both ways: the only dependable key. At most 11 characters."""
    date: dt.date | None = None
    time: dt.time | None = None
    """Local time of 1C's base, no zone. Never change either on a repeat."""
    operation: str | None = None
    """ХозОперация: «Заказ товара», …"""
    role: str | None = None
    """Роль of the site: «Продавец»."""
    currency: str | None = None
    rate: Decimal | None = None
    """Курс."""
    total: Decimal | None = None
    """Сумма of all lines."""
    parent_id: str | None = None
    """Основание: Ид of the order a payment or shipment belongs to."""
    counterparties: tuple[Counterparty, ...] = ()
    warehouses: tuple[Warehouse, ...] = ()
    payment_due: dt.date | None = None
    """СрокПлатежа; `0001-01-01` reads as none."""
    comment: str | None = None
    taxes: tuple[Tax, ...] = ()
    discounts: tuple[Discount, ...] = ()
    lines: tuple[DocumentLine, ...] = ()
    requisites: tuple[Requisite, ...] = ()
    number_1c: str | None = None
    """Номер1С, or the requisite «Номер по 1С»."""
    date_1c: dt.datetime | None = None
    """Дата1С, or the requisite «Дата по 1С»."""
    deleted: bool = False
    version: str | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRow:
    """ЭлементСправочника: a row of a user directory; see `Directory.fields` for columns."""

    directory_id: str = ""
    id: str = ""
    values: tuple[PropertyValue, ...] = ()
    deleted: bool = False
    version: str | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


# --- What wholesale needs and the standard lacks: our extension ---------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementListHeader:
    """Взаиморасчеты: as of when, and whether whoever isn't in the list owes nothing."""

    only_changes: bool | None = None
    """`False`: all debts are here. Missing or `True`: who isn't here is not spoken of."""
    told_at: dt.datetime | None = None
    """НаДату; `None`: the file's ДатаФормирования."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Партнер: one wholesale customer, of one legal entity or several."""

    id: str = ""
    name: str | None = None
    parent_id: str | None = None
    """ИдГоловного: the partner that this one is a part of."""
    counterparty_ids: tuple[str, ...] = ()
    """Its legal entities; one that isn't named here is not taken away."""
    deleted: bool = False
    version: str | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """Менеджер of the seller, and whom he looks after."""

    id: str = ""
    name: str | None = None
    email: str | None = None
    """Почта: the address that he signs in to the site with."""
    partner_ids: tuple[str, ...] = ()
    counterparty_ids: tuple[str, ...] = ()
    """Where 1C knows no partners: their customers are meant."""
    deleted: bool = False
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Договор or Соглашение: on what terms a counterparty buys."""

    id: str = ""
    number: str | None = None
    date: dt.date | None = None
    name: str | None = None
    counterparty_id: str = ""
    organization_id: str | None = None
    organization_name: str | None = None
    organization_inn: str | None = None
    """Who sells by it; known by the INN, else by the name."""
    currency: str | None = None
    price_type_ids: tuple[str, ...] = ()
    """In the order in which they are asked."""
    has_price_types: bool = False
    """ВидыЦен is there, even if empty: the contract then has no price types of its own."""
    payment: str | None = None
    """Оплата: «Предоплата» or «Отсрочка»."""
    payment_days: Decimal | None = None
    """Calendar days."""
    credit_limit: Decimal | None = None
    """VAT included, in the contract's currency; `values.NO_LIMIT`: «Без лимита»."""
    deleted: bool = False
    version: str | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementDocument:
    """ДокументРасчетов: what is owed by one document, or by one part of its payment."""

    amount: Decimal = Decimal(0)
    """Owed to the seller; negative: paid in advance. VAT included."""
    currency: str | None = None
    document: str | None = None
    """As people call it: «Реализация 00-000123»."""
    date: dt.date | None = None
    due_date: dt.date | None = None
    contract_id: str | None = None
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """РасчетыКонтрагента: all that one counterparty owes. It replaces what was known of him."""

    id: str = ""
    """Ид of the counterparty."""
    documents: tuple[SettlementDocument, ...] = ()
    """None: he owes nothing."""
    told_at: dt.datetime | None = None
    """Copied from the list's header."""
    source: Source = dc_field(default=NOWHERE, compare=False, repr=False)


Record = (
    Header
    | ClassifierHeader
    | CatalogHeader
    | OfferPackageHeader
    | CounterpartyListHeader
    | Directory
    | Group
    | Property
    | PriceType
    | Warehouse
    | Unit
    | Product
    | Offer
    | Counterparty
    | Document
    | DirectoryRow
    | SettlementListHeader
    | Partner
    | Manager
    | Contract
    | Statement
)
"""Whatever a reader yields, problems apart."""


def schema_version(schema: str | None) -> tuple[int, int] | None:
    """A ВерсияСхемы as (major, minor), `None` when there is no making it out.

    >>> schema_version("2.07"), schema_version("210"), schema_version("3.1"), schema_version("?")
    ((2, 7), (2, 10), (3, 1), None)
    """
    text = (schema or "").strip().replace(",", ".")
    major, dot, minor = text.partition(".")
    if not dot and len(text) >= 2:
        major, minor = text[0], text[1:]
    if not (major.isdigit() and (minor or "0").isdigit()):
        return None
    return int(major), int((minor or "0")[:2])
