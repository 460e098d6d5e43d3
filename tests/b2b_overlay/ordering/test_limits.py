"""Whatever is done to roles, limits and legal entities, an order over a limit needs a word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from cast import Cast, build
from django.core.exceptions import ObjectDoesNotExist
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering import approval, orders, people
from b2b_overlay.ordering.models import Approval, WholesaleOrder
from b2b_overlay.shop import Refused, Shop, get_shop

pytestmark = pytest.mark.long

ROLES = st.sampled_from(Buyer.Role.values)
WHO = st.sampled_from(["kirill", "olga"])
ACTIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("rights"),
            WHO,
            ROLES,
            st.sampled_from([None, "0", "1400.25", "3000", "100000"]),
            st.sampled_from(["RUB", "USD"]),
            st.sets(st.sampled_from(["ooo", "plus"])),
        ),
        st.tuples(st.just("remove"), WHO),
        st.tuples(st.just("link"), WHO, ROLES),
        st.tuples(st.just("fill"), st.integers(1, 3)),
        st.tuples(st.just("price"), st.sampled_from(["1300.00", "1400.25", "1500.00"])),
        st.tuples(st.just("ask")),
        st.tuples(st.just("decide"), st.booleans()),
        st.tuples(st.just("take_back")),
        st.tuples(st.just("order")),
    ),
    min_size=4,
    max_size=14,
)


class World:
    """Kirill's cart and what is done around it; Olga is who may confirm."""

    def __init__(self) -> None:
        self.shop: Shop = get_shop()
        self.cast: Cast = build()
        self.channel = self.shop.catalogue.channels()[0]

    def member(self, name: str) -> Buyer:
        return Buyer.objects.get(user=getattr(self.cast, name), company=self.cast.company)

    def do(self, action: tuple[Any, ...]) -> None:
        name, *more = action
        before = WholesaleOrder.objects.count()
        over, cart = self._is_over(), self._cart()
        try:
            getattr(self, name)(*more)
        except (Refused, ObjectDoesNotExist):
            assert WholesaleOrder.objects.count() == before, f"{name} was refused and ordered"
        if WholesaleOrder.objects.count() > before:
            self._was_allowed(over, cart, by_olga=name == "decide")

    def _was_allowed(self, over: bool, cart: tuple[int, Decimal], *, by_olga: bool) -> None:
        order = WholesaleOrder.objects.order_by("-pk")[0]
        assert order.user_id == self.cast.kirill.pk
        if over or by_olga:
            kept = Approval.objects.get(order=order)
            assert kept.decided_by_id == self.cast.olga.pk
            assert (sum(line["quantity"] for line in kept.lines), kept.total) == cart

    def _cart(self) -> tuple[int, Decimal]:
        pk = self.shop.checkouts.of_user(self.cast.kirill.pk, self.channel)
        checkout = self.shop.checkouts.get(pk) if pk else None
        if checkout is None:
            return 0, Decimal(0)
        return sum(line.quantity for line in checkout.lines), checkout.total.amount

    def _is_over(self) -> bool:
        kirill = self.member("kirill")
        if kirill.role != "buyer" or kirill.spending_limit is None:
            return False
        return kirill.limit_currency != "RUB" or self._cart()[1] > kirill.spending_limit

    # ------------------------------------------------------------------------- actions

    def rights(
        self, who: str, role: str, limit: str | None, currency: str, entities: set[str]
    ) -> None:
        people.change(
            self.shop,
            self.cast.manager,
            self.member(who),
            role=role,
            legal_entity_ids=[getattr(self.cast, each).pk for each in entities],
            spending_limit=None if limit is None else Decimal(limit),
            limit_currency=currency,
            name="",
        )

    def remove(self, who: str) -> None:
        people.remove(self.shop, self.cast.manager, self.member(who))

    def link(self, who: str, role: str) -> None:
        email = getattr(self.cast, who).email
        people.link(self.shop, self.cast.manager, self.cast.company, [email], role=role)

    def fill(self, quantity: int) -> None:
        self.shop.checkouts.set_quantities(
            self.cast.kirill.pk, self.channel, {self.cast.hose.pk: quantity}
        )

    def price(self, amount: str) -> None:
        self.cast.dealer.prices.filter(variant_id=self.cast.hose.pk).update(amount=amount)

    def ask(self) -> None:
        pk = self.shop.checkouts.of_user(self.cast.kirill.pk, self.channel) or ""
        approval.ask(self.shop, self.cast.kirill, pk, self.cast.plus.pk)

    def decide(self, yes: bool) -> None:
        asked = Approval.objects.order_by("-pk").first()
        pk = asked.pk if asked else 0
        approval.decide(self.shop, self.cast.olga, pk, yes, reason="нет")

    def take_back(self) -> None:
        asked = Approval.objects.order_by("-pk").first()
        approval.take_back(self.cast.kirill, asked.pk if asked else 0)

    def order(self) -> None:
        pk = self.shop.checkouts.of_user(self.cast.kirill.pk, self.channel) or ""
        orders.place(self.shop, self.cast.kirill, pk, self.cast.plus.pk)


class TestLimits(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTIONS)
    def test_an_order_over_the_limit_never_comes_without_an_approvers_word(
        self, actions: list[tuple[Any, ...]]
    ) -> None:
        world = World()
        world.fill(2)
        world.rights("kirill", "buyer", "2000", "RUB", {"plus"})
        world.rights("olga", "approver", None, "RUB", {"plus"})

        for action in actions:
            world.do(action)
