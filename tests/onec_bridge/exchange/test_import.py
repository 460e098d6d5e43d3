"""Importing: within the time, once, from where it stood, and one run at a time."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.models import FilePart, Lease, ReceivedFile, Session

from .conftest import catalog, last_entry, only_file

DONE = ReceivedFile.State.IMPORTED


@pytest.fixture
def received(onec):
    """A catalogue of 1,000 goods has come and waits for its import."""
    onec.sign_in()
    onec.ask("catalog", "init")
    onec.send("catalog", "import.xml", catalog(1000))
    return onec


def test_an_import_longer_than_a_request_goes_on_batch_by_batch(received, counting, no_time):
    words = []
    while not words or words[-1] == "progress":
        words.append(received.ask("catalog", "import", filename="import.xml").word)

    assert words == ["progress"] * 10 + ["success"]
    assert len(counting.applied) == 1000 + 2
    assert only_file("import.xml").counts == {"product": {"created": 1002, "refused": 0}}


def test_a_step_reads_no_more_of_the_file_than_is_left(onec, counting, no_time):
    onec.sign_in()
    content = catalog(3000)
    counting.batch = 500
    pieces = [content[at : at + 20_000] for at in range(0, len(content), 20_000)]
    for piece in pieces:
        onec.send("catalog", "import.xml", piece)

    read = []
    while not read or only_file("import.xml").state != DONE:
        with CaptureQueriesContext(connection) as asked:
            onec.ask("catalog", "import", filename="import.xml")
        read.append(sum("onec_bridge_filepart" in each["sql"] for each in asked))

    assert len(counting.applied) == 3000 + 2
    assert max(read) < len(pieces) - 1


def test_progress_says_what_was_done_so_far(received, counting, no_time):
    answered = received.ask("catalog", "import", filename="import.xml")

    assert answered.lines == ["progress", "товары: создано 100"]


def test_success_is_repeated_without_doing_it_again(received, counting):
    received.load("catalog", "import.xml")
    again = received.ask("catalog", "import", filename="import.xml")

    assert again.word == "success"
    assert counting.runs == 1


def test_a_worker_that_dies_costs_no_more_than_its_batch(received, counting):
    def die() -> None:
        if len(counting.applied) == 300:
            counting.during = lambda: None
            raise ConnectionError("the database went away")

    counting.during = die
    first = received.ask("catalog", "import", filename="import.xml")

    assert first.word == "failure"
    assert "ConnectionError" in first.lines[1]
    assert only_file("import.xml").position == 300
    assert only_file("import.xml").problems.get().code == "internal_error"

    assert received.load("catalog", "import.xml").word == "success"
    assert only_file("import.xml").state == DONE
    assert not only_file("import.xml").problems.exists()


def test_an_unknown_name_is_answered_with_those_that_came(received):
    answered = received.ask("catalog", "import", filename="offers.xml")

    assert answered.word == "failure"
    assert "offers.xml" in answered.lines[1]
    assert "import.xml" in answered.lines[1]


def test_broken_xml_is_failure_with_the_line_and_what_was_read_is_kept(onec, counting):
    onec.sign_in()
    onec.send("catalog", "import.xml", catalog(5).replace(b"</\xd0\x9a\xd0\xb0\xd1", b"<", 1))

    answered = onec.load("catalog", "import.xml")

    assert answered.word == "failure"
    assert answered.lines[1].startswith("import.xml:")
    assert len(answered.lines) == 2
    assert len(counting.applied) == 5 + 2
    assert only_file("import.xml").problems.get().severity == Severity.FATAL
    assert last_entry().text == answered.lines[1]


def test_windows_1251_declared_as_utf8_is_named_as_such(onec, counting):
    onec.sign_in()
    onec.send("catalog", "import.xml", catalog(5).decode().encode("windows-1251"))

    answered = onec.load("catalog", "import.xml")

    assert answered.word == "failure"
    assert "windows-1251" in answered.lines[1]
    assert only_file("import.xml").problems.get().code == "encoding_mismatch"


def test_a_file_of_which_nothing_could_be_taken_is_failure(onec, connection, monkeypatch):
    def refuse_all(connection, records, *, file_name, checkpoint, **rest):
        items = list(records)
        problem = Problem(
            "missing_id", Severity.ERROR, Source(file_name, 5, 1, "7", "Товары/Товар"), field="Ид"
        )
        checkpoint(len(items), {"product": {"refused": 2}}, [problem])
        return type("Progress", (), {"finished": True})

    monkeypatch.setattr("onec_bridge.sync.apply_file", refuse_all, raising=False)
    onec.sign_in()
    onec.send("catalog", "import.xml", catalog(2))

    answered = onec.load("catalog", "import.xml")

    assert answered.word == "failure"
    assert answered.lines[1].startswith("import.xml:5: ошибка: Нет Ид")


def test_a_second_run_of_the_same_base_is_sent_away_while_the_first_imports(
    received, new_onec, counting, no_time
):
    received.ask("catalog", "import", filename="import.xml")
    second = new_onec()

    answered = second.sign_in()

    assert answered.word == "failure"
    assert "Уже идёт обмен" in answered.lines[1]
    assert Session.objects.count() == 1
    assert received.load("catalog", "import.xml").word == "success"
    assert second.sign_in().word == "success"


def test_fetching_orders_doesnt_wait_for_an_import_of_goods(received, new_onec, counting, no_time):
    received.ask("catalog", "import", filename="import.xml")

    assert new_onec().sign_in("sale").word == "success"


def test_files_of_two_sessions_are_not_imported_at_once(received, new_onec, counting, no_time):
    second = new_onec()
    second.sign_in("sale")
    second.ask("sale", "init", version="2.09")
    second.send("sale", "documents.xml", catalog(5))
    received.ask("catalog", "import", filename="import.xml")

    answered = second.ask("sale", "import", filename="documents.xml")

    assert answered.word == "failure"
    assert "Уже идёт обмен" in answered.lines[1]
    assert only_file("documents.xml").state == ReceivedFile.State.RECEIVED


def test_the_same_client_asking_over_its_own_request_is_told_to_wait(received, counting):
    words = []

    def ask_over() -> None:
        words.append(received.ask("catalog", "import", filename="import.xml").word)
        counting.during = lambda: None

    counting.during = ask_over

    assert received.load("catalog", "import.xml").word == "success"
    assert words == ["progress"]
    assert len(counting.applied) == 1000 + 2


def test_a_run_that_went_silent_no_longer_keeps_others_out(received, new_onec, counting, no_time):
    received.ask("catalog", "import", filename="import.xml")
    Lease.objects.update(until=timezone.now() - dt.timedelta(seconds=1))

    assert new_onec().sign_in().word == "success"


def test_files_1c_never_asked_to_import_are_imported_at_its_next_sign_in(received, counting):
    received.send("catalog", "half.xml", catalog()[:-20])
    received.sign_in()

    assert only_file("import.xml").state == DONE
    assert only_file("half.xml").state == ReceivedFile.State.RECEIVED
    assert not Lease.objects.exists()


def test_left_overs_stay_where_the_connection_says_so(received, counting, connection):
    connection.import_leftovers = False
    connection.save()
    received.sign_in()

    assert counting.runs == 0


def test_left_overs_longer_than_a_request_go_on_at_the_following_sign_in(
    received, counting, no_time
):
    for _ in range(11):
        assert received.sign_in().word == "success"

    assert only_file("import.xml").state == DONE
    assert len(counting.applied) == 1000 + 2


def test_cron_imports_left_overs_of_sessions_that_went_silent(received, counting):
    told = io.StringIO()
    call_command("onec_leftovers", stdout=told)
    assert counting.runs == 0

    Session.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=5))
    call_command("onec_leftovers", stdout=told)

    assert only_file("import.xml").state == DONE
    assert "import.xml" in told.getvalue()


def test_old_clients_orders_are_worked_when_their_file_is_whole(onec, counting):
    onec.sign_in("sale")

    assert onec.send("sale", "orders.xml", catalog(300), part=4000).body == b"success"

    assert only_file("orders.xml").state == DONE
    assert onec.ask("sale", "import", filename="orders.xml").word == "success"
    assert counting.runs == 1


def test_clients_with_a_version_are_waited_for_with_their_documents(onec, counting):
    onec.sign_in("sale")
    onec.ask("sale", "init", version="2.09")
    onec.send("sale", "documents___1.xml", catalog(3))

    assert counting.runs == 0
    assert onec.load("sale", "documents___1.xml").word == "success"


def test_user_directories_come_by_a_type_of_their_own(onec, counting):
    onec.sign_in("reference")
    onec.ask("reference", "init", version="2.09")

    assert onec.send("reference", "references___1.xml", catalog(3)).body == b"success"
    assert onec.load("reference", "references___1.xml").word == "success"
    assert counting.runs == 1


def silent_for(**past: int) -> None:
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(**past))


def test_the_bytes_of_a_file_go_when_their_days_are_over(received, counting, settings):
    settings.ONEC_KEEP_DAYS = 2
    received.load("catalog", "import.xml")
    received.send("catalog", "import_files/1.png", b"picture")
    silent_for(days=1)
    received.sign_in()
    assert FilePart.objects.count() == 2

    silent_for(days=3)
    received.sign_in()

    assert not FilePart.objects.exists()
    assert only_file("import.xml").state == DONE


def test_bytes_of_a_file_that_waits_for_its_import_stay(received, counting, connection, settings):
    settings.ONEC_KEEP_DAYS = 0
    received.send("catalog", "import_files/1.png", b"picture")
    silent_for(days=3)
    Lease.objects.create(
        connection=connection,
        session=Session.objects.get(),
        since=timezone.now(),
        until=timezone.now() + dt.timedelta(minutes=5),
    )
    received.sign_in("sale")

    assert FilePart.objects.count() == 2
    assert only_file("import.xml").state == ReceivedFile.State.RECEIVED


def test_half_a_file_of_a_session_long_over_is_given_up(received, counting):
    received.send("catalog", "half.xml", catalog()[:-20])
    silent_for(hours=2)
    received.sign_in()

    assert only_file("half.xml").state == ReceivedFile.State.DROPPED


def test_no_days_at_all_drop_a_file_as_soon_as_it_is_imported(received, counting, settings):
    settings.ONEC_KEEP_DAYS = 0
    received.load("catalog", "import.xml")

    assert not FilePart.objects.exists()


def test_what_a_broken_run_left_never_comes_over_what_is_newer(onec, counting, no_time):
    """Found by `make soak`: old prices of a run that broke off came over those of the next."""
    order = []
    onec.sign_in()
    onec.send("catalog", "offers0_1.xml", catalog(1000))
    onec.ask("catalog", "import", filename="offers0_1.xml")
    counting.during = lambda: order.append(
        ReceivedFile.objects.filter(state="importing").latest("pk").name
    )
    Lease.objects.all().delete()  # the process died, and its lease has lapsed
    onec.sign_in()
    onec.send("catalog", "offers0_2.xml", catalog(300))

    assert onec.load("catalog", "offers0_2.xml").word == "success"

    assert only_file("offers0_1.xml").state == DONE
    assert order == ["offers0_1.xml"] * 10 + ["offers0_2.xml"] * 4


def test_fetching_orders_doesnt_import_a_catalogue_that_is_still_being_sent(
    received, new_onec, counting
):
    new_onec().sign_in("sale")

    assert only_file("import.xml").state == ReceivedFile.State.RECEIVED
    assert counting.runs == 0
