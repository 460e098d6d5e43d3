"""What a price is by, in GraphQL, on every shop: the buyer's part and the desk's whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from .conftest import entity_gid, variant_gid

PRICES = """query($ids: [ID!]!, $entity: ID, $asOf: DateTime, $total: Decimal) {
  b2bPrices(variantIds: $ids, channel: "ru", quantity: 12, legalEntityId: $entity, asOf: $asOf,
            cartTotal: $total) {
    price { amount } basis minQuantity validUntil tiers { minQuantity price { amount } } } }"""
WHY = """query($variant: ID!, $entity: ID!, $asOf: DateTime) {
  b2bPriceExplanation(variantId: $variant, legalEntityId: $entity, channel: "ru", asOf: $asOf) {
    priceList price { amount } beatenBy steps setBy setAt } }"""


def _tiers(stand: Any, cast: Any) -> int:
    _product, hose = stand.good("Ш-1", "100.00")
    cast.price(cast.first, hose, "61.20")
    cast.price(cast.first, hose, "58.15", at=10)
    return int(hose)


def test_a_buyer_is_told_the_contract_and_the_tiers(ask: Any, stand: Any, cast: Any) -> None:
    hose = _tiers(stand, cast)

    (told,) = ask(PRICES, cast.buyer, ids=[variant_gid(hose)])["b2bPrices"]

    assert Decimal(told["price"]["amount"]) == Decimal("58.15")
    assert Decimal(told["minQuantity"]) == 10
    assert f"Д-{cast.first.pk}" in told["basis"]
    tiers = {Decimal(t["minQuantity"]): Decimal(t["price"]["amount"]) for t in told["tiers"]}
    assert tiers == {1: Decimal("61.20"), 10: Decimal("58.15")}


def test_of_a_legal_entity_that_isnt_his_nothing_is_told(ask: Any, stand: Any, cast: Any) -> None:
    asked = {"ids": [variant_gid(_tiers(stand, cast))], "entity": entity_gid(cast.first)}

    for who in (cast.colleague, cast.stranger, cast.customer, None):
        assert ask(PRICES, who, **asked)["b2bPrices"] == []


def test_the_desk_is_told_every_rule_now_and_then(ask: Any, stand: Any, cast: Any) -> None:
    hose = _tiers(stand, cast)
    asked = {"variant": variant_gid(hose), "entity": entity_gid(cast.first)}

    now = ask(WHY, cast.manager, **asked)["b2bPriceExplanation"]
    long_ago = timezone.now().replace(year=2020).isoformat()
    then = ask(WHY, cast.manager, **asked, asOf=long_ago)["b2bPriceExplanation"]

    assert [Decimal(each["price"]["amount"]) for each in now] == [Decimal("61.20"), 100]
    assert now[1]["beatenBy"]
    assert now[0]["setAt"]
    assert [Decimal(each["price"]["amount"]) for each in then] == [100]


def test_the_desk_asks_for_a_carts_sum(ask: Any, stand: Any, cast: Any) -> None:
    hose = _tiers(stand, cast)

    (told,) = ask(
        PRICES,
        cast.manager,
        ids=[variant_gid(hose)],
        entity=entity_gid(cast.first),
        total="50000.00",
    )["b2bPrices"]

    assert Decimal(told["price"]["amount"]) == Decimal("58.15")
