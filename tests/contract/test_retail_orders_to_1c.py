"""Orders of private persons go to 1C too, where its connection asks for them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from b2b_overlay.ordering import orders
from b2b_overlay.ordering.models import WholesaleOrder
from onec_bridge.commerceml.reader import read
from onec_bridge.models import Connection, Link, RetailExport
from onec_bridge.sync import apply_file, confirm_given, orders_to_give

from .carts import make


@pytest.fixture
def onec(hose):
    """A 1C base that knows the hose and wants retail orders."""
    since = timezone.now()
    base = Connection.objects.create(
        name="УТ 11", login="1c-here", password="!", retail_orders=True, retail_since=since
    )
    for kind in ("product", "offer"):
        Link.objects.create(
            connection=base,
            kind=kind,
            external_id="hose",
            local_id=str(hose),
            parent_id="hose" if kind == "offer" else "",
            data={"told": {"name": "Шланг"}},
        )
    return base


@pytest.fixture
def bought(ask, hose, deliver, stand):
    """A retail customer has bought so many hoses, and paid for them."""

    def order(by, quantity: int = 2) -> str:
        cart = make(ask, by, {hose: quantity})
        deliver(by, cart["id"])
        return stand.sell(cart["id"])

    return order


def given(onec, session="s"):
    return orders_to_give(onec, session, 100)


def test_a_retail_order_goes_with_its_buyer_as_a_person(cast, onec, bought, shop):
    order_id = bought(cast.customer)

    (document,) = given(onec)

    placed = shop.orders.get([order_id])[order_id]
    assert (document.id, document.number) == (order_id, placed.number)
    assert document.total == placed.total.amount
    assert [(line.id, line.quantity) for line in document.lines][:1] == [("hose", 2)]
    (buyer,) = document.counterparties
    assert buyer.id == f"b2b-user-{cast.customer.pk}"
    assert buyer.official_name is None
    assert buyer.full_name == placed.name == "Анна Лютикова"
    assert ("Почта", cast.customer.email) in [each[:2] for each in buyer.contacts]


def test_two_customers_are_two_counterparties(cast, onec, bought, stand):
    bought(cast.customer)
    bought(stand.user("other@buyers.example"))

    first, second = given(onec)

    assert first.counterparties[0].id != second.counterparties[0].id


def test_it_comes_again_until_1c_has_stored_it(cast, onec, bought):
    bought(cast.customer)
    first = given(onec, "s1")

    assert given(onec, "s1") == []
    assert given(onec, "s2") == first
    assert confirm_given(onec, "s2") == 1
    assert given(onec, "s3") == []


def test_without_the_setting_none_goes(cast, onec, bought):
    bought(cast.customer)
    onec.retail_orders = False

    assert given(onec) == []
    assert not RetailExport.objects.exists()


def test_orders_from_before_it_was_switched_on_stay_here(cast, onec, bought):
    bought(cast.customer)
    onec.retail_since = timezone.now() + timedelta(seconds=1)

    assert given(onec) == []


def test_a_wholesale_order_goes_once_as_such(cast, onec, bought, hose, shop, stand):
    cart = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: 3})
    orders.place(shop, cast.buyer, cart, cast.first.pk)
    bought(cast.customer)

    documents = given(onec)

    assert len(documents) == 2
    assert documents[0].number == WholesaleOrder.objects.get().number
    assert RetailExport.objects.count() == 1


def test_one_cancelled_before_1c_knew_never_goes(cast, onec, bought, stand):
    stand.cancel(bought(cast.customer))

    assert given(onec) == []


def test_one_cancelled_since_goes_once_more_cancelled(cast, onec, bought, stand):
    order_id = bought(cast.customer)
    given(onec, "s1")
    confirm_given(onec, "s1")

    stand.cancel(order_id)

    (document,) = given(onec, "s2")
    assert ("Отменен", ("true",)) in [tuple(each) for each in document.requisites]
    confirm_given(onec, "s2")
    assert given(onec, "s3") == []


def test_news_of_a_retail_order_are_no_mistake(cast, onec, bought, shop):
    order_id = bought(cast.customer)
    given(onec)
    confirm_given(onec, "s")
    number = shop.orders.get([order_id])[order_id].number
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">'
        f"<Документ><Ид>x</Ид><Номер>{number}</Номер><Дата>2026-04-07</Дата>"
        "<ХозОперация>Заказ товара</ХозОперация><ЗначенияРеквизитов><ЗначениеРеквизита>"
        "<Наименование>Номер по 1С</Наименование><Значение>УТ-9</Значение>"
        "</ЗначениеРеквизита></ЗначенияРеквизитов></Документ></КоммерческаяИнформация>"
    )

    progress = apply_file(onec, read(BytesIO(text.encode()), "o.xml"), file_name="o.xml")

    assert progress.problems == []
    assert RetailExport.objects.get().onec_number == "УТ-9"


def test_the_desk_sees_which_wait_without_giving_them_away(cast, onec, bought):
    from onec_bridge.sync.retail_out import ready_retail, waiting_retail

    bought(cast.customer)

    ((export, placed, (document,), problems),) = waiting_retail(onec)

    assert (export.state, problems) == ("waiting", [])
    assert document.number == placed.number
    assert ready_retail(onec) == [document]
    assert given(onec) == [document]
