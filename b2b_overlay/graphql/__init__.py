"""B2B in GraphQL: the same types, queries and mutations on every shop.

:class:`Queries` and :class:`Mutations` are mixed into the shop's own schema (Saleor's by
``b2b_overlay.plugins``, the sandbox's by ``sandbox.graphql``). Conventions are Saleor's:
global ids, ``errors { field message code }``, a description and «added in» on every field.
Resolvers are translate, call an action, translate back. ``info.context.user`` is whoever asks.
"""

from .mutations import Mutations
from .queries import Queries

__all__ = ["Mutations", "Queries"]
