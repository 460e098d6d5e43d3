"""B2B in GraphQL: the same types, queries and mutations on every shop.

:class:`Queries` and :class:`Mutations` are mixed into the shop's own schema (Saleor's by
``b2b_overlay.plugins``, the sandbox's by ``sandbox.graphql``). Conventions are Saleor's:
global ids, ``errors { field message code }``, a description and «added in» on every field.
Resolvers are translate, call an action, translate back. ``info.context.user`` is whoever asks.

``queries`` and ``mutations`` hold carts, orders and terms; each other subject is a
module with its own types, ``Queries`` and ``Mutations``.
"""

from . import (
    applications,
    connected,
    differences,
    drafts,
    events,
    floors,
    history,
    invitations,
    invoices,
    lists,
    loads,
    mutations,
    normalising,
    people,
    personal,
    picking,
    prices,
    queries,
    selling,
    settlements,
    sheets,
    structure,
    switching,
    visibility,
)

__all__ = ["Mutations", "Queries"]


class Queries(
    connected.Queries,
    differences.Queries,
    drafts.Queries,
    personal.Queries,
    people.Queries,
    invitations.Queries,
    structure.Queries,
    applications.Queries,
    history.Queries,
    events.Queries,
    settlements.Queries,
    selling.Queries,
    visibility.Queries,
    sheets.Queries,
    normalising.Queries,
    lists.Queries,
    loads.Queries,
    floors.Queries,
    prices.Queries,
    invoices.Queries,
    queries.Queries,
):
    """Every B2B query."""


class Mutations(
    differences.Mutations,
    drafts.Mutations,
    personal.Mutations,
    picking.Mutations,
    people.Mutations,
    invitations.Mutations,
    structure.Mutations,
    selling.Mutations,
    visibility.Mutations,
    applications.Mutations,
    sheets.Mutations,
    switching.Mutations,
    normalising.Mutations,
    lists.Mutations,
    loads.Mutations,
    floors.Mutations,
    invoices.Mutations,
    mutations.Mutations,
):
    """Every B2B mutation."""
