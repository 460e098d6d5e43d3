"""Saleor's own filters and sorting by price tell nothing of a price that isn't shown."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest
from graphql_relay import from_global_id, to_global_id
from saleor.product.models import Product

from b2b_overlay.ordering import visibility
from b2b_overlay.shop import CategoryDraft

FOUND = """query($filter: ProductFilterInput, $where: ProductWhereInput, $sort: ProductOrder) {
  products(channel: "ru", first: 50, filter: $filter, where: $where, sortBy: $sort) {
    edges { cursor node { id } } } }"""
OF_GROUP = """query($group: ID!, $sort: ProductOrder) { category(id: $group) {
  products(channel: "ru", first: 50, sortBy: $sort) { edges { node { id } } } } }"""
BY = ("PRICE", "MINIMAL_PRICE")


@pytest.fixture
def goods(stand, cast, shop, settings):
    """One at 50 that is priced after signing in only, between two of 40 and 60."""
    settings.B2B_OVERSEERS = [cast.manager.email]
    drafts = [CategoryDraft("s", None, "Семена", None), CategoryDraft("g", None, "Сад", None)]
    groups = shop.writer.save_categories(drafts)
    made = [
        stand.good(name, price, category_id=groups[group])[0]
        for name, price, group in (
            ("Н-1", "40.00", "g"),
            ("Н-2", "50.00", "s"),
            ("Н-3", "60.00", "g"),
        )
    ]
    visibility.set_rule(cast.manager, shop, groups["s"], "sign_in")
    return [to_global_id("Product", pk) for pk in made]


@pytest.fixture
def found(ask, goods):
    """Which of them, in what order."""

    def told(by=None, **asked):
        edges = ask(FOUND, by, **asked)["products"]["edges"]
        ids = [edge["node"]["id"] for edge in edges]
        return [goods.index(each) for each in ids if each in goods]

    return told


RANGES = [
    {"filter": {"price": {"gte": 45, "lte": 55}}},
    {"filter": {"minimalPrice": {"lte": 55}}},
    {"where": {"price": {"range": {"gte": 45, "lte": 65}}}},
    {"where": {"minimalPrice": {"range": {"lte": 65}}}},
    {"where": {"AND": [{"price": {"range": {"gte": 45}}}]}},
    {"where": {"OR": [{"price": {"eq": 50}}, {"minimalPrice": {"eq": 40}}]}},
]


@pytest.mark.parametrize("asked", RANGES, ids=str)
def test_no_filter_by_price_finds_it(found, cast, asked):
    assert 1 in found(cast.customer, **asked)
    assert 1 not in found(**asked)


@pytest.mark.parametrize("field", BY)
def test_it_is_sorted_as_a_good_without_a_price(found, ask, cast, goods, field):
    up, down = ({"field": field, "direction": each} for each in ("ASC", "DESC"))

    assert found(cast.customer, sort=up) == [0, 1, 2]
    assert found(sort=up) == [0, 2, 1]
    assert found(sort=down) == [1, 2, 0]
    edges = ask(FOUND, sort=up)["products"]["edges"]
    cursor = next(edge["cursor"] for edge in edges if edge["node"]["id"] == goods[1])
    assert json.loads(b64decode(cursor))[0] is None


def test_pages_go_past_it(found, ask, goods):
    query = FOUND.replace("first: 50", "first: 2, after: $after").replace(
        "query(", "query($after: String, "
    )
    sort = {"field": "PRICE", "direction": "ASC"}
    first = ask(query, sort=sort)["products"]["edges"]
    rest = ask(query, sort=sort, after=first[-1]["cursor"])["products"]["edges"]

    ids = [edge["node"]["id"] for edge in (*first, *rest)]
    assert [goods.index(each) for each in ids if each in goods] == [0, 2, 1]


def test_a_group_lists_it_likewise(ask, goods, cast):
    asked = {
        "group": to_global_id("Category", _category(goods[1])),
        "sort": {"field": "PRICE", "direction": "ASC"},
    }
    for by in (None, cast.customer):
        told = ask(OF_GROUP, by, **asked)["category"]["products"]["edges"]
        assert [edge["node"]["id"] for edge in told] == [goods[1]]


def _category(product_gid):
    return Product.objects.get(pk=from_global_id(product_gid)[1]).category_id
