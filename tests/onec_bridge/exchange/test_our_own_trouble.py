"""The database away, a full disk, wrong clocks, killed processes: nothing lost, nothing twice.

`make soak` does the same for long and at hundreds of moments.
"""

from __future__ import annotations

import datetime as dt
import errno
import random

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from soak import rounds, shop
from soak.soak import hurry

from onec_bridge.exchange import arriving, clock
from onec_bridge.models import Entry, FilePart, ReceivedFile, Session
from onec_bridge.sync import fold

from .conftest import catalog, only_file

pytestmark = pytest.mark.long


def test_without_its_database_the_site_answers_in_the_protocols_words(onec, monkeypatch):
    onec.sign_in()

    def gone() -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "cursor", lambda *args: gone())
    answered = onec.ask("catalog", "init")

    assert (answered.status, answered.word, len(answered.lines)) == (200, "failure", 2)
    assert "База данных" in answered.text
    assert "closed the connection" not in answered.text


@pytest.fixture
def full(transactional_db):
    """The disk is full: PostgreSQL refuses rows of this table with 53100, as it then does."""

    def refuse(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"
            )
            cursor.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION full_disk()"
            )

    yield refuse
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS full_disk CASCADE")


def test_a_file_that_found_no_room_isnt_confirmed_and_comes_again(full, onec, counting):
    onec.sign_in()
    full(FilePart._meta.db_table)
    refused = onec.send("catalog", "import.xml", catalog())

    assert refused.word == "failure"
    assert "переполнена" in refused.text
    assert not ReceivedFile.objects.exists()


def test_a_disk_without_room_for_the_body_is_told_so(onec, monkeypatch):
    onec.sign_in()

    def full(*args: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(arriving, "SpooledTemporaryFile", full)
    refused = onec.send("catalog", "import.xml", catalog())

    assert (refused.word, len(refused.lines)) == ("failure", 2)
    assert "переполнена" in refused.text


def test_a_journal_that_found_no_room_takes_no_success_back(full, onec, counting):
    onec.sign_in()
    full(Entry._meta.db_table)

    answered = onec.send("catalog", "import.xml", catalog())

    assert answered.word == "success"
    assert only_file("import.xml").size == len(catalog())
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("hours", [-5, 5])
def test_another_hosts_clock_neither_ends_a_session_nor_takes_its_lease(
    onec, counting, monkeypatch, hours, no_time
):
    onec.sign_in()
    onec.send("catalog", "import.xml", catalog(300))
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + dt.timedelta(hours=hours))

    assert onec.load("catalog", "import.xml").word == "success"
    assert abs(Session.objects.get().seen_at - clock.now()) < dt.timedelta(minutes=1)


@pytest.fixture
def short_steps(settings, monkeypatch):
    """As in `make soak`; taken back at the end."""
    for name in ("ONEC_TIME_BUDGET", "ONEC_RUN_SILENCE", "ONEC_HOLD", "PASSWORD_HASHERS"):
        setattr(settings, name, getattr(settings, name, None))
    monkeypatch.setattr(fold, "BATCH", fold.BATCH)
    monkeypatch.setattr(fold, "MOST", fold.MOST)
    hurry()


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_and_repeated_it_ends_as_an_undisturbed_run(short_steps):
    goods, tally = 40, rounds.Tally()
    shop.prepare()
    expected, took = rounds.undisturbed(goods)
    call_command("flush", interactive=False, verbosity=0)
    shop.prepare()

    base = rounds.killed(goods, 3, took, random.Random(7), tally)

    assert tally.kills >= 1
    assert rounds.differences("killed", expected, base) == []
    assert base.not_in_words == []
