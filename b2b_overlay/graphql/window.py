"""A page of a connection, in Saleor's conventions; and one over what was sorted in memory.

A cursor is the key by which its record is sorted, as Saleor's own are: a page goes on after what
was seen last, also where records have come and gone meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import graphene
from graphql import GraphQLError
from graphql_relay.utils import base64, unbase64

__all__ = ["MOST", "Key", "Window"]

#: Saleor's limit of records in one connection.
MOST = 100


class Key(NamedTuple):
    """What a record is sorted by."""

    #: Sorts behind all that aren't so, in an ascending list.
    behind: bool
    amount: Decimal
    name: str
    id: int

    @property
    def cursor(self) -> str:
        return str(base64(json.dumps([self.behind, str(self.amount), self.name, self.id])))

    @classmethod
    def read(cls, cursor: str) -> Key:
        try:
            behind, amount, name, pk = json.loads(unbase64(cursor))
            key = cls(bool(behind), Decimal(amount), str(name), int(pk))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise GraphQLError("Received cursor is invalid.") from error
        if not key.amount.is_finite():
            raise GraphQLError("Received cursor is invalid.")
        return key


class Window(NamedTuple):
    """The first so many, after a cursor if one is given; or the last so many, before it."""

    size: int
    cursor: str | None
    from_end: bool

    @classmethod
    def of(
        cls,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Window:
        """Raises ``GraphQLError`` for what Saleor refuses."""
        size, cursor = (last, before) if first is None else (first, after)
        if size is None or size < 1:
            raise GraphQLError("You must provide a positive `first` or `last` value.")
        if size > MOST:
            raise GraphQLError(f"Requesting {size} records exceeds the limit of {MOST} records.")
        if first is not None and (last is not None or before):
            raise GraphQLError("Argument `first` can't be combined with `last` or `before`.")
        if last is not None and after:
            raise GraphQLError("Argument `last` can't be combined with `after`.")
        return cls(size, cursor or None, first is None)

    def cut(
        self, found: Sequence[Key], *, descending: bool
    ) -> tuple[Sequence[Key], graphene.relay.PageInfo]:
        """The keys of the page, and what stands beside them."""
        if self.cursor is None:
            beyond = found
        else:
            place, down = Key.read(self.cursor), descending is not self.from_end
            beyond = [key for key in found if (key < place if down else key > place)]
        keys = beyond[-self.size :] if self.from_end else beyond[: self.size]
        return keys, self.info([key.cursor for key in keys], more=len(beyond) > len(keys))

    def info(self, cursors: Sequence[str], *, more: bool) -> graphene.relay.PageInfo:
        """``more``: there are others on the side away from the cursor."""
        elsewhere = self.cursor is not None
        return graphene.relay.PageInfo(
            has_next_page=elsewhere if self.from_end else more,
            has_previous_page=more if self.from_end else elsewhere,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )
