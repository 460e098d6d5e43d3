"""CommerceML described once: which element holds which field of which record.

Reader, writer, checker and the table in the docs all derive from the `Shape`s here, so
that what is read and what is written cannot drift apart. A `Field` names the elements it
may stand in (the first is the one written, the others are spellings of other versions or
vendors, among them the attributes of CommerceML 1) and the section of the project's notes
on the format that it comes from.

Paths are relative to the record's element: `Цены/Цена` a descendant, `@Код` an attribute,
`.` the element's own text. A field whose name starts with `_` isn't part of the record: the
shape's `finish` uses it up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.values import (
    COEFFICIENT,
    DATE,
    DATETIME,
    FLAG,
    IDENT,
    LIMIT,
    MARK,
    MONEY,
    NUMBER,
    STATUS,
    TEXT,
    TIME,
    Value,
    parse_datetime,
    parse_number,
    parse_tax_rate,
    write_money,
    write_number,
)

Version = tuple[int, int]
"""A schema version as numbers: (2, 10) is later than (2, 9)."""

SECOND: Version = (2, 0)
"""Before it, in 1C 7.7's CommerceML 1, attributes stood where elements stand now."""


class Report(Protocol):
    """How `finish` tells of a value it could not read: code, element, text."""

    def __call__(self, code: str, element: str, value: str, /) -> None: ...


Values = dict[str, Any]
"""Field name → value, on the way to becoming a record."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record, and the elements it is read from and written to."""

    name: str
    elements: tuple[str, ...]
    what: Value | Shape
    section: str
    many: bool = False
    """Repeats: the record holds a tuple."""
    required: bool = False
    """Without it the record (when nested: the row) is a problem."""
    presence: bool = False
    """The field says whether the element is there at all."""
    when: Callable[[Any, Version], bool] | None = None
    """Is the field written for this record in this version? `None` = always."""
    only: Callable[[Any], bool] | None = None
    """Of a repeated field: which items are written here."""
    longest: int | None = None
    """Characters that 1C has room for (section 8): a longer text is cut when it is written."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of record, or a part of one, as an element."""

    record: Callable[..., Any]
    """The type, called with the fields as keywords."""
    element: str
    """The element it is written as."""
    fields: tuple[Field, ...]
    sourced: bool = False
    """Does the type carry `source`?"""
    finish: Callable[[Values, Report], None] | None = None
    """Completes the values once all elements are read."""
    finish_needs: tuple[str, ...] = ()
    """The fields that `finish` works from, where it does nothing without any of them."""
    finish_touches: tuple[str, ...] = ()
    """All the fields that `finish` looks at or changes, where they are few."""
    prepare: Callable[[Any], Values] | None = None
    """Takes a record apart again, for the `_` fields that are written."""
    within: str = ""
    """The list that such records stand in when they are written."""
    inherits: tuple[str, ...] = ()
    """Fields that the header around the record tells: they hold for all in its list."""


NAME, ARTICLE, COMMENT, VALUE = 255, 255, 3000, 1000
"""Characters of texts in the schema of 2.10 (section 8)."""


def _never(record: Any, version: Version) -> bool:
    return False


def _since(version: Version) -> Callable[[Any, Version], bool]:
    return lambda record, written: written >= version


def _before(version: Version) -> Callable[[Any, Version], bool]:
    return lambda record, written: written < version


def _field(name: str, elements: str, what: Value | Shape, section: str, **more: Any) -> Field:
    return Field(name, tuple(elements.split()), what, section, **more)


def _mark(section: str) -> Field:
    """ПометкаУдаления came with 2.08; writing it only when set keeps older files plain."""
    return _field(
        "deleted", "ПометкаУдаления", MARK, section, when=lambda record, version: record.deleted
    )


def _requisites(values: Values) -> dict[str, str]:
    """The first value of each requisite, by its name without blanks, in lower case."""
    rows = values.get("requisites", ())
    return {_plain(name): texts[0] for name, texts in reversed(rows) if texts}


def _plain(name: str) -> str:
    return name.replace(" ", "").lower()


# --- Parts ------------------------------------------------------------------------------

REQUISITE = Shape(
    r.Requisite,
    "ЗначениеРеквизита",
    (
        _field("name", "Наименование Ид @Наименование", TEXT, "2", longest=NAME),
        _field("values", "Значение @Значение", TEXT, "2", many=True, longest=VALUE),
    ),
)


PROPERTY_VALUE = Shape(
    r.PropertyValue,
    "ЗначенияСвойства",
    (
        _field("id", "Ид @ИдентификаторСвойства", IDENT, "2"),
        _field("values", "Значение @Значение", TEXT, "2", many=True),
    ),
)

