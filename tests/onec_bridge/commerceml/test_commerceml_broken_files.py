"""Files that cannot be read to their end say why, where, and what to do about it."""

from __future__ import annotations

import pytest
from cml_helpers import (
    problems,
    read_bytes,
    read_text,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from onec_bridge.commerceml.messages import LANGUAGES, MESSAGES
from onec_bridge.commerceml.records import Problem, Product, Severity, Source
from tests.fuzz.agreeing import records_alike

GOODS = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация>
<Каталог><Товары>
<Товар><Ид>ONE</Ид><Наименование>Шланг</Наименование></Товар>
<Товар><Ид>TWO</Ид><Наименование>Лейка</Наименование></Товар>
</Товары></Каталог>
</КоммерческаяИнформация>
"""


def fatal(data: bytes) -> Problem:
    """The one problem that ended the reading."""
    *_, last = read_bytes(data)
    assert isinstance(last, Problem)
    assert last.severity is Severity.FATAL
    return last


def test_windows_1251_declared_as_utf_8_is_named_as_such() -> None:
    problem = fatal(GOODS.encode("windows-1251"))

    assert problem.code == "encoding_mismatch"
    assert problem.params["declared"] == "utf-8"
    assert problem.params["likely"] == "windows-1251"
    assert "windows-1251" in problem.text("ru")
    assert "UTF-8" in problem.hint("ru")


def test_windows_1251_deep_within_a_utf_8_file_says_after_which_record() -> None:
    one, two = GOODS.split("<Товар><Ид>TWO")
    problem = fatal(one.encode() + b"<" + "Товар><Ид>TWO".encode() + two.encode("windows-1251"))

    assert problem.code == "encoding_mismatch"
    assert problem.params["after"] == "Товар ONE (4)"


def test_utf_8_declared_as_windows_1251_is_named_as_such() -> None:
    problem = fatal(GOODS.replace("UTF-8", "windows-1251").encode())

    assert problem.code == "encoding_mismatch"
    assert problem.params["likely"] == "utf-8"


@pytest.mark.parametrize(
    ("cut", "after"), [(-10, "Товар TWO (5)"), (-60, "Товар TWO (5)"), (-120, "Товар ONE (4)")]
)
def test_a_file_that_breaks_off_says_so_with_its_size(cut: int, after: str) -> None:
    data = GOODS.encode()[:cut]

    problem = fatal(data)

    assert problem.code == "truncated_file"
    assert problem.params["size"] == str(len(data))
    assert problem.params["after"] == after


def test_an_empty_file_is_told_from_a_broken_one() -> None:
    assert fatal(b"").code == "empty_file"


def test_an_appended_second_file_is_found() -> None:
    problem = fatal((GOODS + GOODS.partition("\n")[2]).encode())

    assert problem.code == "junk_after_end"
    assert problem.source.line == 8


def test_a_control_character_is_found_in_its_line() -> None:
    problem = fatal(GOODS.replace("Лейка", "Лей\x01ка").encode())

    assert problem.code == "malformed_xml"
    assert problem.source.line == 5


def test_an_html_page_is_not_commerceml() -> None:
    problem = fatal(b"<html><body>502 Bad Gateway</body></html>")

    assert problem.code == "not_commerceml"
    assert problem.params["root"] == "html"


def test_a_doctype_is_refused_and_its_entities_with_it() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE КоммерческаяИнформация [<!ENTITY a "aaaa">]>'
        "<КоммерческаяИнформация>&a;</КоммерческаяИнформация>"
    )

    assert fatal(bomb.encode()).code == "doctype_refused"


def test_an_encoding_nobody_knows_is_named() -> None:
    problem = fatal(GOODS.replace("UTF-8", "x-unheard-of").encode())

    assert problem.code == "unknown_encoding"
    assert problem.params["declared"] == "x-unheard-of"


def test_what_was_read_before_the_break_is_kept() -> None:
    items = read_text(GOODS.replace("<Ид>TWO</Ид>", "<Ид>TWO</Ид"))

    assert [item.id for item in items if isinstance(item, Product)] == ["ONE"]
    assert problems(items)[0].params["after"] == "Товар ONE (4)"


def test_every_message_speaks_both_languages_and_says_what_to_do() -> None:
    for code in MESSAGES:
        problem = Problem(code, Severity.ERROR, Source("f.xml", 3, 1, "ID", "Товар"), "Вес", "x")
        lines = {problem.line(lang) for lang in LANGUAGES}

        assert len(lines) == 2
        for lang in LANGUAGES:
            assert problem.text(lang)
            assert problem.hint(lang)
            assert problem.line(lang).startswith("f.xml:3: ")
            assert "{" not in problem.line(lang)


OFFERS = "<ПакетПредложений><Предложения>\n{}</Предложения></ПакетПредложений>".format(
    "".join(
        f"""<Предложение>
<Ид>{n}#v</Ид><Наименование>Лейка &quot;{n}&quot;</Наименование>
<БазоваяЕдиница Код="796" НаименованиеПолное="">шт</БазоваяЕдиница>
<Цены><Цена><ИдТипаЦены>D</ИдТипаЦены>
<ЦенаЗаЕдиницу>{n}.50</ЦенаЗаЕдиницу></Цена></Цены>
<Склад ИдСклада="W" КоличествоНаСкладе="{n}"/><Вендор/>
</Предложение>
"""
        for n in range(4)
    )
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a few bytes taken out, put in, or exchanged."""
    data = bytearray(draw(st.sampled_from([GOODS, OFFERS])).encode())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data) - 1))
        length = draw(st.integers(0, 12))
        data[at : at + length] = draw(
            st.sampled_from(
                [
                    b"",
                    b"<",
                    b">",
                    b"&amp;",
                    b"<!--",
                    b"-->",
                    b"<![CDATA[",
                    b"]]>",
                    b"&lt;",
                    b"&#10;",
                    b'"',
                    b" ",
                    b"\r",
                    b"\n",
                    "<Товар>".encode(),
                    "</Товар>".encode(),
                    "<Товары>".encode(),
                    "</Товары>".encode(),
                ]
            )
        )
    return bytes(data)


@settings(max_examples=300, deadline=None)
@given(damaged(), st.integers(1, 400))
def test_however_a_file_is_damaged_the_two_ways_of_reading_agree(data: bytes, size: int) -> None:
    records_alike(data, size)
