"""Who may exchange, and how he is known again."""

from __future__ import annotations

import pytest

from onec_bridge.models import Connection, Entry, Session

from .conftest import LOGIN, PASSWORD, basic, catalog, only_file


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

    answered = onec.sign_in()

    assert answered.status == 401
    assert "десять минут" in answered.text
    assert not Session.objects.exists()


def test_whoever_signed_in_before_isnt_locked_out_by_anybodys_guessing(onec, new_onec, settings):
    settings.ONEC_SIGN_IN_TRIES = 2
    onec.sign_in()
    for n in range(5):
        new_onec(basic(LOGIN, f"guess {n}")).sign_in()
    settings.ONEC_SESSION_LIFE = 0  # its session is long over

    assert onec.sign_in().word == "success"


@pytest.mark.parametrize(
    ("guessed", "addresses"),
    [
        pytest.param([f"login{n}" for n in range(6)], 1, id="many logins from one address"),
        pytest.param([LOGIN] * 20, 20, id="one login from many addresses"),
    ],
)
def test_guessing_is_braked_whichever_way_it_is_spread(new_onec, settings, guessed, addresses):
    settings.ONEC_SIGN_IN_TRIES = 2
    for n, login in enumerate(guessed):
        guesser = new_onec(basic(login, "x"))
        guesser.client.defaults["REMOTE_ADDR"] = f"10.0.0.{n % addresses}"
        assert "Неверное имя" in guesser.sign_in().text

    last = new_onec(basic(guessed[-1], "x"))
    last.client.defaults["REMOTE_ADDR"] = "10.0.0.0" if addresses == 1 else "10.0.1.1"

    assert "десять минут" in last.sign_in().text


def test_guessing_fills_no_journal(new_onec, settings):
    settings.ONEC_SIGN_IN_TRIES = 3
    for n in range(10):
        new_onec(basic(LOGIN, f"guess {n}")).sign_in()

    assert Entry.objects.count() == 3


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


def test_without_cookies_a_catalogue_and_orders_at_once_stay_apart(new_onec, counting):
    catalogue, orders = new_onec(), new_onec()
    catalogue.sign_in("catalog")
    catalogue.cookie = None
    half = catalog(300)
    assert catalogue.ask("catalog", "file", half[:9000], filename="import.xml").word == "success"
    orders.sign_in("sale")
    orders.cookie = None
    orders.ask("sale", "query")

    catalogue.ask("catalog", "file", half[9000:], filename="import.xml")

    assert catalogue.load("catalog", "import.xml").word == "success"
    assert orders.ask("sale", "success").word == "success"
    assert only_file("import.xml").size == len(half)


@pytest.mark.parametrize(
    "typed",
    ["bitrix/admin/1c_exchange.php", "admin/exchange/autoimport/", "1c_exchange.php", "//"],
)
def test_what_1c_or_a_person_adds_to_the_address_does_no_harm(new_onec, connection, typed):
    for path in ("/onec/exchange/", f"/onec/exchange/{connection.token}/"):
        assert new_onec(path=path + typed).sign_in().word == "success"
