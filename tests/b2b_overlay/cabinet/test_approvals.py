"""An order over a buyer's limit: he asks, an approver confirms or refuses, once."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering import people
from b2b_overlay.ordering.models import Approval, WholesaleOrder
from b2b_overlay.shop import get_shop
from sandbox import models


def give(cast, user, role, *entities, limit=None, currency="RUB", company=None):
    """The desk gives a buyer of the cast these rights."""
    buyer = Buyer.objects.get(user=user, company=company or cast.company)
    return people.change(
        get_shop(),
        cast.manager,
        buyer,
        role=role,
        legal_entity_ids=[each.pk for each in entities],
        spending_limit=None if limit is None else Decimal(limit),
        limit_currency=currency,
        name=buyer.name,
    )


@pytest.fixture
def limited(cast):
    """Kirill orders up to 2 000 for ИП Лютикова; Olga confirms what is more, the viewer
    (now an accountant) looks."""
    give(cast, cast.olga, "approver", cast.plus)
    give(cast, cast.viewer, "accountant", cast.plus)
    return give(cast, cast.kirill, "buyer", cast.plus, limit="2000")


@pytest.fixture
def filled(cast, limited, kirill):
    """Kirill's cart of two hoses: 2 800.50."""
    kirill.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    return str(models.Checkout.objects.get().pk)


def form(cast, checkout, **more):
    return {"checkout": checkout, "legal_entity": cast.plus.pk, "shown": "2800.50", **more}


@pytest.fixture
def asked(cast, kirill, filled):
    """Kirill has asked for it."""
    kirill.post("/approvals/ask/", form(cast, filled, comment="Срочно, объект стоит"))
    return Approval.objects.get()


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def nothing_ordered() -> bool:
    return not models.Order.objects.exists() and not WholesaleOrder.objects.exists()


def test_over_the_limit_he_reads_the_sums_and_cant_order(cast, kirill, filled):
    page = text_of(kirill.get("/checkout/"))

    assert "Заказ на 2 800,50 ₽ больше вашего предела 2 000,00 ₽ на один заказ" in page
    assert 'id="place"' not in page
    assert 'id="ask"' in page
    assert "olga@example.org" in page  # who can confirm

    answer = kirill.post("/checkout/", form(cast, filled))

    assert answer.status_code == 422
    assert nothing_ordered()


def test_within_the_limit_nobody_is_asked(cast, kirill, filled):
    kirill.post("/cart/change/", {f"quantity-{cast.hose.pk}": "1"})
    assert 'id="ask"' not in text_of(kirill.get("/checkout/"))

    kirill.post("/approvals/ask/", form(cast, filled, shown="1400.25"))
    assert not Approval.objects.exists()

    kirill.post("/checkout/", form(cast, filled, shown="1400.25"))
    assert WholesaleOrder.objects.get().total == Decimal("1400.25")


def test_a_limit_reached_to_the_kopeck_is_not_exceeded(cast, kirill, filled):
    give(cast, cast.kirill, "buyer", cast.plus, limit="2800.50")

    kirill.post("/checkout/", form(cast, filled))

    assert WholesaleOrder.objects.count() == 1


def test_a_limit_in_another_currency_is_always_exceeded(cast, kirill, filled):
    give(cast, cast.kirill, "buyer", cast.plus, limit="1000000", currency="USD")

    answer = kirill.post("/checkout/", form(cast, filled))

    assert answer.status_code == 422
    assert "предел на один заказ — в USD" in text_of(answer)
    assert nothing_ordered()


def test_he_asks_and_sees_that_it_waits(cast, kirill, filled, asked):
    assert (asked.total, asked.legal_entity, asked.state) == (
        Decimal("2800.50"),
        cast.plus,
        "waiting",
    )
    for page in ("/checkout/", "/cart/", "/orders/"):
        assert "дёт подтверждения" in text_of(kirill.get(page)), page
    assert nothing_ordered()


def test_asking_twice_is_asking_once(cast, kirill, filled, asked):
    kirill.post("/approvals/ask/", form(cast, filled))

    assert Approval.objects.get() == asked


def test_the_approver_sees_what_is_asked_for(cast, olga, asked):
    assert 'data-to-confirm="1"' in text_of(olga.get("/"))

    page = text_of(olga.get("/approvals/"))

    assert "kirill@example.org" in page
    assert "Срочно, объект стоит" in page
    assert 'data-total="2800.50"' in page
    assert "Шланг поливочный" in page


