"""Взаиморасчёты in GraphQL: what a legal entity owes, document by document.

The sums (``B2BLegalEntity.balance``, ``B2BContract.credit``) stand with their types.
"""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from b2b_overlay.terms.models import Settlement
from b2b_overlay.terms.settlements import settlements_for

from . import types
from .context import current_user
from .fields import global_id, list_of, money_of
from .ids import readable

__all__ = ["Queries"]


class B2BSettlement(graphene.ObjectType):
    id = global_id("B2BSettlement", description="Its id." + types.ADDED_IN_02)
    contract = graphene.Field(
        types.B2BContract, description="Null: 1C told none, or none of ours." + types.ADDED_IN_02
    )
    document = graphene.String(
        required=True, description="«Реализация 00-000123»." + types.ADDED_IN_02
    )
    document_date = types.Date(description="The document's day." + types.ADDED_IN_02)
    amount = graphene.Field(
        types.B2BMoney,
        required=True,
        resolver=money_of("amount"),
        description="Owed to the shop; negative: an advance." + types.ADDED_IN_02,
    )
    due_date = types.Date(description="To be paid by then." + types.ADDED_IN_02)
    is_overdue = graphene.Boolean(
        required=True, description="Whether that day has passed." + types.ADDED_IN_02
    )
    told_at = types.DateTime(required=True, description="As of when." + types.ADDED_IN_02)

    class Meta:
        description = (
            "What a legal entity owes by one document, as 1C last told." + types.ADDED_IN_02
        )

    @staticmethod
    def resolve_is_overdue(root: Settlement, info: Any) -> bool:
        due = root.due_date
        return root.amount > 0 and due is not None and due < timezone.localdate()


class Queries(graphene.ObjectType):
    b2b_settlements = list_of(
        B2BSettlement,
        required=True,
        legal_entity=graphene.ID(required=True, description="Global id of the legal entity."),
        description="What a legal entity owes, the soonest due first; empty for one whose debts "
        "aren't the user's to see." + types.ADDED_IN_02,
        deprecation_reason="Use `b2bSettlementsConnection`.",
    )

    @staticmethod
    def resolve_b2b_settlements(root: Any, info: Any, legal_entity: str) -> list[Settlement]:
        ids = readable([legal_entity], "B2BLegalEntity")
        found = settlements_for(current_user(info)).filter(legal_entity__in=ids)
        return list(found.select_related("contract"))
