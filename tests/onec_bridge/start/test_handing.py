"""Orders go to 1C's people by e-mail or as files, until 1C itself calls."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering.orders import changed
from b2b_overlay.terms.models import Contract
from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.reader import read
from onec_bridge.sync import confirm_given, orders_to_give
from onec_bridge.sync.start.models import HandedOrder
from onec_bridge.sync.start.settings import agree_to_takeover
from sandbox import models
from tests.onec_bridge.sync.test_order_documents import order

from .test_takeover import OPT, PRICES, catalog, offer, package, product


@pytest.fixture
def placed(load):
    """A wholesale order of goods that a spreadsheet brought."""
    load(PRICES)
    entity = LegalEntity.objects.create(
        name="ООО «Ромашка»",
        inn="7707083893",
        kpp="773601001",
        company=Company.objects.create(name="Ромашка"),
    )
    Contract.objects.create(legal_entity=entity, number="17", date=dt.date(2026, 4, 1))
    hose = models.Variant.objects.get(sku="ШП-25")
    return order(entity, lines=((hose.pk, 24, "10.00", 12),))


@pytest.fixture
def desk(manager):
    client = Client(headers={"Accept-Language": "ru"})
    client.post("/sign-in/", {"email": manager.email, "password": "очень длинный пароль"})
    return client


@pytest.fixture
def page(connection):
    return reverse("onec:meanwhile_orders", args=[connection.pk])


@pytest.fixture
def mailed_to(desk, page):
    desk.post(page, {"orders_to": "buh@example.org; sklad@example.org", "orders_form": "both"})


def send(**options):
    out = StringIO()
    call_command("onec_orders_mail", stdout=out, **options)
    return out.getvalue()


def test_an_order_is_mailed_once_with_a_table_and_xml(placed, connection, mailed_to):
    send()
    send()

    (letter,) = mail.outbox
    assert letter.to == ["buh@example.org", "sklad@example.org"]
    assert letter.subject == "Заказ № 1001, ООО «Ромашка»"
    assert "№ 17 от 01.04.2026" in letter.body
    table, xml = letter.attachments
    rows = list(load_workbook(BytesIO(table[1])).active.values)
    assert rows[0][:3] == ("Код", "Артикул", "Номенклатура")
    assert rows[1][0] == "00-001"
    assert rows[1][4:8] == (2, "упак", 120, 240)
    (document,) = [
        each
        for each in read(BytesIO(xml[1].encode() if isinstance(xml[1], str) else xml[1]), "x")
        if isinstance(each, r.Document)
    ]
    assert document.number == "1001"
    assert document.lines[0].id == ""


def test_metres_are_mailed_as_metres(load, connection, desk, mailed_to):
    """2.5 m of what the shop counts in tenths: the table and the XML say the same as the order."""
    load(PRICES)
    entity = LegalEntity.objects.create(
        name="ООО «Ромашка»", inn="7707083893", company=Company.objects.create(name="Ромашка")
    )
    Contract.objects.create(legal_entity=entity, number="17")
    hose = models.Variant.objects.get(sku="ШП-25")
    order(entity, lines=((hose.pk, Decimal("2.5"), "99.90", 1),))

    send()

    table, xml = mail.outbox[0].attachments
    row = list(load_workbook(BytesIO(table[1])).active.values)[1]
    assert row[4] == 2.5
    assert row[6:8] == (99.9, 249.75)
    content = xml[1].encode() if isinstance(xml[1], str) else xml[1]
    (document,) = [each for each in read(BytesIO(content), "x") if isinstance(each, r.Document)]
    line = document.lines[0]
    assert (line.quantity, line.total) == (Decimal("2.5"), Decimal("249.75"))


def test_nothing_is_mailed_where_nobody_is_named(placed, connection):
    send()

    assert not mail.outbox
    assert not HandedOrder.objects.exists()


def test_what_is_no_address_is_refused(desk, page, connection):
    answer = desk.post(page, {"orders_to": "бухгалтер", "orders_form": "both"}, follow=True)

    assert "бухгалтер" in answer.content.decode()
    assert not hasattr(connection, "meanwhile")


def test_mail_that_fails_is_seen_and_tried_again_later(placed, desk, page, mailed_to, settings):
    good = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.onec_bridge.start.conftest.NoMail"
    send()
    assert "ConnectionRefusedError" in desk.get(page).content.decode()

    settings.EMAIL_BACKEND = good
    assert "later 1" in send()
    assert not mail.outbox

    HandedOrder.objects.update(tried_at=timezone.now() - dt.timedelta(hours=2))
    send()
    assert len(mail.outbox) == 1
    assert "sklad@example.org" in desk.get(page).content.decode()


def test_a_letter_whose_sender_died_is_sent_once_more_and_says_so(
    placed, desk, page, connection, mailed_to, settings
):
    good = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.onec_bridge.start.conftest.DiesAfterwards"
    with pytest.raises(SystemExit):
        send()
    settings.EMAIL_BACKEND = good
    assert "отправляется" in desk.get(page).content.decode()
    desk.post(reverse("onec:orders_send", args=[connection.pk]))
    assert "later 1" in send(now=True)
    assert len(mail.outbox) == 1

    HandedOrder.objects.update(tried_at=timezone.now() - dt.timedelta(minutes=11))
    assert "sent 1" in send()
    send()

    first, again = mail.outbox
    assert again.extra_headers == first.extra_headers
    assert again.subject == first.subject
    assert "повторно" not in first.body
    assert "Письмо отправлено повторно" in again.body
    assert "отправляется" not in desk.get(page).content.decode()


def test_an_order_changed_after_it_was_mailed_is_mailed_once_more(
    placed, desk, page, connection, mailed_to
):
    send()
    changed(placed)

    assert "изменён после передачи" in desk.get(page).content.decode()
    send()
    send()

    first, again = mail.outbox
    assert again.subject == "Изменён заказ № 1001, ООО «Ромашка»"
    assert "исправьте его в 1С" in again.body
    assert again.extra_headers != first.extra_headers


def test_waiting_orders_are_downloaded_and_handed_over_by_a_press(placed, desk, connection, page):
    body = desk.get(reverse("onec:orders_zip", args=[connection.pk])).content
    assert ZipFile(BytesIO(body)).namelist() == ["заказы.xlsx", "заказ 1001.xlsx", "orders.xml"]
    assert "№ 1001" in desk.get(page).content.decode()
    assert not HandedOrder.objects.exclude(handed_at=None).exists()

    handed = reverse("onec:orders_handed", args=[connection.pk])
    desk.post(handed, {"order": placed.pk})
    desk.post(handed, {"order": placed.pk})

    row = HandedOrder.objects.get()
    assert (row.how, row.handed_by.email) == ("file", "manager@example.org")
    body = desk.get(reverse("onec:orders_zip", args=[connection.pk])).content
    assert ZipFile(BytesIO(body)).namelist() == ["заказы.xlsx", "orders.xml"]


def real(exchange):
    exchange(catalog(product("g-1", "Шланг поливочный 25 м", code="00-001")))
    exchange(package(offer("g-1"), types=OPT), "offers.xml")


def test_an_order_of_sheets_goods_is_held_from_1c_and_goes_with_its_ids_once_known(
    placed, connection, exchange
):
    assert orders_to_give(connection, "1", 10) == []

    real(exchange)

    (document,) = orders_to_give(connection, "2", 10)
    assert document.lines[0].id == "g-1"
    assert confirm_given(connection, "2") == 1


@pytest.mark.parametrize("again", [False, True])
def test_what_was_handed_over_goes_to_1c_only_if_asked_at_the_takeover(
    placed, connection, exchange, mailed_to, manager, again
):
    send()
    agree_to_takeover(manager, connection, gives_again=again)
    real(exchange)

    assert len(orders_to_give(connection, "1", 10)) == int(again)
    send()
    assert len(mail.outbox) == 1
