"""One property: whatever the terms of trade, a good costs the same in the catalogue, in the
cart, in the order, in the order's XML for 1C and in the invoice, and that is what a naive
resolver finds, which shares no code with the overlay's.

Random terms hold everything at once: explicit prices, lists from lists and from retail,
percentages of groups of goods, net lists, lists in euro at the rate of the day, windows,
columns by the cart's sum, minimum quantities, packs.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from graphql_relay import from_global_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from naive import cart_sum, naive, save_terms, worlds
from taking_back import taken_back

from b2b_overlay.company.models import Company, Group
from b2b_overlay.ordering.invoice import invoice_of
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import Price
from onec_bridge.commerceml.writer import write_orders
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.orders_out import waiting_orders

from .carts import COMPLETE, codes, make, ordered, payload
from .conftest import ON_SALEOR, variant_gid

pytestmark = pytest.mark.long

RETAIL = {1: Decimal("123.45"), 2: Decimal("999.99")}
#: Packs of one price; quantities are whole numbers of each of them.
PACKS = (1, 2, 3, 6)

CATALOGUE = """query($id: ID!) { productVariant(id: $id, channel: "ru") {
  pricing { price { gross { amount } } } } }"""

PRICES = """query($ids: [ID!]!, $quantity: Int!) {
  b2bPrices(variantIds: $ids, quantity: $quantity, channel: "ru") { price { amount } } }"""

#: Sums of Saleor's have twelve digits: prices up to 1,000.00 stay below it however they derive.
terms = st.tuples(
    worlds(most=10**5, goods=RETAIL),
    st.tuples(*[st.integers(1, 4).map(lambda n: n * 6)] * 2),
    st.lists(st.sampled_from(PACKS), min_size=12, max_size=12),
)


@pytest.fixture
def ids(stand):
    """The shop's variants, by the number of the good."""
    return {n: stand.good(f"Т-{n}", str(price))[1] for n, price in RETAIL.items()}


@pytest.fixture
def target(cast):
    """Whom a price list of each level is for: all of them are of the buyer's first entity."""
    holding = Company.objects.create(name="Холдинг", is_active=True)
    Company.objects.filter(pk=cast.company.pk).update(parent=holding)
    group = Group.objects.create(name="Дилеры")
    group.companies.add(cast.company)
    return {
        "individual": {"legal_entity": cast.first, "is_individual": True},
        "contract": {"contract": cast.first.contracts.get()},
        "legal_entity": {"legal_entity": cast.first},
        "company": {"company": cast.company},
        "parent": {"company": holding},
        "group": {"group": group},
        "default": {},
    }.__getitem__


@pytest.fixture
def onec(ids):
    """A 1C base that knows these goods."""
    connection = Connection.objects.create(name="1С", login="same-numbers")
    for good, pk in ids.items():
        Link.objects.create(
            connection=connection, kind=Kind.OFFER, external_id=f"offer-{good}", local_id=str(pk)
        )
    return connection


