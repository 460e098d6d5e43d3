"""Contracts and managers from a spreadsheet of 1C: page and command."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook

from b2b_overlay.company.models import Company, Difference, LegalEntity
from b2b_overlay.pricing.assign import assignments_of
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.terms.models import Contract
from onec_bridge.models import Link
from sandbox import models

IDENT = "7c3f8d1e-0000-4000-8000-000000000001"
HEADER = ("Ид", "ИНН", "Ид договора", "Договор", "Дата", "Валюта", "Виды цен", "Оплата",
          "Отсрочка", "Кредитный лимит", "Менеджер")  # fmt: skip


@pytest.fixture
def entity(connection):
    company = Company.objects.create(name="Ромашка")
    entity = LegalEntity.objects.create(name="ООО Ромашка", inn="7707083893", company=company)
    Link.objects.create(
        connection=connection, kind="counterparty", external_id=IDENT, local_id=str(entity.pk)
    )
    for name in ("Опт", "Дилер"):
        PriceList.objects.create(name=name, currency="RUB", vat_included=True)
    return entity


@pytest.fixture
def manager(channel):
    user = models.User.objects.create_user("anna@example.org", "длинный пароль", is_staff=True)
    client = Client(headers={"Accept-Language": "ru"})
    client.post("/sign-in/", {"email": user.email, "password": "длинный пароль"})
    client.user = user
    return client


def book(*rows, header=HEADER) -> bytes:
    workbook = Workbook()
    for row in (header, *rows):
        workbook.active.append(row)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.fixture
def load(connection, tmp_path):
    def loaded(content: bytes, name: str = "договоры.xlsx", *more: str):
        path = tmp_path / name
        path.write_bytes(content)
        out, err = StringIO(), StringIO()
        call_command("onec_contracts", str(path), *more, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return loaded


ROW = (IDENT, "", "d-1", "№ ОПТ-7 от 01.03.2026", "01.03.2026", "руб.", "Дилер; Опт", "Отсрочка",
       21, "1 500 000,50", "ANNA@example.org")  # fmt: skip


def test_a_row_is_a_contract_with_its_price_types_limit_and_the_customer_s_manager(
    entity, manager, load
):
    out, err = load(book(ROW), "договоры.xlsx", "--apply")

    assert (err, "created" in out) == ("", True)
    found = Contract.objects.get()
    assert (found.number, found.payment_days) == ("ОПТ-7", 21)
    assert found.credit_limit == Decimal("1500000.50")
    assert [each.price_list.name for each in assignments_of(found)] == ["Дилер", "Опт"]
    entity.company.refresh_from_db()
    assert entity.company.manager == manager.user


def test_looking_saves_nothing_and_the_same_rows_again_change_nothing(entity, manager, load):
    load(book(ROW))
    assert not Contract.objects.exists()
    load(book(ROW), "договоры.xlsx", "--apply")

    out, _err = load(book(ROW), "договоры.xlsx", "--apply")

    assert "unchanged" in out
    assert Contract.objects.count() == 1


def test_a_csv_of_1c_is_read_the_same(entity, manager, load):
    lines = ["ИНН;Договор;Отсрочка;Лимит", "7707083893;ОПТ-7;14;500000,00"]

    load("\r\n".join(lines).encode("windows-1251"), "договоры.csv", "--apply")

    assert Contract.objects.get().credit_limit == Decimal(500000)


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        (0, "нет такого", "A2"),
        (4, "когда-то", "E2"),
        (5, "тугрик", "F2"),
        (6, "Дилер; Нет", "G2"),
        (7, "бартер", "H2"),
        (8, "400", "I2"),
        (9, "много", "J2"),
        (10, "nobody@example.org", "K2"),
    ],
)
def test_a_mistake_names_its_cell_and_its_row_alone_is_left_out(
    entity, manager, load, column, value, cell
):
    wrong = (*ROW[:column], value, *ROW[column + 1 :])
    right = ("", "7707083893", "d-2", "ОПТ-8", "", "", "", "", "", "", "")

    out, err = load(book(wrong, right), "договоры.xlsx", "--apply")

    assert cell in err
    assert "rows refused: 1" in out
    assert [each.number for each in Contract.objects.all()] == ["ОПТ-8"]


def test_what_the_desk_changed_meanwhile_is_not_overwritten(entity, manager, load):
    load(book(ROW), "договоры.xlsx", "--apply")
    Contract.objects.update(payment_days=45)

    changed = (*ROW[:8], 7, *ROW[9:])
    out, _err = load(book(changed), "договоры.xlsx", "--apply")

    assert Contract.objects.get().payment_days == 45
    assert Difference.objects.get().field == "payment_days"
    assert "changed" not in out.replace("unchanged", "")


def test_a_contract_loaded_from_a_file_is_taken_over_by_the_exchange(entity, manager, load, take):
    load(book((IDENT, "", "", "ОПТ-7", "", "", "", "", 21, "", "")), "договоры.xlsx", "--apply")

    take(
        "<Договоры><Договор><Ид>guid</Ид><Номер>опт-7</Номер>"
        f"<ИдКонтрагента>{IDENT}</ИдКонтрагента><КредитныйЛимит>100.00</КредитныйЛимит>"
        "</Договор></Договоры>"
    )

    assert Contract.objects.get().credit_limit == Decimal(100)


def test_the_desk_looks_first_then_confirms(entity, manager, connection):
    upload = SimpleUploadedFile("договоры.xlsx", book(ROW))
    address = f"/onec/journal/connections/{connection.pk}/contracts/"

    response = manager.post(address, {"file": upload})
    page = manager.get(response["Location"])
    assert "ООО Ромашка" in page.content.decode()
    assert not Contract.objects.exists()
    confirmed = manager.post(response["Location"] + "confirm/")

    assert confirmed.status_code == 302
    assert Contract.objects.get().number == "ОПТ-7"
    assert manager.get(response["Location"]).status_code == 404


def test_only_the_desk_loads_contracts(entity, connection, channel):
    user = models.User.objects.create_user("olga@example.org", "длинный пароль")
    client = Client()
    client.post("/sign-in/", {"email": user.email, "password": "длинный пароль"})

    address = f"/onec/journal/connections/{connection.pk}/contracts/"
    assert client.get(address).status_code == 404
    upload = SimpleUploadedFile("договоры.xlsx", book(ROW))
    assert client.post(address, {"file": upload}).status_code == 404
