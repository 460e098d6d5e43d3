"""Writes the demo's base as the files a real 1C would send.

It plays 1C, so it shares nothing with the reader it feeds: no record, no writer of onec_bridge.
Were both ends made from one description, the demo would only prove that we agree with ourselves.

Two dialects, each with the habits seen in real files (element order, BOM, tabs, numbers without
needless zeros, unit codes padded with a blank):

- ut11: «Управление торговлей 11», CommerceML 2.07. import0_1.xml holds the classifier and the
  goods, offers0_1.xml everything that is sold; counterparties are not sent at all.
- bitrix: the 1C-Bitrix module, CommerceML 2.09. One folder a package: the classifier, then goods
  with offers, prices and stock in files of their own, then counterparties for `type=sale`.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from sandbox.data import pictures
from sandbox.data.catalogue import (
    CATALOG_ID,
    CATALOG_NAME,
    PRICE_TYPES,
    UNITS,
    WAREHOUSES,
    Counterparty,
    Good,
    Group,
    Offer,
    counterparties,
    goods,
    groups,
    guid,
    maker_id,
    picture_path,
    row_version,
)

ExchangeDialect = Literal["ut11", "bitrix"]
Node = ElementTree.Element

FORMED_AT = "2026-04-06T08:00:12"
OWNER_NAME = "Дачный Мир ООО"
OWNER_INN, OWNER_KPP = "5029990102", "502901001"
COUNTRY_PROPERTY = guid("property", "Страна происхождения")
FOREIGN_MAKERS = {"GreenLine": "КИТАЙ"}


def write_exchange(folder: Path, dialect: ExchangeDialect) -> list[Path]:
    """Writes the whole base into `folder`, with pictures.

    Returns the XML files in the order 1C sends them. The folder is made if missing; files of the
    same name are replaced, others are left.
    """
    documents = {"ut11": _ut11, "bitrix": _bitrix}[dialect]()
    paths = [_save(folder / name, document) for name, document in documents]
    for good in goods():
        if good.colour:
            path = paths[0 if dialect == "ut11" else 1].parent / picture_path(good)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pictures.draw(good.kind, good.colour))
    return paths


def _ut11() -> Iterator[tuple[str, Node]]:
    yield (
        "import0_1.xml",
        _root(
            "2.07",
            _node(
                "Классификатор", *_identity("Классификатор"), _groups(versions=False), _properties()
            ),
            _catalog(versions=False),
        ),
    )
    package = _package(
        _node("ТипыЦен", *_price_types()),
        _node("Склады", *_warehouses()),
        _node(
            "Предложения",
            *(
                _full_offer(good, offer)
                for good in goods()
                if not good.deleted
                for offer in good.offers
            ),
        ),
    )
    yield (
        "offers0_1.xml",
        _root("2.07", _node("Классификатор", *_identity("Классификатор")), package),
    )


def _bitrix() -> Iterator[tuple[str, Node]]:
    run = guid("run")
    classifier = _node(
        "Классификатор",
        *_identity(),
        _groups(versions=True),
        _properties(),
        _node("ТипыЦен", *_price_types()),
        _node("Склады", *_warehouses()),
        _node("ЕдиницыИзмерения", *_units()),
        СодержитТолькоИзменения="false",
    )
    header = _node("Каталог", *_catalog_header(), СодержитТолькоИзменения="false")
    yield (
        f"properties/1/import___{guid('file', 'properties')}.xml",
        _root("2.09", classifier, header),
    )
    yield f"goods/1/import___{run}.xml", _root("2.09", _catalog(versions=True))
    for name, block in (("offers", _thin_offer), ("prices", _prices_only), ("rests", _rests_only)):
        offers = [
            block(good, offer)
            for good in goods()
            if name == "offers" or not good.deleted
            for offer in good.offers
        ]
        yield f"goods/1/{name}___{run}.xml", _root("2.09", _package(_node("Предложения", *offers)))
    yield (
        f"contragents/1/contragents___{guid('file', 'contragents')}.xml",
        _root(
            "2.09",
            _node(
                "Контрагенты",
                *(_counterparty(row) for row in counterparties()),
                СодержитТолькоИзменения="false",
            ),
        ),
    )


# --- building blocks


def _node(name: str, *content: Node | str | None, **attributes: str) -> Node:
    """An element; a None among the content is left out."""
    node = ElementTree.Element(name, attributes)
    for part in content:
        if isinstance(part, str):
            node.text = part
        elif part is not None:
            node.append(part)
    return node


def _root(schema: str, *content: Node) -> Node:
    root = _node("КоммерческаяИнформация", *content)
    root.attrib = {
        "xmlns": "urn:1C.ru:commerceml_2",
        "xmlns:xs": "http://www.w3.org/2001/XMLSchema",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "ВерсияСхемы": schema,
        "ДатаФормирования": FORMED_AT,
    }
    return root


def _save(path: Path, document: Node) -> Path:
    ElementTree.indent(document, "\t")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(document, "unicode"),
        encoding="utf-8-sig",
        newline="\n",
    )
    return path


def _number(value: Decimal) -> str:
    """As 1C writes numbers: a dot, no thousands, no needless zeros."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _mark(key: str, deleted: bool = False) -> tuple[Node, Node]:
    return _node("НомерВерсии", row_version(key)), _node("ПометкаУдаления", _flag(deleted))


