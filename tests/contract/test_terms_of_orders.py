"""What a contract asks of an order: a smallest sum, no debt overdue for too long. Each refusal is
told on the cart at once, and leaves nothing half-made."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.terms.contracts import Conditions, save_contract
from b2b_overlay.terms.models import Settlement

from .carts import COMPLETE, UPDATE, codes, make, ordered, payload
from .conftest import variant_gid

PROBLEMS = "query($id: ID!) { checkout(id: $id) { b2bProblems { code message lineId } } }"


@pytest.fixture
def agree(cast):
    """The first legal entity's contract asks this of an order."""

    def agreed(**conditions):
        return save_contract(
            cast.manager,
            cast.first,
            contract=cast.first.contracts.get(),
            number="Д-1",
            payment_days=14,
            conditions=Conditions(**conditions),
        )

    return agreed


@pytest.fixture
def refuses(ask, cast, stand):
    """The buyer can't order this cart: he is told so at the cart as a whole, on the cart and by
    ``checkoutComplete`` in the same words, and nothing is made."""

    def refused(cart, *words):
        (problem,) = ask(PROBLEMS, cast.buyer, id=cart)["checkout"]["b2bProblems"]
        told = payload(ask, COMPLETE, cast.buyer, id=cart)

        assert (codes(told), problem["code"], problem["lineId"]) == ({"INVALID"}, "INVALID", None)
        assert [error["message"] for error in told["errors"]] == [problem["message"]]
        for word in words:
            assert word in " ".join(problem["message"].split())
        assert stand.orders_of(cast.buyer) == 0
        assert not WholesaleOrder.objects.exists()
        assert ask(PROBLEMS, cast.buyer, id=cart)["checkout"]

    return refused


def test_goods_for_less_than_the_smallest_order_arent_ordered(
    ask, cast, hose, deliver, agree, refuses
):
    agree(min_order=Decimal("200"))
    cart = make(ask, cast.buyer, {hose: 3})["id"]
    deliver(cast.buyer, cart)

    refuses(cart, "200,00 ₽", "183,69 ₽", "16,31 ₽")

    lines = [{"variantId": variant_gid(hose), "quantity": 4}]
    payload(ask, UPDATE, cast.buyer, id=cart, lines=lines)
    assert ask(PROBLEMS, cast.buyer, id=cart)["checkout"]["b2bProblems"] == []
    assert not payload(ask, COMPLETE, cast.buyer, id=cart)["errors"]


def _owes(cast, amount, days_ago, **more):
    due = timezone.localdate() - dt.timedelta(days=days_ago)
    Settlement.objects.create(
        legal_entity=cast.first,
        document=more.pop("document", "Реализация 7"),
        amount=amount,
        due_date=due,
        told_at=timezone.now(),
        **more,
    )


def test_who_owes_for_too_long_orders_nothing_until_it_is_paid(
    ask, cast, hose, deliver, agree, refuses
):
    agree(overdue_days=5)
    cart = make(ask, cast.buyer, {hose: 3})["id"]
    deliver(cast.buyer, cart)
    _owes(cast, Decimal("1500"), 6)
    _owes(cast, Decimal("700"), 2, document="Реализация 8")

    refuses(cart, "1 500,00 ₽", "Реализация 7")

    Settlement.objects.filter(document="Реализация 7").delete()
    assert not payload(ask, COMPLETE, cast.buyer, id=cart)["errors"]


@pytest.mark.parametrize("said", ["no contract's condition", "paid in advance", "not so long"])
def test_and_orders_where(ask, cast, hose, deliver, agree, said):
    agree(overdue_days=None if said == "no contract's condition" else 5)
    _owes(cast, Decimal("1500"), 5 if said == "not so long" else 60)
    if said == "paid in advance":
        _owes(cast, Decimal("-1500"), 0, document="Поступление 1")

    assert ordered(ask, deliver, cast.buyer, make(ask, cast.buyer, {hose: 3})["id"])


def test_a_retail_customer_is_asked_neither(ask, cast, hose, agree):
    agree(min_order=Decimal("100000"), overdue_days=0)

    cart = make(ask, cast.customer, {hose: 1})["id"]

    assert ask(PROBLEMS, cast.customer, id=cart)["checkout"]["b2bProblems"] == []
