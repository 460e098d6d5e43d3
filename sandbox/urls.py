"""The shop's addresses: its API, 1C's exchange, pictures, and the overlay's pages."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve

from .graphql.view import graphql

urlpatterns = [
    path("graphql/", graphql, name="graphql"),
    re_path(r"^media/(?P<path>.+)$", serve, {"document_root": settings.MEDIA_ROOT}),
]
if find_spec("onec_bridge.urls"):  # TODO(E)
    urlpatterns.append(path("onec/", include("onec_bridge.urls")))
if find_spec("b2b_overlay.cabinet.urls"):  # TODO(E)
    urlpatterns.append(path("", include("b2b_overlay.cabinet.urls")))