CHARACTERISTIC = Shape(
    r.Characteristic,
    "ХарактеристикаТовара",
    (
        _field("id", "Ид", IDENT, "2"),
        _field("name", "Наименование", TEXT, "2"),
        _field("value", "Значение", TEXT, "2"),
    ),
)

PACKING = Shape(
    r.Packing,
    "Пересчет",
    (
        _field("unit", "Единица", TEXT, "2", required=True),
        _field("coefficient", "Коэффициент", NUMBER, "2", required=True),
    ),
)


def _finish_unit(values: Values, report: Report) -> None:
    """3.1 writes nothing but the ОКЕИ code, as text."""
    name = values.get("name")
    if name and name.isdecimal() and not values.get("code"):
        values["code"] = values.pop("name")


BASE_UNIT = Shape(
    r.BaseUnit,
    "БазоваяЕдиница",
    (
        _field("code", "@Код", TEXT, "2"),
        _field("full_name", "@НаименованиеПолное", TEXT, "2"),
        _field("international", "@МеждународноеСокращение", TEXT, "2"),
        _field("name", ". @НаименованиеКраткое", TEXT, "2"),
        _field("packings", "Пересчет", PACKING, "2", many=True),
    ),
    finish=_finish_unit,
)


def _finish_tax_rate(values: Values, report: Report) -> None:
    text = values.get("text", "")
    try:
        values["rate"], values["is_exempt"] = parse_tax_rate(text)
    except ValueError:
        report("bad_tax_rate", "Ставка", text)


def _tax_rate_text(rate: r.TaxRate) -> Values:
    """A rate that a program made has no text of its own."""
    if rate.text or (rate.rate is None and not rate.is_exempt):
        return {}
    return {"text": "Без НДС" if rate.rate is None else write_number(rate.rate)}


TAX_RATE = Shape(
    r.TaxRate,
    "СтавкаНалога",
    (
        _field("name", "Наименование @Наименование", TEXT, "2"),
        _field("text", "Ставка @Ставка", TEXT, "2"),
    ),
    finish=_finish_tax_rate,
    prepare=_tax_rate_text,
)

TAX = Shape(
    r.Tax,
    "Налог",
    (
        _field("name", "Наименование @Налог", TEXT, "5"),
        _field("included", "УчтеноВСумме @ВключенВСумму @ВключеноВСумму @УчтеноВСумме", FLAG, "5"),
        _field("amount", "Сумма @Сумма", MONEY, "5"),
        _field("rate", "Ставка @Ставка", TEXT, "5"),
    ),
)

DISCOUNT = Shape(
    r.Discount,
    "Скидка",
    (
        _field("name", "Наименование", TEXT, "5"),
        _field("percent", "Процент", NUMBER, "5"),
        _field("amount", "Сумма", MONEY, "5"),
        _field("included", "УчтеноВСумме", FLAG, "5"),
    ),
)

CONTACT = Shape(
    r.Contact,
    "Контакт",
    (
        _field("type", "Тип КонтактВид", TEXT, "6"),
        _field("value", "Значение", TEXT, "6"),
        _field("comment", "Комментарий", TEXT, "6"),
    ),
)

ADDRESS_FIELD = Shape(
    r.AddressField,
    "АдресноеПоле",
    (_field("type", "Тип", TEXT, "6"), _field("value", "Значение", TEXT, "6")),
)

ADDRESS = Shape(
    r.Address,
    "Адрес",
    (
        _field("presentation", "Представление .", TEXT, "6"),
        _field("fields", "АдресноеПоле", ADDRESS_FIELD, "6", many=True),
    ),
)

BANK_ACCOUNT = Shape(
    r.BankAccount,
    "РасчетныйСчет",
    (
        _field("number", "НомерСчета", TEXT, "6", required=True),
        _field("bank_name", "Банк/Наименование", TEXT, "6", longest=NAME),
        _field("corr_account", "Банк/СчетКорреспондентский", TEXT, "6"),
        _field("bic", "Банк/БИК", TEXT, "6"),
    ),
)


@dataclass(frozen=True, slots=True)
class _Option:
    id: str = ""
    value: str = ""


OPTION = Shape(
    _Option,
    "Справочник",
    (_field("id", "ИдЗначения Ид", IDENT, "1"), _field("value", "Значение", TEXT, "1")),
)

DIRECTORY_FIELD = Shape(
    r.DirectoryField,
    "Реквизит",
    (
        _field("id", "Ид", IDENT, "9"),
        _field("name", "Наименование", TEXT, "9"),
        _field("value_type", "ТипЗначений", TEXT, "9"),
    ),
)

DIRECTORY_VALUE = Shape(
    r.PropertyValue,
    "ЗначениеРеквизита",
    (
        _field("id", "Ид Наименование", IDENT, "9"),
        _field("values", "Значение", TEXT, "9", many=True),
    ),
)


