"""The desk sees what was exchanged; nobody else does."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from onec_bridge.models import Connection, Entry

from .conftest import _client


def refused_sign_in(**more: str) -> None:
    Entry.objects.create(
        method="GET",
        type="catalog",
        mode="checkauth",
        status=401,
        word="failure",
        text="Неверное имя",
        milliseconds=1,
        **more,
    )


@pytest.fixture
def pages(file, session, connection) -> list[str]:
    return [
        "/onec/journal/",
        f"/onec/journal/{session.pk}/",
        f"/onec/journal/files/{file.pk}/",
        f"/onec/journal/files/{file.pk}/original/",
        f"/onec/journal/files/{file.pk}/problems.txt",
        f"/onec/journal/connections/{connection.pk}/",
        f"/onec/journal/connections/{connection.pk}/orders/",
        f"/onec/journal/connections/{connection.pk}/orders.xml",
    ]


def test_the_desk_sees_every_page_and_a_buyer_none(pages, manager, buyer, client):
    for page in pages:
        assert manager.get(page).status_code == 200, page
        assert buyer.get(page).status_code == 404, page
        assert client.get(page).status_code == 302, page


def test_the_list_says_how_an_exchange_went(manager, file):
    text = manager.get("/onec/journal/").content.decode()

    assert "товары: создано 3, отклонено 7" in text
    assert "товары и цены" in text


def test_the_list_asks_the_database_as_often_for_one_as_for_many(
    manager, file, session, django_assert_max_num_queries
):
    for n in range(30):
        session.pk, session.token_hash = None, str(n)
        session.save()

    with django_assert_max_num_queries(17):
        manager.get("/onec/journal/")


def test_a_refused_sign_in_stands_on_top(manager, file):
    refused_sign_in(login="ut")

    assert "Неверное имя" in manager.get("/onec/journal/").content.decode()


def test_a_file_shows_its_counts_and_its_problems_by_kind_with_what_to_do(manager, file):
    text = manager.get(f"/onec/journal/files/{file.pk}/").content.decode()

    assert "× 7" in text
    assert "import0_1.xml:10" in text
    assert "import0_1.xml:16" not in text  # five examples; the rest are in the text
    assert "Каждая запись должна нести Ид" in text


def test_all_problems_are_there_as_lines_an_editor_jumps_to(manager, file):
    lines = manager.get(f"/onec/journal/files/{file.pk}/problems.txt").content.decode()

    assert len(lines.splitlines()) == 7
    assert lines.startswith("import0_1.xml:10: ошибка: Нет Ид")


def test_pages_and_problems_are_in_english_for_who_reads_english(file, shop):
    manager = _client("kate@example.org", is_staff=True, language="en")

    assert "Exchange with 1C" in manager.get("/onec/journal/").content.decode()
    assert "There is no Ид" in manager.get(f"/onec/journal/files/{file.pk}/").content.decode()


def test_the_original_comes_as_it_came_from_1c(manager, file):
    response = manager.get(f"/onec/journal/files/{file.pk}/original/")

    assert b"".join(response.streaming_content) == b"<?xml"
    assert response["Content-Disposition"].startswith("attachment")


def test_an_original_past_its_days_is_not_found(manager, file):
    file.parts.all().delete()

    assert manager.get(f"/onec/journal/files/{file.pk}/original/").status_code == 404
    assert "original" not in manager.get(f"/onec/journal/files/{file.pk}/").content.decode()


def test_the_1c_programmers_page_has_what_to_type_and_not_the_password(manager, connection):
    text = manager.get(f"/onec/journal/connections/{connection.pk}/").content.decode()

    assert f"http://testserver/onec/exchange/{connection.token}" in text
    assert connection.login in text
    assert connection.password not in text


def test_an_empty_journal_says_what_to_do_next(manager, connection):
    assert "Обмен с сайтом" in manager.get("/onec/journal/").content.decode()

    Connection.objects.all().delete()
    assert "onec_connect" in manager.get("/onec/journal/").content.decode()


def test_the_journal_is_read_in_the_terminal_too(file):
    told = io.StringIO()

    call_command("onec_journal", stdout=told)

    assert "catalog/import import0_1.xml → success" in told.getvalue()
    assert "import0_1.xml:10: ошибка: Нет Ид" in told.getvalue()


def test_connecting_prints_the_fields_of_1cs_form_and_a_password_once(db):
    first, again = io.StringIO(), io.StringIO()

    call_command("onec_connect", "УТ 11", login="ut", retail_price_type="rrp", stdout=first)
    made = Connection.objects.get()
    password = made.password
    call_command("onec_connect", "УТ 11 (новая)", login="ut", stdout=again)
    made.refresh_from_db()

    assert made.token in first.getvalue()
    assert made.retail_price_type == "rrp"
    assert made.name == "УТ 11 (новая)"
    assert made.password == password
    printed = [line.split()[-1] for line in first.getvalue().splitlines() if "Пароль" in line]
    assert made.check_password(printed[0])
    assert printed[0] not in again.getvalue()
