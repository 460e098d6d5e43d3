"""1C's news about an order come back in the form of the configuration that sends them."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from scripted_site import XML, Said, Site, order_xml, orders_xml

from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import Document, Problem
from onec_bridge.commerceml.writer import Encoding, write_orders
from onec_bridge.simulator import (
    BITRIX,
    DIALECTS,
    OLD,
    UNF,
    UT11,
    Client,
    Dialect,
    News,
    number_in_1c,
    reply,
)

NEWS = News(datetime(2026, 4, 7, 9, 5, 1), paid=True, shipped=True, status="К отгрузке")  # noqa: DTZ001 - 1C's clock


def documents(dialect: Dialect, news: News = NEWS) -> list[Document]:
    items = list(read(BytesIO(reply(orders_xml(order_xml()), news, dialect=dialect)), "reply.xml"))
    assert not [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Document)]


def requisites(document: Document) -> dict[str, str]:
    return {name: values[0] for name, values in document.requisites}


def test_ut11_answers_with_its_own_id_the_sites_number_and_news_in_requisites() -> None:
    (order,) = documents(UT11)

    assert order.id != "1"
    assert order.number == "B2B-17"
    assert len(order.lines) == 1
    assert requisites(order) == {
        "Номер по 1С": number_in_1c("B2B-17"),
        "Дата по 1С": "2026-04-07T9:05:01",
        "ПометкаУдаления": "false",
        "Проведен": "true",
        "Номер оплаты по 1С": "П" + number_in_1c("B2B-17")[1:],
        "Дата оплаты по 1С": "2026-04-07T9:05:01",
        "Номер отгрузки по 1С": "Р" + number_in_1c("B2B-17")[1:],
        "Дата отгрузки по 1С": "2026-04-07T9:05:01",
    }


def test_nothing_is_said_of_payment_and_shipment_until_they_happen() -> None:
    (order,) = documents(UNF, News(NEWS.at, cancelled=True, status="Отменен"))

    told = requisites(order)
    assert told["Отменен"] == "true"
    assert told["Статус заказа"] == "Отменен"
    assert not [name for name in told if "оплаты" in name or "отгрузки" in name]


def test_bitrix_keeps_the_sites_id_and_sends_payment_and_shipment_as_documents() -> None:
    order, payment, shipment = documents(BITRIX)

    assert (order.id, order.number, order.number_1c) == ("1", "B2B-17", number_in_1c("B2B-17"))
    assert (payment.operation, payment.parent_id) == ("Выплата безналичных денег", "1")
    assert (shipment.operation, shipment.parent_id) == ("Отпуск товара", "1")
    assert payment.total == order.total
    assert len(shipment.lines) == 1


def test_a_reply_travels_to_the_site_as_a_sale(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "orders-1.xml"
    file.write_bytes(reply(orders_xml(order_xml()), NEWS))

    run = Client(site.url, "1c", "x").send_documents(file)

    assert run.succeeded
    assert site.modes == ["checkauth", "init", "file", "import"]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_orders_of_our_own_writer_please_a_client_that_shares_nothing_with_it(
    site: Site, dialect: Dialect
) -> None:
    items = read(BytesIO(orders_xml(order_xml())), "orders.xml")
    orders = [item for item in items if isinstance(item, Document)]
    encoding: Encoding = "windows-1251" if dialect is OLD else "utf-8"
    body = b"".join(
        write_orders(
            orders, generated_at=NEWS.at, encoding=encoding, containers=dialect.loops_query
        )
    )
    said = Said(body, f"text/xml; charset={encoding}")
    site.says("query", said, Said(orders_xml(), XML))

    run = Client(site.url, "1c", "x", dialect=dialect).fetch_orders()

    assert len(orders) == 1
    assert run.orders[0] == body
    assert run.faults == ()
