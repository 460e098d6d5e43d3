"""A cable by the metre, there and back: 1C's stock comes in, an order goes out, 1C's correction
comes back, and each says the same number of metres."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone

from b2b_overlay.ordering import cart as carts
from b2b_overlay.ordering import corrections, orders
from b2b_overlay.ordering.goods import goods
from b2b_overlay.ordering.models import OrderCorrection
from b2b_overlay.pricing.models import Price, VariantFacts
from b2b_overlay.shop import Refused
from b2b_overlay.terms.current import terms_for
from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.writer import write_orders
from onec_bridge.models import Link, MappingRule
from onec_bridge.sync import apply_file, confirm_given, orders_to_give

from .carts import make

CATALOGUE = """<Каталог><Ид>k</Ид><ИдКлассификатора>k</ИдКлассификатора>
<Наименование>К</Наименование>
<Товары><Товар><Ид>{id}</Ид><Артикул>{id}</Артикул><Наименование>Кабель</Наименование>
<БазоваяЕдиница Код="006">м</БазоваяЕдиница><ЗначенияРеквизитов><ЗначениеРеквизита>
<Наименование>Кратность отпуска</Наименование><Значение>{step}</Значение></ЗначениеРеквизита>
</ЗначенияРеквизитов></Товар></Товары></Каталог>"""

OFFERS = """<ПакетПредложений СодержитТолькоИзменения="true"><ТипыЦен><ТипЦены><Ид>w</Ид>
<Наименование>Опт</Наименование><Валюта>RUB</Валюта><Налог><Наименование>НДС</Наименование>
<УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены></ТипыЦен>
<Предложения><Предложение><Ид>{id}</Ид><Цены><Цена><ИдТипаЦены>w</ИдТипаЦены>
<ЦенаЗаЕдиницу>{price}</ЦенаЗаЕдиницу><Единица>м</Единица><Коэффициент>1</Коэффициент></Цена>
<Цена><ИдТипаЦены>w</ИдТипаЦены><ЦенаЗаЕдиницу>110</ЦенаЗаЕдиницу><Единица>м</Единица>
<Коэффициент>1</Коэффициент><МинКоличество>10</МинКоличество></Цена></Цены>
<Склад ИдСклада="main" КоличествоНаСкладе="{stock}"/></Предложение></Предложения>
</ПакетПредложений>"""

ORDER = """<Документ><Ид>{id}</Ид><Номер>{number}</Номер><Дата>2026-11-24</Дата>
<ХозОперация>Заказ товара</ХозОперация><Номер1С>УТ-1</Номер1С><Сумма>{total}</Сумма><Товары>
<Товар><Ид>cable</Ид><Наименование>Кабель</Наименование><Количество>{quantity}</Количество>
<ЦенаЗаЕдиницу>120.00</ЦенаЗаЕдиницу><Сумма>{total}</Сумма><Единица>м</Единица>
<Коэффициент>1</Коэффициент></Товар></Товары></Документ>"""


@pytest.fixture
def tell(onec):
    """1C sends a file of this; the problems found in it."""
    onec.publish_new, onec.retail_price_type = True, "w"
    onec.save()

    def told(inside: str):
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">'
            f"{inside}</КоммерческаяИнформация>"
        )
        content = BytesIO(text.encode())
        return apply_file(onec, read(content, "f.xml"), file_name="f.xml", sent_at=timezone.now())

    return told


@pytest.fixture
def cable(onec, tell, cast) -> int:
    """12.35 m of it lie in 1C, at 120.00 a metre and 110.00 from ten; a rule finds the step."""
    MappingRule.objects.create(
        connection=onec, target="step", place="requisite", name="Кратность отпуска"
    )
    tell(CATALOGUE.format(id="cable", step="0,1"))
    tell(OFFERS.format(id="cable", price="120.00", stock="12.35"))
    prices = Price.objects.filter(price_list__name="Опт")
    prices.update(price_list=cast.lists[cast.first.pk])
    return int(Link.objects.get(kind="offer", external_id="cable").local_id)


@pytest.fixture
def placed(cable, cast, stand):
    """The buyer has ordered two and a half metres."""
    cart = carts.put(stand.shop, cast.buyer, stand.channel, {cable: Decimal("2.5")})
    return orders.place(stand.shop, cast.buyer, cart, cast.first.pk)


def good(cast, stand, pk, quantity=1):
    terms = terms_for(cast.buyer, stand.channel)
    return goods(stand.shop, stand.channel, terms, {pk: quantity})[pk]


def test_stock_of_1c_is_so_many_whole_steps(cable, cast, stand):
    shown = good(cast, stand, cable)

    assert (shown.in_stock, shown.step, shown.facts.unit) == (
        Decimal("12.3"),
        Decimal("0.1"),
        "м",
    )
    assert shown.price.amount == Decimal("120.00")
    retail = good(cast, stand, cable).variant.retail
    assert retail.amount == Decimal("120.00")


def test_a_price_from_ten_metres_begins_at_ten_metres(cable, cast, stand):
    assert good(cast, stand, cable, Decimal("9.9")).price.amount == Decimal("120.00")
    assert good(cast, stand, cable, Decimal("10")).price.amount == Decimal("110.00")
    assert good(cast, stand, cable, Decimal("0.1")).price.amount == Decimal("120.00")


def test_an_order_goes_to_1c_in_metres(placed, onec):
    (document,) = orders_to_give(onec, "s", 100)
    root = ET.fromstring(b"".join(write_orders([document], generated_at=timezone.localtime())))
    (line,) = root.iter("Товар")
    told = [line.findtext(n) for n in ("Количество", "ЦенаЗаЕдиницу", "Сумма", "БазоваяЕдиница")]
    assert told == ["2.5", "120.00", "300.00", "м"]


def test_the_stock_of_an_order_comes_back_to_what_1c_says(placed, cable, onec, tell, cast, stand):
    assert good(cast, stand, cable).in_stock == Decimal("9.8")
    orders_to_give(onec, "s", 100)
    confirm_given(onec, "s")

    tell(OFFERS.format(id="cable", price="120.00", stock="9.85"))

    assert good(cast, stand, cable).in_stock == Decimal("9.8")


def test_a_correction_of_1c_comes_back_in_metres(placed, tell, cast, stand):
    number, total = placed.number, "324.00"
    tell(ORDER.format(id=placed.order_id, number=number, quantity="2.7", total=total))
    (row,) = OrderCorrection.objects.all()
    (change,) = corrections.changes(row)
    assert (change.ordered, change.told, change.unit) == (Decimal("2.5"), Decimal("2.7"), "м")

    corrections.take(stand.shop, cast.manager, row)

    (line,) = placed.lines.all()
    assert (line.quantity, line.unit_price, line.total) == (Decimal("2.7"), 120, 324)


def test_a_correction_finer_than_a_step_is_refused(placed, tell, cast, stand):
    tell(ORDER.format(id=placed.order_id, number=placed.number, quantity="2.75", total="330.00"))

    with pytest.raises(Refused, match=r"0[.,]1"):
        corrections.take(stand.shop, cast.manager, OrderCorrection.objects.get())

    assert placed.lines.get().quantity == Decimal("2.5")


def test_a_step_that_comes_after_the_good_was_sold_in_whole_metres_is_not_taken(
    onec, tell, cast, stand
):
    tell(CATALOGUE.format(id="rope", step="1"))
    tell(OFFERS.format(id="rope", price="120.00", stock="12.35"))
    rope = int(Link.objects.get(kind="offer", external_id="rope").local_id)
    stand.shop.checkouts.set_quantities(cast.customer.pk, stand.channel, {rope: 2})
    MappingRule.objects.create(
        connection=onec, target="step", place="requisite", name="Кратность отпуска"
    )

    done = tell(CATALOGUE.format(id="rope", step="0.1"))

    assert [problem.code for problem in done.problems] == ["step_of_sold"]
    facts = VariantFacts.objects.get(variant_id=rope)
    assert (facts.step, facts.piece) == (1, 1)
    assert stand.shop.catalogue.variants([rope], stand.channel)[rope].available == 12


def test_a_price_that_a_step_of_has_no_kopecks_is_named_in_the_journal(cable, tell, cast, stand):
    done = tell(OFFERS.format(id="cable", price="123.47", stock="12.35"))

    assert [problem.code for problem in done.problems] == ["price_off_step", "fractional_stock"]


def test_a_retail_order_goes_to_1c_in_metres_too(ask, cable, cast, deliver, onec, stand):
    onec.retail_orders, onec.retail_since = True, timezone.now()
    onec.save()
    cart = make(ask, cast.customer, {cable: 7})
    deliver(cast.customer, cart["id"])
    stand.sell(cart["id"])

    (document,) = orders_to_give(onec, "s", 100)

    line = document.lines[0]
    assert (line.quantity, line.price, line.total) == (Decimal("0.7"), 120, 84)
