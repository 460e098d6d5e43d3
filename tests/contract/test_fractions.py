"""Goods by the metre, the kilogram and the cubic metre: whatever the selling step, the price and
the quantity, catalogue, stock, cart, order, invoice and 1C say the same of them.

What is expected is reckoned here in whole kopecks, without the overlay's own arithmetic.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone
from graphql_relay import from_global_id
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from taking_back import taken_back

from b2b_overlay.ordering import cart as carts
from b2b_overlay.ordering.goods import goods
from b2b_overlay.ordering.invoice import invoice_of
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.pricing.pieces import piece_for, settle
from b2b_overlay.quantities import as_quantity
from b2b_overlay.shop import Refused, StockLevel
from b2b_overlay.terms.current import terms_for
from onec_bridge.commerceml.writer import write_orders
from onec_bridge.sync.orders_out import waiting_orders

from .carts import make, ordered
from .conftest import ON_SALEOR, variant_gid

CATALOGUE = """query($id: ID!) { productVariant(id: $id, channel: "ru") {
  pricing { price { gross { amount } } } } }"""

STEPS = [Decimal(each) for each in ("0.1", "0.5", "0.25", "0.05", "0.3", "1.5", "2.5", "0.125")]

#: A selling step, kopecks of a unit, the same from ten units on, how many steps are ordered.
trades = st.tuples(
    st.sampled_from(STEPS), st.integers(50, 99_999), st.integers(50, 99_999), st.integers(1, 60)
)


@pytest.fixture
def cable(stand, cast):
    """The variant of a good in metres, at 100.00 a metre; nobody has bought it yet."""
    return stand.good("К-1", "100.00", name="Кабель")[1]


@pytest.fixture
def in_steps(stand, cable):
    """Sell it by such a step from now on."""

    def sell(step: Decimal, pk: int = cable) -> None:
        settle(stand.shop.writer, {pk: piece_for(step)})
        said = {"step": step, "piece": piece_for(step), "unit": "м", "unit_code": "006"}
        VariantFacts.objects.update_or_create(variant_id=pk, defaults=said)

    return sell


@settings(
    max_examples=5 if ON_SALEOR else 10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@pytest.mark.usefixtures("seller")
@given(trade=trades)
def test_one_quantity_and_one_sum_everywhere(
    ask, cast, stand, onec, hose, in_steps, deliver, trade
):
    step, kopecks, from_ten, steps = trade
    quantity = step * steps
    costs = _sold_at(from_ten if quantity >= 10 else kopecks, step)
    assume(costs is not None and _sold_at(kopecks, step) is not None)
    with taken_back():
        in_steps(step, hose)
        _price(cast, hose, kopecks, 1)
        _price(cast, hose, from_ten, 10)
        stand.shop.writer.save_stock([StockLevel(hose, stand.warehouse, quantity + step / 2)])
        _same(ask, cast, stand, onec, hose, deliver, step, quantity, costs, _sold_at(kopecks, step))


def _said(refused: pytest.ExceptionInfo[Refused]) -> str:
    """In whichever language the shop speaks."""
    return str(refused.value).replace(",", ".")


def _sold_at(kopecks: int, step: Decimal) -> int | None:
    """Kopecks of a unit as the shop can charge them: a piece costs whole ones. None: too far off
    from what was agreed."""
    pieces = Fraction(step).denominator
    nearest = (kopecks + pieces // 2) // pieces
    exact = nearest * pieces
    return exact if exact and abs(exact - kopecks) * 100 <= kopecks else None


def _price(cast: Any, pk: int, kopecks: int, at: int) -> None:
    prices = cast.lists[cast.first.pk].prices
    prices.filter(variant_id=pk, min_quantity=at).delete()
    cast.price(cast.first, pk, str(Decimal(kopecks) / 100), at=at)


def _same(ask, cast, stand, onec, pk, deliver, step, quantity, costs, costs_one):
    price, total = Decimal(costs) / 100, Decimal(costs) * quantity / 100
    pieces = Fraction(step).denominator
    count = int(quantity * pieces)
    shown = ask(CATALOGUE, cast.buyer, id=variant_gid(pk))["productVariant"]["pricing"]
    assert Decimal(shown["price"]["gross"]["amount"]) * pieces * 100 == costs_one
    terms = terms_for(cast.buyer, stand.channel)
    good = goods(stand.shop, stand.channel, terms, {pk: quantity})[pk]
    assert (good.price.amount, good.step, good.in_stock) == (price, step, quantity)

    cart = make(ask, cast.buyer, {pk: count})
    (line,) = cart["lines"]
    assert line["quantity"] == count
    assert Decimal(line["totalPrice"]["gross"]["amount"]) == total
    (looked,) = carts.look(stand.shop, cast.buyer, stand.channel).lines
    assert looked.problems == ()
    told = looked.line.quantity, looked.line.unit_price.amount, looked.line.total.amount
    assert told == (quantity, price, total)

    placed = ordered(ask, deliver, cast.buyer, cart["id"])
    order = WholesaleOrder.objects.get(order_id=from_global_id(placed["id"])[1])
    kept = order.lines.get(variant_id=pk)
    assert (kept.quantity, kept.unit_price, kept.total) == (quantity, price, total)
    assert Decimal(placed["total"]["gross"]["amount"]) == order.total
    assert _in_xml(onec, order) == (quantity, price, total)
    (billed, *_delivery) = invoice_of(order).lines
    assert (billed.quantity, billed.price.amount, billed.total.amount) == (quantity, price, total)


def _in_xml(onec: Any, order: WholesaleOrder) -> tuple[Decimal, ...]:
    ((_export, (document,), problems),) = waiting_orders(onec)
    assert not problems
    text = b"".join(write_orders([document], generated_at=timezone.localtime()))
    (told,) = ET.fromstring(text).iter("Документ")
    (line,) = (x for x in told.iter("Товар") if x.findtext("Ид") == "hose")
    names = ("Количество", "ЦенаЗаЕдиницу", "Сумма")
    return tuple(Decimal(line.findtext(name, "")) for name in names)


def test_what_is_no_whole_step_is_refused_with_the_nearest_two(cast, stand, cable, in_steps):
    in_steps(Decimal("0.1"))
    cast.price(cast.first, cable, "120.00")

    with pytest.raises(Refused) as refused:
        carts.put(stand.shop, cast.buyer, stand.channel, {cable: Decimal("2.53")})

    assert "2.5" in _said(refused)
    assert "2.6" in _said(refused)
    assert stand.shop.checkouts.contents(cast.buyer.pk, stand.channel) == {}


def test_more_than_there_is_is_told_in_the_goods_own_unit(cast, stand, cable, in_steps):
    in_steps(Decimal("0.1"))
    cast.price(cast.first, cable, "120.00")
    level = StockLevel(cable, stand.warehouse, Decimal("12.35"))
    stand.shop.writer.save_stock([level])

    with pytest.raises(Refused) as refused:
        carts.put(stand.shop, cast.buyer, stand.channel, {cable: Decimal("12.4")})

    assert "12.3" in _said(refused)


def test_a_price_that_a_step_of_has_no_kopecks_is_rounded_once_and_the_same_everywhere(
    cast, stand, cable, in_steps
):
    in_steps(Decimal("0.1"))
    cast.price(cast.first, cable, "123.47")

    carts.put(stand.shop, cast.buyer, stand.channel, {cable: Decimal("2.5")})

    (row,) = carts.look(stand.shop, cast.buyer, stand.channel).lines
    assert row.good.price.amount == row.line.unit_price.amount == Decimal("123.50")
    assert row.line.total.amount == Decimal("308.75")
    assert row.problems == ()


def test_a_price_that_no_kopecks_come_near_is_on_request(cast, stand, cable, in_steps):
    in_steps(Decimal("0.01"))
    cast.price(cast.first, cable, "3.50")
    terms = terms_for(cast.buyer, stand.channel)

    good = goods(stand.shop, stand.channel, terms, {cable: 1})[cable]

    assert good.price is None
    assert good.answer.is_contract


def test_a_pack_of_what_is_sold_in_fractions_goes_in_whole_packs(cast, stand, cable, in_steps):
    in_steps(Decimal("0.5"))
    cast.price(cast.first, cable, "120.00", pack=25)
    terms = terms_for(cast.buyer, stand.channel)

    good = goods(stand.shop, stand.channel, terms, {cable: 25})[cable]

    assert good.step == 25
    assert good.pack_refusal(Decimal("12.5")) is not None
    assert good.pack_refusal(50) is None


def test_what_was_sold_by_the_piece_stays_so(ask, cast, stand, cable, in_steps):
    make(ask, cast.customer, {cable: 2})

    assert settle(stand.shop.writer, {cable: Decimal("0.1")}) == {cable: 1}

    found = stand.shop.catalogue.variants([cable], stand.channel)[cable]
    assert (found.available, found.retail.amount) == (1000, Decimal("100.00"))


def test_stock_and_retail_prices_follow_a_piece_that_changes(stand, cable, in_steps):
    in_steps(Decimal("0.1"))

    found = stand.shop.catalogue.variants([cable], stand.channel)[cable]
    assert (found.available, found.retail.amount) == (1000, Decimal(100))
    assert found.piece == Decimal("0.1")


def test_a_cart_at_retail_goes_by_pieces_too(cast, stand, cable, in_steps):
    in_steps(Decimal("0.1"))

    carts.put(stand.shop, cast.customer, stand.channel, {cable: Decimal("0.7")})

    (line,) = carts.look(stand.shop, cast.customer, stand.channel).checkout.lines
    assert (as_quantity(line.quantity), line.total.amount) == (Decimal("0.7"), Decimal("70.00"))


MEASURE = "b2bMeasure { unit unitCode piece step quantity price { amount currency } }"

IN_UNITS = f"""query($id: ID!, $cart: ID!) {{
  productVariant(id: $id, channel: "ru") {{ {MEASURE} }}
  checkout(id: $cart) {{ lines {{ quantity {MEASURE} }} }} }}"""

ORDERED = f"""mutation($id: ID!) {{ payload: checkoutComplete(id: $id) {{
  order {{ lines {{ quantity {MEASURE} }} }} errors {{ field message code }} }} }}"""


def test_a_storefront_is_told_the_unit_the_step_and_the_price_of_a_unit(
    ask, cast, cable, in_steps, deliver
):
    in_steps(Decimal("0.1"))
    cast.price(cast.first, cable, "120.00")
    cart = make(ask, cast.buyer, {cable: 25})["id"]

    told = ask(IN_UNITS, cast.buyer, id=variant_gid(cable), cart=cart)

    price = {"amount": 120, "currency": "RUB"}
    unit = {"unit": "м", "unitCode": "006", "piece": Decimal("0.1"), "step": Decimal("0.1")}
    of_line = {**unit, "quantity": Decimal("2.5"), "price": price}
    assert told["productVariant"]["b2bMeasure"] == {**unit, "quantity": None, "price": price}
    assert told["checkout"]["lines"] == [{"quantity": 25, "b2bMeasure": of_line}]
    deliver(cast.buyer, cart)
    done = ask(ORDERED, cast.buyer, id=cart)["payload"]
    assert done["order"]["lines"] == [{"quantity": 25, "b2bMeasure": of_line}]


def test_of_what_is_sold_by_the_piece_a_piece_is_the_unit(ask, cast, hose):
    cart = make(ask, None, {hose: 3})["id"]

    told = ask(IN_UNITS, None, id=variant_gid(hose), cart=cart)["checkout"]["lines"]

    ((line),) = told
    measure = line["b2bMeasure"]
    assert (measure["unit"], measure["piece"], measure["quantity"]) == ("шт", 1, 3)
    assert measure["price"]["amount"] == 100
