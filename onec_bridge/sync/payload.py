"""A record as JSON and back, exact: what is parked must be what was read.

Driven by the records' own type hints, so a field added to a record is carried without a word
here. Only fields that differ from their default are written.
"""

from __future__ import annotations

import datetime as dt
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from onec_bridge.commerceml import records

__all__ = ["dump", "load"]


def dump(value: Any) -> Any:
    """A record, or a part of one, as what ``json`` can write."""
    if is_dataclass(value):
        return {
            f.name: dump(content)
            for f in fields(value)
            if f.init and (content := getattr(value, f.name)) != _default(f)
        }
    if isinstance(value, tuple):
        return [dump(each) for each in value]
    if isinstance(value, Mapping):
        return {key: dump(each) for key, each in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def load(kind: Any, payload: Any) -> Any:
    """The value of this type that :func:`dump` wrote as ``payload``."""
    if payload is None:
        return None
    return _loader(kind)(payload)


def _default(f: Any) -> Any:
    if f.default is not MISSING:
        return f.default
    return f.default_factory() if f.default_factory is not MISSING else MISSING


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, vars(records) | vars(sys.modules[kind.__module__]))


@cache
def _loader(kind: Any) -> Callable[[Any], Any]:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        (only,) = (a for a in args if a is not type(None))
        return lambda payload: load(only, payload)
    if origin is tuple:
        return lambda payload: tuple(load(args[0], each) for each in payload)
    if origin is not None and issubclass(origin, Mapping):
        return lambda payload: {key: load(args[1], each) for key, each in payload.items()}
    if hasattr(kind, "__dataclass_fields__"):
        return lambda payload: kind(
            **{name: load(_hints(kind)[name], each) for name, each in payload.items()}
        )
    if hasattr(kind, "_fields"):
        return lambda payload: kind(
            *(load(hint, each) for hint, each in zip(_hints(kind).values(), payload, strict=True))
        )
    is_moment = kind in (dt.date, dt.datetime, dt.time)
    # Else str, int, bool, Decimal, an Enum.
    make: Callable[[Any], Any] = kind.fromisoformat if is_moment else kind
    return make
