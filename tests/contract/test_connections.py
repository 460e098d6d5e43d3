"""What grows is read page by page, as Saleor's own connections are: nothing twice, nothing left
out, sorted and filtered, and only what is one's own."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from b2b_overlay.company.models import Application, Company
from b2b_overlay.terms.models import Settlement

from .conftest import entity_gid

ORDERS = """query($first: Int, $after: String, $last: Int, $before: String,
                   $filter: B2BOrderFilterInput, $sort: B2BOrderSortingInput) {
  found: b2bOrdersConnection(first: $first, after: $after, last: $last, before: $before,
                             filter: $filter, sortBy: $sort) {
    totalCount edges { cursor node { number total { amount } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

DEBTS = """query($filter: B2BSettlementFilterInput, $sort: B2BSettlementSortingInput,
                  $first: Int!, $after: String) {
  found: b2bSettlementsConnection(filter: $filter, sortBy: $sort, first: $first, after: $after) {
    totalCount edges { node { document dueDate } } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
def three(order):
    """Of 1, 3 and 2 hoses, in that order."""
    return [order(quantity) for quantity in (1, 3, 2)]


def _totals(told) -> list[Decimal]:
    return [Decimal(edge["node"]["total"]["amount"]) for edge in told["found"]["edges"]]


def test_orders_are_leafed_through_both_ways(ask, cast, three):
    by, seen, cursor = {"field": "TOTAL", "direction": "DESC"}, [], None
    for _page in range(3):
        told = ask(ORDERS, cast.buyer, first=1, after=cursor, sort=by)
        seen += _totals(told)
        cursor = told["found"]["pageInfo"]["endCursor"]
    assert seen == [Decimal("183.69"), Decimal("122.46"), Decimal("61.23")]
    assert told["found"]["totalCount"] == 3
    assert not told["found"]["pageInfo"]["hasNextPage"]

    back = ask(ORDERS, cast.buyer, last=2, before=cursor, sort=by)
    assert _totals(back) == seen[:2]
    assert not back["found"]["pageInfo"]["hasPreviousPage"]


def test_orders_of_the_same_second_are_told_apart(ask, cast, three):
    by, seen, cursor = {"field": "PLACED_AT", "direction": "ASC"}, [], None
    for _page in range(4):
        told = ask(ORDERS, cast.buyer, first=1, after=cursor, sort=by)["found"]
        seen += [edge["node"]["number"] for edge in told["edges"]]
        cursor = told["pageInfo"]["endCursor"] or cursor

    assert seen == [each.number for each in three]


def test_the_newest_order_comes_first_and_one_that_comes_meanwhile_moves_nothing(
    ask, cast, three, order
):
    first = ask(ORDERS, cast.buyer, first=1)
    assert first["found"]["edges"][0]["node"]["number"] == three[2].number

    order(1)
    rest = ask(ORDERS, cast.buyer, first=9, after=first["found"]["pageInfo"]["endCursor"])

    numbers = [edge["node"]["number"] for edge in rest["found"]["edges"]]
    assert numbers == [three[1].number, three[0].number]


def test_orders_are_narrowed_down(ask, cast, three):
    def numbers(**given) -> list[str]:
        told = ask(ORDERS, cast.buyer, first=9, filter=given)
        return [edge["node"]["number"] for edge in told["found"]["edges"]]

    assert numbers(search=three[1].number) == [three[1].number]
    assert numbers(legalEntities=[entity_gid(cast.second)]) == []
    assert len(numbers(legalEntities=[entity_gid(cast.first)])) == 3
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    assert numbers(placedFrom=tomorrow) == []
    assert len(numbers(placedBefore=tomorrow)) == 3


def test_nobody_reads_anothers_orders(ask, cast, three):
    for user in (None, cast.customer, cast.stranger, cast.colleague):
        assert ask(ORDERS, user, first=9)["found"]["totalCount"] == 0
    assert ask(ORDERS, cast.manager, first=9)["found"]["totalCount"] == 3


@pytest.mark.parametrize(
    "given",
    [{}, {"first": 0}, {"first": 101}, {"first": 1, "after": "nonsense"},
     {"first": 1, "after": "WyJ4IiwgMV0="}, {"first": 1, "last": 1}],
)  # fmt: skip
def test_a_page_that_cant_be_is_told(answers, cast, three, given):
    told = answers(ORDERS, cast.buyer, given, {})

    assert told["errors"]


def test_debts_without_a_day_come_last_and_are_reached(ask, cast):
    for number, due in enumerate((date(2026, 1, 5), None, date(2026, 1, 2), None)):
        Settlement.objects.create(
            legal_entity=cast.first, amount="10.00", document=f"Д-{number}", due_date=due,
            document_date=date(2026, 1, 1), told_at=timezone.now(),
        )  # fmt: skip

    for direction, wanted in (("ASC", "2013"), ("DESC", "3102")):
        seen, cursor, more = "", None, True
        by = {"field": "DUE_DATE", "direction": direction}
        while more:
            told = ask(DEBTS, cast.buyer, first=1, after=cursor, sort=by)["found"]
            seen += "".join(edge["node"]["document"][-1] for edge in told["edges"])
            cursor, more = told["pageInfo"]["endCursor"], told["pageInfo"]["hasNextPage"]
        assert seen == wanted

    late = ask(DEBTS, cast.buyer, first=9, filter={"isOverdue": True})["found"]
    calm = ask(DEBTS, cast.buyer, first=9, filter={"isOverdue": False})["found"]
    assert (late["totalCount"], calm["totalCount"]) == (2, 2)


def test_companies_and_applications_are_sorted_and_narrowed(ask, cast):
    Company.objects.create(name="Аист", is_active=False)
    companies = """query($filter: B2BCompanyFilterInput) { found: b2bCompaniesConnection(first: 9,
      filter: $filter, sortBy: {field: NAME, direction: DESC}) { edges { node { name } } } }"""

    def names(user, **given) -> list[str]:
        edges = ask(companies, user, filter=given)["found"]["edges"]
        return [edge["node"]["name"] for edge in edges]

    assert names(cast.manager) == ["Чужие", "Ромашка", "Аист"]
    assert names(cast.manager, isActive=False) == ["Аист"]
    assert names(cast.manager, search="ромаш") == ["Ромашка"]
    assert names(cast.buyer) == ["Ромашка"]

    for user, state in ((cast.customer, "new"), (cast.stranger, "refused")):
        Application.objects.create(user=user, inn="7736050003", state=state)
    query = """query($states: [B2BApplicationState!]) { found: b2bApplicationsConnection(first: 9,
      filter: {states: $states}) { totalCount edges { node { state } } } }"""
    assert ask(query, cast.manager)["found"]["totalCount"] == 2
    (edge,) = ask(query, cast.manager, states=["NEW"])["found"]["edges"]
    assert edge["node"]["state"] == "NEW"
