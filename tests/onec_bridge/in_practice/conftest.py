"""A shop with one connection to 1C, its goods, and a firm that orders them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client as Browser
from practice import (
    DEALER,
    GROUPS,
    LOGIN,
    PASSWORD,
    RETAIL,
    Shop,
    article,
    catalogue,
    cml,
    counterparties,
    counterparty,
    offer,
    offers,
    price,
    product,
)

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import place
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.models import Contract
from onec_bridge.models import Connection
from sandbox import models

ROMASHKA = "0a0a0a0a-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def _no_pause(settings) -> None:
    settings.ONEC_HOLD = 0


@pytest.fixture
def connection(db) -> Connection:
    channel = models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    models.ShippingMethod.objects.create(channel=channel, name="Самовывоз")
    connection = Connection(name="УТ 11", login=LOGIN, retail_price_type="retail")
    connection.set_password(PASSWORD)
    connection.save()
    return connection


@pytest.fixture
def shop(connection) -> Shop:
    return Shop(connection)


@pytest.fixture
def hose(shop) -> models.Variant:
    """1C's hose, in the shop with a retail and a dealer's price."""
    shop.send(
        {
            "import0_1.xml": cml(GROUPS, catalogue(product(inside=article("ШЛ-1")))),
            "offers0_1.xml": cml(
                offers(
                    offer(
                        price("retail", "1000"),
                        price("dealer", "800"),
                        inside="<Количество>50</Количество>",
                    ),
                    types=RETAIL + DEALER,
                )
            ),
        }
    )
    return models.Variant.objects.get()


@dataclass
class Firm:
    """A firm that 1C knows, and its buyer."""

    user: models.User
    company: Company
    entity: LegalEntity
    contract: Contract

    def order(self, quantities: dict[models.Variant, int] | None = None) -> WholesaleOrder:
        """Places an order on account."""
        shop = get_shop()
        chosen = quantities or {models.Variant.objects.get(): 2}
        checkout = shop.checkouts.set_quantities(
            self.user.pk,
            shop.catalogue.channels()[0],
            {variant.pk: quantity for variant, quantity in chosen.items()},
        )
        place(shop, self.user, checkout, self.entity.pk)
        return WholesaleOrder.objects.latest("placed_at")


@pytest.fixture
def new_firm(shop) -> Callable[..., Firm]:
    """More firms; with `ident`, 1C sends their card itself."""

    def make(email: str, inn: str, kpp: str = "", *, name: str, ident: str = "") -> Firm:
        if ident:
            names = "<ОфициальноеНаименование>ООО «Ромашка»</ОфициальноеНаименование>"
            inside = f"{names}<ИНН>{inn}</ИНН><КПП>{kpp}</КПП>"
            card = counterparties(counterparty(ident, name, inside))
            shop.send({f"contragents___{ident}.xml": card})
            entity = LegalEntity.objects.get(inn=inn, kpp=kpp)
        else:
            entity = LegalEntity.objects.create(name=name, inn=inn, kpp=kpp)
        company = Company.objects.create(name=name, is_active=True)
        entity.company = company
        entity.save()
        user = models.User.objects.create_user(email, "x")
        Buyer.objects.create(user=user, company=company, role=Buyer.Role.OWNER)
        contract = Contract.objects.create(legal_entity=entity, number="17", payment_days=14)
        set_contract_lists(contract, [PriceList.objects.get(name="Дилерская")])
        return Firm(user, company, entity, contract)

    return make


@pytest.fixture
def firm(hose, new_firm) -> Firm:
    return new_firm(
        "olga@example.org", "7707083893", "773601001", name="Ромашка ООО", ident=ROMASHKA
    )


@pytest.fixture
def admin_browser(db) -> Browser:
    """A manager's browser at the desk."""
    models.User.objects.create_user("manager@example.org", "очень длинный", is_staff=True)
    browser = Browser(headers={"Accept-Language": "ru"})
    browser.post("/sign-in/", {"email": "manager@example.org", "password": "очень длинный"})
    return browser
