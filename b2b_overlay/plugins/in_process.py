"""Saleor's own GraphQL schema, run in this process as a customer.

Pages of the cabinet fill and complete a cart through it, so that every rule of Saleor's holds
for them too: availability, limits, reservation, delivery, taxes, the payment check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

__all__ = ["execute", "mutate"]


def execute(user: Any, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The ``data`` of a query run as this user. Raises :class:`Refused` where Saleor refuses
    the whole of it."""
    from saleor.graphql.api import backend, schema
    from saleor.graphql.context import clear_context

    context = _context(user)
    try:
        document = backend.document_from_string(schema, query)
        result = document.execute(root=None, variables=dict(variables), context=context)
    finally:
        clear_context(context)
    if result.errors:
        raise Refused(*(Refusal("INVALID", str(error)) for error in result.errors))
    return dict(result.data)


def mutate(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    """The payload of a query that is one mutation; its ``errors`` are raised as refusals."""
    (payload,) = execute(user, query, variables).values()
    if payload["errors"]:
        raise Refused(*(_refusal(error) for error in payload["errors"]))
    return dict(payload)


def _context(user: Any) -> Any:
    from saleor.graphql.core import SaleorContext

    from .loaders import Registry

    context = SaleorContext(dataloaders=Registry())
    context.user = context._cached_user = user
    context.app, context.decoded_auth_token = None, None
    context.request_time = timezone.now()
    context.META["HTTP_ACCEPT_LANGUAGE"] = get_language() or ""
    return context


def _refusal(error: Mapping[str, Any]) -> Refusal:
    """Saleor's errors speak English; those a buyer meets are said in his language."""
    said = {
        "INSUFFICIENT_STOCK": _("There isn't enough in stock."),
        "UNAVAILABLE_VARIANT_IN_CHANNEL": _("This is no longer sold."),
        "PRODUCT_NOT_PUBLISHED": _("This is no longer sold."),
        "PRODUCT_UNAVAILABLE_FOR_PURCHASE": _("This is no longer sold."),
        "BILLING_ADDRESS_NOT_SET": _("There is no billing address in your account."),
        "SHIPPING_ADDRESS_NOT_SET": _("There is no delivery address in your account."),
        "SHIPPING_METHOD_NOT_SET": _("The shop has no delivery to your address."),
        "DELIVERY_METHOD_NOT_APPLICABLE": _("The shop has no delivery to your address."),
        "CHECKOUT_NOT_FULLY_PAID": _("This cart can't be ordered on account."),
        "NO_LINES": _("The cart is empty."),
    }
    return Refusal(error["code"], said.get(error["code"]) or error["message"] or "")
