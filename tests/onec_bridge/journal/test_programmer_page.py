"""The 1C programmer's page: a link and a password of its own, and nothing of the shop."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.journal import problems
from onec_bridge.journal.programmer.access import COOKIE, give_access, revoke_access
from onec_bridge.models import Connection, Entry, Link, ProblemRecord, ReceivedFile, Session

CATALOG = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.07"><Каталог СодержитТолькоИзменения="true"><Ид>c</Ид>
<Товары><Товар><Ид>p1</Ид><Наименование>Лейка</Наименование></Товар></Товары></Каталог>
<ПакетПредложений><Предложения><Предложение><Ид>p1</Ид><Наименование>Лейка</Наименование>
<Количество>много</Количество></Предложение></Предложения></ПакетПредложений>
</КоммерческаяИнформация>"""


@pytest.fixture
def access(shop, connection):
    return give_access(connection)


@pytest.fixture
def base(access):
    return f"/onec/1c/{access[0].token}/"


@pytest.fixture
def programmer(access, base):
    """Signed in; knows nothing but the link and the password."""
    client = Client()
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert client.post(base, {"password": access[1]}, headers=headers).status_code == 302
    return client


def form_of(client, address):
    """The token that the page's forms carry."""
    text = client.get(address).content.decode()
    return text.split('name="form" value="')[1].split('"')[0]


PAGES = (
    "",
    "problems/",
    "problems.xlsx",
    "diagnosis/",
    "check/",
    "orders/",
    "orders.xml",
    "set-up/",
)


def test_without_the_password_there_is_only_the_form_for_it(base, session, client):
    for page in (*PAGES, f"exchanges/{session.pk}/"):
        text = client.get(base + page).content.decode()
        assert 'type="password"' in text, page
        assert "import0_1" not in text, page


def test_with_it_every_page_opens(programmer, base, file, session):
    for page in (*PAGES, f"exchanges/{session.pk}/"):
        assert programmer.get(base + page).status_code == 200, page


def test_another_link_leads_nowhere(programmer, connection):
    answer = programmer.get("/onec/1c/0123456789abcdef0123456789abcdef/")

    assert answer.status_code == 404
    assert connection.name not in answer.content.decode()


def test_the_cookie_of_one_page_opens_no_other(programmer, base, connection):
    other = Connection.objects.create(name="Розница", login="shop", password="!")
    theirs, _password = give_access(other)
    programmer.cookies[COOKIE]["path"] = "/"

    text = programmer.get(f"/onec/1c/{theirs.token}/").content.decode()

    assert 'type="password"' in text


def test_exchanges_of_another_1c_dont_exist_here(programmer, base, file):
    other = Connection.objects.create(name="Розница", login="shop", password="!")
    Session.objects.update(connection=other)
    Entry.objects.update(connection=other)
    ProblemRecord.objects.update(connection=other)

    assert programmer.get(f"{base}exchanges/{file.session_id}/").status_code == 404
    for page in ("", "problems/", "diagnosis/"):
        assert "import0_1" not in programmer.get(base + page).content.decode()


def test_nothing_of_the_shop_is_on_it(programmer, base, manager):
    for page in ("", "problems/", "set-up/"):
        answer = programmer.get(base + page)
        text = answer.content.decode()
        assert "Садовник" not in text
        assert "/journal/" not in text
        assert "/companies/" not in text
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert answer["Referrer-Policy"] == "same-origin"
        assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert set(programmer.cookies) == {COOKIE}
    assert programmer.cookies[COOKIE]["path"] == base
    assert programmer.cookies[COOKIE]["httponly"]


def test_a_manager_signed_in_at_the_desk_needs_the_password_too(manager, base):
    assert 'type="password"' in manager.get(base).content.decode()


def test_a_wrong_password_opens_nothing_and_many_close_the_page(base, access, client, settings):
    settings.ONEC_SIGN_IN_TRIES = 3

    for _ in range(3):
        answer = client.post(base, {"password": "не тот"})
        assert answer.status_code == 401
        assert "Неверный пароль" in answer.content.decode()
    answer = client.post(base, {"password": access[1]})

    assert "Подождите десять минут" in answer.content.decode()
    assert COOKIE not in client.cookies


def test_a_new_password_ends_who_is_signed_in_and_the_link_stays(programmer, base, connection):
    _access, password = give_access(connection)

    assert 'type="password"' in programmer.get(base).content.decode()
    assert programmer.post(base, {"password": password}).status_code == 302


def test_taken_back_the_link_leads_nowhere_and_given_again_it_is_another(
    programmer, base, connection
):
    revoke_access(connection)
    assert programmer.get(base).status_code == 404

    assert give_access(connection)[0].token not in base


