"""A value that can't be meant costs its own record at most: the file goes in, and nothing breaks.

Every element and attribute of a record is given every absurd value, each in a record of its own,
and all of them stand in one file before a sane one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from test_examples import EXAMPLES, TYPE, known_counterparties
from test_goods import GROUPS, TYPES, catalogue, codes, offer, offers, price, product, warehouses

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.pricing.models import Price
from b2b_overlay.terms.models import Contract, Settlement
from onec_bridge.models import Connection, Link
from sandbox import models

ABSURD = (
    *("", "0", "-1", "99999999999", "-99999999999", "9" * 30, "1" + "0" * 70, "0.0000000000001"),
    *("NaN", "Infinity", "1e400", "31.02.2026", "0001-01-01", "9999-12-31", "true", "٠"),
    *("я" * 3000, " ", "\\\\\t|'\"%s{0}"),
)

PRODUCT = """
<Товар><Ид>{ident}</Ид><Артикул>А{number}</Артикул><Код>К{number}</Код>
<Штрихкод>46000{number:08}</Штрихкод><Наименование>Шланг</Наименование>
<БазоваяЕдиница Код="006" НаименованиеПолное="Метр" МеждународноеСокращение="MTR">м</БазоваяЕдиница>
<Группы><Ид>g2</Ид></Группы><Описание>Зелёный</Описание><Вес>2.5</Вес>
<Изготовитель><Ид>m1</Ид><Наименование>Завод</Наименование></Изготовитель>
<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>20</Ставка></СтавкаНалога>
</СтавкиНалогов><ЗначенияСвойств><ЗначенияСвойства><Ид>s1</Ид><Значение>Красный</Значение>
</ЗначенияСвойства></ЗначенияСвойств><ЗначенияРеквизитов>
<ЗначениеРеквизита><Наименование>Кратность продажи</Наименование><Значение>0.5</Значение>
</ЗначениеРеквизита></ЗначенияРеквизитов></Товар>"""

OFFER = """
<Предложение><Ид>{ident}</Ид><Артикул>А{number}</Артикул><Штрихкод>46000{number:08}</Штрихкод>
<Наименование>Шланг</Наименование><БазоваяЕдиница Код="796">шт</БазоваяЕдиница>
<ХарактеристикиТовара><ХарактеристикаТовара><Ид>c</Ид><Наименование>Цвет</Наименование>
<Значение>Красный</Значение></ХарактеристикаТовара></ХарактеристикиТовара>
<Цены><Цена><Представление>100 руб. за уп</Представление><ИдТипаЦены>dealer</ИдТипаЦены>
<ЦенаЗаЕдиницу>100.00</ЦенаЗаЕдиницу><Валюта>руб</Валюта><Единица>уп</Единица>
<Коэффициент>10</Коэффициент><МинКоличество>5</МинКоличество></Цена>
<Цена><ИдТипаЦены>retail</ИдТипаЦены><ЦенаЗаЕдиницу>120.00</ЦенаЗаЕдиницу></Цена></Цены>
<Количество>100</Количество><Склад ИдСклада="w1" КоличествоНаСкладе="60"/>
<Склад ИдСклада="w2" КоличествоНаСкладе="40"/></Предложение>"""

COUNTERPARTY = """
<Контрагент><Ид>{ident}</Ид><Наименование>Ромашка</Наименование>
<ОфициальноеНаименование>ООО «Ромашка»</ОфициальноеНаименование><ИНН>7707083893</ИНН>
<КПП>773601001</КПП><ОГРН>1027700132195</ОГРН><ОКПО>00032537</ОКПО>
<РасчетныеСчета><РасчетныйСчет><НомерСчета>40702810738000099801</НомерСчета>
<Банк><БИК>044525225</БИК><СчетКорреспондентский>30101810400000000225</СчетКорреспондентский>
<Наименование>Сбербанк</Наименование></Банк></РасчетныйСчет></РасчетныеСчета>
<ЮридическийАдрес><Представление>Москва</Представление>
<АдресноеПоле><Тип>Почтовый индекс</Тип><Значение>101000</Значение></АдресноеПоле>
</ЮридическийАдрес><Контакты><Контакт><Тип>Почта</Тип><Значение>a@b.example</Значение></Контакт>
</Контакты></Контрагент>"""

#: What a classifier describes, and in which list.
REFERENCES = {
    "group": ("Группы", "<Группа><Ид>{ident}</Ид><Наименование>Шланги</Наименование></Группа>"),
    "unit": (
        "ЕдиницыИзмерения",
        "<ЕдиницаИзмерения><Ид>{ident}</Ид><Код>796</Код><НаименованиеПолное>Штука"
        "</НаименованиеПолное><НаименованиеКраткое>шт</НаименованиеКраткое></ЕдиницаИзмерения>",
    ),
    "property": (
        "Свойства",
        "<Свойство><Ид>{ident}</Ид><Наименование>Цвет</Наименование><ТипЗначений>Справочник"
        "</ТипЗначений><ВариантыЗначений><Справочник><ИдЗначения>z</ИдЗначения><Значение>Красный"
        "</Значение></Справочник></ВариантыЗначений></Свойство>",
    ),
    "price_type": (
        "ТипыЦен",
        "<ТипЦены><Ид>{ident}</Ид><Наименование>Оптовая {number}</Наименование><Валюта>руб</Валюта>"
        "<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены>",
    ),
    "warehouse": ("Склады", "<Склад><Ид>{ident}</Ид><Наименование>Склад</Наименование></Склад>"),
}


def spoilt(template: str) -> Iterator[str]:
    """Copies of the record, each with one absurd value, and an id of its own."""
    number = 0
    record = ElementTree.fromstring(template.format(ident="x", number=0))
    places = [
        (at, name)
        for at, element in enumerate(record.iter())
        for name in (*element.attrib, *([] if len(element) else [None]))
    ]
    for at, name in places:
        for value in ABSURD:
            number += 1
            one = ElementTree.fromstring(template.format(ident=f"bad-{number}", number=number))
            element = list(one.iter())[at]
            if name is None:
                element.text = value
            else:
                element.set(name, value)
            yield ElementTree.tostring(one, encoding="unicode")


@pytest.fixture
def shop(take, connection: Connection) -> None:
    connection.retail_price_type = "retail"
    connection.owns_retail_prices = connection.owns_stock = True
    connection.save()
    take(GROUPS + catalogue(product("p1")))
    take(offers(types=TYPES, warehouses=warehouses("w1", "w2")))


@pytest.mark.parametrize("template", [PRODUCT, PRODUCT.replace("<Артикул>А{number}</Артикул>", "")])
def test_of_a_product(take, shop, template):
    whole = list(spoilt(template))

    progress = take(catalogue(*whole, product("sane", "Лейка")))
    rows = [offer(ident=f"bad-{n}") for n in range(1, len(whole) + 1)]
    take(offers(*rows, offer(price("dealer", "70.00"), ident="sane"), types=""))

    assert sum(progress.counts["product"].values()) == len(whole) + 1
    assert Price.objects.get().amount == 70


def test_of_its_offer(take, shop):
    whole = list(spoilt(OFFER))
    take(catalogue(*(product(f"bad-{n}") for n in range(1, len(whole) + 1)), product("sane")))
    sane = offer(price("dealer", "70.00"), ident="sane")

    for full in (False, True):
        progress = take(offers(*whole, sane, types="", full=full))

        assert sum(progress.counts["offer"].values()) == len(whole) + 1
        local = Link.objects.get(kind="offer", external_id="sane").local_id
        assert Price.objects.get(variant_id=local).amount == 70
    assert {"stock_out_of_range", "price_out_of_range", "reference_too_long"} <= {*codes(progress)}
    assert max(models.Stock.objects.values_list("quantity", flat=True)) == 99_999_999


@pytest.mark.parametrize("kind", REFERENCES)
def test_of_what_goods_refer_to(take, connection, kind):
    block, template = REFERENCES[kind]
    whole = [*spoilt(template), template.format(ident="sane", number="№ 1")]

    progress = take(f"<Классификатор><{block}>{''.join(whole)}</{block}></Классификатор>")

    assert sum(progress.counts[kind].values()) >= len(whole)
    assert Link.objects.filter(kind=kind, external_id="sane").exists()


def test_of_a_counterparty(take, connection):
    whole = list(spoilt(COUNTERPARTY))

    sane = COUNTERPARTY.format(ident="sane", number=0).replace("7707083893", "7736050003")
    progress = take(f"<Контрагенты>{''.join(whole)}{sane}</Контрагенты>")

    assert sum(progress.counts["counterparty"].values()) == len(whole) + 1
    assert LegalEntity.objects.filter(inn="7736050003").exists()


def test_of_contracts_and_debts(take, connection):
    take(offers(types=TYPE))
    known_counterparties(connection)
    example = ElementTree.parse(EXAMPLES / "terms.xml").getroot()
    contract, debts = example.find(".//Договор"), example.find(".//РасчетыКонтрагента")
    documents = debts.find("Документы")
    documents.remove(documents[1])
    contracts = "".join(_spoilt(contract))

    sane = ElementTree.tostring(contract, encoding="unicode")
    said = {*codes(take(f"<Договоры>{contracts}{sane}</Договоры>"))}
    for each in _spoilt(debts):
        said |= {*codes(take(f"<Взаиморасчеты>{each}</Взаиморасчеты>"))}
    take(f"<Взаиморасчеты>{ElementTree.tostring(debts, encoding='unicode')}</Взаиморасчеты>")

    assert Contract.objects.filter(number="ОПТ-101").exists()
    assert {"debt_out_of_range", "bad_payment_days", "bad_terms"} <= said
    assert 80_000 in Settlement.objects.values_list("amount", flat=True)


def _spoilt(record: ElementTree.Element) -> Iterator[str]:
    """The same of an element of an example, whose ids stay."""
    leaves = [at for at, each in enumerate(record.iter()) if not len(each) and at > 1]
    for at in leaves:
        for number, value in enumerate(ABSURD):
            one = copy.deepcopy(record)
            if record.tag == "Договор":
                one.find("Ид").text = one.find("Номер").text = f"{at}-{number}"
            list(one.iter())[at].text = value
            yield ElementTree.tostring(one, encoding="unicode")
