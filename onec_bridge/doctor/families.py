"""Which configuration of 1C it is, told by what it sends and what it asks.

`MARKS` is the one table: where to look, what for, and what it tells. Each mark speaks for a family
with a weight; the evidence found is shown with the guess, so that a person can judge it. УТ 11,
КА 2 and ERP 2 exchange with sites by the same module of the same library: nothing they send tells
them apart, and their settings are the same, so they are one family, whose title says «или». For
people, never for decisions: whatever is sent is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from onec_bridge.doctor.clues import Clues

__all__ = ["FAMILIES", "MARKS", "Family", "Guess", "Mark", "dialect", "guesses"]

Where = Literal[
    "agent",
    "query",
    "file",
    "schema",
    "namespace",
    "catalogue",
    "package",
    "requisite",
    "format",
    "habit",
]


@dataclass(frozen=True, slots=True)
class Family:
    """Configurations that exchange alike: their key in `settings`, and what people call them."""

    key: str
    title: str
    dialect: str
    """Value of the site's `Session.dialect`, as far as a single request tells it."""


FAMILIES: Mapping[str, Family] = {
    family.key: family
    for family in (
        Family("ut11", "УТ 11, КА 2 или ERP 2", "ut"),
        Family("retail", "Розница 2", "ut"),
        Family("unf", "УНФ", "unf"),
        Family("ut103", "УТ 10.3, УПП, КА 1.1", "old"),
        Family("bitrix", "модуль «1С-Битрикс»", "bitrix"),
        Family("seven", "1С 7.7", "seven"),
        Family("moysklad", "МойСклад", "moysklad"),
        Family("other", "своя обработка или другая программа", "other"),
    )
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that tells."""

    family: str
    weight: int
    where: Where
    pattern: re.Pattern[str]
    ru: str
    en: str


def _mark(family: str, weight: int, where: Where, pattern: str, ru: str, en: str) -> Mark:
    return Mark(family, weight, where, re.compile(pattern, re.I), ru, en)


MARKS: tuple[Mark, ...] = (
    # What is asked (protocol, sections 1 to 4).
    _mark("unf", 6, "query", r"^cmlversion=", "называет cmlVersion", "names cmlVersion"),
    _mark("bitrix", 5, "query", r"^version=", "называет version=", "names version="),
    _mark("seven", 6, "agent", r"^1C.*[/ ]7\.7", "представляется 7.7", "calls itself 7.7"),
    _mark(
        "ut103",
        4,
        "agent",
        r"^1C\+Enterprise/8\.[12]\b",
        "платформа 8.1 или 8.2",
        "platform 8.1/8.2",
    ),
    _mark("ut11", 1, "agent", r"^1C\+Enterprise/8\.3", "платформа 8.3", "platform 8.3"),
    _mark("unf", 1, "agent", r"^1C\+Enterprise/8\.3", "платформа 8.3", "platform 8.3"),
    _mark(
        "moysklad",
        8,
        "agent",
        r"moysklad|мойсклад|lognex",
        "представляется МоимСкладом",
        "calls itself МойСклад",
    ),
    # What files are called (format, section 4).
    _mark(
        "bitrix", 6, "file", r"___[0-9a-f-]{36}\.xml$", "имя файла с «___»", "«___» in a file name"
    ),
    _mark(
        "bitrix",
        4,
        "file",
        r"^(goods|groups|propertiesGoods|propertiesOffers|priceLists|storages|units)(_\d+)*"
        r"(_[0-9a-f-]{36})?\.xml$",
        "файл на каждый предмет (3.1)",
        "a file for each subject (3.1)",
    ),
    _mark(
        "unf", 6, "file", r"^services_offers", "имя файла services_offers", "a file services_offers"
    ),
    _mark(
        "ut11",
        3,
        "file",
        r"^(import|offers)\d+_\d+\.xml$",
        "порции import0_1",
        "portions import0_1",
    ),
    _mark(
        "unf", 2, "file", r"^(import|offers)\d+_\d+\.xml$", "порции import0_1", "portions import0_1"
    ),
    _mark(
        "ut103", 2, "file", r"^(import|offers)\.xml$", "import.xml одним файлом", "one import.xml"
    ),
    # What files are (format, sections 0 to 2 and 7).
    _mark(
        "seven", 8, "format", r"^1$", "CommerceML 1: данные в атрибутах", "CommerceML 1: attributes"
    ),
    _mark(
        "unf",
        5,
        "namespace",
        r"commerceml_2\d\d$",
        "пространство имён commerceml_2xx",
        "namespace commerceml_2xx",
    ),
    _mark(
        "ut11", 3, "namespace", r"commerceml_2$", "пространство имён commerceml_2", "commerceml_2"
    ),
    _mark(
        "bitrix", 4, "namespace", r"commerceml_3$", "пространство имён commerceml_3", "commerceml_3"
    ),
    _mark("ut103", 2, "schema", r"^2\.0[34]$", "схема 2.03 или 2.04", "schema 2.03 or 2.04"),
    _mark(
        "ut103",
        -3,
        "schema",
        r"^(2\.0[789]|2\.?1\d|3)",
        "схема 2.07 или новее: столь новых она не пишет",
        "schema 2.07 or later: it writes none so new",
    ),
    _mark("ut11", 2, "schema", r"^2\.07$", "схема 2.07", "schema 2.07"),
    _mark(
        "ut11",
        4,
        "package",
        r"^changes$",
        "цены и остатки отдельным пакетом изменений (УТ 11.4 и новее, КА 2, ERP 2)",
        "prices and stock in a package of changes (УТ 11.4 and later, КА 2, ERP 2)",
    ),
    _mark("unf", 4, "schema", r"^2\d\d$", "версия схемы без точки", "schema without a dot"),
    _mark(
        "unf",
        1,
        "schema",
        r"^2\.(05|08|10)$",
        "схема 2.05, 2.08 или 2.10",
        "schema 2.05, 2.08, 2.10",
    ),
    _mark("bitrix", 2, "schema", r"^(2\.09|3\.1)$", "схема 2.09 или 3.1", "schema 2.09 or 3.1"),
    _mark(
        "ut11",
        5,
        "catalogue",
        r"^Каталог товар\w+ [0-9A-F]{8}$",
        "каталог назван кодом узла",
        "a catalogue named by the node's code",
    ),
    _mark(
        "ut103",
        1,
        "catalogue",
        r"^(Основной каталог товаров|Каталог товаров)$",
        "каталог «Основной каталог товаров»",
        "«Основной каталог товаров»",
    ),
    _mark(
        "ut103",
        2,
        "requisite",
        r"^(Упаковка|ЕдиницаИзмеренияУпаковки)$",
        "реквизит «Упаковка» у товара",
        "a requisite «Упаковка»",
    ),
    # What isn't asked (in_practice, 8).
    _mark("retail", 1, "agent", r"^1C\+Enterprise/8\.3", "платформа 8.3", "platform 8.3"),
    _mark("retail", 2, "file", r"^(import|offers)\d+_\d+\.xml$", "порции import0_1", "import0_1"),
    _mark("retail", 2, "schema", r"^2\.05$", "схема 2.05", "schema 2.05"),
    _mark("retail", 3, "habit", r"^no import$", "не просит загрузить файлы", "asks no import"),
    _mark("retail", 1, "habit", r"^no orders$", "не спрашивает заказы", "asks for no orders"),
)
"""What tells configurations apart. Weights below `SURE` only tip a balance."""

SURE = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """A family, how much speaks for it, and what."""

    family: Family
    score: int
    evidence: tuple[tuple[Mark, str], ...]
    """Each mark with the first text it was found in."""


def guesses(clues: Clues) -> list[Guess]:
    """The families that more speaks for than against, the likeliest first; at least one."""
    texts = {where: tuple(found) for where, found in _texts(clues).items()}
    found: dict[str, list[tuple[Mark, str]]] = {}
    for mark in MARKS:
        for text in texts.get(mark.where, ()):
            if mark.pattern.search(text):
                found.setdefault(mark.family, []).append((mark, text))
                break
    made = [
        Guess(FAMILIES[key], score, tuple(rows))
        for key, rows in found.items()
        if (score := sum(mark.weight for mark, _text in rows)) > 0
    ]
    made.sort(key=lambda guess: -guess.score)
    return made or [Guess(FAMILIES["other"], 0, ())]


def _texts(clues: Clues) -> Mapping[Where, Iterable[str]]:
    seen = clues.files
    headers = [file.contents.header for file in seen if file.contents.header]
    return {
        "agent": dict.fromkeys(visit.user_agent for visit in clues.visits),
        "query": [f"version={visit.version}" for visit in clues.visits if visit.version]
        + [word for visit in clues.visits for word in visit.words],
        "file": dict.fromkeys(file.name for file in seen),
        "schema": dict.fromkeys((header.schema or "").strip() for header in headers),
        "namespace": dict.fromkeys(header.namespace or "" for header in headers),
        "catalogue": dict.fromkeys(name for file in seen for name in file.catalogues),
        "package": ["changes" for file in seen if file.has_changes_package],
        "requisite": dict.fromkeys(name for file in seen for name in file.requisites),
        "format": ["1" for file in seen if file.is_commerceml1],
        "habit": _habits(clues),
    }


def _habits(clues: Clues) -> list[str]:
    sent = [visit for visit in clues.visits if visit.asks("file", "catalog")]
    habits = {
        "no import": not any(visit.asks("import") for visit in sent),
        "no orders": not any(visit.asks("query") for visit in clues.visits),
    }
    return [habit for habit, holds in habits.items() if sent and holds]


def dialect(user_agent: str, words: Mapping[str, str], filename: str) -> str:
    """`Family.dialect` as far as one request tells it; empty: it tells nothing for sure.

    >>> dialect("1C+Enterprise/8.2", {}, ""), dialect("", {"cmlversion": "2.10"}, "")
    ('old', 'unf')
    """
    texts: dict[str, list[str]] = {
        "agent": [user_agent],
        "query": [f"{name}={value}" for name, value in words.items()],
        "file": [filename],
    }
    scores: Counter[str] = Counter()
    for mark in MARKS:
        if mark.weight >= SURE and any(map(mark.pattern.search, texts.get(mark.where, ()))):
            scores[mark.family] += mark.weight
    best = scores.most_common(1)
    return FAMILIES[best[0][0]].dialect if best else ""
