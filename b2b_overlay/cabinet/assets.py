"""Our styles and scripts, served by ourselves.

In Saleor's production no static file of an app is served, so a view serves ours. The name
carries a hash of the content (``b2b.1a2b3c4d5e6f.css``): it may be kept for ever by any
cache, and a new release is a new name.
"""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

__all__ = ["asset", "asset_name", "legal_entity_script"]

_FOLDER = Path(__file__).parent.parent / "static" / "b2b"
#: What pages may ask for, by the name templates use.
_FILES = {
    "pico.css": "vendor/pico.min.css",
    "b2b.css": "b2b.css",
    "htmx.js": "vendor/htmx.min.js",
    "b2b.js": "b2b.js",
    "icon.svg": "icon.svg",
    "legal-entity.js": "legal-entity.js",
    "dashboard.js": "dashboard.js",
}
#: Seconds for which a stable address may be answered from a cache.
_A_WHILE = 300


@cache
def _content(name: str) -> bytes:
    return (_FOLDER / _FILES[name]).read_bytes()


@cache
def asset_name(name: str) -> str:
    """``b2b.css`` → ``b2b.1a2b3c4d5e6f.css``. Raises ``KeyError`` for what isn't ours."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(_content(name)).hexdigest()[:12]}{dot}{extension}"


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """One file, under the name :func:`asset_name` gives it."""
    stem, _hash, extension = [*name.split("."), "", ""][:3]
    plain = f"{stem}.{extension}"
    if plain not in _FILES or asset_name(plain) != name:
        raise Http404
    response = HttpResponse(_content(plain), content_type=mimetypes.guess_type(plain)[0])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def legal_entity_script(request: HttpRequest) -> HttpResponse:
    """``<b2b-legal-entity>`` under an address that a storefront can write down once: it leads to
    the file of this release."""
    response = redirect("b2b:asset", asset_name("legal-entity.js"))
    response["Cache-Control"] = f"public, max-age={_A_WHILE}"
    return response
