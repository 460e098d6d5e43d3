"""The switch where the desk works: one customer, several at once, and what their buyers see."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.company.models import Choice, Company
from b2b_overlay.ordering import gate
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.shop import Refused, get_shop
from sandbox import models
from sandbox.graphql import tokens

SWITCH = """mutation($ids: [ID!]!, $on: Boolean!) {
  b2bCompaniesSwitch(ids: $ids, isActive: $on) {
    companies { name isActive } errors { code message } } }"""


def is_on(company) -> bool:
    return Company.objects.get(pk=company.pk).is_active


def tell(user, **variables):
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers={**headers, "Accept-Language": "ru"}).post(
        "/graphql/", {"query": SWITCH, "variables": variables}, content_type="application/json"
    )
    return json.loads(answer.content)["data"]["b2bCompaniesSwitch"]


def gid(company) -> str:
    return str(to_global_id("B2BCompany", company.pk))


def fill(cast, client) -> models.Checkout:
    client.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    return models.Checkout.objects.get(user=cast.olga)


# ---------------------------------------------------------------------------- the desk


def test_each_customer_has_its_switch_in_the_list(cast, manager):
    page = manager.get("/desk/").content.decode()

    assert "Выключить опт: Ромашка" in page
    assert "Выключить опт: Чужие" in page
    answer = manager.post(
        "/desk/companies/switch/", {"company": cast.other.pk, "on": "0", "next": "/desk/?page=1"}
    )
    assert answer["Location"] == "/desk/?page=1"
    assert not is_on(cast.other)
    assert is_on(cast.company)
    assert "Включить опт: Чужие" in manager.get("/desk/").content.decode()


def test_several_are_switched_by_one_press(cast, manager):
    manager.post(
        "/desk/companies/switch/", {"company": [cast.company.pk, cast.other.pk], "on": "0"}
    )

    assert not is_on(cast.company)
    assert not is_on(cast.other)
    assert "Опт выключен для 2 клиентов" in manager.get("/desk/").content.decode()


@pytest.mark.parametrize("given", [{"on": "0"}, {"company": "x", "on": "0"}, {"company": "1"}])
def test_nothing_picked_switches_nothing(cast, manager, given):
    manager.post("/desk/companies/switch/", given)

    assert "Сначала отметьте клиентов" in manager.get("/desk/").content.decode()
    assert is_on(cast.company)


def test_one_that_is_not_there_leaves_the_others_as_they_are(cast, manager):
    answer = manager.post(
        "/desk/companies/switch/", {"company": [cast.company.pk, 999999], "on": "0"}
    )

    assert answer.status_code == 404
    assert is_on(cast.company)


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_customers_have_no_switch(cast, sign_in, who):
    client = sign_in(getattr(cast, who))

    answer = client.post("/desk/companies/switch/", {"company": cast.company.pk, "on": "0"})

    assert answer.status_code == 404
    (error,) = tell(getattr(cast, who), ids=[gid(cast.company)], on=False)["errors"]
    assert error["code"] == "PERMISSION_DENIED"
    assert is_on(cast.company)


def test_graphql_switches_several_and_says_which(cast):
    Company.objects.filter(pk=cast.other.pk).update(is_active=False)

    told = tell(cast.manager, ids=[gid(cast.company), gid(cast.other)], on=False)

    assert told == {"companies": [{"name": "Ромашка", "isActive": False}], "errors": []}
    assert tell(cast.manager, ids=["?"], on=True)["errors"][0]["code"] == "NOT_FOUND"
    assert not is_on(cast.company)


def test_the_command_lists_and_switches(cast):
    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("b2b_switch", *arguments, stdout=out)
        return out.getvalue()

    assert f"on   {cast.company.pk:>6}  Ромашка" in said()
    assert "Ромашка" in said("ромашка", "off")
    assert not is_on(cast.company)
    assert f"off  {cast.company.pk:>6}  Ромашка" in said()
    said(str(cast.company.pk), "on")
    assert is_on(cast.company)


@pytest.mark.parametrize("arguments", [("Нет такой", "off"), ("999999", "off"), ("Ромашка",)])
def test_the_command_says_what_it_cannot_do(cast, arguments):
    with pytest.raises(CommandError):
        call_command("b2b_switch", *arguments)
    assert is_on(cast.company)


def test_of_two_namesakes_the_command_asks_for_the_id(cast):
    Company.objects.create(name="Ромашка", is_active=True)

    with pytest.raises(CommandError):
        call_command("b2b_switch", "Ромашка", "off")
    assert is_on(cast.company)


# --------------------------------------------------------------------------- the buyer


def test_an_open_cart_is_at_retail_at_once_and_says_why(cast, olga, manager):
    fill(cast, olga)
    assert 'data-total="3001.00"' in olga.get("/cart/").content.decode()

    manager.post("/desk/companies/switch/", {"company": cast.company.pk, "on": "0"})

    page = olga.get("/cart/").content.decode()
    assert 'data-total="3980.00"' in page
    assert 'id="switched-off"' in page
    assert "Оптовые условия этой корзины больше не действуют" in page
    assert "/checkout/" not in page.split('id="cart"')[1]


def test_it_waits_and_is_wholesale_again_when_switched_on(cast, olga, manager):
    fill(cast, olga)
    manager.post("/desk/companies/switch/", {"company": cast.company.pk, "on": "0"})
    manager.post("/desk/companies/switch/", {"company": cast.company.pk, "on": "1"})

    page = olga.get("/cart/").content.decode()

    assert 'data-total="3001.00"' in page
    assert "больше не действуют" not in page


def test_or_its_buyer_takes_it_as_a_private_person_and_has_chosen_nothing_for_later(
    cast, olga, manager
):
    cart = fill(cast, olga)
    manager.post("/desk/companies/switch/", {"company": cast.company.pk, "on": "0"})
    assert 'id="cart-ended"' in olga.get("/cart/").content.decode()

    olga.post("/legal-entity/", {"legal_entity": "", "next": "/cart/"})

    page = olga.get("/cart/").content.decode()
    assert "больше не действуют" not in page
    shop = get_shop()
    assert gate.refusals(shop, shop.checkouts.get(str(cart.pk))) == []
    assert not Choice.objects.filter(user=cast.olga).exists()
    manager.post("/desk/companies/switch/", {"company": cast.company.pk, "on": "1"})
    assert 'data-price="1500.50"' in olga.get("/").content.decode()


def test_the_checkout_page_he_had_open_orders_nothing(cast, olga, manager):
    cart = fill(cast, olga)
    olga.get("/checkout/")
    manager.post("/desk/companies/switch/", {"company": cast.company.pk, "on": "0"})

    answer = olga.post(
        "/checkout/", {"checkout": cart.pk, "legal_entity": cast.ooo.pk, "shown": "3001.00"}
    )

    assert answer["Location"] == "/cart/"
    assert "больше не действуют" in olga.get("/cart/").content.decode()
    with pytest.raises(Refused):
        get_shop().checkouts.complete(str(cart.pk), cast.olga.pk)
    assert not WholesaleOrder.objects.exists()
    assert not models.Order.objects.exists()
    assert models.CheckoutLine.objects.get(checkout=cart).price_override in (None, Decimal("1990"))
