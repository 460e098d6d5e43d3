"""Where the shop has workers, requests only tell how far an import is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from onec_bridge.exchange import worker
from onec_bridge.models import Lease, ReceivedFile, Session

from .conftest import catalog, only_file


class Workers:
    """Calls wait here until somebody lets a worker come."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, str]] = []
        self.is_employed = True

    def __call__(self, session: int, name: str) -> bool:
        if self.is_employed:
            self.calls.append((session, name))
        return self.is_employed

    def come(self) -> None:
        while self.calls:
            worker.run(*self.calls.pop(0))


@pytest.fixture
def workers(monkeypatch):
    employed = Workers()
    monkeypatch.setattr(worker, "_callers", [employed])
    return employed


@pytest.fixture
def received(onec, counting):
    onec.sign_in()
    onec.send("catalog", "import.xml", catalog(1000))
    return onec


def ask(onec):
    return onec.ask("catalog", "import", filename="import.xml")


def test_a_worker_imports_to_the_end_and_the_request_tells_what_came_of_it(
    received, workers, counting, no_time
):
    first = ask(received)
    workers.come()
    last = ask(received)

    assert (first.word, last.word) == ("progress", "success")
    assert (counting.runs, len(counting.applied)) == (1, 1002)
    assert ask(received).word == "success"
    assert workers.calls == []


def test_while_a_worker_is_at_it_nobody_else_begins_and_the_request_tells_how_far_it_is(
    received, workers, counting
):
    told = []
    counting.during = lambda: told.append(ask(received).text)

    ask(received)
    workers.come()

    assert told[0].startswith("progress")
    assert "создано 100" in told[1]
    assert counting.runs == 1


def test_where_no_worker_comes_the_requests_do_it_themselves(received, workers, counting):
    ask(received)
    Session.objects.update(queued_at=timezone.now() - dt.timedelta(minutes=1))

    assert ask(received).word == "success"
    workers.come()  # late, and harmless

    assert counting.runs == 1


def test_a_worker_that_dies_is_made_good_by_the_requests(received, workers, counting):
    ask(received)
    session = Session.objects.get()
    Lease.objects.create(
        connection=session.connection,
        session=session,
        since=timezone.now(),
        until=timezone.now() - dt.timedelta(seconds=1),
    )
    Session.objects.update(queued_at=timezone.now() - dt.timedelta(minutes=1))

    assert received.load("catalog", "import.xml").word == "success"
    assert len(counting.applied) == 1002


def test_a_failure_is_told_once_and_the_next_request_begins_anew(received, workers, counting):
    def break_down() -> None:
        counting.during = lambda: None
        raise ValueError

    counting.during = break_down
    ask(received)
    workers.come()

    assert ask(received).word == "failure"
    assert ask(received).word == "progress"
    workers.come()
    assert ask(received).word == "success"


def test_what_was_left_is_a_workers_too(received, workers, counting):
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=5))
    received.sign_in()
    assert counting.runs == 0

    workers.come()

    assert only_file("import.xml").state == ReceivedFile.State.IMPORTED


@pytest.mark.parametrize("reason", ["the setting says so", "there is none"])
def test_without_workers_a_request_imports(received, workers, settings, reason):
    settings.ONEC_WORKER = reason != "the setting says so"
    workers.is_employed = reason != "there is none"

    assert ask(received).word == "success"
    assert workers.calls == []


def test_whoever_lost_the_lease_writes_nothing_more(received, counting):
    def somebody_else() -> None:
        Lease.objects.update(holder="somebody else")

    counting.during = somebody_else

    answered = ask(received)

    assert answered.word == "progress"
    assert only_file("import.xml").position == 0