def test_confirming_places_the_buyers_order(cast, olga, kirill, asked):
    answer = olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    order = WholesaleOrder.objects.get()
    assert answer["Location"] == "/approvals/"
    assert (order.user, order.total, order.legal_entity) == (
        cast.kirill,
        Decimal("2800.50"),
        cast.plus,
    )
    assert order.comment == "Срочно, объект стоит"
    asked.refresh_from_db()
    assert (asked.state, asked.order, asked.decided_by) == ("approved", order, cast.olga)
    assert "olga@example.org" in text_of(kirill.get(f"/orders/{order.order_id}/"))
    assert f"№ {order.number}" in text_of(olga.get("/approvals/"))


def test_confirming_twice_makes_one_order(cast, olga, asked):
    olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})
    again = olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    assert again.status_code == 302
    assert WholesaleOrder.objects.count() == models.Order.objects.count() == 1


def test_of_two_approvers_the_second_is_told_who_was_first(cast, olga, sign_in, asked):
    give(cast, cast.viewer, "approver", cast.plus)
    olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    answer = sign_in(cast.viewer).post(f"/approvals/{asked.pk}/", {"no": "1", "reason": "Дорого"})

    assert answer.status_code == 422
    assert "olga@example.org: уже подтверждено" in text_of(answer)
    assert WholesaleOrder.objects.count() == 1
    asked.refresh_from_db()
    assert asked.state == "approved"


def test_refusing_takes_a_reason_that_the_buyer_reads(cast, olga, kirill, asked):
    empty = olga.post(f"/approvals/{asked.pk}/", {"no": "1", "reason": "  "})
    assert empty.status_code == 422
    asked.refresh_from_db()
    assert asked.state == "waiting"

    olga.post(f"/approvals/{asked.pk}/", {"no": "1", "reason": "Есть на складе"})

    asked.refresh_from_db()
    assert asked.state == "refused"
    for page in ("/checkout/", "/orders/"):
        assert "Есть на складе" in text_of(kirill.get(page)), page
    assert nothing_ordered()


def test_after_a_refusal_he_may_ask_again(cast, olga, kirill, filled, asked):
    olga.post(f"/approvals/{asked.pk}/", {"no": "1", "reason": "Есть на складе"})

    kirill.post("/approvals/ask/", form(cast, filled))
    again = Approval.objects.get(state="waiting")
    olga.post(f"/approvals/{again.pk}/", {"yes": "1"})

    assert WholesaleOrder.objects.count() == 1


def test_a_changed_cart_has_to_be_confirmed_anew(cast, olga, kirill, filled, asked):
    kirill.post("/cart/change/", {f"quantity-{cast.hose.pk}": "3"})

    answer = olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    assert answer.status_code == 422
    assert "больше не нужно" in text_of(answer)
    asked.refresh_from_db()
    assert asked.state == "lapsed"
    assert nothing_ordered()
    assert "Ничего не ждёт" in text_of(olga.get("/approvals/"))


def test_a_new_price_lapses_it_too(cast, olga, asked):
    cast.dealer.prices.filter(variant_id=cast.hose.pk).update(amount=Decimal("1450.00"))

    answer = olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    assert answer.status_code == 422
    assert "2900" in text_of(answer)
    asked.refresh_from_db()
    assert asked.state == "lapsed"
    assert nothing_ordered()


def test_without_stock_the_approver_is_told_and_it_goes_on_waiting(cast, olga, asked):
    models.Stock.objects.filter(variant=cast.hose).update(quantity=1)

    answer = olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    assert answer.status_code == 422
    assert "Заказ не оформлен" in text_of(answer)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("waiting", None)
    assert nothing_ordered()


def test_taken_back_nobody_can_confirm_it(cast, olga, kirill, asked):
    kirill.post(f"/approvals/{asked.pk}/take-back/")

    answer = olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    assert answer.status_code == 422
    asked.refresh_from_db()
    assert asked.state == "lapsed"
    assert nothing_ordered()


