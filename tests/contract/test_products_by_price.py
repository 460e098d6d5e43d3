"""The shop's products sorted and filtered by the buyer's own prices (``b2bProducts``)."""

from __future__ import annotations

import base64
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql_relay import to_global_id

from b2b_overlay.ordering import visibility
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.shop import CategoryDraft

from .conftest import entity_gid

PRODUCTS = """query($search: String, $filter: B2BProductFilterInput, $sort: B2BProductOrder,
    $first: Int, $after: String, $last: Int, $before: String) {
  b2bProducts(channel: "ru", search: $search, filter: $filter, sortBy: $sort, first: $first,
      after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id name variants { id pricing { price { gross { amount } } } }
      pricing { priceRange { start { gross { amount } } } } } } } }"""
UP, DOWN = ({"field": "PRICE", "direction": each} for each in ("ASC", "DESC"))


@pytest.fixture
def garden(shop):
    """«Сад» with «Семена» below it."""
    drafts = [CategoryDraft("g", None, "Сад", None), CategoryDraft("s", None, "Семена", "g")]
    return shop.writer.save_categories(drafts)


@pytest.fixture
def goods(stand, cast, garden):
    """By name: (product, variant). «Ромашка» buys the shovel cheaper, the rake dearer than
    retail, the seeds in yuan, of which no rate is known, and the bucket at retail."""
    retail = {"Лопата": "100.00", "Ведро": "40.00", "Укроп": "50.00", "Ёрш": "70.00"}
    made = {
        name: stand.good(
            name, price, name=name, category_id=garden["s" if name == "Укроп" else "g"]
        )
        for name, price in retail.items()
    }
    cast.price(cast.first, made["Лопата"][1], "61.00")
    cast.price(cast.first, made["Ёрш"][1], "90.00")
    cast.price(cast.second, made["Лопата"][1], "39.00")
    yuan = PriceList.objects.create(name="юань", currency="CNY")
    yuan.prices.create(variant_id=made["Укроп"][1], amount=5)
    set_contract_lists(cast.first.contracts.get(), [yuan, cast.lists[cast.first.pk]])
    return made


def _group(name):
    return "s" if name == "Укроп" else "g"


@pytest.fixture
def listed(ask, garden, goods):
    """What somebody is answered, of «Сад» alone."""

    def told(by, sort=None, first=10, search=None, group="g", last=None, **rest):
        paging = {name: rest.pop(name) for name in ("after", "before") if name in rest}
        chosen = {"categories": [to_global_id("Category", garden[group])], **rest}
        first = None if last else first
        asked = {"filter": chosen, "sort": sort, "first": first, "last": last, "search": search}
        return ask(PRODUCTS, by, **asked, **paging)["b2bProducts"]

    return told


def names(told):
    return [edge["node"]["name"] for edge in told["edges"]]


def shown(told):
    """By product, what its own page shows."""
    return {
        edge["node"]["name"]: Decimal(found["start"]["gross"]["amount"])
        for edge in told["edges"]
        if (found := edge["node"]["pricing"]["priceRange"])
    }


def test_a_buyer_sorts_by_his_own_prices_what_is_on_request_last(listed, cast):
    up, down = listed(cast.buyer, UP), listed(cast.buyer, DOWN)

    assert names(up) == ["Ведро", "Лопата", "Ёрш", "Укроп"]
    assert names(down) == ["Ёрш", "Лопата", "Ведро", "Укроп"]
    assert shown(up) == {"Ведро": 40, "Лопата": 61, "Ёрш": 90}
    assert up["totalCount"] == 4


def test_another_buyer_sorts_by_his(listed, cast):
    assert names(listed(cast.colleague, UP)) == ["Лопата", "Ведро", "Укроп", "Ёрш"]


def test_for_another_legal_entity_the_order_is_its_own(answers, cast, garden, goods):
    chosen = {"categories": [to_global_id("Category", garden["g"])]}
    asked = {"sort": UP, "first": 1, "filter": chosen}
    other = {"X-B2B-Legal-Entity": entity_gid(cast.second)}

    told = answers(PRODUCTS, cast.buyer, asked, other)["data"]["b2bProducts"]

    assert shown(told) == {"Лопата": 39}


@pytest.mark.parametrize("who", [None, "customer"])
def test_retail_is_sorted_by_retail(listed, cast, who):
    told = listed(getattr(cast, who) if who else None, UP)

    assert names(told) == ["Ведро", "Укроп", "Ёрш", "Лопата"]
    assert shown(told) == {"Ведро": 40, "Укроп": 50, "Ёрш": 70, "Лопата": 100}


def test_what_the_shops_promotion_lowers_stands_where_its_price_does(listed, stand, goods, cast):
    stand.promote(goods["Лопата"][0], 70)

    told = listed(None, UP, first=100, categories=None)

    assert [name for name in names(told) if name in goods] == ["Лопата", "Ведро", "Укроп", "Ёрш"]
    assert shown(told)["Лопата"] == 30


