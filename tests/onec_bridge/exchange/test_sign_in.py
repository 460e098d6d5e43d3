"""Who may exchange, and how he is known again."""

from __future__ import annotations

import pytest

from onec_bridge.models import Connection, Entry, Session

from .conftest import LOGIN, PASSWORD, basic, last_entry


def test_sign_in_gives_cookie_sessid_and_timestamp_in_lines_without_a_last_one(onec):
    answered = onec.sign_in()

    word, name, value, sessid, timestamp = answered.lines
    assert (answered.status, word, name) == (200, "success", "onec_session")
    assert sessid == f"sessid={value}"
    assert int(timestamp.removeprefix("timestamp=")) > 1_700_000_000
    assert b"\r" not in answered.body
    assert answered.content_type.endswith("; charset=utf-8")


def test_wrong_password_is_told_apart_from_a_header_that_got_lost(new_onec):
    wrong = new_onec(basic(LOGIN, "не тот")).sign_in()
    lost = new_onec(None).sign_in()

    assert wrong.status == lost.status == 401
    assert wrong.word == lost.word == "failure"
    assert f"имя «{LOGIN}»" in wrong.text
    assert "Authorization" in lost.text
    assert "Authorization" not in wrong.text
    assert not Session.objects.exists()
    assert [e.login for e in Entry.objects.order_by("pk")] == [LOGIN, ""]


def test_neither_password_nor_token_gets_into_the_journal(onec, new_onec):
    onec.sign_in()
    new_onec(basic(LOGIN, "секретик")).sign_in()

    kept = str(list(Entry.objects.values())) + str(list(Session.objects.values()))
    assert PASSWORD not in kept
    assert "секретик" not in kept
    assert onec.cookie[1] not in kept


def test_cyrillic_credentials_are_read_in_utf8_and_windows_1251(new_onec):
    for encoding in ("utf-8", "windows-1251"):
        assert new_onec(basic(LOGIN, PASSWORD, encoding)).sign_in().word == "success"


@pytest.mark.parametrize("carried_by", ["cookie", "sessid", "Basic alone"])
def test_any_one_of_cookie_sessid_and_basic_is_enough(onec, new_onec, carried_by):
    onec.sign_in()
    other = new_onec(onec.authorization if carried_by == "Basic alone" else None)
    other.cookie = onec.cookie if carried_by == "cookie" else None
    words = {"sessid": onec.cookie[1]} if carried_by == "sessid" else {}

    assert other.ask("catalog", "init", **words).word.startswith("zip=")


def test_a_cookie_doesnt_make_a_wrong_password_good(onec):
    onec.sign_in()
    onec.authorization = basic(LOGIN, "не тот")

    assert onec.ask("catalog", "init").status == 401


def test_without_sign_in_nothing_is_done_and_the_answer_says_what_was_expected(onec):
    answered = onec.ask("catalog", "file", b"<?xml", filename="import.xml")

    assert (answered.status, answered.word) == (200, "failure")
    assert "checkauth" in answered.text
    assert not Session.objects.exists()


def test_a_new_password_ends_the_sessions_signed_in_with_the_old_one(onec, connection):
    onec.sign_in()
    connection.set_password("новый")
    connection.save()

    assert onec.ask("catalog", "init").status == 401


def test_a_session_lives_as_long_as_it_is_used(onec, settings):
    onec.sign_in()
    settings.ONEC_SESSION_LIFE = 0

    answered = onec.ask("catalog", "init")

    assert "checkauth" in answered.text


def test_switched_off_connection_is_told_so(onec, connection):
    Connection.objects.update(is_active=False)

    answered = onec.sign_in()

    assert answered.status == 401
    assert connection.name in answered.text


def test_after_many_wrong_passwords_even_the_right_one_has_to_wait(onec, new_onec, settings):
    settings.ONEC_SIGN_IN_TRIES = 2
    for _ in range(2):
        new_onec(basic(LOGIN, "не тот")).sign_in()

    assert onec.sign_in().status == 401
    assert "десять минут" in last_entry().text


def test_an_address_with_a_token_is_for_its_connection_only(onec, connection, new_onec):
    stranger = Connection(name="УНФ", login="unf")
    stranger.set_password("p")
    stranger.save()
    path = f"/onec/exchange/{connection.token}"

    assert new_onec(path=path).sign_in().word == "success"
    assert new_onec(basic("unf", "p"), path=path).sign_in().status == 401
    assert new_onec(basic("unf", "p")).sign_in().word == "success"


@pytest.mark.parametrize("path", ["/onec/exchange", "/onec/exchange/"])
def test_the_address_is_answered_without_a_redirect(new_onec, path):
    assert new_onec(path=path).sign_in().word == "success"
