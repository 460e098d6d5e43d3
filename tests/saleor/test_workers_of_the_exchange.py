"""Saleor's Celery workers import what 1C sends; its requests only tell how far that is."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone
from saleor import settings as production
from saleor.celeryconf import app
from saleor.plugins import discover_plugins_modules

from onec_bridge.exchange import store, worker
from onec_bridge.exchange.work import Result
from onec_bridge.models import Connection, ReceivedFile, Session
from onec_bridge.plugins import tasks

pytestmark = pytest.mark.django_db(databases=["default", "replica"])

CATALOG = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.07"><Классификатор><Ид>k</Ид><Наименование>К</Наименование>
<Группы><Группа><Ид>hoses</Ид><Наименование>Шланги из 1С</Наименование></Группа></Группы>
</Классификатор></КоммерческаяИнформация>"""


@pytest.fixture
def session(shop):
    connection = Connection.objects.create(name="1С", login="workers", password="!")
    session = Session.objects.create(
        connection=connection, token_hash="w", type="catalog", seen_at=timezone.now()
    )
    body = CATALOG.encode()
    store.append(session, "catalog", "import.xml", io.BytesIO(body), announced=len(body))
    return session


@pytest.fixture
def workers(settings, monkeypatch):
    """Our side believes in a broker; the task, of Saleor's own task class, runs where it is
    sent from."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    task = tasks.import_received
    monkeypatch.setattr(task, "apply_async", lambda args, **_: task.apply(args, throw=True))
    monkeypatch.setattr(worker, "_callers", [tasks.call])


def test_saleors_celery_app_finds_the_task_among_its_plugins():
    assert "onec_bridge.plugins" in discover_plugins_modules(production.PLUGINS)
    app.loader.import_default_modules()

    assert app.tasks["onec_bridge.import_received"].run is not None


def test_a_worker_imports_and_the_request_tells_what_came_of_it(session, workers):
    outcome = worker.hand_over(session, "import.xml")

    assert outcome.result is Result.DONE
    file = session.files.get()
    assert file.state == ReceivedFile.State.IMPORTED
    assert file.counts["group"] == {"created": 1}
    session.refresh_from_db()
    assert session.queued_at is None


def test_a_saleor_without_a_broker_calls_no_worker(session, settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    monkeypatch.setattr(worker, "_callers", [tasks.call])

    assert worker.hand_over(session, "import.xml") is None
    assert session.files.get().state == ReceivedFile.State.RECEIVED


def test_a_broker_that_cant_be_reached_leaves_the_work_to_the_request(
    session, workers, monkeypatch
):
    def unreachable(*args, **options):
        raise tasks.OperationalError

    monkeypatch.setattr(tasks.import_received, "apply_async", unreachable)

    assert worker.hand_over(session, "import.xml") is None
    session.refresh_from_db()
    assert session.queued_at is None
