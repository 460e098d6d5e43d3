"""The catalogue query of a storefront: 100 products with their 300 variants.

It asks what Saleor's own storefront does of a list of products and of each product: prices and
their range, attributes, pictures, collections, variants with theirs. For a visitor, for a
signed-in retail customer, and for a wholesale login to whom eight full lists apply, of 1,000 lists
with ten million prices. Beside each the same Saleor without the overlay, asked by the same person.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from graphql_relay import to_global_id

from benchmarks import _saleor_stand as standing
from benchmarks._price_world import amount
from benchmarks._saleor_stand import Pair, Sample, Shop
from benchmarks.report import Row, table
from sandbox.facts import Account
from sandbox.story.client import demand
from tests.saleor.run import RETAIL_CUSTOMER

__all__ = ["PEOPLE", "measure"]

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "300"))
PEOPLE = {"visitor": None, "customer": RETAIL_CUSTOMER, "buyer": standing.buyer(0)}
GOALS = {"visitor": 1.01, "customer": 1.02, "buyer": 1.10}
REASONS = {
    "customer": "he is asked whether he buys for anybody: a statement",
    "buyer": "for whom he buys is a statement, his prices another, and 600 rows are made at them",
}
#: SQL statements that the overlay may add for a wholesale login. Besides, each process asks every
#: three seconds, whoever comes, whether the plugin is on and what is hidden from visitors.
FURTHER = 2

PRICE = "gross { amount currency }"
ATTRIBUTES = "attributes { attribute { id name slug } values { id name } }"
CATALOGUE = f"""query Catalogue($category: [ID!]) {{
  products(first: 100, channel: "ru", filter: {{categories: $category}},
           sortBy: {{field: NAME, direction: ASC}}) {{
    totalCount pageInfo {{ endCursor hasNextPage }}
    edges {{ cursor node {{
      id name slug description seoTitle seoDescription isAvailableForPurchase
      category {{ id name slug }} collections {{ id name slug }}
      thumbnail(size: 512, format: WEBP) {{ url alt }} media {{ url alt type }}
      {ATTRIBUTES}
      pricing {{ onSale discount {{ {PRICE} }}
        priceRange {{ start {{ {PRICE} }} stop {{ {PRICE} }} }}
        priceRangeUndiscounted {{ start {{ {PRICE} }} stop {{ {PRICE} }} }} }}
      variants {{ id sku name quantityAvailable {ATTRIBUTES}
        pricing {{ onSale price {{ {PRICE} }} priceUndiscounted {{ {PRICE} }} }} }} }} }} }} }}"""


def measure(pair: Pair) -> list[Row]:
    rows, lines = [], []
    for who, account in PEOPLE.items():
        found = standing.compared(*_asked(pair, account))
        rows.append(found.row(f"saleor_catalogue_{who}", GOALS[who], REASONS.get(who, "")))
        lines.append((who, *standing.cells(found)))
        if who == "buyer":
            rows.append(
                Row(
                    "saleor_catalogue_statements",
                    found.further_statements,
                    FURTHER,
                    "SQL statements beside plain Saleor, and two more every 3 s in a process",
                )
            )
    print(table(("100 products, 300 variants", *standing.HEADER), lines), flush=True)
    return rows


def _asked(pair: Pair, account: Account | None) -> tuple[list[Sample], list[Sample]]:
    apis = standing.clients(pair, account)
    category = [to_global_id("Category", standing.CATEGORY)]

    def ask(shop: Shop, _n: int) -> Sample:
        return shop.took(partial(apis[shop].run, CATALOGUE, category=category))

    plain, overlay = (apis[shop].run(CATALOGUE, category=category) for shop in pair)
    _demand_it_whole(plain, overlay, is_wholesale=account == PEOPLE["buyer"])
    return pair.in_turn(ROUNDS, ask)


def _demand_it_whole(plain: Any, overlay: Any, *, is_wholesale: bool) -> None:
    """What is measured is the same catalogue; for a wholesale login at its own prices."""
    products = [edge["node"] for edge in overlay["products"]["edges"]]
    variants = [each for product in products for each in product["variants"]]
    demand(len(products) == 100 and len(variants) == 300, f"{len(variants)} variants")
    if not is_wholesale:
        demand(plain == overlay, "plain Saleor answers otherwise")
        return
    for each in variants:
        number = int(each["sku"].removeprefix("bench-"))
        shown = each["pricing"]["price"]["gross"]["amount"]
        demand(shown == amount(1, standing.LISTS, number), f"{each['sku']} costs {shown}")
