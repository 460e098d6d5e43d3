"""What a legal entity owes, who sees it, and how far the credit limit lets it order."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from b2b_overlay.company import joining
from b2b_overlay.graphql.ids import to_global_id
from b2b_overlay.money import Money
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.terms.models import Contract, Settlement
from b2b_overlay.terms.settlements import Debt, balances, replace
from sandbox import models
from sandbox.graphql.schema import schema

PAST, AHEAD = date(2026, 1, 10), date(2099, 1, 10)


def rub(amount: str) -> Money:
    return Money(Decimal(amount), "RUB")


def debt(amount: str, document: str = "Реализация 1", due: date = AHEAD, **more: Any) -> Debt:
    return Debt(amount=rub(amount), document=document, due_date=due, **more)


@pytest.fixture
def told(cast):
    """1C told: «Ромашка» owes 80,000 (30,000 overdue), the sole trader 500."""
    replace(
        {
            cast.ooo.pk: [debt("50000"), debt("30000", "Реализация 2", PAST)],
            cast.plus.pk: [debt("500", "Реализация 7")],
            cast.theirs.pk: [debt("777", "Реализация чужая")],
        },
        timezone.now(),
        "долги.xlsx",
    )


@pytest.fixture
def limit(cast):
    """«Ромашка» may owe so much under its contract."""

    def set_limit(amount: str) -> Contract:
        Contract.objects.filter(legal_entity=cast.ooo).update(credit_limit=Decimal(amount))
        return Contract.objects.get(legal_entity=cast.ooo)

    return set_limit


def plain(response) -> str:
    """The page's words, with ordinary spaces."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


# -------------------------------------------------------------------------------- who sees


def test_a_buyer_sees_what_each_of_his_legal_entities_owes(olga, told):
    page = plain(olga.get("/debts/"))

    assert "Долг 80 000,00 ₽ просрочено 30 000,00 ₽" in page
    assert "Реализация 2" in page
    assert "Реализация 7" in page
    assert "По данным 1С на" in page


def test_a_colleague_sees_only_the_legal_entities_he_buys_for(cast, kirill, sign_in, told):
    for client in (kirill, sign_in(cast.viewer)):
        page = plain(client.get("/debts/"))

        assert "Реализация 7" in page
        assert "Реализация 1" not in page
        assert "ООО «Ромашка»" not in page


def test_a_stranger_sees_his_own_and_a_removed_buyer_nothing(cast, stranger, olga, told):
    assert "Реализация чужая" in plain(stranger.get("/debts/"))
    assert "Реализация 7" not in plain(stranger.get("/debts/"))

    cast.olga.b2b_memberships.update(is_active=False)

    page = plain(olga.get("/debts/"))
    assert "Реализация" not in page
    assert "Взаиморасчётов нет" in page


def test_a_visitor_signs_in_first(client, told):
    assert client.get("/debts/").status_code == 302


def test_never_told_and_nothing_owed_are_two_things(cast, olga):
    assert "1С ещё не сообщала взаиморасчёты" in plain(olga.get("/debts/"))

    replace({cast.ooo.pk: [], cast.plus.pk: []}, timezone.now())

    page = plain(olga.get("/debts/"))
    assert page.count("Долга нет.") == 2
    assert "не сообщала" not in page


def test_the_desk_sees_them_on_the_pages_of_company_and_counterparty(cast, manager, told, limit):
    limit("100000")

    company = plain(manager.get(f"/desk/companies/{cast.company.pk}/"))
    assert "80 000,00 ₽" in company
    assert "из 100 000,00 ₽" in company
    counterparty = plain(manager.get(f"/desk/counterparties/{cast.ooo.pk}/"))
    assert "Реализация 2" in counterparty


def test_the_page_asks_the_database_as_often_for_many_documents(
    cast, olga, told, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40) as few:
        olga.get("/debts/")
    many = [debt("10", f"Реализация {n}") for n in range(200)]
    replace({cast.ooo.pk: many, cast.plus.pk: many}, timezone.now())

    with django_assert_max_num_queries(len(few)):
        olga.get("/debts/")


# -------------------------------------------------------------------- what 1C tells anew


