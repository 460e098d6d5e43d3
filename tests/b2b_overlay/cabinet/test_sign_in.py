"""Sign-in: the shop's own account, a cookie of ours, back to where he wanted to go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import PASSWORD
from django.core import signing
from django.test import Client
from django.utils import timezone

from b2b_overlay.cabinet import session
from sandbox import models


def test_a_stranger_signs_in_and_comes_back_to_the_page_he_wanted(cast):
    client = Client()

    asked = client.get("/cart/?x=1")
    assert asked.status_code == 302
    assert asked["Location"] == "/sign-in/?next=%2Fcart%2F%3Fx%3D1"

    answer = client.post(
        "/sign-in/", {"email": cast.olga.email, "password": PASSWORD, "next": "/cart/?x=1"}
    )
    assert answer["Location"] == "/cart/?x=1"
    assert client.get("/cart/").status_code == 200


def test_a_wrong_password_keeps_the_email_and_says_so(cast):
    client = Client(headers={"Accept-Language": "ru"})

    answer = client.post("/sign-in/", {"email": cast.olga.email, "password": "не тот"})

    assert answer.status_code == 422
    assert "Неверная почта, логин или пароль" in answer.content.decode()
    assert cast.olga.email in answer.content.decode()
    assert session.COOKIE not in client.cookies


def test_guessing_passwords_is_slowed_down_and_said(cast):
    client = Client()
    for _ in range(10):
        client.post("/sign-in/", {"email": "kirill@example.org", "password": "не тот"})

    answer = client.post("/sign-in/", {"email": "kirill@example.org", "password": PASSWORD})

    assert answer.status_code == 422
    assert session.COOKIE not in client.cookies


def test_it_leads_nowhere_outside_the_site(cast):
    answer = Client().post(
        "/sign-in/",
        {"email": cast.olga.email, "password": PASSWORD, "next": "https://evil.example/"},
    )

    assert answer["Location"] == "/"


def test_the_staff_land_at_the_desk(cast):
    answer = Client().post("/sign-in/", {"email": cast.manager.email, "password": PASSWORD})

    assert answer["Location"] == "/desk/"


def test_the_cookie_is_ours_alone(cast, olga):
    cookie = olga.cookies[session.COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 14 * 86400


def test_it_is_secure_under_https(cast):
    client = Client()
    client.post("/sign-in/", {"email": cast.olga.email, "password": PASSWORD}, secure=True)

    assert client.cookies[session.COOKIE]["secure"]


def test_a_changed_password_signs_out_everywhere(cast, olga):
    models.User.objects.filter(pk=cast.olga.pk).update(jwt_token_key="another")

    assert olga.get("/cart/").status_code == 302


def test_a_blocked_account_is_out_at_once(cast, olga):
    models.User.objects.filter(pk=cast.olga.pk).update(is_active=False)

    assert olga.get("/cart/").status_code == 302


@pytest.mark.parametrize("value", ["", "1:x:y", "nonsense"])
def test_a_forged_cookie_is_a_stranger(cast, value):
    client = Client()
    client.cookies[session.COOKIE] = value

    assert client.get("/cart/").status_code == 302


def test_two_weeks_unused_and_he_signs_in_again(cast, olga, monkeypatch):
    later = (timezone.now() + timedelta(days=15)).timestamp()
    monkeypatch.setattr(signing.time, "time", lambda: later)

    assert olga.get("/cart/").status_code == 302


def test_a_used_cookie_is_renewed_but_not_on_every_page(cast, olga, monkeypatch):
    assert session.COOKIE not in olga.get("/cart/").cookies

    later = (timezone.now() + timedelta(days=2)).timestamp()
    monkeypatch.setattr(signing.time, "time", lambda: later)

    assert session.COOKIE in olga.get("/cart/").cookies


def test_signing_out_ends_it(cast, olga):
    assert olga.post("/sign-out/")["Location"] == "/sign-in/"

    assert olga.get("/cart/").status_code == 302
