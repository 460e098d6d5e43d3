"""B2B inside Saleor's Dashboard: what it lists, what opens with its token, and to whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from contract.stand import may
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from drafting import Drafting, prices
from freezegun import freeze_time
from graphql_relay import to_global_id
from saleor.account.models import User
from saleor.app.models import App, AppExtension
from saleor.core.jwt import create_access_token_for_app_extension
from saleor.permission.models import Permission

from b2b_overlay.company.models import Application, LegalEntity
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.terms.models import Settlement
from onec_bridge.exchange.models import Session
from onec_bridge.sync.models import OrderExport

DASHBOARD = "https://dashboard.shop.example"
HOME = "/plugins/b2b/dashboard/"
LISTED = """{ appExtensions(first: 50) { edges { node { identifier label url mountName targetName
  settings accessToken permissions { code } app { name appUrl } } } } }"""


@pytest.fixture
def installed(stand, settings) -> None:
    settings.B2B_DASHBOARD_URL = f"{DASHBOARD}/"
    call_command("b2b_dashboard", "install", "--site", "https://shop.example", verbosity=0)


@pytest.fixture
def listed(installed, ask):
    """What the Dashboard gets for this member of staff, by the extension's identifier."""

    def nodes(user) -> dict:
        # Saleor keeps what a user may do with the row of him.
        fresh = User.objects.get(pk=user.pk)
        edges = ask(LISTED, fresh)["appExtensions"]["edges"]
        ours = [e["node"] for e in edges if e["node"]["app"]["name"] == "B2B"]
        return {node["identifier"]: node for node in ours}

    return nodes


def _post(page: str, origin: str = DASHBOARD, client: Client | None = None, **form):
    headers = {"Origin": origin, "Accept-Language": "ru"}
    return (client or Client()).post(f"{HOME}{page}", form, headers=headers)


def _ticket(answer) -> str:
    return answer.content.decode().split('name="ticket" value="')[1].split('"')[0]


@pytest.fixture
def opened(cast, listed):
    """The card of «Ромашка»'s owner, opened by a manager: the answer, and what its forms carry."""
    form = {"customerId": to_global_id("User", cast.buyer.pk)}
    answer = _post("customer/", accessToken=listed(cast.manager)["customer"]["accessToken"], **form)
    assert answer.status_code == 200, answer.content.decode()
    return answer, {"ticket": _ticket(answer), **form}


# ------------------------------------------------------------------ installing and removing


def test_one_command_puts_it_into_the_dashboard(cast, listed):
    nodes = listed(cast.manager)

    card = nodes["customer"]
    assert card["url"] == f"https://shop.example{HOME}customer/"
    assert (card["mountName"], card["targetName"]) == ("CUSTOMER_DETAILS_WIDGETS", "WIDGET")
    assert card["settings"] == {"widgetTarget": {"method": "POST"}}
    assert [each["code"] for each in nodes["order"]["permissions"]] == [
        "MANAGE_ORDERS",
        "MANAGE_USERS",
    ]
    menu = nodes["section.applications"]
    assert (menu["label"], menu["targetName"]) == ("B2B: заявки", "APP_PAGE")
    assert menu["app"]["appUrl"] == f"https://shop.example{HOME.rstrip('/')}"
    assert nodes["order_at_desk"]["settings"] == {"newTabTarget": {"method": "POST"}}


def test_staff_without_the_permission_get_no_token(stand, listed):
    picker = stand.user("picker@example.org", staff=True)
    picker.groups.clear()

    assert {node["accessToken"] for node in listed(picker).values()} == {None}


def test_installing_again_changes_nothing(cast, listed):
    before = list(AppExtension.objects.order_by("pk").values())

    call_command("b2b_dashboard", "install", "--site", "https://shop.example", verbosity=0)

    assert list(AppExtension.objects.order_by("pk").values()) == before