def test_after_signing_out_the_password_is_asked_again(programmer, base):
    programmer.post(base + "sign-out/", {"form": form_of(programmer, base)})

    assert 'type="password"' in programmer.get(base).content.decode()


def test_a_form_of_another_site_does_nothing(programmer, base):
    token = form_of(programmer, base)
    for headers, data in (
        ({"Sec-Fetch-Site": "cross-site"}, {"form": token}),
        ({"Origin": "https://example.com"}, {"form": token}),
        ({}, {"form": "чужой"}),
    ):
        assert programmer.post(base + "sign-out/", data, headers=headers).status_code == 403
    assert 'type="password"' not in programmer.get(base).content.decode()


# --- exchanges and problems -------------------------------------------------------------


def test_an_exchange_shows_each_request_and_what_was_answered(programmer, base, file, session):
    Entry.objects.update(query="type=catalog&mode=import", answer="success\nтовары: создано 3")

    text = programmer.get(f"{base}exchanges/{session.pk}/").content.decode()

    assert "?type=catalog&amp;mode=import" in text
    assert "товары: создано 3" in text
    assert f"problems/?file={file.pk}" in text


def test_problems_are_grouped_counted_and_say_how_to_mend_them(programmer, base, file):
    text = programmer.get(base + "problems/").content.decode()

    assert "<b>7</b>" in text
    assert "import0_1.xml:16" in text
    assert "Каждая запись должна нести Ид" in text


def test_a_problem_names_the_goods_it_is_about(programmer, base, file, connection):
    Link.objects.create(
        connection=connection, kind="product", external_id="p1", data={"told": {"name": "Лейка"}}
    )
    source = Source("offers0_1.xml", 42, 1, "p1#c1", "Предложение/Цены/Цена")
    problem = Problem("bad_number", Severity.ERROR, source, "Цены/Цена/ЦенаЗаЕдиницу", "сто")
    problems.keep([problem], connection=connection)

    text = programmer.get(base + "problems/?about=лейк").content.decode()

    assert "<b>Лейка</b>" in text
    assert "offers0_1.xml:42" in text
    assert ">Предложение/Цены/Цена/ЦенаЗаЕдиницу<" in text
    assert "import0_1.xml:16" not in text


def test_a_record_without_an_id_is_named_by_what_the_file_calls_it(programmer, base, connection):
    from onec_bridge.commerceml.reader import read
    from onec_bridge.sync import apply_file

    body = CATALOG.replace("<Товар><Ид>p1</Ид>", "<Товар>").encode()
    told = apply_file(connection, read(io.BytesIO(body), "import.xml"), file_name="import.xml")
    problems.keep(told.problems, connection=connection)

    text = programmer.get(base + "problems/?code=missing_id").content.decode()

    assert "<b>Лейка</b>" in text


def test_the_filter_leaves_one_kind_and_says_when_nothing_is_left(programmer, base, file):
    assert "import0_1.xml:10" in programmer.get(base + "problems/?code=missing_id").content.decode()
    assert "По этому отбору" in programmer.get(base + "problems/?code=bad_date").content.decode()


def test_the_spreadsheet_has_every_problem_of_the_filter(programmer, base, file):
    answer = programmer.get(base + "problems.xlsx?severity=error")

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.values)
    assert len(rows) == 1 + 7
    assert rows[0][3] == "Строка"
    assert {row[3] for row in rows[1:]} == set(range(10, 17))


def test_a_hundred_thousand_problems_are_paged_in_a_handful_of_statements(
    programmer, base, connection, django_assert_max_num_queries
):
    row = ProblemRecord(
        connection=connection, severity="warning", code="zero_price", external_id="p1",
        params={"price_type": "Опт"},
    )  # fmt: skip
    ProblemRecord.objects.bulk_create(
        [ProblemRecord(**{f.name: getattr(row, f.name) for f in row._meta.fields if f.name != "id"})
         for _ in range(3000)]
    )  # fmt: skip

    with django_assert_max_num_queries(14):
        text = programmer.get(base + "problems/?page=60").content.decode()

    assert "страница 60 из 60" in text


def test_empty_pages_say_what_to_do(programmer, base):
    assert "Обмен с сайтом" in programmer.get(base).content.decode()
    assert "Замечаний нет" in programmer.get(base + "problems/").content.decode()
    assert "Запустите обмен из 1С" in programmer.get(base + "diagnosis/").content.decode()
    assert "Новые оптовые заказы стоят здесь" in programmer.get(base + "orders/").content.decode()


