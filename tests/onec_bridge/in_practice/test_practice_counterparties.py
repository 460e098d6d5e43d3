"""in_practice.md, 62–69: whom 1C takes our buyers for."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from practice import (
    cml,
    counterparties,
    counterparty,
    document,
    found,
    offer,
    offers,
    price,
    requisites,
    text,
)

from b2b_overlay.company.models import Company, LegalEntity
from onec_bridge.models import Link
from sandbox import models

pytestmark = pytest.mark.long

GUID = "0b0b0b0b-0000-4000-8000-0000000000{:02}"


def buyers(root: ElementTree.Element) -> list[ElementTree.Element]:
    """Who ordered: the first counterparty of each order, which is the one УТ 11 reads."""
    return [each.find("Контрагенты/Контрагент") for each in found(root, "Документ")]


def tell(buyer: ElementTree.Element, *names: str) -> tuple[str, ...]:
    return tuple(text(buyer, name) for name in names)


def card(ident: str, name: str, **elements: str) -> str:
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in elements.items())
    return counterparty(ident, name, inside)


def test_62_every_buyer_has_an_id_and_a_name_of_his_own(shop, firm, new_firm):
    other = new_firm("ivan@example.org", "7728168971", "770801001", name="Новые ООО")
    firm.order()
    other.order()

    who = buyers(shop.orders())
    assert len({text(each, "Ид") for each in who}) == 2
    assert {text(each, "Наименование") for each in who} == {"Ромашка ООО", "Новые ООО"}


def test_63_a_firm_goes_by_the_very_words_that_1c_gave(shop, firm):
    LegalEntity.objects.update(name="Ромашка (переименована на сайте)")
    firm.order()

    (who,) = buyers(shop.orders())
    assert tell(who, "Наименование", "ИНН", "КПП") == ("Ромашка ООО", "7707083893", "773601001")


def test_63_1cs_own_id_is_remembered_from_the_first_order_that_comes_back(shop, hose, new_firm):
    other = new_firm("ivan@example.org", "7728168971", "770801001", name="Новые ООО")
    order = other.order()
    inside = (
        f"<Контрагенты>{card(GUID.format(7), 'Новые', ИНН='7728168971', КПП='770801001')}"
        "</Контрагенты>"
    )
    shop.send({"orders-1_1.xml": cml(document(order.number, inside=inside))})

    assert Link.objects.get(kind="counterparty").external_id == GUID.format(7)
    other.order()
    assert text(buyers(shop.orders())[-1], "Ид") == GUID.format(7)


def test_64_an_inn_that_cannot_be_is_marked_and_matches_nobody(shop, hose):
    wrong = card(GUID.format(1), "Опечатка ООО", ИНН="7707083894", КПП="773601001")
    short = card(GUID.format(2), "Короткий", ИНН="77070838")
    foreign = counterparty(
        GUID.format(3),
        "Алматы ТОО",
        "<ИНН/><ЗначенияРеквизитов>"
        + "".join(
            f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение>"
            "</ЗначениеРеквизита>"
            for name, value in (("СтранаРегистрации", "КАЗАХСТАН"), ("НалоговыйНомер", "123"))
        )
        + "</ЗначенияРеквизитов>",
    )
    shop.send({"contragents___1.xml": counterparties(wrong, short, foreign)})

    assert LegalEntity.objects.count() == 3, "nothing is thrown away, nobody is taken for another"
    assert shop.codes().count("bad_requisite") + shop.codes().count("bad_inn_length") >= 2
    assert LegalEntity.objects.get(name="Алматы ТОО").kind == LegalEntity.Kind.FOREIGN


def test_65_branches_of_one_inn_stay_apart_and_the_right_one_goes(shop, firm, new_firm):
    branch = new_firm(
        "branch@example.org",
        "7707083893",
        "770801001",
        name="Ромашка, филиал",
        ident=GUID.format(5),
    )
    assert branch.entity.pk != firm.entity.pk
    branch.order()

    (who,) = buyers(shop.orders())
    assert tell(who, "Ид", "КПП") == (GUID.format(5), "770801001")


def test_66_a_sole_trader_is_never_a_legal_entity(shop, hose, new_firm):
    trader = new_firm("ip@example.org", "500100732259", name="ИП Лютикова")
    LegalEntity.objects.filter(pk=trader.entity.pk).update(
        kind=LegalEntity.Kind.ENTREPRENEUR, full_name="Лютикова Ольга Петровна"
    )
    trader.order()

    (who,) = buyers(shop.orders())
    assert who.find("ОфициальноеНаименование") is None
    assert tell(who, "ПолноеНаименование", "ИНН") == ("Лютикова Ольга Петровна", "500100732259")
    assert who.find("КПП") is None


def test_67_one_partner_may_have_many_counterparties_and_1c_moves_none(shop, firm):
    second = card(GUID.format(6), "Ромашка Плюс", ИНН="7728168971", КПП="770801001")
    shop.send({"contragents___2.xml": counterparties(second)})
    plus = LegalEntity.objects.get(inn="7728168971")
    assert plus.company is None, "whose it is, the manager says"

    plus.company = firm.company
    plus.save()
    shop.send({"contragents___2.xml": counterparties(second.replace("Плюс", "Плюс-2"))})
    assert set(firm.company.legal_entities.all()) == {firm.entity, plus}
    assert Company.objects.count() == 1


def test_68_terms_travel_as_requisites_by_name(shop, firm):
    firm.entity.address = "Мытищи"
    firm.entity.save()
    firm.order()

    (order,) = found(shop.orders(), "Документ")
    told = requisites(order)
    assert told["Соглашение"] == "17"
    assert told["Отсрочка"] == "14"
    assert told["Адрес доставки"] == "Мытищи"
    assert told["Метод оплаты"] == "Отсрочка платежа"
    for invented in ("Организация", "Соглашение", "Договор"):
        assert order.find(invented) is None, "1C reads no element it doesn't know"


def test_68_so_does_who_gets_the_goods_where_that_is_another(shop, firm):
    order = firm.order()
    order.consignee = LegalEntity.objects.create(
        name="ООО «Склад»", inn="7736050003", kpp="773601001", address="Химки"
    )
    order.save()

    told = requisites(*found(shop.orders(), "Документ"))

    assert (told["Грузополучатель"], told["Адрес доставки"]) == ("ООО «Склад»", "Химки")
    assert (told["ИНН грузополучателя"], told["КПП грузополучателя"]) == ("7736050003", "773601001")


def test_69_the_price_of_an_order_is_frozen_when_it_is_placed(shop, firm):
    order = firm.order()
    shop.send({"offers0_1.xml": cml(offers(offer(price("dealer", "950"))))})

    (line,) = found(shop.orders(), "Товар")
    assert text(line, "ЦенаЗаЕдиницу") == "800.00"
    shop.send({"orders-1_1.xml": cml(document(order.number, inside="<Сумма>1900.00</Сумма>"))})
    order.refresh_from_db()
    assert (order.total, order.onec_total) == (Decimal(1600), Decimal(1900))


def test_69_the_time_of_the_last_prices_is_shown(shop, firm, admin_browser):
    page = admin_browser.get("/desk/loads/")

    assert page.status_code == 200
    assert "offers0_1.xml" in page.content.decode()


@pytest.mark.parametrize("spelling", ["ТелефонРабочий", "Телефон рабочий", "Телефон"])
def test_64_phones_of_every_spelling_are_read(shop, hose, spelling):
    row = (
        f"<Контакты><Контакт><Тип>{spelling}</Тип><Значение>+7 495 000-00-00</Значение></Контакт>"
        "<Контакт><Тип>Электронная почта</Тип><Значение>a@b.example</Значение></Контакт></Контакты>"
    )
    shop.send({"contragents___3.xml": counterparties(counterparty(GUID.format(9), "Телефон", row))})

    entity = LegalEntity.objects.get()
    assert (entity.phone, entity.email) == ("+7 495 000-00-00", "a@b.example")
    assert models.Product.objects.count() == 1
