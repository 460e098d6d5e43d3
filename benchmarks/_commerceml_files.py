"""Files as 1C writes them, of any length: a catalogue and its offers with three price types.

Uniform ones are what a УТ 10.3 sends: every record of one shape, no blanks between elements.
Mixed ones have the variety of the real files that were collected: indented, goods of two
dozen kinds that differ in what is filled, an odd record among them (an entity, a CDATA
section, a comment, a number that is none, a description of several lines), and the offers
with the line ends of Windows. The same count gives the same bytes, on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = [
    "PRICE_TYPES",
    "ident",
    "mixed",
    "uniform",
    "uniform_stream",
    "varied_offer",
    "varied_product",
]

PRICE_TYPES = ("Розничная", "Мелкий опт", "Дилерская")
_WAREHOUSES = ("Основной", "Сокольники", "Химки")
_KINDS = 24
"""Kinds of goods: what is filled is the same within one, mostly."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация ВерсияСхемы="2.07">\n'
_BATCH = 1_000


def uniform(folder: Path, count: int) -> list[Path]:
    """Catalogue and offers of ``count`` products of one shape; written once and kept."""
    return _written(folder / f"uniform-{count}", count, _plain_product, _plain_offer, "\n")


def mixed(folder: Path, count: int) -> list[Path]:
    """The same as various and as indented as real ones; written once and kept."""
    return _written(folder / f"mixed-{count}", count, varied_product, varied_offer, "\r\n")


def uniform_stream(count: int) -> Iterator[bytes]:
    """The offers of so many products of one shape, never in one place."""
    return (part.encode() for part in _file(_OFFERS, _plain_offer, count))


def ident(number: int) -> str:
    """The id of a product, as 1C's look."""
    return f"{number * 2654435761 % 2**32:08x}-5b1d-4c3e-8f90-abcdef{number:06x}"


_Make = Callable[[random.Random, int], str]


def _written(folder: Path, count: int, product: _Make, offer: _Make, ends: str) -> list[Path]:
    goods, prices = folder / "import0_1.xml", folder / "offers0_1.xml"
    if not prices.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(goods, "\n", _file(_CATALOG, product, count))
        partial = prices.with_suffix(".part")
        _write(partial, ends, _file(_OFFERS, offer, count))
        partial.rename(prices)
    return [goods, prices]


