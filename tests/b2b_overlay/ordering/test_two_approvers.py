"""Two approvers, or an approver and the buyer, press at the same moment: one order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from cast import Cast
from django.db import connection

from b2b_overlay.company.models import Buyer, LegalEntity
from b2b_overlay.ordering import approval, orders, people
from b2b_overlay.ordering.models import Approval, WholesaleOrder
from b2b_overlay.shop import Refused, get_shop
from sandbox import models

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

ROUNDS = 6


@pytest.fixture
def cast(cast: Cast) -> Cast:
    for name, role, limit in (
        ("olga", "approver", None),
        ("viewer", "approver", None),
        ("kirill", "buyer", Decimal(2000)),
    ):
        people.change(
            get_shop(),
            cast.manager,
            Buyer.objects.get(user=getattr(cast, name)),
            role=role,
            legal_entity_ids=[cast.plus.pk],
            spending_limit=limit,
            limit_currency="RUB",
            name=name,
        )
    return cast


def asked(cast: Cast) -> Approval:
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    cart = shop.checkouts.set_quantities(cast.kirill.pk, channel, {cast.hose.pk: 2})
    return approval.ask(shop, cast.kirill, cart, cast.plus.pk)


def together(*actions: Callable[[], Any]) -> list[Any]:
    """All at once, each with a connection of its own; a refusal is an answer too."""
    barrier = Barrier(len(actions))

    def alone(action: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return action()
        except (Refused, LegalEntity.DoesNotExist) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(alone, actions))


def decide(cast: Cast, who: str, pk: int, yes: bool = True) -> Callable[[], Any]:
    return lambda: approval.decide(get_shop(), getattr(cast, who), pk, yes, reason="нет")


def take_back(cast: Cast, pk: int) -> Callable[[], Any]:
    return lambda: approval.take_back(cast.kirill, pk)


def place(cast: Cast, cart: str) -> Callable[[], Any]:
    return lambda: orders.place(get_shop(), cast.kirill, cart, cast.plus.pk)


def test_both_confirm_and_there_is_one_order(cast: Cast) -> None:
    for count in range(1, ROUNDS + 1):
        row = asked(cast)

        together(decide(cast, "olga", row.pk), decide(cast, "viewer", row.pk))

        row.refresh_from_db()
        assert row.state == "approved"
        assert row.order is not None
        assert WholesaleOrder.objects.count() == models.Order.objects.count() == count


def test_one_confirms_and_one_refuses_and_one_of_them_holds(cast: Cast) -> None:
    for _round in range(ROUNDS):
        row, before = asked(cast), WholesaleOrder.objects.count()

        answers = together(decide(cast, "olga", row.pk), decide(cast, "viewer", row.pk, yes=False))

        row.refresh_from_db()
        came = WholesaleOrder.objects.count() - before
        assert (row.state, came) in {("approved", 1), ("refused", 0)}
        assert sum(isinstance(answer, Refused) for answer in answers) == 1


def test_the_buyer_takes_it_back_while_it_is_confirmed(cast: Cast) -> None:
    for _round in range(ROUNDS):
        row, before = asked(cast), WholesaleOrder.objects.count()

        together(decide(cast, "olga", row.pk), take_back(cast, row.pk))

        row.refresh_from_db()
        came = WholesaleOrder.objects.count() - before
        assert (row.state, came) in {("approved", 1), ("lapsed", 0)}


def test_the_buyer_orders_by_himself_while_it_is_confirmed(cast: Cast) -> None:
    for _round in range(ROUNDS):
        row, before = asked(cast), WholesaleOrder.objects.count()

        together(
            decide(cast, "olga", row.pk),
            place(cast, row.checkout_id),
        )

        row.refresh_from_db()
        assert row.state == "approved"
        assert row.order is not None
        assert WholesaleOrder.objects.count() == before + 1


def test_a_double_click_asks_once(cast: Cast) -> None:
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    cart = shop.checkouts.set_quantities(cast.kirill.pk, channel, {cast.hose.pk: 2})

    def press() -> Approval:
        return approval.ask(get_shop(), cast.kirill, cart, cast.plus.pk)

    first, second = together(press, press)

    assert first == second == Approval.objects.get()


def test_he_is_removed_while_it_is_confirmed(cast: Cast) -> None:
    """Either the order came first, or there is none."""
    kirill = Buyer.objects.get(user=cast.kirill)
    row = asked(cast)

    together(lambda: people.remove(get_shop(), cast.manager, kirill), decide(cast, "olga", row.pk))

    row.refresh_from_db()
    placed = WholesaleOrder.objects.count()
    assert (row.state, placed) in {("approved", 1), ("lapsed", 0)}
