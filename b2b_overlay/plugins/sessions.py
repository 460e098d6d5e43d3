"""Reads over the database session that a request has already.

Saleor reads what a query asks for over its alias for replicas, also where there is one database
and no replica; and each alias opens a session of its own, which takes as long as all that the
overlay asks of it for a catalogue. So what only *shows* something is read as Saleor reads it. Where
there is a replica indeed, the overlay's own tables are read on the writer: a price is in force from
the moment it was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connections, router
from saleor.core.db.connection import allow_writer, replica

__all__ = ["Router", "install", "on_writer", "reading", "reading_for"]

P = ParamSpec("P")
R = TypeVar("R")

_alias: ContextVar[str | None] = ContextVar("b2b_reads_over", default=None)


class Router:
    """Sends reads, and nothing else, where :func:`reading` says."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str | None:
        return _alias.get()


def install() -> None:
    """Once, when the app is ready."""
    if not any(isinstance(each, Router) for each in router.routers):
        router.routers.append(Router())


@contextmanager
def reading(*, from_replica: bool = True) -> Iterator[None]:
    """Within this, reads go over the session that queries have, where that is the same
    database."""
    before = _alias.set(replica if from_replica and _is_one_database(replica) else None)
    try:
        with allow_writer():
            yield
    finally:
        _alias.reset(before)


def reading_for(context: Any) -> Any:
    """The same for a request: after a mutation, reads go where it wrote."""
    return reading(from_replica=getattr(context, "allow_replica", True))


def on_writer(function: Callable[P, R]) -> Callable[P, R]:
    """What the function asks of the writer is meant to be asked there."""

    @wraps(function)
    def allowed(*args: P.args, **kwargs: P.kwargs) -> R:
        with allow_writer():
            return function(*args, **kwargs)

    return allowed


@cache
def _is_one_database(alias: str) -> bool:
    """Is this alias the writer's database under another name?"""
    theirs, ours = connections[alias].settings_dict, connections["default"].settings_dict
    return all(theirs[key] == ours[key] for key in ("HOST", "PORT", "NAME", "USER"))
