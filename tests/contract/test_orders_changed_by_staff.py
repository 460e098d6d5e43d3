"""The shop's staff change a wholesale order after it was placed: the overlay's follows, the buyer
sees what became of his, and 1C gets it again by the same number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from b2b_overlay.ordering import corrections, orders
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.rewriting import Told, changed_since_placed
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.models import Price, VariantFacts
from onec_bridge.models import Connection, Link
from onec_bridge.sync import confirm_given, orders_to_give


@pytest.fixture
def tap(stand) -> int:
    _product, variant_id = stand.good("К-1", "100.00", name="Кран")
    VariantFacts.objects.create(variant_id=variant_id, vat_rate=20, article="КР-1", unit="шт")
    return variant_id


@pytest.fixture
def onec(hose, tap) -> Connection:
    """A 1C base that knows the goods."""
    base = Connection.objects.create(name="УТ 11", login="1c-here", password="!", channel="ru")
    for external_id, variant in (("hose", hose), ("tap", tap)):
        Link.objects.create(
            connection=base,
            kind="offer",
            external_id=external_id,
            parent_id=external_id,
            local_id=str(variant),
        )
    return base


@pytest.fixture
def order(cast, hose, shop, stand, onec) -> WholesaleOrder:
    """Three hoses at 61.23."""
    stand.unconfirmed()
    cart = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: 3})
    return orders.place(shop, cast.buyer, cart, cast.first.pk)


def exchange(onec: Connection, session: str) -> list:
    """1C takes what waits and stores it."""
    given = orders_to_give(onec, session, 10)
    confirm_given(onec, session)
    return given


def said(document) -> dict[str, str]:
    return {name: values[0] for name, values in document.requisites}


def goods(order: WholesaleOrder) -> list[tuple[int | None, int, Decimal]]:
    return [(line.variant_id, line.quantity, line.total) for line in order.lines.all() if line.sku]


def test_goods_added_and_changed_by_the_staff_are_the_orders(order, hose, tap, shop, stand, onec):
    (first,) = exchange(onec, "1")
    delivery = order.total - Decimal("183.69")

    stand.edit(order.order_id, {hose: 5, tap: 2})

    order.refresh_from_db()
    assert goods(order) == [(hose, 5, Decimal("306.15")), (tap, 2, Decimal("200.00"))]
    assert order.total == shop.orders.get([order.order_id])[order.order_id].total.amount
    assert order.total == Decimal("506.15") + delivery
    new = order.lines.get(variant_id=tap)
    assert (new.article, new.vat_rate, new.vat) == ("КР-1", 20, Decimal("33.33"))
    changed = {each.name: (each.ordered, each.told) for each in changed_since_placed(order)}
    assert list(changed.values()) == [(3, 5), (None, 2)]

    (again,) = exchange(onec, "2")
    assert (again.id, again.number, again.date) == (first.id, first.number, first.date)
    assert [(line.id, line.quantity) for line in again.lines if line.article] == [
        ("hose", 5),
        ("tap", 2),
    ]
    assert exchange(onec, "3") == []


def test_goods_added_by_the_staff_are_at_the_contracts_price_and_the_others_as_agreed(
    order, hose, tap, shop, stand, cast
):
    """The buyer's list has become dearer since he ordered."""
    cast.price(cast.first, tap, "80.00")
    Price.objects.filter(price_list=cast.lists[cast.first.pk], variant_id=hose).update(amount=99)

    stand.edit(order.order_id, {tap: 2, hose: 4})

    order.refresh_from_db()
    assert goods(order) == [(hose, 4, Decimal("244.92")), (tap, 2, Decimal("160.00"))]
    assert order.total == shop.orders.get([order.order_id])[order.order_id].total.amount


def test_of_a_company_that_was_switched_off_what_is_added_is_at_retail(
    order, hose, tap, shop, stand, cast
):
    cast.price(cast.first, tap, "80.00")
    switch(shop, cast.manager, cast.company, on=False)

    stand.edit(order.order_id, {tap: 1})

    order.refresh_from_db()
    assert goods(order) == [(hose, 3, Decimal("183.69")), (tap, 1, Decimal("100.00"))]


