"""Saleor's own filters and sorting by price tell nothing of a price that isn't shown."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest
from graphql_relay import from_global_id, to_global_id
from saleor.product.models import Product, ProductChannelListing

from b2b_overlay.ordering import visibility
from b2b_overlay.shop import CategoryDraft

FOUND = """query($filter: ProductFilterInput, $where: ProductWhereInput, $sort: ProductOrder,
    $first: Int!, $after: String) {
  products(channel: "ru", filter: $filter, where: $where, sortBy: $sort, first: $first,
      after: $after) { edges { cursor node { id } } pageInfo { hasNextPage } } }"""
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
    for pk, price in zip(made, (40, 50, 60), strict=True):
        # What Saleor's own task reckons of the variants, a while after.
        listings = ProductChannelListing.objects.filter(product=pk)
        listings.update(discounted_price_amount=price)
    visibility.set_rule(cast.manager, shop, groups["s"], "sign_in")
    return [to_global_id("Product", pk) for pk in made]


@pytest.fixture
def edges(ask, goods):
    """Those of them that are found among all of the shop's, page by page."""

    def told(by=None, first=100, **asked):
        found, after, goes_on = [], None, True
        while goes_on:
            page = ask(FOUND, by, first=first, after=after, **asked)["products"]
            found += page["edges"]
            goes_on = page["pageInfo"]["hasNextPage"]
            after = found[-1]["cursor"] if found else None
        return [each for each in found if each["node"]["id"] in goods]

    return told


@pytest.fixture
def found(edges, goods):
    """Which of them, in what order."""
    return lambda by=None, **asked: [goods.index(each["node"]["id"]) for each in edges(by, **asked)]


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
def test_it_is_sorted_as_a_good_without_a_price(found, edges, cast, goods, field):
    up, down = ({"field": field, "direction": each} for each in ("ASC", "DESC"))

    assert found(cast.customer, sort=up) == [0, 1, 2]
    assert found(sort=up) == [0, 2, 1]
    assert found(sort=down) == [1, 2, 0]
    (cursor,) = [each["cursor"] for each in edges(sort=up) if each["node"]["id"] == goods[1]]
    assert json.loads(b64decode(cursor))[0] is None


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_go_past_it(found, direction):
    sort = {"field": "PRICE", "direction": direction}

    assert found(sort=sort, first=30) == found(sort=sort)


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
