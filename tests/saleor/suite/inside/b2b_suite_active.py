"""pytest plugin: the overlay active in each of Saleor's tests, as in a shop that switched it on.

* Every ``PluginsManager`` has the overlay's plugins, also where a test sets ``PLUGINS`` to a
  list of its own: they stand behind those, as Saleor appends an entry point's.
* Each test that has a database has the rows by which the Dashboard switches a plugin on.
* Whether it is on is asked before the test begins, as in a process that is already at work; the
  answer holds to the test's end. So it is never one of the statements a test counts.
"""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

SWITCHED_ON = ("b2b", "onec")


@pytest.fixture(scope="session", autouse=True)
def _b2b_in_every_manager() -> None:
    from django.conf import settings
    from saleor.plugins.manager import PluginsManager

    ours = list(settings.PLUGINS)
    make = PluginsManager.__init__

    def with_ours(self: Any, plugins: list[str], *arguments: Any, **named: Any) -> None:
        make(self, [*plugins, *(p for p in ours if p not in plugins)], *arguments, **named)

    PluginsManager.__init__ = with_ours


@pytest.fixture(autouse=True)
def _b2b_switched_on(request: pytest.FixtureRequest) -> None:
    from b2b_overlay.plugins import activity

    activity.KEPT_FOR = inf
    activity._kept = (inf, True)
    if not _has_database(request):
        return
    request.getfixturevalue("_django_db_helper")
    from saleor.core.db.connection import allow_writer
    from saleor.plugins.models import PluginConfiguration

    with allow_writer():
        for identifier in SWITCHED_ON:
            PluginConfiguration.objects.create(
                identifier=identifier, name=identifier, active=True, configuration=[]
            )
    activity.forget()
    assert activity.is_on()


def _has_database(request: pytest.FixtureRequest) -> bool:
    return bool(
        {"db", "transactional_db", "live_server"} & set(request.fixturenames)
        or request.node.get_closest_marker("django_db")
    )
