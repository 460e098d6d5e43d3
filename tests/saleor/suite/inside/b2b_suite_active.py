"""pytest plugin: the overlay active in each of Saleor's tests, as in a shop that switched it on.

* Every ``PluginsManager`` has the overlay's plugins, also where a test sets ``PLUGINS`` to a
  list of its own: they stand behind those, as Saleor appends an entry point's.
* They are active by default. The Dashboard's switch would be two rows of ``PluginConfiguration``,
  and Saleor's tests take the one they made themselves for the only one there is.
* That the overlay is on is known before a test begins, as in a process that is already at work
  (it asks every few seconds). So the question is never one of the statements a test counts.
"""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

SWITCHED_ON = ("b2b_overlay.plugins.entry.B2BPlugin", "onec_bridge.plugins.plugin.OneCPlugin")


@pytest.fixture(scope="session", autouse=True)
def _b2b_in_every_manager() -> None:
    from django.conf import settings
    from django.utils.module_loading import import_string
    from saleor.plugins.manager import PluginsManager

    ours = list(settings.PLUGINS)
    for path in SWITCHED_ON:
        assert path in ours, f"{path} is not installed"
        import_string(path).DEFAULT_ACTIVE = True
    make = PluginsManager.__init__

    def with_ours(self: Any, plugins: list[str], *arguments: Any, **named: Any) -> None:
        make(self, [*plugins, *(p for p in ours if p not in plugins)], *arguments, **named)

    PluginsManager.__init__ = with_ours


@pytest.fixture(autouse=True)
def _b2b_on() -> None:
    from b2b_overlay.plugins import activity

    activity._kept = (inf, True)
