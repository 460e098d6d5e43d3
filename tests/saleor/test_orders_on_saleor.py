"""An order on account as Saleor's own staff, apps and promotions meet it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from contract.carts import COMPLETE, FOR, READ, UPDATE, codes, make, payload, total
from contract.conftest import variant_gid
from graphql_relay import from_global_id
from saleor.channel.models import Channel
from saleor.checkout.models import CheckoutLine
from saleor.discount.models import CheckoutLineDiscount, VoucherCode
from saleor.order.models import Order
from saleor.payment.models import TransactionItem
from saleor_promotions import PROMO, row_of

from b2b_overlay.company import admit


@pytest.fixture
def cart(ask, cast, hose, deliver):
    made = make(ask, cast.buyer, {hose: 3})
    deliver(cast.buyer, made["id"])
    return made["id"]


def _order(ask, cast, cart) -> Order:
    told = payload(ask, COMPLETE, cast.buyer, id=cart)
    assert not told["errors"], told
    return Order.objects.get(pk=from_global_id(told["order"]["id"])[1])


def test_it_is_authorised_in_full_and_charged_nothing(ask, cast, cart):
    order = _order(ask, cast, cart)

    assert (order.authorize_status, order.charge_status) == ("full", "none")
    assert order.total_authorized_amount == Decimal("183.69")
    assert order.total_charged_amount == 0
    assert order.status == "unfulfilled"


def test_a_channel_that_confirms_by_hand_gets_it_unconfirmed(ask, cast, cart):
    Channel.objects.filter(slug="ru").update(automatically_confirm_all_new_orders=False)

    assert _order(ask, cast, cart).status == "unconfirmed"


def test_staff_read_for_whom_it_is_and_when_it_is_due(ask, cast, cart):
    notes = _order(ask, cast, cart).private_metadata

    assert notes["b2b.legal_entity_inn"] == cast.first.inn
    assert notes["b2b.payment_days"] == "14"
    assert notes["b2b.due_date"]


def test_its_lines_are_exact_and_marked_overridden(ask, cast, cart):
    (line,) = _order(ask, cast, cart).lines.all()

    assert line.is_price_overridden
    assert line.unit_price_gross_amount == line.base_unit_price_amount == Decimal("61.23")
    assert line.undiscounted_unit_price_gross_amount == Decimal("61.23")


def test_a_refusal_leaves_no_money_behind(ask, cast, stand, deliver):
    _product, board = stand.good("ДС-1", "100.00")
    cast.price(cast.first, board, "80.00", pack=12)
    made = make(ask, cast.buyer, {board: 13})
    deliver(cast.buyer, made["id"])

    assert payload(ask, COMPLETE, cast.buyer, id=made["id"])["errors"]

    assert not TransactionItem.objects.filter(checkout=row_of(made["id"])).exists()
    assert row_of(made["id"]).authorize_status == "none"


def test_an_order_promotion_leaves_it_exact(ask, cast, hose, ten_per_cent_off_orders):
    assert total(make(ask, cast.buyer, {hose: 3})) == Decimal("183.69")
    assert total(make(ask, cast.customer, {hose: 3})) == Decimal("270.00")


def test_a_promo_code_is_refused_in_words_and_changes_nothing(ask, cast, cart, ten_off):
    told = payload(ask, PROMO, cast.buyer, id=cart)

    assert codes(told) == {"VOUCHER_NOT_APPLICABLE"}
    assert "договор" in told["errors"][0]["message"].lower()
    assert total(ask(READ, cast.buyer, id=cart)["checkout"]) == Decimal("183.69")


def test_a_promo_code_of_a_customer_who_becomes_a_buyer_gives_way(ask, cast, hose, ten_off, shop):
    made = make(ask, cast.customer, {hose: 1})
    payload(ask, PROMO, cast.customer, id=made["id"])
    admit.add_buyer(cast.manager, shop.people, cast.company, cast.customer.email, role="owner")

    lines = [{"variantId": variant_gid(hose), "quantity": 3}]
    told = payload(ask, UPDATE, cast.customer, id=made["id"], lines=lines)

    assert not told["errors"]
    assert total(told["checkout"]) == Decimal("183.69")


def test_a_promo_code_still_works_at_retail(ask, cast, hose, ten_off):
    made = make(ask, cast.customer, {hose: 3})

    assert payload(ask, PROMO, cast.customer, id=made["id"])["checkout"]["voucherCode"] == "TEN"
    assert total(ask(READ, cast.customer, id=made["id"])["checkout"]) == Decimal("290.00")


def test_as_a_private_person_nothing_of_ours_stays_on_the_cart(ask, cast, cart):
    payload(ask, FOR, cast.buyer, id=cart, entity=None)

    row = row_of(cart)
    assert row.voucher_code is None
    assert not CheckoutLineDiscount.objects.filter(line__checkout=row).exists()
    assert [line.price_override for line in row.lines.all()] == [None]


def test_a_voucher_that_staff_switched_off_is_mended(ask, cast, cart, hose):
    VoucherCode.objects.filter(code="B2B").update(is_active=False)

    made = make(ask, cast.buyer, {hose: 1})

    assert total(made) == Decimal("61.23")
    assert VoucherCode.objects.get(code="B2B").is_active


def test_a_price_that_an_app_overrode_in_a_retail_cart_stays(ask, cast, hose, shop):
    from b2b_overlay.ordering import checkouts

    made = make(ask, cast.customer, {hose: 1})
    CheckoutLine.objects.filter(checkout=row_of(made["id"])).update(
        price_override=Decimal("5.00"), price_override_reason="an app's"
    )

    checkouts.changed(shop, str(row_of(made["id"]).pk))

    assert CheckoutLine.objects.get(checkout=row_of(made["id"])).price_override == Decimal("5.00")


def test_as_a_private_person_the_quantity_limit_holds_when_he_pays(
    ask, cast, hose, deliver, settings
):
    settings.B2B_UNPAID_RETAIL = True
    made = make(ask, cast.buyer, {hose: 51})
    payload(ask, FOR, cast.buyer, id=made["id"], entity=None)
    deliver(cast.buyer, made["id"])
    Channel.objects.filter(slug="ru").update(allow_unpaid_orders=True)

    assert codes(payload(ask, COMPLETE, cast.buyer, id=made["id"])) == {
        "QUANTITY_GREATER_THAN_LIMIT"
    }


@pytest.mark.parametrize("who", ["stranger", None])
def test_where_the_channel_takes_unpaid_orders_a_wholesale_cart_is_still_its_buyers(
    ask, cast, cart, stand, who
):
    Channel.objects.filter(slug="ru").update(allow_unpaid_orders=True)

    told = payload(ask, COMPLETE, getattr(cast, who) if who else None, id=cart)

    assert codes(told) == {"INVALID"}
    assert stand.orders_of(cast.buyer) == 0


@pytest.fixture
def takes_unpaid(stand) -> None:
    """The channel takes unpaid orders."""
    Channel.objects.filter(slug="ru").update(allow_unpaid_orders=True)


@pytest.mark.parametrize("who", ["customer", "buyer", None])
def test_there_nobody_orders_unpaid_at_retail_either(ask, cast, hose, deliver, takes_unpaid, who):
    by = getattr(cast, who) if who else None
    made = make(ask, by, {hose: 1})
    if who == "buyer":
        payload(ask, FOR, by, id=made["id"], entity=None)
    deliver(by, made["id"])

    told = payload(ask, COMPLETE, by, id=made["id"])

    assert codes(told) == {"CHECKOUT_NOT_FULLY_PAID"}
    assert row_of(made["id"]).lines.count() == 1


def test_there_his_order_is_confirmed_by_the_shops_rule(ask, cast, cart, takes_unpaid):
    order = _order(ask, cast, cart)

    assert (order.status, order.authorize_status) == ("unfulfilled", "full")


def test_there_what_is_paid_for_is_ordered(cast, ask, hose, deliver, stand, takes_unpaid):
    made = make(ask, cast.customer, {hose: 1})
    deliver(cast.customer, made["id"])
    stand.pay(made["id"])

    assert not payload(ask, COMPLETE, cast.customer, id=made["id"])["errors"]


def test_a_shop_that_sells_unpaid_at_retail_goes_on_doing_so(
    ask, cast, hose, deliver, takes_unpaid, settings
):
    settings.B2B_UNPAID_RETAIL = True
    made = make(ask, cast.customer, {hose: 1})
    deliver(cast.customer, made["id"])

    told = payload(ask, COMPLETE, cast.customer, id=made["id"])

    assert not told["errors"]
    assert told["order"]["status"] == "UNCONFIRMED"
