"""The overlay's app. In Saleor its ``ready`` runs before the schema and the URLs exist."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class B2BOverlayConfig(AppConfig):
    name = "b2b_overlay"
    verbose_name = _("B2B overlay")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks
        from .conf import SALEOR_SHOP, conf
        from .history.leaving import leave
        from .ordering import personal  # noqa: F401 - adds what orders keep of a person

        checks.register()
        post_migrate.connect(leave, sender=self)
        if conf.shop == SALEOR_SHOP and find_spec("saleor"):
            from .plugins import seam

            seam.install()
