"""The two ways of reading, held against each other on one file."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

from onec_bridge.commerceml.reader import Item, read
from onec_bridge.commerceml.records import Problem


class Trickle(io.RawIOBase):
    """A stream that gives at most so many bytes a read."""

    def __init__(self, data: bytes, size: int = 1) -> None:
        self._data = io.BytesIO(data)
        self._size = size

    def read(self, size: int = -1) -> bytes:
        return self._data.read(self._size)


def records_alike(data: bytes, size: int) -> int:
    """Assert that both ways give the same, sources and unknown elements included.

    Returns how many records they gave.
    """
    quick, reference = (_read(data, size, fast=fast) for fast in (True, False))
    if quick != reference:
        raise AssertionError(_difference(quick[0], reference[0]) or f"{quick[1]}, {reference[1]}")
    return sum(1 for item, *_ in quick[0] if not isinstance(item, Problem))


def _read(data: bytes, size: int, *, fast: bool) -> tuple[list[Any], Counter[str]]:
    unknown: Counter[str] = Counter()
    items = read(Trickle(data, size), "f", unknown=unknown, fast=fast)
    return [_all_of(item) for item in items], unknown


def _all_of(item: Item) -> Any:
    """An item, and what `==` of records leaves out; of one in eight how it looks, too."""
    looks = "" if item.source.ordinal % 8 else repr(item)
    return item, item.source, looks, [price.source for price in getattr(item, "prices", ())]


def _difference(quick: list[Any], reference: list[Any]) -> str:
    for one, other in zip(quick, reference, strict=False):
        if one != other:
            return f"\nquick:     {one}\nreference: {other}"
    return f"{len(quick)} items, {len(reference)} by the reference" if quick != reference else ""
