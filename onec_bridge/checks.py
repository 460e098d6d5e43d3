"""System checks of the bridge's settings, in words (``manage.py check``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks

from .conf import conf

__all__ = ["check_settings", "register"]

#: What proxies commonly wait for an answer, in seconds.
PROXY_PATIENCE = 60


def check_settings(app_configs: object, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """Each setting is a number, none negative; a request ends before proxies lose patience."""
    found: list[checks.CheckMessage] = []
    for name in (n for n, value in vars(type(conf)).items() if isinstance(value, property)):
        try:
            value = getattr(conf, name)
        except (TypeError, ValueError) as error:
            found.append(_error(name, str(error)))
            continue
        if value < 0:
            found.append(_error(name, "it is negative"))
        elif name == "time_budget" and value >= PROXY_PATIENCE:
            found.append(
                checks.Warning(
                    f"ONEC_TIME_BUDGET is {value:g} seconds; proxies cut at {PROXY_PATIENCE}.",
                    hint="Keep it at 20: the import goes on with the next request.",
                    id="onec_bridge.W001",
                )
            )
    return found


def _error(name: str, why: str) -> checks.Error:
    return checks.Error(
        f"ONEC_{name.upper()} can't be used: {why}.",
        hint="See onec_bridge/conf.py for what it means, and its default.",
        id="onec_bridge.E001",
    )


def register() -> None:
    checks.register(check_settings, "onec_bridge")