# --- classifier and catalogue


def _identity(prefix: str = "") -> tuple[Node, ...]:
    name = f"{prefix} ({CATALOG_NAME})" if prefix else CATALOG_NAME
    return _node("Ид", CATALOG_ID), _node("Наименование", name), _owner()


def _owner() -> Node:
    return _node(
        "Владелец",
        _node("Ид", guid("owner")),
        _node("Наименование", OWNER_NAME),
        _node("ОфициальноеНаименование", 'Общество с ограниченной ответственностью "Дачный Мир"'),
        _node("ИНН", OWNER_INN),
        _node("КПП", OWNER_KPP),
    )


def _groups(*, versions: bool, parent: Group | None = None) -> Node | None:
    children = [
        _node(
            "Группа",
            _node("Ид", group.id),
            *(_mark(group.id) if versions else ()),
            _node("Наименование", group.name),
            _groups(versions=versions, parent=group),
        )
        for group in groups().values()
        if group.parent is parent
    ]
    return _node("Группы", *children) if children else None


def _properties() -> Node:
    countries = ("РОССИЯ", *FOREIGN_MAKERS.values())
    return _node(
        "Свойства",
        _node(
            "Свойство",
            _node("Ид", COUNTRY_PROPERTY),
            _node("Наименование", "Страна происхождения"),
            _node("ТипЗначений", "Справочник"),
            _node(
                "ВариантыЗначений",
                *(
                    _node(
                        "Справочник",
                        _node("ИдЗначения", guid("country", country)),
                        _node("Значение", country),
                    )
                    for country in countries
                ),
            ),
        ),
    )


def _price_types() -> Iterator[Node]:
    for price_type in PRICE_TYPES:
        yield _node(
            "ТипЦены",
            _node("Ид", price_type.id),
            _node("Наименование", price_type.name),
            _node("Валюта", "RUB"),
            _node(
                "Налог",
                _node("Наименование", "НДС"),
                _node("УчтеноВСумме", "true"),
                _node("Акциз", "false"),
            ),
        )


def _warehouses() -> Iterator[Node]:
    for warehouse in WAREHOUSES:
        yield _node(
            "Склад",
            _node("Ид", warehouse.id),
            _node("Наименование", warehouse.name),
            _node("Адрес", _node("Представление", warehouse.address)),
        )


def _units() -> Iterator[Node]:
    for unit in UNITS.values():
        yield _node(
            "ЕдиницаИзмерения",
            _node("Ид", guid("unit", unit.code)),
            *_mark(unit.code),
            _node("НаименованиеКраткое", unit.name),
            _node("Код", unit.code),
            _node("НаименованиеПолное", unit.full_name),
            _node("МеждународноеСокращение", unit.international),
        )


def _catalog_header() -> tuple[Node, ...]:
    return (
        _node("Ид", CATALOG_ID),
        _node("ИдКлассификатора", CATALOG_ID),
        _node("Наименование", CATALOG_NAME),
        _owner(),
    )