def test_one_command_takes_it_away(stand, installed):
    call_command("b2b_dashboard", "remove", verbosity=0)

    assert not App.objects.filter(name="B2B").exists()
    assert not AppExtension.objects.filter(url__contains="/plugins/b2b/").exists()


def test_without_the_dashboards_address_nothing_is_installed(stand):
    with pytest.raises(CommandError, match="B2B_DASHBOARD_URL"):
        call_command("b2b_dashboard", "install", verbosity=0)

    assert not App.objects.filter(name="B2B").exists()


# ------------------------------------------------------------------------ a customer's card


def test_a_customers_card_tells_company_terms_and_debt(cast, opened):
    page = opened[0].content.decode()

    assert all(text in page for text in ("Ромашка", cast.first.name, cast.second.inn))
    assert 'name="on" value="0"' in page


def test_only_the_dashboard_may_frame_it_and_no_cookie_is_set(opened):
    assert f"frame-ancestors {DASHBOARD}" in opened[0]["Content-Security-Policy"]
    assert not opened[0].cookies


def test_a_card_left_open_for_six_minutes_still_works(cast, listed):
    form = {"customerId": to_global_id("User", cast.buyer.pk)}
    token = listed(cast.manager)["customer"]["accessToken"]
    ticket = _ticket(_post("customer/", accessToken=token, **form))

    with freeze_time(timezone.now() + timedelta(minutes=6)):
        assert _post("customer/", accessToken=token, **form).status_code == 403
        answer = _post("customer/", ticket=ticket, company=cast.company.pk, on="0", **form)

    assert answer.status_code == 200
    cast.company.refresh_from_db()
    assert not cast.company.is_active


def test_a_card_of_yesterday_has_grown_old(cast, opened):
    with freeze_time(timezone.now() + timedelta(hours=11)):
        answer = _post("customer/", company=cast.company.pk, on="0", **opened[1])

    assert answer.status_code == 403
    cast.company.refresh_from_db()
    assert cast.company.is_active


def test_it_falls_with_the_users_tokens_his_permission_and_the_app(cast, opened):
    User.objects.filter(pk=cast.manager.pk).update(jwt_token_key="another")
    assert _post("customer/", **opened[1]).status_code == 403

    User.objects.filter(pk=cast.manager.pk).update(jwt_token_key=cast.manager.jwt_token_key)
    assert _post("customer/", **opened[1]).status_code == 200
    cast.manager.groups.clear()
    assert _post("customer/", **opened[1]).status_code == 403

    may(cast.manager, "manage_users")
    assert _post("customer/", **opened[1]).status_code == 200
    App.objects.filter(name="B2B").update(is_active=False)
    assert _post("customer/", **opened[1]).status_code == 403


def test_no_other_token_opens_it(cast, stand, listed):
    """The manager's own for Saleor, another app's for him, a buyer's, and none."""
    theirs = App.objects.create(name="Чужое приложение", type="thirdparty", is_active=True)
    extension = AppExtension.objects.create(app=theirs, label="?", url="https://app.example/")
    permission = Permission.objects.get(codename="manage_users")
    theirs.permissions.add(permission)
    extension.permissions.add(permission)
    of_theirs = create_access_token_for_app_extension(
        extension, extension.permissions.all(), cast.manager, theirs
    )
    form = {"customerId": to_global_id("User", cast.buyer.pk)}

    for token in (stand.token(cast.manager), of_theirs, stand.token(cast.buyer), "", "x.y.z"):
        answer = _post("customer/", accessToken=token, **form)
        assert answer.status_code == 403
        assert cast.company.name not in answer.content.decode()
    assert Client().get(f"{HOME}customer/").status_code == 403


def test_one_pages_ticket_or_token_is_no_good_for_what_needs_more(cast, listed, opened):
    """The manager may see customers; orders, with MANAGE_ORDERS, he may not."""
    token = listed(cast.manager)["customer"]["accessToken"]

    assert _post("order/", accessToken=token, orderId="T3JkZXI6MQ==").status_code == 403
    assert _post("order/", ticket=opened[1]["ticket"], orderId="T3JkZXI6MQ==").status_code == 403


