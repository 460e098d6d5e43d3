"""What every test may count on."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from migrated import migrated
from standing import about_to_run, standing_ready, world

from b2b_overlay.ordering import visibility

__all__ = ["standing_cast", "standing_ready"]


def pytest_configure():
    """Hashing of passwords costs nothing: no test is about it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """The run's database is a copy of a migrated one."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


def pytest_collection_modifyitems(items):
    """Long modules are begun first: none is left to one worker while the other has nothing."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    about_to_run(item)


def _cast():
    from cast import build  # the sandbox's: a run inside Saleor has none

    return build()


standing_cast = world("standing_cast", _cast)


@pytest.fixture
def cast(standing_cast):
    """The shop and the people of cast.py."""
    return standing_cast


@pytest.fixture
def sign_in(cast):
    """A browser in Russian in which this user of the cast is signed in."""

    def signed_in(user, language: str = "ru") -> Client:
        client = Client(headers={"Accept-Language": language})
        response = client.post("/sign-in/", {"email": user.email, "password": cast.password})
        assert response.status_code == 302, response.content.decode()
        return client

    return signed_in


@pytest.fixture(autouse=True)
def _no_memory():
    """The throttle of one test is no other's."""
    cache.clear()


@pytest.fixture(autouse=True)
def _everybody_sees_everything(monkeypatch):
    """What a process keeps of hidden groups for a few seconds outlives no test, and adds no
    query to any that counts them. Setting a rule forgets it."""
    monkeypatch.setattr(visibility, "_kept", (float("inf"), visibility.NOTHING))
