"""An order on account that isn't confirmed yet, as Saleor's staff change it in the Dashboard: what
of it is authorised, at which prices, and that Saleor's own order says so."""

from __future__ import annotations

from decimal import Decimal

import pytest
from contract.carts import make, ordered
from contract.stand import may
from drafting import ADD, DROP, ORDER, SET, Drafting, lines_of, prices, row_of, sum_of
from saleor.channel.models import Channel
from saleor.payment.models import TransactionItem

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.plugins.on_account import NAME

CONFIRM = f"""mutation($id: ID!) {{
  payload: orderConfirm(id: $id) {{ order {{ {ORDER} }} errors {{ code message }} }} }}"""


@pytest.fixture
def staff(ask, cast) -> Drafting:
    may(cast.manager, "manage_orders")
    return Drafting(ask, cast.manager)


@pytest.fixture
def order(ask, cast, hose, deliver, staff):
    """Three hoses at 61.23, unconfirmed."""
    Channel.objects.filter(slug="ru").update(automatically_confirm_all_new_orders=False)
    told = ordered(ask, deliver, cast.buyer, make(ask, cast.buyer, {hose: 3})["id"])
    read = staff.read(told["id"])
    assert (read["status"], read["authorizeStatus"]) == ("UNCONFIRMED", "FULL")
    return read


def authorised(order) -> Decimal:
    """By Saleor's own order and by our transaction alike."""
    row = row_of(order)
    (item,) = TransactionItem.objects.filter(order=row, name=NAME)
    assert item.authorized_value == row.total_authorized_amount
    return item.authorized_value


def test_what_is_added_is_authorised_anew_in_the_very_answer(staff, order):
    told = staff.tell(SET, id=order["lines"][0]["id"], quantity=5)

    assert sum_of(told["order"]) == authorised(order) == Decimal("306.15")
    assert told["order"]["authorizeStatus"] == "FULL"


def test_what_is_taken_out_is_authorised_no_more(staff, order):
    told = staff.tell(SET, id=order["lines"][0]["id"], quantity=1)

    assert sum_of(told["order"]) == authorised(order) == Decimal("61.23")


def test_over_the_credit_limit_it_shows_as_not_authorised_until_it_fits(staff, order, cast, stand):
    cast.first.contracts.update(credit_limit=Decimal(200))
    line = order["lines"][0]["id"]

    told = staff.tell(SET, id=line, quantity=5)

    assert told["order"]["authorizeStatus"] == "PARTIAL"
    assert authorised(order) == Decimal(200)
    order_id = str(row_of(order).pk)
    assert stand.notes(order_id)["b2b.not_authorised"] == "106.15"
    assert WholesaleOrder.objects.get().not_authorised == Decimal("106.15")

    told = staff.tell(SET, id=line, quantity=3)
    assert told["order"]["authorizeStatus"] == "FULL"
    assert authorised(order) == Decimal("183.69")
    assert "b2b.not_authorised" not in stand.notes(order_id)


def test_what_was_agreed_stays_authorised_though_debts_have_grown(staff, order, cast):
    cast.first.contracts.update(credit_limit=Decimal(100))

    staff.tell(SET, id=order["lines"][0]["id"], quantity=4)

    assert authorised(order) == Decimal("183.69")


def test_added_goods_are_at_the_contracts_price_in_the_very_answer(staff, order, cast, stand):
    _product, tap = stand.good("К-1", "100.00")
    cast.price(cast.first, tap, "80.00")

    told = staff.tell(ADD, id=order["id"], lines=lines_of({tap: 2}))

    assert sorted(prices(told["order"])) == [Decimal("61.23"), Decimal("80.00")]
    assert sum_of(told["order"]) == authorised(order) == Decimal("343.69")
    assert WholesaleOrder.objects.get().total == Decimal("343.69")
    added = next(each["id"] for each in told["order"]["lines"] if each["quantity"] == 2)
    told = staff.tell(DROP, id=added)
    assert sum_of(told["order"]) == authorised(order) == Decimal("183.69")


def test_promotions_dont_touch_what_is_added(
    staff, order, cast, hose, stand, a_fifth_off, ten_per_cent_off_orders
):
    """More of the same good, on a line of its own."""
    told = staff.tell(ADD, id=order["id"], lines=lines_of({hose: 1}, forceNewLine=True))

    assert prices(told["order"]) == [Decimal("61.23")] * 2
    assert sum_of(told["order"]) == Decimal("244.92")


def test_a_price_of_the_staffs_own_stays(staff, order, stand, cast):
    _product, tap = stand.good("К-1", "100.00")
    cast.price(cast.first, tap, "80.00")

    told = staff.tell(ADD, id=order["id"], lines=lines_of({tap: 1}, price="1.00"))

    assert sorted(prices(told["order"])) == [Decimal("1.00"), Decimal("61.23")]


def test_confirmed_it_keeps_its_prices_and_what_is_authorised(staff, order):
    staff.tell(SET, id=order["lines"][0]["id"], quantity=5)

    told = staff.tell(CONFIRM, id=order["id"])

    assert not told["errors"]
    assert (told["order"]["status"], told["order"]["authorizeStatus"]) == ("UNFULFILLED", "FULL")
    assert sum_of(told["order"]) == authorised(order) == Decimal("306.15")
