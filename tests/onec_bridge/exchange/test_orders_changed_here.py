"""The shop's staff change or cancel an order that 1C has stored: it goes there again, by the same
number, in the same documents; the buyer and the desk see what became of what was ordered."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from b2b_overlay.ordering import corrections, orders
from b2b_overlay.ordering.models import OrderPart, WholesaleOrder
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import get_shop
from onec_bridge.models import Connection
from sandbox import models


@pytest.fixture
def order(know, cast) -> WholesaleOrder:
    """Ten hoses at 1 500.50 and twelve boards at 400/6 «без НДС», all of which this 1C knows."""
    for name in ("hose", "boards", "bath"):
        know(name, getattr(cast, name))
    VariantFacts.objects.filter(pk=cast.boards.pk).update(vat_rate=None, vat_exempt=True)
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    VariantFacts.objects.filter(pk=cast.hose.pk).update(vat_rate=22)
    goods = {cast.hose.pk: 10, cast.boards.pk: 12}
    cart = shop.checkouts.set_quantities(cast.olga.pk, channel, goods)
    return orders.place(shop, cast.olga, cart, cast.ooo.pk)


def edit(order, quantities) -> None:
    """The staff change the shop's own order; the hook that speaks of it never runs."""
    row = models.Order.objects.get(pk=order.order_id)
    for variant, quantity in quantities.items():
        line = row.lines.filter(variant=variant).first() or models.OrderLine(
            order=row, position=9, variant=variant, product_name="Ванна", unit_price=3200
        )
        line.quantity, line.total = quantity, quantity * line.unit_price
        line.save() if quantity else line.delete()
    row.total = sum((line.total for line in row.lines.all()), row.shipping_price)
    row.save()


def sale(onec) -> dict[str, str]:
    """What 1C is given and stores, each document by its number."""
    onec.sign_in("sale")
    text = onec.ask("sale", "query").text
    onec.ask("sale", "success")
    found = re.findall(r"<Документ>.*?</Документ>", text, re.DOTALL)
    return {re.search("<Номер>(.*?)</Номер>", each)[1]: each for each in found}


def goods(document: str) -> dict[str, tuple[str, str]]:
    """Quantity and sum by Ид."""
    lines = re.findall(r"<Товар>.*?</Товар>", document, re.DOTALL)
    pattern = r"<Ид>(.*?)</Ид>.*<Количество>(.*?)</Количество>\s*<Сумма>(.*?)</Сумма>"
    found = [re.search(pattern, line, re.DOTALL) for line in lines]
    return {each[1]: (each[2], each[3]) for each in found}


def is_cancelled(document: str) -> bool:
    pattern = r"<Наименование>Отменен</Наименование>\s*<Значение>true</Значение>"
    return bool(re.search(pattern, document))


def test_a_cancelled_order_is_sent_cancelled_once(order, onec, cast, sign_in):
    before = sale(onec)[order.number]
    models.Order.objects.update(status="CANCELED")

    (after,) = sale(onec).values()

    assert is_cancelled(after)
    assert not is_cancelled(before)
    assert goods(after) == goods(before)
    assert "Отменён на сайте" in after
    assert sale(onec) == {}
    for client, page in ((cast.olga, "orders"), (cast.manager, "desk/orders")):
        text = sign_in(client).get(f"/{page}/{order.order_id}/").content.decode()
        assert 'id="cancelled"' in text


def test_1c_that_hasnt_heard_doesnt_bring_a_cancelled_order_back(order, onec, deliver):
    sale(onec)
    models.Order.objects.update(status="CANCELED")
    sale(onec)

    deliver(
        f"<Документ><Ид>1c</Ид><Номер>{order.number}</Номер><ХозОперация>Заказ товара"
        "</ХозОперация><ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Отменен"
        "</Наименование><Значение>false</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
        "</Документ>"
    )

    order.refresh_from_db()
    assert order.is_cancelled


def test_an_edited_order_goes_again_and_shows_what_was_ordered(order, onec, cast, sign_in):
    sale(onec)
    edit(order, {cast.hose: 4, cast.boards: 0, cast.bath: 1})

    document = sale(onec)[order.number]

    assert goods(document) == {"hose": ("4", "6002.00"), "bath": ("1", "3200.00")}
    for user, page in ((cast.olga, "orders"), (cast.manager, "desk/orders")):
        text = sign_in(user).get(f"/{page}/{order.order_id}/").content.decode()
        became = text.partition('id="edits"')[2].partition("</section>")[0]
        assert all(name in became for name in ("Шланг", "Доска", "Ванна"))


def test_goods_that_the_shop_deletes_are_no_change_of_the_order(order, onec, cast):
    before = sale(onec)
    models.OrderLine.objects.filter(variant=cast.boards).update(variant=None)

    assert sale(onec) == {}

    edit(order, {cast.hose: 9})
    (after,) = sale(onec).values()
    assert goods(after)["boards"] == goods(before[order.number])["boards"]


def test_the_documents_of_a_split_order_follow_its_change(order, onec, cast, connection):
    """By VAT: hoses apart from boards «без НДС»; then no boards any more, and a bath of 10 %."""
    Connection.objects.update(split_by_vat="rate")
    VariantFacts.objects.filter(pk=cast.bath.pk).update(vat_rate=10)
    first = sale(onec)
    number = order.number
    assert list(first) == [f"{number}-1", f"{number}-2"]

    edit(order, {cast.hose: 6, cast.boards: 0, cast.bath: 2})
    again = sale(onec)

    assert list(again) == [f"{number}-1", f"{number}-2", f"{number}-3"]
    assert goods(again[f"{number}-1"]) == {"hose": ("6", "9003.00")}
    assert is_cancelled(again[f"{number}-2"])
    assert not is_cancelled(again[f"{number}-3"])
    assert goods(again[f"{number}-3"]) == {"bath": ("2", "6400.00")}
    order.refresh_from_db()
    assert order.total == sum(part.total for part in order.parts.all()) == Decimal("15403.00")
    assert sale(onec) == {}


def test_taking_1c_s_side_of_one_document_leaves_the_other_alone(
    order, onec, cast, sign_in, deliver
):
    Connection.objects.update(split_by_vat="mode")
    first = sale(onec)
    number = order.number
    deliver(
        f"<Документ><Ид>1c</Ид><Номер>{number}-1</Номер><ХозОперация>Заказ товара</ХозОперация>"
        "<Товары><Товар><Ид>hose</Ид><Наименование>Шланг</Наименование><Количество>7"
        "</Количество><Сумма>10503.50</Сумма></Товар></Товары></Документ>"
    )
    row = order.corrections.get()
    manager = sign_in(cast.manager)
    assert f"{number}-1" in manager.get(f"/desk/orders/{order.order_id}/").content.decode()

    manager.post(f"/desk/differences/orders/{row.pk}/", {"take": "theirs"})

    order.refresh_from_db()
    boards = order.lines.get(variant_id=cast.boards.pk)
    assert order.total == Decimal("10503.50") + boards.total
    assert [part.total for part in order.parts.all()] == [Decimal("10503.50"), boards.total]
    assert (boards.quantity, boards.coefficient, boards.unit) == (12, 6, "уп")
    assert not corrections.waiting().exists()
    again = sale(onec)
    assert goods(again[f"{number}-1"]) == {"hose": ("7", "10503.50")}
    assert goods(again[f"{number}-2"]) == goods(first[f"{number}-2"])
    assert OrderPart.objects.count() == 2
