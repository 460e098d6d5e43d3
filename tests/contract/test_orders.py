"""From a cart to an order on account: who may, what is kept, what a refusal leaves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from graphql_relay import from_global_id

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering import gate, orders
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import Price, VariantFacts
from b2b_overlay.shop import Refused

from .carts import COMPLETE, FOR, READ, UPDATE, codes, make, payload, total
from .conftest import entity_gid, variant_gid


@pytest.fixture
def cart(ask, cast, hose, deliver):
    """The buyer's cart of three hoses, ready to be ordered."""
    made = make(ask, cast.buyer, {hose: 3})
    deliver(cast.buyer, made["id"])
    return made["id"]


def _nothing_ordered(ask, cast, cart, stand) -> bool:
    read = ask(READ, cast.buyer, id=cart)["checkout"]
    return (
        read is not None
        and stand.orders_of(cast.buyer) == 0
        and not WholesaleOrder.objects.exists()
    )


def test_the_buyer_orders_on_account(ask, cast, cart):
    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert not told["errors"], told
    assert total({"totalPrice": told["order"]["total"]}) == Decimal("183.69")
    kept = WholesaleOrder.objects.get()
    assert (kept.legal_entity, kept.company, kept.user) == (cast.first, cast.company, cast.buyer)
    assert (kept.total, kept.number) == (Decimal("183.69"), told["order"]["number"])
    assert (kept.due_date - kept.placed_at.date()).days in (14, 15)  # midnight in Moscow
    (line,) = kept.lines.all()
    assert (line.quantity, line.unit_price, line.total) == (3, Decimal("61.23"), Decimal("183.69"))


def test_asking_twice_makes_one_order(ask, cast, cart):
    first = payload(ask, COMPLETE, cast.buyer, id=cart)["order"]
    again = payload(ask, COMPLETE, cast.buyer, id=cart)

    if again["order"]:  # a shop may answer with the order, or not find the cart any more
        assert again["order"]["id"] == first["id"]
    assert WholesaleOrder.objects.count() == 1


def test_a_retail_customer_cant_order_unpaid(ask, cast, hose, deliver, stand):
    made = make(ask, cast.customer, {hose: 1})
    deliver(cast.customer, made["id"])

    told = payload(ask, COMPLETE, cast.customer, id=made["id"])

    assert codes(told) == {"CHECKOUT_NOT_FULLY_PAID"}
    assert stand.orders_of(cast.customer) == 0


def test_the_buyer_as_a_private_person_cant_either(ask, cast, cart, stand):
    payload(ask, FOR, cast.buyer, id=cart, entity=None)

    assert codes(payload(ask, COMPLETE, cast.buyer, id=cart)) == {"CHECKOUT_NOT_FULLY_PAID"}
    assert _nothing_ordered(ask, cast, cart, stand)


@pytest.mark.parametrize("who", ["stranger", "customer", None])
def test_nobody_else_orders_his_cart(ask, cast, cart, stand, who):
    told = payload(ask, COMPLETE, getattr(cast, who) if who else None, id=cart)

    assert told["order"] is None
    assert told["errors"]
    assert _nothing_ordered(ask, cast, cart, stand)


@pytest.mark.parametrize(("pack", "step"), [(12, 1), (1, 12), (4, 6)])
def test_a_broken_pack_is_refused_and_nothing_changes(ask, cast, stand, deliver, pack, step):
    """Of the price, or of the good itself: 1C's selling step."""
    _product, board = stand.good("ДС-1", "100.00")
    cast.price(cast.first, board, "80.00", pack=pack)
    VariantFacts.objects.update_or_create(variant_id=board, defaults={"step": step})
    made = make(ask, cast.buyer, {board: 13})
    deliver(cast.buyer, made["id"])

    told = payload(ask, COMPLETE, cast.buyer, id=made["id"])

    assert codes(told) == {"INVALID"}
    assert "12" in told["errors"][0]["message"]
    assert "24" in told["errors"][0]["message"]
    assert _nothing_ordered(ask, cast, made["id"], stand)


def test_after_a_refusal_the_mended_cart_is_ordered(ask, cast, stand, deliver):
    _product, board = stand.good("ДС-1", "100.00")
    cast.price(cast.first, board, "80.00", pack=12)
    made = make(ask, cast.buyer, {board: 13})
    deliver(cast.buyer, made["id"])
    payload(ask, COMPLETE, cast.buyer, id=made["id"])

    lines = [{"variantId": variant_gid(board), "quantity": 24}]
    payload(ask, UPDATE, cast.buyer, id=made["id"], lines=lines)

    assert not payload(ask, COMPLETE, cast.buyer, id=made["id"])["errors"]
    assert WholesaleOrder.objects.get().lines.get().coefficient == 12


