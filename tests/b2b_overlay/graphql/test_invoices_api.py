"""Invoices in GraphQL: the buyer's own, and the organisations the shop's owner writes down."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from django.utils import timezone
from graphql_relay import to_global_id

from b2b_overlay.ordering.models import WholesaleOrder, WholesaleOrderLine
from b2b_overlay.terms.models import Organization
from sandbox.graphql import tokens
from sandbox.models import User

INVOICE = """query($order: ID!) { b2bInvoice(orderId: $order) {
  number date dueDate inWords purpose code isCopy vatIncluded
  total { amount currency } vat { amount } onecTotal { amount }
  seller { name inn account bic } payer { name } contract { number } order { number }
  lines { position name quantity unit price { amount } total { amount } vatRate isVatExempt }
  vatParts { rate base { amount } vat { amount } }
} }"""
SAVE = """mutation($input: B2BOrganizationInput!) { b2bOrganizationSave(input: $input) {
  organization { id name account } errors { code message } } }"""
GIVEN = {
    "name": "ООО «Садовник»",
    "inn": "7707083893",
    "account": "40703810700001449489",
    "bic": "044525700",
    "bankName": "АО «Райффайзенбанк»",
    "correspondent": "30101810200000000700",
}


@pytest.fixture
def owner(cast: Cast, settings: Any) -> User:
    settings.B2B_OVERSEERS = ["owner@example.org"]
    return User.objects.create_user("owner@example.org", cast.password, is_staff=True)


@pytest.fixture
def order(cast: Cast) -> WholesaleOrder:
    made = WholesaleOrder.objects.create(
        order_id="77", number="77", placed_at=timezone.now(), user=cast.olga,
        company=cast.company, legal_entity=cast.ooo, contract=cast.ooo.contracts.get(),
        channel="ru", currency="RUB", vat_included=True, total=Decimal("2400.00"),
        payment="on_account", due_date=date(2026, 12, 11),
    )  # fmt: skip
    WholesaleOrderLine.objects.create(
        order=made, position=1, variant_id=cast.boards.pk, name="Доска", quantity=6,
        base_unit="шт", base_unit_code="796", unit_price=400, unit="уп", coefficient=6,
        total=2400, vat_rate=22, vat=Decimal("432.79"),
    )  # fmt: skip
    return made


def asked(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}", "Accept-Language": "ru"}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return dict(json.loads(answer.content))


def invoice(user: Any) -> dict[str, Any]:
    return asked(user, INVOICE, order=to_global_id("Order", "77"))


def save(user: Any, **given: Any) -> dict[str, Any]:
    return dict(asked(user, SAVE, input=given)["data"]["b2bOrganizationSave"])


def test_the_owner_writes_the_seller_down_and_the_buyer_reads_his_invoice(cast, owner, order):
    assert save(owner, **GIVEN)["errors"] == []

    found = invoice(cast.olga)["data"]["b2bInvoice"]

    assert (found["number"], found["order"]["number"], found["dueDate"]) == (
        "77",
        "77",
        "2026-12-11",
    )
    assert found["seller"]["account"] == GIVEN["account"]
    assert found["inWords"] == "Две тысячи четыреста рублей 00 копеек"
    assert "|Sum=240000|" in found["code"]
    (line,) = found["lines"]
    assert (float(line["quantity"]), line["unit"]) == (1, "уп")
    assert float(line["price"]["amount"]) == float(found["total"]["amount"]) == 2400
    (part,) = found["vatParts"]
    assert (float(part["rate"]), float(part["vat"]["amount"])) == (22, 432.79)


@pytest.mark.parametrize("who", ["kirill", "stranger", "retail"])
def test_for_others_there_is_no_such_invoice(cast, owner, order, who):
    save(owner, **GIVEN)

    assert invoice(getattr(cast, who)) == {"data": {"b2bInvoice": None}}


def test_without_an_account_an_error_says_so_to_the_desk_and_not_to_the_buyer(cast, order):
    for_desk = invoice(cast.manager)["errors"][0]["message"]
    for_buyer = invoice(cast.olga)["errors"][0]["message"]

    assert for_desk != for_buyer
    assert "организац" not in for_buyer


def test_what_is_not_given_stays(cast, owner, order):
    made = save(owner, **GIVEN)["organization"]

    save(owner, id=made["id"], name="ООО «Новый садовник»")

    row = Organization.objects.get()
    assert (row.name, row.account) == ("ООО «Новый садовник»", GIVEN["account"])


def test_an_account_that_does_not_agree_with_the_bank_is_refused(cast, owner):
    told = save(owner, **{**GIVEN, "bic": "044525225"})

    assert {each["code"] for each in told["errors"]} == {"INVALID"}
    assert not Organization.objects.exists()


@pytest.mark.parametrize("who", ["manager", "olga", "stranger"])
def test_whoever_does_not_watch_over_prices_changes_no_account(cast, who):
    told = save(getattr(cast, who), **GIVEN)

    assert [each["code"] for each in told["errors"]] == ["PERMISSION_DENIED"]
    assert not Organization.objects.exists()


def test_organizations_are_for_the_desk(cast, owner):
    save(owner, **GIVEN)
    query = "{ b2bOrganizations { name account } }"

    assert asked(cast.manager, query)["data"]["b2bOrganizations"][0]["name"] == GIVEN["name"]
    assert "PERMISSION_DENIED" in asked(cast.olga, query)["errors"][0]["message"]
