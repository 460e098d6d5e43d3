"""``b2bEvents``: what happened, for the shop's apps and the desk. Saleor's own list of webhook
events is built when its modules are imported, and knows none but its own (docs/developer.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene
from graphql import GraphQLError
from graphql_relay.utils import base64, unbase64

from b2b_overlay.ordering.events import KEPT_DAYS, MEANINGS, Event, Kind, Place, told

from .answers import demand_app_or_desk
from .connections import connection_of
from .fields import global_id, list_of
from .types import ADDED_IN_02, DateTime
from .window import MOST, Window

__all__ = ["Queries"]

B2BEventType = graphene.Enum(
    "B2BEventType",
    [(kind.name, kind.value) for kind in Kind],
    description=lambda kind: (
        (MEANINGS[Kind(kind.value)][0] if kind else "What happened.") + ADDED_IN_02
    ),
)


class B2BEvent(graphene.ObjectType):
    type = B2BEventType(
        required=True, resolver=lambda root, info: root.kind, description="What." + ADDED_IN_02
    )
    at = DateTime(required=True, description="When." + ADDED_IN_02)
    company = global_id(
        "B2BCompany", "company_id", required=False, description="Whose." + ADDED_IN_02
    )
    legal_entity = global_id(
        "B2BLegalEntity", "legal_entity_id", required=False, description="Whose." + ADDED_IN_02
    )
    contract = global_id(
        "B2BContract", "contract_id", required=False, description="By which." + ADDED_IN_02
    )
    order = global_id(
        "Order", "order_id", required=False, description="The shop's own order." + ADDED_IN_02
    )
    checkout = global_id(
        "Checkout",
        "checkout_id",
        required=False,
        description="The shop's own checkout." + ADDED_IN_02,
    )

    class Meta:
        description = "Something that happened, by ids: ask for the rest." + ADDED_IN_02


class Queries(graphene.ObjectType):
    b2b_events = graphene.Field(
        connection_of(B2BEvent, counted=False),
        required=True,
        first=graphene.Int(default_value=MOST, description=f"At most {MOST}." + ADDED_IN_02),
        after=graphene.String(description="Those after this cursor." + ADDED_IN_02),
        types=list_of(B2BEventType, description="Only these." + ADDED_IN_02),
        description="What happened, oldest first: go on after the last cursor you were told, and "
        f"none is missed. Kept for {KEPT_DAYS} days. For the desk, and for apps that have its "
        "permission." + ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_events(
        root: Any,
        info: Any,
        first: int = MOST,
        after: str | None = None,
        types: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        demand_app_or_desk(info)
        size, place = Window.of(first).size, _read(after) if after else None
        found = list(told(place, types)[: size + 1])
        cursors = [_cursor(event) for event in found[:size]]
        return {
            "edges": [
                {"node": event, "cursor": cursor}
                for event, cursor in zip(found, cursors, strict=False)
            ],
            "page_info": graphene.relay.PageInfo(
                has_next_page=len(found) > size,
                has_previous_page=place is not None,
                start_cursor=cursors[0] if cursors else None,
                # Nothing new: go on from where you are.
                end_cursor=cursors[-1] if cursors else after,
            ),
        }


def _cursor(event: Event) -> str:
    return str(base64(f"{event.transaction}:{event.pk}"))


def _read(cursor: str) -> Place:
    try:
        transaction, pk = unbase64(cursor).split(":")
        place = Place(int(transaction), int(pk))
    except ValueError as error:
        raise GraphQLError("Received cursor is invalid.") from error
    if max(place) >= 2**63 or min(place) < 0:
        raise GraphQLError("Received cursor is invalid.")
    return place