@settings(
    max_examples=6 if ON_SALEOR else 20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@pytest.mark.usefixtures("seller")
@given(terms=terms)
def test_one_number_everywhere(ask, cast, ids, target, onec, deliver, terms):
    with taken_back():
        _same_everywhere(ask, cast, ids, target, onec, deliver, *terms)


def _same_everywhere(ask, cast, ids, target, onec, deliver, world, wanted, packs):
    lists, agreed = world
    rows = save_terms(target, lists, agreed, at=timezone.now(), ids=ids)
    _pack(rows, packs)
    quantities = dict(zip(ids, wanted, strict=True))
    reached = cart_sum(lists, agreed, quantities, RETAIL)

    def expected(good: int, quantity: int) -> Decimal | None:
        return naive(lists, agreed, good, quantity, RETAIL[good], reached)

    cart = make(ask, cast.buyer, {ids[good]: n for good, n in quantities.items()})
    for good, pk in ids.items():
        assert _in_catalogue(ask, cast.buyer, pk) == expected(good, 1)
        assert _told(ask, cast.buyer, pk, quantities[good]) == expected(good, quantities[good])

    every = {good: expected(good, quantity) for good, quantity in quantities.items()}
    charged = {good: price for good, price in every.items() if price is not None}
    if charged != every:
        _refused(ask, deliver, cast, cart)
        if not charged:
            return
        # What is on request counts nothing in the cart's sum, so the columns stay without it.
        ids = {good: ids[good] for good in charged}
        quantities = {good: quantities[good] for good in charged}
        cart = make(ask, cast.buyer, {ids[good]: n for good, n in quantities.items()})
    assert _by_good(cart["lines"], ids) == charged
    told = ordered(ask, deliver, cast.buyer, cart["id"])
    order = WholesaleOrder.objects.get(order_id=from_global_id(told["id"])[1])
    assert [Decimal(x["unitPrice"]["gross"]["amount"]) for x in told["lines"]] == [
        charged[good] for good in quantities
    ]
    assert Decimal(told["total"]["gross"]["amount"]) == order.total
    _kept(order, ids, quantities, charged)
    _in_xml(onec, order, quantities, charged)
    _in_invoice(order, ids, quantities, charged)


def _pack(rows: list[Any], packs: list[int]) -> None:
    """Some prices are quoted for a pack; what one piece costs stays."""
    for price, pack in zip(Price.objects.filter(price_list__in=rows), packs, strict=False):
        Price.objects.filter(pk=price.pk).update(coefficient=pack, unit="упак")


def _by_good(lines: Any, ids: dict[int, int]) -> dict[int, Decimal]:
    goods = {variant_gid(pk): good for good, pk in ids.items()}
    return {
        goods[line["variant"]["id"]]: Decimal(line["unitPrice"]["gross"]["amount"])
        for line in lines
    }


def _refused(ask: Any, deliver: Any, cast: Any, cart: Any) -> None:
    """A cart with a good on request becomes no order."""
    deliver(cast.buyer, cart["id"])
    told = payload(ask, COMPLETE, cast.buyer, id=cart["id"])
    assert codes(told) == {"UNAVAILABLE_VARIANT_IN_CHANNEL"}
    assert told["order"] is None
    assert not WholesaleOrder.objects.exists()


def _in_catalogue(ask: Any, by: Any, pk: int) -> Decimal | None:
    """None: on request."""
    told = ask(CATALOGUE, by, id=variant_gid(pk))["productVariant"]["pricing"]
    return Decimal(told["price"]["gross"]["amount"]) if told else None


def _told(ask: Any, by: Any, pk: int, quantity: int) -> Decimal | None:
    (told,) = ask(PRICES, by, ids=[variant_gid(pk)], quantity=quantity)["b2bPrices"]
    return Decimal(told["price"]["amount"]) if told["price"] else None


def _kept(
    order: WholesaleOrder, ids: dict[int, int], quantities: dict[int, int], charged: Any
) -> None:
    """As the overlay keeps it, and the buyer reads it."""
    lines = list(order.lines.all())
    goods = {pk: good for good, pk in ids.items()}
    sold = {goods[x.variant_id]: x for x in lines if x.variant_id}
    assert {good: x.unit_price for good, x in sold.items()} == charged
    for good, line in sold.items():
        assert line.total == charged[good] * quantities[good]
    assert sum(line.total for line in lines) == order.total


def _in_xml(
    onec: Connection, order: WholesaleOrder, quantities: dict[int, int], charged: Any
) -> None:
    """As 1C reads it, in packs."""
    ((_export, (document,), problems),) = waiting_orders(onec)
    assert not problems
    text = b"".join(write_orders([document], generated_at=timezone.localtime()))
    (told,) = ET.fromstring(text).iter("Документ")
    assert Decimal(told.findtext("Сумма", "")) == order.total
    for good, quantity in quantities.items():
        (line,) = (x for x in told.iter("Товар") if x.findtext("Ид") == f"offer-{good}")
        pack = Decimal(line.findtext("Коэффициент") or "1")
        price = Decimal(line.findtext("ЦенаЗаЕдиницу", ""))
        assert price == charged[good] * pack
        assert Decimal(line.findtext("Количество", "")) * pack == quantity
        assert Decimal(line.findtext("Сумма", "")) == charged[good] * quantity


def _in_invoice(
    order: WholesaleOrder, ids: dict[int, int], quantities: dict[int, int], charged: Any
) -> None:
    """As the buyer pays it, in packs."""
    invoice = invoice_of(order)
    assert invoice.total.amount == order.total
    told = {line.position: line for line in invoice.lines}
    for good, pk in ids.items():
        kept = order.lines.get(variant_id=pk)
        line = told[kept.position]
        assert line.price.amount == charged[good] * kept.coefficient
        assert line.quantity * kept.coefficient == quantities[good]
        assert line.total.amount == charged[good] * quantities[good]
