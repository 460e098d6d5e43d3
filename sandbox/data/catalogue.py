"""What the demo's 1C holds: goods, prices, stock and counterparties, as typed values.

The tables beside this module (goods.csv, counterparties.json) are what a person edits; everything
else a 1C base would know is worked out from them, so that the same table gives the same base on
every machine: ids by uuid5, barcodes by row number, wholesale prices by a discount of the root
group, stock by a hash of the code. A code is a row's number, so new rows go at the end. Nothing
here is taken from a real shop, and no company in it exists.

Rules it keeps: prices are Decimal with two places; the price of a pack is a whole number of kopecks
times the pieces in it; prices fall from «Розничная» to «Дилерская»; stock is in base units.
"""

import base64
import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

HERE = Path(__file__).parent
NAMESPACE = uuid5(NAMESPACE_URL, "https://example.org/b2b-overlay/demo-1c")
KOPECK = Decimal("0.01")


def guid(*parts: str) -> str:
    """The stable 1C id of the thing named by `parts`."""
    return str(uuid5(NAMESPACE, "/".join(parts)))


def row_version(thing: str) -> str:
    """1C's НомерВерсии: eight bytes in base64; the same value means nothing changed."""
    return base64.b64encode(b"\0\0\0\0" + hashlib.sha256(thing.encode()).digest()[:4]).decode()


@dataclass(frozen=True, slots=True)
class Group:
    """A folder of goods (Группа); `parent` is None at the root."""

    id: str
    name: str
    parent: "Group | None"

    @property
    def root(self) -> "Group":
        return self.parent.root if self.parent else self


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the ОКЕИ classifier: its code is text, and may begin with zero."""

    code: str
    name: str
    full_name: str
    international: str


@dataclass(frozen=True, slots=True)
class PriceType:
    """A type of prices (ТипЦены), in roubles with VAT inside."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place of stock (Склад)."""

    id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What has a price and stock: a good, or one characteristic of it (`guid#guid`).

    `prices` maps a price type's name to the price of the good's selling unit; None stands for
    "sent as 0", a name that is missing for "not set". `stock` maps a warehouse's name to base
    units.
    """

    id: str
    characteristics: tuple[tuple[str, str], ...]
    barcode: str
    prices: Mapping[str, Decimal | None]
    stock: Mapping[str, Decimal]

    @property
    def label(self) -> str:
        """The characteristic as 1C writes it in brackets after the name; empty without one."""
        return ", ".join(value for _, value in self.characteristics)

    @property
    def total_stock(self) -> Decimal:
        return sum(self.stock.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Good:
    """One row of goods.csv (Номенклатура).

    `coefficient` is how many `base_unit` the `price_unit` holds: 12 for boards in packs, else 1.
    `kind` says which pictogram and description the good gets, `colour` the picture's colour;
    without a colour the good has no picture. `weight` is in kilograms.
    """

    id: str
    code: str
    article: str
    name: str
    group: Group
    maker: str
    base_unit: Unit
    price_unit: Unit
    coefficient: Decimal
    vat: Decimal
    kind: str
    colour: str
    weight: Decimal
    deleted: bool
    offers: tuple[Offer, ...]

    @property
    def description(self) -> str:
        return DESCRIPTIONS[self.kind]

    @property
    def has_characteristics(self) -> bool:
        return bool(self.offers[0].characteristics)


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account (РасчетныйСчет) with its bank."""

    number: str
    bic: str
    bank: str
    correspondent: str


@dataclass(frozen=True, slots=True)
class Counterparty:
    """A legal entity as 1C knows it (Контрагент); `company` is whom the story admits it to.

    `kind` is legal, entrepreneur or person. `price_type` and `payment_days` are the terms the shop
    agreed with it: they travel in the spreadsheet only, the exchange has no place for them.
    """

    id: str
    code: str
    name: str
    full_name: str
    kind: str
    inn: str
    kpp: str
    ogrn: str
    phone: str
    email: str
    address: str
    contact: str
    price_type: str
    payment_days: int
    account: Account | None
    company: str
    deleted: bool


CATALOG_ID = guid("catalog")
CATALOG_NAME = "Основной каталог товаров"

GROUP_TREE: Mapping[str, object] = {
    "Полив и водоснабжение": {
        "Шланги": {"Шланги ПВХ": {}, "Шланги резиновые": {}, "Шланги растягивающиеся": {}},
        "Соединители и фитинги": {},
        "Распылители и дождеватели": {},
        "Лейки": {},
        "Бочки и ёмкости": {},
    },
    "Садовый инвентарь": {
        "Лопаты и вилы": {},
        "Грабли, мотыги и тяпки": {},
        "Секаторы и сучкорезы": {},
        "Тачки садовые": {},
        "Горшки и кашпо": {},
    },
    "Пиломатериалы": {
        "Доска": {"Доска строганая": {}, "Доска террасная": {}},
        "Вагонка и имитация бруса": {},
        "Брус и рейка": {},
    },
    "Ванны и сантехника": {
        "Ванны": {"Ванны стальные": {}, "Ванны акриловые": {}, "Ванны чугунные": {}},
        "Смесители и души": {},
        "Сифоны и подводка": {},
    },
    "Хозяйственные товары": {
        "Вёдра и тазы": {},
        "Уборочный инвентарь": {},
        "Плёнка и укрывной материал": {},
        "Верёвки и шпагат": {},
    },
    "Крепёж": {"Саморезы": {}, "Гвозди и скобы": {}},
    "Грунты, удобрения, корма": {"Грунты и удобрения": {}, "Корма": {}},
    "Игрушки для сада": {},
}

