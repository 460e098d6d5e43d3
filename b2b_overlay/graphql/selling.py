"""Which of the shop's organisations sells what, and the parts of an order, in GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from b2b_overlay.shop import get_shop
from b2b_overlay.terms.models import Organization, SellingRule
from b2b_overlay.terms.selling import add_rule, drop_rule

from .answers import demand_desk
from .fields import global_id, list_of
from .ids import find, number, text
from .invoices import B2BOrganization
from .payload import Payload, desk
from .types import ADDED_IN_02

__all__ = ["Mutations", "Queries"]


class B2BSellingRule(graphene.ObjectType):
    id = global_id("B2BSellingRule", description="Its id." + ADDED_IN_02)
    category_id = global_id(
        "Category",
        "category_id",
        required=False,
        description="The group whose goods it is about, with the groups below." + ADDED_IN_02,
    )
    warehouse_id = global_id(
        "Warehouse",
        "warehouse_id",
        required=False,
        description="Or the warehouse whose goods it is about." + ADDED_IN_02,
    )
    organization = graphene.Field(
        B2BOrganization, required=True, description="Who sells them." + ADDED_IN_02
    )

    class Meta:
        description = (
            "Goods that another of the shop's organisations sells than the contract's."
            + ADDED_IN_02
        )


class Queries(graphene.ObjectType):
    b2b_selling_rules = list_of(
        B2BSellingRule,
        required=True,
        description="Who sells what, where it isn't the contract's organisation. The desk only."
        + ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_selling_rules(root: Any, info: Any) -> list[SellingRule]:
        demand_desk(info)
        return list(SellingRule.objects.select_related("organization"))


class B2BSellingRuleSave(Payload):
    selling_rule = graphene.Field(B2BSellingRule, description="As it is now." + ADDED_IN_02)

    class Arguments:
        organization_id = graphene.ID(required=True, description="Who sells." + ADDED_IN_02)
        category_id = graphene.ID(description="The goods of this group." + ADDED_IN_02)
        warehouse_id = graphene.ID(description="Or what lies in this warehouse." + ADDED_IN_02)

    class Meta:
        description = (
            "Say who sells the goods of a group or of a warehouse. For those who watch over prices."
            + ADDED_IN_02
        )

    @classmethod
    def mutate(
        cls,
        root: Any,
        info: Any,
        organization_id: str,
        category_id: str | None = None,
        warehouse_id: str | None = None,
    ) -> B2BSellingRuleSave:
        rule = add_rule(
            desk(info),
            get_shop(),
            find(Organization, organization_id),
            category_id=number(category_id, "Category") if category_id else None,
            warehouse_id=text(warehouse_id, "Warehouse") if warehouse_id else "",
        )
        return cls(selling_rule=rule)


class B2BSellingRuleDelete(Payload):
    class Arguments:
        id = graphene.ID(required=True, description="The rule." + ADDED_IN_02)

    class Meta:
        description = (
            "Let the contract say again who sells these goods. For those who watch over prices."
            + ADDED_IN_02
        )

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> B2BSellingRuleDelete:
        drop_rule(desk(info), find(SellingRule, id))
        return cls()


class Mutations(graphene.ObjectType):
    b2b_selling_rule_save = B2BSellingRuleSave.Field()
    b2b_selling_rule_delete = B2BSellingRuleDelete.Field()
