"""in_practice.md, 44–61: orders there and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from practice import (
    RETAIL,
    article,
    catalogue,
    cml,
    document,
    found,
    offer,
    offers,
    price,
    price_type,
    product,
    requisites,
    text,
)

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import changed
from onec_bridge.models import OrderExport
from onec_bridge.simulator import BITRIX, OLD, UNF, UT11, News, reply, table
from sandbox import models

pytestmark = pytest.mark.long


def numbers(root: ElementTree.Element) -> list[str]:
    return [text(order, "Номер") for order in found(root, "Документ")]


def back(*documents: str, at: str = "") -> dict[str, str]:
    """Orders on their way from 1C, in a file formed at that time."""
    more = f' ДатаФормирования="{at}"' if at else ""
    return {"orders-1_1.xml": cml(*documents, more=more)}


def test_44_an_order_is_sent_until_1c_says_that_it_stored_it(shop, firm):
    order = firm.order()

    assert numbers(shop.orders()) == [order.number]
    assert numbers(shop.orders(confirm=True)) == [order.number]
    assert numbers(shop.orders()) == []


def test_45_an_order_born_between_query_and_success_is_sent_next_time(shop, firm):
    first = firm.order()
    base = shop.base()
    base.fetch_orders()
    second = firm.order()
    base.confirm()

    assert numbers(shop.orders()) == [second.number]
    assert OrderExport.objects.get(order=first).state == "confirmed"


def test_46_number_date_and_time_are_the_same_on_every_repeat(shop, firm, settings):
    firm.order()
    told = set()
    for zone in ("Europe/Moscow", "Europe/Moscow"):
        settings.TIME_ZONE = zone
        (order,) = found(shop.orders(), "Документ")
        told.add(tuple(text(order, name) for name in ("Номер", "Дата", "Время", "Ид")))

    assert len(told) == 1
    assert len(next(iter(told))[0]) <= 11


def test_47_one_bad_order_is_set_aside_and_the_others_go(shop, firm):
    bad, good = firm.order(), firm.order()
    WholesaleOrder.objects.filter(pk=bad.pk).update(total=bad.total + 1)

    assert numbers(shop.orders()) == [good.number]
    assert OrderExport.objects.get(order=bad).state == "held"


def test_48_every_line_has_an_id_a_name_and_a_unit_delivery_too(shop, firm):
    models.ShippingMethod.objects.update(price=Decimal("350"))
    order = firm.order()
    assert order.lines.count() == 2, "goods and delivery"

    lines = found(shop.orders(), "Товар")
    assert len(lines) == 2
    for line in lines:
        assert text(line, "Ид")
        assert text(line, "Наименование")
        assert line.find("БазоваяЕдиница") is not None
    assert text(lines[-1], "Ид") == "ORDER_DELIVERY"


def test_49_goods_that_1c_does_not_know_are_never_sent_to_it(shop, firm):
    own = models.Product.objects.create(name="Своё")
    variant = models.Variant.objects.create(product=own, sku="OWN-1")
    channel = models.Channel.objects.get()
    models.Listing.objects.create(variant=variant, channel=channel, price=100)
    warehouse = models.Warehouse.objects.first()
    models.Stock.objects.create(variant=variant, warehouse=warehouse, quantity=9)
    order = firm.order({variant: 1})

    assert numbers(shop.orders()) == []
    assert OrderExport.objects.get(order=order).problems[0]["code"] == "order_line_without_id"


def test_50_a_characteristic_is_named_in_the_order(shop, firm):
    attribute = (
        "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Длина</Наименование>"
        "<Значение>25 м</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
        "<Количество>9</Количество>"
    )
    prices = (price("retail", "9"), price("dealer", "8"))
    row = offer(*prices, ident="p2#c25", inside=attribute, name="Лента (25 м)")
    goods = catalogue(product("p2", "Лента", article("ЛН-2")))
    shop.send({"import0_1.xml": cml(goods), "offers0_1.xml": cml(offers(row))})
    firm.order({models.Variant.objects.get(external_reference="p2#c25"): 1})

    (line,) = found(shop.orders(), "Товар")
    assert text(line, "Ид") == "p2#c25"
    assert text(line, "ХарактеристикиТовара/ХарактеристикаТовара/Значение") == "25 м"


def test_51_orders_stand_in_a_container_where_that_was_agreed_and_nowhere_else(shop, firm):
    firm.order()

    assert found(shop.orders(BITRIX), "Контейнер")
    assert not found(shop.orders(UT11), "Контейнер")
    shop.connection.containers = "no"
    shop.connection.save()
    forced = shop.base(BITRIX).fetch_orders().steps[-1].answer.body
    assert not found(ElementTree.fromstring(forced), "Контейнер")


def test_52_a_1c_that_asks_until_there_is_nothing_comes_to_an_end(shop, firm):
    for _ in range(3):
        firm.order()
    shop.connection.order_batch = 1
    shop.connection.save()

    run = shop.base(BITRIX, rounds=10).fetch_orders()
    assert run.succeeded, table(run.steps)
    assert [len(found(ElementTree.fromstring(b), "Контейнер")) for b in run.orders] == [1, 1, 1, 0]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_53_cyrillic_reaches_1c_in_the_encoding_it_expects(shop, firm, encoding):
    shop.connection.encoding = encoding
    shop.connection.save()
    firm.order()

    run = shop.base(OLD if encoding == "windows-1251" else UT11).fetch_orders()
    assert not run.faults, table(run.steps)
    answer = run.steps[-1].answer
    assert answer.content_type.endswith(f"charset={encoding}")
    assert f'encoding="{encoding}"'.encode() in answer.body.lower()
    assert "Ромашка ООО" in answer.body.decode(encoding)


def test_54_statuses_come_back_and_never_jump_back(shop, firm):
    order = firm.order()
    shop.send(back(document(order.number, ("Статус заказа", "Отгружен")), at="2026-11-25T12:00:00"))
    shop.send(back(document(order.number, ("Статус заказа", "Новый")), at="2026-11-25T11:00:00"))
    shop.send(back(document(order.number), at="2026-11-25T13:00:00"))

    order.refresh_from_db()
    assert order.onec_status == "Отгружен"
    assert "older_news" in shop.codes()


def test_55_an_order_is_known_by_the_shops_number_whatever_id_1c_gives_it(shop, firm):
    order = firm.order()
    for ident in ("deadbeef-0000-4000-8000-00000000000f", order.order_id):
        shop.send(back(document(order.number, ("Номер по 1С", "УТ-7"), ident=ident)))

    order.refresh_from_db()
    assert order.onec_number == "УТ-7"


def test_55_without_a_number_it_is_known_by_the_id(shop, firm):
    order = firm.order()
    shop.send(back(document("", ("Номер по 1С", "УТ-8"), ident=order.order_id)))

    order.refresh_from_db()
    assert order.onec_number == "УТ-8"


def test_56_phone_and_mail_reach_1c_under_the_names_it_knows(shop, firm):
    firm.entity.phone, firm.entity.email = "+7 495 000-00-00", "zakaz@romashka.example"
    firm.entity.save()
    firm.order()

    for dialect in (UT11, UNF, BITRIX):
        contacts = {
            text(each, "Тип").replace(" ", ""): text(each, "Значение")
            for each in found(shop.orders(dialect), "Контакт")
        }
        assert contacts["ТелефонРабочий"] == "+7 495 000-00-00"
        assert contacts["Почта"] == "zakaz@romashka.example"


def test_57_the_sum_is_the_sum_of_the_lines_to_the_kopeck(shop, firm):
    models.ShippingMethod.objects.update(price=Decimal("0.07"))
    shop.send({"offers0_1.xml": cml(offers(offer(price("dealer", "33.33"))))})
    firm.order({models.Variant.objects.get(): 7})

    (order,) = found(shop.orders(), "Документ")
    lines = found(order, "Товар")
    assert Decimal(text(order, "Сумма")) == sum(Decimal(text(line, "Сумма")) for line in lines)
    for line in lines:
        product_ = Decimal(text(line, "ЦенаЗаЕдиницу")) * Decimal(text(line, "Количество"))
        assert product_ == Decimal(text(line, "Сумма"))
        assert line.find("Скидки") is None, "a discount is in the price, once"


def test_58_a_change_after_1c_took_the_order_is_shown_to_the_manager(shop, firm, admin_browser):
    order = firm.order()
    shop.orders(confirm=True)
    shop.send(back(document(order.number, ("Номер по 1С", "УТ-7")), at="2026-01-02T08:00:00"))
    pages = f"/onec/journal/connections/{shop.connection.pk}/orders/"
    assert "changed-late" not in admin_browser.get(pages).content.decode()

    order.comment = "Привезите раньше"
    order.save(update_fields=["comment"])
    changed(order)
    assert "changed-late" in admin_browser.get(pages).content.decode()
    shop.orders(confirm=True)
    assert order.number in admin_browser.get(pages).content.decode(), "1C may have skipped it"

    shop.send(back(document(order.number), at="2099-01-02T08:00:00"))
    assert "changed-late" not in admin_browser.get(pages).content.decode()


def test_59_an_order_edited_in_1c_is_shown_beside_the_buyers_own(shop, firm, admin_browser):
    order = firm.order()
    edited = (
        "<Сумма>800.00</Сумма><Товары><Товар><Ид>p1</Ид><Наименование>Шланг</Наименование>"
        "<ЦенаЗаЕдиницу>800</ЦенаЗаЕдиницу><Количество>1</Количество><Сумма>800</Сумма></Товар>"
        "</Товары>"
    )
    shop.send(back(document(order.number, inside=edited)))

    before = order.total
    order.refresh_from_db()
    assert (order.total, order.onec_total) == (before, Decimal(800))
    assert "order_sum_differs" in shop.codes()
    page = admin_browser.get(f"/desk/orders/{order.order_id}/").content.decode()
    assert "800" in page


def test_60_an_order_has_the_date_of_the_sellers_clock(shop, firm, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    order = firm.order()
    late = dt.datetime(2026, 4, 6, 21, 30, 15, tzinfo=dt.UTC)
    WholesaleOrder.objects.filter(pk=order.pk).update(placed_at=late)

    (told,) = found(shop.orders(), "Документ")
    assert (text(told, "Дата"), text(told, "Время")) == ("2026-04-07", "00:30:15")


def test_60_an_hour_of_one_digit_is_read(shop, firm):
    order = firm.order()
    rows = (("Номер отгрузки по 1С", "РН-1"), ("Дата отгрузки по 1С", "2014-12-12T9:51:39"))
    shop.send(back(document(order.number, *rows)))

    order.refresh_from_db()
    assert order.shipped_at == dt.date(2014, 12, 12)


def test_61_the_orders_currency_goes_as_1c_spells_it(shop, firm):
    firm.order()
    (told,) = found(shop.orders(), "Документ")
    assert text(told, "Валюта") == "руб."

    shop.send(
        {"offers0_1.xml": cml(offers(types=RETAIL + price_type("dealer", "Дилерская", "RUR")))}
    )
    (told,) = found(shop.orders(), "Документ")
    assert text(told, "Валюта") in ("руб.", "RUR")


def test_61_an_answer_of_1c_made_of_our_own_orders_is_taken(shop, firm, tmp_path):
    """The whole way of ut11, unf and the module: out, stored, and back with news."""
    order = firm.order()
    for dialect in (UT11, UNF, BITRIX):
        run = shop.base(dialect).fetch_orders()
        news = News(
            dt.datetime(2026, 11, 27, 9, 5, tzinfo=dt.UTC), paid=True, shipped=True, status="Готов"
        )
        file = tmp_path / f"orders-{dialect.name}_1.xml"
        file.write_bytes(reply(run.orders[0], news, dialect=dialect))
        sent = shop.base(dialect).send_documents(file)
        assert sent.succeeded, table(sent.steps)
    order.refresh_from_db()
    assert order.paid_at
    assert order.shipped_at
    assert requisites(found(shop.orders(), "Документ")[0])["Отменен"] == "false"