def test_what_the_staff_add_over_the_credit_limit_is_said_on_both_orders(order, hose, stand, cast):
    cast.first.contracts.update(credit_limit=order.total + 70)

    stand.edit(order.order_id, {hose: 4})
    order.refresh_from_db()
    assert order.not_authorised == 0
    assert "b2b.not_authorised" not in stand.notes(order.order_id)

    stand.edit(order.order_id, {hose: 6})
    order.refresh_from_db()
    assert order.not_authorised == 3 * Decimal("61.23") - 70
    assert stand.notes(order.order_id)["b2b.not_authorised"] == str(order.not_authorised)

    stand.edit(order.order_id, {hose: 2})
    order.refresh_from_db()
    assert order.not_authorised == 0
    assert "b2b.not_authorised" not in stand.notes(order.order_id)


def test_goods_taken_out_by_the_staff_leave_the_order(order, hose, tap, shop, stand, onec):
    stand.edit(order.order_id, {tap: 1})
    stand.edit(order.order_id, {hose: 0})

    order.refresh_from_db()
    assert goods(order) == [(tap, 1, Decimal("100.00"))]
    assert [(each.ordered, each.told) for each in changed_since_placed(order)] == [
        (3, None),
        (None, 1),
    ]
    (document,) = exchange(onec, "1")
    assert document.total == order.total


def test_a_discount_of_the_staff_reaches_1c_to_the_kopeck(order, shop, stand, onec):
    exchange(onec, "1")

    stand.discount(order.order_id, 7)
    (document,) = exchange(onec, "2")

    order.refresh_from_db()
    assert order.total < Decimal("183.69")
    assert order.total == shop.orders.get([order.order_id])[order.order_id].total.amount
    assert document.total == order.total
    assert sum(line.total for line in document.lines) == order.total


def test_an_order_cancelled_in_the_shop_is_cancelled_in_1c_by_the_same_number(order, stand, onec):
    (first,) = exchange(onec, "1")
    assert said(first)["Отменен"] == "false"

    stand.cancel(order.order_id)

    order.refresh_from_db()
    assert order.is_cancelled
    (again,) = exchange(onec, "2")
    assert (again.id, again.number) == (first.id, first.number)
    assert said(again)["Отменен"] == "true"
    assert again.total == first.total
    assert exchange(onec, "3") == []


def test_an_order_cancelled_before_1c_knew_of_it_never_goes(order, stand, onec):
    stand.cancel(order.order_id)

    assert exchange(onec, "1") == []


def test_what_became_as_1c_has_it_stays_so_until_the_staff_change_it_themselves(
    order, cast, hose, shop, stand, onec
):
    """1C has two hoses, the desk took them; sending off touches the shop's order, which still is
    of three."""
    exchange(onec, "1")
    rest = [
        Told(
            variant_id=None,
            name=line.name,
            article="",
            quantity=Decimal(line.quantity),
            unit="шт",
            price=line.unit_price,
            total=line.total,
        )
        for line in order.lines.filter(variant_id=None)
    ]
    two = Told(
        variant_id=hose,
        name="Шланг",
        article="",
        quantity=Decimal(2),
        unit="шт",
        price=Decimal("61.23"),
        total=Decimal("122.46"),
    )
    corrections.tell(order, [two, *rest], Decimal("122.46"), timezone.now())
    corrections.take(shop, cast.manager, order.corrections.get())

    stand.discount(order.order_id, 0)
    order.refresh_from_db()
    assert goods(order) == [(hose, 2, Decimal("122.46"))]

    stand.edit(order.order_id, {hose: 4})
    order.refresh_from_db()
    assert goods(order) == [(hose, 4, Decimal("244.92"))]
    assert order.corrections.get().state == "waiting"
    assert [(each.ordered, each.told) for each in corrections.changes(order.corrections.get())] == [
        (4, 2)
    ]
