"""The cabinet's pages behind a Saleor plugin's webhook, ``/plugins/b2b/…``.

Saleor hands over the request and the rest of its path; no middleware has run on it but
Saleor's three and ours. What a page needs it brings itself (:mod:`b2b_overlay.cabinet.pages`);
here it is only found, with ``{% url %}`` working.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import Resolver404, resolve, set_urlconf
from saleor.core.db.connection import allow_writer

from .activity import PLUGIN_ID

__all__ = ["answer"]

URLCONF = "b2b_overlay.plugins.urls"


def answer(request: HttpRequest, path: str, *, on: bool) -> HttpResponse:
    """The page under this path, or 404. A plugin that is off has no pages."""
    if not on:
        return HttpResponseNotFound()
    set_urlconf(URLCONF)
    try:
        match = resolve(f"/plugins/{PLUGIN_ID}/{path.lstrip('/')}", URLCONF)
        request.resolver_match = match
        with allow_writer():
            answered: HttpResponse = match.func(request, *match.args, **match.kwargs)
            return answered
    except Resolver404:
        return HttpResponseNotFound()
    finally:
        set_urlconf(None)
