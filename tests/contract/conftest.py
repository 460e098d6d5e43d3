"""One suite over every shop: the sandbox always, Saleor inside one (``make test-saleor``).

Which shop it is, the settings say (``B2B_SHOP``); the summary prints it. A
promise is kept by the shop's own API and by the port alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.company import admit
from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.conf import SALEOR_SHOP, conf
from b2b_overlay.ordering import orders
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import Price, PriceList
from b2b_overlay.shop import Shop, get_shop
from b2b_overlay.terms.contracts import save_contract
from b2b_overlay.terms.models import Organization
from onec_bridge.models import Connection, Link
from sandbox.data import SELLER

from .stand import SaleorStand, SandboxStand, Stand

ON_SALEOR = conf.shop == SALEOR_SHOP


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many promises went unchecked where there is no Saleor."""
    if ON_SALEOR:
        return
    here = Path(__file__).parent
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    promises = {r.nodeid for r in reports if here.name in Path(r.nodeid.split("::")[0]).parts}
    terminalreporter.write_line(
        f"{len(promises)} promises of tests/contract were checked on the sandbox only; "
        "`make test-saleor SALEOR=<checkout>` checks them on Saleor."
    )


if ON_SALEOR:

    @pytest.fixture(scope="session")
    def django_db_setup() -> None:
        """The run's own clone of a populated database; nothing to make."""

    @pytest.fixture(autouse=True)
    def _replica(request: pytest.FixtureRequest) -> Iterator[None]:
        """Saleor reads through a second connection, which wouldn't see what a test has not
        committed: here both are one, under two names. Saleor's tests' settings still refuse
        a read through the writer where a replica should have served it."""
        if "db" not in request.fixturenames:
            yield
            return
        request.getfixturevalue("db")
        connections["default"].ensure_connection()
        theirs = connections["replica"]
        both = copy(connections["default"])
        both.alias = "replica"
        connections["replica"] = both
        yield
        connections["replica"] = theirs

    @pytest.fixture(autouse=True)
    def _commit_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
        """Saleor calls its hooks on commit, which a test that is rolled back never reaches."""

        def now(func: Callable[[], object], using: object = None, robust: bool = False) -> None:
            func()

        monkeypatch.setattr(transaction, "on_commit", now)


@pytest.fixture
def shop() -> Shop:
    return get_shop()


@pytest.fixture
def stand(db: object, shop: Shop) -> Stand:
    return SaleorStand(shop) if ON_SALEOR else SandboxStand(shop)


@dataclass
class Cast:
    """The same people in every test."""

    manager: Any
    #: Owner of «Ромашка», which has two legal entities.
    buyer: Any
    #: Buys for the second of them only.
    colleague: Any
    #: Of another company.
    stranger: Any
    #: Nobody's buyer.
    customer: Any
    company: Company
    first: LegalEntity
    second: LegalEntity
    theirs: LegalEntity
    #: One list a legal entity: «первый», «второй», «чужой».
    lists: dict[int, PriceList]

    def price(
        self, entity: LegalEntity, variant_id: int, amount: str, *, pack: int = 1, at: int = 1
    ) -> Price:
        """1C has sent a price for this legal entity."""
        return Price.objects.create(
            price_list=self.lists[entity.pk],
            variant_id=variant_id,
            amount=Decimal(amount),
            coefficient=pack,
            unit="упак" if pack > 1 else "шт",
            min_quantity=at,
        )


@pytest.fixture
def cast(stand: Stand) -> Cast:
    shop = stand.shop
    manager = stand.user("desk@shop.example", staff=True)
    people = {
        name: stand.user(f"{name}@buyers.example") for name in ("anna", "boris", "clara", "dan")
    }
    lists: dict[int, PriceList] = {}

    def entity(name: str, inn: str, days: int) -> LegalEntity:
        row = LegalEntity.objects.create(name=name, inn=inn)
        lists[row.pk] = PriceList.objects.create(name=name)
        contract = save_contract(manager, row, number=f"Д-{row.pk}", payment_days=days)
        set_contract_lists(contract, [lists[row.pk]])
        return row

    first, second = (
        entity("ООО «Ромашка»", "7707083893", 14),
        entity("ИП Ромашкина", "500100732259", 0),
    )
    theirs = entity("ООО «Чужие»", "7736050003", 7)
    company = admit.create_company(manager, "Ромашка", [first.pk, second.pk])
    other = admit.create_company(manager, "Чужие", [theirs.pk])
    admit.add_buyer(manager, shop.people, company, people["anna"].email, role="owner")
    admit.add_buyer(
        manager, shop.people, company, people["boris"].email, legal_entity_ids=[second.pk]
    )
    admit.add_buyer(manager, shop.people, other, people["clara"].email, role="owner")
    for each in (company, other):
        switch(shop, manager, each, on=True)
    return Cast(
        manager,
        people["anna"],
        people["boris"],
        people["clara"],
        people["dan"],
        company,
        first,
        second,
        theirs,
        lists,
    )


