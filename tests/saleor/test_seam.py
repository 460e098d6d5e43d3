"""What the seam does to Saleor's own /graphql/, and what it leaves alone."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from contract.carts import make
from contract.conftest import variant_gid
from django.contrib.sites.models import Site
from django.db import connection, router
from django.test import Client
from django.test.utils import CaptureQueriesContext
from saleor.graphql.core import SaleorContext
from saleor.graphql.product.dataloaders import (
    VariantChannelListingByVariantIdAndChannelIdLoader,
    VariantChannelListingByVariantIdAndChannelSlugLoader,
)
from saleor.graphql.site.dataloaders import SiteByIdLoader
from saleor.plugins.models import PluginConfiguration

from b2b_overlay.plugins import activity, loaders, seam, sessions
from b2b_overlay.pricing.models import Price

PRODUCTS = """query($channel: String!) { products(first: 20, channel: $channel) { edges { node {
  name pricing { priceRange { start { gross { amount } } } }
  variants { sku pricing { price { gross { amount } } } } } } } }"""


def _queries(stand, by=None):
    """Over the writer's session and the one Saleor reads through (both are one here)."""
    headers = {"Authorization": f"Bearer {stand.token(by)}"} if by else {}
    found = []

    def note(execute, sql, *asked):
        found.append(sql)
        return execute(sql, *asked)

    with connection.execute_wrapper(note):
        response = Client().post(
            "/graphql/",
            json.dumps({"query": PRODUCTS, "variables": {"channel": "ru"}}),
            content_type="application/json",
            headers=headers,
        )
    assert "errors" not in response.json()
    return found, response.content


def test_a_visitors_catalogue_costs_no_query_more(stand, hose, settings):
    """Every few seconds a process asks whether the overlay is on and hides anything; no request
    asks more."""
    cold, answer = _queries(stand)
    with_overlay, again = _queries(stand)
    assert len([sql for sql in cold if "b2b_overlay" in sql]) <= 1
    assert answer == again
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != seam.MIDDLEWARE]
    without, plain_answer = _queries(stand)

    assert len(with_overlay) == len(without)
    assert not [sql for sql in with_overlay if "b2b_overlay" in sql]
    assert answer == plain_answer


def test_a_retail_customers_answer_is_the_same_to_the_byte(stand, cast, hose, settings):
    _with, answer = _queries(stand, cast.customer)
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != seam.MIDDLEWARE]
    _without, plain_answer = _queries(stand, cast.customer)

    assert answer == plain_answer


def test_a_wholesale_catalogue_costs_two_queries_more_however_long_it_is(
    stand, cast, hose, settings
):
    """For whom he buys and by which contract; the prices of all its products and variants. Here
    a third: which lists are for him isn't kept by a transaction that has itself written."""
    for number in range(12):
        _product, variant_id = stand.good(f"М-{number}", "10.00")
        cast.price(cast.first, variant_id, "9.00")
    _queries(stand, cast.buyer)
    with_overlay, _answer = _queries(stand, cast.buyer)
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != seam.MIDDLEWARE]
    without, _answer = _queries(stand, cast.buyer)

    assert len([sql for sql in with_overlay if "b2b_overlay" in sql]) == 2 + 1
    assert len(with_overlay) == len(without) + 2 + 1


def test_a_retail_customers_catalogue_costs_one_query_more(stand, cast, hose):
    """Whether he buys for anybody."""
    _queries(stand, cast.customer)
    found, _answer = _queries(stand, cast.customer)

    assert len([sql for sql in found if "b2b_overlay" in sql]) == 1


def test_what_a_catalogue_asks_of_the_overlay_goes_over_the_session_it_reads_through(
    stand, cast, hose
):
    """Opening another one would take as long as all that is asked."""
    _queries(stand, cast.buyer)
    asked = set()

    def note(execute, sql, parameters, many, context):
        if "b2b_overlay" in sql:
            asked.add(context["connection"].alias)
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        _queries(stand, cast.buyer)

    assert asked == {"replica"}


def test_where_there_is_a_replica_indeed_prices_are_read_on_the_writer(monkeypatch):
    with sessions.reading():
        assert router.db_for_read(Price) == "replica"
        assert router.db_for_write(Price) == "default"
    monkeypatch.setattr(sessions, "_is_one_database", lambda alias: False)
    with sessions.reading():
        assert router.db_for_read(Price) == "default"


