"""Pages and mutations of what a seller's books need: who sells what, who sees what, an order's
parts."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.ordering.models import GroupVisibility, OrderPart, WholesaleOrder
from b2b_overlay.terms.models import Organization, SellingRule
from onec_bridge.models import Connection
from sandbox import models
from sandbox.graphql import tokens


@pytest.fixture
def overseer(settings, cast, manager):
    """The manager watches over prices."""
    settings.B2B_OVERSEERS = [cast.manager.email]
    return manager


@pytest.fixture
def seller(cast):
    return Organization.objects.create(name="ИП Семенов")


def group(cast):
    return models.Category.objects.create(name="Семена")


def gql(user, query, **variables):
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return json.loads(answer.content)


def test_who_sells_what_is_set_and_removed_on_a_page(cast, overseer, seller):
    row = group(cast)
    assert "Правил пока нет" in overseer.get("/desk/organizations/selling/").content.decode()

    what = {"what": f"group-{row.pk}", "organization": seller.pk}
    overseer.post("/desk/organizations/selling/add/", what)

    page = overseer.get("/desk/organizations/selling/").content.decode()
    assert "«Семена»" in page
    assert "ИП Семенов" in page
    rule = SellingRule.objects.get()
    assert (rule.category_id, rule.organization) == (row.pk, seller)
    overseer.post(f"/desk/organizations/selling/{rule.pk}/drop/")
    assert not SellingRule.objects.exists()


@pytest.mark.parametrize("what", ["", "group-", "group-99999999", "warehouse-none", "sky-1"])
def test_a_rule_of_nothing_is_refused(cast, overseer, seller, what):
    data = {"what": what, "organization": seller.pk}

    page = overseer.post("/desk/organizations/selling/add/", data, follow=True).content.decode()

    assert "Выберите группу товаров или склад" in page
    assert not SellingRule.objects.exists()


def test_a_buyer_has_no_such_pages(cast, olga, seller):
    row = group(cast)
    what = {"what": f"group-{row.pk}", "organization": seller.pk}

    assert olga.get("/desk/organizations/selling/").status_code in (302, 403, 404)
    olga.post("/desk/organizations/selling/add/", what)
    olga.post("/desk/visibility/save/", {"group": row.pk, "rule": "wholesale"})

    assert not SellingRule.objects.exists()
    assert not GroupVisibility.objects.exists()


def test_who_sees_what_is_set_and_taken_back_on_a_page(cast, overseer):
    row = group(cast)
    assert "Все видят всё" in overseer.get("/desk/visibility/").content.decode()

    overseer.post("/desk/visibility/save/", {"group": row.pk, "rule": "wholesale"})
    assert "только опт" in overseer.get("/desk/visibility/").content.decode()

    overseer.post("/desk/visibility/save/", {"group": row.pk, "rule": ""})
    assert not GroupVisibility.objects.exists()


def test_admins_set_both_by_mutation(cast, overseer, seller):
    row = group(cast)
    category = to_global_id("Category", row.pk)

    told = gql(
        cast.manager,
        """mutation($o: ID!, $c: ID!) {
          b2bSellingRuleSave(organizationId: $o, categoryId: $c) {
            sellingRule { categoryId organization { name } } errors { code } }
          b2bGroupVisibilitySet(categoryId: $c, rule: SIGN_IN) {
            visibility { rule } errors { code } } }""",
        o=to_global_id("B2BOrganization", seller.pk),
        c=category,
    )["data"]

    assert told["b2bSellingRuleSave"]["sellingRule"] == {
        "categoryId": category,
        "organization": {"name": "ИП Семенов"},
    }
    assert told["b2bGroupVisibilitySet"]["visibility"] == {"rule": "SIGN_IN"}
    seen = "{ b2bSellingRules { id } b2bGroupVisibilities { categoryId rule } }"
    assert len(gql(cast.manager, seen)["data"]["b2bSellingRules"]) == 1
    assert "errors" in gql(cast.olga, seen)
    rule = to_global_id("B2BSellingRule", SellingRule.objects.get().pk)
    delete = "mutation($id: ID!) { b2bSellingRuleDelete(id: $id) { errors { code } } }"
    refused = gql(cast.olga, delete, id=rule)["data"]["b2bSellingRuleDelete"]["errors"]
    assert refused == [{"code": "PERMISSION_DENIED"}]
    assert SellingRule.objects.exists()
    assert gql(cast.manager, delete, id=rule)["data"]["b2bSellingRuleDelete"]["errors"] == []
    assert not SellingRule.objects.exists()


def test_the_buyer_sees_the_parts_of_his_one_order(cast, olga, manager, seller):
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    cart = str(models.Checkout.objects.get().pk)
    olga.post("/checkout/", {"checkout": cart, "legal_entity": cast.ooo.pk})
    order = WholesaleOrder.objects.get()
    for position in (1, 2):
        OrderPart.objects.create(
            order=order,
            books="1",
            position=position,
            number=f"{order.number}-{position}",
            document_id=str(position),
            organization=seller,
            warehouse="Дальний",
            total=order.total / 2,
            onec_number=f"УТ-{position}",
        )

    for page in (
        olga.get(f"/orders/{order.order_id}/"),
        manager.get(f"/desk/orders/{order.order_id}/"),
    ):
        text = page.content.decode()
        assert f"{order.number}-1" in text
        assert "УТ-2" in text
        assert "ИП Семенов" in text
        assert "Дальний" in text
    query = "query($id: ID!) { b2bOrder(orderId: $id) { parts { number organization state } } }"
    told = gql(cast.olga, query, id=to_global_id("Order", order.order_id))
    assert [part["number"] for part in told["data"]["b2bOrder"]["parts"]] == [
        f"{order.number}-1",
        f"{order.number}-2",
    ]


def test_the_books_of_a_connection_are_set_on_its_page(cast, overseer, olga):
    base = Connection.objects.create(name="УТ", login="ut", password="!")
    address = f"/onec/journal/connections/{base.pk}/books/"
    assert "Какой остаток присылает эта 1С" in overseer.get(address).content.decode()
    said = {
        "stock_is": "on_hand",
        "reserves": "accepted",
        "split_by_organization": "on",
        "split_by_vat": "rate",
        "retail_orders": "on",
    }

    assert olga.post(address, said).status_code in (302, 403, 404)
    base.refresh_from_db()
    assert base.stock_is == "free"

    overseer.post(address, said)

    base.refresh_from_db()
    assert (base.stock_is, base.reserves, base.split_by_vat) == ("on_hand", "accepted", "rate")
    assert base.split_by_organization
    assert not base.split_by_warehouse
    assert base.retail_orders
    assert base.retail_since is not None


def test_a_retail_login_finds_no_wholesale_goods_on_the_pages(cast, overseer, olga, retail):
    row = group(cast)
    models.Product.objects.filter(pk=cast.hose.product_id).update(category=row)
    overseer.post("/desk/visibility/save/", {"group": row.pk, "rule": "wholesale"})
    good = f"/goods/{cast.hose.pk}/"
    cart = {"quantity": "1"}

    assert "Семена" not in retail.get("/").content.decode()
    assert retail.get(good).status_code == 404
    retail.post(f"/goods/{cast.hose.pk}/to-cart/", cart)
    page = retail.post("/quick/", {"lines": f"{cast.hose.sku} 2"}).content.decode()
    assert "Нет товара с артикулом" in page
    assert not models.CheckoutLine.objects.exists()

    assert olga.get(good).status_code == 200
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", cart)
    assert models.CheckoutLine.objects.count() == 1


def test_who_sees_what_is_set_by_command(cast, overseer, capsys):
    row, by = group(cast), f"--by={cast.manager.email}"

    call_command("b2b_visibility", "Семена", "sign_in", by)
    call_command("b2b_visibility")

    assert f"sign_in    {row.pk:>6}  Семена" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("b2b_visibility", "Семена", "wholesale", f"--by={cast.olga.email}")
    call_command("b2b_visibility", str(row.pk), "everybody", by)
    assert not GroupVisibility.objects.exists()
