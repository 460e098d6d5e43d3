"""Global ids, in Saleor's form: base64 of ``Type:key``."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ObjectDoesNotExist
from graphql_relay import from_global_id, to_global_id

__all__ = ["UnknownId", "number", "numbers", "readable", "text", "to_global_id"]


class UnknownId(ObjectDoesNotExist):
    """An id that can't be read or is of another type: nothing can be found by it."""


def text(global_id: str, kind: str) -> str:
    """The key inside a global id of this type. Raises :class:`UnknownId`."""
    try:
        found, key = from_global_id(global_id)
    except (ValueError, UnicodeDecodeError) as error:
        raise UnknownId(global_id) from error
    if found != kind or not key:
        raise UnknownId(global_id)
    return str(key)


def number(global_id: str, kind: str) -> int:
    """The same, for types whose key is an integer."""
    key = text(global_id, kind)
    if not key.isdecimal() or len(key) > 18:
        raise UnknownId(global_id)
    return int(key)


def numbers(global_ids: Iterable[str], kind: str) -> list[int]:
    return [number(each, kind) for each in global_ids]


def readable(global_ids: Iterable[str], kind: str) -> list[int]:
    """The keys of those that can be read; whatever else was asked for can't be there."""
    found = []
    for each in global_ids:
        try:
            found.append(number(each, kind))
        except UnknownId:
            continue
    return found
