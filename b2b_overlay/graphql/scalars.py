"""Scalars of the B2B types, and the order of a list, on a shop that has none of its own.

A schema can hold only one type of a name, so on Saleor its own are used
(``b2b_overlay.plugins.scalars``); these speak as Saleor 3.23's do: a Decimal travels as a
JSON number, written out exactly, and is read back without passing through a float.
"""

from __future__ import annotations

import decimal
from typing import Any

import graphene
from graphql.language import ast

__all__ = ["Date", "DateTime", "Decimal", "OrderDirection"]

Date = graphene.Date
DateTime = graphene.DateTime


class Decimal(graphene.Float):  # type: ignore[misc]  # graphene 2 has no types
    """A decimal number, exact."""

    @staticmethod
    def parse_literal(node: Any) -> decimal.Decimal | None:
        if isinstance(node, (ast.IntValue, ast.FloatValue)):
            return Decimal.parse_value(node.value)
        return None

    @staticmethod
    def parse_value(value: Any) -> decimal.Decimal | None:
        try:
            return decimal.Decimal(str(value))
        except decimal.DecimalException:
            return None


class OrderDirection(graphene.Enum):
    ASC = ""
    DESC = "-"