# --- Headers ----------------------------------------------------------------------------

_ONLY_CHANGES = _field("only_changes", "@СодержитТолькоИзменения", FLAG, "2")

CLASSIFIER_HEADER = Shape(
    r.ClassifierHeader,
    "Классификатор",
    (
        _ONLY_CHANGES,
        _field("id", "Ид @Идентификатор", IDENT, "1"),
        _field("name", "Наименование @Наименование", TEXT, "1"),
    ),
    sourced=True,
)

CATALOG_HEADER = Shape(
    r.CatalogHeader,
    "Каталог",
    (
        _ONLY_CHANGES,
        _field("id", "Ид @Идентификатор", IDENT, "2"),
        _field("classifier_id", "ИдКлассификатора", IDENT, "2"),
        _field("name", "Наименование @Наименование", TEXT, "2"),
    ),
    sourced=True,
)

OFFER_PACKAGE_HEADER = Shape(
    r.OfferPackageHeader,
    "ПакетПредложений",
    (
        _ONLY_CHANGES,
        _field("id", "Ид @Идентификатор", IDENT, "3"),
        _field("name", "Наименование @Наименование", TEXT, "3"),
        _field("catalog_id", "ИдКаталога @ИдентификаторКаталога @Каталог", IDENT, "3"),
        _field("properties", "ЗначениеСвойства", PROPERTY_VALUE, "7", many=True),
    ),
    sourced=True,
)

COUNTERPARTY_LIST_HEADER = Shape(
    r.CounterpartyListHeader, "Контрагенты", (_ONLY_CHANGES,), sourced=True
)

DIRECTORY = Shape(
    r.Directory,
    "Справочник",
    (
        _field("id", "Ид", IDENT, "9"),
        _field("name", "Наименование", TEXT, "9"),
        _field("fields", "Реквизиты/Реквизит", DIRECTORY_FIELD, "9", many=True),
    ),
    sourced=True,
)


# --- Classifier -------------------------------------------------------------------------

GROUP = Shape(
    r.Group,
    "Группа",
    (
        _field("id", "Ид @Идентификатор", IDENT, "1", required=True),
        _mark("1"),
        _field("name", "Наименование @Наименование", TEXT, "1"),
        _field("parent_id", "@Родитель", IDENT, "7", when=_before(SECOND)),
    ),
    sourced=True,
    within="Группы",
)


def _finish_property(values: Values, report: Report) -> None:
    options = {option.id or option.value: option.value for option in values.pop("_options", ())}
    options |= {text: text for text in values.pop("_plain_options", ())}
    values["options"] = options


PROPERTY = Shape(
    r.Property,
    "Свойство",
    (
        _field("id", "Ид @Идентификатор", IDENT, "1", required=True),
        _mark("1"),
        _field("name", "Наименование @Наименование", TEXT, "1"),
        _field("value_type", "ТипЗначений", TEXT, "1"),
        _field(
            "_options",
            "ВариантыЗначений/Справочник ВариантыЗначений/Вариант",
            OPTION,
            "1",
            many=True,
        ),
        _field("_plain_options", "ВариантыЗначений/Значение", TEXT, "1", many=True, when=_never),
    ),
    sourced=True,
    finish=_finish_property,
    prepare=lambda record: {
        "_options": tuple(_Option(id=key, value=text) for key, text in record.options.items())
    },
    within="Свойства",
)

PRICE_TYPE = Shape(
    r.PriceType,
    "ТипЦены",
    (
        _field("id", "Ид @Идентификатор", IDENT, "1", required=True),
        _mark("1"),
        _field("name", "Наименование @Наименование", TEXT, "1"),
        _field("currency", "Валюта @Валюта", TEXT, "1"),
        _field("vat_name", "Налог/Наименование", TEXT, "1"),
        _field("vat_included", "Налог/УчтеноВСумме", FLAG, "1"),
    ),
    sourced=True,
    within="ТипыЦен",
)

WAREHOUSE = Shape(
    r.Warehouse,
    "Склад",
    (
        _field("id", "Ид @Идентификатор @ИдСклада", IDENT, "1", required=True),
        _mark("1"),
        _field("name", "Наименование @Наименование", TEXT, "1"),
        _field("address", "Адрес", ADDRESS, "1"),
    ),
    sourced=True,
    within="Склады",
)

UNIT = Shape(
    r.Unit,
    "ЕдиницаИзмерения",
    (
        _field("id", "Ид", IDENT, "1"),
        _field("code", "Код", TEXT, "1"),
        _field("full_name", "НаименованиеПолное", TEXT, "1"),
        _field("short_name", "НаименованиеКраткое", TEXT, "1"),
        _field("international", "МеждународноеСокращение", TEXT, "1"),
    ),
    sourced=True,
    within="ЕдиницыИзмерения",
)


