"""The shop's own catalogue query: retail for a visitor, contract prices for a wholesale login."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql_relay import to_global_id

from sandbox import models
from sandbox.story import queries


def variant_id(variant: models.Variant) -> str:
    return to_global_id("ProductVariant", variant.pk)


VARIANT = """
query ($id: ID!) { productVariant(id: $id, channel: "ru") {
  quantityAvailable
  pricing { onSale price { gross { amount } } priceUndiscounted { gross { amount } } }
} }
"""


def shown(answer) -> tuple[Decimal, Decimal, bool]:
    pricing = answer["data"]["productVariant"]["pricing"]
    return (
        Decimal(pricing["price"]["gross"]["amount"]),
        Decimal(pricing["priceUndiscounted"]["gross"]["amount"]),
        pricing["onSale"],
    )


def test_a_visitor_sees_the_retail_price(ask, hose):
    assert shown(ask(VARIANT, id=variant_id(hose))) == (Decimal(1349), Decimal(1349), False)


def test_a_promotion_lowers_the_retail_price(ask, shovel):
    assert shown(ask(VARIANT, id=variant_id(shovel))) == (Decimal("674.1"), Decimal(749), True)


def test_a_wholesale_login_sees_the_contract_price_and_no_promotion(ask, wholesale, shovel):
    wholesale.price(shovel, "1.23")

    answer = ask(VARIANT, wholesale.anna, id=variant_id(shovel))

    assert shown(answer) == (Decimal("1.23"), Decimal("1.23"), False)
    assert shown(ask(VARIANT, wholesale.igor, id=variant_id(shovel)))[0] == Decimal("674.1")


def test_without_a_contract_price_a_wholesale_login_sees_retail(ask, wholesale, shovel):
    assert shown(ask(VARIANT, wholesale.anna, id=variant_id(shovel)))[0] == Decimal("674.1")


def test_only_retail_is_held_to_the_limit_per_line(ask, wholesale, hose):
    hose.stocks.update(quantity=400)

    retail = ask(VARIANT, id=variant_id(hose))["data"]["productVariant"]
    own = ask(VARIANT, wholesale.anna, id=variant_id(hose))["data"]["productVariant"]

    assert (retail["quantityAvailable"], own["quantityAvailable"]) == (50, 400)


@pytest.mark.parametrize("by", ["visitor", "anna"])
def test_statements_dont_grow_with_the_page(ask, wholesale, by):
    user = None if by == "visitor" else wholesale.anna
    query = queries.CATALOGUE.replace("first: 100", "first: $first").replace(
        "$after: String", "$after: String, $first: Int"
    )

    def statements(first: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = ask(query, user, channel="ru", first=first)
        assert len(answer["data"]["products"]["edges"]) == first
        return len(captured)

    assert statements(3) == statements(60) < 20


def test_pages_follow_one_another(ask, retail):
    query = """query ($after: String) { products(first: 50, after: $after, channel: "ru") {
      totalCount pageInfo { hasNextPage endCursor } edges { node { name } } } }"""

    first = ask(query)["data"]["products"]
    second = ask(query, after=first["pageInfo"]["endCursor"])["data"]["products"]

    names = [each["node"]["name"] for page in (first, second) for each in page["edges"]]
    assert first["totalCount"] == len(names) == len(set(names)) == 67
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


def test_goods_are_found_by_sku_and_by_name(ask, retail):
    query = """query ($search: String!) { products(first: 5, channel: "ru", search: $search) {
      edges { node { name } } } }"""

    by_sku = ask(query, search="ша-12-15")["data"]["products"]["edges"]
    by_name = ask(query, search="секатор 200")["data"]["products"]["edges"]

    assert [each["node"]["name"] for each in by_sku] == ['Шланг «Тайга» 1/2" 15 м, армированный']
    assert [each["node"]["name"] for each in by_name] == ["Секатор плоскостной 200 мм"]


def test_more_than_a_hundred_records_are_refused(ask, retail):
    answer = ask('{ products(first: 101, channel: "ru") { edges { cursor } } }')

    assert "exceeds the `first` limit" in answer["errors"][0]["message"]


def test_the_models_and_the_migrations_agree(db):
    call_command("makemigrations", "sandbox", check=True, dry_run=True, verbosity=0)
