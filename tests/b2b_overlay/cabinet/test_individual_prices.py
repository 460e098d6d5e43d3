"""Individual prices, floors, and the second person."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from cast import Cast
from django.db import connection
from django.test import Client
from django.utils import timezone

from b2b_overlay.history import TRACKED
from b2b_overlay.pricing import requests
from b2b_overlay.pricing.assign import Binding, set_bindings
from b2b_overlay.pricing.changes import load
from b2b_overlay.pricing.deriving import ListTerms, MarkupRow, save_list, set_markups
from b2b_overlay.pricing.models import Assignment, Floor, Price, PriceList, PriceRequest, Rate
from b2b_overlay.pricing.rates import RateRow, save_rate
from b2b_overlay.pricing.undoing import undo
from b2b_overlay.shop import Refused
from sandbox.models import User


@pytest.fixture
def owner(cast: Cast, settings) -> User:
    """Who watches over prices for the shop's owner."""
    settings.B2B_OVERSEERS = ["Owner@example.org", "second@example.org"]
    return User.objects.create_user("owner@example.org", cast.password, is_staff=True)


@pytest.fixture
def second(cast: Cast, owner: User) -> User:
    """Another one who does."""
    return User.objects.create_user("second@example.org", cast.password, is_staff=True)


@pytest.fixture
def cost(cast: Cast, owner: User) -> PriceList:
    """The shop pays 1 300 for the hose; nobody sells it below cost and five percent."""
    found = PriceList.objects.create(name="Закупка")
    Price.objects.create(price_list=found, variant_id=cast.hose.pk, amount=Decimal(1300))
    Floor.objects.create(name="Себестоимость", price_list=found, percent=Decimal(5))
    return found


def give(client: Client, cast: Cast, amount: str, **more: str):
    typed = {"good": "SH-25", "amount": amount, **more}
    return client.post(f"/desk/counterparties/{cast.ooo.pk}/prices/", typed, follow=True)


def words(answer) -> str:
    """A page, whatever kind of space stands in its sums."""
    return re.sub("[\u00a0\u202f]", " ", answer.content.decode())


def price_of_hose(client: Client, cast: Cast) -> str:
    return words(client.get(f"/goods/{cast.hose.pk}/"))


def ask(manager: Client, cast: Cast, amount: str = "1364.99") -> PriceRequest:
    give(manager, cast, amount, reason="Большой заказ")
    return PriceRequest.objects.get(state="waiting")


# ------------------------------------------------------------------------- a price is given


def test_a_manager_gives_one_legal_entity_its_own_price_and_its_buyer_sees_it(
    cast: Cast, manager: Client, olga: Client
) -> None:
    olga.post("/legal-entity/", {"legal_entity": cast.ooo.pk})

    page = give(manager, cast, "1450,00", reason="Договорились")

    assert "1 450,00" in words(page)
    assert "1 450,00" in price_of_hose(olga, cast)


def test_nobody_else_gets_a_price_given_to_one_legal_entity(
    cast: Cast, manager: Client, kirill: Client, stranger: Client
) -> None:
    give(manager, cast, "1390.00")

    assert "1 390,00" not in price_of_hose(kirill, cast)
    assert "1 390,00" not in price_of_hose(stranger, cast)


def test_the_history_keeps_who_gave_it_why_and_what_it_cost_without(
    cast: Cast, manager: Client
) -> None:
    give(manager, cast, "1450", reason="Договорились")

    event = next(each.event for each in TRACKED if each.model is Price)
    told = event.objects.order_by("pgh_id").last().pgh_context
    assert told["who"] == cast.manager.pk
    assert told["instead"] == "1500.50"
    assert told["reason"] == "Договорились"


def test_giving_the_same_price_again_changes_nothing(cast: Cast, manager: Client) -> None:
    event = next(each.event for each in TRACKED if each.model is Price)
    give(manager, cast, "1450")
    before = event.objects.count()

    give(manager, cast, "1450")

    assert event.objects.count() == before


def test_what_is_taken_back_costs_what_the_contract_says(
    cast: Cast, manager: Client, olga: Client
) -> None:
    olga.post("/legal-entity/", {"legal_entity": cast.ooo.pk})
    give(manager, cast, "1450")
    price = Price.objects.get(price_list__assignments__is_individual=True)

    manager.post(f"/desk/counterparties/{cast.ooo.pk}/prices/{price.pk}/take-back/")

    assert "1 500,50" in price_of_hose(olga, cast)