# --- Goods ------------------------------------------------------------------------------


PRICE = Shape(
    r.OfferPrice,
    "Цена",
    (
        _field("presentation", "Представление", TEXT, "3"),
        _field("price_type_id", "ИдТипаЦены", IDENT, "3"),
        _field("amount", "ЦенаЗаЕдиницу", MONEY, "3", required=True),
        _field("currency", "Валюта", TEXT, "3"),
        _field("unit", "Единица", TEXT, "3"),
        _field("coefficient", "Коэффициент", COEFFICIENT, "3"),
        _field("min_quantity", "МинКоличество", NUMBER, "3"),
        _field("vat_included", "Налог/УчтеноВСумме", FLAG, "3"),
    ),
    sourced=True,
)

STOCK_ROW = Shape(
    r.StockRow,
    "Склад",
    (
        _field("warehouse_id", "@ИдСклада Ид", IDENT, "3"),
        _field(
            "quantity",
            "@КоличествоНаСкладе Количество @Количество",
            NUMBER,
            "3",
            required=True,
        ),
    ),
    finish=lambda values, report: _no_warehouse(values),
)


def _no_warehouse(values: Values) -> None:
    values.setdefault("warehouse_id", None)


def _finish_rest(values: Values, report: Report) -> None:
    values["kind"] = r.StockKind.REST
    _no_warehouse(values)
    if "_total" in values:
        values.setdefault("quantity", values.pop("_total"))


REST = Shape(
    r.StockRow,
    "Остаток",
    (
        _field("warehouse_id", "Склад/Ид Склад/@ИдСклада", IDENT, "3"),
        _field(
            "quantity",
            "Склад/Количество Склад/@КоличествоНаСкладе",
            NUMBER,
            "3",
            required=True,
        ),
        _field("_total", "Количество .", NUMBER, "3"),
    ),
    finish=_finish_rest,
)


def _goods(section: str) -> tuple[Field, ...]:
    """What products, offers and document lines share."""
    return (
        _field("article", "Артикул @Артикул", TEXT, section, longest=ARTICLE),
        _field("name", "Наименование @Наименование", TEXT, section, longest=NAME),
        _field("unit", "БазоваяЕдиница", BASE_UNIT, section),
        _field("_unit_name", "@Единица", TEXT, "7", when=_before(SECOND)),
    )


_CHARACTERISTICS = _field(
    "characteristics", "ХарактеристикиТовара/ХарактеристикаТовара", CHARACTERISTIC, "2", many=True
)
_REQUISITES = _field(
    "requisites", "ЗначенияРеквизитов/ЗначениеРеквизита", REQUISITE, "2", many=True
)
_PROPERTIES = _field(
    "properties",
    "ЗначенияСвойств/ЗначенияСвойства ЗначениеСвойства",
    PROPERTY_VALUE,
    "2",
    many=True,
)
_PRICES = _field("prices", "Цены/Цена", PRICE, "3", many=True)
EXTRAS = ("Длина", "Ширина", "Высота", "Объем", "Марка", "Модель", "КодГруппыТоваров")
"""Elements of 3.1 and of vendors that the shop has no use for by itself."""

LINK = "СсылкаНаТовар"
"""An extra of an offer of CommerceML 1: ИдентификаторВКаталоге of its good, which is its id too."""


def _extra(name: str, element: str = "") -> Field:
    def parse(text: str) -> r.Requisite | None:
        said = text.strip()
        return r.Requisite(name, (said,)) if said else None

    what = Value("text", parse, lambda row: str(row.values[0]))
    return _field(
        "extras", element or name, what, "2", many=True, only=lambda row: bool(row.name == name)
    )


_EXTRAS = tuple(map(_extra, EXTRAS))
_STATUS = _field("deleted", "Статус @Статус", STATUS, "2", when=_never)
_VERSION = _field(
    "version", "НомерВерсии", TEXT, "2", when=lambda record, version: bool(record.version)
)


def _unit_as_attribute(goods: Any) -> Values:
    """CommerceML 1 names the base unit and no more of it."""
    return {"_unit_name": goods.unit.name if goods.unit else None}


def _offer_as_attributes(offer: r.Offer) -> Values:
    """CommerceML 1 has one price an offer, of no price type."""
    price = offer.prices[0] if offer.prices else None
    said = {"_price": write_money(price.amount), "_currency": price.currency} if price else {}
    return {"_price": None, "_currency": None, **said, **_unit_as_attribute(offer)}


def _finish_goods(values: Values) -> None:
    unit_name = values.pop("_unit_name", None)
    if unit_name and "unit" not in values:
        values["unit"] = r.BaseUnit(name=unit_name)


