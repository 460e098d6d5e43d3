"""in_practice.md, 70–72: 1C 7.7 and other old or foreign bases."""

from __future__ import annotations

import pytest
from practice import catalogue, cml, document, found, offer, offers, price_type, product, text

from b2b_overlay.pricing.models import PriceList, VariantFacts
from onec_bridge.models import Link
from onec_bridge.simulator import OLD, V77
from sandbox import models

SEVEN = """<?xml version="1.0" encoding="windows-1251"?>
<КоммерческаяИнформация>
<Каталог Идентификатор="C" Наименование="Товары">
<Группа Идентификатор="G____" Наименование="Сад"/>
<Группа Идентификатор="H____" Наименование="Полив" Родитель="G____"/>
<Товар Идентификатор="T____" ИдентификаторВКаталоге="Ш-20" Наименование="Шланг" Родитель="H____"
 Единица="шт"/>
</Каталог>
<ПакетПредложений Идентификатор="O">
<Предложение ИдентификаторТовара="T____" Цена="12.50" Валюта="RUB" Количество="3"/>
</ПакетПредложений>
</КоммерческаяИнформация>"""


def test_70_commerceml_1_of_1c_77_gives_the_same_goods(shop):
    shop.send({"v77.xml": SEVEN.encode("windows-1251")}, V77)

    variant = models.Variant.objects.get()
    assert (variant.product.name, variant.product.category.name) == ("Шланг", "Полив")
    assert variant.product.category.parent.name == "Сад"
    assert [stock.quantity for stock in variant.stocks.all()] == [3]


def test_70_the_same_again_makes_nothing_twice(shop):
    for _ in range(2):
        shop.send({"v77.xml": SEVEN.encode("windows-1251")}, V77)

    assert models.Variant.objects.count() == models.Product.objects.count() == 1


def test_71_an_old_client_needs_no_import_for_orders_and_no_archive(shop, firm):
    shop.connection.encoding = "windows-1251"
    shop.connection.save()
    order = firm.order()

    run = shop.base(OLD).fetch_orders()
    assert not run.faults
    assert "Ромашка ООО" in run.orders[0].decode("windows-1251")

    sent = cml(document(order.number, ("Номер по 1С", "УТ-9"))).replace("UTF-8", "windows-1251")
    told = shop.send({"orders-1.xml": sent.encode("windows-1251")}, OLD)
    assert "import" not in {step.mode for step in told.steps}
    order.refresh_from_db()
    assert order.onec_number == "УТ-9"


@pytest.mark.parametrize(
    ("maker", "sort"), [("Производитель", "ВидНоменклатуры"), ("Виробник", "Вид номенклатури")]
)
def test_72_names_of_requisites_may_be_in_the_language_of_the_base(shop, maker, sort):
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in ((maker, "Садівник"), (sort, "Полив"))
    )
    inside = f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов>"
    shop.send(
        {
            "import0_1.xml": cml(catalogue(product(inside=inside, group=""))),
            "offers0_1.xml": cml(offers(offer(), types=price_type("opt", "Гуртова", "грн"))),
        }
    )

    facts = VariantFacts.objects.get(variant_id=models.Variant.objects.get().pk)
    assert facts.manufacturer == "Садівник"
    assert Link.objects.get(kind="product").data["told"]["sort"] == "Полив"
    assert PriceList.objects.get().currency == "UAH"


def test_72_orders_are_written_in_russian_whatever_the_language_of_the_answers(shop, firm):
    shop.connection.language = "en"
    shop.connection.save()
    firm.order()

    (order,) = found(shop.orders(), "Документ")
    assert text(order, "ХозОперация") == "Заказ товара"
