"""`python -m onec_bridge doctor`: which configuration it is, and what is set wrong in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onec_bridge.__main__ import main

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the samples aren't here")

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07" '
    'ДатаФормирования="2026-11-24T10:00:00">'
)
TAIL = "</КоммерческаяИнформация>"
TYPES = (
    "<ТипыЦен><ТипЦены><Ид>d</Ид><Наименование>Дилерская</Наименование><Валюта>RUB</Валюта>"
    "</ТипЦены><ТипЦены><Ид>r</Ид><Наименование>Розничная</Наименование><Валюта>RUB</Валюта>"
    "</ТипЦены></ТипыЦен>"
)


def good(ident="1", inside="<Артикул>А-1</Артикул><Группы><Ид>g</Ид></Группы>"):
    return f"<Товар><Ид>{ident}</Ид><Наименование>Лейка</Наименование>{inside}</Товар>"


def catalogue(*goods, only_changes="true"):
    return (
        f'<Каталог СодержитТолькоИзменения="{only_changes}"><Ид>c</Ид><Товары>{"".join(goods)}'
        "</Товары></Каталог>"
    )


def offer(ident="1", price_type="d", amount="100", stock="<Количество>5</Количество>"):
    price = (
        f"<Цены><Цена><ИдТипаЦены>{price_type}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>"
        "</Цена></Цены>"
        if price_type
        else ""
    )
    return f"<Предложение><Ид>{ident}</Ид>{price}{stock}</Предложение>"


def package(*offers, types=TYPES):
    return (
        '<ПакетПредложений СодержитТолькоИзменения="true">'
        f"{types}<Предложения>{''.join(offers)}</Предложения></ПакетПредложений>"
    )


@pytest.fixture
def doctor(tmp_path, capsys):
    """Look at files given by their names and insides; exit status and what was printed."""

    def look(*more, **files):
        for name, inside in files.items():
            path = tmp_path / f"{name}.xml"
            body = inside if isinstance(inside, bytes) else (HEAD + inside + TAIL).encode()
            path.write_bytes(body)
        return main(["doctor", str(tmp_path), *more]), capsys.readouterr().out

    return look


def codes(doctor, **files):
    _status, text = doctor("--json", **files)
    return [finding["code"] for finding in json.loads(text)["findings"]]


def test_what_is_set_right_is_said_to_be(doctor):
    status, text = doctor(import0_1=catalogue(good()), offers0_1=package(offer(), offer("2", "r")))

    assert status == 0
    assert "Конфигурация: УТ 11, КА 2 или ERP 2" in text
    assert "пространство имён commerceml_2" in text
    assert "Настроено верно: замечаний нет." in text


def test_a_price_type_without_a_price_names_the_setting_of_that_configuration(doctor):
    status, text = doctor(import0_1=catalogue(good()), offers0_1=package(offer()))

    assert status == 0
    assert "Вид цен «Розничная» описан, а цен по нему нет" in text
    assert "отметьте нужные виды цен" in text


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"import0_1": catalogue(good())}, "no_offers"),
        ({"offers0_1": package(offer(price_type=""))}, "no_prices"),
        ({"offers0_1": package(offer(amount="0"))}, "prices_zero"),
        ({"offers0_1": package(offer(stock=""))}, "no_stock"),
        ({"import0_1": catalogue(good(inside=""))}, "no_articles"),
        ({"import0_1": catalogue(good(inside=""))}, "no_groups"),
        (
            {
                "import0_1": catalogue(good(), only_changes="false"),
                "import0_2": catalogue(good("2"), only_changes="false"),
            },
            "full_in_portions",
        ),
        (
            {
                "contragents": "<Контрагенты><Контрагент><Ид>1</Ид><Наименование>Ромашка"
                "</Наименование></Контрагент></Контрагенты>"
            },
            "without_inn",
        ),
        (
            {
                "orders": "<Документ><Ид>1</Ид><Номер>1</Номер><Контрагенты><Контрагент>"
                "<Наименование>Ромашка</Наименование><ОфициальноеНаименование>ООО Ромашка"
                "</ОфициальноеНаименование></Контрагент></Контрагенты></Документ>"
            },
            "orders_without_inn",
        ),
        ({"import": HEAD.encode() + catalogue(good()).encode()}, "unreadable"),
        (
            {"import": (HEAD + catalogue(good()) + TAIL).encode("cp1251")},
            "encoding",
        ),
    ],
)
def test_each_wrong_setting_is_found(doctor, files, code):
    assert code in codes(doctor, **files)


def test_an_article_that_lies_elsewhere_is_pointed_at(doctor):
    inside = (
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Артикул поставщика</Наименование>"
        "<Значение>А-1</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
    )

    _status, text = doctor(import0_1=catalogue(good(inside=inside)))

    assert "может быть, он в «Артикул поставщика»" in text
    assert "Что откуда брать" in text


def test_what_stops_the_exchange_stands_first_and_ends_with_1(doctor):
    status, text = doctor(import0_1=catalogue(good(inside="")))

    assert status == 1
    assert text.index("ошибка: Товары выгружены") < text.index("предупреждение: У 1 из 1")


def test_a_file_that_only_brings_prices_isnt_blamed_for_having_no_goods(doctor):
    assert codes(doctor, prices=package(offer(), offer("2", "r"))) == []


def test_commerceml_1_is_told_from_its_attributes(doctor):
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация>'
        '<Каталог Идентификатор="c" Наименование="Товары">'
        '<Товар Идентификатор="1" Наименование="Лейка" Единица="шт"/></Каталог>'
        "</КоммерческаяИнформация>"
    )

    _status, printed = doctor(export=text.encode())

    assert "Конфигурация: 1С 7.7" in printed


def test_nothing_to_look_at_is_said_so(doctor, capsys):
    assert doctor()[0] == 2
    assert main(["doctor"]) == 2
    assert "--url" in capsys.readouterr().err


def test_it_speaks_english_with_1cs_own_words_for_its_settings(doctor):
    _status, text = doctor("--lang", "en", import0_1=catalogue(good()), offers0_1=package(offer()))

    assert "Price type “Розничная” is described" in text
    assert "in 1C: В узле" in text


@needs_samples
@pytest.mark.parametrize(
    ("folder", "family"),
    [
        ("wagood__commerceml", "bitrix"),
        ("gillbeits__commerceml", "bitrix"),
        ("AlexMobiCraft__FREESPORT-B2B", "bitrix"),
        ("RBDI__epc", "unf"),
        ("alex8bits__php-commerceml", "ut11"),
        ("oslrz__ndjs_site", "ut11"),
        ("lozovikov__local", "ut103"),
        ("irpsv__commerceml", "ut103"),
        ("mahov07a-spec__modx", "unf"),
        ("dobromyslov__commerceml-parser", "ut11"),
    ],
)
def test_real_exports_are_told_apart(folder, family, capsys):
    main(["doctor", "--json", str(SAMPLES / folder)])

    assert json.loads(capsys.readouterr().out)["configuration"] == family