def test_a_price_of_another_legal_entity_is_not_taken_back_by_its_number(
    cast: Cast, manager: Client
) -> None:
    give(manager, cast, "1450")
    price = Price.objects.get(price_list__assignments__is_individual=True)

    answer = manager.post(f"/desk/counterparties/{cast.theirs.pk}/prices/{price.pk}/take-back/")

    assert answer.status_code == 404
    assert Price.objects.filter(pk=price.pk).exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "10.005"},
        {"amount": "дёшево"},
        {"amount": "NaN"},
        {"amount": "9" * 20},
        {"amount": "10", "quantity": "0"},
        {"amount": "10", "starts": "2026-12-02", "ends": "2026-12-01"},
        {"amount": "10", "starts": "2026-13-41"},
        {"amount": "10", "good": "нет такого"},
    ],
)
def test_a_price_that_cannot_be_is_refused_where_it_is_typed(
    cast: Cast, manager: Client, typed: dict[str, str]
) -> None:
    before = Price.objects.count()

    answer = give(manager, cast, **typed)

    assert answer.status_code == 422
    assert Price.objects.count() == before


def test_two_windows_of_one_good_do_not_overlap(cast: Cast, manager: Client) -> None:
    give(manager, cast, "1450", starts="2026-12-01", ends="2026-12-10")
    before = Price.objects.count()

    answer = give(manager, cast, "1440", starts="2026-12-10", ends="2026-12-20")
    after = give(manager, cast, "1440", starts="2026-12-11", ends="2026-12-20")

    assert answer.status_code == 422
    assert after.status_code == 200
    assert Price.objects.count() == before + 1


def test_a_good_sold_by_the_box_stays_so_at_an_individual_price(
    cast: Cast, manager: Client
) -> None:
    give(manager, cast, "390", good="DT-6")

    price = Price.objects.get(price_list__assignments__is_individual=True)
    assert (price.unit, price.coefficient) == ("уп", 6)


@pytest.mark.parametrize("who", ["olga", "kirill", "stranger", "retail"])
def test_for_a_buyer_there_are_no_such_pages(cast: Cast, sign_in, who: str) -> None:
    client = sign_in(getattr(cast, who))

    for address in (
        f"/desk/counterparties/{cast.ooo.pk}/prices/",
        "/desk/price-requests/",
        "/desk/floors/",
    ):
        assert client.get(address).status_code == 404
    assert give(client, cast, "1").status_code == 404
    assert not Assignment.objects.filter(is_individual=True).exists()


# --------------------------------------------------------------------------- under the floor


def test_a_price_at_the_floor_is_given_and_one_kopeck_less_waits(
    cast: Cast, manager: Client, cost: PriceList
) -> None:
    give(manager, cast, "1365.00")
    price = Price.objects.get(price_list__assignments__is_individual=True)

    give(manager, cast, "1364.99", reason="Большой заказ")

    price.refresh_from_db()
    assert price.amount == Decimal("1365.00")
    request = PriceRequest.objects.get()
    assert (request.amount, request.floor_amount) == (Decimal("1364.99"), Decimal("1365.00"))


def test_a_price_under_the_floor_needs_a_reason(
    cast: Cast, manager: Client, cost: PriceList
) -> None:
    answer = give(manager, cast, "1000")

    assert answer.status_code == 422
    assert not PriceRequest.objects.exists()


def test_the_strictest_of_the_floors_holds(cast: Cast, manager: Client, cost: PriceList) -> None:
    Floor.objects.create(name="Розница − 25 %", retail=True, percent=Decimal(-25))

    give(manager, cast, "1400", reason="Большой заказ")

    assert PriceRequest.objects.get().floor == "Розница − 25 %"


def test_a_floor_that_is_switched_off_holds_nobody(
    cast: Cast, manager: Client, cost: PriceList
) -> None:
    Floor.objects.update(is_active=False)

    give(manager, cast, "1000")

    assert Price.objects.filter(amount=Decimal(1000)).exists()


def test_a_floor_that_cannot_be_reckoned_lets_nothing_through(
    cast: Cast, manager: Client, cost: PriceList
) -> None:
    PriceList.objects.filter(pk=cost.pk).update(currency="EUR")

    answer = give(manager, cast, "1400")

    assert answer.status_code == 422
    assert not Assignment.objects.filter(is_individual=True).exists()


