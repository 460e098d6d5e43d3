"""A draft of the staff's becomes an order: through the same gate as a buyer's own, on account."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from contract.carts import codes, make, ordered
from contract.conftest import HOME, entity_gid, variant_gid
from contract.stand import may
from django.utils import timezone
from drafting import ADD, COMPLETE, FOR, Drafting, lines_of, prices, row_of, sum_of
from graphql_relay import from_global_id, to_global_id
from promise import Promise
from saleor.channel.models import Channel
from saleor.order.models import Order
from saleor.payment.models import TransactionItem
from saleor.tax.models import TaxClass

from b2b_overlay.ordering import drafts, gate, orders
from b2b_overlay.ordering.credit import credit_of
from b2b_overlay.ordering.events import Event
from b2b_overlay.ordering.models import CheckoutTerms, WholesaleOrder
from b2b_overlay.pricing.models import Price
from b2b_overlay.shop import StockLevel


@pytest.fixture
def staff(ask, cast) -> Drafting:
    may(cast.manager, "manage_orders")
    return Drafting(ask, cast.manager)


@pytest.fixture
def draft(staff, cast, hose):
    return staff.made_for(cast.buyer, entity_gid(cast.first), {hose: 3})


@pytest.fixture
def limit(cast):
    """For so much may be ordered on account."""

    def limited(amount: str) -> None:
        cast.first.contracts.update(credit_limit=Decimal(amount))

    return limited


def left(cast) -> Decimal:
    (contract,) = cast.first.contracts.all()
    return credit_of([contract])[contract.pk].left.amount


def nothing_ordered(draft) -> bool:
    row = row_of(draft)
    return (
        row.status == "draft"
        and not WholesaleOrder.objects.exists()
        and not TransactionItem.objects.filter(order=row).exists()
        and not CheckoutTerms.objects.filter(reserved__isnull=False).exists()
    )


# ------------------------------------------------------------------------------ on account


def test_it_is_a_wholesale_order_on_account(staff, draft, cast, stand):
    told = staff.tell(COMPLETE, id=draft["id"])

    assert not told["errors"], told
    order = row_of(draft)
    assert (order.status, order.authorize_status, order.charge_status) == (
        "unfulfilled",
        "full",
        "none",
    )
    assert order.total_authorized_amount == order.total_gross_amount == Decimal("183.69")
    assert told["order"]["authorizeStatus"] == "FULL"
    kept = WholesaleOrder.objects.get()
    assert (kept.legal_entity, kept.user, kept.total) == (
        cast.first,
        cast.buyer,
        Decimal("183.69"),
    )
    assert kept.order_id == str(order.pk)
    (line,) = kept.lines.all()
    assert (line.quantity, line.unit_price) == (3, Decimal("61.23"))
    notes = stand.notes(kept.order_id)
    due = timezone.localdate(kept.placed_at) + timedelta(days=14)
    assert (notes["b2b.payment_days"], notes["b2b.due_date"]) == ("14", due.isoformat())


def test_where_the_channel_confirms_by_hand_it_waits_unconfirmed(staff, draft):
    Channel.objects.filter(slug="ru").update(automatically_confirm_all_new_orders=False)

    assert staff.tell(COMPLETE, id=draft["id"])["order"]["status"] == "UNCONFIRMED"
    assert row_of(draft).authorize_status == "full"


def test_a_retail_draft_becomes_a_retail_order(staff, cast, hose):
    draft = staff.make(cast.customer, {hose: 3})

    told = staff.tell(COMPLETE, id=draft["id"])

    assert not told["errors"]
    assert told["order"]["authorizeStatus"] == "NONE"
    assert not WholesaleOrder.objects.exists()


def test_a_wholesale_customers_own_becomes_a_retail_order(staff, cast, hose):
    draft = staff.make(cast.buyer, {hose: 3})
    staff.tell(FOR, id=draft["id"], entity=None)

    assert not staff.tell(COMPLETE, id=draft["id"])["errors"]
    assert row_of(draft).authorize_status == "none"
    assert not WholesaleOrder.objects.exists()


# -------------------------------------------------------------------------------- the gate


def test_before_it_is_said_for_whom_it_becomes_no_order(staff, cast, hose):
    draft = staff.make(cast.buyer, {hose: 3})

    told = staff.tell(COMPLETE, id=draft["id"])

    assert codes(told) == {"INVALID"}
    assert "юрлиц" in told["errors"][0]["message"]
    assert nothing_ordered(draft)


def test_a_draft_older_than_the_overlay_is_priced_and_shown_before_it_is_ordered(
    staff, cast, hose, monkeypatch
):
    monkeypatch.setattr(drafts, "changed", lambda shop, draft_id: False)
    draft = staff.make(cast.colleague, {hose: 3})
    assert prices(draft) == [Decimal("100.00")]
    monkeypatch.undo()

    assert codes(staff.tell(COMPLETE, id=draft["id"])) == {"INVALID"}
    assert prices(staff.read(draft["id"])) == [Decimal("70.50")]
    assert nothing_ordered(draft)
    assert not staff.tell(COMPLETE, id=draft["id"])["errors"]


def test_over_the_credit_limit_it_is_refused_and_nothing_changes(staff, draft, cast, limit):
    limit("183.68")

    told = staff.tell(COMPLETE, id=draft["id"])

    assert codes(told) == {"INVALID"}
    assert "183,68" in told["errors"][0]["message"]
    assert nothing_ordered(draft)
    event = Event.objects.get(kind=Event.Kind.LIMIT_EXCEEDED)
    assert (event.order_id, event.checkout_id) == (str(row_of(draft).pk), None)

    limit("183.69")
    assert not staff.tell(COMPLETE, id=draft["id"])["errors"]
    assert left(cast) == 0


def test_of_two_drafts_that_passed_the_gate_one_gets_the_last_of_the_limit(
    staff, draft, cast, hose, limit, monkeypatch
):
    """Both were asked before either was made: the last look decides."""
    second = staff.made_for(cast.buyer, entity_gid(cast.first), {hose: 3})
    limit("200")
    monkeypatch.setattr(drafts, "refusals", lambda shop, draft_id: [])

    assert not staff.tell(COMPLETE, id=draft["id"])["errors"]
    told = staff.tell(COMPLETE, id=second["id"])

    assert codes(told) == {"INVALID"}
    assert row_of(second).status == "draft"
    assert left(cast) == Decimal("200") - Decimal("183.69")


def test_a_process_that_died_before_it_was_recorded_leaves_the_limit_taken_once(
    staff, draft, cast, shop, limit, monkeypatch
):
    limit("200")
    monkeypatch.setattr(orders, "record", lambda *args: None)
    assert not staff.tell(COMPLETE, id=draft["id"])["errors"]
    monkeypatch.undo()
    assert not WholesaleOrder.objects.exists()
    assert left(cast) == Decimal("16.31")

    assert orders.record_missing(shop) == 1

    assert WholesaleOrder.objects.get().total == Decimal("183.69")
    assert left(cast) == Decimal("16.31")
    assert not CheckoutTerms.objects.filter(reserved__isnull=False).exists()


def test_an_order_that_wasnt_made_after_all_takes_nothing_of_the_limit(
    staff, draft, cast, hose, stand, shop, limit, monkeypatch
):
    """Saleor finds too little in stock after our last look, in the same transaction."""
    limit("200")
    looked = "saleor.graphql.order.mutations.draft_order_complete.validate_draft_order"
    monkeypatch.setattr(looked, lambda *args, **options: Promise.resolve(None))
    shop.writer.save_stock([StockLevel(hose, stand.warehouse, 1)])

    told = staff.tell(COMPLETE, id=draft["id"])

    assert codes(told) == {"INSUFFICIENT_STOCK"}
    assert nothing_ordered(draft)
    assert left(cast) == 200


def test_a_broken_pack_is_refused_at_its_line(staff, cast, stand):
    _product, board = stand.good("ДС-1", "100.00")
    cast.price(cast.first, board, "80.00", pack=12)
    draft = staff.made_for(cast.buyer, entity_gid(cast.first), {board: 13})

    told = staff.tell(COMPLETE, id=draft["id"])

    assert codes(told) == {"INVALID"}
    assert told["errors"][0]["orderLines"] == [draft["lines"][0]["id"]]
    assert nothing_ordered(draft)


def test_a_price_that_changed_since_is_shown_before_it_is_ordered(staff, draft, cast):
    Price.objects.filter(price_list=cast.lists[cast.first.pk]).update(amount=Decimal("65.00"))

    told = staff.tell(COMPLETE, id=draft["id"])

    assert codes(told) == {"INVALID"}
    assert "65" in told["errors"][0]["message"]
    assert nothing_ordered(draft)
    assert prices(staff.read(draft["id"])) == [Decimal("65.00")]
    assert not staff.tell(COMPLETE, id=draft["id"])["errors"]


@pytest.mark.parametrize("before_the_gate", [True, False])
def test_switched_off_meanwhile_it_becomes_no_order(
    staff, draft, cast, monkeypatch, before_the_gate
):
    asked = drafts.refusals

    def meanwhile(shop, draft_id):
        found = [] if before_the_gate else asked(shop, draft_id)
        cast.company.is_active = False
        cast.company.save()
        return asked(shop, draft_id) if before_the_gate else found

    monkeypatch.setattr(drafts, "refusals", meanwhile)

    told = staff.tell(COMPLETE, id=draft["id"])

    assert codes(told) == {"INVALID"}
    assert "Оптовые условия" in told["errors"][0]["message"]
    assert nothing_ordered(draft)


def test_the_buyers_own_limit_holds_for_what_the_staff_order_for_him(staff, cast, hose):
    cast.company.buyers.filter(user=cast.colleague).update(
        spending_limit=Decimal(200), limit_currency="RUB"
    )
    draft = staff.make(cast.colleague, {hose: 3})

    told = staff.tell(COMPLETE, id=draft["id"])

    assert codes(told) == {"INVALID"}
    assert "200,00" in told["errors"][0]["message"]
    assert nothing_ordered(draft)


def test_goods_at_the_staffs_own_price_are_ordered_at_it(staff, draft, hose):
    staff.tell(ADD, id=draft["id"], lines=lines_of({hose: 1}, price="40.00"))

    told = staff.tell(COMPLETE, id=draft["id"])

    assert not told["errors"]
    assert sum_of(told["order"]) == Decimal("160.00")
    assert WholesaleOrder.objects.get().lines.get().unit_price == Decimal("40.00")


# ------------------------------------------------------------------- what isn't a draft at all


def test_orders_that_an_app_brings_in_bulk_are_its_own(ask, cast, hose, stand):
    """Saleor asks no plugin: they come as they were told, and are nobody's wholesale orders."""
    may(cast.manager, "manage_orders_import")
    query = """mutation($orders: [OrderBulkCreateInput!]!) {
      payload: orderBulkCreate(orders: $orders, stockUpdatePolicy: SKIP) {
        count results { errors { message } } } }"""
    hours = timezone.now().isoformat()
    line = {
        "variantId": variant_gid(hose),
        "productName": "Шланг",
        "createdAt": hours,
        "isShippingRequired": False,
        "isGiftCard": False,
        "quantity": 3,
        "totalPrice": {"gross": "300.00", "net": "300.00"},
        "undiscountedTotalPrice": {"gross": "300.00", "net": "300.00"},
        "warehouse": to_global_id("Warehouse", stand.warehouse),
        "taxClassId": to_global_id("TaxClass", TaxClass.objects.create(name="НДС").pk),
    }
    order = {
        "channel": "ru",
        "createdAt": hours,
        "status": "UNFULFILLED",
        "user": {"email": cast.buyer.email},
        "billingAddress": HOME,
        "currency": "RUB",
        "languageCode": "RU",
        "lines": [line],
    }

    told = ask(query, cast.manager, orders=[order])["payload"]

    assert told["count"] == 1, told
    assert Order.objects.get(user=cast.buyer).total_gross_amount == Decimal("300.00")
    assert not WholesaleOrder.objects.exists()


def test_a_checkouts_order_isnt_asked_twice(ask, cast, hose, deliver, monkeypatch):
    asked = []
    monkeypatch.setattr(drafts, "refusals", lambda *args: asked.append(args) or [])

    told = ordered(ask, deliver, cast.buyer, make(ask, cast.buyer, {hose: 1})["id"])

    assert not asked
    assert gate.is_wholesale(WholesaleOrder.objects.get().checkout_id)
    assert from_global_id(told["id"])[1] == WholesaleOrder.objects.get().order_id