def test_a_ticket_is_no_way_into_the_cabinet(opened):
    client = Client()
    client.cookies["b2b_session"] = opened[1]["ticket"]

    assert client.get("/plugins/b2b/desk/").status_code == 302


def test_a_retail_customer_is_added_to_a_company_where_he_stands(cast, listed):
    form = {"customerId": to_global_id("User", cast.customer.pk)}
    token = listed(cast.manager)["customer"]["accessToken"]
    ticket = _ticket(_post("customer/", accessToken=token, **form))

    found = _post("customer/", ticket=ticket, q="ромаш", **form).content.decode()
    assert f'name="join" value="{cast.company.pk}"' in found
    _post("customer/", ticket=ticket, join=cast.company.pk, **form)

    buyer = cast.company.buyers.get(user=cast.customer.pk)
    assert set(buyer.legal_entities.all()) == {cast.first, cast.second}


def test_an_application_is_decided_on_its_customers_card(cast, listed):
    free = LegalEntity.objects.create(name="ООО «Дача»", inn="5001007322")
    applied = Application.objects.create(user=cast.customer, inn=free.inn, company_name="Дача")
    form = {"customerId": to_global_id("User", cast.customer.pk)}
    token = listed(cast.manager)["customer"]["accessToken"]
    page = _post("customer/", accessToken=token, **form)
    assert f'name="admit" value="{free.pk}"' in page.content.decode()

    answer = _post("customer/", ticket=_ticket(page), admit=free.pk, **form)

    assert free.name in answer.content.decode()
    applied.refresh_from_db()
    assert (applied.state, applied.legal_entity) == ("admitted", free)
    again = _post("customer/", ticket=_ticket(page), admit="new", **form).content.decode()
    assert "уже" in again
    assert not LegalEntity.objects.filter(name="Дача").exists()


# -------------------------------------------------------------------- an order and a product


def test_an_order_tells_for_whom_it_is_and_how_far_its_exchange_has_come(cast, listed, order, onec):
    placed = order(3)
    OrderExport.objects.create(
        connection=onec, order=placed, state="confirmed", confirmed_at=timezone.now()
    )
    may(cast.manager, "manage_orders")
    token = listed(cast.manager)["order"]["accessToken"]

    page = _post("order/", accessToken=token, orderId=to_global_id("Order", placed.order_id))

    text = page.content.decode()
    assert all(each in text for each in (cast.first.name, placed.contract.number, "УТ 11"))
    assert "записан в 1С" in text
    other = to_global_id("Order", "5f0c39a5-1c1c-4d2b-8f34-5f0c39a51c1c")
    assert "Розничный заказ" in _post("order/", accessToken=token, orderId=other).content.decode()


def test_a_draft_says_for_which_legal_entity_and_is_made_out_for_another(ask, cast, listed, hose):
    may(cast.manager, "manage_orders")
    drafting = Drafting(ask, cast.manager)
    made = drafting.make(cast.buyer, {hose: 3})
    token = listed(cast.manager)["draft"]["accessToken"]
    form = {"orderId": made["id"]}

    answer = _post("draft/", accessToken=token, **form)
    text = answer.content.decode()
    assert "Не выбрано, для кого заказ" in text
    assert all(f'value="{entity.pk}"' in text for entity in (cast.first, cast.second))

    answer = _post("draft/", ticket=_ticket(answer), entity=cast.second.pk, **form)
    text = answer.content.decode()
    assert f'value="{cast.second.pk}" checked' in text
    assert cast.second.contracts.get().number in text
    assert prices(drafting.read(made["id"])) == [Decimal("70.50")]

    answer = _post("draft/", ticket=_ticket(answer), entity="", **form)
    assert 'value="" checked' in answer.content.decode()
    assert prices(drafting.read(made["id"])) == [Decimal("100.00")]

    assert _post("draft/", ticket=_ticket(answer), entity=cast.theirs.pk, **form).status_code == 404
    retail = drafting.make(cast.customer, {hose: 1})
    page = _post("draft/", ticket=_ticket(answer), orderId=retail["id"]).content.decode()
    assert "Розничный заказ" in page


