"""Prices in GraphQL: a buyer's own with his part of why; the desk's of anyone, at any moment."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from cast import Cast
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from graphql_relay import to_global_id

from b2b_overlay.history import recorded
from b2b_overlay.pricing.models import Assignment, Price, PriceList
from b2b_overlay.terms.models import Contract
from sandbox.graphql import tokens


@pytest.fixture
def cast(cast: Cast) -> Cast:
    Price.objects.create(
        price_list=cast.dealer,
        variant_id=cast.hose.pk,
        min_quantity=10,
        amount=Decimal("1300.00"),
    )
    return cast


def ask(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers={**headers, "Accept-Language": "ru"}).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return dict(json.loads(answer.content))


def gid(row: Any) -> str:
    return to_global_id(f"B2B{type(row).__name__}", row.pk)


def variant(row: Any) -> str:
    return to_global_id("ProductVariant", row.pk)


PRICES = """query($ids: [ID!]!, $entity: ID, $quantity: Int, $at: DateTime, $asOf: DateTime,
                  $total: Decimal) {
  b2bPrices(variantIds: $ids, legalEntityId: $entity, quantity: $quantity, at: $at, asOf: $asOf,
            cartTotal: $total) {
    price { amount currency } basis minQuantity validUntil reckoned
    tiers { minQuantity price { amount } } columns { cartTotal { amount } price { amount } }
  }
}"""
EXPLAIN = """query($variant: ID!, $entity: ID!, $at: DateTime, $asOf: DateTime, $total: Decimal) {
  b2bPriceExplanation(variantId: $variant, legalEntityId: $entity, at: $at, asOf: $asOf,
                      cartTotal: $total) {
    level priceList price { amount } beatenBy out steps setBy setAt
  }
}"""


def price(user: Any, cast: Cast, **more: Any) -> dict[str, Any]:
    (found,) = ask(user, PRICES, ids=[variant(cast.hose)], **more)["data"]["b2bPrices"]
    return dict(found)


def test_a_buyer_is_told_his_contract_and_his_tiers(cast: Cast) -> None:
    found = price(cast.kirill, cast, quantity=12)

    assert Decimal(found["price"]["amount"]) == 1300
    assert "ОПТ-2" in found["basis"]
    assert "Дилер" not in json.dumps(found, ensure_ascii=False)
    assert Decimal(found["minQuantity"]) == 10
    tiers = [(Decimal(t["minQuantity"]), Decimal(t["price"]["amount"])) for t in found["tiers"]]
    assert tiers == [(1, Decimal("1400.25")), (10, 1300)]


def test_a_buyer_is_told_the_columns_of_his_contract(cast: Cast) -> None:
    cheaper = PriceList.objects.create(name="Колонка")
    Price.objects.create(price_list=cheaper, variant_id=cast.hose.pk, amount=Decimal("1111.00"))
    Assignment.objects.create(
        price_list=cheaper,
        contract=Contract.objects.get(legal_entity=cast.plus),
        min_total=Decimal("50000.00"),
        ends_at=timezone.now() + timedelta(days=5),
    )

    found = price(cast.kirill, cast)

    (column,) = found["columns"]
    assert Decimal(column["cartTotal"]["amount"]) == 50000
    assert Decimal(column["price"]["amount"]) == 1111
    assert found["validUntil"] is None

    told = price(cast.manager, cast, entity=gid(cast.plus), total="50000")
    assert Decimal(told["price"]["amount"]) == 1111
    assert told["validUntil"]


def test_a_buyer_may_name_another_of_his_legal_entities_and_no_stranger(cast: Cast) -> None:
    assert Decimal(price(cast.olga, cast, entity=gid(cast.plus))["price"]["amount"]) == Decimal(
        "1400.25"
    )
    for user, entity in (
        (cast.kirill, cast.ooo),
        (cast.stranger, cast.plus),
        (cast.retail, cast.plus),
        (None, cast.plus),
    ):
        answer = ask(user, PRICES, ids=[variant(cast.hose)], entity=gid(entity))
        assert answer["data"]["b2bPrices"] == []


@pytest.mark.parametrize(
    "moment",
    [
        {"at": "2030-01-01T00:00:00Z"},
        {"asOf": "2020-01-01T00:00:00Z"},
        {"total": "100000"},
    ],
)
def test_another_moment_is_the_desks_to_ask(cast: Cast, moment: dict[str, str]) -> None:
    for user in (cast.olga, cast.stranger, None):
        answer = ask(user, PRICES, ids=[variant(cast.hose)], entity=gid(cast.plus), **moment)
        assert "PERMISSION_DENIED" in answer["errors"][0]["message"]
        explanation = ask(user, EXPLAIN, variant=variant(cast.hose), entity=gid(cast.plus))
        assert "PERMISSION_DENIED" in explanation["errors"][0]["message"]


@pytest.mark.django_db(transaction=True)
def test_the_desk_asks_what_a_price_was_and_who_made_it(cast: Cast) -> None:
    with recorded(cast.manager, "page", "/desk/prices/1/"):
        cast.dealer.prices.filter(variant_id=cast.hose.pk, min_quantity=1).update(
            amount=Decimal("1350.00")
        )
    before = timezone.now().isoformat()
    with recorded(None, "exchange", "offers.xml", connection="УТ 11"):
        cast.dealer.prices.filter(variant_id=cast.hose.pk, min_quantity=1).update(
            amount=Decimal("1360.00")
        )

    asked = {"variant": variant(cast.hose), "entity": gid(cast.plus)}
    now = ask(cast.manager, EXPLAIN, **asked)["data"]["b2bPriceExplanation"][0]
    then = ask(cast.manager, EXPLAIN, **asked, asOf=before)["data"]["b2bPriceExplanation"][0]

    assert (Decimal(now["price"]["amount"]), Decimal(then["price"]["amount"])) == (1360, 1350)
    assert "offers.xml" in now["setBy"]
    assert "manager@example.org" in then["setBy"]
    assert then["setAt"] < before
    told = price(cast.manager, cast, entity=gid(cast.plus), asOf=before)
    assert Decimal(told["price"]["amount"]) == 1350


def test_what_will_be_recorded_is_refused(cast: Cast) -> None:
    answer = ask(
        cast.manager,
        EXPLAIN,
        variant=variant(cast.hose),
        entity=gid(cast.plus),
        asOf="2999-01-01T00:00:00Z",
    )
    said = answer["errors"][0]["message"]
    assert "ещё не известно" in said or "isn't known yet" in said


def test_the_number_of_queries_doesnt_grow_with_the_goods(cast: Cast) -> None:
    counts = []
    for goods in ([cast.hose], [cast.hose, cast.boards, cast.bath, cast.gone]):
        with CaptureQueriesContext(connection) as queries:
            ask(cast.kirill, PRICES, ids=[variant(each) for each in goods])
        counts.append(len(queries))
    assert counts[0] == counts[1]
