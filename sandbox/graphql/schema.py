"""The schema: the shop's own fields and the overlay's, on one endpoint."""

from __future__ import annotations

import graphene

from b2b_overlay import graphql as b2b

from .listing import Listing
from .mutations import Mutations
from .queries import Queries

__all__ = ["schema"]


class Query(b2b.Queries, Listing, Queries):
    """Everything that can be asked."""


class Mutation(b2b.Mutations, Mutations):
    """Everything that can be done."""


schema = graphene.Schema(query=Query, mutation=Mutation)
