"""1C's side of the conversation, and a stand-in for what a record means.

`onec` speaks through Django's test client, one request a call. `counting` replaces
`sync.apply_file` by one that counts records in batches: what the exchange promises about time,
positions and locks doesn't hang on what a record means.
"""

from __future__ import annotations

import base64
import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client

from onec_bridge import sync
from onec_bridge.commerceml.records import Problem, Severity
from onec_bridge.models import Connection, Entry, Link, ReceivedFile
from sandbox import models

PASSWORD = "пароль от обмена"
LOGIN = "обмен"

CATALOG = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.05" ДатаФормирования="2026-11-24">
<Каталог СодержитТолькоИзменения="false"><Ид>c</Ид><Наименование>Каталог</Наименование>
<Товары>{products}</Товары></Каталог></КоммерческаяИнформация>"""
PRODUCT = "<Товар><Ид>{id}</Ид><Наименование>Лейка {id}</Наименование></Товар>\n"


def catalog(count: int = 3) -> bytes:
    """A catalogue of watering cans."""
    return CATALOG.format(products="".join(PRODUCT.format(id=n) for n in range(count))).encode()


def basic(login: str, password: str, encoding: str = "utf-8") -> str:
    """The Authorization header."""
    return "Basic " + base64.b64encode(f"{login}:{password}".encode(encoding)).decode()


@dataclass
class Answered:
    """An answer as 1C reads it."""

    status: int
    body: bytes
    content_type: str

    @property
    def text(self) -> str:
        return self.body.decode(self.content_type.rpartition("charset=")[2])

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def word(self) -> str:
        return self.lines[0]


@dataclass
class OneC:
    """A 1C base: signs in, keeps the cookie, sends Basic each time."""

    authorization: str | None
    path: str = "/onec/exchange/"
    agent: str = "1C+Enterprise/8.3"
    cookie: tuple[str, str] | None = None
    client: Client = field(default_factory=Client)

    def ask(self, type_: str, mode: str, body: bytes | None = None, **words: str) -> Answered:
        from urllib.parse import quote

        query = "".join(f"&{name}={quote(value)}" for name, value in words.items())
        return self.ask_raw(f"type={type_}&mode={mode}{query}", body)

    def ask_raw(self, query: str, body: bytes | None = None) -> Answered:
        headers = {"User-Agent": self.agent}
        if self.authorization:
            headers["Authorization"] = self.authorization
        if self.cookie:
            headers["Cookie"] = "=".join(self.cookie)
        self.client.cookies.clear()
        address = f"{self.path}?{query}"
        if body is None:
            response = self.client.get(address, headers=headers)
        else:
            response = self.client.post(
                address, body, content_type="application/octet-stream", headers=headers
            )
        return Answered(response.status_code, response.content, response["Content-Type"])

    def sign_in(self, type_: str = "catalog", **words: str) -> Answered:
        answered = self.ask(type_, "checkauth", **words)
        if answered.word == "success":
            self.cookie = (answered.lines[1], answered.lines[2])
        return answered

    def send(self, type_: str, name: str, body: bytes, part: int = 0) -> Answered:
        """A file, whole or in parts of `part` bytes."""
        pieces = [body[n : n + part] for n in range(0, len(body), part)] if part else [body]
        for piece in pieces:
            answered = self.ask(type_, "file", piece, filename=name)
            if answered.word != "success":
                break
        return answered

    def load(self, type_: str, name: str, rounds: int = 50) -> Answered:
        """Import until it is no longer `progress`."""
        for _ in range(rounds):
            answered = self.ask(type_, "import", filename=name)
            if answered.word != "progress":
                return answered
        raise AssertionError(f"{name}: still progress after {rounds} rounds")


@pytest.fixture
def connection(db: None) -> Connection:
    connection = Connection(name="УТ 11", login=LOGIN)
    connection.set_password(PASSWORD)
    connection.save()
    return connection


@pytest.fixture(autouse=True)
def quick(settings: SimpleNamespace) -> None:
    """No pause before a `progress` that had nothing to do."""
    settings.ONEC_HOLD = 0


@pytest.fixture
def onec(connection: Connection) -> OneC:
    return OneC(basic(LOGIN, PASSWORD))


@pytest.fixture
def new_onec(connection: Connection) -> Callable[..., OneC]:
    """More clients of the same base, or with another header."""

    def make(authorization: str | None = basic(LOGIN, PASSWORD), **more: str) -> OneC:
        return OneC(authorization, **more)

    return make


@dataclass
class Counting:
    """What `sync.apply_file` was asked, and how it is to behave."""

    batch: int = 100
    applied: list[object] = field(default_factory=list)
    runs: int = 0
    during: Callable[[], None] = lambda: None

    def __call__(
        self,
        connection: Connection,
        records: Iterator[object],
        *,
        file_name: str,
        load_key: str,
        skip: int,
        deadline: float,
        images: Callable[[str], bytes | None],
        checkpoint: Callable[[int, Mapping[str, Mapping[str, int]], list[Problem]], None],
        sent_at: dt.datetime | None = None,
    ) -> SimpleNamespace:
        self.runs += 1
        position, batch, problems = 0, [], []
        for item in records:
            position += 1
            if position <= skip:
                continue
            (problems if isinstance(item, Problem) else batch).append(item)
            if len(batch) >= self.batch:
                self._commit(position, batch, problems, checkpoint)
                batch, problems = [], []
                if time.monotonic() > deadline:
                    return SimpleNamespace(finished=False)
        self._commit(position, batch, problems, checkpoint)
        return SimpleNamespace(finished=True)

    def _commit(self, position, batch, problems, checkpoint):
        with transaction.atomic():
            self.during()
            refused = sum(problem.severity == Severity.ERROR for problem in problems)
            checkpoint(position, {"product": {"created": len(batch), "refused": refused}}, problems)
        self.applied += batch


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    stand_in = Counting()
    monkeypatch.setattr(sync, "apply_file", stand_in, raising=False)
    return stand_in


@pytest.fixture
def manager(db: None) -> Client:
    """Somebody at the desk, signed in."""
    models.User.objects.create_user("manager@example.org", PASSWORD, is_staff=True)
    client = Client(headers={"Accept-Language": "ru"})
    client.post("/sign-in/", {"email": "manager@example.org", "password": PASSWORD})
    return client


@pytest.fixture
def no_time(settings: SimpleNamespace) -> None:
    """A budget that is over at once: one batch a request."""
    settings.ONEC_TIME_BUDGET = 0


def last_entry() -> Entry:
    return Entry.objects.latest("pk")


def only_file(name: str) -> ReceivedFile:
    return ReceivedFile.objects.get(name=name)


@pytest.fixture
def deliver(onec: OneC) -> Callable[..., Answered]:
    """One exchange of 1C with a file of this inside, formed at this moment."""
    count = 0

    def send(inside: str, at: str = "2026-11-25T09:00:00", word: str = "success") -> Answered:
        nonlocal count
        count += 1
        name = f"told{count}.xml"
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.10" '
            f'ДатаФормирования="{at}">{inside}</КоммерческаяИнформация>'
        )
        onec.sign_in("sale")
        onec.ask("sale", "init", version="2.10")
        onec.send("sale", name, text.encode())
        answered = onec.load("sale", name)
        assert answered.word == word, answered.text
        return answered

    return send


@pytest.fixture
def know(connection: Connection) -> Callable[..., None]:
    """This 1C knows a variant by an Ид."""

    def known(external_id: str, variant: object) -> None:
        Link.objects.create(
            connection=connection,
            kind="offer",
            external_id=external_id,
            parent_id=external_id,
            local_id=str(variant.pk),
        )

    return known
