"""System checks: what is missing for the overlay to work, in words (``manage.py check``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from .conf import conf

__all__ = ["register"]


def check_shop(app_configs: object, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """The port's adapter must be importable: Saleor for the default one."""
    try:
        import_string(conf.shop)
    except ImportError as error:
        return [
            checks.Error(
                f"The shop the overlay is laid over can't be reached: {error}.",
                hint=(
                    "Install the overlay into the environment of Saleor 3.23 (Python 3.12), or "
                    "name another adapter of b2b_overlay.shop.Shop in the setting B2B_SHOP."
                ),
                id="b2b_overlay.E001",
            )
        ]
    return []


def check_database(app_configs: object, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """The resolver and the loads speak PostgreSQL."""
    engine = str(settings.DATABASES.get("default", {}).get("ENGINE", ""))
    if "postgresql" in engine:
        return []
    return [
        checks.Error(
            f"The overlay needs PostgreSQL, and DATABASES['default'] is {engine or 'not set'}.",
            hint="Saleor needs it too; use its database.",
            id="b2b_overlay.E002",
        )
    ]


def register() -> None:
    checks.register(check_shop, "b2b_overlay")
    checks.register(check_database, "b2b_overlay")
