"""«Старт без 1С» at the desk, from the first file to 1C's takeover."""

from __future__ import annotations

from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from onec_bridge.models import Connection, GoodsSheet, ReceivedFile
from sandbox import models

from .conftest import xlsx
from .test_start_sheets import LIST
from .test_takeover import OPT, PRICES, catalog, everything, offer, package, product


@pytest.fixture
def desk(manager):
    client = Client(headers={"Accept-Language": "ru"})
    client.post("/sign-in/", {"email": manager.email, "password": "очень длинный пароль"})
    return client


def upload(desk, connection, rows, name="Товары.xlsx"):
    given = SimpleUploadedFile(name, xlsx(rows))
    answer = desk.post(reverse("onec:start", args=[connection.pk]), {"file": given})
    assert answer.status_code == 302
    return answer.url


def test_a_shop_without_1c_begins_by_one_press(desk):
    page = desk.get(reverse("onec:journal")).content.decode()
    answer = desk.post(reverse("onec:start_begin"), follow=True)

    assert reverse("onec:start_begin") in page
    assert answer.status_code == 200
    assert Connection.objects.get().login == "1c"


def test_a_file_is_looked_at_and_applied_by_a_press(desk, connection):
    address = upload(desk, connection, PRICES)
    page = desk.get(address).content.decode()
    assert "Шланг поливочный 25 м" in page
    assert not models.Variant.objects.exists()

    desk.post(f"{address}confirm/")
    done = desk.get(address).content.decode()

    assert models.Variant.objects.count() == 2
    assert "import.xml" in done
    assert desk.get(reverse("onec:start", args=[connection.pk])).status_code == 200
    desk.post(f"{address}confirm/")  # Pressed twice.
    assert ReceivedFile.objects.count() == 2


def test_a_large_file_goes_in_steps_and_the_page_asks_for_itself(desk, connection, monkeypatch):
    monkeypatch.setattr("onec_bridge.sync.start.sheets._PIECE", 2)
    monkeypatch.setattr("onec_bridge.journal.start._STEP", -1)
    rows = [["Код", "Наименование"], *([f"{n}", f"Товар {n}"] for n in range(5))]
    address = upload(desk, connection, rows)

    steps = []
    while desk.get(address).headers.get("Refresh"):
        sheet = GoodsSheet.objects.get()
        steps.append((sheet.row_count, sheet.looked))
    desk.post(f"{address}confirm/")
    while desk.get(address).headers.get("Refresh"):
        pass

    read, looked = [(2, 0), (4, 0), (5, 0)], [(5, 2), (5, 4)]
    assert steps == read + looked  # Each goes on where the last one stopped.
    assert GoodsSheet.objects.get().counts == {"created": 5}
    assert models.Variant.objects.count() == 5
    assert ReceivedFile.objects.filter(state="imported").count() == 6


def test_columns_are_asked_once(desk, connection):
    rows = [["Позиция", "Колонка"], ["Шланг", 100]]
    address = upload(desk, connection, rows)
    page = desk.get(address).content.decode()
    assert 'name="column-1"' in page

    desk.post(
        f"{address}columns/",
        {"column-0": "name", "column-1": "price", "name-1": "Опт", "group_rows": "groups"},
    )

    assert "Опт" in desk.get(address).content.decode()
    assert GoodsSheet.objects.get().counts == {"created": 1}
    again = upload(desk, connection, [["Позиция", "Колонка"], ["Доска", 200]])
    assert 'name="column-1"' not in desk.get(again).content.decode()


def test_columns_that_make_no_sense_are_refused_in_words(desk, connection):
    address = upload(desk, connection, [["Позиция", "Колонка"], ["Шланг", 100]])
    answer = desk.post(f"{address}columns/", {"column-1": "price"}, follow=True)

    assert GoodsSheet.objects.get().looked == 0
    assert "error" in answer.content.decode()


def test_a_file_can_be_put_away(desk, connection):
    address = upload(desk, connection, LIST)
    desk.post(f"{address}discard/")

    assert not GoodsSheet.objects.exists()
    assert desk.get(address).status_code == 404


def test_what_is_no_spreadsheet_is_said_in_words(desk, connection):
    given = SimpleUploadedFile("goods.xlsx", b"<html>")
    answer = desk.post(reverse("onec:start", args=[connection.pk]), {"file": given})

    assert answer.status_code == 422
    assert not GoodsSheet.objects.exists()


def test_a_file_damaged_further_down_is_said_in_words_and_put_away(desk, connection):
    rows = [["Код", "Наименование"], *([f"{n}", f"Товар {n}"] for n in range(100))]
    damaged = BytesIO()
    with ZipFile(BytesIO(xlsx(rows))) as whole, ZipFile(damaged, "w") as broken:
        for each in whole.infolist():
            body = whole.read(each)
            broken.writestr(each, body.replace(b'<row r="90"', b'<row r="90'))
    given = SimpleUploadedFile("Товары.xlsx", damaged.getvalue())
    address = desk.post(reverse("onec:start", args=[connection.pk]), {"file": given}).url

    text = desk.get(address, follow=True).content.decode()

    assert "Файл не открывается" in text
    assert not GoodsSheet.objects.exists()