RETAIL, SMALL_WHOLESALE, LARGE_WHOLESALE, DEALER = (
    "Розничная",
    "Мелкий опт",
    "Крупный опт",
    "Дилерская",
)
PRICE_TYPES = tuple(
    PriceType(guid("price-type", name), name)
    for name in (RETAIL, SMALL_WHOLESALE, LARGE_WHOLESALE, DEALER)
)
# Per cent off the retail price, by root group: small wholesale, large wholesale, dealer.
DISCOUNTS: Mapping[str, tuple[str, str, str]] = {
    "Полив и водоснабжение": ("9", "17", "26"),
    "Садовый инвентарь": ("8", "15", "23.5"),
    "Пиломатериалы": ("4", "7.5", "12"),
    "Ванны и сантехника": ("7", "13", "19"),
    "Хозяйственные товары": ("10", "18", "25"),
    "Крепёж": ("12", "21", "31"),
    "Грунты, удобрения, корма": ("5", "9", "14"),
    "Игрушки для сада": ("10", "18", "27"),
}

WAREHOUSES = tuple(
    Warehouse(guid("warehouse", name), name, address)
    for name, address in (
        ("Основной склад", "141009, Московская обл, Мытищи г, Складская ул, дом 1"),
        ("Склад Тверь", "170001, Тверская обл, Тверь г, Складской проезд, дом 6"),
        ("Выставочный зал", "141006, Московская обл, Мытищи г, Садовая ул, дом 2"),
    )
)

UNITS: Mapping[str, Unit] = {
    unit.name: unit
    for unit in (
        Unit("796", "шт", "Штука", "PCE"),
        Unit("778", "упак", "Упаковка", "NMP"),
        Unit("839", "компл", "Комплект", "SET"),
        Unit("006", "м", "Метр", "MTR"),
    )
}

DESCRIPTIONS: Mapping[str, str] = {
    "bag": "Поставляется в прочной упаковке. Хранить в сухом месте.",
    "barrel": "Пищевой пластик, стойкий к ультрафиолету. Горловина с плотной крышкой.",
    "barrow": "Усиленная рама из стальной трубы, оцинкованный кузов. Собирается на месте.",
    "bath": "Покрытие стойкое к истиранию, толщина борта 20 мм. Слив-перелив в комплект не входит.",
    "beam": "Сухая древесина, влажность 10–14 %. Без синевы и выпадающих сучков.",
    "board": "Камерная сушка, влажность 10–14 %. Хранить под навесом.",
    "broom": "Для двора, гаража и дома. Упругий ворс не ломается на морозе.",
    "bucket": "Литое дно, эргономичная ручка. Подходит для пищевых продуктов.",
    "can": "Длинный носик, съёмный рассеиватель, удобная ручка.",
    "clamp": "Оцинкованная сталь, накатная лента. Момент затяжки 3 Н·м.",
    "drip": "Собирается без инструмента, подключается к бочке на высоте от 1 м.",
    "film": "Стабилизирована от ультрафиолета, служит три сезона.",
    "fitting": "Ударопрочный пластик, подходит к распространённым быстросъёмным системам.",
    "fork": "Закалённая сталь, порошковая окраска.",
    "gloves": "Плотная вязка, манжета на резинке.",
    "handle": "Сухая берёза, шлифованная поверхность.",
    "hose": "Рабочее давление до 8 бар, температура от −10 до +50 °C. Не перегибается.",
    "panel": "Регулируемые ножки, влагостойкий пластик.",
    "pot": "Дренажные отверстия, поддон в комплекте.",
    "pruner": "Закалённые лезвия, фиксатор, обрезиненные рукояти.",
    "rake": "Закалённая сталь, порошковая окраска. Черенок приобретается отдельно, если не указан.",
    "reel": "Намотка ровная, без узлов.",
    "saw": "Закалённые зубья с трёхгранной заточкой.",
    "screws": "Сталь, защитное покрытие. Упаковка с окошком и подвесом.",
    "shovel": "Рельсовая сталь, полотно 2 мм. Черенок берёзовый, если указан.",
    "siphon": "Разборная конструкция, уплотнения в комплекте.",
    "sprayer": "Настраиваемая струя, блокировка курка.",
    "sprinkler": "Площадь полива до 250 м² при давлении 3 бар.",
    "tap": "Керамический картридж, латунный корпус, хромированное покрытие.",
    "wheel": "Металлический диск, втулка со смазкой.",
}


@cache
def groups() -> Mapping[str, Group]:
    """Every group by name, parents before children."""
    return MappingProxyType({group.name: group for group in _walk(GROUP_TREE, None)})


