"""Orders that the shop's staff put together in the Dashboard, at the buyer's own prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from contract.carts import CHOOSE, codes, payload
from contract.conftest import entity_gid, variant_gid
from contract.stand import may
from drafting import (
    ADD,
    DROP,
    FOR,
    LESS,
    LOOK,
    SET,
    UPDATE,
    Drafting,
    lines_of,
    prices,
    row_of,
    sum_of,
)
from graphql_relay import from_global_id, to_global_id
from saleor.discount.models import OrderLineDiscount
from saleor.order.models import Order

from b2b_overlay.ordering.drafts import refusals
from b2b_overlay.ordering.models import CheckoutTerms
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.resolver import resolve
from b2b_overlay.terms.current import terms_of


@pytest.fixture
def staff(ask, cast) -> Drafting:
    may(cast.manager, "manage_orders")
    return Drafting(ask, cast.manager)


@pytest.fixture
def draft(staff, cast, hose):
    """Three hoses for «Ромашка»'s first legal entity."""
    return staff.made_for(cast.buyer, entity_gid(cast.first), {hose: 3})


# ------------------------------------------------------------------------ at whose prices


def test_it_is_at_the_buyers_prices_in_the_very_answer(staff, cast, hose, stand):
    draft = staff.make(cast.colleague, {hose: 3})

    (answer,) = resolve(terms_of(cast.second, stand.channel), {hose: 3}, {}).values()
    assert prices(draft) == [answer.price.money.amount] == [Decimal("70.50")]
    assert sum_of(draft) == Decimal("211.50")
    (line,) = row_of(draft).lines.all()
    assert line.undiscounted_unit_price_gross_amount == Decimal("70.50")
    assert (line.is_price_overridden, line.unit_discount_amount) == (True, 0)
    assert cast.second.name in line.price_override_reason


def test_for_which_of_several_legal_entities_is_never_guessed(staff, cast, hose):
    draft = staff.make(cast.buyer, {hose: 3})

    assert prices(draft) == [Decimal("100.00")]
    told = staff.look(draft["id"])
    assert (told["legalEntity"], told["isLegalEntityKnown"]) == (None, False)
    assert {each["id"] for each in told["legalEntities"]} == {
        entity_gid(cast.first),
        entity_gid(cast.second),
    }


def test_the_manager_says_for_which_and_the_prices_follow(staff, cast, hose, stand):
    draft = staff.make(cast.buyer, {hose: 3})

    for entity, price in ((cast.first, "61.23"), (cast.second, "70.50")):
        told = staff.tell(FOR, id=draft["id"], entity=entity_gid(entity))
        assert not told["errors"]
        assert told["draftOrder"]["legalEntity"]["id"] == entity_gid(entity)
        assert prices(staff.read(draft["id"])) == [Decimal(price)]
        notes = stand.notes(from_global_id(draft["id"])[1])
        assert notes["b2b.legal_entity_inn"] == entity.inn


def test_the_one_that_the_customer_chose_himself_is_taken(staff, ask, cast, hose):
    payload(ask, CHOOSE, cast.buyer, entity=entity_gid(cast.second), channel="ru")

    assert prices(staff.make(cast.buyer, {hose: 1})) == [Decimal("70.50")]


def test_for_himself_it_is_at_retail_again_promotions_and_all(staff, draft, a_fifth_off):
    told = staff.tell(FOR, id=draft["id"], entity=None)

    assert told["draftOrder"]["isLegalEntityKnown"]
    read = staff.read(draft["id"])
    assert prices(read) == [Decimal("80.00")]
    assert read["voucherCode"] is None
    assert not row_of(draft).private_metadata


def test_another_customer_means_other_prices(staff, draft, cast):
    told = staff.tell(
        UPDATE, id=draft["id"], input={"user": to_global_id("User", cast.stranger.pk)}
    )
    assert prices(told["order"]) == [Decimal("55.00")]

    told = staff.tell(
        UPDATE, id=draft["id"], input={"user": to_global_id("User", cast.customer.pk)}
    )
    assert prices(told["order"]) == [Decimal("100.00")]
    assert not CheckoutTerms.objects.filter(checkout_id=from_global_id(draft["id"])[1]).exists()


def test_goods_added_and_quantities_changed_are_at_the_price_that_holds_then(
    staff, draft, cast, hose, stand
):
    _product, tap = stand.good("К-1", "100.00")
    cast.price(cast.first, tap, "80.00")
    cast.price(cast.first, hose, "50.00", at=10)

    told = staff.tell(ADD, id=draft["id"], lines=lines_of({tap: 2}))
    assert sorted(prices(told["order"])) == [Decimal("61.23"), Decimal("80.00")]
    assert sum_of(told["order"]) == Decimal("343.69")

    line = next(each["id"] for each in told["order"]["lines"] if each["quantity"] == 3)
    told = staff.tell(SET, id=line, quantity=10)
    assert sum_of(told["order"]) == Decimal("660.00")

    told = staff.tell(DROP, id=line)
    assert sum_of(told["order"]) == Decimal("160.00")


def test_a_retail_customers_draft_is_saleors_own(staff, cast, hose, shop, a_fifth_off):
    draft = staff.make(cast.customer, {hose: 3})

    (line,) = row_of(draft).lines.all()
    assert prices(draft) == [Decimal("80.00")]
    assert not line.is_price_overridden
    assert not line.private_metadata
    assert staff.look(draft["id"])["legalEntities"] == []
    assert refusals(shop, from_global_id(draft["id"])[1]) == []


# ---------------------------------------------------------------- promotions and the staff's own