def test_an_order_tells_what_of_it_went_over_the_limit(cast, listed, stand, hose, order):
    stand.unconfirmed()
    placed = order(3)
    cast.first.contracts.update(credit_limit=placed.total)
    stand.edit(placed.order_id, {hose: 5})
    may(cast.manager, "manage_orders")
    token = listed(cast.manager)["order"]["accessToken"]

    page = _post("order/", accessToken=token, orderId=to_global_id("Order", placed.order_id))

    text = page.content.decode().replace("\xa0", " ")
    assert "Сверх кредитного лимита" in text
    assert "122,46" in text


def test_a_product_tells_its_price_in_each_list(cast, listed, hose, stand):
    product_id = stand.shop.catalogue.variants([hose], stand.channel)[hose].product_id
    may(cast.manager, "manage_products")
    token = listed(cast.manager)["product"]["accessToken"]

    answer = _post("product/", accessToken=token, productId=to_global_id("Product", product_id))

    text = answer.content.decode().replace("\xa0", " ")
    assert all(each in text for each in ("61,23", "70,50", cast.lists[cast.first.pk].name))


def test_a_product_sold_in_fractions_says_what_its_prices_are_of(cast, listed, hose, stand):
    VariantFacts.objects.create(variant_id=hose, unit="м", step="0.1", piece="0.1")
    product_id = stand.shop.catalogue.variants([hose], stand.channel)[hose].product_id
    may(cast.manager, "manage_products")
    token = listed(cast.manager)["product"]["accessToken"]

    answer = _post("product/", accessToken=token, productId=to_global_id("Product", product_id))

    assert "Сам магазин считает по 0,1 м" in answer.content.decode()


# --------------------------------------------------------------------------- at the sales desk


def test_a_form_of_the_dashboard_opens_the_desk_signed_in(cast, listed):
    node = listed(cast.manager)["customer_at_desk"]
    client, customer = Client(), to_global_id("User", cast.buyer.pk)

    answer = _post(
        "customer/desk/", client=client, accessToken=node["accessToken"], customerId=customer
    )

    assert answer["Location"] == f"/plugins/b2b/desk/companies/{cast.company.pk}/"
    assert answer.cookies["b2b_session"]["samesite"] == "Lax"
    with freeze_time(timezone.now() + timedelta(minutes=6)):
        page = client.get(answer["Location"])
        assert page.status_code == 200
        assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    with freeze_time(timezone.now() + timedelta(hours=11)):
        assert client.get(answer["Location"]).status_code == 302


@pytest.fixture
def menu_token(cast, installed, ask):
    """What the Dashboard sends into an app's page by message."""

    def token(user) -> str:
        fresh = User.objects.get(pk=user.pk)
        app = to_global_id("App", App.objects.get(name="B2B").pk)
        return ask("query($id: ID!) { app(id: $id) { accessToken } }", fresh, id=app)["app"][
            "accessToken"
        ]

    return token


def _at_desk(answer, client: Client, *, origin: str = "http://testserver", nth: int = 0):
    """Press the nth button that leads to the desk."""
    address = answer.content.decode().split('name="address" value="')[nth + 1].split('"')[0]
    form = {"ticket": _ticket(answer), "address": address}
    return address, _post("enter/", origin, client, **form)


