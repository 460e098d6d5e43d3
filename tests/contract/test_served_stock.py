"""Which warehouses serve an order, and what the shop sells beside 1C's free stock."""

from __future__ import annotations

from io import BytesIO

from django.utils import timezone

from b2b_overlay.shop import Served, StockLevel, WarehouseDraft
from onec_bridge.commerceml.reader import read
from onec_bridge.models import Connection, OrderExport
from onec_bridge.sync import apply_file, confirm_given, orders_to_give

RESTS = (
    '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">'
    '<ПакетПредложений СодержитТолькоИзменения="true"><Предложения><Предложение>'
    '<Ид>hose</Ид><Склад ИдСклада="main" КоличествоНаСкладе="{}"/>'
    "</Предложение></Предложения></ПакетПредложений></КоммерческаяИнформация>"
)


def tell(onec: Connection, free: int) -> None:
    """1C sends its stock, in a session that begins now."""
    content = BytesIO(RESTS.format(free).encode())
    apply_file(onec, read(content, "rests.xml"), file_name="rests.xml", sent_at=timezone.now())


def store(onec: Connection) -> None:
    """1C takes the orders and stores them."""
    orders_to_give(onec, "s", 100)
    confirm_given(onec, "s")


def free(stand, variant_id: int) -> int:
    return stand.shop.catalogue.variants([variant_id], stand.channel)[variant_id].available


def test_an_order_says_which_warehouse_serves_it(order, hose, shop, stand):
    placed = order(3)

    assert shop.orders.served([placed.order_id, "no id"]) == [
        Served(placed.order_id, hose, stand.warehouse, reserved=3)
    ]

    stand.ship(placed.order_id)

    (after,) = [each for each in shop.orders.served([placed.order_id]) if each.shipped]
    assert (after.reserved, after.shipped, after.warehouse_id) == (0, 3, stand.warehouse)


def test_an_order_may_be_served_by_two_warehouses(order, hose, shop, stand):
    draft = WarehouseDraft("far", None, "Дальний")
    far = shop.writer.save_warehouses([draft], stand.channel)["far"]
    levels = [StockLevel(hose, stand.warehouse, 2), StockLevel(hose, far, 5)]
    shop.writer.save_stock(levels)

    placed = order(6)

    served = {each.warehouse_id: each.reserved for each in shop.orders.served([placed.order_id])}
    assert set(served) == {stand.warehouse, far}
    assert sum(served.values()) == 6
    assert {far, stand.warehouse} <= {each.id for each in shop.catalogue.warehouses()}


def test_what_open_orders_hold_is_known_by_variant(order, hose, shop, stand):
    from django.db import transaction

    first, second = order(3), order(4)

    with transaction.atomic():
        held = {each.order_id: each.reserved for each in shop.writer.reserved([hose])}
        assert held == {first.order_id: 3, second.order_id: 4}
    stand.ship(first.order_id)
    stand.cancel(second.order_id)
    with transaction.atomic():
        assert shop.writer.reserved([hose]) == []


def test_an_order_that_1c_reserves_is_not_taken_off_twice(order, hose, onec, stand):
    tell(onec, 10)
    order(3)
    assert free(stand, hose) == 7

    store(onec)  # 1C reserves three: its free stock is seven
    tell(onec, 7)

    assert free(stand, hose) == 7


def test_the_same_number_told_again_counts_an_order_that_1c_knows_by_now(order, hose, onec, stand):
    tell(onec, 10)
    order(3)
    store(onec)

    tell(onec, 10)

    assert free(stand, hose) == 10


def test_an_order_that_1c_doesnt_know_yet_stays_promised(order, hose, onec, stand):
    order(3)

    tell(onec, 10)  # as if nobody had ordered

    assert free(stand, hose) == 7


def test_an_order_confirmed_after_the_file_was_made_isnt_in_it(order, hose, onec, stand):
    order(3)
    begun = timezone.now()
    store(onec)

    content = BytesIO(RESTS.format(10).encode())
    apply_file(onec, read(content, "rests.xml"), file_name="rests.xml", sent_at=begun)

    assert free(stand, hose) == 7


def test_goods_sent_off_before_1c_knows_arent_sold_again(order, hose, onec, stand):
    placed = order(3)
    stand.ship(placed.order_id)

    tell(onec, 10)
    assert free(stand, hose) == 7

    store(onec)
    tell(onec, 7)
    assert free(stand, hose) == 7


def test_sending_off_what_1c_reserves_changes_nothing(order, hose, onec, stand):
    placed = order(3)
    store(onec)
    tell(onec, 7)
    stand.ship(placed.order_id)
    assert free(stand, hose) == 7

    tell(onec, 7)

    assert free(stand, hose) == 7


def test_where_1c_tells_all_that_lies_there_only_shipments_count(order, hose, onec, stand):
    Connection.objects.update(stock_is="on_hand")
    onec.refresh_from_db()
    order(3)
    store(onec)
    tell(onec, 10)
    assert free(stand, hose) == 7

    OrderExport.objects.update(shipped_told_at=timezone.now())
    tell(onec, 7)

    assert free(stand, hose) == 7


def test_where_1c_reserves_nothing_its_free_stock_is_all_that_lies_there(order, hose, onec, stand):
    Connection.objects.update(reserves="never")
    onec.refresh_from_db()
    order(3)
    store(onec)

    tell(onec, 10)

    assert free(stand, hose) == 7