def _finish_product(values: Values, report: Report) -> None:
    _finish_goods(values)
    said = _requisites(values)
    full_name = said.get("полноенаименование") or said.get("повненайменування")
    if full_name and not values.get("full_name"):
        values["full_name"] = full_name
    code = said.get("код")
    if code and not values.get("code"):
        values["code"] = code
    weight = said.get("вес")
    if weight and "weight" not in values:
        try:
            values["weight"] = parse_number(weight)
        except ValueError:
            report("bad_number", "ЗначенияРеквизитов/ЗначениеРеквизита[Вес]", weight)


PRODUCT = Shape(
    r.Product,
    "Товар",
    (
        _field("id", "Ид @Идентификатор", IDENT, "2", required=True),
        _VERSION,
        _mark("2"),
        _STATUS,
        _field("barcode", "Штрихкод ШтрихКод", TEXT, "2"),
        _field("article", "Артикул @ИдентификаторВКаталоге @Артикул", TEXT, "2", longest=ARTICLE),
        _field("code", "Код", TEXT, "2"),
        *_goods("2")[1:],
        _field("full_name", "ПолноеНаименование @ПолноеНаименование", TEXT, "2"),
        _field("group_ids", "Группы/Ид @Родитель", IDENT, "2", many=True),
        _field("category_id", "Категория", IDENT, "2"),
        _field("description", "Описание", TEXT, "2"),
        _field("images", "Картинка Изображения/Изображение", TEXT, "2", many=True),
        _field("manufacturer_id", "Изготовитель/Ид Производитель/Ид", IDENT, "2"),
        _field(
            "manufacturer_name",
            "Изготовитель/Наименование Производитель/Наименование Производитель/.",
            TEXT,
            "2",
        ),
        _field("country", "Страна", TEXT, "2"),
        _field("weight", "Вес", NUMBER, "2"),
        *_EXTRAS,
        _PROPERTIES,
        _CHARACTERISTICS,
        _field("tax_rates", "СтавкиНалогов/СтавкаНалога", TAX_RATE, "2", many=True),
        _REQUISITES,
        _PRICES,
    ),
    sourced=True,
    finish=_finish_product,
    prepare=_unit_as_attribute,
    finish_needs=("requisites", "_unit_name"),
    finish_touches=("requisites", "_unit_name", "unit", "full_name", "code", "weight"),
    within="Товары",
    inherits=("only_changes",),
)


def _finish_offer(values: Values, report: Report) -> None:
    """In packages of changes the variant is an element of its own (section 3)."""
    characteristic = values.pop("_characteristic", "")
    if characteristic and "#" not in values.get("id", ""):
        values["id"] = f"{values.get('id', '')}#{characteristic}"
    _finish_goods(values)
    _finish_cml1_price(values, report)


def _finish_cml1_price(values: Values, report: Report) -> None:
    """CommerceML 1 has one price an offer, as attributes, of no price type."""
    text = values.pop("_price", "")
    currency = values.pop("_currency", None)
    if not text:
        return
    try:
        amount = parse_number(text)
    except ValueError:
        report("bad_number", "@Цена", text)
        return
    if amount is not None:
        values["prices"] = (r.OfferPrice(amount=amount, currency=currency),)
        values["has_prices_block"] = True


OFFER = Shape(
    r.Offer,
    "Предложение",
    (
        _field(
            "id",
            "Ид @ИдентификаторТовара @Товар @Идентификатор СсылкаНаТовар/@ИдентификаторВКаталоге",
            IDENT,
            "3",
            required=True,
        ),
        _field("_characteristic", "ИдХарактеристики", IDENT, "3", when=_never),
        _VERSION,
        _mark("3"),
        _STATUS,
        _field("barcode", "Штрихкод ШтрихКод", TEXT, "3"),
        *_goods("3"),
        *_EXTRAS,
        _extra(LINK, f"{LINK}/@ИдентификаторВКаталоге"),
        _CHARACTERISTICS,
        _PROPERTIES,
        _field("has_prices_block", "Цены", FLAG, "3", presence=True),
        _PRICES,
        _field("_price", "@Цена", TEXT, "7", when=_before(SECOND)),
        _field("_currency", "@Валюта", TEXT, "7", when=_before(SECOND)),
        _field("quantity", "Количество @Количество", NUMBER, "3"),
        _field(
            "stock",
            "Склад Склады/Склад",
            STOCK_ROW,
            "3",
            many=True,
            only=lambda row: row.kind is r.StockKind.WAREHOUSE,
        ),
        _field(
            "stock",
            "Остатки/Остаток",
            REST,
            "3",
            many=True,
            only=lambda row: row.kind is r.StockKind.REST,
        ),
    ),
    sourced=True,
    finish=_finish_offer,
    prepare=_offer_as_attributes,
    finish_needs=("_characteristic", "_unit_name", "_price", "_currency"),
    within="Предложения",
    inherits=("only_changes",),
)


