"""What the tests of the format share: reading a text, and streams that give little."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from onec_bridge.commerceml.reader import Item, read
from onec_bridge.commerceml.records import Problem, Record
from tests.fuzz.agreeing import Trickle

__all__ = [
    "SAMPLES",
    "Trickle",
    "only",
    "problems",
    "read_bytes",
    "read_doc",
    "read_text",
    "records",
    "with_sources",
]

T = TypeVar("T")

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
"""Real files from shops that aren't ours; not part of the project."""


def read_bytes(data: bytes, **how: Any) -> list[Item]:
    """All items of a file of these bytes."""
    return list(read(io.BytesIO(data), "test.xml", **how))


def read_text(text: str, **how: Any) -> list[Item]:
    """All items of a UTF-8 file with this text."""
    return read_bytes(text.encode(), **how)


def read_doc(test: Callable[..., Any]) -> list[Item]:
    """All items of the document that stands in a test's docstring, after its first line.

    Line 1 of the document is the first line that begins with `<`.
    """
    doc = inspect.getdoc(test) or ""
    return read_text(doc[doc.index("<") :])


def only(items: list[Item], kind: type[T]) -> T:
    """The one item of a kind."""
    found = [item for item in items if isinstance(item, kind)]
    assert len(found) == 1, found
    return found[0]


def records(items: list[Item]) -> list[Record]:
    """Items without the problems."""
    return [item for item in items if not isinstance(item, Problem)]


def problems(items: list[Item]) -> list[Problem]:
    """Items without the records."""
    return [item for item in items if isinstance(item, Problem)]


def with_sources(items: list[Item]) -> list[tuple[Item, Any]]:
    """Items so that `==` compares their sources as well."""
    return [(item, item.source) for item in items]
