"""Retail orders of the shop on their way to 1C, where the connection asks for them.

The same rules as for wholesale ones (:mod:`.orders_out`): given until confirmed, the same on a
repeat, held where they can't be given right. An order is read in the shop each time and never
kept here. Its buyer is a person, one counterparty a customer: by his account, else by his
e-mail, never one for all of them (in_practice.md, 62). One that was cancelled before 1C knew of
it never goes; later it goes once more, cancelled. Paid, it goes once more, paid.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import as_retail
from b2b_overlay.shop import PlacedOrder, get_shop
from onec_bridge.commerceml.records import Document, Problem

from .document import KnownBuyer, Paper, documents_of
from .models import RetailExport
from .names_in_1c import NamesIn1C
from .payload import dump

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["confirm_retail", "ready_retail", "retail_to_give", "waiting_retail"]

State = RetailExport.State
#: How long a stored order is watched for a payment or a cancellation.
WATCHED = timedelta(days=30)
#: An order may become visible so long after it says it was placed.
LATE = timedelta(days=1)

Waiting = tuple[RetailExport, PlacedOrder, list[Document], list[Problem]]


@transaction.atomic
def retail_to_give(connection: Connection, session_id: str, limit: int) -> list[Document]:
    """The next retail orders for 1C, remembered as given in this session; none where they
    don't go to it."""
    given: list[Document] = []
    for export, _p, documents, problems in _waiting(connection, session_id)[: max(0, limit)]:
        export.state = State.HELD if problems else State.GIVEN
        export.problems = [dump(problem) for problem in problems]
        if not problems:
            given += documents
            export.session_id, export.given_at = session_id, timezone.now()
        export.save()
    return given


def confirm_retail(connection: Connection, session_id: str) -> int:
    """1C has stored what this session was given; how many orders that were."""
    now = timezone.now()
    given = RetailExport.objects.filter(
        connection=connection, state=State.GIVEN, session_id=session_id
    )
    return given.update(state=State.CONFIRMED, confirmed_at=now, known_at=Coalesce("known_at", now))


def waiting_retail(connection: Connection) -> list[Waiting]:
    """What 1C would get now, for people to look at."""
    return _waiting(connection, session_id="")


def ready_retail(connection: Connection) -> list[Document]:
    """Their documents, but for those that are held."""
    waiting = waiting_retail(connection)
    return [each for _e, _p, documents, wrong in waiting if not wrong for each in documents]


def _waiting(connection: Connection, session_id: str) -> list[Waiting]:
    if not connection.retail_orders or connection.retail_since is None:
        return []
    _notice(connection)
    exports = list(
        RetailExport.objects.filter(connection=connection)
        .exclude(state=State.CONFIRMED)
        .exclude(state=State.GIVEN, session_id=session_id)
    )
    placed = get_shop().orders.get([export.order_id for export in exports])
    wanted = [
        (export, placed[export.order_id])
        for export in exports
        if export.order_id in placed
        and (export.known_at or export.given_at or not placed[export.order_id].is_cancelled)
    ]
    names = NamesIn1C(connection, {line.variant_id for _e, each in wanted for line in each.lines})
    for export, each in wanted:
        _compare(export, each)
    return [(export, each, *_documents(export, each, names)) for export, each in wanted]


def _compare(export: RetailExport, placed: PlacedOrder) -> None:
    """An order that isn't what was given is of the next revision."""
    digest = _digest(placed)
    if export.digest and export.digest != digest:
        export.revision += 1
    export.digest = digest


def _notice(connection: Connection) -> None:
    """New orders wait; stored ones that were paid or cancelled since wait again."""
    exports = RetailExport.objects.filter(connection=connection)
    last = exports.order_by("-placed_at").values_list("placed_at", flat=True).first()
    since = connection.retail_since
    assert since is not None, "asked only where retail orders go to 1C"
    ids = get_shop().orders.placed_since(max(since, last - LATE) if last else since)
    known = set(exports.filter(order_id__in=ids).values_list("order_id", flat=True))
    known |= set(WholesaleOrder.objects.filter(order_id__in=ids).values_list("order_id", flat=True))
    fresh = get_shop().orders.get([each for each in ids if each not in known])
    RetailExport.objects.bulk_create(
        (
            RetailExport(
                connection=connection,
                order_id=each.id,
                number=each.number,
                placed_at=each.placed_at,
            )
            for each in fresh.values()
        ),
        ignore_conflicts=True,
    )
    recent = list(exports.filter(state=State.CONFIRMED, placed_at__gte=timezone.now() - WATCHED))
    placed = get_shop().orders.get([export.order_id for export in recent])
    changed = [
        export.pk
        for export in recent
        if export.order_id in placed and export.digest != _digest(placed[export.order_id])
    ]
    if changed:
        exports.filter(pk__in=changed).update(state=State.WAITING)


def _documents(
    export: RetailExport, placed: PlacedOrder, names: NamesIn1C
) -> tuple[list[Document], list[Problem]]:
    order, lines = as_retail(placed)
    order.revision = export.revision
    order.legal_entity = LegalEntity(
        kind=LegalEntity.Kind.PERSON,
        name=(placed.name or placed.email or placed.number)[:255],
        phone=placed.phone,
        email=placed.email,
        address=placed.address,
    )
    paper = Paper(
        placed.id,
        placed.number,
        lines,
        is_paid=placed.is_paid,
        is_cancelled=placed.is_cancelled,
    )
    buyer = KnownBuyer(_customer_id(placed))
    return documents_of(order, [paper], names.goods, buyer, names.currency(order.currency))


def _customer_id(placed: PlacedOrder) -> str:
    """Ид of the person: always the same for one customer, never the same for two."""
    if placed.user_id is not None:
        return f"b2b-user-{placed.user_id}"
    who = placed.email.strip().casefold() or placed.id
    return f"b2b-person-{hashlib.sha256(who.encode()).hexdigest()[:20]}"


def _digest(placed: PlacedOrder) -> str:
    said = repr((placed.digest, placed.is_paid, placed.is_cancelled))
    return hashlib.sha256(said.encode()).hexdigest()
