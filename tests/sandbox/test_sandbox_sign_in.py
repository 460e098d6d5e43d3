"""Signing in to the shop's API, and what an old token is worth."""

from __future__ import annotations

import json

import pytest

from b2b_overlay.shop import Refused, get_shop
from sandbox import models, prepare
from sandbox.graphql import tokens
from sandbox.shop import ATTEMPTS
from sandbox.story import queries

ANNA = prepare.BUYERS[0]


def sign_in(ask, password: str):
    return ask(queries.SIGN_IN, email=ANNA.email, password=password)["data"]["tokenCreate"]


def test_the_right_password_gives_a_token_that_holds(ask, client, retail):
    token = sign_in(ask, ANNA.password)["token"]

    answer = client.post(
        "/graphql/",
        json.dumps({"query": "{ me { email } }"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.json()["data"]["me"]["email"] == ANNA.email


def test_a_wrong_password_gives_none(ask, retail):
    answer = sign_in(ask, "wrong")

    assert answer["token"] is None
    assert [error["code"] for error in answer["errors"]] == ["INVALID_CREDENTIALS"]


def test_guessing_is_throttled_even_with_the_right_password_at_last(ask, retail):
    for _attempt in range(ATTEMPTS):
        sign_in(ask, "guess")

    answer = sign_in(ask, ANNA.password)

    assert [error["code"] for error in answer["errors"]] == ["LOGIN_ATTEMPT_DELAYED"]


def test_writing_the_email_otherwise_doesnt_get_round_the_throttle(retail):
    people = get_shop().people
    for attempt in range(ATTEMPTS):
        spelt = ANNA.email.upper() if attempt % 2 else f" {ANNA.email}"
        assert people.sign_in(None, spelt, "guess") is None

    with pytest.raises(Refused):
        people.sign_in(None, ANNA.email, ANNA.password)


def test_a_changed_password_voids_the_token(ask, retail):
    anna = models.User.objects.get(email=ANNA.email)
    stamp = get_shop().people.stamp(anna.pk)
    before = models.User.objects.get(email=ANNA.email)
    anna.set_password("новый")
    anna.save()

    answer = ask("{ me { email } }", before)

    assert answer["errors"][0]["extensions"]["exception"]["code"] == "InvalidTokenError"
    assert get_shop().people.stamp(anna.pk) != stamp


def test_a_user_shut_out_has_no_stamp_and_no_token(ask, retail):
    anna = models.User.objects.get(email=ANNA.email)
    token_owner = models.User.objects.get(pk=anna.pk)
    models.User.objects.filter(pk=anna.pk).update(is_active=False)

    assert get_shop().people.stamp(anna.pk) is None
    assert "errors" in ask("{ me { email } }", token_owner)


def test_a_query_that_fails_tells_nothing_of_the_inside(ask, retail, monkeypatch, caplog):
    def broken(*args):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(tokens, "create", broken)

    answer = ask(queries.SIGN_IN, email=ANNA.email, password=ANNA.password)

    assert [error["message"] for error in answer["errors"]] == ["Internal Server Error"]
    assert "secret of the inside" in caplog.text
