# ruff: noqa: E501, DTZ001 - documents as they are written, in local time
"""What the reader makes of a document. The document stands in each test's docstring."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from cml_helpers import (
    Trickle,
    only,
    problems,
    read_bytes,
    read_doc,
    read_text,
    records,
    with_sources,
)

from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import (
    CatalogHeader,
    Counterparty,
    CounterpartyKind,
    Directory,
    DirectoryRow,
    Document,
    Group,
    Header,
    Offer,
    OfferPackageHeader,
    PriceType,
    Problem,
    Product,
    Property,
    Requisite,
    Severity,
    StockKind,
    StockRow,
    Warehouse,
)


def test_a_product_is_read_with_everything_1c_says_of_it() -> None:
    """УТ 10.3, 2.04.

    <КоммерческаяИнформация ВерсияСхемы="2.04" ДатаФормирования="2026-03-01T9:05:07">
      <Каталог СодержитТолькоИзменения="false">
        <Ид>CAT</Ид><ИдКлассификатора>CLS</ИдКлассификатора><Наименование>Товары</Наименование>
        <Товары>
          <Товар Статус="Удален">
            <Ид> BD72D910-55BC-11D9-848A-00112F43529A#3DF1947D-7886-11DF-B33A-0011955CBA6B </Ид>
            <Артикул> Ш-20 </Артикул>
            <Наименование>Шланг &quot;Дождь&quot;</Наименование>
            <БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт
              <Пересчет><Единица>упак</Единица><Коэффициент>12</Коэффициент></Пересчет>
            </БазоваяЕдиница>
            <Группы><Ид>G1</Ид><Ид>G2</Ид></Группы>
            <Картинка>import_files/01/a.jpg</Картинка><Картинка/>
            <Изготовитель><Ид>M</Ид><Наименование>ООО Завод</Наименование></Изготовитель>
            <СтавкиНалогов>
              <СтавкаНалога><Наименование>НДС</Наименование><Ставка>20/120</Ставка></СтавкаНалога>
            </СтавкиНалогов>
            <ЗначенияСвойств>
              <ЗначенияСвойства><Ид>P</Ид><Значение>a</Значение><Значение>b</Значение></ЗначенияСвойства>
            </ЗначенияСвойств>
            <ЗначенияРеквизитов>
              <ЗначениеРеквизита>
                <Наименование>Полное наименование</Наименование><Значение>Шланг полный</Значение>
              </ЗначениеРеквизита>
              <ЗначениеРеквизита><Наименование>Вес</Наименование><Значение>1,5</Значение></ЗначениеРеквизита>
            </ЗначенияРеквизитов>
            <НаценкаСайта>7</НаценкаСайта>
          </Товар>
        </Товары>
      </Каталог>
    </КоммерческаяИнформация>
    """
    items = read_doc(test_a_product_is_read_with_everything_1c_says_of_it)

    header, catalog, product = records(items)
    assert not problems(items)
    assert isinstance(header, Header)
    assert header.version == (2, 4)
    assert header.generated_at == dt.datetime(2026, 3, 1, 9, 5, 7)
    assert isinstance(catalog, CatalogHeader)
    assert (catalog.id, catalog.classifier_id, catalog.only_changes) == ("CAT", "CLS", False)
    assert isinstance(product, Product)
    assert product.product_id == "bd72d910-55bc-11d9-848a-00112f43529a"
    assert product.characteristic_id == "3df1947d-7886-11df-b33a-0011955cba6b"
    assert product.article == "Ш-20"
    assert product.name == 'Шланг "Дождь"'
    assert product.full_name == "Шланг полный"
    assert product.unit is not None
    assert (product.unit.code, product.unit.name) == ("796", "шт")
    assert product.unit.packings == (("упак", Decimal(12)),)
    assert product.group_ids == ("G1", "G2")
    assert product.images == ("import_files/01/a.jpg",)
    assert product.manufacturer_name == "ООО Завод"
    assert product.weight == Decimal("1.5")
    assert product.tax_rates[0].rate == Decimal(20)
    assert product.properties == (("P", ("a", "b")),)
    assert product.deleted
    assert product.only_changes is False
    assert product.barcode is None
    assert product.source.line == 5
    assert product.source.path == "КоммерческаяИнформация/Каталог/Товары/Товар"


def test_what_vendors_add_to_goods_is_kept_by_the_names_of_its_elements() -> None:
    """
    <Товары><Товар><Ид>P</Ид><Марка> Флора </Марка><Модель/><Длина>1.5</Длина></Товар></Товары>
    """
    items = read_doc(test_what_vendors_add_to_goods_is_kept_by_the_names_of_its_elements)

    assert only(items, Product).extras == (
        Requisite("Марка", ("Флора",)),
        Requisite("Длина", ("1.5",)),
    )


def test_absent_is_not_the_same_as_empty() -> None:
    """
    <Товары>
    <Товар><Ид>1</Ид><Артикул/><Описание></Описание></Товар>
    <Товар><Ид>2</Ид></Товар>
    </Товары>
    """
    empty, absent = [
        item for item in read_doc(test_absent_is_not_the_same_as_empty) if isinstance(item, Product)
    ]

    assert (empty.article, empty.description) == ("", "")
    assert (absent.article, absent.description) == (None, None)


def test_prices_keep_their_own_unit_and_coefficient() -> None:
    """
    <ПакетПредложений СодержитТолькоИзменения="true">
    <Предложения>
    <Предложение>
      <Ид>1</Ид>
      <Цены>
        <Цена>
          <ИдТипаЦены>D</ИдТипаЦены><ЦенаЗаЕдиницу>1 200,50</ЦенаЗаЕдиницу><Валюта>руб.</Валюта>
          <Единица>упак</Единица><Коэффициент>12</Коэффициент><МинКоличество>5</МинКоличество>
        </Цена>
        <Цена><ИдТипаЦены>R</ИдТипаЦены><ЦенаЗаЕдиницу>0</ЦенаЗаЕдиницу><Коэффициент>0</Коэффициент></Цена>
      </Цены>
      <Количество>-9</Количество>
    </Предложение>
    </Предложения>
    </ПакетПредложений>
    """
    items = read_doc(test_prices_keep_their_own_unit_and_coefficient)

    offer = only(items, Offer)
    pack, zero = offer.prices
    assert (pack.amount, pack.unit, pack.coefficient) == (Decimal("1200.50"), "упак", Decimal(12))
    assert pack.min_quantity == 5
    assert pack.currency == "руб."
    assert (zero.amount, zero.coefficient) == (Decimal(0), Decimal(1))
    assert (pack.source.line, zero.source.line) == (6, 10)
    assert offer.quantity == Decimal(-9)
    assert offer.has_prices_block
    assert offer.only_changes is True


@pytest.mark.parametrize(
    ("inner", "row"),
    [
        ('<Склад ИдСклада="W" КоличествоНаСкладе="3"/>', StockRow("W", Decimal(3))),
        (
            "<Склады><Склад><Ид>W</Ид><Количество>3</Количество></Склад></Склады>",
            StockRow("W", Decimal(3)),
        ),
        (
            "<Остатки><Остаток><Склад><Ид>W</Ид><Количество>3</Количество></Склад></Остаток></Остатки>",
            StockRow("W", Decimal(3), StockKind.REST),
        ),
        (
            "<Остатки><Остаток><Количество>3</Количество></Остаток></Остатки>",
            StockRow(None, Decimal(3), StockKind.REST),
        ),
        ("<Остатки><Остаток>3</Остаток></Остатки>", StockRow(None, Decimal(3), StockKind.REST)),
    ],
)
def test_stock_is_read_in_each_of_its_forms(inner: str, row: StockRow) -> None:
    items = read_text(f"<Предложения><Предложение><Ид>1</Ид>{inner}</Предложение></Предложения>")

    assert only(items, Offer).stock == (row,)
    assert only(items, Offer).quantity is None
    assert not problems(items)


def test_a_package_of_changes_names_the_variant_in_an_element_of_its_own() -> None:
    """
    <КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07">
    <ИзмененияПакетаПредложений><Ид>C#</Ид><ИдКаталога>C</ИдКаталога>
    <Предложения><Предложение>
    <Ид>P</Ид><ИдХарактеристики>V</ИдХарактеристики><Цены/>
    </Предложение></Предложения>
    </ИзмененияПакетаПредложений>
    </КоммерческаяИнформация>
    """
    items = read_doc(test_a_package_of_changes_names_the_variant_in_an_element_of_its_own)

    package, offer = only(items, OfferPackageHeader), only(items, Offer)
    assert package.is_changes_package
    assert package.only_changes is True
    assert (offer.id, offer.product_id, offer.characteristic_id) == ("P#V", "P", "V")
    assert offer.source.external_id == "P#V"
    assert offer.has_prices_block
    assert offer.prices == ()


def test_a_bad_value_costs_that_value_and_no_more() -> None:
    """
    <ПакетПредложений><Предложения>
    <Предложение><Ид>ONE</Ид>
    <Количество>много</Количество>
    <Цены>
    <Цена><ИдТипаЦены>D</ИдТипаЦены>
    <ЦенаЗаЕдиницу>12 34</ЦенаЗаЕдиницу></Цена>
    <Цена><ИдТипаЦены>R</ИдТипаЦены><ЦенаЗаЕдиницу>5</ЦенаЗаЕдиницу></Цена>
    </Цены>
    </Предложение>
    <Предложение><Ид>TWO</Ид><Количество>1</Количество></Предложение>
    </Предложения></ПакетПредложений>
    """
    items = read_doc(test_a_bad_value_costs_that_value_and_no_more)

    one, two = [item for item in items if isinstance(item, Offer)]
    found = problems(items)
    assert one.quantity is None
    assert [price.amount for price in one.prices] == [Decimal(5)]
    assert two.quantity == 1
    assert [(p.code, p.source.line, p.source.external_id, p.field, p.value) for p in found] == [
        ("bad_number", 3, "ONE", "Количество", "много"),
        ("bad_number", 6, "ONE", "Цены/Цена/ЦенаЗаЕдиницу", "12 34"),
    ]
    assert {p.severity for p in found} == {Severity.ERROR}
    assert "test.xml:3: " in str(found[0])
    assert items.index(one) < items.index(found[0]) < items.index(two)


def test_a_record_without_an_id_comes_with_a_problem() -> None:
    """
    <Предложения>
    <Предложение/>
    </Предложения>
    """
    items = read_doc(test_a_record_without_an_id_comes_with_a_problem)

    assert only(items, Offer).id == ""
    assert [(p.code, p.source.line) for p in problems(items)] == [("missing_id", 2)]


def test_groups_come_parents_first_and_know_their_parent() -> None:
    """
    <Классификатор><Ид>C</Ид><Группы>
    <Группа><Ид>A</Ид><Наименование>Сад</Наименование><Группы>
    <Группа><Группы><Группа><Ид>C</Ид></Группа></Группы><Ид>B</Ид></Группа>
    </Группы></Группа>
    <Группа><Ид>D</Ид><ПометкаУдаления>true</ПометкаУдаления></Группа>
    </Группы></Классификатор>
    """
    groups = [
        item
        for item in read_doc(test_groups_come_parents_first_and_know_their_parent)
        if isinstance(item, Group)
    ]

    assert [(group.id, group.parent_id, group.source.line) for group in groups] == [
        ("A", None, 2),
        ("B", "A", 3),
        ("C", "B", 3),
        ("D", None, 5),
    ]
    assert [group.id for group in groups if group.deleted] == ["D"]


def test_groups_nested_fifty_deep_are_read() -> None:
    deep = "<Группы><Группа><Ид>x</Ид>" * 50 + "</Группа></Группы>" * 50

    groups = [item for item in read_text(deep) if isinstance(item, Group)]

    assert len(groups) == 50


def test_a_classifier_tells_properties_price_types_and_warehouses() -> None:
    """
    <Классификатор><Ид>C</Ид>
    <Свойства><Свойство><Ид>P</Ид><Наименование>Цвет</Наименование><ТипЗначений>Справочник</ТипЗначений>
    <ВариантыЗначений><Справочник><ИдЗначения>R</ИдЗначения><Значение>Красный</Значение></Справочник>
    </ВариантыЗначений></Свойство></Свойства>
    <ТипыЦен><ТипЦены><Ид>D</Ид><Наименование>Дилерская</Наименование><Валюта>RUB</Валюта>
    <Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены></ТипыЦен>
    <Склады><Склад><Ид>W</Ид><Наименование>Основной</Наименование>
    <Адрес><Представление>Москва, 1</Представление></Адрес></Склад></Склады>
    </Классификатор>
    """
    items = read_doc(test_a_classifier_tells_properties_price_types_and_warehouses)

    price_type, warehouse = only(items, PriceType), only(items, Warehouse)
    assert only(items, Property).options == {"R": "Красный"}
    assert (price_type.name, price_type.vat_included, price_type.vat_name) == (
        "Дилерская",
        True,
        "НДС",
    )
    assert str(warehouse.address) == "Москва, 1"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("<ОфициальноеНаименование>ООО</ОфициальноеНаименование><ИНН>7707083893</ИНН>", "legal"),
        ("<ПолноеНаименование>ИП</ПолноеНаименование><ИНН>500100732259</ИНН>", "entrepreneur"),
        ("<ПолноеНаименование>Иван</ПолноеНаименование><ИНН/>", "person"),
        ("<ОфициальноеНаименование/><ПолноеНаименование>Иван</ПолноеНаименование>", "person"),
        ("", ""),
    ],
)
def test_who_a_counterparty_is_by_law_is_told_by_its_names(names: str, kind: str) -> None:
    items = read_text(f"<Контрагенты><Контрагент><Ид>1</Ид>{names}</Контрагент></Контрагенты>")

    assert only(items, Counterparty).kind is CounterpartyKind(kind)


def test_a_counterparty_is_read_with_accounts_and_contacts() -> None:
    """
    <Контрагенты СодержитТолькоИзменения="false"><Контрагент>
    <Ид>1</Ид><Наименование>Ромашка</Наименование><ОфициальноеНаименование>ООО Ромашка</ОфициальноеНаименование>
    <ИНН>7707083893 </ИНН><КПП>770701001</КПП><КодПоОКПО>03646010</КодПоОКПО>
    <АдресРегистрации><Представление>Москва</Представление>
    <АдресноеПоле><Тип>Город</Тип><Значение>Москва</Значение></АдресноеПоле></АдресРегистрации>
    <РасчетныеСчета><РасчетныйСчет><НомерСчета>40702810500060000000</НомерСчета>
    <Банк><БИК>044525225</БИК><СчетКорреспондентский>30101810400000000225</СчетКорреспондентский></Банк>
    </РасчетныйСчет></РасчетныеСчета>
    <Контакты><Контакт><Тип>Почта</Тип><Значение>a@example.test</Значение></Контакт></Контакты>
    </Контрагент></Контрагенты>
    """
    party = only(read_doc(test_a_counterparty_is_read_with_accounts_and_contacts), Counterparty)

    assert (party.inn, party.kpp, party.okpo) == ("7707083893", "770701001", "03646010")
    assert party.bank_accounts[0].bic == "044525225"
    assert party.bank_accounts[0].corr_account == "30101810400000000225"
    assert party.contacts == (("Почта", "a@example.test", None),)
    assert party.legal_address is not None
    assert party.legal_address.fields == (("Город", "Москва"),)


def test_a_document_comes_back_with_what_1c_made_of_it() -> None:
    """
    <КоммерческаяИнформация ВерсияСхемы="2.08"><Контейнер><Документ>
    <Ид>7</Ид><Номер>W-7</Номер><Дата>2026-03-01</Дата><Время>9:51:39</Время>
    <ХозОперация>Заказ товара</ХозОперация><Сумма>120.00</Сумма><СрокПлатежа>0001-01-01</СрокПлатежа>
    <Товары><Товар><Ид>P#V</Ид><Количество>12</Количество><ЦенаЗаЕдиницу>10</ЦенаЗаЕдиницу>
    <Единица>шт</Единица><Сумма>120.00</Сумма></Товар></Товары>
    <ЗначенияРеквизитов>
    <ЗначениеРеквизита><Наименование>Номер по 1С</Наименование><Значение>УТ-0001</Значение></ЗначениеРеквизита>
    <ЗначениеРеквизита><Наименование>Дата по 1С</Наименование><Значение>2026-03-02T9:51:39</Значение></ЗначениеРеквизита>
    <ЗначениеРеквизита><Наименование>ПометкаУдаления</Наименование><Значение>true</Значение></ЗначениеРеквизита>
    </ЗначенияРеквизитов>
    </Документ></Контейнер></КоммерческаяИнформация>
    """
    document = only(read_doc(test_a_document_comes_back_with_what_1c_made_of_it), Document)

    assert document.time == dt.time(9, 51, 39)
    assert document.payment_due is None
    assert document.number_1c == "УТ-0001"
    assert document.date_1c == dt.datetime(2026, 3, 2, 9, 51, 39)
    assert document.deleted
    (line,) = document.lines
    assert (line.product_id, line.characteristic_id, line.total) == ("P", "V", Decimal("120.00"))
    assert line.source.line == 4
    assert line.source.external_id == "P#V"


def test_commerceml_1_gives_the_same_records() -> None:
    """From 1C 7.7: attributes for elements, one flat list.

    <КоммерческаяИнформация>
    <Каталог Идентификатор="C" Наименование="Товары">
    <Группа Идентификатор="G" Наименование="Сад"/>
    <Группа Идентификатор="H" Наименование="Полив" Родитель="G"/>
    <Товар Идентификатор="T___" ИдентификаторВКаталоге="Ш-20" Наименование="Шланг" Родитель="H" Единица="шт"/>
    </Каталог>
    <ПакетПредложений Идентификатор="O">
    <Предложение ИдентификаторТовара="T___" Цена="12.50" Валюта="RUB" Количество="3"/>
    </ПакетПредложений>
    <Документ Номер="5" Дата="2004-02-03" ХозОперация="Order" Сумма="25">
    <ПредприятиеВДокументе Контрагент="K" Роль="Buyer"/>
    <ТоварнаяПозиция Товар="T___" Количество="2" Цена="12.50" Сумма="25"/>
    </Документ>
    </КоммерческаяИнформация>
    """
    items = read_doc(test_commerceml_1_gives_the_same_records)

    product, offer, document = only(items, Product), only(items, Offer), only(items, Document)
    assert not problems(items)
    assert [g.parent_id for g in items if isinstance(g, Group)] == [None, "G"]
    assert (product.id, product.article, product.name) == ("T___", "Ш-20", "Шланг")
    assert product.group_ids == ("H",)
    assert product.unit is not None
    assert product.unit.name == "шт"
    assert (offer.prices[0].amount, offer.quantity) == (Decimal("12.50"), 3)
    assert (document.number, document.total) == ("5", 25)
    assert document.counterparties[0].id == "K"
    assert document.lines[0].total == 25


def test_user_directories_are_read_as_tables() -> None:
    """
    <ПользовательскиеСправочники><Справочник><Ид>DEBT</Ид><Наименование>Долги</Наименование>
    <Реквизиты><Реквизит><Ид>S</Ид><Наименование>Сумма</Наименование></Реквизит></Реквизиты>
    <ЭлементыСправочника><ЭлементСправочника><Ид>1</Ид>
    <ЗначенияРеквизитов><ЗначениеРеквизита><Ид>S</Ид><Значение>100</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>
    </ЭлементСправочника></ЭлементыСправочника></Справочник></ПользовательскиеСправочники>
    """
    items = read_doc(test_user_directories_are_read_as_tables)

    row = only(items, DirectoryRow)
    assert only(items, Directory).fields[0].name == "Сумма"
    assert (row.directory_id, row.id, row.values) == ("DEBT", "1", (("S", ("100",)),))


def test_a_namespace_prefix_changes_nothing() -> None:
    """
    <c:КоммерческаяИнформация xmlns:c="urn:1C.ru:commerceml_3" ВерсияСхемы="3.1">
    <c:Каталог><c:Ид>C</c:Ид><c:Товары><c:Товар><c:Ид>1</c:Ид></c:Товар></c:Товары></c:Каталог>
    </c:КоммерческаяИнформация>
    """
    items = read_doc(test_a_namespace_prefix_changes_nothing)

    assert only(items, Header).namespace == "urn:1C.ru:commerceml_3"
    assert only(items, CatalogHeader).id == "C"
    assert only(items, Product).id == "1"


def test_what_looks_like_a_record_but_is_text_is_not_one() -> None:
    """
    <Товары>
    <!-- <Товар><Ид>comment</Ид></Товар> -->
    <Товар><Ид>1</Ид><Описание><![CDATA[<Товар><Ид>text</Ид></Товар>]]></Описание></Товар>
    <Товар><Ид>2</Ид>
    <!-- <Цена> --><Цены><Цена><ЦенаЗаЕдиницу>1</ЦенаЗаЕдиницу>
    </Цена></Цены></Товар>
    </Товары>
    """
    items = read_doc(test_what_looks_like_a_record_but_is_text_is_not_one)

    one, two = [item for item in items if isinstance(item, Product)]
    assert (one.id, two.id) == ("1", "2")
    assert one.description == "<Товар><Ид>text</Ид></Товар>"
    assert (two.source.line, two.prices[0].source.line) == (4, 5)


def test_records_may_stand_in_any_file_in_any_order() -> None:
    """3.1 sends the catalogue's header before the classifier; one file may hold all.

    <КоммерческаяИнформация ВерсияСхемы="3.1">
    <Документ><Ид>1</Ид></Документ>
    <Каталог СодержитТолькоИзменения="true"><Ид>C</Ид></Каталог>
    <ПакетПредложений><Ид>C#</Ид><Предложения><Предложение><Ид>1</Ид></Предложение></Предложения></ПакетПредложений>
    <Контрагенты><Контрагент><Ид>K</Ид></Контрагент></Контрагенты>
    <Каталог><Ид>D</Ид><Товары><Товар><Ид>2</Ид></Товар></Товары></Каталог>
    </КоммерческаяИнформация>
    """
    items = read_doc(test_records_may_stand_in_any_file_in_any_order)

    assert [type(item).__name__ for item in items] == [
        "Header",
        "Document",
        "CatalogHeader",
        "OfferPackageHeader",
        "Offer",
        "CounterpartyListHeader",
        "Counterparty",
        "CatalogHeader",
        "Product",
    ]


def test_a_mark_contradicting_the_declaration_is_believed() -> None:
    """A UTF-8 byte order mark is surer than `encoding="windows-1251"`."""
    text = '<?xml version="1.0" encoding="windows-1251"?><Товары><Товар><Ид>ж</Ид></Товар></Товары>'

    items = read_bytes(b"\xef\xbb\xbf" + text.encode())

    assert only(items, Product).id == "ж"
    assert only(items, Header).encoding == "utf-8"
    assert only(items, Header).declared_encoding == "windows-1251"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16", "koi8-r"])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_every_encoding_reads_alike_in_pieces_of_any_size(encoding: str, size: int) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<КоммерческаяИнформация>'
        "<Каталог><Товары>\r\n"
        + "".join(f"<Товар><Ид>{n}</Ид><Вес>x</Вес>\n</Товар>" for n in range(50))
        + "</Товары></Каталог></КоммерческаяИнформация>"
    )

    items = list(read(Trickle(text.encode(encoding), size), "f"))
    reference = list(read(Trickle(text.encode(encoding), size), "f", fast=False))

    assert with_sources(items) == with_sources(reference)
    assert [item.id for item in items if isinstance(item, Product)] == [str(n) for n in range(50)]
    assert [item.source.line for item in items if isinstance(item, Problem)] == list(range(3, 53))