def test_a_second_person_confirms_and_the_price_holds_exactly_as_asked(
    cast: Cast, manager: Client, olga: Client, cost: PriceList, owner: User, sign_in
) -> None:
    request = ask(manager, cast)
    olga.post("/legal-entity/", {"legal_entity": cast.ooo.pk})
    assert "1 364,99" not in price_of_hose(olga, cast)

    sign_in(owner).post(f"/desk/price-requests/{request.pk}/", {"what": "confirm"})

    assert "1 364,99" in price_of_hose(olga, cast)
    request.refresh_from_db()
    assert (request.state, request.decided_by_id) == ("approved", owner.pk)


def test_a_manager_does_not_confirm_another_managers_price_nor_his_own(
    cast: Cast, manager: Client, cost: PriceList, sign_in
) -> None:
    request = ask(manager, cast)
    mate = User.objects.create_user("mate@example.org", cast.password, is_staff=True)

    for client in (manager, sign_in(mate)):
        client.post(f"/desk/price-requests/{request.pk}/", {"what": "confirm"})

    assert PriceRequest.objects.get().state == "waiting"
    assert not Price.objects.filter(amount=request.amount).exists()


def test_not_even_the_owner_confirms_what_he_asked_for_himself(
    cast: Cast, owner: User, cost: PriceList, sign_in
) -> None:
    client = sign_in(owner)
    request = ask(client, cast)

    client.post(f"/desk/price-requests/{request.pk}/", {"what": "confirm"})

    assert PriceRequest.objects.get().state == "waiting"
    assert not Price.objects.filter(amount=request.amount).exists()


def test_a_refusal_says_why_and_gives_nothing(
    cast: Cast, manager: Client, owner: User, cost: PriceList, sign_in
) -> None:
    request = ask(manager, cast)
    client = sign_in(owner)

    client.post(f"/desk/price-requests/{request.pk}/", {"what": "refuse", "answer": " "})
    assert PriceRequest.objects.get().state == "waiting"
    client.post(f"/desk/price-requests/{request.pk}/", {"what": "refuse", "answer": "Нет"})

    assert "«Нет»" in manager.get("/desk/price-requests/").content.decode()
    assert not Price.objects.filter(amount=request.amount).exists()


def test_only_whoever_asked_withdraws(
    cast: Cast, manager: Client, owner: User, cost: PriceList, sign_in
) -> None:
    request = ask(manager, cast)

    answer = sign_in(owner).post(f"/desk/price-requests/{request.pk}/", {"what": "withdraw"})
    assert answer.status_code == 404
    manager.post(f"/desk/price-requests/{request.pk}/", {"what": "withdraw"})

    assert PriceRequest.objects.get().state == "withdrawn"


