"""Who sees the goods of a group, in GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from b2b_overlay.ordering.models import GroupVisibility
from b2b_overlay.ordering.visibility import set_rule
from b2b_overlay.shop import get_shop

from .answers import demand_desk
from .fields import global_id, list_of
from .ids import number
from .payload import Payload, desk
from .types import ADDED_IN_02

__all__ = ["Mutations", "Queries"]


class B2BVisibilityRule(graphene.Enum):
    WHOLESALE = "wholesale"
    SIGN_IN = "sign_in"

    class Meta:
        description = (
            "WHOLESALE: retail doesn't find these goods and can't buy them. SIGN_IN: a visitor "
            "sees them without prices, and buys after signing in." + ADDED_IN_02
        )


class B2BGroupVisibility(graphene.ObjectType):
    category_id = global_id("Category", "category_id", description="The group." + ADDED_IN_02)
    rule = graphene.Field(
        B2BVisibilityRule, required=True, description="What is kept from retail." + ADDED_IN_02
    )

    class Meta:
        description = "Who sees the goods of a group and of those below it." + ADDED_IN_02


class Queries(graphene.ObjectType):
    b2b_group_visibilities = list_of(
        B2BGroupVisibility,
        required=True,
        description="Groups whose goods not everybody sees. The desk only." + ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_group_visibilities(root: Any, info: Any) -> list[GroupVisibility]:
        demand_desk(info)
        return list(GroupVisibility.objects.all())


class B2BGroupVisibilitySet(Payload):
    visibility = graphene.Field(
        B2BGroupVisibility, description="As it is now; null: everybody sees it." + ADDED_IN_02
    )

    class Arguments:
        category_id = graphene.ID(required=True, description="The group." + ADDED_IN_02)
        rule = B2BVisibilityRule(
            description="What is kept from retail; null: nothing." + ADDED_IN_02
        )

    class Meta:
        description = (
            "Say who sees the goods of a group. For those who watch over prices." + ADDED_IN_02
        )

    @classmethod
    def mutate(
        cls, root: Any, info: Any, category_id: str, rule: str | None = None
    ) -> B2BGroupVisibilitySet:
        by, group = desk(info), number(category_id, "Category")
        return cls(visibility=set_rule(by, get_shop(), group, rule or ""))


class Mutations(graphene.ObjectType):
    b2b_group_visibility_set = B2BGroupVisibilitySet.Field()
