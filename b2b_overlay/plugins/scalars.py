"""Saleor's own scalars and enum, for the B2B types: one schema holds one type of a name."""

from saleor.graphql.core.enums import OrderDirection
from saleor.graphql.core.scalars import Date, DateTime, Decimal

__all__ = ["Date", "DateTime", "Decimal", "OrderDirection"]
