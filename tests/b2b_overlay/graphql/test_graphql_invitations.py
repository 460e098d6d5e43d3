"""A storefront of one's own invites, shows and takes invitations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.company.models import Buyer, Invitation
from sandbox import models
from sandbox.graphql import tokens

PASSWORD = "ромашка-2026"
CREATE = """mutation($input: B2BBuyerCreateInput!) { told: b2bBuyerCreate(input: $input) {
  buyer { id name role } invitation { token code login email expiresAt }
  errors { code message } } }"""
AGAIN = """mutation($buyer: ID!) { told: b2bInvitationCreate(buyer: $buyer) {
  invitation { token } errors { code message } } }"""
REVOKE = """mutation($buyer: ID!) { told: b2bInvitationRevoke(buyer: $buyer) {
  buyer { id } errors { code message } } }"""
RESET = """mutation($buyer: ID!) { told: b2bPasswordReset(buyer: $buyer) {
  invitation { token login } errors { code message } } }"""
ACCEPT = """mutation($secret: String!, $password: String) {
  told: b2bInvitationAccept(secret: $secret, password: $password) {
    login email errors { code message } } }"""
LOOK = """query($secret: String!) { told: b2bInvitation(secret: $secret) {
  purpose company name role login problem } }"""
WAYS = """query($company: ID!) { told: b2bWaysIn(company: $company) {
  buyer { name } login state canBeInvited canBeReset } }"""


@pytest.fixture
def cast(cast: Cast) -> Cast:
    Buyer.objects.filter(user=cast.olga).update(role=Buyer.Role.OWNER)
    return cast


def ask(user: Any, query: str, **variables: Any) -> Any:
    headers = {"Accept-Language": "ru"}
    if user:
        headers["Authorization"] = f"Bearer {tokens.create(user)}"
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    told = json.loads(answer.content)
    assert "errors" not in told, told
    return told["data"]["told"]


def create(cast: Cast, by: Any, **more: Any) -> Any:
    company = to_global_id("B2BCompany", cast.company.pk)
    return ask(by, CREATE, input={"company": company, "name": "Анна Петрова", **more})


def test_the_owner_invites_the_holder_looks_takes_it_and_signs_in(cast):
    made = create(cast, cast.olga, role="approver")
    assert not made["errors"]
    secrets = made["invitation"]
    assert (secrets["login"], secrets["email"]) == ("anna", "anna@b2b.invalid")

    seen = ask(None, LOOK, secret=secrets["code"])
    assert (seen["company"], seen["login"], seen["purpose"]) == ("Ромашка", "anna", "join")
    taken = ask(None, ACCEPT, secret=secrets["token"], password=PASSWORD)
    again = ask(None, ACCEPT, secret=secrets["token"], password=PASSWORD)

    assert taken == {"login": "anna", "email": "anna@b2b.invalid", "errors": []}
    assert "уже использовано" in again["errors"][0]["message"]
    assert models.User.objects.get(email="anna@b2b.invalid").check_password(PASSWORD)
    assert Buyer.objects.get(name="Анна Петрова").role == "approver"


def test_a_signed_in_customer_joins_with_his_own_account(cast):
    secret = create(cast, cast.olga)["invitation"]["token"]

    assert ask(None, ACCEPT, secret=secret)["errors"][0]["code"] == "PERMISSION_DENIED"
    taken = ask(cast.retail, ACCEPT, secret=secret)

    assert taken["email"] == cast.retail.email
    assert Buyer.objects.get(name="Анна Петрова").user == cast.retail


def test_a_wrong_code_tells_nothing(cast):
    create(cast, cast.olga)

    told = ask(None, LOOK, secret="000 000 000 000")

    assert told["problem"]
    assert not [value for key, value in told.items() if key != "problem" and value]


def test_invited_again_withdrawn_and_given_a_new_password(cast):
    made = create(cast, cast.olga)
    buyer = made["buyer"]["id"]
    second = ask(cast.olga, AGAIN, buyer=buyer)["invitation"]["token"]
    assert "отозвано" in ask(None, LOOK, secret=made["invitation"]["token"])["problem"]
    assert not ask(cast.olga, REVOKE, buyer=buyer)["errors"]
    assert "отозвано" in ask(None, LOOK, secret=second)["problem"]
    third = ask(cast.olga, AGAIN, buyer=buyer)["invitation"]["token"]
    ask(None, ACCEPT, secret=third, password=PASSWORD)
    assert ask(cast.olga, AGAIN, buyer=buyer)["errors"]

    reset = ask(cast.olga, RESET, buyer=buyer)["invitation"]

    assert not models.User.objects.get(email="anna@b2b.invalid").has_usable_password()
    assert ask(None, LOOK, secret=reset["token"])["purpose"] == "password"


def test_ways_in_are_seen_by_the_owner_and_the_desk(cast):
    create(cast, cast.olga)
    company = to_global_id("B2BCompany", cast.company.pk)

    for user in (cast.olga, cast.manager):
        told = {row["login"]: row for row in ask(user, WAYS, company=company)}
        assert told["anna"]["state"] == "invited"
        assert told["anna"]["canBeInvited"]
        assert told[cast.kirill.email]["state"] == "joined"
        assert not told[cast.kirill.email]["canBeReset"]
    for user in (None, cast.stranger, cast.kirill, cast.retail):
        assert ask(user, WAYS, company=company) == []


@pytest.mark.parametrize("who", ["nobody", "stranger", "kirill", "retail"])
def test_nobody_else_invites_withdraws_or_resets(cast, who):
    made = create(cast, cast.olga)
    user, before = getattr(cast, who, None), list(Invitation.objects.values())

    assert create(cast, user, role="owner")["errors"]
    for query in (AGAIN, REVOKE, RESET):
        (error,) = ask(user, query, buyer=made["buyer"]["id"])["errors"]
        assert error["code"] in ("NOT_FOUND", "PERMISSION_DENIED")

    assert list(Invitation.objects.values()) == before
    assert Buyer.objects.filter(name="Анна Петрова").count() == 1


def test_a_stranger_learns_nothing_from_the_kind_of_refusal(cast):
    ours = create(cast, cast.stranger)["errors"]
    missing = ask(
        cast.stranger, CREATE, input={"company": to_global_id("B2BCompany", 10**9), "name": "Анна"}
    )["errors"]

    assert ours == missing


def test_no_term_is_longer_than_ninety_days(cast):
    assert create(cast, cast.olga, days=91)["errors"]
    assert create(cast, cast.olga, days=0)["errors"]
    assert not Invitation.objects.exists()