def _walk(tree: Mapping[str, object], parent: Group | None) -> Iterator[Group]:
    for name, children in tree.items():
        group = Group(guid("group", name), name, parent)
        yield group
        if isinstance(children, Mapping):
            yield from _walk(children, group)


@cache
def goods() -> tuple[Good, ...]:
    """Every good of goods.csv, in its order."""
    with (HERE / "goods.csv").open(encoding="utf-8", newline="") as table:
        return tuple(
            _good(number, row)
            for number, row in enumerate(csv.DictReader(table, delimiter=";"), start=1)
        )


@cache
def counterparties() -> tuple[Counterparty, ...]:
    """Every counterparty of counterparties.json, in its order."""
    rows = json.loads((HERE / "counterparties.json").read_text(encoding="utf-8"))
    return tuple(_counterparty(row) for row in rows)


def maker_id(maker: str) -> str:
    return guid("maker", maker)


def picture_path(good: Good) -> str:
    """Where 1C puts the good's picture, relative to the export: `import_files/ab/good_file.png`."""
    return f"import_files/{good.id[:2]}/{good.id}_{guid('picture', good.code)}.png"


def _good(number: int, row: dict[str, str]) -> Good:
    code = f"00-{number:08d}"
    good_id = guid("good", code)
    group = groups()[row["group"]]
    coefficient = Decimal(row["pack"] or 1)
    price_unit = UNITS[row["unit"]]
    base_unit = UNITS["шт"] if coefficient != 1 else price_unit
    offers = tuple(
        Offer(
            id=f"{good_id}#{guid('characteristic', code, label)}" if label else good_id,
            characteristics=characteristics,
            barcode=_ean13(f"2{number:07d}{position:04d}"),
            prices=_prices(price, coefficient, group.root.name, row["flags"]),
            stock=_stock(code + label, price / coefficient, base_unit, row["flags"]),
        )
        for position, (label, characteristics, price) in enumerate(_variants(row))
    )
    return Good(
        id=good_id,
        code=code,
        article=row["article"],
        name=row["name"],
        group=group,
        maker=row["maker"],
        base_unit=base_unit,
        price_unit=price_unit,
        coefficient=coefficient,
        vat=Decimal(row["vat"]),
        kind=row["kind"],
        colour=row["picture"],
        weight=Decimal(row["weight"]),
        deleted=row["flags"] == "deleted",
        offers=offers,
    )


def _variants(row: dict[str, str]) -> Iterator[tuple[str, tuple[tuple[str, str], ...], Decimal]]:
    """Label, characteristics and retail price of each offer of a row.

    The column reads `Длина=15 м;Цвет=синий@990.00|…`; without `@` the good's own price holds.
    """
    for variant in row["characteristics"].split("|"):
        text, _, price = variant.partition("@")
        pairs = [pair.partition("=") for pair in text.split(";") if pair]
        yield text, tuple((name, value) for name, _, value in pairs), Decimal(price or row["price"])


def _prices(
    retail: Decimal, coefficient: Decimal, root: str, flags: str
) -> Mapping[str, Decimal | None]:
    """Prices by type; each is a whole number of kopecks times the pieces in a pack."""
    prices: dict[str, Decimal | None] = {RETAIL: retail}
    for name, percent in zip(
        (SMALL_WHOLESALE, LARGE_WHOLESALE, DEALER), DISCOUNTS[root], strict=True
    ):
        piece = retail / coefficient * (100 - Decimal(percent)) / 100
        prices[name] = piece.quantize(KOPECK, ROUND_HALF_UP) * coefficient
    if flags == "no_dealer":
        del prices[DEALER]
    if flags == "zero_dealer":
        prices[DEALER] = None
    return MappingProxyType(prices)


def _stock(key: str, piece_price: Decimal, unit: Unit, flags: str) -> Mapping[str, Decimal]:
    """Stock by warehouse: plenty of what is cheap, little of what is dear, a few gaps."""
    if flags in ("none", "deleted"):
        return MappingProxyType({warehouse.name: Decimal(0) for warehouse in WAREHOUSES})
    digest = hashlib.sha256(key.encode()).digest()
    most = max(6, min(900, int(60_000 / piece_price)))
    main = Decimal(most // 3 + digest[0] * most // 512)
    second = Decimal(0) if digest[1] < 60 else Decimal(digest[2] * most // 640)
    showroom = Decimal(digest[3] % 4) if unit.name != "м" else Decimal(0)
    if unit.name == "м":
        main += Decimal("0.5") * (digest[4] % 2)
    if flags == "negative":
        second = Decimal(-3)
    return MappingProxyType(
        dict(
            zip((warehouse.name for warehouse in WAREHOUSES), (main, second, showroom), strict=True)
        )
    )


def _ean13(first_twelve: str) -> str:
    """A barcode of the in-store range (it begins with 2), which is what 1C itself hands out."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first_twelve))
    return f"{first_twelve}{-weighted % 10}"


def _counterparty(row: dict[str, Any]) -> Counterparty:
    account = row["account"]
    return Counterparty(
        **(row | {"account": account and Account(**account)}),
        id=guid("counterparty", row["code"]),
    )
