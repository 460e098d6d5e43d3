"""Who signs in to the pages, with the shop's own account."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

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
