"""What every test may count on."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from b2b_overlay.ordering import visibility


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashing that costs nothing: no test is about it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_memory():
    """The throttle of one test is no other's."""
    cache.clear()


@pytest.fixture(autouse=True)
def _everybody_sees_everything(monkeypatch):
    """What a process keeps of hidden groups for a few seconds outlives no test, and adds no
    query to any that counts them. Setting a rule forgets it."""
    monkeypatch.setattr(visibility, "_kept", (float("inf"), visibility.NOTHING))
