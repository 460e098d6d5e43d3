"""People and approvals through GraphQL: the same actions, the same refusals."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.company.models import Buyer
from b2b_overlay.ordering.models import Approval, WholesaleOrder
from b2b_overlay.shop import get_shop
from sandbox.graphql import tokens


@pytest.fixture
def cast(cast: Cast) -> Cast:
    Buyer.objects.filter(user=cast.olga).update(role="owner", name="Ольга")
    return cast


def ask(user: Any, query: str, **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers={**headers, "Accept-Language": "ru"}).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    told = json.loads(answer.content, parse_float=Decimal)
    assert "errors" not in told, told
    return told["data"]


def gid(row: Any) -> str:
    return str(to_global_id(f"B2B{type(row).__name__}", row.pk))


def buyer(cast: Cast, name: str) -> Buyer:
    return Buyer.objects.get(user=getattr(cast, name))


BUYERS = """query($company: ID!) { b2bBuyers(company: $company) {
  email name role isActive legalEntities { name } spendingLimit { amount currency } } }"""

UPDATE = """mutation($id: ID!, $input: B2BBuyerUpdateInput!) {
  payload: b2bBuyerUpdate(id: $id, input: $input) {
    buyer { role name legalEntities { name } spendingLimit { amount currency } }
    errors { code message } } }"""

REMOVE = """mutation($id: ID!) { payload: b2bBuyerRemove(id: $id) {
  buyer { isActive } errors { code message } } }"""

ASK = """mutation($cart: ID!, $entity: ID!) {
  payload: b2bApprovalAsk(checkoutId: $cart, legalEntityId: $entity, comment: "Срочно") {
    approval { id state total { amount currency } lines { name quantity total } }
    errors { code message } } }"""

DECIDE = """mutation($id: ID!, $yes: Boolean!, $why: String) {
  payload: b2bApprovalDecide(id: $id, confirm: $yes, reason: $why) {
    approval { state decidedBy reason order { number } } errors { code message } } }"""

TAKE_BACK = """mutation($id: ID!) { payload: b2bApprovalTakeBack(id: $id) {
  approval { state } errors { code } } }"""

APPROVALS = """{ b2bApprovals { id state checkoutId comment buyer { name email }
  legalEntity { name } total { amount } } }"""


def test_the_owner_reads_his_people_and_others_read_nobody(cast: Cast) -> None:
    told = ask(cast.olga, BUYERS, company=gid(cast.company))["b2bBuyers"]

    assert {(each["email"], each["role"]) for each in told} == {
        ("olga@example.org", "owner"),
        ("kirill@example.org", "buyer"),
        ("viewer@example.org", "viewer"),
    }
    assert ask(cast.manager, BUYERS, company=gid(cast.company))["b2bBuyers"] == told
    for who in (cast.kirill, cast.viewer, cast.stranger, cast.retail, None):
        assert ask(who, BUYERS, company=gid(cast.company))["b2bBuyers"] == []


def test_the_owner_changes_a_buyer_and_what_isnt_given_stays(cast: Cast) -> None:
    kirill = buyer(cast, "kirill")

    told = ask(cast.olga, UPDATE, id=gid(kirill), input={"spendingLimit": 2000, "name": "Кирилл"})[
        "payload"
    ]

    assert told["errors"] == []
    assert told["buyer"] == {
        "role": "buyer",
        "name": "Кирилл",
        "legalEntities": [{"name": cast.plus.name}],
        "spendingLimit": {"amount": 2000, "currency": "RUB"},
    }
    without = ask(cast.olga, UPDATE, id=gid(kirill), input={"spendingLimit": None})["payload"]
    assert without["buyer"]["spendingLimit"] is None
    assert without["buyer"]["name"] == "Кирилл"


@pytest.mark.parametrize("who", ["kirill", "viewer", "stranger", "retail", "nobody"])
def test_nobody_else_changes_or_removes(cast: Cast, who: str) -> None:
    kirill = buyer(cast, "kirill")

    for query, more in ((UPDATE, {"input": {"role": "owner"}}), (REMOVE, {})):
        told = ask(getattr(cast, who, None), query, id=gid(kirill), **more)["payload"]
        assert {error["code"] for error in told["errors"]} <= {"NOT_FOUND", "PERMISSION_DENIED"}
        assert told["errors"]

    kirill.refresh_from_db()
    assert (kirill.role, kirill.is_active) == ("buyer", True)


def test_another_companys_legal_entity_is_not_found(cast: Cast) -> None:
    kirill = buyer(cast, "kirill")

    told = ask(cast.olga, UPDATE, id=gid(kirill), input={"legalEntities": [gid(cast.theirs)]})[
        "payload"
    ]

    assert [error["code"] for error in told["errors"]] == ["NOT_FOUND"]
    assert list(kirill.legal_entities.all()) == [cast.plus]


def test_what_is_wrong_is_said_at_once(cast: Cast) -> None:
    told = ask(
        cast.olga,
        UPDATE,
        id=gid(buyer(cast, "kirill")),
        input={"spendingLimit": -1, "role": "king", "limitCurrency": "рубли"},
    )["payload"]

    assert len(told["errors"]) == 3


def test_me_tells_of_every_company_with_the_role(cast: Cast) -> None:
    Buyer.objects.create(user=cast.olga, company=cast.other, role="viewer")

    told = ask(cast.olga, "{ b2bMe { memberships { role company { name } } } }")["b2bMe"]

    assert told["memberships"] == [
        {"role": "owner", "company": {"name": "Ромашка"}},
        {"role": "viewer", "company": {"name": "Чужие"}},
    ]


@pytest.fixture
def cart(cast: Cast) -> str:
    """Kirill's cart of 2 800.50, over his limit of 2 000."""
    ask(cast.olga, UPDATE, id=gid(buyer(cast, "kirill")), input={"spendingLimit": 2000})
    channel = get_shop().catalogue.channels()[0]
    return get_shop().checkouts.set_quantities(cast.kirill.pk, channel, {cast.hose.pk: 2})


