"""A retail customer applies, the desk lets him in, and he sees his own prices: on every shop."""

from __future__ import annotations

import base64
from decimal import Decimal

from graphql_relay import to_global_id

from b2b_overlay.company.models import Application, Buyer

from .conftest import Ask, Cast, entity_gid, variant_gid

CARD = b"%PDF-1.7 card"
SUBMIT = """mutation($input: B2BApplicationInput!) {
  payload: b2bApplicationSubmit(input: $input) {
    application { id state cardName notices email } errors { code message } } }"""
LIST = """{ b2bApplications(state: NEW) { id card email
  matches { reasons legalEntity { id } company { name } owners { email } } } }"""
ADMIT = """mutation($input: B2BApplicationAdmitInput!) {
  payload: b2bApplicationAdmit(input: $input) { application { state } missing
    buyer { role company { name } } errors { code message } } }"""
MINE = "{ b2bMyApplication { state matches { legalEntity { name } } } }"
PRICE = """query($ids: [ID!]!) { b2bPrices(variantIds: $ids, channel: "ru") {
  price { amount } isContract } }"""


def _apply(ask: Ask, cast: Cast, **fields: object):
    told = ask(SUBMIT, cast.customer, input={"inn": cast.first.inn, **fields})["payload"]
    assert not told["errors"], told
    return told["application"]


def test_from_the_application_to_his_own_price(ask, cast, stand):
    _product, hose = stand.good("Ш-1", "100.00")
    cast.price(cast.first, hose, "61.23")
    card = {"name": "Карточка.pdf", "content": base64.b64encode(CARD).decode()}

    made = _apply(ask, cast, card=card)
    assert (made["state"], made["cardName"]) == ("NEW", "Карточка.pdf")
    assert made["email"] == cast.customer.email
    (seen,) = ask(LIST, cast.manager)["b2bApplications"]
    assert base64.b64decode(seen["card"]) == CARD
    match = seen["matches"][0]
    assert match["legalEntity"]["id"] == entity_gid(cast.first)
    assert match["company"] == {"name": "Ромашка"}
    assert match["owners"] == [{"email": cast.buyer.email}]

    told = ask(
        ADMIT, cast.manager, input={"id": made["id"], "legalEntity": entity_gid(cast.first)}
    )["payload"]

    assert not told["errors"], told
    assert (told["application"]["state"], told["missing"]) == ("ADMITTED", [])
    assert told["buyer"] == {"role": "buyer", "company": {"name": "Ромашка"}}
    (price,) = ask(PRICE, cast.customer, ids=[variant_gid(hose)])["b2bPrices"]
    assert price["isContract"]
    assert Decimal(price["price"]["amount"]) == Decimal("61.23")


def test_before_that_he_sees_retail_and_nothing_of_whose_the_inn_is(ask, cast, stand):
    _product, hose = stand.good("Ш-1", "100.00")
    cast.price(cast.first, hose, "61.23")

    made = _apply(ask, cast)

    assert "уже покупает" in made["notices"][0]
    assert "Ромашка" not in str(made)
    assert ask(MINE, cast.customer)["b2bMyApplication"]["matches"] == []
    (price,) = ask(PRICE, cast.customer, ids=[variant_gid(hose)])["b2bPrices"]
    assert not price["isContract"]


def test_a_stranger_lets_nobody_in(ask, cast):
    made = _apply(ask, cast)

    for who in (cast.customer, cast.stranger, None):
        (error,) = ask(ADMIT, who, input={"id": made["id"]})["payload"]["errors"]
        assert error["code"] == "PERMISSION_DENIED"
        assert ask(MINE, cast.stranger)["b2bMyApplication"] is None

    assert Application.objects.get().state == "new"
    assert to_global_id("B2BApplication", Application.objects.get().pk) == made["id"]
    assert not Buyer.objects.filter(user=cast.customer).exists()
