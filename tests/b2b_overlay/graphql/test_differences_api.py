"""What 1C changed, in GraphQL: the buyer sees it of his order, the desk decides."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from django.utils import timezone
from graphql_relay import to_global_id

from b2b_overlay.company.models import Difference
from b2b_overlay.ordering.corrections import Told, tell
from b2b_overlay.ordering.models import OrderCorrection, WholesaleOrder, WholesaleOrderLine
from sandbox.graphql import tokens

ORDER = """query($id: ID!) { b2bOrder(orderId: $id) { stage total { amount }
  papers { operation kind number date total { amount } }
  corrections { id isDecided total { amount } changes { name ordered in1C orderedTotal totalIn1C } }
} }"""
WAITING = """{ b2bDifferences { id about title label ours theirs }
  b2bOrderCorrections { order { number } correction { id } } }"""
DECIDE = """mutation($id: ID!, $take: B2BSide!) {
  b2bDifferenceDecide(id: $id, take: $take) { errors { code } } }"""
DECIDE_ORDER = """mutation($id: ID!, $take: B2BSide!) {
  b2bOrderCorrectionDecide(id: $id, take: $take) { order { total { amount } } errors { code } } }"""


@pytest.fixture
def order(cast: Cast) -> WholesaleOrder:
    """Six boards ordered, of which 1C has four."""
    made = WholesaleOrder.objects.create(
        order_id="77", number="77", placed_at=timezone.now(), user=cast.olga,
        company=cast.company, legal_entity=cast.ooo, channel="ru", currency="RUB",
        vat_included=True, total=Decimal("2400.00"), payment="on_account",
    )  # fmt: skip
    WholesaleOrderLine.objects.create(
        order=made, position=1, variant_id=cast.boards.pk, name="Доска", quantity=6,
        base_unit="шт", base_unit_code="796", unit_price=400, total=2400, vat=Decimal("432.79"),
    )  # fmt: skip
    told = Told(
        variant_id=cast.boards.pk, name="Доска", article="", quantity=Decimal(4), unit="шт",
        price=Decimal(400), total=Decimal(1600),
    )  # fmt: skip
    assert tell(made, [told], Decimal(1600), timezone.now())
    return made


def asked(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}", "Accept-Language": "ru"}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    found: dict[str, Any] = json.loads(answer.content)
    return found


def node(kind: str, key: Any) -> str:
    return str(to_global_id(kind, key))


def test_a_buyer_sees_what_1c_has_other_than_he_ordered(cast, order):
    answer = asked(cast.olga, ORDER, id=node("Order", order.order_id))

    (correction,) = answer["data"]["b2bOrder"]["corrections"]
    (change,) = correction["changes"]
    assert (correction["isDecided"], change["name"]) == (False, "Доска")
    assert [Decimal(str(change[key])) for key in ("ordered", "in1C", "totalIn1C")] == [6, 4, 1600]


@pytest.mark.parametrize("who", ["stranger", "kirill", "retail"])
def test_nobody_else_sees_anything_of_it(cast, order, who):
    answer = asked(getattr(cast, who), ORDER, id=node("Order", order.order_id))

    assert answer["data"]["b2bOrder"] is None


@pytest.mark.parametrize("who", ["olga", "stranger"])
def test_only_the_desk_sees_the_list_and_decides(cast, order, who):
    row = Difference.objects.create(
        about="contract", object_id=cast.ooo.contracts.get().pk, field="payment_days", theirs=3
    )
    correction = OrderCorrection.objects.get()

    assert "PERMISSION_DENIED" in asked(getattr(cast, who), WAITING)["errors"][0]["message"]
    for query, ident in (
        (DECIDE, node("B2BDifference", row.pk)),
        (DECIDE_ORDER, node("B2BOrderCorrection", correction.pk)),
    ):
        (data,) = asked(getattr(cast, who), query, id=ident, take="THEIRS")["data"].values()
        assert data["errors"] == [{"code": "PERMISSION_DENIED"}]
    order.refresh_from_db()
    assert order.total == Decimal(2400)
    assert cast.ooo.contracts.get().payment_days != 3


def test_the_desk_takes_either_side(cast, order):
    contract = cast.ooo.contracts.get()
    row = Difference.objects.create(
        about="contract", object_id=contract.pk, field="payment_days", theirs=3
    )
    data = asked(cast.manager, WAITING)["data"]
    (shown,) = data["b2bDifferences"]
    assert (shown["theirs"], shown["about"]) == ("3", "contract")
    (waiting,) = data["b2bOrderCorrections"]

    asked(cast.manager, DECIDE, id=node("B2BDifference", row.pk), take="THEIRS")
    answer = asked(cast.manager, DECIDE_ORDER, id=waiting["correction"]["id"], take="THEIRS")

    contract.refresh_from_db()
    assert contract.payment_days == 3
    taken = answer["data"]["b2bOrderCorrectionDecide"]
    assert Decimal(str(taken["order"]["total"]["amount"])) == 1600
    again = asked(cast.manager, DECIDE_ORDER, id=waiting["correction"]["id"], take="OURS")
    assert again["data"]["b2bOrderCorrectionDecide"]["errors"] == [{"code": "INVALID"}]
