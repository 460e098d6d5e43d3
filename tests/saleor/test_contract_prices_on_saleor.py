"""Contract prices beside Saleor's own: staff who edit an order, a checkout that has expired,
promo codes and promotions of whole orders.

An order keeps the code of our zero voucher, by which Saleor lets no promotion of whole orders
into it when staff edit it (discount/utils/order.py). So it needs no zero manual discount of ours,
which would keep staff from giving a discount of their own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from contract.carts import READ, make, ordered, payload, total, unit_prices
from contract.stand import may
from django.utils import timezone
from graphql_relay import from_global_id, to_global_id
from saleor.channel.models import Channel
from saleor.checkout.models import Checkout
from saleor.discount.models import Voucher
from saleor.order.models import Order
from saleor_promotions import PROMO, row_of

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import PriceList

pytestmark = pytest.mark.usefixtures("a_fifth_off")

EDIT_LINE = """mutation($id: ID!, $quantity: Int!) {
  payload: orderLineUpdate(id: $id, input: {quantity: $quantity}) {
    order { total { gross { amount } }
      lines { quantity unitPrice { gross { amount } } totalPrice { gross { amount } } } }
    errors { field code message } } }"""


@pytest.fixture
def staff(cast):
    may(cast.manager, "manage_orders")
    return cast.manager


def _order(ask, cast, cart, deliver) -> Order:
    told = ordered(ask, deliver, cast.buyer, cart["id"])
    return Order.objects.get(pk=from_global_id(told["id"])[1])


def test_staff_who_change_an_orders_quantity_let_no_promotion_in(
    ask, cast, hose, deliver, staff, ten_per_cent_off_orders
):
    Channel.objects.filter(slug="ru").update(automatically_confirm_all_new_orders=False)
    order = _order(ask, cast, make(ask, cast.buyer, {hose: 3}), deliver)
    assert order.status == "unconfirmed"
    line = to_global_id("OrderLine", order.lines.get().pk)

    told = payload(ask, EDIT_LINE, staff, id=line, quantity=4)

    assert not told["errors"], told
    (edited,) = told["order"]["lines"]
    assert Decimal(edited["unitPrice"]["gross"]["amount"]) == Decimal("61.23")
    assert Decimal(edited["totalPrice"]["gross"]["amount"]) == Decimal("244.92")
    delivery = order.total_gross_amount - Decimal("183.69")
    assert Decimal(told["order"]["total"]["gross"]["amount"]) == Decimal("244.92") + delivery


def test_nor_where_staff_have_deleted_our_voucher_since(
    ask, cast, hose, deliver, staff, ten_per_cent_off_orders
):
    Channel.objects.filter(slug="ru").update(automatically_confirm_all_new_orders=False)
    order = _order(ask, cast, make(ask, cast.buyer, {hose: 3}), deliver)
    Voucher.objects.filter(codes__code="B2B").delete()
    line = to_global_id("OrderLine", order.lines.get().pk)

    told = payload(ask, EDIT_LINE, staff, id=line, quantity=4)

    (edited,) = told["order"]["lines"]
    assert Decimal(edited["unitPrice"]["gross"]["amount"]) == Decimal("61.23")


@pytest.mark.parametrize("reader", [None, "stranger", "buyer"])
def test_an_expired_checkout_read_by_anybody_stays_at_contract_prices(
    ask, cast, hose, ten_per_cent_off_orders, reader
):
    cart = make(ask, cast.buyer, {hose: 3})
    past = timezone.now() - timedelta(days=2)
    Checkout.objects.filter(pk=row_of(cart["id"]).pk).update(
        price_expiration=past, discount_expiration=past
    )

    ask(READ, getattr(cast, reader) if reader else None, id=cart["id"])

    row = row_of(cart["id"])
    assert row.total_gross_amount == row.subtotal_gross_amount == Decimal("183.69")
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("183.69")


def test_a_promo_code_works_where_every_list_in_the_cart_lets_it(ask, cast, hose, stacks, ten_off):
    cart = make(ask, cast.buyer, {hose: 3})

    told = payload(ask, PROMO, cast.buyer, id=cart["id"])

    assert not told["errors"]
    assert unit_prices(cart) == [Decimal("48.98")]
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("136.94")


def test_one_exact_line_keeps_promo_codes_off_the_whole_cart(
    ask, cast, hose, stacks, ten_off, stand
):
    _product, board = stand.good("ДС-1", "50.00")
    exact = PriceList.objects.create(name="Без акций")
    exact.prices.create(variant_id=board, amount=Decimal("40.00"))
    exact.assignments.create(contract=cast.first.contracts.get(), priority=1)
    cart = make(ask, cast.buyer, {hose: 3, board: 1})

    told = payload(ask, PROMO, cast.buyer, id=cart["id"])

    assert [error["code"] for error in told["errors"]] == ["VOUCHER_NOT_APPLICABLE"]
    assert sorted(unit_prices(cart)) == [Decimal("40.00"), Decimal("48.98")]
    assert total(ask(READ, cast.buyer, id=cart["id"])["checkout"]) == Decimal("186.94")


def test_an_order_under_a_promo_code_is_kept_to_the_kopeck_line_by_line(
    ask, cast, hose, stacks, ten_off, deliver
):
    cart = make(ask, cast.buyer, {hose: 3})
    payload(ask, PROMO, cast.buyer, id=cart["id"])

    order = _order(ask, cast, cart, deliver)

    kept = WholesaleOrder.objects.get(order_id=str(order.pk))
    lines = list(kept.lines.all())
    assert all(line.unit_price * line.quantity == line.total for line in lines)
    assert sum(line.total for line in lines) == kept.total == order.total_gross_amount
    assert sum(line.quantity for line in lines if line.variant_id) == 3


def test_a_promotion_of_whole_orders_applies_where_every_list_lets_it(
    ask, cast, hose, stacks, ten_per_cent_off_orders
):
    cart = make(ask, cast.buyer, {hose: 3})

    assert total(cart) == Decimal("132.25")  # 3 × 48.98 less 10 %
