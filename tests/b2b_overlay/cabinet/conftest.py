"""The cast of every page test: a small shop, and who comes to it."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def sign_in(cast):
    """A browser in Russian in which this user of the cast is signed in."""

    def signed_in(user, language: str = "ru") -> Client:
        client = Client(headers={"Accept-Language": language})
        response = client.post("/sign-in/", {"email": user.email, "password": cast.password})
        assert response.status_code == 302, response.content.decode()
        return client

    return signed_in


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
