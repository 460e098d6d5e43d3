"""What fields of many types are made of: global ids, lists without holes, and resolvers that
only read."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import graphene

from b2b_overlay.money import Money

from .ids import to_global_id

__all__ = ["global_id", "list_of", "money_of", "of"]


def list_of(kind: Any, **options: Any) -> graphene.List:
    """A list of which no item is null."""
    return graphene.List(graphene.NonNull(kind), **options)


def of(path: str) -> Callable[..., Any]:
    """Reads an attribute that is called otherwise than the field: ``of("load.name")``."""
    read = attrgetter(path)
    return lambda root, info: read(root)


def global_id(kind: str, path: str = "pk", *, required: bool = True, **options: Any) -> graphene.ID:
    """The global id of what has the key at ``path``; null where there is none."""
    read = attrgetter(path)

    def resolve(root: Any, info: Any) -> str | None:
        key = read(root)
        return None if key is None else str(to_global_id(kind, key))

    options.setdefault("description", "Global id.")
    return graphene.ID(required=required, resolver=resolve, **options)


def money_of(amount: str, currency: str = "currency") -> Callable[..., Money | None]:
    """An amount with its currency; null where there is none."""
    read = attrgetter(amount, currency)

    def resolve(root: Any, info: Any) -> Money | None:
        found, unit = read(root)
        return None if found is None else Money(found, unit)

    return resolve
