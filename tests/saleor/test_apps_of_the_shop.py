"""What an app of the shop learns of wholesale: notes on orders, in the payloads of Saleor's own
webhooks too, and what happened, by its own token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from contract.carts import make, ordered
from django.test import Client
from graphql_relay import from_global_id, to_global_id
from saleor.app.models import App
from saleor.core.models import EventDelivery
from saleor.permission.models import Permission
from saleor.webhook.models import Webhook
from saleor.webhook.transport.asynchronous.transport import send_webhook_request_async

from b2b_overlay.ordering.events import Event, Kind

NOTES = """query($id: ID!) { order(id: $id) {
  term: privateMetafield(key: "b2b.payment_days") due: privateMetafield(key: "b2b.due_date") } }"""
EVENTS = "{ b2bEvents { edges { node { type company } } } }"
#: What an app asks to be sent.
PAYLOAD = """subscription { event { ... on %s { order {
  term: privateMetafield(key: "b2b.payment_days") due: privateMetafield(key: "b2b.due_date")
  number: privateMetafield(key: "b2b.onec_number") } } } }"""


@pytest.fixture
def app(db):
    """An app with these permissions, and its token."""

    def installed(*codenames: str) -> tuple[App, str]:
        row = App.objects.create(name="Учёт", is_active=True)
        row.permissions.set(Permission.objects.filter(codename__in=codenames))
        return row, row.tokens.create(name="t")[1]

    return installed


@pytest.fixture
def sent(app, monkeypatch):
    """The payloads that an app gets of these events of Saleor's."""
    monkeypatch.setattr(send_webhook_request_async, "apply_async", lambda *a, **k: None)
    listener, _token = app("manage_orders")
    names = {"order_created": "OrderCreated", "order_metadata_updated": "OrderMetadataUpdated"}
    for event, name in names.items():
        row = Webhook.objects.create(
            app=listener, target_url="https://app.example/", subscription_query=PAYLOAD % name
        )
        row.events.create(event_type=event)

    def payloads(event: str) -> list[dict[str, Any]]:
        rows = EventDelivery.objects.filter(event_type=event).order_by("pk")
        return [json.loads(row.payload.get_payload())["order"] for row in rows]

    return payloads


@pytest.fixture
def placed(ask, cast, hose, deliver, sent) -> str:
    """Global id of the buyer's order."""
    return ordered(ask, deliver, cast.buyer, make(ask, cast.buyer, {hose: 3})["id"])["id"]


def _asked(token: str, query: str, **variables: Any) -> dict[str, Any]:
    answer = Client(headers={"Authorization": f"Bearer {token}"}).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return dict(json.loads(answer.content))


def test_an_app_that_manages_orders_reads_the_term_and_the_due_date(app, placed):
    _row, token = app("manage_orders")

    read = _asked(token, NOTES, id=placed)["data"]["order"]

    assert read["term"] == "14"
    assert read["due"]


@pytest.mark.parametrize("who", ["another app", "buyer", "stranger"])
def test_nobody_without_that_permission_does(app, cast, placed, stand, who):
    token = app("manage_products")[1] if who == "another app" else stand.token(getattr(cast, who))

    told = _asked(token, NOTES, id=placed)

    order = told["data"]["order"]
    assert order is None or (order["term"], order["due"]) == (None, None)
    assert "14" not in json.dumps(told)


def test_saleors_own_webhook_of_the_new_order_has_them(placed, sent):
    (payload,) = sent("order_created")

    assert payload["term"] == "14"
    assert payload["due"]


def test_saleors_own_webhook_says_when_1c_has_told_of_it(placed, sent, shop):
    order_id = from_global_id(placed)[1]
    news = {order_id: {"b2b.onec_number": "ОПТ-77"}}

    shop.orders.note(news)
    shop.orders.note(news)

    (payload,) = sent("order_metadata_updated")
    assert (payload["term"], payload["number"]) == ("14", "ОПТ-77")


def test_an_app_with_the_desks_permission_reads_what_happened(app, cast):
    Event.objects.all().delete()
    Event.objects.create(transaction=7, kind=Kind.COMPANY_ADMITTED, company_id=cast.company.pk)
    _row, token = app("manage_users")

    read = _asked(token, EVENTS)["data"]["b2bEvents"]["edges"]

    company = to_global_id("B2BCompany", cast.company.pk)
    assert read == [{"node": {"type": "COMPANY_ADMITTED", "company": company}}]


def test_an_app_without_it_or_switched_off_does_not(app):
    switched_off, token = app("manage_users")
    App.objects.filter(pk=switched_off.pk).update(is_active=False)

    for each in (token, app("manage_orders")[1]):
        told = _asked(each, EVENTS)
        assert "PERMISSION_DENIED" in told["errors"][0]["message"]
        assert not told.get("data")