def test_a_product_shows_its_contract_price_too(ask, stand, cast, hose, shop):
    product_id = shop.catalogue.variants([hose], stand.channel)[hose].product_id
    query = """query($id: ID!) { product(id: $id, channel: "ru") { pricing {
      onSale priceRange { start { gross { amount } } } } } }"""
    from graphql_relay import to_global_id

    told = ask(query, cast.buyer, id=to_global_id("Product", product_id))["product"]["pricing"]

    assert told["priceRange"]["start"]["gross"]["amount"] == Decimal("61.23")
    assert told["onSale"] is False


def test_the_loader_a_checkout_reads_is_saleors_own(db):
    context = SaleorContext(dataloaders=loaders.Registry())

    reads = VariantChannelListingByVariantIdAndChannelIdLoader(context)
    shows = VariantChannelListingByVariantIdAndChannelSlugLoader(context)

    assert type(reads) is VariantChannelListingByVariantIdAndChannelIdLoader
    assert isinstance(shows, loaders.ContractPriceOfVariant)


def _limit_seen_by(user) -> int | None:
    context = SaleorContext(dataloaders=loaders.Registry())
    context.user = context._cached_user = user
    site = SiteByIdLoader(context).load(Site.objects.get().pk).get()
    return site.settings.limit_quantity_per_checkout


@pytest.mark.parametrize("quantity", [51, 2**40])
def test_the_quantity_limit_is_lifted_for_buyers_only(cast, quantity):
    his, theirs = _limit_seen_by(cast.buyer), _limit_seen_by(cast.customer)

    assert not quantity > his
    assert quantity <= his
    assert min(quantity, his) == quantity
    assert quantity > theirs
    assert not quantity <= theirs
    assert min(quantity, theirs) == theirs == 50


def test_nobody_is_asked_whether_he_buys_wholesale_until_he_is_over_the_limit(cast, stand):
    with CaptureQueriesContext(connection) as asked:
        limit = _limit_seen_by(cast.buyer)
        assert limit >= 50
        assert min(50, limit) == 50

    assert "b2b_overlay" not in str(asked.captured_queries)


def test_staff_keep_the_real_site_to_save(cast):
    cast.buyer.is_staff = True

    assert _limit_seen_by(cast.buyer) == 50


@pytest.fixture
def switched_off(stand):
    PluginConfiguration.objects.filter(identifier="b2b").update(active=False)
    activity.forget()
    yield
    activity.forget()


def testswitched_off_a_buyer_sees_retail(stand, cast, hose, switched_off):
    _sql, answer = _queries(stand, cast.buyer)

    assert b"61.23" not in answer


def testswitched_off_a_buyers_cart_is_at_retail(ask, stand, cast, hose, switched_off):
    cart = make(ask, cast.buyer, {hose: 2})

    assert Decimal(cart["totalPrice"]["gross"]["amount"]) == 200


def testswitched_off_the_b2b_fields_say_so(stand, cast, switched_off):
    headers = {"Authorization": f"Bearer {stand.token(cast.buyer)}", "Accept-Language": "en"}
    response = Client().post(
        "/graphql/",
        json.dumps({"query": "{ b2bMe { chosen { id } } }"}),
        content_type="application/json",
        headers=headers,
    )

    assert "switched off" in response.json()["errors"][0]["message"]


def testswitched_off_there_are_no_pages(client, switched_off):
    assert client.get("/plugins/b2b/sign-in/").status_code == 404


def test_the_pages_are_there(client, stand):
    response = client.get("/plugins/b2b/sign-in/")

    assert response.status_code == 200
    assert "/plugins/b2b/sign-in/" in response.content.decode()
    assert client.get("/plugins/b2b/no-such-page/").status_code == 404


def test_the_setting_turns_everything_off(ask, stand, cast, hose, settings):
    settings.B2B_ENABLED = False
    told = ask(
        'query($id: ID!) { productVariant(id: $id, channel: "ru") {'
        " pricing { price { gross { amount } } } } }",
        cast.buyer,
        id=variant_gid(hose),
    )

    assert told["productVariant"]["pricing"]["price"]["gross"]["amount"] == 100
