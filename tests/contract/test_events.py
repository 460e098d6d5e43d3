"""What the shop's other programs are told: what happened, once each, by ids."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from graphql_relay import to_global_id

from b2b_overlay.ordering import orders
from b2b_overlay.ordering.events import KEPT_DAYS, Event, Kind
from b2b_overlay.ordering.switch import switch
from b2b_overlay.shop import Refused
from b2b_overlay.terms.contracts import save_contract
from onec_bridge.sync import confirm_given, orders_to_give

EVENTS = """query($first: Int, $after: String, $types: [B2BEventType!]) {
  b2bEvents(first: $first, after: $after, types: $types) {
    edges { node { type company legalEntity contract order checkout } cursor }
    pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
def happened(cast):
    """What has happened since it was asked last."""
    seen = [Event.objects.order_by("-pk").values_list("pk", flat=True)[0]]

    def since() -> list[tuple[str, ...]]:
        found = list(Event.objects.filter(pk__gt=seen[0]).order_by("pk"))
        seen[0] = found[-1].pk if found else seen[0]
        return [
            (e.kind, e.company_id, e.legal_entity_id, e.contract_id, e.order_id, e.checkout_id)
            for e in found
        ]

    return since


def test_a_company_is_told_when_b2b_is_turned_on_and_off(cast, shop, happened):
    for on in (False, False, True, True):
        switch(shop, cast.manager, cast.company, on)

    assert [event[:2] for event in happened()] == [
        (Kind.COMPANY_SWITCHED_OFF, cast.company.pk),
        (Kind.COMPANY_ADMITTED, cast.company.pk),
    ]


def test_terms_are_told_when_they_change_and_not_when_they_are_saved_again(cast, happened):
    contract = cast.first.contracts.get()
    terms = {"contract": contract, "number": contract.number, "payment_days": 14}
    save_contract(cast.manager, cast.first, **terms)
    assert happened() == []

    save_contract(cast.manager, cast.first, **{**terms, "payment_days": 30})
    new = save_contract(cast.manager, cast.first, number="Ещё один")

    whose = (Kind.TERMS_CHANGED, cast.company.pk, cast.first.pk)
    assert happened() == [(*whose, pk, None, None) for pk in (contract.pk, new.pk)]


def test_an_order_over_the_limit_is_told_each_time_it_is_refused(cast, hose, shop, stand, happened):
    contract = cast.first.contracts.get()
    contract.credit_limit = Decimal(10)
    contract.save()
    happened()
    cart = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: 3})
    assert happened() == []

    with pytest.raises(Refused):
        orders.place(shop, cast.buyer, cart, cast.first.pk)

    assert happened() == [
        (Kind.LIMIT_EXCEEDED, cast.company.pk, cast.first.pk, contract.pk, None, cart)
    ]


def test_an_order_is_told_on_its_way_to_1c(cast, order, onec, happened):
    placed = order(3)
    happened()
    which = (cast.company.pk, cast.first.pk, placed.contract_id, placed.order_id, None)

    orders_to_give(onec, "s", 100)
    orders_to_give(onec, "another", 100)
    assert happened() == [(Kind.ORDER_SENT_TO_1C, *which)]

    confirm_given(onec, "another")
    confirm_given(onec, "another")
    assert happened() == [(Kind.ORDER_CONFIRMED_BY_1C, *which)]


def _settled(*kinds: str, **more: object) -> None:
    """Events of long ago, as far as their order is concerned."""
    Event.objects.all().delete()
    Event.objects.bulk_create(Event(transaction=7, kind=kind, **more) for kind in kinds)


def test_they_are_read_page_by_page_without_missing_one(cast, ask):
    order, checkout = "0b1f3d6e", "5a7e"
    _settled(*Kind.values, company_id=cast.company.pk, order_id=order, checkout_id=checkout)

    read, after, pages = [], None, 0
    while True:
        page = ask(EVENTS, cast.manager, first=4, after=after)["b2bEvents"]
        read += [edge["node"] for edge in page["edges"]]
        after, pages = page["pageInfo"]["endCursor"], pages + 1
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert [node["type"] for node in read] == Kind.names
    assert pages == 2
    assert read[0] == {
        "type": "COMPANY_ADMITTED",
        "company": to_global_id("B2BCompany", cast.company.pk),
        "legalEntity": None,
        "contract": None,
        "order": to_global_id("Order", order),
        "checkout": to_global_id("Checkout", checkout),
    }
    again = ask(EVENTS, cast.manager, after=after)["b2bEvents"]
    assert (again["edges"], again["pageInfo"]["endCursor"]) == ([], after)
    only = ask(EVENTS, cast.manager, types=["LIMIT_EXCEEDED"])["b2bEvents"]["edges"]
    assert [edge["node"]["type"] for edge in only] == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize("cursor", ["", "x", "MTox", "MTIz", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OjE="])
def test_a_cursor_that_cant_be_read_is_an_error_or_from_the_beginning(cast, answers, cursor):
    told = answers(EVENTS, cast.manager, {"after": cursor}, {})

    assert ("errors" in told) is (cursor not in ("", "MTox"))


@pytest.mark.parametrize("who", ["buyer", "stranger", "customer", None])
def test_nobody_but_the_desk_reads_them(cast, answers, who):
    told = answers(EVENTS, getattr(cast, who) if who else None, {}, {})

    assert "PERMISSION_DENIED" in told["errors"][0]["message"]
    assert not told.get("data")


def test_old_ones_are_swept_out_by_those_that_come(cast, shop):
    Event.objects.all().delete()
    limit = timezone.now() - timedelta(days=KEPT_DAYS)
    for minutes in (-5, 5):
        Event.objects.create(kind=Kind.TERMS_CHANGED, at=limit + timedelta(minutes=minutes))

    switch(shop, cast.manager, cast.company, on=False)

    assert [event.kind for event in Event.objects.order_by("pk")] == [
        Kind.TERMS_CHANGED,
        Kind.COMPANY_SWITCHED_OFF,
    ]
