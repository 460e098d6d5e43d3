"""Two who come by one invitation at the same moment: one of them comes in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from b2b_overlay.company import coming_in, invitations
from b2b_overlay.company.models import Buyer, Invitation
from b2b_overlay.company.secrets import Secrets, hashes
from b2b_overlay.shop import Refused, get_shop


def _at_once(*calls):
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_comes_in(cast):
    people = get_shop().people
    _buyer, made = invitations.make_buyer(cast.manager, people, cast.company, name="Анна")

    told = _at_once(
        lambda: coming_in.accept(people, made.token, "первый пароль"),
        lambda: coming_in.accept(people, made.code, "второй пароль"),
    )

    assert sum(isinstance(each, Refused) for each in told) == 1
    assert Invitation.objects.get().used_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_form_pressed_twice_makes_one_person(cast):
    people = get_shop().people

    def send():
        return invitations.make_buyer(
            cast.manager, people, cast.company, name="Анна", seed=("a nonce of this form", 0)
        )

    (first, secrets), (second, same) = _at_once(send, send)

    assert (first, secrets) == (second, same)
    assert Buyer.objects.filter(name="Анна").count() == 1


def test_a_code_is_known_however_it_is_typed(settings):
    made = Secrets.make()

    for typed in (made.code, made.spoken, made.spoken.replace(" ", "-"), f"\t{made.spoken} "):
        assert hashes(typed) == {"code_hash__in": [made.code_hash]}
    for typed in (made.token, f"https://shop.example/join/{made.token}/"):
        assert hashes(typed) == {"token_hash__in": [made.token_hash]}


def test_the_sites_earlier_key_still_opens_what_it_closed(settings):
    made = Secrets.make()
    then = made.token_hash
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"

    assert then != made.token_hash
    assert then in hashes(made.token)["token_hash__in"]


def test_secrets_are_long_enough_and_never_printed():
    made = Secrets.make()

    assert len(made.token) * 6 >= 128
    assert len(made.code) == 12
    assert made.token not in repr(made)
