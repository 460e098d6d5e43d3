"""A file that means harm, or got that way, is refused in words before it costs anything."""

from __future__ import annotations

import io
import tracemalloc
from collections import Counter
from collections.abc import Iterator

import pytest
from cml_helpers import with_sources

from onec_bridge.commerceml._limits import (
    DEEPEST,
    LONGEST_RECORD,
    LONGEST_TAG,
    MOST_ELEMENTS,
    MOST_UNKNOWN,
    OTHERS,
)
from onec_bridge.commerceml.reader import Item, read
from onec_bridge.commerceml.records import Problem, Product, Severity

START = "<?xml version='1.0' encoding='UTF-8'?>\n<КоммерческаяИнформация><Каталог><Товары>\n"
GOOD = "<Товар><Ид>GOOD</Ид><Наименование>Лейка</Наименование></Товар>\n"
END = "</Товары></Каталог></КоммерческаяИнформация>"


class Parts(io.RawIOBase):
    """A file that comes in parts and is never in memory as a whole."""

    def __init__(self, *parts: Iterator[str] | str) -> None:
        self._parts = (
            text.encode() for part in parts for text in ([part] if isinstance(part, str) else part)
        )

    def read(self, size: int = -1) -> bytes:
        return next(self._parts, b"")


def both_ways(*parts: str) -> list[Item]:
    """What a file with these parts in its list of goods holds; the two ways must agree."""
    text = START + "".join(parts) + END
    quick, reference = (list(read(io.BytesIO(text.encode()), "f", fast=way)) for way in (1, 0))
    assert with_sources(quick) == with_sources(reference)
    return quick


def refusal(items: list[Item]) -> Problem:
    """The problem at which the reading ended, after the good product."""
    *before, last = items
    assert isinstance(last, Problem)
    assert last.severity is Severity.FATAL
    assert [item.id for item in before if isinstance(item, Product)] == ["GOOD"]
    assert last.params["after"] == "Товар GOOD (3)"
    return last


BOMB = "".join(f"<!ENTITY b{n} '{f'&b{n - 1};' * 10 if n else 'ха' * 10}'>" for n in range(10))


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE r [{BOMB}]>",
        '<!DOCTYPE r [<!ENTITY b9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
        '<!DOCTYPE r PUBLIC "x" "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["billion laughs", "a file of ours", "a parameter entity", "an address"],
)
def test_entities_of_every_kind_are_refused_with_the_doctype_that_declares_them(
    doctype: str,
) -> None:
    text = f"<?xml version='1.0'?>{doctype}{START.partition('?>')[2]}<Товар><Ид>&b9;</Ид></Товар>"

    *nothing, last = read(io.BytesIO((text + END).encode()), "f")

    assert not nothing
    assert isinstance(last, Problem)
    assert last.code == "doctype_refused"


def test_an_entity_nobody_declared_is_broken_xml() -> None:
    assert refusal(both_ways(GOOD, "<Товар><Ид>&b9;</Ид></Товар>")).code == "malformed_xml"


@pytest.mark.parametrize("tag", ["Товар", "Что-то", "Группы", "Контейнер"])
def test_elements_deeper_than_the_limit_are_refused(tag: str) -> None:
    problem = refusal(both_ways(GOOD, f"<{tag}>" * DEEPEST + f"</{tag}>" * DEEPEST))

    assert problem.code == "nested_too_deep"
    assert problem.source.line == 4
    assert str(DEEPEST) in problem.text()


def test_a_product_as_deep_as_the_limit_is_read() -> None:
    inner = DEEPEST - 4
    items = both_ways(GOOD, "<Товар><Ид>DEEP</Ид>", "<а>" * inner, "</а>" * inner, "</Товар>")

    assert [item.id for item in items if isinstance(item, Product)] == ["GOOD", "DEEP"]


def test_a_million_open_elements_cost_no_memory() -> None:
    tracemalloc.start()
    try:
        *_, last = read(Parts(START, ("<Товары>" * 1_000 for _ in range(1_000))), "f")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert isinstance(last, Problem)
    assert last.code == "nested_too_deep"
    assert peak < 4 << 20


def test_a_nul_is_broken_xml_in_its_line() -> None:
    problem = refusal(both_ways(GOOD, "<Товар><Ид>a\0b</Ид></Товар>"))

    assert problem.code == "malformed_xml"
    assert problem.source.line == 4


def test_a_record_larger_than_the_limit_is_refused_at_its_first_line() -> None:
    half = "щ" * (LONGEST_RECORD // 4 + 9)
    problem = refusal(
        both_ways(GOOD, "<Товар><Ид>X</Ид>\n<Описание>", half, half, "</Описание></Товар>")
    )

    assert problem.code == "record_too_large"
    assert problem.source.line == 4


def test_a_record_of_too_many_elements_is_refused() -> None:
    items = both_ways(GOOD, "<Товар><Ид>X</Ид>", "<а/>" * MOST_ELEMENTS, "</Товар>")

    assert refusal(items).code == "too_many_elements"


@pytest.mark.parametrize("way", ["attribute", "attributes", "comment", "name"])
def test_a_tag_or_comment_longer_than_the_limit_is_refused(way: str) -> None:
    long = "x" * (LONGEST_TAG + (1 << 17))
    many = " ".join(f'a{n}="{"y" * 1_000}"' for n in range(LONGEST_TAG // 1_000 + 150))
    begun = {
        "attribute": f'<Товар Код="{long}"><Ид>X</Ид></Товар>',
        "attributes": f"<Товар {many}><Ид>X</Ид></Товар>",
        "comment": f"<!--{long}-->",
        "name": f"<{long}/>",
    }

    assert refusal(both_ways(GOOD, begun[way])).code == "tag_too_long"


def test_a_megabyte_of_text_is_no_harm() -> None:
    text = "щ" * (1 << 19)
    *_, product = both_ways(GOOD, f"<Товар><Ид>X</Ид><Описание>{text}</Описание></Товар>")

    assert isinstance(product, Product)
    assert product.description == text


def test_names_of_unknown_elements_are_counted_up_to_a_limit() -> None:
    unknown: Counter[str] = Counter()
    names = "".join(f"<э{n}/>" for n in range(MOST_UNKNOWN + 50))

    list(read(io.BytesIO((START + GOOD + names + END).encode()), "f", unknown=unknown))

    assert len(unknown) == MOST_UNKNOWN + 1
    assert unknown[OTHERS] == 50


@pytest.mark.parametrize("encoding", ["hex", "zlib", "rot13", "utf-7", "idna"])
def test_an_encoding_that_is_none_for_xml_is_refused(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><КоммерческаяИнформация/>"

    *nothing, last = read(io.BytesIO(text.encode()), "f")

    assert not nothing
    assert isinstance(last, Problem)
    assert last.severity is Severity.FATAL


def test_long_ids_are_not_kept_after_their_records() -> None:
    ids = (
        f"<Товар><Ид>{n:05}{'А' * 100_000}</Ид><Код>{n:05}{'Б' * 100_000}</Код></Товар>\n"
        for n in range(300)
    )
    tracemalloc.start()
    try:
        for _ in read(Parts(START, ids, END), "f"):
            pass
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 2 << 20
    assert peak < 16 << 20
