"""A buyer who pays for his wholesale cart himself, in either of Saleor's two ways, or in part: only
the rest is on account."""

from __future__ import annotations

from decimal import Decimal

import pytest
from contract.carts import COMPLETE, codes, make, payload
from graphql_relay import from_global_id
from installed_app import headers_of, installed
from paying_gateway import PayingGateway
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order
from saleor.payment.models import Payment, TransactionItem

from b2b_overlay.ordering.models import WholesaleOrder

ON_ACCOUNT = "B2B: on account"
PAY = """mutation($id: ID!, $input: PaymentInput!) { payload: checkoutPaymentCreate(
  id: $id, input: $input) { payment { id } errors { field message code } } }"""
HOLD = """mutation($id: ID!, $transaction: TransactionCreateInput!) {
  payload: transactionCreate(id: $id, transaction: $transaction) {
    transaction { id } errors { field message code } } }"""
CARD = """mutation($id: ID!, $code: String!) { payload: checkoutAddPromoCode(
  id: $id, promoCode: $code) { errors { field message code } } }"""


@pytest.fixture
def gateway(settings, stand):
    """One that takes roubles by the payments API."""
    settings.PLUGINS = [*settings.PLUGINS, f"{PayingGateway.__module__}.PayingGateway"]


@pytest.fixture
def cart(ask, cast, hose, deliver):
    made = make(ask, cast.buyer, {hose: 3})["id"]
    deliver(cast.buyer, made)
    return made


def _placed(ask, by, cart) -> Order:
    told = payload(ask, COMPLETE, by, id=cart)
    assert not told["errors"], told
    return Order.objects.get(pk=from_global_id(told["order"]["id"])[1])


def _paying(amount: str):
    return {"gateway": PayingGateway.PLUGIN_ID, "amount": amount, "token": "token"}


def test_by_the_payments_api_he_pays_the_contracts_price(ask, cast, cart, gateway):
    assert codes(payload(ask, PAY, cast.buyer, id=cart, input=_paying("300.00"))) == {
        "PARTIAL_PAYMENT_NOT_ALLOWED"
    }
    told = payload(ask, PAY, cast.buyer, id=cart, input=_paying("183.69"))
    assert not told["errors"], told

    order = _placed(ask, cast.buyer, cart)

    assert (order.charge_status, order.total_charged_amount) == ("full", Decimal("183.69"))
    assert Payment.objects.get(order=order).captured_amount == Decimal("183.69")
    assert not TransactionItem.objects.filter(order=order).exists()
    assert WholesaleOrder.objects.get().total == Decimal("183.69")


def test_a_retail_customer_pays_retail_by_it(ask, cast, hose, deliver, gateway):
    cart = make(ask, cast.customer, {hose: 3})["id"]
    deliver(cast.customer, cart)
    told = payload(ask, PAY, cast.customer, id=cart, input=_paying("300.00"))
    assert not told["errors"], told

    assert _placed(ask, cast.customer, cart).charge_status == "full"


@pytest.fixture
def hold(answers):
    """A payment app holds so much of the buyer's money for a cart."""

    def held(cart: str, amount: str) -> None:
        money = {"amountAuthorized": {"amount": amount, "currency": "RUB"}}
        asked = {"id": cart, "transaction": money}
        told = answers(HOLD, None, asked, headers_of(installed("handle_payments")))
        assert not told["data"]["payload"]["errors"], told

    return held


def test_by_transactions_nothing_is_on_account_where_he_covers_it_all(ask, cast, cart, hold):
    hold(cart, "183.69")

    order = _placed(ask, cast.buyer, cart)

    assert (order.authorize_status, order.total_authorized_amount) == ("full", Decimal("183.69"))
    assert not order.payment_transactions.filter(name=ON_ACCOUNT).exists()


@pytest.mark.parametrize("half", ["a transaction", "a gift card"])
def test_what_he_covers_in_part_leaves_the_rest_on_account(ask, cast, cart, hold, half):
    if half == "a transaction":
        hold(cart, "100.00")
    else:
        GiftCard.objects.create(
            code="CARD",
            currency="RUB",
            initial_balance_amount=100,
            current_balance_amount=100,
        )
        assert not payload(ask, CARD, cast.buyer, id=cart, code="CARD")["errors"]

    order = _placed(ask, cast.buyer, cart)

    ours = order.payment_transactions.get(name=ON_ACCOUNT)
    assert ours.authorized_value == Decimal("83.69")
    assert order.authorize_status == "full"


def test_a_gift_card_is_spent_and_the_order_is_told_whole(ask, cast, cart):
    card = GiftCard.objects.create(
        code="CARD", currency="RUB", initial_balance_amount=500, current_balance_amount=500
    )
    payload(ask, CARD, cast.buyer, id=cart, code="CARD")

    _placed(ask, cast.buyer, cart)

    card.refresh_from_db()
    assert card.current_balance_amount == Decimal("316.31")
    (line,) = WholesaleOrder.objects.get().lines.filter(variant_id__isnull=False)
    assert line.unit_price == Decimal("61.23")