def _catalog(*, versions: bool) -> Node:
    rows = (_good(good, versions=versions) for good in goods())
    return _node(
        "Каталог",
        *_catalog_header(),
        _node("Товары", *rows),
        СодержитТолькоИзменения="false",
    )


def _good(good: Good, *, versions: bool) -> Node:
    has_own_barcode = not good.has_characteristics
    return _node(
        "Товар",
        _node("Ид", good.id),
        *(_mark(good.code, good.deleted) if versions else ()),
        _node("Штрихкод", good.offers[0].barcode) if has_own_barcode else None,
        _node("Артикул", good.article),
        _node("Наименование", good.name),
        _base_unit(good, named=versions),
        _node("Группы", _node("Ид", good.group.id)),
        _node("Описание", good.description),
        _node("Картинка", picture_path(good)) if good.colour else None,
        _maker(good),
        _node("Статус", "Удален") if good.deleted and not versions else None,
        _property_values(good),
        _node(
            "СтавкиНалогов",
            _node("СтавкаНалога", _node("Наименование", "НДС"), _node("Ставка", _number(good.vat))),
        ),
        _requisites(
            ("ВидНоменклатуры", good.group.root.name),
            ("ТипНоменклатуры", "Товар"),
            ("Полное наименование", good.name),
            ("Код", good.code),
            ("Вес", _number(good.weight)),
            *([("ОписаниеФайла", f"{picture_path(good)}#{good.name}")] if good.colour else []),
        ),
    )


def _base_unit(good: Good, *, named: bool) -> Node:
    """The base unit with its packings: pieces, and the pack of so many pieces.

    УТ 11 leaves the element's own text empty, the 1C-Bitrix module writes the short name there.
    """
    packings = {good.base_unit.code: Decimal(1), good.price_unit.code: good.coefficient}
    return _node(
        "БазоваяЕдиница",
        good.base_unit.name if named else None,
        *(
            _node("Пересчет", _node("Единица", code), _node("Коэффициент", _number(coefficient)))
            for code, coefficient in packings.items()
        ),
        Код=f"{good.base_unit.code} ",
        НаименованиеПолное=good.base_unit.full_name,
        МеждународноеСокращение=good.base_unit.international,
    )


def _maker(good: Good) -> Node | None:
    if not good.maker:
        return None
    return _node(
        "Изготовитель", _node("Ид", maker_id(good.maker)), _node("Наименование", good.maker)
    )


def _property_values(good: Good) -> Node:
    country = FOREIGN_MAKERS.get(good.maker, "РОССИЯ")
    return _node(
        "ЗначенияСвойств",
        _node(
            "ЗначенияСвойства",
            _node("Ид", COUNTRY_PROPERTY),
            _node("Значение", guid("country", country)),
        ),
    )


def _requisites(*pairs: tuple[str, str]) -> Node:
    return _node(
        "ЗначенияРеквизитов",
        *(
            _node("ЗначениеРеквизита", _node("Наименование", name), _node("Значение", value))
            for name, value in pairs
        ),
    )


# --- offers


def _package(*content: Node) -> Node:
    return _node(
        "ПакетПредложений",
        _node("Ид", f"{CATALOG_ID}#"),
        _node("Наименование", f"Пакет предложений ({CATALOG_NAME})"),
        _node("ИдКаталога", CATALOG_ID),
        _node("ИдКлассификатора", CATALOG_ID),
        _owner(),
        *content,
        СодержитТолькоИзменения="false",
    )


def _full_offer(good: Good, offer: Offer) -> Node:
    """УТ 11's offer: everything at once, stock as attributes of Склад."""
    return _node(
        "Предложение",
        _node("Ид", offer.id),
        _node("Штрихкод", offer.barcode),
        _node("Артикул", good.article),
        _node("Наименование", _offer_name(good, offer)),
        _base_unit(good, named=False),
        _characteristics(offer),
        _prices(good, offer),
        _node("Количество", _number(offer.total_stock)),
        *(
            _node(
                "Склад",
                ИдСклада=warehouse.id,
                КоличествоНаСкладе=_number(offer.stock[warehouse.name]),
            )
            for warehouse in WAREHOUSES
        ),
    )