def test_what_is_told_replaces_what_was_known_and_a_missing_document_is_settled(cast, told):
    done = replace({cast.ooo.pk: [debt("10", "Реализация 2")]}, timezone.now())

    assert (done.told, done.documents, done.older) == (1, 1, [])
    row = Settlement.objects.get(legal_entity=cast.ooo)
    assert (row.document, row.amount) == ("Реализация 2", Decimal(10))
    assert Settlement.objects.filter(legal_entity=cast.plus, amount=500).exists()


def test_older_news_changes_nothing(cast, told):
    done = replace({cast.ooo.pk: []}, timezone.now() - timedelta(days=1))

    assert done.older == [cast.ooo.pk]
    assert Settlement.objects.filter(legal_entity=cast.ooo).count() == 2


def test_the_same_document_twice_is_one_and_parts_due_on_two_days_are_two(cast):
    rows = [debt("10"), debt("5"), debt("7", due=PAST), debt("3", "Платёж"), debt("-3", "Платёж")]

    replace({cast.ooo.pk: rows}, timezone.now())

    kept = Settlement.objects.filter(legal_entity=cast.ooo).values_list("amount", "due_date")
    assert set(kept) == {(Decimal(15), AHEAD), (Decimal(7), PAST)}


def test_an_advance_is_no_debt_and_currencies_are_not_added(cast):
    rows = [
        debt("100"),
        debt("-40", "Аванс"),
        Debt(amount=Money(Decimal(9), "USD"), document="Invoice", due_date=PAST),
    ]
    replace({cast.ooo.pk: rows}, timezone.now())

    rubles, dollars = balances([cast.ooo.pk], date(2026, 6, 1))[cast.ooo.pk]

    assert (rubles.owed, rubles.advance, rubles.net) == (rub("100"), rub("40"), rub("60"))
    assert rubles.overdue == rub("0")
    assert (dollars.owed.currency, dollars.overdue.amount) == ("USD", Decimal(9))


def test_debts_follow_a_joining_and_come_back_when_it_is_undone(cast, told, olga):
    replace({cast.free.pk: [debt("123", "Реализация новых")]}, timezone.now())

    done = joining.join(cast.manager, cast.ooo, cast.free)
    assert "Реализация новых" in plain(olga.get("/debts/"))

    joining.undo(cast.manager, done)
    assert "Реализация новых" not in plain(olga.get("/debts/"))
    assert Settlement.objects.get(document="Реализация новых").legal_entity == cast.free


def test_two_that_owe_nothing_can_be_joined_and_parted(cast):
    replace({cast.ooo.pk: [], cast.free.pk: []}, timezone.now())

    done = joining.join(cast.manager, cast.ooo, cast.free)
    assert balances([cast.ooo.pk], PAST)[cast.ooo.pk][0].net == rub("0")

    joining.undo(cast.manager, done)
    assert set(balances([cast.ooo.pk, cast.free.pk], PAST)) == {cast.ooo.pk, cast.free.pk}


# ------------------------------------------------------------------------------ the limit


@pytest.fixture
def filled(cast, olga):
    """Olga's cart with two hoses, for ООО «Ромашка»: 3 001.00."""
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    return str(models.Checkout.objects.get().pk)


def press(olga, cast, checkout, shown="3001.00"):
    form = {"checkout": checkout, "legal_entity": cast.ooo.pk, "shown": shown}
    return olga.post("/checkout/", form)


def test_an_order_over_the_limit_is_refused_with_the_arithmetic(cast, olga, filled, told, limit):
    limit("82000")

    answer = press(olga, cast, filled)

    assert answer.status_code == 422
    assert (
        "Лимит по договору 82 000,00 ₽, долг 80 000,00 ₽, в заказах 0,00 ₽: свободно "
        "2 000,00 ₽, а заказ на 3 001,00 ₽." in plain(answer)
    )
    assert not models.Order.objects.exists()
    assert not WholesaleOrder.objects.exists()


def test_the_cart_says_it_before_he_orders(olga, filled, told, limit):
    limit("82000")

    assert "свободно 2 000,00 ₽" in plain(olga.get("/cart/"))


def test_to_the_last_kopeck_it_is_placed(cast, olga, filled, told, limit):
    limit("83001")

    assert press(olga, cast, filled).status_code == 302
    assert WholesaleOrder.objects.count() == 1