def test_asked_and_confirmed(cast: Cast, cart: str) -> None:
    global_id = to_global_id("Checkout", cart)
    problems = ask(
        cast.kirill,
        "query($id: ID!) { b2bCheckout(id: $id) { problems { message } } }",
        id=global_id,
    )["b2bCheckout"]["problems"]
    assert "нужно подтверждение" in problems[0]["message"]

    asked = ask(cast.kirill, ASK, cart=global_id, entity=gid(cast.plus))["payload"]
    assert asked["errors"] == []
    assert asked["approval"]["total"] == {"amount": Decimal("2800.50"), "currency": "RUB"}

    (seen,) = ask(cast.olga, APPROVALS)["b2bApprovals"]
    assert (seen["comment"], seen["state"], seen["checkoutId"]) == ("Срочно", "waiting", None)
    (own,) = ask(cast.kirill, APPROVALS)["b2bApprovals"]
    assert own["checkoutId"] == global_id

    told = ask(cast.olga, DECIDE, id=seen["id"], yes=True)["payload"]
    order = WholesaleOrder.objects.get()
    assert told["approval"] == {
        "state": "approved",
        "decidedBy": "Ольга",
        "reason": "",
        "order": {"number": order.number},
    }
    assert order.user == cast.kirill


def test_refused_with_a_reason_only(cast: Cast, cart: str) -> None:
    asked = ask(cast.kirill, ASK, cart=to_global_id("Checkout", cart), entity=gid(cast.plus))[
        "payload"
    ]["approval"]

    without = ask(cast.olga, DECIDE, id=asked["id"], yes=False)["payload"]
    assert [error["code"] for error in without["errors"]] == ["REQUIRED"]
    assert Approval.objects.get().state == "waiting"

    told = ask(cast.olga, DECIDE, id=asked["id"], yes=False, why="Дорого")["payload"]
    assert (told["approval"]["state"], told["approval"]["reason"]) == ("refused", "Дорого")
    assert not WholesaleOrder.objects.exists()


def test_taken_back_it_has_lapsed(cast: Cast, cart: str) -> None:
    asked = ask(cast.kirill, ASK, cart=to_global_id("Checkout", cart), entity=gid(cast.plus))[
        "payload"
    ]["approval"]

    told = ask(cast.kirill, TAKE_BACK, id=asked["id"])["payload"]

    assert told["approval"]["state"] == "lapsed"


@pytest.mark.parametrize("who", ["viewer", "stranger", "retail", "nobody"])
def test_others_neither_see_nor_decide_nor_take_back(cast: Cast, cart: str, who: str) -> None:
    user = getattr(cast, who, None)
    asked = ask(cast.kirill, ASK, cart=to_global_id("Checkout", cart), entity=gid(cast.plus))[
        "payload"
    ]["approval"]

    assert ask(user, APPROVALS)["b2bApprovals"] == []
    for query, more in ((DECIDE, {"yes": True}), (TAKE_BACK, {})):
        assert ask(user, query, id=asked["id"], **more)["payload"]["errors"]
    assert Approval.objects.get().state == "waiting"
    assert not WholesaleOrder.objects.exists()


def test_the_carts_id_is_its_buyers_only(cast: Cast, cart: str) -> None:
    ask(cast.kirill, ASK, cart=to_global_id("Checkout", cart), entity=gid(cast.plus))

    (seen,) = ask(cast.manager, APPROVALS)["b2bApprovals"]

    assert seen["checkoutId"] is None
