"""The address that 1C calls, and the second one for a dry run."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from .conversation import converse
from .models import Session

__all__ = ["exchange"]


@csrf_exempt
@transaction.non_atomic_requests
def exchange(
    request: HttpRequest, token: str = "", purpose: Session.Purpose = Session.Purpose.LIVE
) -> HttpResponse:
    """Any method, any type and mode; plain text back.

    Not in one transaction, even where a site wraps its requests: an import commits batch by
    batch, and what it refused must be in the journal.
    """
    return converse(request, token or "", purpose).response()
