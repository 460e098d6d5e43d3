"""A limit for one order holds on the shop's own API; confirming places the buyer's order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from graphql_relay import from_global_id

from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering import approval, orders, people
from b2b_overlay.ordering.models import Approval, WholesaleOrder
from b2b_overlay.shop import Refused, StockLevel

from .carts import COMPLETE, READ, UPDATE, codes, make, payload
from .conftest import variant_gid


@pytest.fixture
def give(cast, shop):
    """The owner gives his colleague a role, the second legal entity, and a limit."""

    def given(role="buyer", limit: str | None = "200", entities=None):
        return people.change(
            shop,
            cast.buyer,
            Buyer.objects.get(user=cast.colleague),
            role=role,
            legal_entity_ids=[each.pk for each in (entities or [cast.second])],
            spending_limit=None if limit is None else Decimal(limit),
            limit_currency="RUB",
            name="Борис",
        )

    return given


@pytest.fixture
def cart(ask, cast, hose, give, deliver):
    """The colleague's cart of three hoses, 211.50 and more with delivery; his limit is 200."""
    give()
    made = make(ask, cast.colleague, {hose: 3})
    deliver(cast.colleague, made["id"])
    return made["id"]


@pytest.fixture
def asked(cast, shop, cart) -> Approval:
    return approval.ask(shop, cast.colleague, from_global_id(cart)[1], cast.second.pk)


def nothing_ordered(stand, cast) -> bool:
    return stand.orders_of(cast.colleague) == 0 and not WholesaleOrder.objects.exists()


def test_over_the_limit_the_shops_own_api_refuses_with_the_sums(ask, cast, cart, stand):
    told = payload(ask, COMPLETE, cast.colleague, id=cart)

    assert codes(told) == {"INVALID"}
    assert "200,00" in told["errors"][0]["message"]
    assert "211,50" in told["errors"][0]["message"]
    assert nothing_ordered(stand, cast)


def test_within_it_the_order_is_placed(ask, cast, cart, give):
    give(limit="211.50")

    assert not payload(ask, COMPLETE, cast.colleague, id=cart)["errors"]


def test_waiting_for_a_word_is_not_yet_leave(ask, cast, cart, asked, stand):
    assert codes(payload(ask, COMPLETE, cast.colleague, id=cart)) == {"INVALID"}
    assert nothing_ordered(stand, cast)


def test_confirming_places_the_order_of_its_buyer(cast, shop, asked, stand):
    done = approval.decide(shop, cast.buyer, asked.pk, True)

    kept = WholesaleOrder.objects.get()
    assert (kept.user, kept.legal_entity, kept.total) == (
        cast.colleague,
        cast.second,
        asked.total,
    )
    assert stand.orders_of(cast.colleague) == 1
    assert stand.orders_of(cast.buyer) == 0
    assert (done.order, done.decided_by) == (kept, cast.buyer)


def test_confirming_twice_makes_one_order(cast, shop, asked, stand):
    first = approval.decide(shop, cast.buyer, asked.pk, True)
    again = approval.decide(shop, cast.buyer, asked.pk, True)

    assert again.order == first.order
    assert stand.orders_of(cast.colleague) == 1


def test_a_cart_made_on_a_page_is_confirmed_too(cast, shop, hose, give, stand):
    """No address and no delivery were asked for: both are put in before the approver is."""
    give()
    cart_id = shop.checkouts.set_quantities(cast.colleague.pk, stand.channel, {hose: 3})
    asked = approval.ask(shop, cast.colleague, cart_id, cast.second.pk)

    done = approval.decide(shop, cast.buyer, asked.pk, True)

    assert done.order is not None
    assert done.order.total == asked.total


def test_a_storefronts_cart_without_delivery_is_confirmed_with_the_sum_it_will_have(
    ask, cast, shop, hose, give
):
    give()
    made = make(ask, cast.colleague, {hose: 3})
    asked = approval.ask(shop, cast.colleague, from_global_id(made["id"])[1], cast.second.pk)

    done = approval.decide(shop, cast.buyer, asked.pk, True)

    assert done.order is not None
    assert done.order.total == asked.total


