"""A list of settlements that says of itself that it is whole: who is in it, and as of when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from onec_bridge.commerceml.records import SettlementListHeader, Statement

__all__ = ["WholeList"]


@dataclass(slots=True)
class WholeList:
    """What a file's lists of settlements have said so far. Memory: an id a counterparty."""

    is_whole: bool = False
    told_at: dt.datetime | None = None
    told: set[str] = field(default_factory=set)

    def observe(self, record: SettlementListHeader | Statement) -> None:
        """A list that isn't whole, or a row of nobody, and nobody is known not to be in it."""
        if isinstance(record, Statement):
            self.is_whole = self.is_whole and bool(record.id)
            self.told.add(record.id)
            return
        self.is_whole = record.only_changes is False and (self.is_whole or not self.told)
        self.told_at = record.told_at
