"""The desk decides what is what, and takes counterparties from a spreadsheet."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from b2b_overlay.company.models import LegalEntity
from onec_bridge.models import CounterpartySheet, Link, Match
from sandbox import models

PASSWORD = "очень длинный пароль"

GOODS = """
<Каталог><Товары><Товар><Ид>p1</Ид><Наименование>Стойка душевая с верхним душем</Наименование>
</Товар></Товары></Каталог>
<ПакетПредложений><ТипыЦен><ТипЦены><Ид>opt</Ид><Наименование>Опт</Наименование>
<Валюта>RUB</Валюта></ТипЦены></ТипыЦен><Предложения><Предложение><Ид>p1</Ид>
<Наименование>Стойка душевая с верхним душем</Наименование>
<Цены><Цена><ИдТипаЦены>opt</ИдТипаЦены><ЦенаЗаЕдиницу>5000</ЦенаЗаЕдиницу></Цена></Цены>
<Количество>3</Количество></Предложение></Предложения></ПакетПредложений>
"""


def signed_in(email, *, is_staff):
    models.User.objects.create_user(email, PASSWORD, is_staff=is_staff)
    client = Client(headers={"Accept-Language": "ru"})
    assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def manager(channel):
    return signed_in("manager@example.org", is_staff=True)


@pytest.fixture
def buyer(channel):
    return signed_in("olga@example.org", is_staff=False)


@pytest.fixture
def question(connection, take):
    """1C's shower stand looks like the shop's own."""
    product = models.Product.objects.create(name="Душевая стойка с верхним душем")
    variant = models.Variant.objects.create(product=product, sku="1019")
    take(GOODS)
    match = Match.objects.get()
    assert match.candidates[0]["variant_id"] == variant.pk
    return match


@pytest.fixture
def base(connection):
    from django.urls import reverse

    return reverse("onec:matching", args=[connection.pk])


def test_nothing_to_decide_is_said_so(manager, base):
    page = manager.get(base)

    assert page.status_code == 200
    assert "Решать нечего" in page.content.decode()


def test_an_answer_can_be_taken_back_until_it_is_used(manager, base, question, connection):
    from django.urls import reverse

    variant = question.candidates[0]["variant_id"]
    assert "Душевая стойка с верхним душем" in manager.get(base).content.decode()

    manager.post(reverse("onec:match_decide", args=[question.pk]), {"variant": variant})
    question.refresh_from_db()
    assert (question.decision, question.variant_id) == ("join", variant)
    manager.post(reverse("onec:match_undo", args=[question.pk]))
    question.refresh_from_db()
    assert question.decision == "waiting"

    manager.post(reverse("onec:match_decide", args=[question.pk]), {"variant": variant})
    manager.post(reverse("onec:matching_apply", args=[connection.pk]))
    assert Link.objects.get(kind="offer", external_id="p1").local_id == str(variant)
    assert models.Variant.objects.count() == 1

    manager.post(reverse("onec:match_undo", args=[question.pk]))
    question.refresh_from_db()
    assert question.decision == "join"


def test_an_answer_that_was_not_offered_changes_nothing(manager, question):
    from django.urls import reverse

    manager.post(reverse("onec:match_decide", args=[question.pk]), {"variant": "999999"})

    question.refresh_from_db()
    assert question.decision == "waiting"


def test_a_buyer_sees_no_matching_and_decides_nothing(buyer, base, question):
    from django.urls import reverse

    assert buyer.get(base).status_code == 404
    answer = buyer.post(reverse("onec:match_decide", args=[question.pk]), {"variant": "new"})

    assert answer.status_code == 404
    question.refresh_from_db()
    assert question.decision == "waiting"


def sheet(*rows):
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    stream = BytesIO()
    workbook.save(stream)
    return SimpleUploadedFile("kontragenty.xlsx", stream.getvalue())


def test_a_list_is_shown_before_it_is_saved(manager, connection):
    from django.urls import reverse

    given = sheet(("Код", "Наименование", "ИНН"), ("1", "Ромашка ООО", "7707083893"))
    answer = manager.post(reverse("onec:upload", args=[connection.pk]), {"file": given})
    page = manager.get(answer.url)
    assert "Ромашка ООО" in page.content.decode()
    assert not LegalEntity.objects.exists()

    kept = CounterpartySheet.objects.get()
    manager.post(reverse("onec:sheet_confirm", args=[kept.pk]))

    assert LegalEntity.objects.get().name == "Ромашка ООО"
    assert not CounterpartySheet.objects.exists()


def test_a_list_that_is_no_spreadsheet_is_answered_in_words(manager, connection):
    from django.urls import reverse

    given = SimpleUploadedFile("list.xlsx", b"<html>")
    answer = manager.post(reverse("onec:upload", args=[connection.pk]), {"file": given})
    page = manager.get(answer.url).content.decode()

    assert "Таблица не открывается" in page
    assert not LegalEntity.objects.exists()


def test_a_buyer_cannot_give_lists(buyer, connection):
    from django.urls import reverse

    assert buyer.get(reverse("onec:upload", args=[connection.pk])).status_code == 404