def test_by_name_letter_case_and_yo_dont_matter(listed, stand, garden, cast):
    stand.good("Е-1", name="еловая шишка", category_id=garden["g"])

    by_name = listed(cast.buyer)

    assert names(by_name) == ["Ведро", "еловая шишка", "Ёрш", "Лопата", "Укроп"]
    down = listed(cast.buyer, {"field": "NAME", "direction": "DESC"})
    assert names(down) == names(by_name)[::-1]


@pytest.mark.parametrize(
    ("price", "found"),
    [
        ({"gte": 40}, ["Ведро", "Лопата", "Ёрш"]),
        ({"lte": 61}, ["Ведро", "Лопата"]),
        ({"gte": 60.99, "lte": 89.99}, ["Лопата"]),
        ({"gte": 0, "lte": 0}, []),
        ({}, ["Ведро", "Лопата", "Ёрш", "Укроп"]),
    ],
)
def test_a_range_is_of_his_own_prices_and_never_of_what_is_on_request(listed, cast, price, found):
    told = listed(cast.buyer, UP, price=price)

    assert names(told) == found
    assert told["totalCount"] == len(found)


def test_only_what_is_agreed_with_him(listed, cast):
    assert names(listed(cast.buyer, UP, onlyContractPrices=True)) == ["Лопата", "Ёрш", "Укроп"]
    assert names(listed(None, UP, onlyContractPrices=True)) == []


def test_a_group_answers_for_those_below_and_a_search_for_its_words(listed, cast, stand):
    stand.index()

    assert names(listed(cast.buyer, group="s")) == ["Укроп"]
    assert names(listed(cast.buyer, search="лопата")) == ["Лопата"]


def test_pages_go_on_where_the_last_one_ended_both_ways(listed, cast):
    for sort in (UP, DOWN, None):
        whole = names(listed(cast.buyer, sort))
        start = listed(cast.buyer, sort, first=3)
        rest = listed(cast.buyer, sort, first=3, after=start["pageInfo"]["endCursor"])
        back = listed(cast.buyer, sort, last=2, before=rest["pageInfo"]["startCursor"])

        assert names(start) + names(rest) == whole
        assert names(back) == whole[1:3]
        assert names(listed(cast.buyer, sort, last=3)) == whole[1:]
        pages = [each["pageInfo"] for each in (start, rest)]
        ways = [(page["hasPreviousPage"], page["hasNextPage"]) for page in pages]
        assert ways == [(False, True), (True, False)]


def test_what_came_meanwhile_neither_doubles_nor_skips(listed, stand, garden, cast):
    start = listed(cast.buyer, UP, first=2)
    stand.good("Г-1", "1.00", name="Гвоздь", category_id=garden["g"])

    rest = listed(cast.buyer, UP, first=2, after=start["pageInfo"]["endCursor"])

    assert names(start) + names(rest) == ["Ведро", "Лопата", "Ёрш", "Укроп"]


@pytest.fixture
def seeds_are(cast, garden, shop, settings):
    settings.B2B_OVERSEERS = [cast.manager.email]
    return lambda rule: visibility.set_rule(cast.manager, shop, garden["s"], rule)


def test_what_is_for_wholesale_only_isnt_there_for_retail(listed, cast, seeds_are):
    seeds_are("wholesale")

    for who in (None, cast.customer):
        told = listed(who, UP)
        assert (names(told), told["totalCount"]) == (["Ведро", "Ёрш", "Лопата"], 3)
    assert "Укроп" in names(listed(cast.stranger, UP))


def test_a_price_told_after_signing_in_cant_be_narrowed_down(listed, cast, seeds_are):
    seeds_are("sign_in")

    for sort in (UP, DOWN):
        told = listed(None, sort)
        assert names(told)[-1] == "Укроп"
        *sorted_by, _product = json.loads(base64.b64decode(told["edges"][-1]["cursor"]))
        assert "50" not in str(sorted_by)
    assert "Укроп" not in names(listed(None, UP, price={"gte": 1}))
    assert names(listed(cast.customer, UP)) == ["Ведро", "Укроп", "Ёрш", "Лопата"]


@pytest.mark.parametrize(
    "paging",
    [
        {},
        {"first": 0},
        {"first": 101},
        {"first": 1, "last": 1},
        {"first": 1, "before": "WzBd"},
        {"last": 1, "after": "WzBd"},
        {"first": 1, "after": "?"},
        {"first": 1, "after": "WzBd"},
    ],
)
def test_what_cant_be_paged_is_refused(answers, goods, cast, paging):
    told = answers(PRODUCTS, cast.buyer, paging, {})

    assert told["errors"]
    assert told["data"]["b2bProducts"] is None


def test_many_products_cost_as_many_statements_as_few(listed, stand, garden, cast):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            listed(cast.buyer, UP, price={"gte": 1}, first=50)
        return len(captured)

    statements()
    few = statements()
    for n in range(12):
        _product, variant = stand.good(f"М-{n}", category_id=garden["g"])
        cast.price(cast.first, variant, f"{n + 1}.50")

    assert statements() == few
