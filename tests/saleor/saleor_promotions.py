"""Saleor's own promotions and promo codes, beside which contract prices must stay exact."""

from __future__ import annotations

import pytest
from graphql_relay import from_global_id
from saleor.channel.models import Channel
from saleor.checkout.models import Checkout
from saleor.discount.models import (
    Promotion,
    PromotionRule,
    Voucher,
    VoucherChannelListing,
    VoucherCode,
)

PROMO = """mutation($id: ID!) { payload: checkoutAddPromoCode(checkoutId: $id, promoCode: "TEN") {
  checkout { voucherCode totalPrice { gross { amount } } } errors { field code message } } }"""


def row_of(cart: str) -> Checkout:
    """By its global id."""
    return Checkout.objects.get(pk=from_global_id(cart)[1])


@pytest.fixture
def ten_per_cent_off_orders(stand):
    promotion = Promotion.objects.create(name="Заказ", type="order")
    rule = PromotionRule.objects.create(
        promotion=promotion,
        order_predicate={"discountedObjectPredicate": {"baseSubtotalPrice": {"range": {"gte": 1}}}},
        reward_type="subtotal_discount",
        reward_value_type="percentage",
        reward_value=10,
    )
    rule.channels.add(Channel.objects.get(slug="ru"))


@pytest.fixture
def ten_off(stand):
    """A retail voucher: ten rubles off any order."""
    voucher = Voucher.objects.create(name="TEN", type="entire_order", discount_value_type="fixed")
    VoucherCode.objects.create(voucher=voucher, code="TEN")
    VoucherChannelListing.objects.create(
        voucher=voucher,
        channel=Channel.objects.get(slug="ru"),
        discount_value=10,
        currency="RUB",
    )
    return voucher