# --- Counterparties and documents -------------------------------------------------------


def _finish_counterparty(values: Values, report: Report) -> None:
    """The kind is told by which of two names is there, as УТ 11 does it (section 6)."""
    if not values.get("ogrn"):
        said = _requisites(values)
        values["ogrn"] = said.get("огрн") or said.get("огрнип")
    if values.get("official_name"):
        values["kind"] = r.CounterpartyKind.LEGAL
    elif values.get("full_name"):
        kind = r.CounterpartyKind
        values["kind"] = kind.ENTREPRENEUR if values.get("inn") else kind.PERSON


def _is_legal(record: Any, version: Version) -> bool:
    return bool(record.kind is r.CounterpartyKind.LEGAL)


def _is_natural(record: Any, version: Version) -> bool:
    return record.kind in {r.CounterpartyKind.ENTREPRENEUR, r.CounterpartyKind.PERSON}


def _counterparty_names(party: r.Counterparty) -> Values:
    """УТ 11 tells the kind by which of two elements is there, so one of them must be, and
    never an empty ОфициальноеНаименование for a person (section 6)."""
    if party.kind is r.CounterpartyKind.UNKNOWN:
        return {}
    return {
        "official_name": party.official_name or party.full_name or party.name,
        "full_name": party.full_name or party.official_name or party.name,
    }


_OKPO_RENAMED: Version = (2, 9)

COUNTERPARTY = Shape(
    r.Counterparty,
    "Контрагент",
    (
        _field("id", "Ид @Идентификатор @Контрагент", IDENT, "6"),
        _VERSION,
        _mark("6"),
        _field(
            "name", "Наименование @Наименование @ОтображаемоеНаименование", TEXT, "6", longest=NAME
        ),
        _field(
            "official_name",
            "ОфициальноеНаименование @ОфициальноеНаименование",
            TEXT,
            "6",
            when=_is_legal,
        ),
        _field(
            "legal_address",
            "ЮридическийАдрес @ЮридическийАдрес",
            ADDRESS,
            "6",
            when=_is_legal,
        ),
        _field("full_name", "ПолноеНаименование", TEXT, "6", when=_is_natural),
        _field("last_name", "Фамилия @Фамилия", TEXT, "6"),
        _field("first_name", "Имя @Имя", TEXT, "6"),
        _field("middle_name", "Отчество @Отчество", TEXT, "6"),
        _field(
            "legal_address",
            "АдресРегистрации",
            ADDRESS,
            "6",
            when=lambda record, version: not _is_legal(record, version),
        ),
        _field("inn", "ИНН @ИНН", TEXT, "6"),
        _field("kpp", "КПП @КПП", TEXT, "6", when=_is_legal),
        _field("okpo", "ОКПО @ОКПО", TEXT, "6", when=_before(_OKPO_RENAMED)),
        _field("okpo", "КодПоОКПО", TEXT, "6", when=_since(_OKPO_RENAMED)),
        _field("ogrn", "ОГРН @ОГРН", TEXT, "6", when=_never),
        _field("bank_accounts", "РасчетныеСчета/РасчетныйСчет", BANK_ACCOUNT, "6", many=True),
        _field("address", "Адрес @Адрес", ADDRESS, "6"),
        _field("contacts", "Контакты/Контакт", CONTACT, "6", many=True),
        _field("role", "Роль @Роль", TEXT, "6"),
        _REQUISITES,
    ),
    sourced=True,
    finish=_finish_counterparty,
    prepare=_counterparty_names,
)


def _finish_line(values: Values, report: Report) -> None:
    _finish_goods(values)


LINE = Shape(
    r.DocumentLine,
    "Товар",
    (
        _field("id", "Ид @Товар @Идентификатор", IDENT, "5"),
        _field("catalog_id", "ИдКаталога @Каталог", IDENT, "5"),
        *_goods("5"),
        _field("price", "ЦенаЗаЕдиницу @Цена", MONEY, "5"),
        _field("quantity", "Количество @Количество", NUMBER, "5"),
        _field("reserved", "Резерв", NUMBER, "5"),
        _field("total", "Сумма @Сумма", MONEY, "5"),
        _field("unit_name", "Единица", TEXT, "5"),
        _field("coefficient", "Коэффициент", NUMBER, "5"),
        _field("tax_rates", "СтавкиНалогов/СтавкаНалога", TAX_RATE, "5", many=True),
        _field("taxes", "Налоги/Налог СуммаНалога", TAX, "5", many=True),
        _field("discounts", "Скидки/Скидка", DISCOUNT, "5", many=True),
        _CHARACTERISTICS,
        _REQUISITES,
    ),
    sourced=True,
    finish=_finish_line,
    prepare=_unit_as_attribute,
)