def test_applications_stand_in_the_menu_and_open_at_the_desk(cast, menu_token):
    made = Application.objects.create(user=cast.customer, inn="7736050003", company_name="Новые")
    shell = Client().get(f"{HOME}section/applications", headers={"Accept-Language": "ru"})
    assert f'data-dashboard="{DASHBOARD}"' in shell.content.decode()
    assert "Новые" not in shell.content.decode()

    page, client = _post("section/applications", accessToken=menu_token(cast.manager)), Client()

    assert "Новые" in page.content.decode()
    assert not page.cookies
    address, entered = _at_desk(page, client)
    assert address == f"/plugins/b2b/desk/applications/{made.pk}/"
    assert entered["Location"] == address
    shown = client.get(address)
    assert shown.status_code == 200
    # A sandboxed frame's tab shows nothing that says otherwise.
    for each in (entered, shown):
        assert each["Cross-Origin-Opener-Policy"] == "unsafe-none"


def test_the_exchange_stands_in_the_menu_with_how_it_went(cast, menu_token, onec):
    Session.objects.create(connection=onec, type="sale", seen_at=timezone.now())
    page, client = _post("section/exchange", accessToken=menu_token(cast.manager)), Client()

    assert "УТ 11: заказы и контрагенты" in page.content.decode()
    address, entered = _at_desk(page, client)
    assert entered["Location"] == address
    assert client.get(address).status_code == 200


def test_a_menus_page_left_open_for_six_minutes_still_leads_to_the_desk(cast, menu_token):
    token, client = menu_token(cast.manager), Client()
    page = _post("section/applications", accessToken=token)

    with freeze_time(timezone.now() + timedelta(minutes=6)):
        stale = _post("section/applications", accessToken=token)
        assert stale.status_code == 403
        assert f'data-tried="{token[-16:]}"' in stale.content.decode()
        address, _entered = _at_desk(page, client)
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("origin", [DASHBOARD, "https://evil.example", "null", ""])
def test_a_ticket_signs_nobody_in_from_elsewhere(cast, menu_token, origin):
    page = _post("section/applications", accessToken=menu_token(cast.manager))

    _address, answer = _at_desk(page, Client(), origin=origin)

    assert answer.status_code == 403
    assert "b2b_session" not in answer.cookies


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "/graphql/", "/plugins/b2b/nowhere/"]
)
def test_the_way_to_the_desk_leads_nowhere_else(cast, menu_token, address):
    page = _post("section/applications", accessToken=menu_token(cast.manager))

    answer = _post("enter/", "http://testserver", ticket=_ticket(page), address=address)

    assert answer.status_code == 404
    assert "b2b_session" not in answer.cookies


def test_a_buyer_and_a_picker_see_no_section(cast, stand, menu_token):
    picker = stand.user("picker@example.org", staff=True)
    picker.groups.clear()

    for token in (menu_token(picker), stand.token(cast.manager), stand.token(cast.buyer), ""):
        for where in ("applications", "companies", "exchange"):
            answer = _post(f"section/{where}", accessToken=token)
            assert answer.status_code == 403
            assert "ticket" not in answer.content.decode()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_no_other_site_can_sign_anybody_in(cast, listed, origin):
    """With a token of his own a stranger could have a manager work in his name."""
    token = listed(cast.manager)["customer_at_desk"]["accessToken"]
    customer = to_global_id("User", cast.buyer.pk)

    answer = _post("customer/desk/", origin, accessToken=token, customerId=customer)

    assert answer.status_code == 403
    assert "b2b_session" not in answer.cookies


def test_debts_stand_beside_the_contract(cast, listed):
    contract = cast.first.contracts.get()
    Settlement.objects.create(
        legal_entity=cast.first,
        contract=contract,
        amount="1500.00",
        currency="RUB",
        told_at=timezone.now(),
    )
    form = {"customerId": to_global_id("User", cast.buyer.pk)}
    token = listed(cast.manager)["customer"]["accessToken"]

    text = _post("customer/", accessToken=token, **form).content.decode().replace("\xa0", " ")

    assert "1 500,00" in text
