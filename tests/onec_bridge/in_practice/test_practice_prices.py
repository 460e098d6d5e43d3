"""in_practice.md, 34–43: prices and stock."""

from __future__ import annotations

from decimal import Decimal

import pytest
from practice import (
    DEALER,
    GROUPS,
    RETAIL,
    catalogue,
    cml,
    offer,
    offers,
    price,
    price_type,
    product,
    warehouses,
)

from b2b_overlay.pricing.models import Price, PriceList
from onec_bridge.models import Parked, ProblemRecord
from sandbox import models

D = Decimal


def dealers() -> list[Decimal]:
    """The dealer's prices, by minimum quantity."""
    rows = Price.objects.filter(price_list__name="Дилерская").order_by("min_quantity")
    return list(rows.values_list("amount", flat=True))


def in_stock() -> int:
    """Pieces of the one good, in all warehouses."""
    return sum(models.Stock.objects.values_list("quantity", flat=True))


def test_34_a_price_whose_type_is_unknown_waits_and_is_not_asked_for_again(shop, hose):
    vip = price_type("vip", "VIP")
    shop.send({"prices0_1.xml": cml(offers(offer(price("vip", "700"), name=""), types=""))})
    assert Parked.objects.filter(waits_for="vip").exists()
    assert "unknown_price_type" in shop.codes()

    shop.send({"offers0_9.xml": cml(offers(types=vip))})
    assert [p.amount for p in PriceList.objects.get(name="VIP").prices.all()] == [D(700)]


def test_34_price_types_become_price_lists_by_themselves(shop, hose):
    assert set(PriceList.objects.values_list("name", flat=True)) >= {"Дилерская"}
    assert dealers() == [D(800)]


def test_35_a_price_of_zero_is_never_free(shop, hose):
    shop.send({"offers0_1.xml": cml(offers(offer(price("dealer", "0"), price("retail", "0"))))})

    assert dealers() == []
    assert not models.Listing.objects.filter(price=0).exists()
    assert "zero_price" in shop.codes()


def test_36_a_price_that_1c_took_away_goes_with_a_full_package_and_not_with_changes(shop, hose):
    shop.send({"offers0_1.xml": cml(offers(offer(price("retail", "990"))))})
    assert dealers() == [D(800)]

    shop.send({"offers0_1.xml": cml(offers(offer(price("retail", "990")), full=True))})
    assert dealers() == []


def test_37_the_price_of_a_box_is_never_the_price_of_a_piece(shop, hose):
    boxed = price("dealer", "9000", "<Единица>упак</Единица><Коэффициент>12</Коэффициент>")
    shop.send({"offers0_1.xml": cml(offers(offer(boxed)))})

    row = Price.objects.get(price_list__name="Дилерская")
    assert (row.amount, row.unit, row.coefficient) == (D(750), "упак", 12)


@pytest.mark.parametrize(
    "written",
    ["1234,50", "1 234,50", "1\N{NO-BREAK SPACE}234,50", "1\N{NARROW NO-BREAK SPACE}234.5"],
)
def test_38_numbers_are_read_however_they_are_written(shop, hose, written):
    shop.send({"offers0_1.xml": cml(offers(offer(price("dealer", written))))})

    assert dealers() == [D("1234.50")]


def test_39_stock_is_the_sum_of_the_warehouses_and_silence_is_not_zero(shop, hose):
    rows = "".join(
        f'<Склад ИдСклада="{w}" КоличествоНаСкладе="{q}"/>' for w, q in (("w1", 3), ("w2", 4))
    )
    stocked = offer(inside=f"<Количество>99</Количество>{rows}")
    shop.send({"offers0_1.xml": cml(offers(stocked, warehouses=warehouses("w1", "w2")))})
    assert in_stock() == 7

    shop.send({"prices0_1.xml": cml(offers(offer(price("dealer", "790"), name="")))})
    assert in_stock() == 7

    thin = (
        "<Остатки><Остаток><Склад><Ид>w1</Ид><Количество>5</Количество></Склад></Остаток></Остатки>"
    )
    shop.send({"rests0_1.xml": cml(offers(offer(inside=thin, name=""), types=""))})
    assert in_stock() == 9


def test_39_stock_of_a_variant_is_the_variants_own(shop):
    rows = (
        offer(ident=f"p1#c{n}", name=f"Шланг {n}", inside=f"<Количество>{n}</Количество>")
        for n in (2, 5)
    )
    of_product = product(inside="<Количество>100</Количество>")
    shop.send({"import0_1.xml": cml(GROUPS, catalogue(of_product)), "o.xml": cml(offers(*rows))})

    found = models.Stock.objects.values_list("variant__external_reference", "quantity")
    assert dict(found) == {"p1#c2": 2, "p1#c5": 5}


def test_40_negative_stock_is_shown_as_none_and_the_number_kept(shop, hose):
    shop.send({"offers0_1.xml": cml(offers(offer(inside="<Количество>-9</Количество>")))})

    assert in_stock() == 0
    assert "negative_stock" in shop.codes()
    assert ProblemRecord.objects.get(code="negative_stock").value == "-9"


@pytest.mark.parametrize("written", ["руб", "RUB", "RUR", "643", "руб.", "р."])
def test_41_roubles_are_roubles_however_they_are_written(shop, hose, written):
    listed = price_type("vip", "VIP", written)
    row = price("vip", "700").replace("руб.", written)
    shop.send({"offers0_1.xml": cml(offers(offer(row), types=listed))})

    assert PriceList.objects.get(name="VIP").currency == "RUB"
    assert PriceList.objects.get(name="VIP").prices.get().amount == D(700)


def test_41_an_unknown_currency_leaves_the_old_price(shop, hose):
    row = price("dealer", "11").replace("руб.", "тугр")
    shop.send({"offers0_1.xml": cml(offers(offer(row)))})

    assert dealers() == [D(800)]
    assert "unknown_currency" in shop.codes()


def test_42_each_price_type_says_whether_vat_is_in_it(shop, hose):
    without = price_type("net", "Без НДС", vat="false")
    rate = (
        "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка>"
        "</СтавкаНалога></СтавкиНалогов>"
    )
    shop.send(
        {
            "import0_1.xml": cml(catalogue(product(inside=rate))),
            "offers0_1.xml": cml(
                offers(offer(price("net", "100"), price("dealer", "122")), types=DEALER + without)
            ),
        }
    )

    flags = dict(PriceList.objects.values_list("name", "vat_included"))
    assert (flags["Без НДС"], flags["Дилерская"]) == (False, True)


def test_43_an_offer_whose_good_has_not_come_waits_for_it(shop):
    run = shop.send(
        {
            "offers0_1.xml": cml(
                offers(
                    offer(
                        price("retail", "1000"),
                        price("dealer", "800"),
                        inside="<Количество>4</Количество>",
                    ),
                    types=RETAIL + DEALER,
                )
            )
        }
    )
    assert not models.Variant.objects.exists()
    assert Parked.objects.filter(waits_for="p1").exists()
    assert "p1" in run.steps[-1].answer.text(shop.base().dialect), "1C is told what waits"

    shop.send({"import0_1.xml": cml(GROUPS, catalogue(product()))})
    assert (dealers(), in_stock()) == ([D(800)], 4)
