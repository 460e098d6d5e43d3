"""What one company owns is invisible to another: on every page, query, mutation, download and
exchange answer, as whoever has no business with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from b2b_overlay.cabinet.buyer import orders as orders_page
from b2b_overlay.company import membership
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.switch import switch

from .walking import Walk, basic
from .world import World

pytestmark = pytest.mark.long


def all_of(made: World, *seen: str) -> frozenset[str]:
    """Every scope of «Ромашка» but these."""
    return frozenset(made.rows.values()) - set(seen)


def own(user: Any) -> str:
    return f"P{user.pk}x"


def visitor(made: World) -> Walk:
    return Walk(made, None, all_of(made))


def retail_customer(made: World) -> Walk:
    return Walk(made, made.cast.retail, all_of(made))


def owner_of_another_company(made: World) -> Walk:
    return Walk(made, made.cast.stranger, all_of(made))


def applicant(made: World) -> Walk:
    """Sees his own application."""
    return Walk(made, made.applicant, all_of(made, own(made.applicant)))


def colleague_without_that_legal_entity(made: World) -> Walk:
    """Buys for ИП Лютикова; ООО «Ромашка», 1C and whoever applied are none of his business."""
    return Walk(made, made.cast.kirill, frozenset({"A1", "BR", own(made.applicant)}))


def viewer(made: World) -> Walk:
    return Walk(made, made.cast.viewer, frozenset({"A1", "BR", own(made.applicant)}))


def removed_buyer(made: World) -> Walk:
    """Sees what is left of himself, not even an order he placed."""
    return Walk(made, made.removed, all_of(made, own(made.removed)))


def owner_whose_company_is_switched_off(made: World) -> Walk:
    """Is a retail customer again, with the shop's own orders; told that it is off, by name."""
    switch(made.shop, made.cast.manager, made.cast.company, on=False)
    return Walk(made, made.owner, all_of(made, own(made.owner), "AC"), own_shop=True)


PEOPLE = (
    visitor,
    retail_customer,
    owner_of_another_company,
    applicant,
    colleague_without_that_legal_entity,
    viewer,
    removed_buyer,
    owner_whose_company_is_switched_off,
)


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.__name__)
def test_sees_and_changes_nothing_that_isnt_his(made: World, who: Callable[[World], Walk]) -> None:
    walk = who(made)

    assert walk.everywhere() == []
    assert walk.asked > 250


def test_the_desk_sees_it_all_so_there_is_something_to_see(made: World) -> None:
    walk = Walk(made, made.cast.manager, frozenset())

    assert walk.everywhere() == []
    assert walk.seen >= {"A1", "A2", "AC", "BR", own(made.applicant), own(made.owner)}


@pytest.mark.parametrize("who", ["nobody", "a buyer", "another 1C base"])
def test_the_exchange_tells_another_login_nothing(made: World, who: str) -> None:
    headers = {
        "nobody": {},
        "a buyer": basic(made.owner.email, made.cast.password),
        "another 1C base": basic("1c-other", made.cast.password),
    }[who]
    # The login that was refused is said again.
    hidden = {"BR"} if who == "another 1C base" else all_of(made, own(made.owner))
    walk = Walk(made, None, frozenset(hidden))

    walk.exchange(headers)

    assert walk.found == []


def test_the_walk_notices_a_page_that_shows_too_much(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders_page, "orders_for", lambda user: WholesaleOrder.objects.all())
    walk = owner_of_another_company(made)

    walk.pages("b2b:order")

    assert any("b2b:order shows A1" in each for each in walk.found), walk.found


def test_the_walk_notices_a_change_that_isnt_his_to_make(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "demand_people", lambda by, company: None)
    monkeypatch.setattr(
        "b2b_overlay.company.access.people",
        lambda user: type(made.invited).objects.all(),
    )
    walk = owner_of_another_company(made)

    walk.pages("b2b:person")

    assert any("changes b2b_overlay.Buyer" in each for each in walk.found), walk.found
