"""Relay connections as Saleor has them, over a queryset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene
from django.db.models import QuerySet
from graphene.relay import PageInfo
from graphql import GraphQLError
from graphql_relay.utils import base64, unbase64

__all__ = ["connection"]

#: Saleor's limit of records in one connection.
MOST = 100


def _position(cursor: str | None) -> int:
    """How many records precede what comes after ``cursor``."""
    if cursor is None:
        return 0
    text = unbase64(cursor)
    if not text.isdecimal():
        raise GraphQLError("Received cursor is invalid.")
    return int(text) + 1


def _demand_first(first: int | None, name: str) -> int:
    if first is None or first < 1:
        raise GraphQLError(
            f"You must provide a `first` or `last` value to properly paginate the `{name}` "
            "connection."
        )
    if first > MOST:
        raise GraphQLError(
            f"Requesting {first} records on the `{name}` connection exceeds the `first` limit "
            f"of {MOST} records."
        )
    return first


def connection(node: Any) -> Any:
    """The connection type of a node type, with ``field()`` to declare it and ``page()`` to
    answer it. ``totalCount`` is counted only where it is asked for."""
    edge = type(
        f"{node.__name__}CountableEdge",
        (graphene.ObjectType,),
        {
            "node": graphene.Field(node, required=True),
            "cursor": graphene.String(required=True),
        },
    )

    def field(**arguments: Any) -> Any:
        return graphene.Field(made, first=graphene.Int(), after=graphene.String(), **arguments)

    def page(
        found: QuerySet[Any],
        name: str,
        first: int | None,
        after: str | None,
        show: Callable[[Any], Any] = lambda row: row,
    ) -> Any:
        """The records after ``after``; three queries at most."""
        first, start = _demand_first(first, name), _position(after)
        rows = list(found[start : start + first + 1])
        cursors = [base64(str(start + n)) for n in range(len(rows[:first]))]
        return made(
            edges=[
                edge(node=show(row), cursor=cursor)
                for row, cursor in zip(rows, cursors, strict=False)
            ],
            page_info=PageInfo(
                has_next_page=len(rows) > first,
                has_previous_page=start > 0,
                start_cursor=cursors[0] if cursors else None,
                end_cursor=cursors[-1] if cursors else None,
            ),
            total_count=found.count,
        )

    made = type(
        f"{node.__name__}CountableConnection",
        (graphene.ObjectType,),
        {
            "edges": graphene.List(graphene.NonNull(edge), required=True),
            "page_info": graphene.Field(PageInfo, required=True),
            "total_count": graphene.Int(),
            "Edge": edge,
            "resolve_total_count": staticmethod(lambda root, info: root.total_count()),
            "field": staticmethod(field),
            "page": staticmethod(page),
        },
    )
    return made
