"""``/graphql/``: one POST, one JSON answer, errors in Saleor's shape."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from graphql import GraphQLError, get_default_backend, validate
from graphql.error import format_error

from b2b_overlay.graphql.context import buying_for

from . import tokens
from .schema import schema

__all__ = ["graphql"]

logger = logging.getLogger(__name__)


def _error(error: Exception) -> dict[str, Any]:
    """What the client is told: the message of an error meant for it, and of no other."""
    cause: Any = error
    while getattr(cause, "original_error", None) is not None:
        cause = cause.original_error
    told: dict[str, Any] = (
        format_error(error) if isinstance(error, GraphQLError) else {"message": str(error)}
    )
    if isinstance(cause, ObjectDoesNotExist):
        told["message"] = "Couldn't resolve to a node."
    elif not isinstance(cause, (GraphQLError, tokens.InvalidTokenError)):
        logger.error("A query failed unexpectedly", exc_info=cause)
        told["message"] = "Internal Server Error"
    told["extensions"] = {"exception": {"code": type(cause).__name__}}
    return told


def _failure(*errors: Exception) -> JsonResponse:
    return JsonResponse({"errors": [_error(each) for each in errors]}, status=400)


@lru_cache(maxsize=256)
def _read(query: str) -> tuple[Any, tuple[GraphQLError, ...]]:
    """The query's document, and what the schema says against it: a storefront sends the same few
    again and again. Raises ``GraphQLError`` for what isn't GraphQL."""
    document = get_default_backend().document_from_string(schema, query)
    return document, tuple(validate(schema, document.document_ast))


@csrf_exempt
@require_POST
def graphql(request: HttpRequest) -> JsonResponse:
    """Run the query in the body. A query that can't be run answers 400, as in Saleor."""
    try:
        body = json.loads(request.body)
        query, variables = str(body["query"]), body.get("variables") or {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return _failure(GraphQLError("Must provide a query string."))
    try:
        # graphene resolvers read it as info.context.user, None for a visitor (Saleor's way)
        request.user = tokens.user_of(request)  # type: ignore[assignment]  # a user of ours
    except tokens.InvalidTokenError as error:
        return _failure(error)
    try:
        document, faults = _read(query)
        if faults:
            return _failure(*faults)
        with buying_for(request, lambda: request.user):
            result = document.execute(
                context_value=request,
                variable_values=variables,
                operation_name=body.get("operationName"),
                validate=False,
            )
    except GraphQLError as error:
        return _failure(error)
    if result.invalid:
        return _failure(*result.errors)
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [_error(each) for each in result.errors]
    return JsonResponse(answer)