@pytest.fixture
def hose(stand: Stand, cast: Cast) -> int:
    """A good at 100.00 for everybody; each of the three legal entities has its own price."""
    _product, variant_id = stand.good("Ш-1", "100.00")
    cast.price(cast.first, variant_id, "61.23")
    cast.price(cast.second, variant_id, "70.50")
    cast.price(cast.theirs, variant_id, "55.00")
    return variant_id


@pytest.fixture
def order(cast: Cast, hose: int, shop: Shop, stand: Stand) -> Callable[[int], WholesaleOrder]:
    """The buyer orders so many hoses."""

    def placed(quantity: int) -> WholesaleOrder:
        cart = shop.checkouts.set_quantities(cast.buyer.pk, stand.channel, {hose: quantity})
        return orders.place(shop, cast.buyer, cart, cast.first.pk)

    return placed


@pytest.fixture
def onec(hose: int, stand: Stand) -> Connection:
    """A 1C base that knows the hose and the warehouse."""
    base = Connection.objects.create(name="УТ 11", login="1c-here", password="!", channel="ru")

    def link(kind: str, external_id: str, local_id: object, **more: Any) -> None:
        Link.objects.create(
            connection=base, kind=kind, external_id=external_id, local_id=str(local_id), **more
        )

    product = stand.shop.catalogue.variants([hose], stand.channel)[hose].product_id
    told = {"told": {"name": "Шланг"}}
    link("warehouse", "main", stand.warehouse, data={"told": {"name": "Основной"}})
    link("product", "hose", product, data=told)
    link("offer", "hose", hose, parent_id="hose", data={**told, "product": str(product)})
    return base


@pytest.fixture
def a_fifth_off(stand: Stand, hose: int) -> None:
    """A retail promotion: 20 % off the hose."""
    stand.promote(stand.shop.catalogue.variants([hose], stand.channel)[hose].product_id, 20)


@pytest.fixture
def stacks(cast: Cast) -> PriceList:
    """The first legal entity's list lets the shop's promotions apply."""
    prices = cast.lists[cast.first.pk]
    prices.promotions_stack = True
    prices.save()
    return prices


@pytest.fixture
def seller(db: object) -> Organization:
    """Whom an invoice asks to pay."""
    return Organization.objects.create(**SELLER)


Ask = Callable[..., Any]


@pytest.fixture
def answers(stand: Stand, client: Client) -> Callable[..., Any]:
    """What the shop's own /graphql/ answers somebody, whole; ``headers`` besides his own."""

    def answered(
        query: str, by: Any, variables: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Any:
        signed_in = {"Authorization": f"Bearer {stand.token(by)}"} if by else {}
        response = client.post(
            "/graphql/",
            json.dumps({"query": query, "variables": variables}),
            content_type="application/json",
            headers={"Accept-Language": "ru", **signed_in, **headers},
        )
        return json.loads(response.content, parse_float=Decimal)

    return answered


@pytest.fixture
def ask(answers: Callable[..., Any]) -> Ask:
    """Ask the shop's own /graphql/ as somebody; the answer's ``data``."""

    def asked(query: str, by: Any = None, **variables: Any) -> Any:
        told = answers(query, by, variables, {})
        assert "errors" not in told, told["errors"]
        return told["data"]

    return asked


@pytest.fixture
def deliver(ask: Ask) -> Callable[[Any, str], None]:
    """Fill in what a storefront asks for before an order: addresses and the delivery."""

    def delivered(user: Any, cart: str) -> None:
        for name in ("Shipping", "Billing"):
            told = ask(ADDRESS % {"name": name, "arg": name.lower()}, user, id=cart, address=HOME)
            assert not told["payload"]["errors"], told
        offered = ask(METHODS, user, id=cart)["checkout"]["shippingMethods"]
        cheapest = min(offered, key=lambda method: Decimal(method["price"]["amount"]))
        told = ask(DELIVERY, user, id=cart, method=cheapest["id"])
        assert not told["payload"]["errors"], told

    return delivered


def variant_gid(variant_id: int) -> str:
    return str(to_global_id("ProductVariant", variant_id))


def entity_gid(entity: LegalEntity) -> str:
    return str(to_global_id("B2BLegalEntity", entity.pk))


HOME = {
    "firstName": "Анна",
    "lastName": "Лютикова",
    "streetAddress1": "Садовая ул, дом 14",
    "city": "Мытищи",
    "countryArea": "Московская область",
    "postalCode": "141006",
    "country": "RU",
}

CART = """
  id totalPrice { gross { amount } }
  lines { id quantity variant { id }
    unitPrice { gross { amount } } totalPrice { gross { amount } } }
"""

ADDRESS = """mutation($id: ID!, $address: AddressInput!) {
  payload: checkout%(name)sAddressUpdate(id: $id, %(arg)sAddress: $address) {
    errors { field message code } } }"""

METHODS = """query($id: ID!) { checkout(id: $id) { shippingMethods { id price { amount } } } }"""

DELIVERY = """mutation($id: ID!, $method: ID!) {
  payload: checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    errors { field message code } } }"""
