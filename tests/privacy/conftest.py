"""The world that is walked."""

from __future__ import annotations

import pytest
from world import World, world


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A refusal is no news here."""
    for name in ("graphql", "sandbox.graphql.view"):
        caplog.set_level("CRITICAL", logger=name)


@pytest.fixture
def made(db: None) -> World:
    return world()
