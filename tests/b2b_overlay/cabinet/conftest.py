"""The cast of every page test: a small shop, and who comes to it."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def olga(cast, sign_in) -> Client:
    """The buyer with two legal entities."""
    return sign_in(cast.olga)


@pytest.fixture
def kirill(cast, sign_in) -> Client:
    """Her colleague, who buys for one of them."""
    return sign_in(cast.kirill)


@pytest.fixture
def stranger(cast, sign_in) -> Client:
    """A buyer of another company."""
    return sign_in(cast.stranger)


@pytest.fixture
def retail(cast, sign_in) -> Client:
    """A customer who is no buyer of any company."""
    return sign_in(cast.retail)


@pytest.fixture
def manager(cast, sign_in) -> Client:
    return sign_in(cast.manager)