PARTY = Shape(
    r.Counterparty,
    "ПредприятиеВДокументе",
    (_field("id", "@Контрагент", IDENT, "7"), _field("role", "@Роль", TEXT, "7")),
    sourced=True,
)
"""How a document of CommerceML 1 names a counterparty that is described beside it."""


def _finish_document(values: Values, report: Report) -> None:
    said = _requisites(values)
    if not values.get("number_1c"):
        values["number_1c"] = said.get("номерпо1с")
    text = said.get("датапо1с")
    if text and "date_1c" not in values:
        try:
            values["date_1c"] = parse_datetime(text)
        except ValueError:
            report("bad_date", "ЗначенияРеквизитов/ЗначениеРеквизита[Дата по 1С]", text)
    if said.get("пометкаудаления", "").lower() == "true":
        values["deleted"] = True


DOCUMENT = Shape(
    r.Document,
    "Документ",
    (
        _field("id", "Ид @Идентификатор", IDENT, "5"),
        _field("number", "Номер @Номер", TEXT, "5"),
        _field("date", "Дата @Дата", DATE, "5"),
        _field("time", "Время @Время", TIME, "5"),
        _field("operation", "ХозОперация @ХозОперация", TEXT, "5"),
        _field("role", "Роль @Роль", TEXT, "5"),
        _field("currency", "Валюта @Валюта", TEXT, "5"),
        _field("rate", "Курс @Курс", NUMBER, "5"),
        _field("total", "Сумма @Сумма", MONEY, "5"),
        _field("parent_id", "Основание", IDENT, "5"),
        _field("number_1c", "Номер1С", TEXT, "5", when=_since((2, 8))),
        _field("date_1c", "Дата1С", DATETIME, "5", when=_since((2, 8))),
        _mark("5"),
        _field("version", "НомерВерсии", TEXT, "5", when=_since((2, 8))),
        _field(
            "counterparties",
            "Контрагенты/Контрагент ПредприятиеВДокументе",
            COUNTERPARTY,
            "5",
            many=True,
        ),
        _field("warehouses", "Склады/Склад", WAREHOUSE, "5", many=True),
        _field("payment_due", "СрокПлатежа @СрокПлатежа", DATE, "5"),
        _field("comment", "Комментарий @Комментарий", TEXT, "5", longest=COMMENT),
        _field("taxes", "Налоги/Налог", TAX, "5", many=True),
        _field("discounts", "Скидки/Скидка", DISCOUNT, "5", many=True),
        _field("lines", "Товары/Товар ТоварнаяПозиция", LINE, "5", many=True),
        _REQUISITES,
    ),
    sourced=True,
    finish=_finish_document,
)

# --- Our extension ----------------------------------------------------------------------

_COUNTERPARTY_IDS = _field(
    "counterparty_ids", "Контрагенты/ИдКонтрагента Контрагенты/Ид", IDENT, "ext", many=True
)

SETTLEMENT_LIST_HEADER = Shape(
    r.SettlementListHeader,
    "Взаиморасчеты",
    (_ONLY_CHANGES, _field("told_at", "@НаДату", DATETIME, "ext")),
    sourced=True,
)

PARTNER = Shape(
    r.Partner,
    "Партнер",
    (
        _field("id", "Ид", IDENT, "ext", required=True),
        _VERSION,
        _mark("ext"),
        _field("name", "Наименование", TEXT, "ext"),
        _field("parent_id", "ИдГоловного", IDENT, "ext"),
        _COUNTERPARTY_IDS,
    ),
    sourced=True,
    within="Партнеры",
)

MANAGER = Shape(
    r.Manager,
    "Менеджер",
    (
        _field("id", "Ид", IDENT, "ext", required=True),
        _mark("ext"),
        _field("name", "Наименование", TEXT, "ext"),
        _field("email", "Почта", TEXT, "ext"),
        _field("partner_ids", "Партнеры/ИдПартнера Партнеры/Ид", IDENT, "ext", many=True),
        _COUNTERPARTY_IDS,
    ),
    sourced=True,
    within="Менеджеры",
)


CONTRACT = Shape(
    r.Contract,
    "Договор",
    (
        _field("id", "Ид", IDENT, "ext", required=True),
        _VERSION,
        _mark("ext"),
        _field("number", "Номер", TEXT, "ext"),
        _field("date", "Дата", DATE, "ext"),
        _field("name", "Наименование", TEXT, "ext"),
        _field("counterparty_id", "ИдКонтрагента", IDENT, "ext", required=True),
        _field("organization_id", "Организация/Ид", IDENT, "ext"),
        _field("organization_name", "Организация/Наименование", TEXT, "ext"),
        _field("organization_inn", "Организация/ИНН", TEXT, "ext"),
        _field("currency", "Валюта", TEXT, "ext"),
        _field("has_price_types", "ВидыЦен", FLAG, "ext", presence=True),
        _field("price_type_ids", "ВидыЦен/ИдТипаЦены ВидыЦен/Ид", IDENT, "ext", many=True),
        _field("payment", "Оплата", TEXT, "ext"),
        _field("payment_days", "ОтсрочкаДней", NUMBER, "ext"),
        _field("credit_limit", "КредитныйЛимит", LIMIT, "ext"),
    ),
    sourced=True,
    within="Договоры",
)

