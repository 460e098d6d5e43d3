"""in_practice.md, 70–72: 1C 7.7 and other old or foreign bases."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from practice import catalogue, cml, document, found, offer, offers, price_type, product, text

from b2b_overlay.pricing.models import Price, PriceList, VariantFacts
from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import Document
from onec_bridge.models import Link
from onec_bridge.simulator import OLD, V77
from onec_bridge.sync.first import plainly
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


REAL = """<?xml version="1.0" encoding="windows-1251"?>
<КоммерческаяИнформация>
<Каталог Идентификатор="C" Наименование="Товары" Владелец="F" Единица="шт">
<Свойство Идентификатор="P7" Наименование="Тип цены"/>
<Свойство Идентификатор="P8" Наименование="Артикул"/>
<Товар Идентификатор="ID__84____20___" ИдентификаторВКаталоге="00000020" Наименование="Шланг"
 Единица="шт"><ЗначениеСвойства ИдентификаторСвойства="ПолноеНаименование" Значение="Шланг сад."/>
<ЗначениеСвойства ИдентификаторСвойства="P8" Значение="Ш-20"/></Товар>
</Каталог>
%s
</КоммерческаяИнформация>"""
PACKAGES = """<ПакетПредложений Идентификатор="O1" Каталог="C">
<ЗначениеСвойства ИдентификаторСвойства="P7" Значение="Розничная"/>
<Предложение ИдентификаторТовара="ID__84____20___" Цена="12.50" Валюта="руб." Количество="3"/>
</ПакетПредложений>
<ПакетПредложений Идентификатор="O2" Каталог="C">
<ЗначениеСвойства ИдентификаторСвойства="P7" Значение="Мелкий опт"/>
<Предложение ИдентификаторТовара="ID__84____20___" Цена="10" Валюта="руб." Количество="3"/>
</ПакетПредложений>"""
BY_CODE = """<ПакетПредложений Идентификатор="O1" Каталог="C">
<Предложение Цена="9" Валюта="руб." Количество="%s" Единица="шт">
<СсылкаНаТовар Каталог="C" ИдентификаторВКаталоге="%s"/>
<ЗначениеСвойства ИдентификаторСвойства="ПолноеНаименование" Значение="%s"/></Предложение>
</ПакетПредложений>"""


def seven(shop, packages):
    shop.send({"v77.xml": (REAL % packages).encode("windows-1251")}, V77)


def test_70_each_package_of_prices_is_of_the_type_that_its_property_names(shop):
    seven(shop, PACKAGES)

    amounts = {row.price_list.name: row.amount for row in Price.objects.all()}
    assert amounts == {"Розничная": Decimal("12.50"), "Мелкий опт": Decimal(10)}
    facts = VariantFacts.objects.get()
    assert facts.article == "Ш-20"


def test_70_a_good_named_by_its_code_is_the_one_of_the_catalogue(shop):
    seven(shop, PACKAGES)
    seven(shop, BY_CODE % (7, "00000020", "Шланг"))

    variant = models.Variant.objects.get()
    assert [stock.quantity for stock in variant.stocks.all()] == [7]


def test_70_goods_of_a_package_without_their_catalogue_are_goods(shop):
    for count in (4, 5):
        seven(shop, BY_CODE % (count, "00000099", "Лейка"))

    variant = models.Variant.objects.get()
    assert variant.product.name == "Лейка"
    assert [stock.quantity for stock in variant.stocks.all()] == [5]
    assert [(p.price_list.name, p.amount) for p in Price.objects.all()] == [("Цены 1С 7.7", 9)]


def test_70_a_line_of_a_document_names_its_good_by_the_code_or_by_the_id(shop):
    seven(shop, PACKAGES)
    rows = "".join(
        f'<ТоварнаяПозиция Товар="{name}" Количество="2" Цена="9" Сумма="18"/>'
        for name in ("00000020", "ID__84____20___")
    )
    text = f'<КоммерческаяИнформация><Документ ХозОперация="Sale">{rows}</Документ>'
    file = BytesIO(f"{text}</КоммерческаяИнформация>".encode())

    (told,) = [
        each
        for each in plainly(shop.connection, read(file, "orders.xml"))
        if isinstance(each, Document)
    ]

    assert {line.id for line in told.lines} == {"ID__84____20___"}
    assert told.operation == "Отпуск товара"


def test_70_a_later_files_goods_are_not_taken_for_77s_because_it_names_no_version(shop):
    """Ид «20» is the second good's, and the code of the first."""
    goods = product("10", inside="<Артикул>20</Артикул>") + product("20", "Лейка")
    rows = offer(ident="10") + offer(ident="20", name="Лейка")
    text = cml(catalogue(goods), offers(rows)).replace(' ВерсияСхемы="2.07"', "")

    shop.send({"import.xml": text}, OLD)

    told = {link.external_id: link.data["told"] for link in Link.objects.filter(kind="product")}
    assert "code" not in told["10"]
    assert sorted(told) == ["10", "20"]


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
