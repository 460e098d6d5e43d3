"""Global ids, in Saleor's form: base64 of ``Type:key``; and the rows they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from graphql_relay import from_global_id, to_global_id

__all__ = [
    "UnknownId",
    "find",
    "find_all",
    "find_named",
    "number",
    "numbers",
    "readable",
    "text",
    "to_global_id",
]

M = TypeVar("M", bound=Model)


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


def find(among: type[M] | QuerySet[M], global_id: str) -> M:
    """The row of ours that an id names: ``find(Company, id)``, ``find(access.people(user), id)``.
    A type is called B2B and its model's name. Raises what isn't there."""
    rows = among if isinstance(among, QuerySet) else among._default_manager.all()
    return rows.get(pk=number(global_id, f"B2B{rows.model.__name__}"))


def find_named(among: type[M] | QuerySet[M], global_id: str | None) -> M | None:
    """The same where an id need not be given: none and an empty one name nothing."""
    return find(among, global_id) if global_id else None


def find_all(model: type[M], global_ids: Iterable[str]) -> list[M]:
    """The rows that all of these ids name, in their order. Raises if one isn't there."""
    wanted = numbers(global_ids, f"B2B{model.__name__}")
    found = model._default_manager.in_bulk(wanted)
    if len(found) < len(set(wanted)):
        raise ObjectDoesNotExist(model.__name__)
    return [found[pk] for pk in wanted]
