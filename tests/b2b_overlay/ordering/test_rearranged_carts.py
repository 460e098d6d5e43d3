"""Legal entities are joined, split and moved under open carts and orders being placed."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from cast import Cast
from django.db import connection
from django.utils import timezone

from b2b_overlay.company import joining
from b2b_overlay.company.models import Buyer, LegalEntity, Rearrangement
from b2b_overlay.company.splitting import Chosen
from b2b_overlay.ordering import orders, rearranging
from b2b_overlay.ordering.models import CheckoutTerms, WholesaleOrder
from b2b_overlay.ordering.orders import orders_for
from b2b_overlay.pricing.resolver import resolve
from b2b_overlay.shop import Refused, get_shop
from b2b_overlay.terms.current import terms_of
from b2b_overlay.terms.models import Settlement


def price(cast: Cast, entity: LegalEntity) -> Decimal:
    """What the hose costs this legal entity."""
    entity.refresh_from_db()
    terms = terms_of(entity, get_shop().catalogue.channels()[0])
    answer = resolve(terms, {cast.hose.pk: 1}, {})[cast.hose.pk]
    return answer.price.money.amount if answer.exists else Decimal(0)


def fill(cast: Cast, user=None) -> str:
    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    return shop.checkouts.set_quantities((user or cast.olga).pk, channel, {cast.hose.pk: 1})


def in_cart(cart: str) -> Decimal:
    checkout = get_shop().checkouts.get(cart)
    assert checkout is not None
    return checkout.lines[0].unit_price.amount


def test_prices_of_the_kept_one_are_those_of_both_and_as_before_after_undoing(cast):
    assert (price(cast, cast.free), price(cast, cast.ooo)) == (0, Decimal("1500.50"))

    done = rearranging.join(get_shop(), cast.manager, cast.free, cast.ooo)
    assert price(cast, cast.free) == Decimal("1500.50")

    rearranging.undo(get_shop(), cast.manager, done)
    assert (price(cast, cast.free), price(cast, cast.ooo)) == (0, Decimal("1500.50"))


def test_of_two_contracts_the_older_one_holds_and_the_moderator_is_told(cast):
    have = rearranging.holdings([cast.ooo.pk, cast.plus.pk])
    after = rearranging.contracts_after(have[cast.ooo.pk], have[cast.plus.pk])
    assert [each.number for each in after] == ["ОПТ-1"]

    rearranging.join(get_shop(), cast.manager, cast.plus, cast.ooo)
    assert price(cast, cast.plus) == Decimal("1500.50")


def test_open_carts_of_both_get_the_prices_that_hold_and_back(cast):
    cart = fill(cast)
    assert in_cart(cart) == Decimal("1500.50")
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(name="ООО «Ромашка» (дубль)")
    cast.ooo.contracts.update(is_active=False)

    done = rearranging.join(get_shop(), cast.manager, cast.plus, cast.ooo)
    assert CheckoutTerms.objects.get(checkout_id=cart).legal_entity == cast.plus
    assert in_cart(cart) == Decimal("1400.25")
    assert orders.place(get_shop(), cast.olga, cart, cast.plus.pk).legal_entity == cast.plus

    cast.ooo.contracts.update(is_active=True)
    cast.plus.contracts.filter(number="ОПТ-1").update(is_active=True)
    rearranging.undo(get_shop(), cast.manager, done)
    assert WholesaleOrder.objects.get().legal_entity == cast.plus, "made since: it stays"
    assert price(cast, cast.ooo) == Decimal("1500.50")


def test_orders_and_debts_follow_and_come_back(cast):
    order = orders.place(get_shop(), cast.olga, fill(cast), cast.ooo.pk)
    debt = Settlement.objects.create(
        legal_entity=cast.ooo, amount=Decimal(500), told_at=timezone.now(), document="Реализация 1"
    )
    assert not orders_for(cast.kirill).filter(pk=order.pk).exists()

    done = rearranging.join(get_shop(), cast.manager, cast.plus, cast.ooo)
    for row in (order, debt):
        row.refresh_from_db()
        assert row.legal_entity == cast.plus
    assert orders_for(cast.kirill).filter(pk=order.pk).exists(), "he buys for who it is now"
    assert not orders_for(cast.stranger).exists()

    rearranging.undo(get_shop(), cast.manager, done)
    for row in (order, debt):
        row.refresh_from_db()
        assert row.legal_entity == cast.ooo
    assert not orders_for(cast.kirill).filter(pk=order.pk).exists()


def test_a_moved_legal_entity_takes_its_orders_and_leaves_carts_at_retail(cast):
    order = orders.place(get_shop(), cast.olga, fill(cast), cast.ooo.pk)
    cart = fill(cast)

    done = rearranging.move(get_shop(), cast.manager, cast.ooo, cast.other)
    order.refresh_from_db()
    assert order.company == cast.other
    assert in_cart(cart) == Decimal("1990.00")
    with pytest.raises(Refused):
        get_shop().checkouts.complete(cart, cast.olga.pk)
    assert not orders_for(cast.olga).exists()
    assert orders_for(cast.stranger).get() == order, "the owner of where it is now"

    rearranging.undo(get_shop(), cast.manager, done)
    assert in_cart(cart) == Decimal("1500.50")
    assert orders_for(cast.olga).get() == order
    assert not orders_for(cast.stranger).exists()


def test_an_order_goes_with_its_contract_when_a_part_is_split_off(cast):
    order = orders.place(get_shop(), cast.olga, fill(cast), cast.ooo.pk)
    contract = cast.ooo.contracts.get()
    debt = Settlement.objects.create(
        legal_entity=cast.ooo, contract=contract, amount=Decimal(7), told_at=timezone.now()
    )
    chosen = Chosen({"b2b_overlay.Contract": [contract.pk]})
    done = rearranging.split(
        get_shop(), cast.manager, cast.ooo, chosen, card={"name": "Филиал", "kpp": "500101001"}
    )
    part = done.target
    for row in (contract, order, debt):
        row.refresh_from_db()
        assert row.legal_entity == part
    assert part.company == cast.company
    assert not orders_for(cast.olga).exists(), "nobody was given the part"


def test_somebody_who_buys_for_both_companies_stays_once_with_the_stronger_role(cast):
    both = Buyer.objects.create(user=cast.olga, company=cast.other, role=Buyer.Role.OWNER)
    both.legal_entities.set([cast.theirs])
    cart = fill(cast, cast.stranger)

    done = rearranging.join_companies(get_shop(), cast.manager, cast.company, cast.other)
    olga = Buyer.objects.get(user=cast.olga, is_active=True)
    assert (olga.company, olga.role) == (cast.company, Buyer.Role.OWNER)
    assert olga.legal_entities.count() == 3
    assert in_cart(cart) == Decimal("1400.25"), "the other company's cart goes on"

    joining.undo(cast.manager, done)
    roles = Buyer.objects.filter(user=cast.olga, is_active=True).order_by("company")
    assert [(each.company, each.role) for each in roles] == [
        (cast.company, Buyer.Role.BUYER),
        (cast.other, Buyer.Role.OWNER),
    ]
    assert roles[0].legal_entities.count() == 2


def test_a_company_below_another_is_not_the_one_to_keep(cast):
    cast.company.parent = cast.other
    cast.company.save()
    with pytest.raises(Refused, match="Чужие"):
        rearranging.join_companies(get_shop(), cast.manager, cast.company, cast.other)
    rearranging.join_companies(get_shop(), cast.manager, cast.other, cast.company)
    assert Rearrangement.objects.count() == 1


# ------------------------------------------------------------------------- at one moment


@pytest.fixture
def at_once(transactional_db):
    """Do these in threads of their own; what each answered or raised."""
    pool = ThreadPoolExecutor(4)

    def alone(action):
        try:
            return action()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    yield lambda *actions: [each.result(30) for each in [pool.submit(alone, a) for a in actions]]
    pool.shutdown()


@pytest.mark.django_db(transaction=True)
def test_two_moderators_join_the_same_two_the_other_way_round(at_once, cast):
    one, two = cast.ooo, cast.plus
    for _round in range(15):
        answers = at_once(
            lambda: joining.join(cast.manager, one, two),
            lambda: joining.join(cast.manager, two, one),
        )
        done = [each for each in answers if isinstance(each, Rearrangement)]
        assert len(done) == 1, answers
        joining.undo(cast.manager, done[0])


@pytest.mark.django_db(transaction=True)
def test_an_order_and_a_joining_at_one_moment_lose_nothing(at_once, cast):
    shop = get_shop()
    for _round in range(15):
        cart = fill(cast)

        def place(cart=cart):
            try:
                return orders.place(shop, cast.olga, cart, cast.ooo.pk)
            except LegalEntity.DoesNotExist:
                return None  # it was joined just before

        steps = [place, lambda: rearranging.join(shop, cast.manager, cast.plus, cast.ooo)]
        random.shuffle(steps)
        answers = at_once(*steps)
        done = next(each for each in answers if isinstance(each, Rearrangement))
        for order in WholesaleOrder.objects.select_related("legal_entity"):
            assert order.legal_entity == cast.plus
            assert order.legal_entity.merged_into is None
        rearranging.undo(shop, cast.manager, done)
        shop.checkouts.set_quantities(cast.olga.pk, shop.catalogue.channels()[0], {cast.hose.pk: 0})
