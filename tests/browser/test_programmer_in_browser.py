"""The 1C programmer signs in from his phone, without scripts; the desk's part of it fits too."""

from __future__ import annotations

import pytest
from conftest import DESKTOP, PHONE
from django.utils import timezone

from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.journal import problems
from onec_bridge.journal.programmer.access import give_access
from onec_bridge.models import Connection, Entry, FilePart, ReceivedFile, Session

pytestmark = pytest.mark.browser

NAME = "import___5335d080-66b0-4355-887c-d54bba6f1f08.xml"
XML = "<КоммерческаяИнформация><Каталог><Товары><Товар><Ид>1</Ид><Код>7</Код></Товар></Товары>"


@pytest.fixture
def connection(cast) -> Connection:
    """One exchange with a file, a request and a problem."""
    connection = Connection.objects.create(name="УТ 11", login="ut", password="!")
    session = Session.objects.create(
        connection=connection, token_hash="t", type="catalog", seen_at=timezone.now()
    )
    file = ReceivedFile.objects.create(session=session, name=NAME, type="catalog", kind="xml")
    body = f"{XML}</Каталог></КоммерческаяИнформация>".encode()
    FilePart.objects.create(file=file, number=0, body=body)
    path = "КоммерческаяИнформация/ПакетПредложений/Предложения/Предложение"
    source = Source(NAME, 7, 1, "5335d080-66b0-4355-887c-d54bba6f1f08", path)
    found = Problem("negative_stock", Severity.WARNING, source, "Количество", "-3")
    problems.keep([found], connection=connection, session=session, file=file)
    Entry.objects.create(
        connection=connection,
        session=session,
        method="POST",
        type="catalog",
        mode="file",
        filename=NAME,
        query=f"type=catalog&mode=file&filename={NAME}",
        answer="success",
        status=200,
        word="success",
        milliseconds=3,
    )
    return connection


def test_he_signs_in_and_each_page_fits_his_phone(browser, connection):
    page = browser(PHONE, scripts=False)
    access, password = give_access(connection)
    address = f"/onec/1c/{access.token}/"

    page.open(address)
    page.type("[name=password]", password)
    page.press("main form button")
    page.see("Обмены")

    session = connection.sessions.get()
    for each in ("", f"exchanges/{session.pk}/", "problems/", "diagnosis/", "check/", "orders/",
                 "set-up/"):  # fmt: skip
        page.open(address + each)
        assert page.overflow() <= 0, f"{each} is wider than the screen"
        assert page.nameless() == [], each
        assert len(page.all("h1")) == 1, each
    page.shot("programmer")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_desk_gives_him_access_and_sees_what_rules_make_of_the_file(
    browser, cast, connection, size
):
    page = browser(size)
    page.sign_in(cast.manager)

    page.open(f"/onec/journal/connections/{connection.pk}/")
    assert page.overflow() <= 0
    page.press("form[action$='/programmer/'] button")
    page.see("Пароль показывается только сейчас")
    page.open(f"/onec/journal/connections/{connection.pk}/mapping/")
    page.find("[name=form-0-place] option[value=element]").click()
    page.type("[name=form-0-name]", "Код")
    page.press("[name=look]")
    page.see("найдено у 1")
    assert page.overflow() <= 0
    assert page.nameless() == []
    page.shot("mapping")
