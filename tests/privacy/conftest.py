"""The world that is walked."""

from __future__ import annotations

from typing import Any

import pytest
import standing

from .world import world


@pytest.fixture(autouse=True)
def _at_once(settings: Any) -> None:
    """1C is not made to wait."""
    settings.ONEC_HOLD = 0


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A refusal is no news here."""
    for name in ("graphql", "sandbox.graphql.view"):
        caplog.set_level("CRITICAL", logger=name)


made = standing.world("made", world)