def _write(path: Path, ends: str, parts: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8-sig", newline=ends) as stream:
        stream.writelines(parts)


def _file(frame: tuple[str, str], make: _Make, count: int) -> Iterator[str]:
    chance = random.Random(7)
    yield _HEAD + frame[0]
    for start in range(0, count, _BATCH):
        yield "".join(make(chance, n) for n in range(start, min(start + _BATCH, count)))
    yield frame[1] + "</КоммерческаяИнформация>\n"


_CATALOG = (
    "<Классификатор><Ид>k</Ид><Наименование>Классификатор</Наименование><Группы>\n"
    + "".join(
        f"<Группа><Ид>g{n}</Ид><Наименование>Группа {n}</Наименование></Группа>\n"
        for n in range(100)
    )
    + '</Группы></Классификатор>\n<Каталог СодержитТолькоИзменения="false"><Ид>c</Ид>'
    "<Наименование>Каталог</Наименование>\n<Товары>\n",
    "</Товары>\n</Каталог>\n",
)
_OFFERS = (
    '<ПакетПредложений СодержитТолькоИзменения="false"><Ид>c#</Ид><ТипыЦен>\n'
    + "".join(
        f"<ТипЦены><Ид>t{n}</Ид><Наименование>{name}</Наименование><Валюта>RUB</Валюта>"
        "<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог>"
        "</ТипЦены>\n"
        for n, name in enumerate(PRICE_TYPES)
    )
    + "</ТипыЦен>\n<Склады>\n"
    + "".join(
        f"<Склад><Ид>w{n}</Ид><Наименование>{name}</Наименование></Склад>\n"
        for n, name in enumerate(_WAREHOUSES)
    )
    + "</Склады>\n<Предложения>\n",
    "</Предложения>\n</ПакетПредложений>\n",
)


# ------------------------------------------------------------------------------ uniform


def _plain_product(chance: random.Random, n: int) -> str:
    name = f"Шланг поливочный армированный «Тайга» № {n}"
    return (
        f"<Товар><Ид>{ident(n)}</Ид><Штрихкод>20{n:011}</Штрихкод><Артикул>АРТ-{n:06}</Артикул>"
        f"<Наименование>{name}</Наименование>"
        '<БазоваяЕдиница Код="796" НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт'
        f"</БазоваяЕдиница><Группы><Ид>g{n % 100}</Ид></Группы>"
        "<Описание>До 8 бар, от −10 до +50 °C.</Описание>"
        "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка>"
        "</СтавкаНалога></СтавкиНалогов><ЗначенияРеквизитов>"
        + _requisite("ТипНоменклатуры", "Товар")
        + _requisite("Полное наименование", name)
        + "</ЗначенияРеквизитов></Товар>\n"
    )


def _requisite(name: str, value: str) -> str:
    return (
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
    )


def _plain_offer(chance: random.Random, n: int) -> str:
    prices = "".join(
        f"<Цена><ИдТипаЦены>t{kind}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount:.2f}</ЦенаЗаЕдиницу>"
        "<Валюта>RUB</Валюта><Единица>шт</Единица><Коэффициент>1</Коэффициент></Цена>"
        for kind in range(len(PRICE_TYPES))
        for amount in [_amount(n, kind)]
    )
    return (
        f"<Предложение><Ид>{ident(n)}</Ид>"
        f"<Наименование>Шланг поливочный армированный «Тайга» № {n}</Наименование>"
        '<БазоваяЕдиница Код="796" НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт'
        f"</БазоваяЕдиница><Цены>{prices}</Цены><Количество>{n % 90}</Количество>"
        f'<Склад ИдСклада="w0" КоличествоНаСкладе="{n % 90}"/></Предложение>\n'
    )


def _amount(number: int, kind: int) -> float:
    return (10_000 + number * 7 % 90_000 - kind * 1_111) / 100


# -------------------------------------------------------------------------------- mixed


def varied_product(chance: random.Random, n: int) -> str:
    """One Товар of a mixed catalogue."""
    filled = _filled(chance)
    name = f"Кран шаровой «Тайга» {chance.choice((15, 20, 25))} мм № {n}"
    if chance.random() < 0.05:
        name = f"Кран &quot;Тайга&quot; {n} &amp; К"
    lines = [f"<Ид>{ident(n)}</Ид>"]
    if filled & 1:
        lines.append(f"<Штрихкод>20{n:011}</Штрихкод>")
    lines += [f"<Артикул>АРТ-{n:06}</Артикул>", f"<Наименование>{name}</Наименование>"]
    lines.append(
        '<БазоваяЕдиница Код="796" НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт'
        "</БазоваяЕдиница>"
    )
    lines += ["<Группы>", *(f"\t<Ид>g{(n + i) % 100}</Ид>" for i in range(1 + (filled >> 1) % 2))]
    lines += ["</Группы>", _description(chance, n) if filled & 4 else "<Описание/>"]
    lines += [
        f"<Картинка>import_files/{n % 100:02}/{n}_{i}.jpg</Картинка>" for i in range(filled % 3)
    ]
    if filled & 8:
        lines += ["<Изготовитель>", f"\t<Ид>m{n % 40}</Ид>", "\t<Наименование>Тайга</Наименование>"]
        lines.append("</Изготовитель>")
    if filled & 16:
        lines.append("<ЗначенияСвойств>")
        for i in range(1 + filled % 4):
            lines += ["\t<ЗначенияСвойства>", f"\t\t<Ид>p{i}</Ид>"]
            lines += [f"\t\t<Значение>v{(n + i) % 17}</Значение>", "\t</ЗначенияСвойства>"]
        lines.append("</ЗначенияСвойств>")
    lines += ["<СтавкиНалогов>", "\t<СтавкаНалога>", "\t\t<Наименование>НДС</Наименование>"]
    lines += [f"\t\t<Ставка>{chance.choice((22, 22, 22, 10))}</Ставка>", "\t</СтавкаНалога>"]
    lines += ["</СтавкиНалогов>", *_requisites(chance, n, filled, name)]
    return _indented("Товар", lines)


def _filled(chance: random.Random) -> int:
    """What a record has, as bits: that of its kind of goods, now and then with one changed."""
    kind = min(int(chance.paretovariate(0.7)), _KINDS)
    filled = kind * 2654435761 >> 8 & 31
    return filled ^ 1 << chance.randrange(5) if chance.random() < 0.15 else filled


def _description(chance: random.Random, n: int) -> str:
    text = f"Латунь, никель; давление до {n % 40} бар. Полный проход, ручка «бабочка»."
    match chance.randrange(100):
        case 0:
            text = f"<![CDATA[<p>{text}</p>]]>"
        case 1:
            text = f"{text}<!-- проверить -->"
        case 2:
            text = f"{text}&#10;Резьба 1/2&quot;"
        case odd if odd < 12:
            text = f"{text}\nГарантия 5 лет.\nПаспорт в комплекте."
    return f"<Описание>{text}</Описание>"


def _requisites(chance: random.Random, n: int, filled: int, name: str) -> list[str]:
    pairs = [("ВидНоменклатуры", "Сантехника"), ("ТипНоменклатуры", "Товар")]
    pairs.append(("Полное наименование", name))
    if filled & 2:
        pairs.append(("Вес", f"{n % 900 / 1000}" if chance.random() < 0.9 else f"0,{n % 900}"))
    lines = ["<ЗначенияРеквизитов>"]
    for what, value in pairs:
        lines += ["\t<ЗначениеРеквизита>", f"\t\t<Наименование>{what}</Наименование>"]
        lines += [f"\t\t<Значение>{value}</Значение>", "\t</ЗначениеРеквизита>"]
    return [*lines, "</ЗначенияРеквизитов>"]


def varied_offer(chance: random.Random, n: int) -> str:
    """One Предложение of mixed offers."""
    filled = _filled(chance)
    lines = [f"<Ид>{ident(n)}{f'#{ident(n + 1)}' if filled & 1 else ''}</Ид>"]
    lines.append(f"<Наименование>Кран шаровой «Тайга» № {n}</Наименование>")
    lines.append(
        '<БазоваяЕдиница Код="796" НаименованиеПолное="Штука" МеждународноеСокращение="PCE"/>'
    )
    if filled & 1:
        lines += ["<ХарактеристикиТовара>", "\t<ХарактеристикаТовара>"]
        lines += ["\t\t<Наименование>Резьба</Наименование>"]
        lines += [f"\t\t<Значение>1/{n % 4 + 1}</Значение>", "\t</ХарактеристикаТовара>"]
        lines.append("</ХарактеристикиТовара>")
    lines.append("<Цены>")
    for kind in range(2 if filled & 4 else 3):
        lines += _price(chance, n, kind)
    quantity = -1 if chance.random() < 0.03 else n % 90
    lines += ["</Цены>", f"<Количество>{quantity}</Количество>"]
    lines += [
        f'<Склад ИдСклада="w{i}" КоличествоНаСкладе="{quantity}"/>' for i in range(1 + filled % 3)
    ]
    return _indented("Предложение", lines)


def _price(chance: random.Random, n: int, kind: int) -> list[str]:
    amount = f"{_amount(n, kind):.2f}"
    if chance.random() < 0.005:
        amount = f"1 {amount.replace('.', ',')}"
    return [
        "\t<Цена>",
        f"\t\t<Представление>{amount} руб. за шт</Представление>",
        f"\t\t<ИдТипаЦены>t{kind}</ИдТипаЦены>",
        f"\t\t<ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>",
        "\t\t<Валюта>руб</Валюта>",
        "\t\t<Единица>шт</Единица>",
        "\t\t<Коэффициент>1</Коэффициент>",
        "\t</Цена>",
    ]


def _indented(tag: str, lines: list[str]) -> str:
    return "\n".join(
        [f"\t\t\t<{tag}>", *("\t\t\t\t" + line for line in lines), f"\t\t\t</{tag}>\n"]
    )
