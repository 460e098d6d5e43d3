"""Orders on their way to 1C: waiting → given (in a session) → confirmed.

Rules (protocol.md, section 7): ``success`` confirms exactly what was given in that session;
what wasn't confirmed is given again, the same to the letter; an order that was born or has
changed between the two stays unsent; one that changes after it was confirmed
(:func:`~b2b_overlay.ordering.orders.changed`) goes again, by the same number, as a next version;
one that can't be given right is held for a person and never stops the others. An order may be
several documents (:mod:`.papers`): they are given, confirmed and held together. An order goes to
the 1C base that knows its buyer, else to any. A buyer that others were joined to goes by his own
id of 1C, else by one of theirs; joining alone doesn't send again what 1C has stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from b2b_overlay.company import joining
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import changed, record_missing
from b2b_overlay.ordering.shops_changes import follow_open
from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import Document, Problem

from .bound import notice_new
from .document import KnownBuyer, documents_of
from .models import OrderExport
from .names_in_1c import NamesIn1C, buyers_in_1c
from .papers import Papers
from .payload import dump, load
from .retail_out import confirm_retail, retail_to_give
from .start.settings import handed_past

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["confirm_given", "held_problems", "orders_to_give", "waiting_orders"]


@transaction.atomic
def orders_to_give(connection: Connection, session_id: str, limit: int) -> list[Document]:
    """The next orders for 1C, oldest first, remembered as given in this session.

    Called for each ``query``. Within a session each call goes on where the last one ended, and
    the end is an empty list.
    """
    record_missing(get_shop())
    _notice(connection)
    exports = list(
        _with_orders(connection)
        .exclude(state=OrderExport.State.GIVEN, session_id=session_id)
        .select_for_update(of=("self",))
    )
    words = _Words(connection, exports)
    given: list[Document] = []
    for export in exports:
        documents, problems = words.documents(export.order)
        if given and len(given) + len(documents) > limit:
            break
        if not problems:
            words.keep(export.order)
            given += documents
            export.session_id, export.given_at = session_id, timezone.now()
            export.revision = export.order.revision
            export.given_to = export.order.legal_entity
        export.state = OrderExport.State.HELD if problems else OrderExport.State.GIVEN
        export.problems = [dump(problem) for problem in problems]
        export.save()
    return given + retail_to_give(connection, session_id, limit - len(given))


@transaction.atomic
def confirm_given(connection: Connection, session_id: str) -> int:
    """1C has stored what this session was given; how many orders that were."""
    now = timezone.now()
    given = OrderExport.objects.filter(
        connection=connection, state=OrderExport.State.GIVEN, session_id=session_id
    )
    count = given.update(
        state=OrderExport.State.CONFIRMED, confirmed_at=now, known_at=Coalesce("known_at", now)
    )
    return count + confirm_retail(connection, session_id)


def waiting_orders(
    connection: Connection, *, by_hand: bool = False
) -> list[tuple[OrderExport, list[Document], list[Problem]]]:
    """What 1C would get now, for people to look at. Nothing is remembered as given.

    ``by_hand``: for people to type in, who know goods by code and article too."""
    record_missing(get_shop())
    _notice(connection)
    exports = list(_with_orders(connection))
    words = _Words(connection, exports, by_hand=by_hand)
    return [(export, *words.documents(export.order)) for export in exports]


def held_problems(export: OrderExport) -> list[Problem]:
    """Why an order is held."""
    return [load(Problem, row) for row in export.problems]


def _with_orders(connection: Connection) -> QuerySet[OrderExport]:
    """What isn't confirmed, with all that documents are made of."""
    waiting = OrderExport.objects.filter(connection=connection).exclude(
        state=OrderExport.State.CONFIRMED
    )
    waiting = waiting.exclude(order__in=handed_past(connection))
    # What was cancelled before 1C knew of it never goes.
    waiting = waiting.exclude(order__cancelled_here=True, known_at=None, given_at=None)
    return waiting.select_related(
        "order__legal_entity", "order__contract__organization"
    ).prefetch_related("order__lines", "order__parts__lines__line", "order__parts__organization")


def _notice(connection: Connection) -> None:
    """New orders of this connection wait; confirmed ones that have changed wait again."""
    follow_open(get_shop())
    notice_new(connection)
    stored = OrderExport.objects.filter(
        connection=connection, state=OrderExport.State.CONFIRMED, given_at__isnull=False
    )
    moved = list(
        stored.exclude(given_to=F("order__legal_entity"))
        .exclude(given_to=None)
        .select_related("order")
    )
    also = joining.aliases({export.order.legal_entity_id for export in moved})
    for export in moved:
        if export.given_to_id not in also[export.order.legal_entity_id]:
            changed(export.order)
    stored.filter(order__revision__gt=F("revision")).update(state=OrderExport.State.WAITING)


class _Words:
    """What 1C calls the goods, buyers and currencies of some orders: a handful of queries."""

    def __init__(
        self, connection: Connection, exports: Sequence[OrderExport], *, by_hand: bool = False
    ) -> None:
        orders = [export.order for export in exports]
        variants = {line.variant_id for order in orders for line in order.lines.all()}
        self._papers = Papers(connection, exports)
        self._names = NamesIn1C(connection, variants, by_hand=by_hand)
        self._buyers = buyers_in_1c(connection, {order.legal_entity_id for order in orders})

    def documents(self, order: WholesaleOrder) -> tuple[list[Document], list[Problem]]:
        return documents_of(
            order,
            self._papers.of(order),
            self._names.goods,
            self._buyers.get(order.legal_entity_id, KnownBuyer()),
            self._names.currency(order.currency),
        )

    def keep(self, order: WholesaleOrder) -> None:
        """The order's documents are given, and the same ever after."""
        self._papers.keep(order)
