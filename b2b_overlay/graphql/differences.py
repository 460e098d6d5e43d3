"""What was changed both here and in 1C, and what became of an order there.

A buyer sees what 1C changed of his order, and its papers (``B2BOrder``); the list of what waits
for a decision, and the decisions, are the desk's.
"""

from __future__ import annotations

from typing import Any

import graphene

from b2b_overlay.company import differences
from b2b_overlay.company.models import Difference
from b2b_overlay.ordering import corrections
from b2b_overlay.ordering.differences import Shown, shown, take_ours, take_theirs
from b2b_overlay.ordering.models import OrderCorrection
from b2b_overlay.shop import get_shop

from . import types
from .answers import demand_desk, page
from .fields import global_id, list_of, of
from .ids import find
from .payload import Payload, desk
from .types import ADDED_IN_02

__all__ = ["Mutations", "Queries"]


_THEIRS = "theirs"


class B2BSide(graphene.Enum):
    OURS = "ours"
    THEIRS = _THEIRS

    class Meta:
        description = "Whose word holds: the site's, or 1C's." + ADDED_IN_02


class B2BDifference(graphene.ObjectType):
    id = global_id("B2BDifference", "row.pk", description="Its id." + ADDED_IN_02)
    about = graphene.String(
        required=True,
        resolver=of("row.about"),
        description="contract, company or legal_entity." + ADDED_IN_02,
    )
    title = graphene.String(required=True, description="Whose it is, in words." + ADDED_IN_02)
    field = graphene.String(
        required=True, resolver=of("row.field"), description="Its name." + ADDED_IN_02
    )
    label = graphene.String(required=True, description="Its name for people." + ADDED_IN_02)
    ours = graphene.String(required=True, description="As it stands here." + ADDED_IN_02)
    theirs = graphene.String(required=True, description="As 1C says." + ADDED_IN_02)
    source = graphene.String(
        required=True, resolver=of("row.source"), description="Which 1C base." + ADDED_IN_02
    )
    told_at = types.DateTime(
        required=True, resolver=of("row.told_at"), description="When it said so." + ADDED_IN_02
    )

    class Meta:
        description = "One field that the desk and 1C have both changed." + ADDED_IN_02


class B2BWaitingCorrection(graphene.ObjectType):
    order = graphene.Field(types.B2BOrder, required=True, description="The order." + ADDED_IN_02)
    correction = graphene.Field(
        types.B2BOrderCorrection,
        required=True,
        resolver=lambda root, info: root,
        description="What 1C has in its place." + ADDED_IN_02,
    )

    class Meta:
        description = "An order that 1C changed, with nobody having decided." + ADDED_IN_02


class Queries(graphene.ObjectType):
    b2b_differences = list_of(
        B2BDifference,
        required=True,
        first=graphene.Int(default_value=50, description="How many." + ADDED_IN_02),
        offset=graphene.Int(default_value=0, description="After how many." + ADDED_IN_02),
        description="What waits for the desk's decision, the latest first." + ADDED_IN_02,
    )
    b2b_order_corrections = list_of(
        B2BWaitingCorrection,
        required=True,
        first=graphene.Int(default_value=50, description="How many." + ADDED_IN_02),
        offset=graphene.Int(default_value=0, description="After how many." + ADDED_IN_02),
        description="Orders that 1C changed and the desk hasn't decided on." + ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_differences(root: Any, info: Any, first: int, offset: int) -> list[Shown]:
        demand_desk(info)
        return shown(differences.waiting()[page(first, offset)])

    @staticmethod
    def resolve_b2b_order_corrections(
        root: Any, info: Any, first: int, offset: int
    ) -> list[OrderCorrection]:
        demand_desk(info)
        return list(corrections.waiting().select_related("order")[page(first, offset)])


class B2BDifferenceDecide(Payload):
    class Arguments:
        id = graphene.ID(required=True, description="Global id of the difference.")
        take = B2BSide(required=True, description="Whose word holds.")

    class Meta:
        description = "Let one side's word hold; for the desk." + ADDED_IN_02
        atomic = False

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, take: str) -> B2BDifferenceDecide:
        by = desk(info)
        row = find(Difference, id)
        if take == _THEIRS:
            take_theirs(get_shop(), by, row)
        else:
            take_ours(by, row)
        return cls()


class B2BOrderCorrectionDecide(Payload):
    order = graphene.Field(types.B2BOrder, description="The order as it is now." + ADDED_IN_02)

    class Arguments:
        id = graphene.ID(required=True, description="Global id of the correction.")
        take = B2BSide(required=True, description="Whose word holds.")

    class Meta:
        description = (
            "Let the order become what 1C has, or go to 1C again as it was placed; for the desk."
            + ADDED_IN_02
        )

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, take: str) -> B2BOrderCorrectionDecide:
        by = desk(info)
        row = find(OrderCorrection, id)
        if take == _THEIRS:
            return cls(order=corrections.take(get_shop(), by, row))
        return cls(order=corrections.keep(by, row))


class Mutations(graphene.ObjectType):
    b2b_difference_decide = B2BDifferenceDecide.Field()
    b2b_order_correction_decide = B2BOrderCorrectionDecide.Field()
