"""Two orders race for the last of a contract's limit; a process dies in between."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from cast import Cast
from django.db import transaction

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.ordering import orders
from b2b_overlay.ordering.credit import credit_of
from b2b_overlay.ordering.models import CheckoutTerms, WholesaleOrder
from b2b_overlay.shop import Refused, get_shop
from sandbox import carts, models

HOSE = Decimal("1400.25")
ROUNDS = 6


def fill(cast: Cast, user: models.User) -> str:
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    return shop.checkouts.set_quantities(user.pk, channel, {cast.hose.pk: 1})


def place(cast: Cast, user: models.User, cart: str) -> WholesaleOrder | None:
    try:
        return orders.place(get_shop(), user, cart, cast.plus.pk)
    except Refused:
        return None


def limit(cast: Cast, still: Decimal) -> None:
    """For so much may still be ordered under the contract."""
    (contract,) = cast.plus.contracts.all()
    have = credit_of([contract])
    gone = have[contract.pk].limit - have[contract.pk].left if have else None
    contract.credit_limit = still + (gone.amount if gone else 0)
    contract.save()


def left(cast: Cast) -> Decimal:
    (contract,) = cast.plus.contracts.all()
    return credit_of([contract])[contract.pk].left.amount


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_at_once_one_gets_the_last_of_the_limit(cast, elsewhere):
    for _round in range(ROUNDS):
        limit(cast, HOSE + 500)
        filled = [(user, fill(cast, user)) for user in (cast.olga, cast.kirill)]
        placing = [elsewhere(place, cast, user, cart) for user, cart in filled]

        placed = [each.result(20) for each in placing]

        assert sum(each is not None for each in placed) == 1
        assert left(cast) == 500


@pytest.mark.django_db(transaction=True)
def test_a_limit_that_is_lowered_at_that_moment_is_the_one_that_holds(cast, elsewhere):
    limit(cast, HOSE + 500)
    cart = fill(cast, cast.olga)
    with transaction.atomic():
        cast.plus.contracts.update(credit_limit=500)
        placing = elsewhere(place, cast, cast.olga, cart)
        time.sleep(0.5)
        assert not placing.done()

    assert placing.result(20) is None
    assert not models.Order.objects.exists()


def test_what_an_order_takes_counts_though_nobody_recorded_it_yet(cast, db, monkeypatch):
    """Killed between the shop's commit and the overlay's hook."""
    limit(cast, HOSE + 500)
    cart = fill(cast, cast.olga)
    with monkeypatch.context() as killed:
        killed.setattr(orders, "record", lambda *_asked: None)
        with pytest.raises(LegalEntity.DoesNotExist):
            orders.place(get_shop(), cast.olga, cart, cast.plus.pk)

    assert models.Order.objects.filter(checkout_token=cart).exists()
    assert not WholesaleOrder.objects.exists()
    assert left(cast) == 500
    assert place(cast, cast.kirill, fill(cast, cast.kirill)) is None

    assert orders.record_missing(get_shop()) == 1
    assert left(cast) == 500
    assert CheckoutTerms.objects.get(checkout_id=cart).reserved is None


def test_an_order_that_fails_takes_nothing(cast, db, monkeypatch):
    limit(cast, HOSE + 500)
    cart = fill(cast, cast.olga)

    def fail(*_order: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(carts.fulfilment, "allocate", fail)
        with pytest.raises(OSError):
            orders.place(get_shop(), cast.olga, cart, cast.plus.pk)

    assert left(cast) == HOSE + 500
    assert place(cast, cast.olga, cart) is not None
