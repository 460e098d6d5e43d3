"""B2B on and off for several customers at once."""

from __future__ import annotations

from typing import Any

import graphene

from b2b_overlay.ordering.switch import switch_many
from b2b_overlay.shop import get_shop

from . import types
from .fields import list_of
from .ids import numbers
from .payload import Payload, desk

__all__ = ["Mutations"]


class CompaniesSwitch(Payload):
    companies = list_of(
        types.B2BCompany,
        description="Those that were switched, without those that were so already.",
    )

    class Meta:
        name = "B2BCompaniesSwitch"
        description = (
            "Turn B2B on or off for several customers, effective at once, open carts too. For "
            "the desk." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        ids = list_of(graphene.ID, required=True, description="The companies.")
        is_active = graphene.Boolean(required=True, description="On, or off.")

    @classmethod
    def mutate(cls, root: Any, info: Any, ids: list[str], is_active: bool) -> CompaniesSwitch:
        user = desk(info)
        switched = switch_many(get_shop(), user, numbers(ids, "B2BCompany"), is_active)
        return cls(companies=switched)


class Mutations(graphene.ObjectType):
    b2b_companies_switch = CompaniesSwitch.Field()
