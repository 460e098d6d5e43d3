"""A cart carries its legal entity, and what the buyer picked beside it: the contract, with its
payment term and prices, and the consignee. The order, its notes and its paper say the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from graphql_relay import from_global_id, to_global_id

from b2b_overlay.ordering.models import CheckoutTerms, WholesaleOrder
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.terms.contracts import save_contract

from .carts import FOR, READ, codes, make, ordered, payload, total
from .conftest import entity_gid

PICK = """mutation($id: ID!, $input: B2BCheckoutTermsInput!) {
  payload: b2bCheckoutTermsUpdate(checkoutId: $id, input: $input) {
    checkout { contract { number paymentDays payment } consignee { name } dueDate
      contracts { number } consignees { name } }
    errors { code } } }"""
SAID = """query($id: ID!) { b2bCheckout(id: $id) {
  contract { number } consignee { name } dueDate } }"""


@pytest.fixture
def other(cast, hose):
    """A second contract of the first legal entity: 30 days, the hose at 58.00."""
    contract = save_contract(cast.manager, cast.first, number="Д-2", payment_days=30)
    prices = PriceList.objects.create(name="по второму договору")
    prices.prices.create(variant_id=hose, amount=Decimal("58.00"))
    set_contract_lists(contract, [prices])
    return contract


@pytest.fixture
def cart(ask, cast, hose):
    return make(ask, cast.buyer, {hose: 3})["id"]


def _contract(row):
    return str(to_global_id("B2BContract", row.pk))


def test_the_cart_goes_under_the_contract_he_picks_at_its_prices_and_payment_term(
    ask, cast, cart, other
):
    told = payload(ask, PICK, cast.buyer, id=cart, input={"contract": _contract(other)})

    assert not told["errors"], told
    shown = told["checkout"]
    assert shown["contract"] == {"number": "Д-2", "paymentDays": 30, "payment": "on_account"}
    assert shown["dueDate"] == (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    assert [each["number"] for each in shown["contracts"]][-1] == "Д-2"
    assert total(ask(READ, cast.buyer, id=cart)["checkout"]) == Decimal("174.00")


def test_the_order_and_what_staff_read_of_it_say_so_too(ask, cast, cart, other, deliver, stand):
    picked = {"contract": _contract(other), "consignee": entity_gid(cast.second)}
    payload(ask, PICK, cast.buyer, id=cart, input=picked)

    told = ordered(ask, deliver, cast.buyer, cart)

    order = WholesaleOrder.objects.get()
    assert (order.contract, order.consignee, order.total) == (other, cast.second, 174)
    assert order.due_date == timezone.localdate() + dt.timedelta(days=30)
    notes = stand.notes(from_global_id(told["id"])[1])
    assert notes["b2b.payment_days"] == "30"
    assert notes["b2b.consignee"] == cast.second.name
    assert notes["b2b.consignee_inn"] == cast.second.inn
    query = "{ b2bOrders { consignee { name } contract { number } } }"
    (shown,) = ask(query, cast.buyer)["b2bOrders"]
    assert shown == {"consignee": {"name": cast.second.name}, "contract": {"number": "Д-2"}}


def test_what_isnt_given_stays_and_null_takes_it_back(ask, cast, cart, other):
    picked = {"contract": _contract(other), "consignee": entity_gid(cast.second)}
    payload(ask, PICK, cast.buyer, id=cart, input=picked)

    payload(ask, PICK, cast.buyer, id=cart, input={"consignee": None})

    said = ask(SAID, cast.buyer, id=cart)["b2bCheckout"]
    assert said["contract"] == {"number": "Д-2"}
    assert said["consignee"] is None


def test_another_legal_entity_begins_anew(ask, cast, cart, other):
    picked = {"contract": _contract(other), "consignee": entity_gid(cast.second)}
    payload(ask, PICK, cast.buyer, id=cart, input=picked)

    for entity in (cast.first, cast.second, cast.first):
        payload(ask, FOR, cast.buyer, id=cart, entity=entity_gid(entity))
        if entity == cast.first:
            read = total(ask(READ, cast.buyer, id=cart)["checkout"])

    assert read == Decimal("183.69")
    row = CheckoutTerms.objects.get(checkout_id=from_global_id(cart)[1])
    assert (row.contract, row.consignee) == (None, None)


def test_a_contract_that_ended_is_no_longer_the_carts(ask, cast, cart, other):
    payload(ask, PICK, cast.buyer, id=cart, input={"contract": _contract(other)})

    other.is_active = False
    other.save()

    assert ask(SAID, cast.buyer, id=cart)["b2bCheckout"]["contract"]["number"] != "Д-2"


@pytest.mark.parametrize("what", ["contract", "consignee", "cart", "ended"])
def test_nobody_picks_what_isnt_his(ask, cast, cart, other, what):
    theirs = cast.theirs.contracts.get()
    ended = save_contract(cast.manager, cast.first, number="Д-0")
    ended.is_active = False
    ended.save()
    by = cast.stranger if what == "cart" else cast.buyer
    picked = {
        "contract": {"contract": _contract(theirs)},
        "consignee": {"consignee": entity_gid(cast.theirs)},
        "cart": {"contract": _contract(other)},
        "ended": {"contract": _contract(ended)},
    }[what]

    told = payload(ask, PICK, by, id=cart, input=picked)

    assert codes(told) == {"NOT_FOUND"}
    assert total(ask(READ, cast.buyer, id=cart)["checkout"]) == Decimal("183.69")
    row = CheckoutTerms.objects.get(checkout_id=from_global_id(cart)[1])
    assert (row.contract, row.consignee) == (None, None)


def test_a_consignee_that_was_taken_from_him_gets_nothing(ask, cast, cart, deliver):
    payload(ask, PICK, cast.buyer, id=cart, input={"consignee": entity_gid(cast.second)})
    cast.second.company = cast.theirs.company
    cast.theirs.refresh_from_db()
    cast.second.company = cast.theirs.company
    cast.second.save()

    ordered(ask, deliver, cast.buyer, cart)

    assert WholesaleOrder.objects.get().consignee is None


def test_a_good_costs_in_the_catalogue_of_the_page_what_it_does_in_such_a_cart(
    ask, cast, cart, other, shop, stand
):
    from b2b_overlay.ordering import cart as carts

    payload(ask, PICK, cast.buyer, id=cart, input={"contract": _contract(other)})

    ahead = carts.terms_ahead(shop, cast.buyer, stand.channel)

    assert ahead is not None
    assert ahead.contract == other
