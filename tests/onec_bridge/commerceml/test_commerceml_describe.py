"""The description of the format is whole, and the page printed from it says so."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from onec_bridge.commerceml import records
from onec_bridge.commerceml.describe import tables
from onec_bridge.commerceml.schema import CONTAINERS, RECORDS, Shape

SHAPES = [shape for shape in (*CONTAINERS.values(), *RECORDS.values()) if shape]
DERIVED = {"kind", "options", "is_changes_package"}
"""Fields that are worked out from others."""


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.record.__name__)
def test_every_field_of_a_record_has_an_element(shape: Shape) -> None:
    described = {field.name for field in shape.fields}
    record: Any = shape.record
    assert is_dataclass(record)

    names = {field.name for field in fields(record)} - {"source"}

    assert names - DERIVED - set(shape.inherits) <= described
    assert {name for name in described if not name.startswith("_")} <= names


def test_the_page_names_every_record_that_a_reader_yields() -> None:
    page = "\n".join(tables())

    for kind in records.Record.__args__:
        if kind is not records.Header:
            assert f"→ `{kind.__name__}`" in page
    assert "| `amount` | `ЦенаЗаЕдиницу` |" in page
    assert "`truncated_file`" in page
