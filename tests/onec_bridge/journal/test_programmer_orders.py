"""1C's programmer sees the orders that wait for him as his 1C would get them, and nobody's else."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.pricing.models import Price, PriceList
from b2b_overlay.terms.models import Contract
from onec_bridge.journal.programmer.access import give_access
from onec_bridge.models import Connection, Link, OrderExport
from sandbox import models
from tests.onec_bridge.exchange.conftest import LOGIN, PASSWORD, OneC, basic
from tests.onec_bridge.sync.test_order_documents import HOSE, HOSE_25, order


@pytest.fixture
def connection(db):
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    made = Connection(name="УТ 11", login=LOGIN)
    made.set_password(PASSWORD)
    made.save()
    return made


@pytest.fixture
def placed(connection):
    """Two orders: of goods that 1C knows, and one held, since it knows them not."""
    entity = LegalEntity.objects.create(
        name="Ромашка ООО", inn="7707083893", company=Company.objects.create(name="Ромашка")
    )
    Contract.objects.create(legal_entity=entity, number="17")
    for kind, ident, local in (("product", HOSE, "1"), ("offer", HOSE_25, "41")):
        Link.objects.create(
            connection=connection, kind=kind, external_id=ident, local_id=local, parent_id=HOSE
        )
    return order(entity), order(entity, "1002", lines=((42, 1, "5.00", 1),))


@pytest.fixture
def programmer(connection):
    access, password = give_access(connection)
    client = Client()
    client.post(f"/onec/1c/{access.token}/", {"password": password})
    return lambda page: client.get(f"/onec/1c/{access.token}/{page}").content.decode()


def without_secrets(text: str) -> str:
    """Without the random hex of addresses and forms, in which any digits may stand."""
    return re.sub(r"[0-9a-f]{32,}", "", text)


def timeless(xml: str) -> str:
    return re.sub(r'(ДатаФормирования|ВремяФормирования)="[^"]*"', "", xml)


def test_the_orders_are_the_very_xml_that_1c_gets_and_looking_gives_nothing(
    programmer, placed, connection
):
    page, file = programmer("orders/"), programmer("orders.xml")
    assert not OrderExport.objects.exclude(given_at=None).exists()
    onec = OneC(basic(LOGIN, PASSWORD), path=f"/onec/exchange/{connection.token}/")
    onec.sign_in("sale")

    got = onec.ask("sale", "query")

    assert "<Номер>1001</Номер>" in got.text
    assert timeless(file) == timeless(got.text)
    assert "&lt;Номер&gt;1001&lt;/Номер&gt;" in page
    assert "№ 1002" in page  # Held, with why.


def test_prices_customers_and_goods_of_the_shop_are_nowhere(programmer, placed):
    stranger = Company.objects.create(name="Чужая компания")
    LegalEntity.objects.create(name="Чужое юрлицо", inn="7702235133", company=stranger)
    secret = PriceList.objects.create(name="Секретный тип цен")
    Price.objects.create(price_list=secret, variant_id=41, amount="7777.77")

    pages = ("", "problems/", "diagnosis/", "check/", "orders/", "orders.xml", "set-up/")
    text = without_secrets("".join(map(programmer, pages)))

    for hidden in ("Чуж", "7702235133", "Секретный", "7777", "Садовник"):
        assert hidden not in text


def test_the_sales_desk_sees_on_an_order_how_far_it_has_come_and_what_holds_it(placed, connection):
    models.User.objects.create_user("manager@example.org", PASSWORD, is_staff=True)
    desk = Client(headers={"Accept-Language": "ru"})
    desk.post("/sign-in/", {"email": "manager@example.org", "password": PASSWORD})
    onec = OneC(basic(LOGIN, PASSWORD), path=f"/onec/exchange/{connection.token}/")
    onec.sign_in("sale")
    onec.ask("sale", "query")

    given, held = (desk.get(f"/desk/orders/{each.order_id}/").content.decode() for each in placed)

    assert "УТ 11" in given
    assert "передан, не подтверждён" in given
    assert "задержан: нужен человек" in held
    assert re.search(r'class="badge bad">[^<]*</span>.*<div class="small">[^<]+ [^<]+</div>', held)
