"""Files of goods as no 1C wrote them: real records, changed, in lists of few shapes.

What a learned shape can get wrong is a record nearly like the ones before it. So a file here
is a list of one to four records of a corpus over and over, each with other texts, and now and
then with something in them that a parser sees otherwise than a pattern might: an entity, a
CDATA section with a closing tag, a comment, a bare carriage return, a number that is none, an
element that is missing, doubled, moved, renamed or written in another way.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks._commerceml_files import varied_offer, varied_product

Corpus = dict[str, list[str]]
"""Records as XML, by their element."""

LISTS = {"Товар": ("Каталог", "Товары"), "Предложение": ("ПакетПредложений", "Предложения")}
_LONGEST = 6_000
"""Characters of the longest record taken from a sample."""
_FROM_EACH = 12
"""Records taken from one sample."""

TEXTS = (
    *("", " ", " x ", "\n", "две\nстроки", "две\r\nстроки", "\r", "a\rb", "\t", "\u00a0", "\u2028"),
    *("&amp;", "&lt;br&gt;", "&quot;", "&amp;amp;", "&#10;", "&#x41;", ">", "a>b", "\x7f", "\x85"),
    *("<![CDATA[x < y]]>", "<![CDATA[</Товар>]]>", "<![CDATA[</Предложение>]]>", "<![CDATA[]]>"),
    *("<!-- c -->", "a<!-- <Ид>x</Ид> -->b", "<?p i?>", "𝄞", "щ" * 3_000, "#", "A#B", "##"),
    *("0", "-0", "1", "-5", "+5", "5.", ".5", "-.5", "1,5", "1 234,50", "1.2.3", "1-2", "1e5"),
    *("NaN", "Infinity", "١٢", "1_000", "9" * 21, "9" * 40, "true", "да", "ложь", "Удален"),
    *("2026-01-01", "20/120", "Без НДС", "Вес", "Код", "Полное наименование", "?"),
    " 0F0A9C7E-1B2D-4C3E-8F90-ABCDEF012345",
)
BROKEN = (
    "&#0;",
    "&nope;",
    "&",
    "<",
    "]]>",
    "\0",
    "\x0b",
    "\x1f",
    "\ufffe",
    "\uffff",
    "&lt",
    "<!--",
)
"""Texts at which reading ends: only in files that are to end early."""
GAPS = (
    *("", "\n", "\n\t\t", " ", "\r\n", "\r", "текст", "<!-- <Товар><Ид>c</Ид></Товар> -->"),
    *("<!-- </Товар> -->", "<Новое/>", "<Новое><Товар/></Новое>", "<![CDATA[ ]]>", "<?p?>"),
)
_TEXT = re.compile(r">([^<>]*)</")
_ELEMENT = re.compile(r"<([^\s/>!?]+)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_TAG = re.compile(r"</?[^\s/>!?]+[^<>]*>")
_ATTRIBUTE = re.compile(r'="([^"]*)"')

Change = Callable[[random.Random, str], str]


def from_samples(folder: Path) -> Corpus:
    """Some records of every real file in a folder, after those that need none."""
    corpus = built_in()
    for path in sorted(folder.rglob("*.xml")):
        data = path.read_bytes()
        text = data.decode("cp1251" if b"windows-1251" in data[:200] else "utf-8-sig", "replace")
        for tag, records in corpus.items():
            found = re.findall(rf"<{tag}[\s>].*?</{tag}>", text, re.DOTALL)
            records += [record for record in found[:_FROM_EACH] if len(record) <= _LONGEST]
    return corpus


_VENDORS_PRODUCT = "<Товар><Ид>p</Ид><Марка>Флора</Марка><Длина>1.5</Длина></Товар>"
_VENDORS_OFFER = "<Предложение><Ид>p</Ид><Остатки><Остаток>45</Остаток></Остатки></Предложение>"


def built_in() -> Corpus:
    """Records that need no folder of samples."""
    chance = random.Random(1)
    return {
        "Товар": [*(varied_product(chance, n).strip() for n in range(40)), _VENDORS_PRODUCT],
        "Предложение": [*(varied_offer(chance, n).strip() for n in range(40)), _VENDORS_OFFER],
    }


def composed(chance: random.Random, corpus: Corpus, most: int = 800) -> bytes:
    """One file of at most so many records."""
    tag = chance.choice(list(LISTS))
    text = "".join(_parts(chance, tag, corpus[tag], most))
    if chance.random() < 0.15:
        text = text.replace("\n", "\r\n")
    encoding = "cp1251" if chance.random() < 0.15 else "utf-8"
    declared = "windows-1251" if encoding == "cp1251" else "UTF-8"
    mark = "\ufeff" if encoding == "utf-8" and chance.random() < 0.3 else ""
    head = f'{mark}<?xml version="1.0" encoding="{declared}"?>\n'
    data = (head + text).encode(encoding, "xmlcharrefreplace")
    return _damaged(chance, data) if chance.random() < 0.05 else data


def _parts(chance: random.Random, tag: str, records: Sequence[str], most: int) -> Iterator[str]:
    owner, listed = LISTS[tag]
    shapes = [chance.choice(records) for _ in range(chance.randint(1, 4))]
    oddly = chance.choice((0.0, 0.02, 0.1, 0.4))
    changes = chance.choice((" СодержитТолькоИзменения='true'", ""))
    yield f"<КоммерческаяИнформация ВерсияСхемы='2.07'>\n<{owner}{changes}><Ид>o</Ид>\n<{listed}>"
    gap = chance.choice(GAPS[:3])
    ends_early = chance.random() < 0.2
    for _ in range(chance.randint(1, most)):
        yield chance.choice(GAPS) if chance.random() < oddly / 4 else gap
        record = _retold(chance, chance.choice(shapes))
        while chance.random() < oddly:
            record = chance.choice(CHANGES)(chance, record)
        if ends_early and chance.random() < 0.01:
            record = _replaced(chance, record, _TEXT, 1, lambda old: chance.choice(BROKEN))
        yield record
    yield f"\n</{listed}>\n</{owner}>\n</КоммерческаяИнформация>\n"


# -------------------------------------------------------------------------- the changes


def _retold(chance: random.Random, record: str) -> str:
    """The same shape with a few plain texts changed."""
    places = [match.span(1) for match in _TEXT.finditer(record) if match[1].strip()]
    for start, end in sorted(chance.sample(places, min(3, len(places))), reverse=True):
        old = record[start:end]
        new = str(chance.randint(0, 99_999)) if old.isdecimal() else f"{old[:20]} {chance.random()}"
        record = record[:start] + new + record[end:]
    return record


def _other_text(chance: random.Random, record: str) -> str:
    return _replaced(chance, record, _TEXT, 1, lambda old: chance.choice(TEXTS))


def _other_attribute(chance: random.Random, record: str) -> str:
    return _replaced(chance, record, _ATTRIBUTE, 1, lambda old: chance.choice(TEXTS))


def _without(chance: random.Random, record: str) -> str:
    return _replaced(chance, record, _ELEMENT, 0, lambda old: "")


def _doubled(chance: random.Random, record: str) -> str:
    return _replaced(chance, record, _ELEMENT, 0, lambda old: old + old)


def _more(chance: random.Random, record: str) -> str:
    """Another element: one of ours in a place that may be wrong, or none of ours."""
    tag = chance.choice(("Ид", "Цены", "Статус", "Количество", "Склад", "Вес", "Новое", "Товар"))
    added = f"<{tag}>{chance.choice(TEXTS)}</{tag}>"
    return _replaced(chance, record, _ELEMENT, 0, lambda old: old + added)


def _renamed(chance: random.Random, record: str) -> str:
    def rename(old: str) -> str:
        tag = chance.choice(("Новое", "Ид", "Наименование", "Количество", "ns:Ид"))
        inner = re.sub(r"^<[^\s/>]+|</[^>]+>$", "", old)
        return f"<{tag}{inner}" + ("" if old.endswith("/>") else f"</{tag}>")

    return _replaced(chance, record, _ELEMENT, 0, rename)


def _rewritten(chance: random.Random, record: str) -> str:
    """A tag that means the same, or nearly, and is written in another way."""
    ways: tuple[Callable[[str], str], ...] = (
        lambda tag: tag.replace(">", " >").replace("/ >", " />"),
        lambda tag: tag.replace(">", "\n>").replace("/\n>", "/>"),
        lambda tag: tag.replace('"', "'"),
        lambda tag: tag.replace("=", " = "),
        lambda tag: tag if tag[1] == "/" else re.sub(r"(/?>)$", r' Новый="1>2"\1', tag),
        lambda tag: tag if tag[1] == "/" else re.sub(r"(/?>)$", r' xmlns="urn:x"\1', tag),
        lambda tag: "",
    )
    return _replaced(chance, record, _TAG, 0, chance.choice(ways))


def _replaced(
    chance: random.Random,
    record: str,
    pattern: re.Pattern[str],
    group: int,
    change: Callable[[str], str],
) -> str:
    places = [match.span(group) for match in pattern.finditer(record)]
    if not places:
        return record
    start, end = chance.choice(places)
    return record[:start] + change(record[start:end]) + record[end:]


CHANGES: tuple[Change, ...] = (
    _other_text,
    _other_text,
    _other_text,
    _other_attribute,
    _without,
    _doubled,
    _more,
    _renamed,
    _rewritten,
)


def _damaged(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randint(0, 3)) + data[at + chance.randint(0, 9) :]
