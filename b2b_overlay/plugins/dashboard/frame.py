"""Who may put a page of ours into a frame: the shop's Dashboard, and nobody else."""

from __future__ import annotations

from django.http import HttpResponseBase

from b2b_overlay.conf import conf

__all__ = ["in_the_dashboard"]

_NOBODY = "'none'"


def in_the_dashboard(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {conf.dashboard or _NOBODY}"
    )
    return response
