"""Is the overlay on? One answer for hooks, loaders and fields.

Saleor asks a plugin's switch in the Dashboard only before calling its hooks. What stands in
the schema and the middleware has to ask for itself; the answer is kept for a few seconds in
each process, so that it isn't a query per request.
"""

from __future__ import annotations

import time

from b2b_overlay.conf import conf

__all__ = ["PLUGIN_ID", "forget", "is_on"]

PLUGIN_ID = "b2b"

#: How long a process may not notice the switch in the Dashboard, in seconds.
KEPT_FOR = 3.0

_kept: tuple[float, bool] | None = None


def is_on() -> bool:
    """B2B_ENABLED, and the plugin is active in the Dashboard."""
    global _kept
    if not conf.enabled:
        return False
    now = time.monotonic()
    if _kept is None or now >= _kept[0]:
        _kept = (now + KEPT_FOR, _is_active())
    return _kept[1]


def forget() -> None:
    """Ask the database again next time (the switch was just turned in this process)."""
    global _kept
    _kept = None


def _is_active() -> bool:
    from saleor.plugins.models import PluginConfiguration

    from .sessions import reading

    with reading():
        return bool(
            PluginConfiguration.objects.filter(
                identifier=PLUGIN_ID, channel=None, active=True
            ).exists()
        )
