"""The desk's pages of the base's quality and of debts: look first, then save; nobody else's."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.terms.models import Settlement
from onec_bridge.models import CounterpartySheet, Link

IDENT = "7c3f8d1e-0000-4000-8000-000000000001"


@pytest.fixture
def entity(connection):
    entity = LegalEntity.objects.create(name="Ромашка", inn="7707083894", kpp="773601001")
    Link.objects.create(
        connection=connection, kind="counterparty", external_id=IDENT, local_id=str(entity.pk)
    )
    return entity


def sent(workbook) -> dict:
    body = BytesIO()
    workbook.save(body)
    return {"file": SimpleUploadedFile("долги.xlsx", body.getvalue())}


@pytest.fixture
def address(connection):
    return f"/onec/journal/connections/{connection.pk}"


def report(manager, address):
    answer = manager.get(f"{address}/quality.xlsx")
    assert "attachment" in answer["Content-Disposition"]
    return load_workbook(BytesIO(b"".join(answer.streaming_content)))


def mend(workbook, title, value):
    sheet = workbook.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    sheet.cell(2, titles.index(title) + 1).value = value
    return workbook


def test_the_page_counts_what_there_is_to_mend(manager, entity, address):
    page = manager.get(f"{address}/quality/").content.decode()

    assert "Есть что исправить у 1 контрагента из 1" in page
    assert "quality.xlsx" in page


def test_an_empty_base_says_where_counterparties_come_from(manager, address):
    assert "Контрагентов пока нет" in manager.get(f"{address}/quality/").content.decode()


def test_the_mended_report_is_shown_first_and_saved_when_confirmed(manager, entity, address):
    workbook = mend(report(manager, address), "ИНН", "7707083893")

    looked = manager.post(f"{address}/quality/", sent(workbook), follow=True)
    text = looked.content.decode()
    assert "7707083894" in text
    assert "7707083893" in text
    entity.refresh_from_db()
    assert entity.inn == "7707083894"

    pk = CounterpartySheet.objects.get().pk
    done = manager.post(f"/onec/journal/quality/{pk}/confirm/", follow=True)
    assert "Исправлен 1 контрагент." in done.content.decode()
    entity.refresh_from_db()
    assert entity.inn == "7707083893"
    assert not CounterpartySheet.objects.exists()


def test_a_mistake_is_named_by_its_cell_and_nothing_can_be_saved(manager, entity, address):
    workbook = mend(report(manager, address), "ИНН", "12")

    text = manager.post(f"{address}/quality/", sent(workbook), follow=True).content.decode()

    assert "Ячейка F2" in text
    assert "Записать эти изменения" not in text
    assert "Записывать нечего" in text


def test_without_a_file_the_page_says_so(manager, entity, address):
    for page in ("quality", "debts"):
        answer = manager.post(f"{address}/{page}/")
        assert answer.status_code == 400
        assert "Выберите файл" in answer.content.decode()


def test_the_report_given_as_a_list_of_counterparties_is_sent_to_its_own_page(
    manager, entity, address
):
    workbook = report(manager, address)

    text = manager.post(f"{address}/counterparties/", sent(workbook), follow=True)

    assert "загрузите его на странице «Качество базы»" in text.content.decode().replace(
        "Загрузите", "загрузите"
    )


def debts(*rows):
    workbook = Workbook()
    for row in (("Ид", "Документ", "Сумма"), *rows):
        workbook.active.append(row)
    return workbook


def test_debts_are_shown_first_and_saved_as_of_the_day_given(manager, entity, address):
    looked = manager.post(
        f"{address}/debts/", sent(debts((IDENT, "Реализация 1", 100))), follow=True
    )
    assert "Реализация 1" in looked.content.decode()
    assert not Settlement.objects.exists()

    pk = CounterpartySheet.objects.get().pk
    form = {"told_at": "2026-03-01T09:30"}
    done = manager.post(f"/onec/journal/debts/{pk}/", form, follow=True)

    assert "Записаны долги 1 контрагента." in done.content.decode()
    told = Settlement.objects.get()
    assert (told.document, told.told_at.year) == ("Реализация 1", 2026)
    assert not CounterpartySheet.objects.exists()


def test_older_debts_than_known_stay_out_and_it_is_said(manager, entity, address):
    for day, amount in (("2026-03-02T09:30", 7), ("2026-03-01T09:30", 100)):
        manager.post(f"{address}/debts/", sent(debts((IDENT, "Реализация 1", amount))))
        pk = CounterpartySheet.objects.get().pk
        done = manager.post(f"/onec/journal/debts/{pk}/", {"told_at": day}, follow=True)

    assert "более новые долги" in done.content.decode()
    assert Settlement.objects.get().amount == 7


def test_a_file_that_cannot_be_read_takes_nobodys_debts_off(manager, entity, address):
    manager.post(f"{address}/debts/", sent(debts((IDENT, "Реализация 1", 7))))
    pk = CounterpartySheet.objects.get().pk
    manager.post(f"/onec/journal/debts/{pk}/", {"told_at": "2026-03-01T09:30"})
    manager.post(f"{address}/debts/", sent(Workbook()))
    pk = CounterpartySheet.objects.get().pk

    manager.post(f"/onec/journal/debts/{pk}/", {"told_at": "2026-03-02T09:30", "whole": "on"})

    assert Settlement.objects.get().amount == 7


def test_without_the_day_nothing_is_saved(manager, entity, address):
    manager.post(f"{address}/debts/", sent(debts((IDENT, "Реализация 1", 100))))
    pk = CounterpartySheet.objects.get().pk

    assert manager.post(f"/onec/journal/debts/{pk}/", {"told_at": "вчера"}).status_code == 422
    assert not Settlement.objects.exists()


def test_for_a_buyer_these_pages_do_not_exist(manager, buyer, client, entity, address):
    manager.post(f"{address}/debts/", sent(debts((IDENT, "Реализация 1", 100))))
    pk = CounterpartySheet.objects.get().pk
    pages = [
        f"{address}/quality/",
        f"{address}/quality.xlsx",
        f"{address}/debts/",
        f"/onec/journal/quality/{pk}/",
        f"/onec/journal/debts/{pk}/",
    ]

    for page in pages:
        assert buyer.get(page).status_code == 404, page
        assert client.get(page).status_code == 302, page
    for page in (*pages[3:], f"/onec/journal/quality/{pk}/confirm/"):
        assert buyer.post(page, {"told_at": "2026-03-01T09:30"}).status_code == 404, page
    assert not Settlement.objects.exists()
    assert CounterpartySheet.objects.exists()
