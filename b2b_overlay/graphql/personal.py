"""Personal data (152-ФЗ): what is kept of a person, and his erasure. For the desk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import graphene
from graphql import GraphQLError

from b2b_overlay.company import personal
from b2b_overlay.company.models import Erasure, LegalEntity
from b2b_overlay.company.personal import Subject
from b2b_overlay.ordering.personal import erase_person
from b2b_overlay.shop import get_shop

from . import types
from .answers import demand_desk, or_null
from .fields import list_of
from .ids import find
from .payload import Payload, desk

__all__ = ["Mutations", "Queries"]

_EMAIL = "E-mail or login of the person's account."
_ENTITY = "Or a legal entity that is a person (sole trader, self-employed, private)."


class B2BErasedColumn(graphene.ObjectType):
    where = graphene.String(required=True, description="Table and column.")
    rows = graphene.Int(required=True, description="How many rows were blanked.")

    class Meta:
        description = "What was erased: never what stood there." + types.ADDED_IN_02


class Queries(graphene.ObjectType):
    b2b_person_export = graphene.String(
        email=graphene.String(description=_EMAIL),
        legal_entity=graphene.ID(description=_ENTITY),
        description="All that is kept of a person, where and what for, as JSON; null for nobody. "
        "Name one of the two. For the desk." + types.ADDED_IN_02,
    )

    @staticmethod
    @or_null
    def resolve_b2b_person_export(
        root: Any, info: Any, email: str | None = None, legal_entity: str | None = None
    ) -> str | None:
        user = demand_desk(info)
        told = personal.export(user, get_shop().people, _subject(email, legal_entity))
        return json.dumps(told, ensure_ascii=False)


def _subject(email: str | None, legal_entity: str | None) -> Subject:
    if (email is None) == (legal_entity is None):
        raise GraphQLError("Name either an account or a legal entity.")
    if legal_entity is not None:
        return personal.subject_of_entity(find(LegalEntity, legal_entity))
    people = get_shop().people
    return personal.subject_of_user(people, personal.user_of(people, email or ""))


class PersonErase(Payload):
    erased = list_of(B2BErasedColumn, description="What was erased.")

    class Meta:
        name = "B2BPersonErase"
        description = (
            "Erase a person for good; orders stay as documents. Name either an account or a legal "
            "entity. For the desk." + types.ADDED_IN_02
        )

    class Arguments:
        email = graphene.String(description=_EMAIL)
        legal_entity = graphene.ID(description=_ENTITY)
        reason = graphene.String(required=True, description="The person's letter and its day.")
        also = list_of(
            graphene.String,
            description="Other words that are his alone, overwritten wherever they stand.",
        )

    @classmethod
    def mutate(
        cls,
        root: Any,
        info: Any,
        reason: str,
        email: str | None = None,
        legal_entity: str | None = None,
        also: Iterable[str] = (),
    ) -> PersonErase:
        user, shop = desk(info), get_shop()
        if (email is None) == (legal_entity is None):
            raise GraphQLError("Name either an account or a legal entity.")
        if legal_entity is not None:
            done = personal.erase_entity(user, find(LegalEntity, legal_entity), reason, also or ())
        else:
            pk = personal.user_of(shop.people, email or "")
            done = erase_person(shop, user, pk, reason, also or ())
        return cls(erased=_columns(done))


def _columns(done: Erasure) -> list[B2BErasedColumn]:
    return [B2BErasedColumn(where=name, rows=rows) for name, rows in done.columns.items()]


class Mutations(graphene.ObjectType):
    b2b_person_erase = PersonErase.Field()
