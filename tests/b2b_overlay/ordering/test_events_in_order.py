"""Whoever reads events one after the other misses none, however late one is committed."""

from __future__ import annotations

from threading import Event as Signal
from time import monotonic, sleep

import pytest
from django.db import transaction

from b2b_overlay.company.models import Company
from b2b_overlay.ordering.events import Event, Place, told


def turn_off(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(is_active=False)


def settled(place: Place, count: int) -> list[Event]:
    """So many, as soon as whatever else is written on this database server has ended."""
    until = monotonic() + 20
    while len(read := list(told(place))) < count and monotonic() < until:
        sleep(0.05)
    return read


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_read_before_the_later_ones(cast, elsewhere):
    last = Event.objects.order_by("transaction", "pk").last()
    place = Place(last.transaction, last.pk)
    written, may_end = Signal(), Signal()

    def slowly() -> None:
        with transaction.atomic():
            turn_off(cast.company)
            written.set()
            may_end.wait(20)

    slow = elsewhere(slowly)
    assert written.wait(20)
    turn_off(cast.other)
    assert not told(place).exists()

    may_end.set()
    slow.result(20)

    read = settled(place, 2)
    assert [event.company_id for event in read] == [cast.company.pk, cast.other.pk]
    assert not told(Place(read[-1].transaction, read[-1].pk)).exists()
