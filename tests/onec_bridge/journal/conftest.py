"""A manager at the desk, a buyer who has no business there, and an exchange that went badly."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.journal import problems
from onec_bridge.models import Connection, Entry, FilePart, ReceivedFile, Session
from sandbox import models

PASSWORD = "очень длинный пароль"


def _client(email: str, *, is_staff: bool, language: str = "ru") -> Client:
    models.User.objects.create_user(email, PASSWORD, is_staff=is_staff)
    client = Client(headers={"Accept-Language": language})
    assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def shop(db: None) -> None:
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")


@pytest.fixture
def manager(shop: None) -> Client:
    return _client("manager@example.org", is_staff=True)


@pytest.fixture
def buyer(shop: None) -> Client:
    return _client("olga@example.org", is_staff=False)


@pytest.fixture
def connection(db: None) -> Connection:
    connection = Connection(name="УТ 11", login="ut")
    connection.set_password("секрет")
    connection.save()
    return connection


@pytest.fixture
def session(connection: Connection) -> Session:
    return Session.objects.create(
        connection=connection, token_hash="t", type="catalog", seen_at=timezone.now()
    )


@pytest.fixture
def file(session: Session) -> ReceivedFile:
    """Three goods taken, seven refused for the same reason."""
    file = ReceivedFile.objects.create(
        session=session,
        name="import0_1.xml",
        type="catalog",
        kind=ReceivedFile.Kind.XML,
        state=ReceivedFile.State.IMPORTED,
        size=5,
        counts={"product": {"created": 3, "refused": 7}},
    )
    FilePart.objects.create(file=file, number=0, body=b"<?xml")
    problems.keep(
        [
            Problem(
                "missing_id",
                Severity.ERROR,
                Source("import0_1.xml", line, line, "", "КоммерческаяИнформация/Товар"),
                field="Ид",
            )
            for line in range(10, 17)
        ],
        connection=session.connection,
        session=session,
        file=file,
    )
    Entry.objects.create(
        connection=session.connection,
        session=session,
        file=file,
        method="GET",
        type="catalog",
        mode="import",
        filename=file.name,
        status=200,
        word="success",
        text="товары: создано 3, отклонено 7",
        milliseconds=12,
    )
    return file
