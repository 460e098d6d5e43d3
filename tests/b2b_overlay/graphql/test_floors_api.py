"""Individual prices, floors and exceptions in GraphQL: the desk's, and no way around the floor."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.history import recorded
from b2b_overlay.pricing.models import Assignment, Floor, Price, PriceRequest
from sandbox.graphql import tokens
from sandbox.models import User

SET = """mutation($input: B2BIndividualPriceInput!) {
  b2bIndividualPriceSet(input: $input) {
    price { id variantId price { amount currency } }
    request { id state floor lowest { amount } reason askedBy }
    errors { code message }
  }
}"""
DECIDE = """mutation($id: ID!, $decision: B2BPriceDecision!, $answer: String) {
  b2bPriceRequestDecide(id: $id, decision: $decision, answer: $answer) {
    request { state decidedBy answer } errors { code }
  }
}"""
FLOOR = """mutation($input: B2BFloorInput!) {
  b2bFloorSave(input: $input) { floor { id name percent priceList { name } } errors { code } }
}"""
EXCEPTIONS = """{ b2bExceptions {
  given { who legalEntity price { amount } instead { amount } likeBuyers reason }
  below { who way priceList floor price { amount } lowest { amount } }
  dips { kind } managers { who prices average }
} }"""


@pytest.fixture
def owner(cast: Cast, settings: Any) -> User:
    settings.B2B_OVERSEERS = ["owner@example.org"]
    return User.objects.create_user("owner@example.org", cast.password, is_staff=True)


def asked(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return dict(json.loads(answer.content))


def ask(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    found = asked(user, query, **variables)
    assert "errors" not in found, found
    return found["data"]


def gid(row: Any) -> str:
    return to_global_id(f"B2B{type(row).__name__}", row.pk)


def hose(cast: Cast, amount: str, **more: Any) -> dict[str, Any]:
    variant = to_global_id("ProductVariant", cast.hose.pk)
    return {"legalEntity": gid(cast.ooo), "variantId": variant, "amount": amount, **more}


def test_a_price_is_given_listed_and_taken_back(cast: Cast) -> None:
    given = ask(cast.manager, SET, input=hose(cast, "1450.00"))["b2bIndividualPriceSet"]
    assert given["errors"] == []

    query = "query($of: ID!) { b2bIndividualPrices(legalEntity: $of) { id price { amount } } }"
    listed = ask(cast.manager, query, of=gid(cast.ooo))["b2bIndividualPrices"]
    assert [each["id"] for each in listed] == [given["price"]["id"]]

    remove = """mutation($of: ID!, $id: ID!) {
      b2bIndividualPriceRemove(legalEntity: $of, id: $id) { errors { code } } }"""
    other = ask(cast.manager, remove, of=gid(cast.theirs), id=listed[0]["id"])
    assert other["b2bIndividualPriceRemove"]["errors"] == [{"code": "NOT_FOUND"}]
    ask(cast.manager, remove, of=gid(cast.ooo), id=listed[0]["id"])
    assert ask(cast.manager, query, of=gid(cast.ooo))["b2bIndividualPrices"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"},
        {"amount": "1450.005"},
        {"startsAt": "2026-12-10T00:00:00Z", "endsAt": "2026-12-20T00:00:00Z"},
        {"startsAt": "2026-12-20T00:00:00Z", "endsAt": "2026-12-10T00:00:00Z"},
    ],
)
def test_a_wrong_price_is_refused_and_changes_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    """Nothing, a fraction of a kopeck, two windows that overlap, an end before the beginning."""
    window = {"startsAt": "2026-12-01T00:00:00Z", "endsAt": "2026-12-15T00:00:00Z"}
    ask(cast.manager, SET, input=hose(cast, "1450.00", **window))

    answer = ask(cast.manager, SET, input=hose(cast, "1400.00") | wrong)["b2bIndividualPriceSet"]

    assert [error["code"] for error in answer["errors"]] == ["INVALID"]
    assert Price.objects.filter(price_list__assignments__is_individual=True).count() == 1


def test_under_the_floor_it_waits_and_whoever_asked_cannot_confirm(cast: Cast, owner: User) -> None:
    Floor.objects.create(name="Розница − 10 %", retail=True, percent=Decimal(-10))

    given = ask(owner, SET, input=hose(cast, "1450.00", reason="Надо"))["b2bIndividualPriceSet"]
    request = given["request"]
    mine = ask(owner, DECIDE, id=request["id"], decision="CONFIRM")["b2bPriceRequestDecide"]
    managers = ask(cast.manager, DECIDE, id=request["id"], decision="CONFIRM")

    assert given["price"] is None
    assert (request["state"], request["lowest"]["amount"]) == ("WAITING", 1791)
    assert mine["errors"] == [{"code": "PERMISSION_DENIED"}]
    assert managers["b2bPriceRequestDecide"]["errors"] == [{"code": "NOT_FOUND"}]
    assert not Price.objects.filter(amount=1450).exists()


def test_a_second_person_confirms_or_refuses_with_an_answer(cast: Cast, owner: User) -> None:
    Floor.objects.create(name="Розница", retail=True)
    given = ask(cast.manager, SET, input=hose(cast, "1450.00", reason="Надо"))
    pk = given["b2bIndividualPriceSet"]["request"]["id"]

    silent = ask(owner, DECIDE, id=pk, decision="REFUSE")["b2bPriceRequestDecide"]
    assert silent["errors"] == [{"code": "REQUIRED"}]
    done = ask(owner, DECIDE, id=pk, decision="CONFIRM")["b2bPriceRequestDecide"]
    assert done["request"]["state"] == "APPROVED"
    assert Price.objects.filter(amount=1450).exists()


def test_a_manager_sees_his_own_requests_only(cast: Cast, owner: User) -> None:
    Floor.objects.create(name="Розница", retail=True)
    ask(owner, SET, input=hose(cast, "1450.00", reason="Надо"))
    query = "{ b2bPriceRequests(state: WAITING) { askedBy legalEntity { name } } }"

    assert len(ask(owner, query)["b2bPriceRequests"]) == 1
    assert ask(cast.manager, query)["b2bPriceRequests"] == []


def test_a_list_under_the_floor_is_not_given_by_a_contract(cast: Cast, owner: User) -> None:
    Floor.objects.create(name="Опт", price_list=cast.wholesale)
    contract = cast.ooo.contracts.get()
    save = """mutation($input: B2BContractSaveInput!) {
      b2bContractSave(input: $input) { errors { code message } } }"""
    given = {
        "id": gid(contract),
        "legalEntity": gid(cast.ooo),
        "number": "1",
        "currency": "RUB",
        "payment": "ON_ACCOUNT",
        "paymentDays": 1,
        "priceLists": [gid(cast.dealer)],
    }

    answer = ask(cast.manager, save, input=given)["b2bContractSave"]

    assert answer["errors"][0]["code"] == "INVALID"
    assert contract.price_assignments.get().price_list == cast.wholesale
    contract.refresh_from_db()
    assert contract.number == "ОПТ-1"


def test_only_those_who_watch_over_prices_save_floors(cast: Cast, owner: User) -> None:
    floor = {"name": "Опт", "priceList": gid(cast.wholesale), "percent": "-3"}

    refused = ask(cast.manager, FLOOR, input=floor)["b2bFloorSave"]
    saved = ask(owner, FLOOR, input=floor)["b2bFloorSave"]

    assert refused["errors"] == [{"code": "PERMISSION_DENIED"}]
    assert saved["floor"]["priceList"] == {"name": "Опт"}
    assert [f["name"] for f in ask(cast.manager, "{ b2bFloors { name } }")["b2bFloors"]] == ["Опт"]
    assert Floor.objects.count() == 1


def test_the_exceptions_are_for_those_who_watch_over_prices(cast: Cast, owner: User) -> None:
    ask(cast.manager, SET, input=hose(cast, "1200.40", reason="Друг"))

    found = ask(owner, EXCEPTIONS)["b2bExceptions"]

    assert found["given"][0]["reason"] == "Друг"
    assert found["given"][0]["instead"] == {"amount": 1500.5}
    assert found["managers"][0]["prices"] == 1
    assert found["below"] == []
    for who in (cast.manager, cast.olga, None):
        assert ask(who, EXCEPTIONS)["b2bExceptions"] is None


def test_prices_of_1c_under_a_floor_are_among_the_exceptions(cast: Cast, owner: User) -> None:
    Floor.objects.create(name="Розница", retail=True, percent=-50)
    with recorded(None, "exchange", "offers.xml", file="offers.xml"):
        cast.wholesale.prices.filter(variant_id=cast.hose.pk).update(amount=900)

    (line,) = ask(owner, EXCEPTIONS)["b2bExceptions"]["below"]

    assert (line["priceList"], line["floor"]) == ("Опт", "Розница")
    assert (line["price"], line["lowest"]) == ({"amount": 900.0}, {"amount": 995.0})
    assert "offers.xml" in line["way"]
    query = """query($first: Int, $offset: Int) {
      b2bExceptions(first: $first, offset: $offset) { below { good } } }"""
    for first, offset, lines in ((0, 0, 0), (1, 0, 1), (1, 1, 0)):
        found = ask(owner, query, first=first, offset=offset)["b2bExceptions"]
        assert len(found["below"]) == lines


@pytest.mark.parametrize("who", ["olga", "stranger", "retail", None])
def test_a_buyer_is_told_and_given_nothing(cast: Cast, who: str | None) -> None:
    user = getattr(cast, who) if who else None
    query = "query($of: ID!) { b2bIndividualPrices(legalEntity: $of) { id } }"

    answer = ask(user, SET, input=hose(cast, "1.00"))["b2bIndividualPriceSet"]

    assert answer["errors"][0]["code"] == "PERMISSION_DENIED"
    for other in (query, "{ b2bFloors { id } }", "{ b2bPriceRequests { id } }"):
        assert "errors" in asked(user, other, of=gid(cast.ooo))
    assert not Assignment.objects.filter(is_individual=True).exists()
    assert not PriceRequest.objects.exists()
