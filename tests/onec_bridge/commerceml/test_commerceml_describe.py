"""The description of the format is whole, and the page printed from it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from onec_bridge.commerceml import records
from onec_bridge.commerceml.describe import tables
from onec_bridge.commerceml.schema import CONTAINERS, PASSED_OVER, RECORDS, Shape

SHAPES = [shape for shape in (*CONTAINERS.values(), *RECORDS.values()) if shape]
DERIVED = {"kind", "options", "is_changes_package"}
"""Fields that are worked out from others."""

NOTES = Path(__file__).parents[4] / "shared" / "reference" / "format.md"
"""The project's notes on the format; not part of it."""


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.record.__name__)
def test_every_field_of_a_record_has_an_element(shape: Shape) -> None:
    described = {field.name for field in shape.fields}
    record: Any = shape.record
    assert is_dataclass(record)

    names = {field.name for field in fields(record) if field.init} - {"source"}

    assert names - DERIVED - set(shape.inherits) <= described
    assert {name for name in described if not name.startswith("_")} <= names


def test_the_page_names_every_record_that_a_reader_yields() -> None:
    page = "\n".join(tables())

    for kind in records.Record.__args__:
        if kind is not records.Header:
            assert f"→ `{kind.__name__}`" in page
    assert "| `amount` | `ЦенаЗаЕдиницу` |" in page
    assert "`truncated_file`" in page


def _names(shape: Shape) -> Iterator[str]:
    yield shape.element
    for field in shape.fields:
        for place in field.elements:
            yield from (part.lstrip("@") for part in place.split("/"))
        if isinstance(field.what, Shape):
            yield from _names(field.what)


@pytest.mark.skipif(not NOTES.exists(), reason="the notes on the format aren't here")
def test_every_element_of_the_notes_is_read_or_passed_over_for_a_reason() -> None:
    of_the_file = {
        "ВерсияСхемы",
        "ДатаФормирования",
        "ФорматДаты",
        "ФорматВремени",
        "РазделительДатаВремя",
        "ФорматСуммы",
        "ФорматКоличества",
    }
    words = {"НДС", "Принят", "Представитель", "Отношение", "До"}  # values, and parts of names
    read = {name for shape in SHAPES for name in _names(shape)} | {*CONTAINERS, *RECORDS}

    quoted = " ".join(re.findall(r"`([^`]+)`", NOTES.read_text("utf-8").partition("## Sources")[0]))
    named = set(re.findall(r"\b[А-Я][а-яА-Я0-9С]*[а-я0-9С]\b", quoted)) - of_the_file - words

    assert named - read - set(PASSED_OVER) == set()
    assert set(PASSED_OVER).isdisjoint(read)
