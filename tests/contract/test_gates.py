"""Each gate: told on the cart before the order, at the line it is about; refused by
``checkoutComplete`` in the same words; nothing half-made behind it; and the mended cart is
ordered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from graphql_relay import from_global_id

from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering import checkouts
from b2b_overlay.ordering.models import CheckoutTerms, WholesaleOrder
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import StockLevel
from b2b_overlay.terms.models import Settlement

from .carts import COMPLETE, codes, make, payload
from .conftest import Ask, Cast, variant_gid
from .stand import Stand

READ = """query($id: ID!) { checkout(id: $id) { lines { id quantity variant { id } }
  b2bProblems { code message lineId variantId } } }"""


@dataclass
class Carted:
    """A cart of five hoses and two baths, and what can be done to what it hangs on."""

    cast: Cast
    stand: Stand
    hose: int
    bath: int

    def contract(self, **fields: Any) -> None:
        self.cast.first.contracts.update(**fields)

    def stock(self, pieces: int) -> None:
        self.stand.shop.writer.save_stock([StockLevel(self.bath, self.stand.warehouse, pieces)])

    def price(self, amount: str) -> None:
        self.cast.lists[self.cast.first.pk].prices.filter(variant_id=self.bath).update(
            amount=Decimal(amount)
        )

    def step(self, step: int) -> None:
        VariantFacts.objects.update_or_create(variant_id=self.bath, defaults={"step": step})

    def buyer(self, **fields: Any) -> None:
        Buyer.objects.filter(user=self.cast.buyer).update(**fields)

    def owes(self) -> None:
        Settlement.objects.create(
            legal_entity=self.cast.first,
            document="Реализация 7",
            amount=900,
            due_date=timezone.localdate() - dt.timedelta(days=1),
            told_at=timezone.now(),
        )
        self.contract(overdue_days=0)

    def company(self, is_active: bool) -> None:
        type(self.cast.company).objects.filter(pk=self.cast.company.pk).update(is_active=is_active)


#: Gate → (what closes it, what opens it again, at the bath's line?, code, a word of the reason).
GATES = {
    "pack": (lambda c: c.step(3), lambda c: c.step(2), True, "INVALID", "3"),
    "stock": (lambda c: c.stock(1), lambda c: c.stock(9), True, "INSUFFICIENT_STOCK", "1"),
    # Once told, it is the price.
    "price": (lambda c: c.price("444.00"), lambda c: None, True, "INVALID", "444"),
    "limit": (
        lambda c: c.contract(credit_limit=100),
        lambda c: c.contract(credit_limit=None),
        False,
        "INVALID",
        "100,00",
    ),
    "overdue debt": (
        lambda c: c.owes(),
        lambda c: c.contract(overdue_days=None),
        False,
        "INVALID",
        "900,00",
    ),
    "smallest order": (
        lambda c: c.contract(min_order=5000),
        lambda c: c.contract(min_order=100),
        False,
        "INVALID",
        "5 000,00",
    ),
    "approval": (
        lambda c: c.buyer(role="buyer", spending_limit=10, limit_currency="RUB"),
        lambda c: c.buyer(spending_limit=None),
        False,
        "INVALID",
        "10,00",
    ),
    "switched off": (
        lambda c: c.company(False),
        lambda c: c.company(True),
        False,
        "INVALID",
        "",
    ),
}


@pytest.fixture
def carted(cast, stand, hose) -> Carted:
    _product, bath = stand.good("В-1", "500.00")
    cast.price(cast.first, bath, "410.10")
    cast.company.refresh_from_db()
    for entity in (cast.first, cast.second):
        Buyer.objects.get(user=cast.buyer).legal_entities.add(entity)
    return Carted(cast, stand, hose, bath)


def _made(stand: Stand, ask: Ask, cast: Cast, cart: str) -> list[str]:
    """What there is of an order, and what is left of trying to make one."""
    terms = CheckoutTerms.objects.get(pk=from_global_id(cart)[1])
    left = [] if terms.reserved is None else ["a reservation of the limit"]
    left += ["an order of ours"] * WholesaleOrder.objects.count()
    return left + stand.made_of(cart)


@pytest.mark.parametrize("gate", GATES)
def test_a_closed_gate_says_why_at_its_line_makes_nothing_and_opens_again(
    ask, cast, stand, shop, carted, deliver, gate
):
    close, mend, at_line, code, word = GATES[gate]
    cart = make(ask, cast.buyer, {carted.hose: 5, carted.bath: 2})["id"]
    deliver(cast.buyer, cart)
    before = ask(READ, cast.buyer, id=cart)["checkout"]["lines"]
    close(carted)

    read = ask(READ, cast.buyer, id=cart)["checkout"]
    (problem,) = read["b2bProblems"]
    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    (line,) = [x for x in before if x["variant"]["id"] == variant_gid(carted.bath)]
    here = (line["id"], variant_gid(carted.bath)) if at_line else (None, None)
    assert (problem["lineId"], problem["variantId"]) == here
    assert problem["code"] == code
    assert word in " ".join(problem["message"].split())
    assert told["order"] is None
    if gate == "switched off":  # he is a retail customer then, who hasn't paid
        assert codes(told) <= {code, "CHECKOUT_NOT_FULLY_PAID"}
    else:
        assert codes(told) == {code}
        assert [error["message"] for error in told["errors"]] == [problem["message"]]
    assert _made(stand, ask, cast, cart) == []
    mend(carted)
    assert ask(READ, cast.buyer, id=cart)["checkout"]["lines"] == before
    checkouts.changed(shop, from_global_id(cart)[1])
    assert not payload(ask, COMPLETE, cast.buyer, id=cart)["errors"]
    assert WholesaleOrder.objects.get().lines.count() == 2
