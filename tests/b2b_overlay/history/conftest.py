"""The cast, a browser each, and the history as a test reads it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from b2b_overlay.history import TRACKED
from sandbox.graphql import tokens


@pytest.fixture
def browser(cast):
    """A browser in which this user of the cast is signed in; None: a visitor's."""

    def opened(user=None, language: str = "ru") -> Client:
        client = Client(headers={"Accept-Language": language})
        if user is not None:
            told = {"email": user.email, "password": cast.password}
            assert client.post("/sign-in/", told).status_code == 302
        return client

    return opened


@pytest.fixture
def ask(cast):
    """GraphQL as this user; the whole answer."""

    def asked(query: str, user=None, **variables):
        headers = {"Accept-Language": "ru"}
        if user is not None:
            headers["Authorization"] = f"Bearer {tokens.create(user)}"
        return (
            Client()
            .post(
                "/graphql/",
                json.dumps({"query": query, "variables": variables}),
                content_type="application/json",
                headers=headers,
            )
            .json()
        )

    return asked


@pytest.fixture
def events():
    """The events of a model, the oldest first."""

    def of(model):
        event = next(each.event for each in TRACKED if each.model is model)
        return event._base_manager.order_by("pgh_id")

    return of
