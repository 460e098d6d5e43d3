"""Wholesale off: for one customer at once, for all before the overlay is removed."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from cast import Cast
from django.core.management import call_command
from django.db import transaction

from b2b_overlay.company.models import Buyer, Company
from b2b_overlay.ordering import gate, people
from b2b_overlay.ordering.models import CheckoutTerms
from b2b_overlay.ordering.switch import switch
from b2b_overlay.shop import Checkout, Refused, get_shop

pytestmark = pytest.mark.django_db


def filled(cast: Cast) -> Checkout:
    """Olga's cart with a hose in it, at her price."""
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    checkout = shop.checkouts.get(
        shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 2})
    )
    assert checkout is not None
    return checkout


def again(checkout: Checkout) -> Checkout:
    found = get_shop().checkouts.get(checkout.id)
    assert found is not None
    return found


def test_an_open_cart_goes_to_retail_and_never_to_an_order_at_terms_that_ended(
    cast: Cast,
) -> None:
    checkout = filled(cast)
    assert checkout.lines[0].unit_price.amount == Decimal("1500.50")

    switch(get_shop(), cast.manager, cast.company, on=False)

    assert again(checkout).lines[0].unit_price.amount == Decimal("1990.00")
    with pytest.raises(Refused):
        get_shop().checkouts.complete(checkout.id, cast.olga.pk)
    assert again(checkout).lines


def test_only_the_desk_switches(cast: Cast) -> None:
    with pytest.raises(Refused):
        switch(get_shop(), cast.olga, cast.company, on=False)
    assert Company.objects.get(pk=cast.company.pk).is_active


def test_nobody_changes_who_may_buy_what_and_keeps_carts_waiting_for_his_transaction(
    cast: Cast,
) -> None:
    checkout, olga = filled(cast), Buyer.objects.get(user=cast.olga)

    for change in (
        lambda: switch(get_shop(), cast.manager, cast.company, on=False),
        lambda: people.remove(get_shop(), cast.manager, olga),
    ):
        with pytest.raises(RuntimeError), transaction.atomic():
            change()

    assert Company.objects.get(pk=cast.company.pk).is_active
    assert Buyer.objects.get(pk=olga.pk).is_active
    assert again(checkout).lines[0].unit_price.amount == Decimal("1500.50")


def test_before_removal_one_command_makes_every_cart_a_retail_one(cast: Cast) -> None:
    checkout, out = filled(cast), StringIO()

    call_command("b2b_off", stdout=out)

    assert again(checkout).lines[0].unit_price.amount == Decimal("1990.00")
    assert gate.refusals(get_shop(), again(checkout)) == []
    assert not CheckoutTerms.objects.exists()
    assert not Company.objects.filter(is_active=True).exists()
    assert "2" in out.getvalue()


def test_a_refused_cart_shows_the_new_price_when_its_buyer_looks_again(cast: Cast) -> None:
    checkout = filled(cast)
    cast.wholesale.prices.filter(variant_id=cast.hose.pk).update(amount=Decimal("1600.00"))

    with pytest.raises(Refused, match="1600"):
        get_shop().checkouts.complete(checkout.id, cast.olga.pk)

    assert again(checkout).lines[0].unit_price.amount == Decimal("1600.00")
    assert gate.refusals(get_shop(), again(checkout)) == []


@pytest.mark.parametrize(("quantity", "says"), [(1, "6"), (7, "12"), (13, "18")])
def test_part_of_a_pack_is_refused_with_what_to_take_instead(
    cast: Cast, quantity: int, says: str
) -> None:
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    checkout = shop.checkouts.get(
        shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.boards.pk: quantity})
    )
    assert checkout is not None

    (refusal,) = gate.refusals(shop, checkout)

    assert says in refusal.message
    assert refusal.line_id == checkout.lines[0].id
