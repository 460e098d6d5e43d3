"""The one address that 1C calls."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from .asked import ask
from .conversation import converse

__all__ = ["exchange"]


@csrf_exempt
@transaction.non_atomic_requests
def exchange(request: HttpRequest, token: str = "") -> HttpResponse:
    """Any method, any type and mode; plain text back.

    Not in one transaction, even where a site wraps its requests: an import commits batch by
    batch, and what it refused must be in the journal.
    """
    return converse(ask(request), token).response()
