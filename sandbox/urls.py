"""The shop's addresses: its API, 1C's exchange, pictures, and the overlay's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
