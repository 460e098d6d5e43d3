"""What the shop's staff and its other programs read of a wholesale order on the shop's own."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from b2b_overlay.ordering.notes import AGREED, TOLD
from onec_bridge.commerceml.reader import read
from onec_bridge.sync import apply_file, confirm_given, orders_to_give

from .carts import make

NEWS = """<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">
<Документ><Ид>{id}</Ид><Номер>{number}</Номер><ХозОперация>Заказ товара</ХозОперация>
<ЗначенияРеквизитов><ЗначениеРеквизита>
<Наименование>Номер по 1С</Наименование><Значение>ОПТ-77</Значение>
</ЗначениеРеквизита><ЗначениеРеквизита>
<Наименование>Статус заказа</Наименование><Значение>{status}</Значение>
</ЗначениеРеквизита></ЗначенияРеквизитов></Документ></КоммерческаяИнформация>"""


@pytest.fixture
def news(onec):
    """1C takes an order and answers."""

    def tell(order, status: str) -> None:
        content = NEWS.format(id=order.order_id, number=order.number, status=status)
        orders_to_give(onec, "s", 100)
        confirm_given(onec, "s")
        at = timezone.now()
        apply_file(onec, read(BytesIO(content.encode()), "o.xml"), file_name="o.xml", sent_at=at)

    return tell


def test_an_order_says_for_whom_it_is_and_when_it_is_due(order, stand, cast):
    placed = order(3)

    notes = stand.notes(placed.order_id)

    due = timezone.localdate(placed.placed_at) + timedelta(days=14)
    assert placed.contract.number in notes["b2b.contract"]  # in words, the buyer's
    assert notes == {
        "b2b.company": "Ромашка",
        "b2b.legal_entity": "ООО «Ромашка»",
        "b2b.legal_entity_inn": "7707083893",
        "b2b.contract": notes["b2b.contract"],
        "b2b.payment": "on_account",
        "b2b.payment_days": "14",
        "b2b.due_date": due.isoformat(),
    }
    assert set(notes) <= set(AGREED)


def test_it_says_what_1c_tells_of_it_and_keeps_what_others_noted(order, stand, shop, news):
    placed = order(3)
    before = stand.notes(placed.order_id)
    shop.orders.note({placed.order_id: {"courier": "Пётр", "gone": "x"}, "no id": {}})
    shop.orders.note({placed.order_id: {"gone": ""}})

    news(placed, "К обеспечению")
    news(placed, "Готов к отгрузке")

    assert stand.notes(placed.order_id) == {
        **before,
        "courier": "Пётр",
        "b2b.onec_number": "ОПТ-77",
        "b2b.onec_status": "Готов к отгрузке",
        "b2b.onec_stage": "ready",
    }
    assert not set(AGREED) & set(TOLD)


def test_a_retail_order_says_nothing_of_it(ask, cast, hose, stand, deliver):
    cart = make(ask, cast.customer, {hose: 1})["id"]
    deliver(cast.customer, cart)

    assert not [key for key in stand.notes(stand.sell(cart)) if key.startswith("b2b")]