def _thin_offer(good: Good, offer: Offer) -> Node:
    return _node(
        "Предложение",
        _node("Ид", offer.id),
        *_mark(offer.id, good.deleted),
        _node("Штрихкод", offer.barcode),
        _node("Наименование", _offer_name(good, offer)),
        _characteristics(offer),
    )


def _prices_only(good: Good, offer: Offer) -> Node:
    return _node("Предложение", _node("Ид", offer.id), _prices(good, offer))


def _rests_only(_: Good, offer: Offer) -> Node:
    rows = (
        _node(
            "Остаток",
            _node(
                "Склад",
                _node("Ид", warehouse.id),
                _node("Количество", _number(offer.stock[warehouse.name])),
            ),
        )
        for warehouse in WAREHOUSES
    )
    return _node("Предложение", _node("Ид", offer.id), _node("Остатки", *rows))


def _offer_name(good: Good, offer: Offer) -> str:
    return f"{good.name} ({offer.label})" if offer.label else good.name


def _characteristics(offer: Offer) -> Node | None:
    if not offer.characteristics:
        return None
    return _node(
        "ХарактеристикиТовара",
        *(
            _node("ХарактеристикаТовара", _node("Наименование", name), _node("Значение", value))
            for name, value in offer.characteristics
        ),
    )


def _prices(good: Good, offer: Offer) -> Node:
    """Prices by type; what 1C holds as "no price" goes out as 0."""
    unit = good.price_unit.name
    rows = []
    for price_type in PRICE_TYPES:
        if price_type.name not in offer.prices:
            continue
        amount = offer.prices[price_type.name] or Decimal(0)
        shown = f"{amount:,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
        rows.append(
            _node(
                "Цена",
                _node("Представление", f"{shown} RUB за {unit}"),
                _node("ИдТипаЦены", price_type.id),
                _node("ЦенаЗаЕдиницу", _number(amount)),
                _node("Валюта", "RUB"),
                _node("Единица", unit),
                _node("Коэффициент", _number(good.coefficient)),
            )
        )
    return _node("Цены", *rows)


# --- counterparties


def _counterparty(row: Counterparty) -> Node:
    """A legal entity carries ОфициальноеНаименование, an entrepreneur or a person never does."""
    is_legal = row.kind == "legal"
    surname, name, patronymic = row.full_name.split()[-3:] if not is_legal else ("", "", "")
    return _node(
        "Контрагент",
        _node("Ид", row.id),
        *_mark(row.code, row.deleted),
        _node("Наименование", row.name),
        _node("ОфициальноеНаименование" if is_legal else "ПолноеНаименование", row.full_name),
        *(
            _node(tag, value)
            for tag, value in (("Фамилия", surname), ("Имя", name), ("Отчество", patronymic))
            if value
        ),
        _node("Роль", "Покупатель"),
        _node("ИНН", row.inn),
        _node("КПП", row.kpp),
        _node("КодПоОКПО"),
        _accounts(row),
        _node(
            "ЮридическийАдрес" if is_legal else "АдресРегистрации",
            _node("Представление", row.address),
            _address_field("Почтовый индекс", row.address.partition(",")[0]),
            _address_field("Страна", "РОССИЯ"),
        ),
        _contacts(row),
        _requisites(("ОГРН", row.ogrn)) if row.ogrn else None,
    )


def _accounts(row: Counterparty) -> Node | None:
    if row.account is None:
        return None
    return _node(
        "РасчетныеСчета",
        _node(
            "РасчетныйСчет",
            _node("НомерСчета", row.account.number),
            _node(
                "Банк",
                _node("БИК", row.account.bic),
                _node("Наименование", row.account.bank),
                _node("СчетКорреспондентский", row.account.correspondent),
            ),
        ),
    )


def _address_field(kind: str, value: str) -> Node:
    return _node("АдресноеПоле", _node("Тип", kind), _node("Значение", value))


def _contacts(row: Counterparty) -> Node:
    return _node(
        "Контакты",
        *(
            _node("Контакт", _node("Тип", kind), _node("Значение", value))
            for kind, value in (("Телефон рабочий", row.phone), ("Почта", row.email))
            if value
        ),
    )
