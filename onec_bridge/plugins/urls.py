"""Every page of ours on Saleor by its whole path, so that ``{% url %}`` can name them all."""

from __future__ import annotations

from django.urls import include, path

PLUGIN_ID = "onec"

urlpatterns = [
    path(f"plugins/{PLUGIN_ID}/", include("onec_bridge.urls")),
    path("plugins/b2b/", include("b2b_overlay.cabinet.urls")),
]
