"""The terms that 1C sends in our extension: partners, contracts, managers, settlements.

One place for the order in which they refer to each other, and for what waits for what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import timezone

from onec_bridge.commerceml.records import Contract, Manager, Partner, Statement

from . import waiting
from .contracts import take_contracts
from .models import Kind
from .outcome import Item
from .partners import staff_that_came, take_managers, take_partners
from .statements import clear_others, take_statements
from .work import Work

__all__ = ["TERMS", "and_wake", "finish", "wake"]

Handler = Callable[[Work, list[Item[Any]]], None]


def wake(work: Work, kind: Kind | str, ids: Iterable[str]) -> None:
    """These have come: take the terms that waited for them."""
    found = waiting.wake(work, kind, ids)
    for kind_of_record, handler in TERMS.items():
        if items := found.get(kind_of_record):
            handler(work, items)
            work.watch(items)


def and_wake(handler: Handler, kind: Kind) -> Handler:
    """The handler, and after it what waited for its records."""

    def take(work: Work, items: list[Item[Any]]) -> None:
        handler(work, items)
        wake(work, kind, [item.record.id for item in items])

    return take


TERMS: Mapping[type[Any], Handler] = {
    Partner: and_wake(take_partners, Kind.PARTNER),
    Contract: take_contracts,
    Manager: take_managers,
    Statement: take_statements,
}
"""In the order in which they refer to each other."""


def finish(work: Work) -> None:
    """What can only be said at the end of a file: who of the staff has come meanwhile, and who
    isn't in a whole list of settlements."""
    if came := staff_that_came(work):
        wake(work, waiting.STAFF, came)
    whole = work.file.settlements
    if whole.is_whole:
        told_at = waiting.moment(whole.told_at) or work.file.told_at or timezone.now()
        clear_others(work.connection, whole.told, told_at, work.file.name)