def test_where_the_process_died_after_the_confirmation_one_press_more_places_one_order(
    cast, olga, kirill, filled, asked
):
    Approval.objects.filter(pk=asked.pk).update(state="approved", decided_by=cast.olga)
    assert 'id="place"' in text_of(kirill.get("/checkout/"))

    kirill.post("/checkout/", form(cast, filled))
    olga.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    order = WholesaleOrder.objects.get()
    asked.refresh_from_db()
    assert asked.order == order


def test_a_confirmation_is_for_that_cart_only(cast, kirill, filled, asked):
    Approval.objects.filter(pk=asked.pk).update(state="approved", decided_by=cast.olga)
    kirill.post("/cart/change/", {f"quantity-{cast.hose.pk}": "3"})

    answer = kirill.post("/checkout/", form(cast, filled, shown="4200.75"))

    assert answer.status_code == 422
    assert nothing_ordered()


def test_nobody_confirms_his_own_order(cast, kirill, asked):
    give(cast, cast.kirill, "approver", cast.plus, limit="2000")
    own = kirill.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    assert own.status_code == 422
    assert "Свой заказ подтверждает другой человек" in text_of(own)
    assert nothing_ordered()


@pytest.mark.parametrize("role", ["buyer", "accountant", "viewer"])
def test_other_roles_dont_even_see_it(cast, sign_in, asked, role):
    give(cast, cast.viewer, role, cast.plus)
    client = sign_in(cast.viewer)

    assert client.post(f"/approvals/{asked.pk}/", {"yes": "1"}).status_code == 404
    assert f'data-approval="{asked.pk}"' not in text_of(client.get("/approvals/"))
    assert nothing_ordered()


def test_an_approver_without_that_legal_entity_doesnt_see_it(cast, olga, asked):
    give(cast, cast.olga, "approver", cast.ooo)

    assert olga.post(f"/approvals/{asked.pk}/", {"yes": "1"}).status_code == 404
    assert f'data-approval="{asked.pk}"' not in text_of(olga.get("/approvals/"))
    assert nothing_ordered()


@pytest.mark.parametrize("who", ["stranger", "retail"])
def test_a_stranger_finds_nothing(cast, sign_in, asked, who):
    client = sign_in(getattr(cast, who))

    for action in ({"yes": "1"}, {"no": "1", "reason": "нет"}):
        assert client.post(f"/approvals/{asked.pk}/", action).status_code == 404
    assert client.post(f"/approvals/{asked.pk}/take-back/").status_code == 404
    assert "Лютикова" not in text_of(client.get("/approvals/"))
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_a_removed_approver_confirms_nothing(cast, olga, asked):
    people.remove(get_shop(), cast.manager, Buyer.objects.get(user=cast.olga))

    assert olga.post(f"/approvals/{asked.pk}/", {"yes": "1"}).status_code == 404
    assert nothing_ordered()


def test_a_removed_buyers_request_lapses_and_his_cart_goes_to_retail(cast, olga, filled, asked):
    people.remove(get_shop(), cast.manager, Buyer.objects.get(user=cast.kirill))

    asked.refresh_from_db()
    assert asked.state == "lapsed"
    assert olga.post(f"/approvals/{asked.pk}/", {"yes": "1"}).status_code == 422
    assert nothing_ordered()
    assert get_shop().checkouts.get(filled).total.amount == Decimal("3980.00")


def test_the_desk_sees_but_doesnt_confirm(cast, manager, asked):
    answer = manager.post(f"/approvals/{asked.pk}/", {"yes": "1"})

    assert answer.status_code == 422
    assert nothing_ordered()


def test_where_nobody_can_confirm_he_is_told_whom_to_ask(cast, kirill, filled):
    give(cast, cast.olga, "buyer", cast.plus)

    page = text_of(kirill.get("/checkout/"))
    kirill.post("/approvals/ask/", form(cast, filled))

    assert 'id="ask"' not in page
    assert "некому подтвердить" in page
    assert not Approval.objects.exists()


def test_nobody_asks_with_anothers_cart(cast, stranger, filled):
    answer = stranger.post("/approvals/ask/", form(cast, filled, legal_entity=cast.theirs.pk))

    assert answer.status_code == 404
    assert not Approval.objects.exists()


def test_another_sum_than_shown_is_not_asked_for(cast, kirill, filled):
    kirill.post("/approvals/ask/", form(cast, filled, shown="1.00"))

    assert not Approval.objects.exists()
