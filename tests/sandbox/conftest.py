"""The demo's retail shop, two of its customers, and Anna's company with prices of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.test import Client

from b2b_overlay.company import admit
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import Price, PriceList
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.contracts import save_contract
from sandbox import models, prepare
from sandbox.graphql import tokens


@pytest.fixture
def retail(db):
    """The shop before anybody thought of wholesale."""
    prepare.retail_shop()


@dataclass
class Wholesale:
    """Anna buys for «Ромашка» at 1.23 whatever the list holds; Igor is nobody's buyer."""

    anna: models.User
    igor: models.User
    manager: models.User
    entity: LegalEntity
    prices: PriceList

    def price(self, variant: models.Variant, amount: str, pack: int = 1) -> None:
        Price.objects.create(
            price_list=self.prices,
            variant_id=variant.pk,
            amount=Decimal(amount),
            coefficient=pack,
            unit="упак" if pack > 1 else "шт",
        )


@pytest.fixture
def wholesale(retail) -> Wholesale:
    users = models.User.objects
    manager = users.get(email=prepare.MANAGER.email)
    anna, igor = (users.get(email=each.email) for each in prepare.BUYERS)
    entity = LegalEntity.objects.create(name="Ромашка ООО", inn="5029980016", kpp="502901001")
    company = admit.create_company(manager, "Ромашка", [entity.pk])
    contract = save_contract(manager, entity, number="ОПТ-1", payment_days=14)
    prices = PriceList.objects.create(name="Крупный опт")
    set_contract_lists(contract, [prices])
    admit.add_buyer(manager, get_shop().people, company, anna.email, role="owner")
    switch(get_shop(), manager, company, on=True)
    return Wholesale(anna, igor, manager, entity, prices)


@pytest.fixture
def ask(client: Client):
    """Ask /graphql/ as somebody; answers the whole JSON."""

    def asked(query: str, by: models.User | None = None, **variables):
        headers = {"Authorization": f"Bearer {tokens.create(by)}"} if by else {}
        response = client.post(
            "/graphql/",
            json.dumps({"query": query, "variables": variables}),
            content_type="application/json",
            headers={**headers, "Accept-Language": "en"},
        )
        return json.loads(response.content, parse_float=Decimal)

    return asked


@pytest.fixture
def hose(retail) -> models.Variant:
    """A thing with 40 pieces in stock and no promotion on it."""
    return models.Variant.objects.get(sku="HOSE-0125")


@pytest.fixture
def shovel(retail) -> models.Variant:
    """A thing that a retail promotion holds for."""
    return models.Variant.objects.get(sku="LOPATA-2")