def test_nobody_but_the_desk_sees_it(connection, channel):
    models.User.objects.create_user("olga@example.org", "очень длинный пароль")
    client = Client()
    client.post("/sign-in/", {"email": "olga@example.org", "password": "очень длинный пароль"})

    for name in ("start", "takeover", "meanwhile_orders", "orders_zip"):
        assert client.get(reverse(f"onec:{name}", args=[connection.pk])).status_code == 404
    assert client.post(reverse("onec:start_begin")).status_code == 404


def test_the_command_looks_and_with_apply_does(connection, tmp_path):
    path = tmp_path / "Товары.xlsx"
    path.write_bytes(xlsx(PRICES))
    out = StringIO()

    call_command("onec_goods", path, stdout=out)
    assert "created" in out.getvalue()
    assert not models.Variant.objects.exists()

    call_command("onec_goods", path, apply=True, stdout=out)
    assert models.Variant.objects.count() == 2


def test_the_command_says_what_has_to_be_told_at_the_desk(connection, tmp_path):
    path = tmp_path / "Товары.xlsx"
    path.write_bytes(xlsx([["Позиция", "Колонка"], ["Шланг", 100]]))

    with pytest.raises(CommandError):
        call_command("onec_goods", path)
    assert not GoodsSheet.objects.exists()


# --------------------------------------------------------------- the real exchange comes


class OneC:
    """Enough of 1C: signs in, sends a file, asks to import it."""

    def __init__(self, connection):
        self.client = Client(headers={"Authorization": "Basic MWM60YHQtdC60YDQtdGC"})
        self.path = reverse("onec:exchange", args=[connection.token])

    def ask(self, query, body=None):
        if body is None:
            return self.client.get(f"{self.path}?type=catalog&{query}").content.decode()
        return self.client.post(
            f"{self.path}?type=catalog&{query}", body, content_type="application/octet-stream"
        ).content.decode()

    def send(self, name, inside):
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">'
            f"{inside}</КоммерческаяИнформация>"
        ).encode()
        self.ask("mode=checkauth")
        self.ask("mode=init")
        assert self.ask(f"mode=file&filename={name}", body).startswith("success")
        return self.ask(f"mode=import&filename={name}")


def test_1c_s_first_catalogue_waits_until_somebody_has_seen_what_it_takes_over(
    desk, connection, load, monkeypatch
):
    load(PRICES)
    before = everything()
    onec = OneC(connection)
    hose = product("g-1", "Шланг поливочный 25 м", code="00-001")
    other = product("g-2", "Совсем не то", article="ДТ-6")

    answer = onec.send("import.xml", catalog(hose, other, product("g-3", "Лейка")))
    onec.send("offers.xml", package(offer("g-1", price="1"), offer("g-2"), types=OPT))

    assert answer.startswith("success")
    assert everything() == before
    takeover = reverse("onec:takeover", args=[connection.pk])
    page = desk.get(takeover).content.decode()
    assert "Совсем не то" in page
    assert "Доска террасная" in page
    assert everything() == before
    with monkeypatch.context() as patch:
        patch.setattr("onec_bridge.exchange.taking_over.foresee", None)
        again = desk.get(takeover).content.decode()  # Read once.
    assert "Доска террасная" in again

    desk.post(reverse("onec:takeover_agree", args=[connection.pk]))

    assert ReceivedFile.objects.filter(state="imported").count() == 4
    assert models.Variant.objects.count() == before[1]
    assert models.Variant.objects.get(sku="ШП-25").external_reference == "g-1"
    matching = desk.get(reverse("onec:matching", args=[connection.pk])).content.decode()
    assert "Совсем не то" in matching


def test_a_catalogue_of_a_shop_without_spreadsheets_waits_for_nobody(connection):
    OneC(connection).send("import.xml", catalog(product("g-1", "Шланг")))

    assert ReceivedFile.objects.get().state == "imported"


def test_what_was_seen_before_another_file_was_applied_is_looked_at_once_more(desk, connection):
    one = upload(desk, connection, PRICES)
    two = upload(desk, connection, [["Артикул", "Наименование"], ["ШП-25", "Шланг"]])
    for address in (one, two):
        desk.get(address)
    desk.post(f"{one}confirm/")
    desk.get(one)

    desk.post(f"{two}confirm/")
    assert GoodsSheet.objects.get(file_name="Товары.xlsx", session=None).counts == {}
    desk.get(two)
    desk.post(f"{two}confirm/")
    desk.get(two)

    assert models.Variant.objects.count() == 2  # Found by its article, not made again.
