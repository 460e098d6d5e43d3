"""The history of a company or of one legal entity, for the desk. The pages show the same."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLError

from b2b_overlay import changes
from b2b_overlay.shop import get_shop

from .answers import demand_desk, page
from .fields import list_of, of
from .ids import readable
from .types import ADDED_IN_02, DateTime

__all__ = ["Queries"]


class B2BHistoryTurn(graphene.ObjectType):
    label = graphene.String(
        required=True, description="The field, in the reader's language." + ADDED_IN_02
    )
    old = graphene.String(required=True, description="Empty: there was none." + ADDED_IN_02)
    new = graphene.String(required=True, description="Empty: there is none." + ADDED_IN_02)

    class Meta:
        description = "What one field was and what it became." + ADDED_IN_02


class B2BHistoryEvent(graphene.Enum):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"

    class Meta:
        description = "What happened to a row." + ADDED_IN_02


class B2BHistoryChange(graphene.ObjectType):
    at = DateTime(required=True, description="When." + ADDED_IN_02)
    who = graphene.String(
        required=True,
        description="Name and e-mail; empty: not known." + ADDED_IN_02,
    )
    way = graphene.String(
        required=True, description="By which page, mutation, file or command." + ADDED_IN_02
    )
    kind = graphene.String(required=True, description="What kind of thing." + ADDED_IN_02)
    name = graphene.String(required=True, description="Its name then." + ADDED_IN_02)
    event = graphene.Field(
        B2BHistoryEvent,
        required=True,
        resolver=of("label"),
        description="Made, changed or removed." + ADDED_IN_02,
    )
    turns = list_of(B2BHistoryTurn, required=True, description="The fields." + ADDED_IN_02)

    class Meta:
        description = "One change, as the database recorded it." + ADDED_IN_02


class Queries(graphene.ObjectType):
    b2b_history = list_of(
        B2BHistoryChange,
        required=True,
        company=graphene.ID(description="Of this company and all that is its."),
        legal_entity=graphene.ID(description="Of this legal entity alone."),
        first=graphene.Int(default_value=20, description="At most 100."),
        offset=graphene.Int(default_value=0, description="How many of the newest to pass over."),
        description="Changes of a company or of a legal entity, newest first. For the desk."
        + ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_history(
        root: Any,
        info: Any,
        company: str | None = None,
        legal_entity: str | None = None,
        first: int = 20,
        offset: int = 0,
    ) -> list[changes.Change]:
        demand_desk(info)
        if (company is None) == (legal_entity is None):
            raise GraphQLError("Name either a company or a legal entity.")
        places = _places(company, legal_entity)
        if places is None:
            return []
        return changes.told(places[page(first, offset)], get_shop().people)


def _places(company: str | None, legal_entity: str | None) -> changes.Places | None:
    for pk in readable([company or ""], "B2BCompany"):
        return changes.of_company(pk)
    for pk in readable([legal_entity or ""], "B2BLegalEntity"):
        return changes.of_legal_entity(pk)
    return None