def test_promotions_and_promo_codes_leave_it_exact(
    staff, cast, hose, a_fifth_off, ten_per_cent_off_orders, ten_off
):
    draft = staff.made_for(cast.buyer, entity_gid(cast.first), {hose: 3})
    assert (prices(draft), sum_of(draft)) == ([Decimal("61.23")], Decimal("183.69"))
    assert not OrderLineDiscount.objects.filter(line__order=row_of(draft)).exists()

    told = staff.tell(UPDATE, id=draft["id"], input={"voucherCode": "TEN"})

    assert codes(told) == {"INVALID_VOUCHER"}
    assert "договор" in told["errors"][0]["message"].lower()
    assert sum_of(staff.read(draft["id"])) == Decimal("183.69")


def test_where_the_list_lets_them_they_apply(staff, cast, hose, stacks, a_fifth_off, ten_off):
    draft = staff.made_for(cast.buyer, entity_gid(cast.first), {hose: 3})
    assert prices(draft) == [Decimal("48.98")]

    told = staff.tell(UPDATE, id=draft["id"], input={"voucherCode": "TEN"})

    assert not told["errors"]
    assert sum_of(told["order"]) == Decimal("136.94")
    assert not staff.look(draft["id"])["problems"]


def test_what_the_staff_price_themselves_stays_theirs(staff, draft, hose, cast):
    told = staff.tell(ADD, id=draft["id"], lines=lines_of({hose: 1}, price="40.00"))
    assert prices(told["order"]) == [Decimal("40.00")]

    line = told["order"]["lines"][0]["id"]
    assert prices(staff.tell(SET, id=line, quantity=9)["order"]) == [Decimal("40.00")]
    assert not staff.look(draft["id"])["problems"]


def test_a_discount_of_the_staffs_is_off_the_contract_price(staff, draft, hose, cast):
    cast.price(cast.first, hose, "50.00", at=10)
    line = draft["lines"][0]["id"]

    staff.tell(LESS, id=line, value="1.23")
    assert prices(staff.read(draft["id"])) == [Decimal("60.00")]

    told = staff.tell(SET, id=line, quantity=10)
    assert prices(told["order"]) == [Decimal("48.77")]
    assert not staff.look(draft["id"])["problems"]


def test_a_price_on_request_is_said_and_the_staffs_own_put_in(staff, cast, stand):
    _product, board = stand.good("Н-1", "100.00", name="Доска")
    cast.price(cast.first, board, "5.00")
    cast.lists[cast.first.pk].currency = "CNY"
    cast.lists[cast.first.pk].save()
    draft = staff.made_for(cast.buyer, entity_gid(cast.first), {board: 1})

    (problem,) = staff.look(draft["id"])["problems"]
    assert problem["lineId"] == draft["lines"][0]["id"]
    assert "Доска" in problem["message"]
    assert "запрос" in problem["message"]

    staff.tell(ADD, id=draft["id"], lines=lines_of({board: 1}, price="88.00"))
    assert not staff.look(draft["id"])["problems"]
    assert prices(staff.read(draft["id"])) == [Decimal("88.00")]


# ----------------------------------------------------------------------- who may, and when not


@pytest.mark.parametrize("who", ["buyer", "stranger", "customer", None])
def test_nobody_but_the_desk_is_told_or_says_for_whom_it_is(answers, cast, draft, who):
    by = getattr(cast, who) if who else None
    entity = entity_gid(cast.second)

    told = answers(LOOK, by, {"id": draft["id"]}, {})
    assert "PERMISSION_DENIED" in told["errors"][0]["message"]
    told = answers(FOR, by, {"id": draft["id"], "entity": entity}, {})["data"]["payload"]
    assert codes(told) == {"PERMISSION_DENIED"}
    said = CheckoutTerms.objects.get(checkout_id=from_global_id(draft["id"])[1])
    assert said.legal_entity == cast.first


def test_the_buyer_cant_make_it_out_for_another_as_if_it_were_his_cart(ask, cast, draft):
    checkout = to_global_id("Checkout", from_global_id(draft["id"])[1])
    query = """mutation($id: ID!, $entity: ID) { payload: b2bCheckoutLegalEntityUpdate(
      checkoutId: $id, legalEntityId: $entity) { errors { code } } }"""

    told = payload(ask, query, cast.buyer, id=checkout, entity=entity_gid(cast.second))

    assert codes(told) == {"NOT_FOUND"}


def test_a_strangers_legal_entity_is_refused(staff, draft, cast):
    told = staff.tell(FOR, id=draft["id"], entity=entity_gid(cast.theirs))

    assert codes(told) == {"NOT_FOUND"}
    assert prices(staff.read(draft["id"])) == [Decimal("61.23")]


def test_switched_off_it_is_at_retail_and_becomes_no_order(staff, draft, cast, shop):
    switch(shop, cast.manager, cast.company, on=False)

    assert prices(staff.read(draft["id"])) == [Decimal("100.00")]
    (problem,) = staff.look(draft["id"])["problems"]
    assert "Оптовые условия" in problem["message"]


def test_a_deleted_draft_leaves_nothing_of_ours(staff, draft):
    delete = "mutation($id: ID!) { payload: draftOrderDelete(id: $id) { errors { code } } }"

    assert not staff.tell(delete, id=draft["id"])["errors"]

    assert not Order.objects.filter(pk=from_global_id(draft["id"])[1]).exists()
    assert not CheckoutTerms.objects.exists()


def test_an_unknown_draft_is_told_as_none(staff, cast, hose):
    assert staff.look(to_global_id("Order", "00000000-0000-0000-0000-000000000000")) is None
    assert staff.look(variant_gid(hose)) is None
