"""The shop's addresses: its API, 1C's exchange, pictures, and the overlay's pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve

from .graphql.view import graphql

urlpatterns = [
    path("graphql/", graphql, name="graphql"),
    path("onec/", include("onec_bridge.urls")),
    re_path(r"^media/(?P<path>.+)$", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include("b2b_overlay.cabinet.urls")),
]

handler404 = "b2b_overlay.cabinet.pages.not_found"
handler500 = "b2b_overlay.cabinet.pages.server_error"
