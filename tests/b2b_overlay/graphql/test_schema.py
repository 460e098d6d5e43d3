"""The B2B schema is public: it changes on purpose, and what is the desk's is the desk's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import graphene
import pytest
from cast import Cast
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.company.models import Buyer, Company
from b2b_overlay.graphql import Mutations, Queries
from b2b_overlay.graphql.products import B2BProductFilterInput, B2BProductOrder
from b2b_overlay.terms.models import Contract
from sandbox.graphql import tokens

SNAPSHOT = Path(__file__).with_name("schema.graphql")


def ask(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return dict(json.loads(answer.content))


def test_the_schema_changes_on_purpose() -> None:
    """To accept a change: delete schema.graphql and run this test; read the diff."""
    of_products = [B2BProductFilterInput, B2BProductOrder]  # b2bProducts is in the shop's schema
    printed = str(graphene.Schema(query=Queries, mutation=Mutations, types=of_products))
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(printed, encoding="utf-8")
        pytest.fail("There was no schema.graphql; it is written now. Read it and commit it.")
    assert printed == SNAPSHOT.read_text(encoding="utf-8")


QUERIES = (
    "{ b2bLegalEntities { name inn } }",
    "{ b2bPriceLists { name } }",
)
STRANGERS = ("nobody", "retail", "olga", "stranger")


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("who", STRANGERS)
def test_the_desks_questions_are_answered_to_the_desk_only(
    cast: Cast, query: str, who: str
) -> None:
    refused = ask(getattr(cast, who, None), query)
    assert "PERMISSION_DENIED" in refused["errors"][0]["message"]
    assert not refused.get("data") or not any(refused["data"].values())

    assert "errors" not in ask(cast.manager, query)


def changes(cast: Cast) -> dict[str, tuple[str, dict[str, Any]]]:
    entity, company = (
        to_global_id("B2BLegalEntity", cast.free.pk),
        to_global_id("B2BCompany", cast.company.pk),
    )
    lists = [to_global_id("B2BPriceList", cast.dealer.pk)]
    return {
        "b2bCompanyCreate": (
            "B2BCompanyCreateInput!",
            {"name": "Новая", "legalEntities": [entity]},
        ),
        "b2bContractSave": (
            "B2BContractSaveInput!",
            {"legalEntity": entity, "number": "77", "paymentDays": 5, "priceLists": lists},
        ),
        "b2bBuyerAdd": (
            "B2BBuyerAddInput!",
            {"company": company, "email": "retail@example.org"},
        ),
    }


@pytest.mark.parametrize("name", ["b2bCompanyCreate", "b2bContractSave", "b2bBuyerAdd"])
@pytest.mark.parametrize("who", STRANGERS)
def test_only_the_desk_changes_terms(cast: Cast, name: str, who: str) -> None:
    kind, value = changes(cast)[name]
    query = f"mutation($input: {kind}) {{ {name}(input: $input) {{ errors {{ code }} }} }}"

    def counts() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (Company, Contract, Buyer))

    before = counts()
    refused = ask(getattr(cast, who, None), query, input=value)
    assert refused["data"][name]["errors"] == [{"code": "PERMISSION_DENIED"}]
    assert counts() == before

    done = ask(cast.manager, query, input=value)
    assert done["data"][name]["errors"] == []
    assert sum(counts()) == sum(before) + 1


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("who", STRANGERS)
def test_only_the_desk_switches_b2b(cast: Cast, who: str, on: bool) -> None:
    Company.objects.filter(pk=cast.company.pk).update(is_active=not on)
    query = (
        "mutation($id: ID!, $on: Boolean!) "
        "{ b2bCompanySwitch(id: $id, isActive: $on) { errors { code } } }"
    )
    arguments = {"id": to_global_id("B2BCompany", cast.company.pk), "on": on}

    refused = ask(getattr(cast, who, None), query, **arguments)
    assert refused["data"]["b2bCompanySwitch"]["errors"] == [{"code": "PERMISSION_DENIED"}]
    assert Company.objects.get(pk=cast.company.pk).is_active is not on

    ask(cast.manager, query, **arguments)
    assert Company.objects.get(pk=cast.company.pk).is_active is on


@pytest.mark.parametrize("bad", ["", "x", "QjJC", to_global_id("Product", 1), "B2BCompany:1"])
def test_an_id_that_cant_be_read_is_not_found(cast: Cast, bad: str) -> None:
    answer = ask(
        cast.manager,
        "mutation($id: ID!) { b2bCompanySwitch(id: $id, isActive: true) { errors { code } } }",
        id=bad,
    )
    assert answer["data"]["b2bCompanySwitch"]["errors"] == [{"code": "NOT_FOUND"}]


def test_retail_prices_are_answered_to_whoever_has_no_terms(cast: Cast) -> None:
    query = "query($ids: [ID!]!) { b2bPrices(variantIds: $ids) { price { amount } isContract } }"
    ids = [to_global_id("ProductVariant", cast.hose.pk)]

    assert ask(None, query, ids=ids)["data"]["b2bPrices"] == [
        {"price": {"amount": 1990.0}, "isContract": False}
    ]
    assert ask(cast.olga, query, ids=ids)["data"]["b2bPrices"] == [
        {"price": {"amount": 1500.5}, "isContract": True}
    ]
    assert ask(cast.stranger, query, ids=ids)["data"]["b2bPrices"] == [
        {"price": {"amount": 1400.25}, "isContract": True}
    ]


@pytest.mark.parametrize("bad", ["", "x", to_global_id("Product", 1), to_global_id("Order", "9")])
def test_what_isnt_there_is_null_and_tells_nothing(cast: Cast, bad: str) -> None:
    query = "query($id: ID!) { b2bOrder(orderId: $id) { number } b2bCheckout(id: $id) { id } }"
    answer = ask(cast.olga, query, id=bad)
    assert answer == {**answer, "data": {"b2bOrder": None, "b2bCheckout": None}}
    assert "errors" not in answer
