"""Park what can't be applied yet; wake it when what it waited for has come.

Rules: a newer record with the same parts replaces the parked one; what was woken is applied
before the batch's own records of the same offer, so an old price never overrides a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from onec_bridge.commerceml.records import Offer, Severity

from .facts import offer_facts
from .models import LONGEST_ID, Kind, Parked
from .outcome import Item, Outcome
from .payload import dump, load
from .work import Work

__all__ = ["WOKEN", "park_many", "parts", "supersede", "thin", "wake"]

#: The kind under which woken offers are counted: they were read from another file.
WOKEN = "offer_waited"


def parts(offer: Offer) -> set[str]:
    """What an offer tells: of itself, of prices, of stock."""
    told = set()
    if offer_facts(offer):
        told.add("self")
    if offer.prices or offer.has_prices_block:
        told.add("prices")
    if offer.stock or offer.quantity is not None:
        told.add("stock")
    return told


def park_many(work: Work, rows: Sequence[tuple[Item[Offer], Offer, str, str]]) -> None:
    """Keep these offers (of these items), each until something comes. One statement.

    What waits for an id that can't be kept is refused: it will never come.
    """
    if not rows:
        return
    work.something_waits()
    unique = {}
    for item, offer, waits_kind, waits_for in rows:
        if len(waits_for) > LONGEST_ID:
            work.problem("reference_too_long", offer, "Ид", waits_for, Severity.ERROR)
            item.came(Outcome.REFUSED)
            continue
        item.came(Outcome.PARKED)
        part = "+".join(sorted(parts(offer)))
        unique[offer.id, waits_kind, waits_for, part] = Parked(
            connection=work.connection,
            external_id=offer.id,
            waits_kind=waits_kind,
            waits_for=waits_for,
            part=part,
            payload=dump(offer),
        )
    Parked.objects.bulk_create(
        unique.values(),
        update_conflicts=True,
        unique_fields=["connection", "external_id", "waits_kind", "waits_for", "part"],
        update_fields=["payload", "parked_at"],
    )


def supersede(work: Work, items: Iterable[Item[Offer]]) -> None:
    """Drop what is parked for these offers and told anew by them."""
    if not work.is_waited_for:
        return
    told = {item.record.id: item.record for item in items}
    old = []
    for row in Parked.objects.filter(connection=work.connection, external_id__in=told).exclude(
        part=Parked.CATEGORY
    ):
        offer = told[row.external_id]
        by_reference = row.waits_kind in (Kind.PRICE_TYPE, Kind.WAREHOUSE)
        if set(row.part.split("+")) <= parts(offer) and (
            not by_reference or offer.only_changes is False
        ):
            old.append(row.pk)
    if old:
        Parked.objects.filter(pk__in=old).delete()


def wake(work: Work, kinds: Sequence[str], ids: Iterable[str]) -> list[Item[Offer]]:
    """The offers that waited for these, oldest first; no longer parked."""
    if not work.is_waited_for:
        return []
    rows = Parked.objects.filter(
        connection=work.connection, waits_kind__in=kinds, waits_for__in=list(ids)
    )
    found = list(rows.order_by("parked_at", "pk"))
    if found:
        rows.filter(pk__in=[row.pk for row in found]).delete()
    return [Item(load(Offer, row.payload), WOKEN) for row in found]


def thin(offer: Offer, **parts_of_it: Any) -> Offer:
    """A patch of one part of an offer, to be parked by itself."""
    bare = Offer(
        id=offer.id,
        only_changes=True,
        source=offer.source,
    )
    return replace(bare, **parts_of_it)
