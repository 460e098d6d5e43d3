"""Orders to 1C: the form that was agreed, and a confirmation of exactly what was given."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from onec_bridge import sync
from onec_bridge.commerceml.records import Document, DocumentLine
from onec_bridge.models import Connection, Session

from .conftest import last_entry


@pytest.fixture
def orders(monkeypatch):
    """What `sync` has to give: one order at the first query of a session, then none."""
    given: dict[str, int] = {}
    document = Document(
        id="o-1",
        number="1001",
        date=dt.date(2026, 11, 24),
        operation="Заказ товара",
        currency="руб.",
        total=Decimal("10.50"),
        comment="Ёлочка ≥ 2 м",
        lines=(DocumentLine(id="g-1", name="Лейка", price=Decimal("10.50")),),
    )

    def give(connection, session_id, limit):
        given[session_id] = given.get(session_id, 0) + 1
        return [document] if given[session_id] == 1 else []

    def confirm(connection, session_id):
        return 1 if given.pop(session_id, 0) else 0

    monkeypatch.setattr(sync, "orders_to_give", give)
    monkeypatch.setattr(sync, "confirm_given", confirm)
    return given


def test_without_a_version_documents_stand_right_under_the_root(onec, orders):
    onec.sign_in("sale")
    answered = onec.ask("sale", "query")

    assert answered.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert answered.content_type == "text/xml; charset=utf-8"
    assert "<Номер>1001</Номер>" in answered.text
    assert "<Контейнер>" not in answered.text
    assert last_entry().text == "заказов: 1"


@pytest.mark.parametrize(
    ("version", "setting", "contained"),
    [
        ("2.09", "auto", True),
        ("3.1", "auto", True),
        ("2.05", "auto", False),
        ("2.09", "no", False),
        ("", "yes", True),
    ],
)
def test_containers_follow_the_version_agreed_unless_the_connection_says(
    onec, orders, connection, version, setting, contained
):
    connection.containers = setting
    connection.save()
    onec.sign_in("sale")
    onec.ask("sale", "init", **({"version": version} if version else {}))

    assert ("<Контейнер>" in onec.ask("sale", "query").text) is contained


def test_the_loop_of_the_bitrix_module_ends_with_a_package_without_containers(onec, orders):
    onec.sign_in("sale")
    onec.ask("sale", "init", version="2.09")

    answers = [onec.ask("sale", "query").text for _ in range(3)]

    assert ["<Контейнер>" in answer for answer in answers] == [True, False, False]
    assert all("КоммерческаяИнформация" in answer for answer in answers)


def test_windows_1251_is_said_in_prolog_and_header_and_loses_no_character(onec, orders, connection):
    connection.encoding = "windows-1251"
    connection.save()
    onec.sign_in("sale")
    answered = onec.ask("sale", "query")

    assert answered.content_type.endswith("; charset=windows-1251")
    assert b'encoding="windows-1251"' in answered.body
    assert "Ёлочка &#8805; 2 м" in answered.body.decode("windows-1251")


def test_a_1c_7_7_gets_its_orders_in_attributes(onec, orders, connection):
    connection.orders_format = Connection.OrdersFormat.CML1
    connection.encoding = "windows-1251"
    connection.save()
    onec.sign_in("sale")
    text = onec.ask("sale", "query").body.decode("windows-1251")

    assert 'Номер="1001"' in text
    assert '<ТоварнаяПозиция Товар="g-1"' in text
    assert "Контейнер" not in text


def test_success_confirms_what_this_session_was_given_and_nothing_else(onec, orders):
    onec.sign_in("sale")
    onec.ask("sale", "query")
    first = Session.objects.get()
    onec.sign_in("sale")

    assert onec.ask("sale", "success").body == b"success"
    assert str(first.pk) in orders

    onec.ask("sale", "query")
    assert onec.ask("sale", "success").body == b"success"
    assert list(orders) == [str(first.pk)]
    assert onec.ask("sale", "success").body == b"success"


def test_an_error_while_orders_are_gathered_is_failure_and_not_an_empty_answer(
    onec, orders, monkeypatch
):
    monkeypatch.setattr(sync, "orders_to_give", lambda *args: 1 / 0)
    onec.sign_in("sale")

    assert onec.ask("sale", "query").word == "failure"