def test_after_a_refusal_the_cart_isnt_paid_for_as_a_private_person(ask, cast, stand, deliver):
    _product, board = stand.good("ДС-1", "100.00")
    cast.price(cast.first, board, "80.00", pack=12)
    made = make(ask, cast.buyer, {board: 13})
    deliver(cast.buyer, made["id"])
    payload(ask, COMPLETE, cast.buyer, id=made["id"])
    payload(ask, FOR, cast.buyer, id=made["id"], entity=None)

    told = payload(ask, COMPLETE, cast.buyer, id=made["id"])

    assert codes(told) == {"CHECKOUT_NOT_FULLY_PAID"}
    assert _nothing_ordered(ask, cast, made["id"], stand)


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_ordered(ask, cast, cart, hose, stand):
    Price.objects.filter(price_list=cast.lists[cast.first.pk]).update(amount=Decimal("65.00"))

    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert codes(told) == {"INVALID"}
    assert "65" in told["errors"][0]["message"]
    assert _nothing_ordered(ask, cast, cart, stand)

    again = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert again["errors"] == []
    assert again["order"]


def test_switched_off_meanwhile_he_cant_order_on_account(ask, cast, cart, stand):
    cast.company.is_active = False
    cast.company.save()

    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert told["order"] is None
    assert told["errors"]
    assert _nothing_ordered(ask, cast, cart, stand)


@pytest.mark.parametrize("ended", ["switched off", "removed", "moved"])
def test_terms_that_end_between_the_gate_and_the_order_make_none(
    ask, cast, cart, stand, monkeypatch, ended
):
    """The gate has said yes; before the order is made, the desk ends its terms."""
    asked = gate.refusals

    def meanwhile(*args):
        answer = asked(*args)
        if ended == "switched off":
            Company.objects.filter(pk=cast.company.pk).update(is_active=False)
        elif ended == "removed":
            Buyer.objects.filter(user=cast.buyer).update(is_active=False)
        else:
            LegalEntity.objects.filter(pk=cast.first.pk).update(company=cast.theirs.company)
        return answer

    cast.theirs.refresh_from_db()
    monkeypatch.setattr(gate, "refusals", meanwhile)
    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert told["order"] is None
    assert codes(told) == {"INVALID"}
    assert "Оптовые условия" in told["errors"][0]["message"]
    assert _nothing_ordered(ask, cast, cart, stand)


def test_a_page_places_the_same_order(cast, hose, shop, stand):
    cart_id = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: 3})
    shown = shop.checkouts.get(cart_id).total.amount

    placed = orders.place(shop, cast.buyer, cart_id, cast.first.pk, shown_total=shown)

    assert (placed.total, placed.legal_entity) == (shown, cast.first)
    assert orders.place(shop, cast.buyer, cart_id, cast.first.pk) == placed


def test_a_page_refuses_another_sum_than_it_showed(cast, hose, shop, stand):
    cart_id = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: 3})

    with pytest.raises(Refused):
        orders.place(shop, cast.buyer, cart_id, cast.first.pk, shown_total=Decimal("1.00"))

    assert stand.orders_of(cast.buyer) == 0


def test_the_legal_entity_on_the_cart_is_the_orders(ask, cast, cart):
    payload(ask, FOR, cast.buyer, id=cart, entity=entity_gid(cast.second))

    told = payload(ask, COMPLETE, cast.buyer, id=cart)

    assert total({"totalPrice": told["order"]["total"]}) == Decimal("211.50")
    assert WholesaleOrder.objects.get().legal_entity == cast.second


def test_orders_are_seen_by_those_who_may(ask, cast, cart):
    payload(ask, COMPLETE, cast.buyer, id=cart)

    def seen(who):
        return [each["number"] for each in ask("{ b2bOrders { number } }", who)["b2bOrders"]]

    assert len(seen(cast.buyer)) == 1
    assert seen(cast.colleague) == []  # it is the other legal entity's
    assert seen(cast.stranger) == []
    assert seen(None) == []


def test_a_hook_that_never_ran_loses_no_order(ask, cast, cart, shop):
    payload(ask, COMPLETE, cast.buyer, id=cart)
    WholesaleOrder.objects.all().delete()

    assert orders.record_missing(shop) == 1
    assert orders.record_missing(shop) == 0
    assert WholesaleOrder.objects.get().total == Decimal("183.69")


def test_the_port_reads_what_was_placed(ask, cast, cart, shop):
    told = payload(ask, COMPLETE, cast.buyer, id=cart)
    order_id, checkout_id = from_global_id(told["order"]["id"])[1], from_global_id(cart)[1]

    placed = shop.orders.get([order_id, "no id at all"])

    assert list(placed) == [order_id]
    value = placed[order_id]
    assert (value.number, value.total.amount) == (told["order"]["number"], Decimal("183.69"))
    assert (value.user_id, value.checkout_id) == (cast.buyer.pk, checkout_id)
    assert list(shop.orders.of_user(cast.buyer.pk)) == [order_id]
    assert shop.orders.of_checkouts([checkout_id]) == {checkout_id: order_id}