def test_his_own_orders_that_1c_has_not_in_its_debts_count(cast, olga, filled, told, limit):
    limit("85000")
    press(olga, cast, filled)
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})

    answer = press(olga, cast, str(models.Checkout.objects.get().pk))

    assert "в заказах 3 001,00 ₽: свободно 1 999,00 ₽" in plain(answer)
    assert WholesaleOrder.objects.count() == 1


@pytest.mark.parametrize(
    "news",
    [
        {"is_cancelled": True},
        {"paid_at": date(2026, 3, 1)},
        {"shipped_at": date(2026, 3, 1), "news_at": timezone.now()},
        {"due_date": date(2026, 3, 1)},
    ],
)
def test_an_order_that_is_settled_or_a_debt_by_now_counts_no_more(
    cast, olga, filled, told, limit, news
):
    limit("85000")
    press(olga, cast, filled)
    long_ago = timezone.now() - timedelta(days=200)
    WholesaleOrder.objects.update(placed_at=long_ago, **news)
    Settlement.objects.update(told_at=timezone.now() + timedelta(days=1))
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})

    assert press(olga, cast, str(models.Checkout.objects.get().pk)).status_code == 302


def test_an_order_of_another_contract_or_without_a_limit_is_not_held(cast, olga, filled, told):
    assert press(olga, cast, filled).status_code == 302


def test_with_prepayment_there_is_nothing_to_limit(cast, olga, filled, told, limit):
    contract = limit("1")
    contract.payment = Contract.Payment.PREPAID
    contract.save()

    assert press(olga, cast, filled).status_code == 302


def test_an_advance_adds_to_the_limit(cast, olga, filled, limit):
    limit("1000")
    replace({cast.ooo.pk: [debt("-2000", "Аванс")]}, timezone.now())

    assert "аванс 2 000,00 ₽" in plain(press(olga, cast, filled))

    limit("1001")
    assert press(olga, cast, filled).status_code == 302


def test_a_debt_by_another_contract_does_not_take_of_this_limit(cast, olga, filled, limit):
    limit("4000")
    other = Contract.objects.create(legal_entity=cast.ooo, number="ДРУГОЙ", is_active=False)
    replace({cast.ooo.pk: [debt("9000", contract_id=other.pk)]}, timezone.now())

    assert press(olga, cast, filled).status_code == 302


def test_the_buyer_sees_what_is_left_of_the_limit(olga, told, limit):
    limit("100000")

    page = plain(olga.get("/debts/"))

    assert "лимит 100 000,00 ₽, долг 80 000,00 ₽, в заказах 0,00 ₽: свободно 20 000,00 ₽" in page


# -------------------------------------------------------------------------------- GraphQL

QUERY = """query($id: ID!) {
  b2bSettlements(legalEntity: $id) { document amount { amount } isOverdue contract { number } }
  b2bMe { legalEntities { name balance { owed { amount } overdue { amount } }
    contracts { credit { left { amount } } } } }
}"""


def ask(user: Any, entity: Any) -> Any:
    context = SimpleNamespace(user=user, META={}, COOKIES={})
    ident = to_global_id("B2BLegalEntity", entity.pk)
    answer = schema.execute(QUERY, variable_values={"id": ident}, context_value=context)
    assert not answer.errors, answer.errors
    return answer.data


def test_graphql_tells_the_same(cast, told, limit):
    limit("100000")

    data = ask(cast.olga, cast.ooo)

    assert [each["isOverdue"] for each in data["b2bSettlements"]] == [True, False]
    of_name = {each["name"]: each for each in data["b2bMe"]["legalEntities"]}
    entity = of_name[cast.ooo.name]
    assert Decimal(str(entity["balance"][0]["overdue"]["amount"])) == 30000
    assert Decimal(str(entity["contracts"][0]["credit"]["left"]["amount"])) == 20000


@pytest.mark.parametrize("who", ["kirill", "stranger", "retail"])
def test_graphql_tells_nobody_elses(cast, told, who):
    assert ask(getattr(cast, who), cast.ooo)["b2bSettlements"] == []


def test_graphql_tells_the_desk_everything(cast, told):
    assert len(ask(cast.manager, cast.ooo)["b2bSettlements"]) == 2
