"""A small catalogue of the simulator's own, as each kind of 1C would write it.

Five goods: one with two characteristics, one with a picture, two in a group below a group; two
price types, one warehouse. Written with text, not with `commerceml`, so that no mistake is shared
with the reader. Ids are the same in every run, so a second run changes what the first one made, and
a last one can mark it all for deletion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from onec_bridge.simulator.dialects import Dialect, ExchangeType
from onec_bridge.simulator.packing import Package, Upload

SIGN = "Проверка обмена"  # what the goods' names begin with, for whoever finds them in the shop
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c63600000000200014"
    "8afa4710000000049454e44ae426082"
)
PICTURED = "import_files/c5/c5e1.png"


@dataclass(frozen=True, slots=True)
class Round:
    """What differs from round to round: prices, and whether all goods are marked for deletion."""

    prices_up: int = 0
    deleted: bool = False
    only_changes: bool = False


@dataclass(frozen=True, slots=True)
class _Good:
    name: str
    price: int
    group: str = "group"
    characteristics: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return _id(self.name)

    @property
    def offers(self) -> tuple[str, ...]:
        """Ids of what is sold: the good, or each of its characteristics."""
        return tuple(f"{self.id}#{_id(each)}" for each in self.characteristics) or (self.id,)


def _id(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"onec_bridge/simulator/{text}"))


GOODS = (
    _Good("Лейка 5 л", 350),
    _Good("Лейка 10 л", 480),
    _Good("Шланг", 900, characteristics=("25 м", "50 м")),
    _Good("Перчатки", 90, group="below"),
    _Good("Кашпо", 1250, group="below"),
)


def packages(dialect: Dialect, told: Round = Round()) -> list[Package]:
    """The packages that this 1C makes of the catalogue."""
    if dialect.writes == "1":
        return [_package("catalog", {"v77.xml": _seven(told)}, dialect)]
    goods = _file(dialect, _groups(), _catalogue(told))
    rows = _file(dialect, _offers(told))
    if dialect.loops_query:
        files = {f"import___{_id('file')}.xml": goods, f"offers___{_id('file')}.xml": rows}
        return [_package("catalog", files, dialect, folder="goods/1", pictured=True)]
    if dialect.name == "old":
        return [
            _package("catalog", {"import.xml": goods, "offers.xml": rows}, dialect, pictured=True)
        ]
    files = {"import0_1.xml": goods, "offers0_1.xml": rows}
    return [_package("catalog", files, dialect, pictured=True)]


def broken(dialect: Dialect) -> Package:
    """A file that breaks off in its middle, as a portion does when the disk of 1C is full."""
    text = _file(dialect, _groups(), _catalogue(Round())).encode(dialect.encoding, "replace")
    return Package("catalog", (Upload("import0_9.xml", text[: len(text) // 2]),))


def _package(
    kind: ExchangeType,
    files: dict[str, str],
    dialect: Dialect,
    *,
    folder: str = "",
    pictured: bool = False,
) -> Package:
    bom = b"\xef\xbb\xbf" if dialect.encoding == "utf-8" else b""
    documents = tuple(
        Upload(name, bom + text.encode(dialect.encoding)) for name, text in files.items()
    )
    return Package(kind, documents, (Upload(PICTURED, PICTURE),) if pictured else (), folder)


def _file(dialect: Dialect, *blocks: str) -> str:
    return (
        f'<?xml version="1.0" encoding="{dialect.encoding}"?>\n'
        f'<КоммерческаяИнформация ВерсияСхемы="{dialect.writes}" ДатаФормирования="2026-01-12">\n'
        f"{''.join(blocks)}</КоммерческаяИнформация>\n"
    )


def _groups() -> str:
    return (
        f"<Классификатор><Ид>{_id('classifier')}</Ид><Наименование>{SIGN}</Наименование><Группы>"
        f"<Группа><Ид>{_id('group')}</Ид><Наименование>{SIGN}</Наименование><Группы>"
        f"<Группа><Ид>{_id('below')}</Ид><Наименование>{SIGN}: ниже</Наименование></Группа>"
        "</Группы></Группа></Группы></Классификатор>\n"
    )


def _catalogue(told: Round) -> str:
    rows = "\n".join(_product(number, good, told) for number, good in enumerate(GOODS))
    return (
        f'<Каталог СодержитТолькоИзменения="{str(told.only_changes).lower()}">'
        f"<Ид>{_id('catalogue')}</Ид><ИдКлассификатора>{_id('classifier')}</ИдКлассификатора>"
        f"<Наименование>{SIGN}</Наименование><Товары>{rows}</Товары></Каталог>\n"
    )


def _product(number: int, good: _Good, told: Round) -> str:
    status = "<ПометкаУдаления>true</ПометкаУдаления>" if told.deleted else ""
    picture = "" if number else f"<Картинка>{PICTURED}</Картинка>"
    return (
        f"<Товар><Ид>{good.id}</Ид>{status}<Артикул>ПРОВЕРКА-{number}</Артикул>"
        f"<Наименование>{SIGN}: {good.name}</Наименование>"
        '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт</БазоваяЕдиница>'
        f"<Группы><Ид>{_id(good.group)}</Ид></Группы>{picture}"
        "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка>"
        "</СтавкаНалога></СтавкиНалогов></Товар>"
    )


def _offers(told: Round) -> str:
    types = "".join(
        f"<ТипЦены><Ид>{_id(name)}</Ид><Наименование>{SIGN}: {name}</Наименование>"
        "<Валюта>руб</Валюта><Налог><Наименование>НДС</Наименование>"
        "<УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены>"
        for name in ("розничная", "оптовая")
    )
    rows = "\n".join(row for good in GOODS for row in _rows(good, told))
    return (
        f'<ПакетПредложений СодержитТолькоИзменения="{str(told.only_changes).lower()}">'
        f"<Ид>{_id('catalogue')}#</Ид><Наименование>{SIGN}</Наименование>"
        f"<ИдКаталога>{_id('catalogue')}</ИдКаталога><ТипыЦен>{types}</ТипыЦен>"
        f"<Склады><Склад><Ид>{_id('store')}</Ид><Наименование>{SIGN}: склад</Наименование></Склад>"
        f"</Склады><Предложения>{rows}</Предложения></ПакетПредложений>\n"
    )


def _rows(good: _Good, told: Round) -> Iterator[str]:
    """The offers of a good."""
    for place, offer_id in enumerate(good.offers):
        name = f"{SIGN}: {good.name}"
        attributes = ""
        if good.characteristics:
            value = good.characteristics[place]
            name += f" ({value})"
            attributes = (
                "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Длина</Наименование>"
                f"<Значение>{value}</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
            )
        prices = "".join(
            f"<Цена><ИдТипаЦены>{_id(kind)}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}.50</ЦенаЗаЕдиницу>"
            "<Валюта>руб</Валюта><Единица>шт</Единица><Коэффициент>1</Коэффициент></Цена>"
            for kind, amount in (
                ("розничная", good.price + told.prices_up + place),
                ("оптовая", good.price * 4 // 5 + told.prices_up + place),
            )
        )
        yield (
            f"<Предложение><Ид>{offer_id}</Ид><Наименование>{name}</Наименование>{attributes}"
            f"<Цены>{prices}</Цены><Количество>10</Количество>"
            f'<Склад ИдСклада="{_id("store")}" КоличествоНаСкладе="10"/></Предложение>'
        )


def _seven(told: Round) -> str:
    """CommerceML 1: attributes instead of elements, one flat list, ids padded with underscores."""
    goods = "\n".join(
        f'<Товар Идентификатор="{number}______" ИдентификаторВКаталоге="ПРОВЕРКА-{number}" '
        f'Наименование="{SIGN}: {good.name}" Родитель="G1____" Единица="шт"/>'
        for number, good in enumerate(GOODS)
    )
    prices = (f"{good.price + told.prices_up}.50" for good in GOODS)
    rows = "\n".join(
        f'<Предложение ИдентификаторТовара="{number}______" Цена="{price}" Валюта="RUB" '
        'Количество="10"/>'
        for number, price in enumerate(prices)
    )
    return (
        '<?xml version="1.0" encoding="windows-1251"?>\n<КоммерческаяИнформация>\n'
        f'<Каталог Идентификатор="C" Наименование="{SIGN}">\n'
        f'<Группа Идентификатор="G1____" Наименование="{SIGN}"/>\n{goods}</Каталог>\n'
        f'<ПакетПредложений Идентификатор="O">{rows}</ПакетПредложений></КоммерческаяИнформация>'
    )
