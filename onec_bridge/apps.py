"""The bridge's app. In Saleor its plugin serves the addresses; elsewhere ``onec_bridge.urls``."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OneCBridgeConfig(AppConfig):
    name = "onec_bridge"
    verbose_name = _("Exchange with 1C")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from b2b_overlay.cabinet import exchanged
        from b2b_overlay.cabinet.known_as import PROVIDERS
        from b2b_overlay.cabinet.pages import NAV, Link
        from b2b_overlay.company import personal
        from b2b_overlay.pricing.deriving import LIST_KEEPERS

        from . import checks
        from .journal.exchanged import on_the_way_to_1c
        from .journal.news import of_exchanges
        from .sync.kept_lists import price_types_among
        from .sync.known_as import names_in_1c
        from .sync.personal import KEEPERS

        checks.register()
        PROVIDERS.append(names_in_1c)
        exchanged.PROVIDERS.append(on_the_way_to_1c)
        LIST_KEEPERS.append(price_types_among)
        personal.KEEPERS.extend(KEEPERS)
        NAV.append(Link(_("Exchange with 1C"), "onec:journal", news=of_exchanges))