# --- check my file ----------------------------------------------------------------------


def upload(programmer, base, name, content, **more):
    address = base + "check/"
    file = io.BytesIO(content)
    file.name = name
    return programmer.post(address, {"form": form_of(programmer, address), "file": file, **more})


def test_a_file_is_checked_and_nothing_is_kept(programmer, base):
    text = upload(programmer, base, "import.xml", CATALOG.encode()).content.decode()

    assert "«много» — не число" in text
    assert "<b>Лейка</b>" in text
    assert "import.xml:" in text
    assert not ReceivedFile.objects.exists()
    assert not ProblemRecord.objects.exists()
    assert not Link.objects.exists()


def test_an_archive_is_checked_file_by_file(programmer, base):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("goods/import.xml", CATALOG)
        archive.writestr("../evil.xml", CATALOG)

    text = upload(programmer, base, "export.zip", body.getvalue()).content.decode()

    assert "export.zip/goods/import.xml" in text
    assert "ведёт за пределы папки" in text


def test_a_spreadsheet_of_counterparties_is_checked_by_its_cells(programmer, base):
    from openpyxl import Workbook

    book, body = Workbook(), io.BytesIO()
    book.active.append(["Наименование", "ИНН"])
    book.active.append(["Ромашка", "123"])
    book.save(body)

    text = upload(programmer, base, "список.xlsx", body.getvalue()).content.decode()

    assert "B2" in text


def test_the_problems_of_a_checked_file_come_as_a_spreadsheet(programmer, base):
    answer = upload(programmer, base, "import.xml", CATALOG.encode(), xlsx="")

    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert any("не число" in str(row[8]) for row in rows)


def test_a_file_that_is_too_large_is_refused_unread(programmer, base):
    answer = programmer.post(
        base + "check/", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(210 * 1024 * 1024),
    )  # fmt: skip

    assert answer.status_code == 413
    assert "не больше 200" in answer.content.decode()


# --- set-up and diagnosis ---------------------------------------------------------------


def test_what_to_type_into_1c_and_the_dry_runs_address_are_there(programmer, base, connection):
    text = programmer.get(base + "set-up/").content.decode()

    assert f"/onec/exchange/{connection.token}</code>" in text
    assert f"/onec/exchange/{connection.token}/dry-run" in text
    assert "УТ 10.3" in text
    assert connection.password not in text


def test_the_diagnosis_says_that_orders_are_never_fetched(programmer, base, file, session):
    session.user_agent = "1C+Enterprise/8.3"
    session.save()
    Entry.objects.create(
        connection=session.connection, session=session, method="POST", type="catalog",
        mode="file", filename="import0_1.xml", status=200, word="success", milliseconds=1,
    )  # fmt: skip

    text = programmer.get(base + "diagnosis/").content.decode()

    assert "ни разу не спросила заказы" in text
    assert "включите флаг обмена заказами" in text


def test_the_diagnosis_is_a_command_too(file, connection):
    told = io.StringIO()

    with pytest.raises(CommandError, match="stops the exchange"):
        call_command("onec_doctor", connection.login, stdout=told)

    assert "Конфигурация" in told.getvalue()
    assert "Файл не читается: import0_1.xml" in told.getvalue()


# --- given at the desk and by the command -----------------------------------------------


def test_the_desk_gives_the_page_shows_the_password_once_and_takes_it_back(
    manager, connection, client
):
    page = f"/onec/journal/connections/{connection.pk}/"
    text = manager.post(page + "programmer/").content.decode()
    address = text.split("<code>http://testserver")[1].split("<")[0]
    password = text.split("<code>")[2].split("<")[0]

    assert client.post(address, {"password": password}).status_code == 302
    again = manager.get(page).content.decode()
    assert address in again
    assert password not in again

    manager.post(page + "programmer/revoke/")
    assert client.get(address).status_code == 404


def test_a_buyer_cant_give_it(buyer, connection):
    page = f"/onec/journal/connections/{connection.pk}/programmer/"

    assert buyer.post(page).status_code == 404
    assert not hasattr(connection, "programmer")


def test_the_command_gives_renews_and_closes_it(shop):
    def connect(*more):
        told = io.StringIO()
        call_command("onec_connect", "УТ 11", "--login", "ut", *more, stdout=told)
        return told.getvalue()

    first = connect("--programmer")
    connection = Connection.objects.get()
    token = connection.programmer.token
    assert f"/plugins/onec/1c/{token}/" in first
    assert token in connect("--programmer")
    connect("--no-programmer")
    assert not type(connection).objects.filter(programmer__isnull=False).exists()
