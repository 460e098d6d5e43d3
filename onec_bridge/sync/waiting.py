"""Terms (contracts, partners, managers, statements) that wait for what 1C hasn't sent yet.

Rules: what waits is kept whole, and is taken when the last thing that it names comes, without
1C sending it again; a newer record of the same id takes the place of the one that waits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from onec_bridge.commerceml.records import Contract, Manager, Partner, Statement

from .models import Kind, Parked
from .outcome import Item, Outcome
from .payload import dump, load
from .work import Work

__all__ = ["STAFF", "TERMS_WOKEN", "awaited", "drop_older", "in_both", "moment", "park", "wake"]

#: The kind under which woken terms are counted: they were read from another file.
TERMS_WOKEN = "terms_waited"
#: What a manager waits for whom the shop has no account of.
STAFF = "staff"

_TYPES: dict[str, type[Any]] = {
    each.__name__: each for each in (Partner, Contract, Manager, Statement)
}


def park(work: Work, item: Item[Any], missing: Iterable[tuple[str, str]]) -> None:
    """Keep the record until all of these (kind and 1C's id) have come."""
    item.came(Outcome.PARKED)
    Parked.objects.bulk_create(
        (
            Parked(
                connection=work.connection,
                external_id=item.record.id,
                waits_kind=Parked.TERMS,
                waits_for=f"{kind}:{external_id}"[:255],
                part=type(item.record).__name__,
                payload=dump(item.record),
            )
            for kind, external_id in missing
        ),
        update_conflicts=True,
        unique_fields=["connection", "external_id", "waits_kind", "waits_for", "part"],
        update_fields=["payload", "parked_at"],
    )


def drop_older(work: Work, items: Sequence[Item[Any]]) -> None:
    """What waits of these ids is told anew by these records."""
    if items:
        Parked.objects.filter(
            connection=work.connection,
            waits_kind=Parked.TERMS,
            part=type(items[0].record).__name__,
            external_id__in=[item.record.id for item in items],
        ).delete()


def awaited(work: Work, kind: Kind | str) -> list[str]:
    """What of a kind records wait for."""
    rows = Parked.objects.filter(
        connection=work.connection,
        waits_kind=Parked.TERMS,
        waits_for__startswith=f"{kind}:",
    ).values_list("waits_for", flat=True)
    return [each.partition(":")[2] for each in rows]


def wake(work: Work, kind: Kind | str, ids: Iterable[str]) -> dict[type[Any], list[Item[Any]]]:
    """The records that waited for these, oldest first, by type; no longer parked."""
    rows = Parked.objects.filter(
        connection=work.connection,
        waits_kind=Parked.TERMS,
        waits_for__in=[f"{kind}:{each}"[:255] for each in ids],
    )
    found: dict[type[Any], list[Item[Any]]] = {}
    for row in list(rows.order_by("parked_at", "pk")):
        record = load(_TYPES[row.part], row.payload)
        found.setdefault(_TYPES[row.part], []).append(Item(record, TERMS_WOKEN))
    for kind_of_record, items in found.items():
        names = [item.record.id for item in items]
        Parked.objects.filter(
            connection=work.connection,
            waits_kind=Parked.TERMS,
            part=kind_of_record.__name__,
            external_id__in=names,
        ).delete()
    return found


def in_both(say: Callable[[], str]) -> tuple[str, str]:
    """Words in Russian and in English: the journal is read in either, whoever wrote it."""
    with override("en"):
        english = say()
    with override("ru"):
        return say(), english


def moment(told_at: dt.datetime | None) -> dt.datetime | None:
    """A moment that 1C wrote without a zone is its base's local time, which is ours."""
    if told_at is not None and timezone.is_naive(told_at):
        return timezone.make_aware(told_at)
    return told_at
