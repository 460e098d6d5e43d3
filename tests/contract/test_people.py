"""Who signs in to the pages, with the shop's own account."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from b2b_overlay.shop import Refused

from .stand import PASSWORD


@pytest.fixture
def request_():
    return RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")


def test_the_shops_password_signs_in(shop, stand, request_):
    user = stand.user("anna@shop.example")

    person = shop.people.sign_in(request_, user.email, PASSWORD)

    assert person is not None
    assert (person.id, person.is_staff) == (user.pk, False)


def test_a_wrong_one_doesnt(shop, stand, request_):
    user = stand.user("anna@shop.example")

    assert shop.people.sign_in(request_, user.email, "guess") is None


def test_a_changed_password_ends_sign_ins(shop, stand):
    user = stand.user("anna@shop.example")
    before = shop.people.stamp(user.pk)

    user.set_password("another-one")
    user.save()

    assert before is not None
    assert shop.people.stamp(user.pk) not in (None, before)


def test_whoever_is_shut_out_has_no_stamp(shop, stand):
    user = stand.user("anna@shop.example")
    user.is_active = False
    user.save()

    assert shop.people.stamp(user.pk) is None


def test_people_are_found_by_e_mail_whatever_the_case(shop, stand):
    user = stand.user("anna@shop.example")

    found = shop.people.find("Anna@Shop.example")

    assert found is not None
    assert found.id == user.pk
    assert shop.people.find("nobody@shop.example") is None


def test_unknown_people_are_absent(shop, stand):
    user = stand.user("anna@shop.example")

    assert list(shop.people.get([user.pk, 999_999_999])) == [user.pk]


def test_a_new_account_lets_nobody_in_until_it_has_a_password(shop, stand, request_):
    person = shop.people.create("anna@b2b.invalid", "Анна Петровна")

    assert (person.email, person.name) == ("anna@b2b.invalid", "Анна Петровна")
    assert (person.is_staff, person.is_active) == (False, True)
    for guess in ("", "open-sesame"):
        assert shop.people.sign_in(RequestFactory().post("/"), person.email, guess) is None
        _forget_attempts()

    shop.people.set_password(person.id, "долгий пароль")

    signed_in = shop.people.sign_in(request_, "Anna@b2b.invalid", "долгий пароль")
    assert signed_in is not None
    assert signed_in.id == person.id


def test_an_e_mail_that_is_taken_is_refused(shop, stand):
    user = stand.user("anna@shop.example")

    with pytest.raises(Refused, match="Anna@shop"):
        shop.people.create("Anna@shop.example", "Анна")

    found = shop.people.find("anna@shop.example")
    assert found is not None
    assert found.id == user.pk


def test_a_poor_password_is_refused_in_the_shops_words(shop, stand, request_, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}
    ]
    person = shop.people.create("anna@b2b.invalid", "Анна")
    before = shop.people.stamp(person.id)

    with pytest.raises(Refused, match="8"):
        shop.people.set_password(person.id, "1234567")

    assert shop.people.stamp(person.id) == before
    assert shop.people.sign_in(request_, person.email, "1234567") is None


def test_whoever_is_shut_out_comes_in_again_with_a_new_password_only(shop, stand, request_):
    user = stand.user("anna@shop.example")
    before, token = shop.people.stamp(user.pk), stand.token(user)

    shop.people.shut_out(user.pk)

    assert shop.people.stamp(user.pk) not in (None, before)
    assert shop.people.sign_in(request_, user.email, PASSWORD) is None
    assert _me(token) is None
    _forget_attempts()

    shop.people.set_password(user.pk, "долгий пароль")
    assert shop.people.sign_in(request_, user.email, "долгий пароль") is not None


def test_a_request_comes_from_an_address(shop, request_):
    assert shop.people.address(request_) == "203.0.113.7"


def _forget_attempts() -> None:
    """A wrong password makes the next attempt wait."""
    cache.clear()


def _me(token: str) -> object:
    """Who this token signs in, by the shop's own API."""
    asked = Client(headers={"Authorization": f"Bearer {token}"}).post(
        "/graphql/", {"query": "{ me { email } }"}, content_type="application/json"
    )
    return asked.json().get("data", {}).get("me")
