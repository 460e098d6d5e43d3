"""The bridge's addresses: 1C's exchange, and the journal for the desk.

1C follows no redirect, so the exchange answers with and without the last slash.
"""

from __future__ import annotations

from django.urls import re_path

from onec_bridge.exchange.views import exchange

app_name = "onec"

urlpatterns = [
    re_path(r"^exchange(?:/(?P<token>[0-9a-f]{16}))?/?$", exchange, name="exchange"),
]
