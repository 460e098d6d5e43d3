"""What can't be ordered shows at once on the shop's own checkout, with the line it is about."""

from __future__ import annotations

import pytest

from b2b_overlay.pricing.models import VariantFacts

from .carts import FOR, make, payload
from .conftest import entity_gid, variant_gid

PROBLEMS = "b2bProblems { code lineId variantId message }"
READ = f"query($id: ID!) {{ checkout(id: $id) {{ id {PROBLEMS} }} }}"
ADD = f"""mutation($id: ID!, $lines: [CheckoutLineInput!]!) {{
  payload: checkoutLinesAdd(id: $id, lines: $lines) {{
    checkout {{ lines {{ id variant {{ id }} }} {PROBLEMS} }}
    errors {{ field message code }} }} }}"""


@pytest.fixture
def hose(stand, cast):
    _product, variant_id = stand.good("Ш-1", "100.00")
    cast.price(cast.first, variant_id, "61.20")
    return variant_id


@pytest.fixture
def by_six(stand, cast):
    """Sold by six."""
    _product, variant_id = stand.good("Ш-6", "10.00")
    cast.price(cast.first, variant_id, "7.00")
    VariantFacts.objects.update_or_create(variant_id=variant_id, defaults={"step": 6})
    return variant_id


def test_a_broken_pack_shows_in_the_answer_of_the_mutation_that_made_it(ask, cast, hose, by_six):
    cart = make(ask, cast.buyer, {hose: 2})["id"]
    assert ask(READ, cast.buyer, id=cart)["checkout"]["b2bProblems"] == []

    lines = [{"variantId": variant_gid(by_six), "quantity": 5}]
    told = payload(ask, ADD, cast.buyer, id=cart, lines=lines)

    assert not told["errors"]
    (line,) = [x for x in told["checkout"]["lines"] if x["variant"]["id"] == variant_gid(by_six)]
    (problem,) = told["checkout"]["b2bProblems"]
    assert (problem["lineId"], problem["variantId"]) == (line["id"], variant_gid(by_six))
    assert "6" in problem["message"]

    mended = payload(ask, ADD, cast.buyer, id=cart, lines=[{**lines[0], "quantity": 1}])
    assert mended["checkout"]["b2bProblems"] == []


def test_a_retail_cart_has_none(ask, cast, hose, by_six):
    cart = make(ask, cast.buyer, {by_six: 5})["id"]
    assert ask(READ, cast.buyer, id=cart)["checkout"]["b2bProblems"]

    payload(ask, FOR, cast.buyer, id=cart, entity=None)

    assert ask(READ, cast.buyer, id=cart)["checkout"]["b2bProblems"] == []
    visitors = make(ask, None, {by_six: 5})["id"]
    assert ask(READ, id=visitors)["checkout"]["b2bProblems"] == []


def test_of_another_ones_cart_nothing_is_told(ask, cast, by_six):
    cart = make(ask, cast.buyer, {by_six: 5})["id"]
    payload(ask, FOR, cast.buyer, id=cart, entity=entity_gid(cast.first))

    for other in (cast.colleague, cast.stranger, cast.customer, None):
        told = ask(READ, other, id=cart)["checkout"]
        assert told is None or told["b2bProblems"] == []
