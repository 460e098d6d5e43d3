"""Saleor's own scalars, for the B2B types: one schema holds one type of a name."""

from saleor.graphql.core.scalars import Date, DateTime, Decimal

__all__ = ["Date", "DateTime", "Decimal"]
