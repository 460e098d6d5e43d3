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

__all__ = ["TERMS", "and_tell", "and_wake", "finish", "price_types_came", "wake"]

Handler = Callable[[Work, list[Item[Any]]], None]


def wake(work: Work, kind: Kind | str, ids: Iterable[str]) -> None:
    """These have come: take the terms that waited for them."""
    ids = list(ids)
    if not ids:
        return
    found = waiting.wake(work, kind, ids)
    for kind_of_record, handler in TERMS.items():
        if items := found.get(kind_of_record):
            handler(work, items)
            work.watch(items)


def and_wake(handler: Handler, kind: Kind) -> Handler:
    """The handler, and after it what waited for its records."""

    def take(work: Work, items: list[Item[Any]]) -> None:
        handler(work, items)
        ids = [item.record.id for item in items]
        wake(work, kind, [each for each in ids if each and work.links.local(kind, each)])

    return take


def and_tell(
    handler: Handler, tells: Callable[[Work, list[Item[Any]]], list[Item[Any]]]
) -> Handler:
    """The handler, and after it the terms that its records tell in elements of the standard."""

    def take(work: Work, items: list[Item[Any]]) -> None:
        handler(work, items)
        told = tells(work, items)
        for kind_of_record, take_terms in TERMS.items():
            if of_kind := [item for item in told if isinstance(item.record, kind_of_record)]:
                take_terms(work, of_kind)

    return take


def price_types_came(work: Work, ids: Iterable[str]) -> None:
    """Terms name a price type by its id, or by its name."""
    came = list(ids)
    names = [work.price_types[each].name for each in came if each in work.price_types]
    wake(work, Kind.PRICE_TYPE, [*came, *names])


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