def test_a_changed_cart_has_to_be_confirmed_anew(ask, cast, shop, cart, asked, hose, stand):
    lines = [{"variantId": variant_gid(hose), "quantity": 4}]
    payload(ask, UPDATE, cast.colleague, id=cart, lines=lines)

    with pytest.raises(Refused):
        approval.decide(shop, cast.buyer, asked.pk, True)

    asked.refresh_from_db()
    assert asked.state == Approval.State.LAPSED
    assert nothing_ordered(stand, cast)


def test_what_is_confirmed_and_then_changed_is_refused_by_the_gate(
    ask, cast, cart, asked, hose, stand
):
    Approval.objects.filter(pk=asked.pk).update(state="approved", decided_by=cast.buyer)
    lines = [{"variantId": variant_gid(hose), "quantity": 4}]
    payload(ask, UPDATE, cast.colleague, id=cart, lines=lines)

    assert codes(payload(ask, COMPLETE, cast.colleague, id=cart)) == {"INVALID"}
    assert nothing_ordered(stand, cast)


def test_what_is_confirmed_can_be_ordered_by_the_buyer_as_well(ask, cast, cart, asked):
    Approval.objects.filter(pk=asked.pk).update(state="approved", decided_by=cast.buyer)

    assert not payload(ask, COMPLETE, cast.colleague, id=cart)["errors"]

    asked.refresh_from_db()
    assert asked.order == WholesaleOrder.objects.get()


def test_without_stock_nothing_is_placed_and_it_waits_on(cast, shop, asked, hose, stand):
    shop.writer.save_stock([StockLevel(hose, stand.warehouse, 1)])

    with pytest.raises(Refused):
        approval.decide(shop, cast.buyer, asked.pk, True)

    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (Approval.State.WAITING, None)
    assert nothing_ordered(stand, cast)


def test_a_removed_buyers_cart_is_at_retail_and_isnt_ordered(ask, cast, shop, cart, asked, stand):
    people.remove(shop, cast.buyer, Buyer.objects.get(user=cast.colleague))

    read = ask(READ, cast.colleague, id=cart)["checkout"]
    assert Decimal(read["lines"][0]["unitPrice"]["gross"]["amount"]) == Decimal("100.00")
    assert payload(ask, COMPLETE, cast.colleague, id=cart)["errors"]
    with pytest.raises(Refused):
        approval.decide(shop, cast.buyer, asked.pk, True)
    assert nothing_ordered(stand, cast)


@pytest.mark.parametrize("role", ["viewer", "accountant"])
def test_a_role_that_only_looks_cant_order_what_lies_in_the_cart(
    ask, cast, cart, give, stand, role
):
    give(role=role, limit=None)

    assert payload(ask, COMPLETE, cast.colleague, id=cart)["errors"]
    assert nothing_ordered(stand, cast)


def test_a_legal_entity_taken_away_ends_its_prices_in_the_open_cart(ask, cast, cart, give, stand):
    give(entities=[cast.first])

    read = ask(READ, cast.colleague, id=cart)["checkout"]
    assert Decimal(read["lines"][0]["unitPrice"]["gross"]["amount"]) == Decimal("100.00")
    assert payload(ask, COMPLETE, cast.colleague, id=cart)["errors"]
    assert nothing_ordered(stand, cast)


def test_nobody_places_anothers_cart_with_his_own_confirmation(cast, shop, asked, stand):
    with pytest.raises(Refused):
        approval.decide(shop, cast.colleague, asked.pk, True)
    with pytest.raises(Approval.DoesNotExist):
        approval.decide(shop, cast.stranger, asked.pk, True)

    assert nothing_ordered(stand, cast)


def test_an_owner_orders_without_a_limit(ask, cast, shop, hose, stand):
    cart_id = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: 900})

    assert orders.place(shop, cast.buyer, cart_id, cast.first.pk).user == cast.buyer
