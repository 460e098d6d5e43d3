"""B2B is switched off at the very moment an order is being placed."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import pytest
from cast import Cast
from django.db import transaction

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering import gate, orders
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.switch import switch
from b2b_overlay.shop import Refused, get_shop
from sandbox import models

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25


def fill(cast: Cast) -> str:
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    return shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 1})


def place(cast: Cast, cart: str) -> WholesaleOrder | None:
    try:
        return orders.place(get_shop(), cast.olga, cart, cast.ooo.pk)
    except (Refused, LegalEntity.DoesNotExist):
        return None


def test_the_switch_waits_for_an_order_that_passed_the_gate(cast, elsewhere, monkeypatch):
    cart, looked, go_on = fill(cast), threading.Event(), threading.Event()
    last_look = gate.last_look

    def slowly(*asked: Any):
        answer = last_look(*asked)
        looked.set()
        assert go_on.wait(10)
        return answer

    monkeypatch.setattr(gate, "last_look", slowly)
    placing = elsewhere(place, cast, cart)
    assert looked.wait(10)
    switching = elsewhere(switch, get_shop(), cast.manager, cast.company, False)

    time.sleep(0.3)
    assert not switching.done()
    assert Company.objects.get(pk=cast.company.pk).is_active
    go_on.set()

    order = placing.result(10)
    switching.result(10)
    assert order is not None
    assert not Company.objects.get(pk=cast.company.pk).is_active


def test_an_order_that_comes_while_it_is_being_switched_off_waits_and_is_refused(cast, elsewhere):
    cart = fill(cast)

    with transaction.atomic():
        Company.objects.filter(pk=cast.company.pk).update(is_active=False)
        placing = elsewhere(place, cast, cart)
        time.sleep(0.5)
        assert not placing.done()

    assert placing.result(10) is None
    assert not WholesaleOrder.objects.exists()


def test_once_the_switch_has_answered_no_order_comes_however_they_meet(cast, elsewhere):
    """Order and switch race; whatever was ordered was ordered before the switch answered."""
    chance = random.Random(20261127)
    placed = 0
    for _round in range(ROUNDS):
        cart, before = fill(cast), models.Order.objects.count()
        placing = elsewhere(place, cast, cart)
        time.sleep(chance.uniform(0, 0.15))

        switch(get_shop(), cast.manager, cast.company, on=False)
        at_the_answer = models.Order.objects.count()
        order = placing.result(10)

        assert models.Order.objects.count() == at_the_answer
        assert at_the_answer - before == (order is not None)
        placed += order is not None
        switch(get_shop(), cast.manager, cast.company, on=True)
    assert WholesaleOrder.objects.count() == placed
