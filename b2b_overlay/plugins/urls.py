"""Every page of ours on Saleor, by its whole path, so that ``{% url %}`` can name them all.

Saleor's own URLs reach us as ``/plugins/<plugin id>/…``; what is behind is found here.
"""

from __future__ import annotations

from django.apps import apps
from django.urls import include, path

from .activity import PLUGIN_ID
from .dashboard.sections import section

urlpatterns = [
    path(f"plugins/{PLUGIN_ID}/dashboard", section, {"where": "applications"}),
    path(f"plugins/{PLUGIN_ID}/dashboard/", include("b2b_overlay.plugins.dashboard.urls")),
    path(f"plugins/{PLUGIN_ID}/", include("b2b_overlay.cabinet.urls")),
]
if apps.is_installed("onec_bridge"):
    urlpatterns.append(path("plugins/onec/", include("onec_bridge.urls")))
