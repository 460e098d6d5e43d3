"""Two plugins that do nothing: how the history's two Django apps get into INSTALLED_APPS.

Saleor appends the *name* of each entry point of ``saleor.plugins`` to INSTALLED_APPS and its
*value* to PLUGINS (``saleor/settings.py``, "Plugin discovery"), and takes each value once. So
``pgtrigger`` and ``pghistory``, whose triggers and migrations the overlay needs, each come
with a plugin of their own. It has no hook, no page, no configuration row and no place in the
Dashboard (``HIDDEN``); a request that makes Saleor's plugins makes two empty objects more.
"""

from __future__ import annotations

from typing import ClassVar

from saleor.plugins.base_plugin import BasePlugin

__all__ = ["HistoryApp", "TriggersApp"]


class _App(BasePlugin):  # type: ignore[misc]  # Saleor has no types
    HIDDEN = True
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = False
    PLUGIN_DESCRIPTION: ClassVar[str] = "A part of the B2B overlay."


class TriggersApp(_App):
    """django-pgtrigger."""

    PLUGIN_ID = "b2b.triggers"
    PLUGIN_NAME = "B2B overlay: triggers"


class HistoryApp(_App):
    """django-pghistory."""

    PLUGIN_ID = "b2b.history"
    PLUGIN_NAME = "B2B overlay: history"
