"""For whom an order is that the shop's staff put together (Saleor: a draft order), in GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from b2b_overlay.ordering import checkouts, drafts
from b2b_overlay.shop import get_shop

from . import types
from .answers import demand_desk, or_null
from .carts import problem_value
from .context import current_user
from .fields import list_of
from .ids import number, text, to_global_id
from .payload import Payload, desk
from .types import ADDED_IN_02

__all__ = ["Mutations", "Queries"]


class B2BDraftOrder(graphene.ObjectType):
    id = graphene.ID(required=True, description="Global id of the shop's own order." + ADDED_IN_02)
    legal_entity = graphene.Field(
        types.B2BLegalEntity,
        description="At whose prices it is; null: at retail, for the customer himself or, with "
        "``isLegalEntityKnown`` false, until it is said for whom." + ADDED_IN_02,
    )
    is_legal_entity_known = graphene.Boolean(
        required=True,
        description="False: the customer may order for several and it is never guessed; the "
        "draft becomes no order before. A retail customer's stays so." + ADDED_IN_02,
    )
    legal_entities = list_of(
        types.B2BLegalEntity,
        required=True,
        description="Those the customer may order for." + ADDED_IN_02,
    )
    contract = graphene.Field(types.B2BContract, description="By which terms." + ADDED_IN_02)
    problems = list_of(
        types.B2BProblem,
        required=True,
        description="What keeps it from becoming an order; lines are order lines." + ADDED_IN_02,
    )

    class Meta:
        description = "The wholesale side of a draft order of the staff's." + ADDED_IN_02


def _value(draft: drafts.Draft) -> B2BDraftOrder:
    terms = checkouts.terms_on(draft.cart)
    return B2BDraftOrder(
        id=to_global_id("Order", draft.cart.id),
        legal_entity=draft.legal_entity,
        is_legal_entity_known=draft.is_said,
        legal_entities=draft.choices,
        contract=terms.contract if terms else None,
        problems=[problem_value(each, of="OrderLine") for each in draft.problems],
    )


class DraftOrderLegalEntityUpdate(Payload):
    draft_order = graphene.Field(B2BDraftOrder, description="As it is now." + ADDED_IN_02)

    class Meta:
        name = "B2BDraftOrderLegalEntityUpdate"
        description = (
            "Make a draft order out for this legal entity of its customer's; null: for himself, "
            "at retail. Its prices change at once. For the desk." + ADDED_IN_02
        )

    class Arguments:
        order_id = graphene.ID(
            required=True, description="Global id of the draft order." + ADDED_IN_02
        )
        legal_entity_id = graphene.ID(
            description="One that the customer may order for." + ADDED_IN_02
        )

    @classmethod
    def mutate(
        cls, root: Any, info: Any, order_id: str, legal_entity_id: str | None = None
    ) -> DraftOrderLegalEntityUpdate:
        user, pk = desk(info), text(order_id, "Order")
        entity = number(legal_entity_id, "B2BLegalEntity") if legal_entity_id else None
        return cls(draft_order=_value(drafts.choose(get_shop(), user, pk, entity)))


class Queries(graphene.ObjectType):
    b2b_draft_order = graphene.Field(
        B2BDraftOrder,
        order_id=graphene.ID(
            required=True, description="Global id of the draft order." + ADDED_IN_02
        ),
        description="For whom a draft order is; null: there is no such draft. For the desk."
        + ADDED_IN_02,
    )

    @staticmethod
    @or_null
    def resolve_b2b_draft_order(root: Any, info: Any, order_id: str) -> B2BDraftOrder:
        demand_desk(info)
        return _value(drafts.look(get_shop(), current_user(info), text(order_id, "Order")))


class Mutations(graphene.ObjectType):
    b2b_draft_order_legal_entity_update = DraftOrderLegalEntityUpdate.Field(
        description="Make a draft order out for a legal entity of its customer's. For the desk."
        + ADDED_IN_02
    )
