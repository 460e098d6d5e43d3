"""What one company owns, through Saleor's own /graphql/: B2B fields, carts, orders, metadata."""

from __future__ import annotations

import json
from typing import Any

import pytest
from contract.carts import make, ordered
from django.apps import apps
from django.db import transaction
from django.test import Client
from graphql_relay import from_global_id
from privacy.questions import fields, queries_of
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from b2b_overlay.company.models import Application, Buyer, Doubt, LegalEntity
from b2b_overlay.company.traces import Traces
from b2b_overlay.ordering.personal import erase_person

CHECKOUT = """query($id: ID!) { found: checkout(id: $id) { id metadata { key value }
  lines { id unitPrice { gross { amount } } } } }"""
ORDER = """query($id: ID!) { found: order(id: $id) { id number metadata { key value }
  privateMetadata { key } lines { id unitPrice { gross { amount } } } } }"""
OPEN = ORDER.replace("privateMetadata { key }", "")


@pytest.fixture
def order(ask, cast, hose, deliver):
    """Global id of an order of the buyer's."""
    cart = make(ask, cast.buyer, {hose: 3})["id"]
    return ordered(ask, deliver, cast.buyer, cart)["id"]


@pytest.fixture
def cart(ask, cast, hose, order):
    return make(ask, cast.buyer, {hose: 2})["id"]


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_a_cart_and_an_order_are_nothing_to_another(ask, cast, cart, order, who):
    by = getattr(cast, who)

    assert ask(CHECKOUT, by, id=cart)["found"] is None
    assert ask(OPEN, by, id=order)["found"] is None
    by_token = "query($id: UUID!) { found: orderByToken(token: $id) { id } }"
    assert ask(by_token, by, id=from_global_id(order)[1])["found"] is None
    assert ask(by_token, cast.buyer, id=from_global_id(order)[1])["found"]
    mine = "{ me { orders(first: 10) { edges { node { id } } } checkoutIds } }"
    assert ask(mine, by)["me"] == {"orders": {"edges": []}, "checkoutIds": []}


def test_whoever_holds_the_id_unsigned_reads_them_and_learns_nothing_of_the_company(
    ask, cast, cart, order
):
    """The boundary: Saleor can't tell him from the buyer's own storefront."""
    for query, pk in ((CHECKOUT, cart), (OPEN, order)):
        found = ask(query, None, id=pk)["found"]
        assert found["lines"][0]["unitPrice"]["gross"]["amount"]
        assert found["metadata"] == []


def test_staff_read_the_legal_entity_in_private_metadata(ask, cast, order):
    row = Order.objects.get(pk=from_global_id(order)[1])

    assert row.private_metadata["b2b.legal_entity"] == cast.first.name
    assert not [key for key in row.metadata if key.startswith("b2b")]


def test_nothing_is_read_back_from_public_metadata(ask, cast, stand, cart, hose):
    """Anybody who holds the id writes public metadata: it gives nobody a price."""
    forged = {"b2b.legal_entity": cast.theirs.name, "b2b.company": "Чужие"}
    row = Checkout.objects.get(pk=from_global_id(cart)[1])
    row.metadata_storage.metadata = forged
    row.metadata_storage.save()

    found = ask(CHECKOUT, cast.buyer, id=cart)["found"]

    assert str(found["lines"][0]["unitPrice"]["gross"]["amount"]) == "61.23"


def _keys(cast, cart: str, order: str, hose: int) -> dict[str, Any]:
    buyer = Buyer.objects.get(user=cast.buyer)
    contract = cast.first.contracts.get()
    account = cast.first.bank_accounts.create(number="40702810900000000001")
    other = LegalEntity.objects.create(name="Ромашка ещё раз", inn=cast.first.inn)
    doubt = Doubt.objects.create(low=cast.first, high=other, score=90, reasons=["same_inn"])
    application = Application.objects.create(user=cast.buyer, inn="7736050003", contact="Анна")
    return {
        "B2BCompany": cast.company.pk, "B2BLegalEntity": cast.first.pk, "B2BBuyer": buyer.pk,
        "B2BContract": contract.pk, "B2BPriceList": cast.lists[cast.first.pk].pk,
        "B2BApplication": application.pk, "B2BDoubt": doubt.pk, "B2BBankAccount": account.pk,
        "Checkout": from_global_id(cart)[1], "Order": from_global_id(order)[1],
        "ProductVariant": hose, "User": cast.buyer.pk,
    }  # fmt: skip


@pytest.mark.parametrize("who", ["nobody", "customer", "stranger", "colleague"])
def test_every_b2b_field_tells_a_stranger_nothing(stand, cast, cart, order, hose, who):
    """The whole walk is ``tests/privacy``; here it goes through Saleor's own schema."""
    from saleor.graphql.api import schema

    LegalEntity.objects.filter(pk=cast.first.pk).update(name="zq-A1name", phone="zq-A1phone")
    keys, by = _Lenient(_keys(cast, cart, order, hose)), getattr(cast, who, None)
    headers = {"Authorization": f"Bearer {stand.token(by)}"} if by else {}
    asked = 0
    for each in fields(schema):
        if not each.is_ours:
            continue
        for query, variables in queries_of(keys, each):
            with transaction.atomic():
                answer = Client(headers=headers).post(
                    "/graphql/",
                    json.dumps({"query": query, "variables": variables}),
                    content_type="application/json",
                )
                transaction.set_rollback(True)
            text = answer.content.decode()
            assert answer.status_code == 200, (each.name, text)
            assert "zq-A1" not in text, (each.name, text)
            assert "Internal" not in text, (each.name, text)
            asked += 1
    assert asked > 40


class _Lenient(dict[str, Any]):
    """A kind that this world has none of: an id of nothing."""

    def __contains__(self, kind: object) -> bool:
        names = {m.__name__ for m in apps.get_app_config("b2b_overlay").get_models()}
        return super().__contains__(kind) or str(kind)[3:] in {*names, "IndividualPrice"}

    def __missing__(self, kind: str) -> int:
        return 999_999


def test_a_person_is_erased_from_saleors_own_tables(shop, cast, order, cart):
    traces = Traces.of(emails=[cast.buyer.email])

    erase_person(shop, cast.manager, cast.buyer.pk, "Заявление")

    found = {f"{t}.{c}" for t, c, value in _values() if traces.mask(value) != value}
    # Webhooks' payloads are deleted by Saleor itself, days later.
    assert {each for each in found if not each.startswith("core_event")} == set()


def _values():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, n, str(v)) for n, v in zip(names, row, strict=True))
