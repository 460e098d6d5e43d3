"""Relay connections over rows of a query, as Saleor has them: edges, page info, a total that is
counted only where it is asked for.

A resolver gives a query in some order; where a page begins is read off the last row's values of
that order, so that nothing is told twice or left out where rows come and go meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import graphene
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from graphql import GraphQLError
from graphql_relay.utils import base64, unbase64

from . import types
from .fields import list_of
from .types import ADDED_IN_02
from .window import MOST, Window

__all__ = ["connection_field", "connection_of", "sorted_by", "sorting"]

Rows = QuerySet[Any]
Prepare = Callable[[list[Any]], Iterable[Any]]


class _By(NamedTuple):
    """One step of an order."""

    name: str
    descending: bool

    @classmethod
    def all_of(cls, query: Rows) -> list[_By]:
        """The order of a query, made total by the key."""
        named = [str(each) for each in query.query.order_by or query.model._meta.ordering or ()]
        if not {"pk", "-pk"} & set(named):
            named.append("pk")
        return [cls(each.removeprefix("-"), each.startswith("-")) for each in named]

    @property
    def text(self) -> str:
        return f"{'-' if self.descending else ''}{self.name}"

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True} if value is None else {self.name: value})

    def beyond(self, value: Any) -> Q | None:
        """Rows that come after this value; PostgreSQL takes none for the greatest."""
        if self.descending:
            return Q(
                **{f"{self.name}__isnull": False} if value is None else {f"{self.name}__lt": value}
            )
        if value is None:
            return None
        return Q(**{f"{self.name}__gt": value}) | Q(**{f"{self.name}__isnull": True})


def _after(order: Sequence[_By], values: Sequence[Any]) -> Q:
    """Rows after the one with these values, compared as a dictionary's words are."""
    found, so_far = Q(pk__in=()), Q()
    for step, value in zip(order, values, strict=True):
        if (beyond := step.beyond(value)) is not None:
            found |= so_far & beyond
        so_far &= step.same(value)
    return found


def _cursor(order: Sequence[_By], row: Model) -> str:
    values = [attrgetter(step.name.replace("__", "."))(row) for step in order]
    keys = [value.pk if isinstance(value, Model) else value for value in values]
    return str(base64(json.dumps(keys, default=str)))  # to the microsecond


def _beyond(query: Rows, order: Sequence[_By], cursor: str) -> Rows:
    try:
        values = json.loads(unbase64(cursor))
        if not isinstance(values, list):
            raise ValueError(cursor)
        return query.filter(_after(order, values))
    except (ValueError, TypeError, ValidationError) as error:
        raise GraphQLError("Received cursor is invalid.") from error


class _Page:
    """What a connection's fields read."""

    def __init__(self, query: Rows, window: Window, prepare: Prepare | None) -> None:
        order = _By.all_of(query)
        if window.from_end:
            order = [_By(step.name, not step.descending) for step in order]
        rest = _beyond(query, order, window.cursor) if window.cursor else query
        rows = list(rest.order_by(*(step.text for step in order))[: window.size + 1])
        more, rows = len(rows) > window.size, rows[: window.size]
        if window.from_end:
            rows.reverse()
        cursors = [_cursor(order, row) for row in rows]
        nodes = prepare(rows) if prepare else rows
        self._query = query
        self.page_info = window.info(cursors, more=more)
        self.edges = [
            {"node": node, "cursor": cursor} for node, cursor in zip(nodes, cursors, strict=True)
        ]

    @property
    def total_count(self) -> int:
        return self._query.count()


def connection_of(node: Any, *, counted: bool = True) -> Any:
    """``B2BOrderConnection`` with its ``B2BOrderEdge``, for ``B2BOrder``."""
    name = node._meta.name
    edge = _type(
        f"{name}Edge",
        "A record and its place among all.",
        node=graphene.Field(node, required=True, description="The record." + ADDED_IN_02),
        cursor=graphene.String(required=True, description="Its place." + ADDED_IN_02),
    )
    fields = {
        "edges": list_of(edge, required=True, description="The page's records." + ADDED_IN_02),
        "page_info": graphene.Field(
            graphene.relay.PageInfo, required=True, description="Where to go on." + ADDED_IN_02
        ),
    }
    if counted:
        fields["total_count"] = graphene.Int(
            required=True, description="How many there are in all." + ADDED_IN_02
        )
    return _type(f"{name}Connection", "A page of many.", **fields)


def _type(name: str, says: str, **fields: Any) -> Any:
    meta = type("Meta", (), {"description": says + ADDED_IN_02})
    return type(name, (graphene.ObjectType,), {**fields, "Meta": meta})


def connection_field(
    connection: Any,
    query: Callable[..., Rows],
    *,
    description: str,
    prepare: Prepare | None = None,
    **arguments: Any,
) -> graphene.Field:
    """A field of this connection. ``query(info, **arguments)`` gives its rows in their order;
    ``prepare`` makes what is shown of a page's rows, one each."""

    def resolve(root: Any, info: Any, **given: Any) -> _Page:
        paging = {name: given.pop(name, None) for name in ("first", "after", "last", "before")}
        return _Page(query(info, **given), Window.of(**paging), prepare)

    return graphene.Field(
        connection,
        required=True,
        resolver=resolve,
        first=graphene.Int(description=f"The first so many, at most {MOST}." + ADDED_IN_02),
        after=graphene.String(description="Those after this cursor." + ADDED_IN_02),
        last=graphene.Int(description=f"The last so many, at most {MOST}." + ADDED_IN_02),
        before=graphene.String(description="Those before this cursor." + ADDED_IN_02),
        description=description + ADDED_IN_02,
        **arguments,
    )


def sorting(name: str, **fields: tuple[str, str]) -> Any:
    """``sortBy`` of a connection: ``PLACED_AT=("placed_at", "When it was placed.")``."""
    says = dict(fields.values())
    by = graphene.Enum(
        f"{name}SortField",
        [(each, column) for each, (column, _sentence) in fields.items()],
        description=lambda value: (says[value.value] if value else "By what.") + ADDED_IN_02,
    )
    given = {
        "field": by(required=True, description="By what." + ADDED_IN_02),
        "direction": types.OrderDirection(
            required=True, description="From the least, or to it." + ADDED_IN_02
        ),
        "Meta": type("Meta", (), {"description": "How they are sorted." + ADDED_IN_02}),
    }
    made: Any = type(f"{name}SortingInput", (graphene.InputObjectType,), given)
    return made(description="In which order." + ADDED_IN_02)


def sorted_by(query: Rows, asked: Mapping[str, str] | None) -> Rows:
    """The query in the order that was asked for, if any."""
    if not asked:
        return query
    return query.order_by(asked["direction"] + asked["field"], asked["direction"] + "pk")
