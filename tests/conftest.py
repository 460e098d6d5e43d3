"""What every test may count on."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashing that costs nothing: no test is about it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_memory():
    """The throttle of one test is no other's."""
    cache.clear()
