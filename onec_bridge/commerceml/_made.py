"""Records made quickly: by a twin that isn't frozen, which then becomes the record.

A frozen dataclass sets each of its fields through `object.__setattr__`, which takes most of
the time that a record takes. Its twin has the same slots and defaults and sets them plainly;
objects of equal slots may change their class. What comes out is the record, in nothing
different from one that was called by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, field, fields, is_dataclass, make_dataclass
from typing import Any


def twin_of(record: Callable[..., Any]) -> type | None:
    """A class that is called as the record's is, and whose calls make such records.

    `None` for what isn't a dataclass with slots.

    >>> from onec_bridge.commerceml.records import Group
    >>> twin_of(Group)(id="g", name="Трубы") == Group(id="g", name="Трубы")
    True
    """
    if not (isinstance(record, type) and is_dataclass(record) and "__slots__" in vars(record)):
        return None
    if hasattr(record, "__post_init__"):
        return None

    def become(self: Any) -> None:
        self.__class__ = record

    return make_dataclass(
        record.__name__,
        [(each.name, each.type, _same_default(each)) for each in fields(record)],
        namespace={"__post_init__": become},
        slots=True,
        kw_only=True,
        eq=False,
    )


def defaults_of(record: Callable[..., Any]) -> dict[str, Any]:
    """What fields are of which nothing is said, if that is the same for all records.

    >>> from onec_bridge.commerceml.records import StockRow
    >>> defaults_of(StockRow)
    {'kind': <StockKind.WAREHOUSE: 'Склад'>}
    """
    if isinstance(record, type) and is_dataclass(record):
        return {each.name: each.default for each in fields(record) if each.default is not MISSING}
    return dict(getattr(record, "_field_defaults", {}))


def _same_default(described: Field[Any]) -> Any:
    if described.default_factory is not MISSING:
        return field(default_factory=described.default_factory)
    return field() if described.default is MISSING else field(default=described.default)
