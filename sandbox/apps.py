"""The sandbox's Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class SandboxConfig(AppConfig):
    name = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for signal in (post_save, post_delete):
            signal.connect(_retail_changed, "sandbox.Listing", dispatch_uid="b2b_retail_note")


def _retail_changed(instance: Any, **_: Any) -> None:
    """What Saleor tells by its hooks of products and variants."""
    from b2b_overlay.pricing.retail import note_everywhere

    note_everywhere([instance.variant_id])
