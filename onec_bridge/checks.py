"""System checks of the bridge's settings, in words (``manage.py check``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core import checks
from django.db import ProgrammingError, transaction

from .conf import conf

__all__ = ["check_settings", "register"]

#: What proxies commonly wait for an answer, in seconds.
PROXY_PATIENCE = 60
#: Bytes of a part that are neither too few nor too many.
SMALLEST_PART, LARGEST_PART = 10**6, 10 * 1024 * 1024


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


def check_connections(
    app_configs: object, databases: Collection[str] | None = None, **kwargs: Any
) -> Sequence[checks.CheckMessage]:
    """Parts fit through a proxy, and are not so small that a picture takes a hundred of them
    (in_practice.md, 14). Asks the database, so only where Django says that it may. ``migrate``
    checks before it makes the tables (Django 5.2): then there is nothing to say."""
    if not databases:
        return []
    from .models import Connection

    active = Connection.objects.filter(is_active=True).only("name", "file_limit")
    try:
        with transaction.atomic():
            connections = list(active)
    except ProgrammingError:  # no such table, or column: it isn't migrated yet
        return []
    return [
        checks.Warning(
            f"The exchange “{connection.name}” takes parts of {connection.file_limit} bytes; "
            "proxies refuse large bodies (413), and small ones make thousands of requests.",
            hint="Keep file_limit between 1 and 10 MB, and the proxy's limit above it.",
            id="onec_bridge.W002",
        )
        for connection in connections
        if not SMALLEST_PART <= connection.file_limit <= LARGEST_PART
    ]


def _error(name: str, why: str) -> checks.Error:
    return checks.Error(
        f"ONEC_{name.upper()} can't be used: {why}.",
        hint="See onec_bridge/conf.py for what it means, and its default.",
        id="onec_bridge.E001",
    )


def register() -> None:
    checks.register(check_settings, "onec_bridge")
    checks.register(check_connections, "onec_bridge", checks.Tags.database)
