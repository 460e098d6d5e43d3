"""Answers to the byte, and requests that the table doesn't have."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from onec_bridge.exchange import table
from onec_bridge.exchange.table import Request
from onec_bridge.models import Connection, Entry, Session

from .conftest import LOGIN, basic, catalog, last_entry

State = Session.State


def test_init_is_exactly_two_lines_without_a_line_feed_at_the_end(onec):
    onec.sign_in()

    assert onec.ask("catalog", "init").body == b"zip=yes\nfile_limit=5242880"


def test_init_with_a_version_is_four_lines_whose_last_ends_in_a_number(onec):
    onec.sign_in("sale")

    lines = onec.ask("sale", "init", version="2.09").lines

    assert lines[2] == f"sessid={onec.cookie[1]}"
    assert float(lines[3][-4:]) >= 2.08
    assert len(lines) == 4


def test_zip_and_part_size_are_the_connections(onec, connection):
    connection.use_zip, connection.file_limit = False, 204800
    connection.save()
    onec.sign_in()

    assert onec.ask("catalog", "init").body == b"zip=no\nfile_limit=204800"


def test_unknown_mode_and_type_are_refused_with_those_that_are_known(onec):
    onec.sign_in()

    mode = onec.ask("catalog", "frobnicate")
    type_ = onec.ask("crm", "query")

    assert (mode.status, mode.word) == (type_.status, type_.word) == (200, "failure")
    assert "frobnicate" in mode.lines[1]
    assert "checkauth, init, file" in mode.lines[1]
    assert "catalog, sale, reference" in type_.lines[1]
    assert last_entry().text == type_.lines[1]


def test_import_before_any_file_is_refused_and_changes_nothing(onec):
    onec.sign_in()

    answered = onec.ask("catalog", "import", filename="import.xml")

    assert answered.word == "failure"
    assert "import.xml" in answered.lines[1]
    assert Session.objects.get().state == State.SIGNED_IN


def test_what_the_table_doesnt_have_is_answered_with_what_was_expected(onec):
    onec.sign_in("reference")

    answered = onec.ask("reference", "query")

    assert answered.word == "failure"
    assert "Ожидается: checkauth, init, file, import" in answered.lines[1]
    assert Session.objects.get().state == State.SIGNED_IN


def test_words_may_come_in_a_form(onec):
    onec.sign_in()

    response = onec.client.post(
        onec.path,
        {"type": "catalog", "mode": "init"},
        headers={"Authorization": onec.authorization},
    )

    assert response.content.startswith(b"zip=")


def test_an_error_of_ours_is_failure_in_one_line_and_not_a_page(onec, monkeypatch):
    onec.sign_in()
    monkeypatch.setattr("onec_bridge.exchange.store.drop_unfinished", lambda session: 1 / 0)

    answered = onec.ask("catalog", "init")

    assert (answered.status, answered.word, len(answered.lines)) == (200, "failure", 2)
    assert "ZeroDivisionError" in answered.text
    assert "Traceback" not in answered.text


def test_every_request_leaves_an_entry(onec, counting):
    onec.sign_in()
    onec.ask("catalog", "init")
    onec.send("catalog", "import.xml", catalog())
    onec.load("catalog", "import.xml")

    entries = list(Entry.objects.order_by("pk").values_list("mode", "word", "state_after"))
    assert entries == [
        ("checkauth", "success", "signed_in"),
        ("init", "lines", "agreed"),
        ("file", "success", "receiving"),
        ("import", "success", "importing"),
    ]
    assert last_entry().file.name == "import.xml"


def test_info_gives_lists_that_begin_as_xml(onec):
    onec.sign_in("sale")

    answered = onec.ask("sale", "info")

    assert answered.body.startswith(b"<?xml")
    assert "<Cтатусы>" in answered.text  # a Latin C, as its readers expect
    assert "<ПлатежныеСистемы>" in answered.text


@pytest.mark.parametrize("mode", ["complete", "deactivate"])
def test_end_of_an_export_is_confirmed_after_its_import_and_refused_before(onec, counting, mode):
    onec.sign_in()
    onec.send("catalog", "import.xml", catalog())
    before = onec.ask("catalog", mode, timestamp="1")
    onec.load("catalog", "import.xml")
    after = onec.ask("catalog", mode, timestamp="1")

    assert (before.word, after.word) == ("failure", "success")
    assert "import" in before.lines[1]


def test_no_state_of_the_table_is_unreachable_and_each_can_be_left():
    assert table.reachable() == set(table.TABLE) == set(State)
    assert all(table.reachable(state) >= {State.SIGNED_IN} for state in State)


def test_sign_in_is_possible_in_every_state():
    for state in State:
        for type_ in table.TYPES:
            assert table.find(state, Request(type_, "checkauth")) is not None


def test_every_step_says_what_a_repeat_does():
    assert all(step.repeat for row in table.TABLE.values() for step in row.values())


def test_the_page_of_the_documentation_is_the_tables():
    page = Path(__file__).parents[3] / "docs" / "exchange-states.md"
    printed = io.StringIO()
    call_command("onec_protocol", stdout=printed)

    assert page.read_text(encoding="utf-8") == printed.getvalue()


def test_an_old_1c_is_answered_in_windows_1251_and_told_so(onec, connection, new_onec):
    connection.encoding = Connection.Encoding.CP1251
    connection.save()
    wrong = new_onec(basic(LOGIN, "не тот")).sign_in()
    onec.sign_in()

    answered = onec.ask("catalog", "frobnicate")

    for each in (wrong, answered):
        assert each.content_type == "text/plain; charset=windows-1251"
        assert each.body.decode("windows-1251").startswith("failure\nНе")
    assert last_entry().answer.startswith("failure\nНе")


@pytest.mark.parametrize(
    ("asked", "agreed"),
    [("2.05", "2.05"), ("2.09", "2.09"), ("3.1", "2.09"), ("x", "2.09"), ("2.5", "2.05")],
)
def test_the_lower_version_of_both_is_agreed(onec, asked, agreed):
    onec.sign_in("sale")

    assert onec.ask("sale", "init", version=asked).lines[3] == f"version={agreed}"


def test_an_entry_keeps_what_was_asked_and_answered_without_the_sessions_secret(onec):
    onec.sign_in()
    secret = onec.cookie[1]
    onec.ask("catalog", "init", version="2.09", sessid=secret)

    entry = last_entry()

    assert entry.answer == "zip=yes\nfile_limit=5242880\nsessid=***\nversion=2.09"
    assert entry.query == "type=catalog&mode=init&version=2.09&sessid=***"
    assert secret not in str(list(Entry.objects.values()))


def test_of_orders_an_entry_keeps_the_first_line_alone(onec):
    onec.sign_in("sale")
    onec.ask("sale", "query")

    assert last_entry().answer == '<?xml version="1.0" encoding="UTF-8"?>'
