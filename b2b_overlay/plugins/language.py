"""The language a client asked for, for hooks that Saleor calls without the request."""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest
from django.utils import translation

__all__ = ["heard", "spoken"]

_asked: ContextVar[str | None] = ContextVar("b2b_language", default=None)


def heard(request: HttpRequest) -> None:
    """Remember the request's Accept-Language until the next request."""
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE")
    _asked.set(translation.get_language_from_request(request) if asked else None)


def spoken(checkout: Any) -> AbstractContextManager[Any]:
    """Speak it; without one, the language the checkout itself is in."""
    return translation.override(_asked.get() or checkout.language_code)