SETTLEMENT_DOCUMENT = Shape(
    r.SettlementDocument,
    "ДокументРасчетов",
    (
        _field("document", "Документ", TEXT, "ext"),
        _field("date", "Дата", DATE, "ext"),
        _field("contract_id", "ИдДоговора", IDENT, "ext"),
        _field("amount", "Сумма", MONEY, "ext", required=True),
        _field("currency", "Валюта", TEXT, "ext"),
        _field("due_date", "СрокОплаты", DATE, "ext"),
    ),
    sourced=True,
)

STATEMENT = Shape(
    r.Statement,
    "РасчетыКонтрагента",
    (
        _field("id", "Ид ИдКонтрагента", IDENT, "ext", required=True),
        _field("documents", "Документы/ДокументРасчетов", SETTLEMENT_DOCUMENT, "ext", many=True),
    ),
    sourced=True,
    inherits=("told_at",),
)


DIRECTORY_ROW = Shape(
    r.DirectoryRow,
    "ЭлементСправочника",
    (
        _field("id", "Ид", IDENT, "9", required=True),
        _VERSION,
        _mark("9"),
        _field("values", "ЗначенияРеквизитов/ЗначениеРеквизита", DIRECTORY_VALUE, "9", many=True),
    ),
    sourced=True,
    inherits=("directory_id",),
    within="ЭлементыСправочника",
)


# --- Where records stand ----------------------------------------------------------------

ROOT = "КоммерческаяИнформация"

RECORDS: dict[str, Shape] = {
    "Группа": GROUP,
    "Свойство": PROPERTY,
    "СвойствоНоменклатуры": PROPERTY,
    "ТипЦены": PRICE_TYPE,
    "Склад": WAREHOUSE,
    "ЕдиницаИзмерения": UNIT,
    "Товар": PRODUCT,
    "Предложение": OFFER,
    "Контрагент": COUNTERPARTY,
    "Документ": DOCUMENT,
    "ЭлементСправочника": DIRECTORY_ROW,
    "Партнер": PARTNER,
    "Менеджер": MANAGER,
    "Договор": CONTRACT,
    "Соглашение": CONTRACT,
    "РасчетыКонтрагента": STATEMENT,
}
"""Element → what it is, wherever it stands outside another record."""

CONTAINERS: dict[str, Shape | None] = {
    ROOT: None,
    "Контейнер": None,
    "Классификатор": CLASSIFIER_HEADER,
    "Каталог": CATALOG_HEADER,
    "ПакетПредложений": OFFER_PACKAGE_HEADER,
    "ИзмененияПакетаПредложений": OFFER_PACKAGE_HEADER,
    "Контрагенты": COUNTERPARTY_LIST_HEADER,
    "ПользовательскиеСправочники": None,
    "Справочник": DIRECTORY,
    "Взаиморасчеты": SETTLEMENT_LIST_HEADER,
    "Соглашения": None,
    "Документы": None,
    **{shape.within: None for shape in RECORDS.values() if shape.within},
}
"""Element that may hold records → the header it becomes, if any."""

PASSED_OVER = {
    "Владелец": "кто продаёт, говорит «Организация» договора",
    "Категории": "товары стоят по группам; Ид категории товара читается",
    "ДляТоваров": "значение свойства читается у того, у кого стоит",
    "ДляПредложений": "то же",
    "Внешний": "значения берутся из списка свойства, какой бы он ни был",
    "Информационное": "на обмен не влияет",
    "Множественное": "несколько значений читаются и без него",
    "Акциз": "в цене он уже есть, отдельно не считается",
    "ДополнительныеДанные": "для упаковки нужны единица и коэффициент",
    "ДействительноС": "цены действуют с загрузки",
    "ДействительноДо": "цены действуют до следующей загрузки",
    "ДопРасходы": "1С их в заказе не читает: доставка идёт строкой",
    "Представители": "закупщиков заводят на сайте",
    "БанкКорреспондент": "для счёта нужны БИК и корреспондентский счёт",
    "SWIFT": "то же",
}
"""Elements that are known, and not read: each with the reason, for the docs."""

CHANGES_PACKAGE = "ИзмененияПакетаПредложений"