def test_what_was_asked_under_a_lower_floor_is_not_confirmed_under_a_higher_one(
    cast: Cast, manager: Client, owner: User, cost: PriceList, sign_in
) -> None:
    request = ask(manager, cast)
    cost.prices.update(amount=Decimal(1400))

    page = sign_in(owner).post(
        f"/desk/price-requests/{request.pk}/", {"what": "confirm"}, follow=True
    )

    assert "1 470,00" in words(page)
    assert PriceRequest.objects.get().state == "waiting"
    assert not Price.objects.filter(amount=request.amount).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once(
    cast: Cast, manager: Client, owner: User, second: User, cost: PriceList
) -> None:
    request = ask(manager, cast)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def decide(who: User, refuse: bool) -> None:
        start.wait()
        try:
            if refuse:
                requests.refuse(who, request.pk, "Нет")
            else:
                requests.confirm(who, request.pk)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(owner, False)),
        threading.Thread(target=decide, args=(second, True)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(outcomes) == ["done", "refused"]
    request.refresh_from_db()
    held = Price.objects.filter(amount=request.amount).exists()
    assert held is (request.state == "approved")


# ------------------------------------------------------------------------- the other ways


def test_a_manager_gives_nobody_a_list_with_goods_under_the_floor(
    cast: Cast, manager: Client, owner: User, cost: PriceList, sign_in
) -> None:
    contract = cast.ooo.contracts.get()
    typed = {
        "number": contract.number,
        "payment": contract.payment,
        "payment_days": 14,
        "currency": "RUB",
        "list-0": cost.pk,
    }
    address = f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/"

    answer = manager.post(address, typed)
    assert answer.status_code == 422
    assert list(contract.price_assignments.values_list("price_list", flat=True)) == [
        cast.wholesale.pk
    ]

    sign_in(owner).post(address, typed)
    assert list(contract.price_assignments.values_list("price_list", flat=True)) == [cost.pk]


def test_a_contract_that_has_such_a_list_already_can_still_be_changed(
    cast: Cast, manager: Client, cost: PriceList
) -> None:
    contract = cast.ooo.contracts.get()
    contract.price_assignments.update(price_list=cost)

    answer = manager.post(
        f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/",
        {"number": "Н-2", "payment": "prepaid", "currency": "RUB", "list-0": cost.pk},
    )

    assert answer.status_code == 302


def test_a_lists_percentage_does_not_take_goods_under_the_floor(
    cast: Cast, owner: User, cost: PriceList
) -> None:
    action = save_list(
        cast.manager, None, ListTerms(name="Акция", base=cast.dealer, percent=Decimal(-2))
    )

    with pytest.raises(Refused):
        save_list(
            cast.manager, action, ListTerms(name="Акция", base=cast.dealer, percent=Decimal(-3))
        )
    with pytest.raises(Refused):
        set_markups(
            owner,
            action,
            [MarkupRow(percent=Decimal(-9), category_id=cast.hose.product.category_id)],
        )

    action.refresh_from_db()
    assert action.percent == Decimal(-2)
    assert not action.markups.exists()


def test_individual_prices_are_nobody_elses_and_change_on_their_own_page_only(
    cast: Cast, manager: Client
) -> None:
    give(manager, cast, "1450")
    own = PriceList.objects.get(assignments__is_individual=True)

    with pytest.raises(Refused):
        save_list(cast.manager, None, ListTerms(name="Хитрый", base=own))
    with pytest.raises(Refused):
        save_list(cast.manager, own, ListTerms(name=own.name, base=cast.dealer))
    with pytest.raises(Refused):
        set_markups(cast.manager, own, [MarkupRow(percent=Decimal(-9), manufacturer="Гардена")])
    with pytest.raises(Refused):
        set_bindings(cast.manager, cast.theirs.contracts.get(), [Binding(own)])

    assert own.assignments.get().legal_entity == cast.ooo
    assert not PriceList.objects.filter(name="Хитрый").exists()


def test_undoing_a_load_does_not_take_goods_under_the_floor(
    cast: Cast, manager: Client, cost: PriceList
) -> None:
    prices = Price.objects.filter(price_list=cast.dealer, variant_id=cast.hose.pk)
    prices.update(amount=Decimal(1000))
    with load("sheet", "опт.xlsx", cast.manager) as row:
        prices.update(amount=Decimal(1400))

    with pytest.raises(Refused):
        undo(cast.manager, row.pk)

    assert prices.get().amount == Decimal(1400)


def test_whoever_could_move_the_floor_is_not_a_manager(cast: Cast, cost: PriceList) -> None:
    with pytest.raises(Refused):
        save_list(cast.manager, cost, ListTerms(name="Закупка", base=cast.dealer))

    cost.refresh_from_db()
    assert cost.base is None


def test_a_rate_entered_by_hand_does_not_take_goods_under_the_floor(
    cast: Cast, cost: PriceList
) -> None:
    euros = PriceList.objects.create(name="Евро", currency="EUR")
    Price.objects.create(price_list=euros, variant_id=cast.hose.pk, amount=Decimal(15))
    today = timezone.localdate()
    save_rate(cast.manager, RateRow("EUR", "RUB", today - timedelta(days=1), Decimal(98)))

    with pytest.raises(Refused):
        save_rate(cast.manager, RateRow("EUR", "RUB", today, Decimal(80)))
    with pytest.raises(Refused):
        save_rate(cast.manager, RateRow("EUR", "RUB", today + timedelta(days=3), Decimal(80)))

    assert Rate.objects.count() == 1


def test_the_first_floor_is_made_on_its_page(cast: Cast, owner: User, sign_in) -> None:
    client = sign_in(owner)
    assert client.get("/desk/floors/").status_code == 200

    client.post("/desk/floors/new/", {"name": "Розница", "list": "retail", "percent": "−10 %"})

    assert Floor.objects.get().percent == -10
    assert client.get("/desk/floors/").status_code == 200


def test_only_those_who_watch_over_prices_change_floors(
    cast: Cast, manager: Client, owner: User, cost: PriceList, sign_in
) -> None:
    floor = Floor.objects.get()
    typed = {"name": "Ниже", "list": cost.pk, "percent": "-10", "active": "1"}

    manager.post(f"/desk/floors/{floor.pk}/", typed)
    floor.refresh_from_db()
    assert floor.percent == 5

    sign_in(owner).post(f"/desk/floors/{floor.pk}/", typed)
    floor.refresh_from_db()
    assert (floor.name, floor.percent) == ("Ниже", -10)
