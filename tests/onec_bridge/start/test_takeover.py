"""The real exchange comes and takes over what spreadsheets began: nothing is doubled."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.pricing.models import Price, PriceList
from onec_bridge.sync import use_decisions
from onec_bridge.sync.models import Kind, Link, Match
from onec_bridge.sync.start.ids import is_made
from onec_bridge.sync.supervision import decide
from sandbox import models

from .test_start_sheets import LIST

pytestmark = pytest.mark.long

PRICES = [
    ["Код", "Артикул", "Наименование", "Розничная", "Опт", "Основной склад остаток"],
    ["00-001", "ШП-25", "Шланг поливочный 25 м", 1990, "1 500,50", 10],
    ["00-002", "ДТ-6", "Доска террасная", 450, 400, 60],
]


def product(guid, name, *, code="", article="", barcode=""):
    return (
        f"<Товар><Ид>{guid}</Ид><Наименование>{name}</Наименование>"
        f"<Артикул>{article}</Артикул>"
        + (f"<Штрихкод>{barcode}</Штрихкод>" if barcode else "")
        + (
            "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Код</Наименование>"
            f"<Значение>{code}</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
            if code
            else ""
        )
        + "</Товар>"
    )


def catalog(*products):
    return (
        "<Классификатор><Ид>k</Ид></Классификатор><Каталог><Ид>k</Ид><ИдКлассификатора>k"
        f"</ИдКлассификатора><Товары>{''.join(products)}</Товары></Каталог>"
    )


def package(*offers, types="", warehouses=""):
    return (
        "<ПакетПредложений СодержитТолькоИзменения='false'><Ид>k#</Ид><ИдКаталога>k</ИдКаталога>"
        f"<ТипыЦен>{types}</ТипыЦен><Склады>{warehouses}</Склады>"
        f"<Предложения>{''.join(offers)}</Предложения></ПакетПредложений>"
    )


def offer(guid, name="", *, price="", type_id="g-opt", characteristic=""):
    return (
        f"<Предложение><Ид>{guid}</Ид><Наименование>{name}</Наименование>"
        + (
            "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Цвет</Наименование>"
            f"<Значение>{characteristic}</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
            if characteristic
            else ""
        )
        + (
            f"<Цены><Цена><ИдТипаЦены>{type_id}</ИдТипаЦены><ЦенаЗаЕдиницу>{price}"
            "</ЦенаЗаЕдиницу></Цена></Цены>"
            if price
            else ""
        )
        + "</Предложение>"
    )


OPT = "<ТипЦены><Ид>g-opt</Ид><Наименование>Опт</Наименование><Валюта>руб</Валюта></ТипЦены>"


def everything():
    return (
        models.Product.objects.count(),
        models.Variant.objects.count(),
        models.Category.objects.count(),
        models.Warehouse.objects.count(),
        PriceList.objects.count(),
        LegalEntity.objects.count(),
    )


def ids(kind):
    links = Link.objects.filter(kind=kind).exclude(local_id="").exclude(external_id="")
    return set(links.values_list("external_id", flat=True))


@pytest.mark.parametrize("by", [{"code": "00-001"}, {"article": "шп-25"}])
def test_goods_are_taken_over_by_code_then_by_article(load, exchange, by):
    load(PRICES)
    before = everything()
    hose = models.Variant.objects.get(sku="ШП-25")

    exchange(catalog(product("g-1", "Шланг поливочный, 25 м", **by)))
    exchange(package(offer("g-1", price="1600"), types=OPT), "offers.xml")

    assert everything() == before
    assert "g-1" in ids(Kind.PRODUCT)
    assert "g-1" in ids(Kind.OFFER)
    hose.refresh_from_db()
    assert hose.external_reference == "g-1"
    assert hose.product.name == "Шланг поливочный, 25 м"
    price = Price.objects.get(price_list__name="Опт", variant_id=hose.pk)
    assert price.amount == 1600
    assert ids(Kind.PRICE_TYPE) == {"g-opt", "Цены:розничная"}


def test_warehouses_and_groups_are_taken_over_by_their_names(load, exchange):
    rows = [[*row, group] for row, group in zip(PRICES, ["Группа", "Полив", "Полив"], strict=True)]
    load(rows)
    before = everything()

    exchange(
        "<Классификатор><Ид>k</Ид><Группы><Группа><Ид>g-полив</Ид><Наименование>Полив"
        "</Наименование></Группа></Группы></Классификатор>"
    )
    exchange(
        package(
            warehouses="<Склад><Ид>g-w</Ид><Наименование>Основной склад</Наименование></Склад>"
        ),
        "offers.xml",
    )

    assert everything() == before
    assert ids(Kind.GROUP) == {"g-полив"}
    assert ids(Kind.WAREHOUSE) == {"g-w"}


def test_characteristics_become_those_of_1c(load, exchange):
    rows = [
        ["Код", "Наименование", "Характеристика", "Розничная"],
        ["1", "Шланг", "зелёный", 100],
        ["1", "Шланг", "красный", 200],
    ]
    load(rows)
    before = everything()

    exchange(catalog(product("g-1", "Шланг", code="1")))
    exchange(
        package(
            offer("g-1#a", "Шланг (Зеленый)", characteristic="Зеленый"),
            offer("g-1#b", "Шланг (Красный)", characteristic="Красный"),
        ),
        "offers.xml",
    )

    assert everything() == before
    assert ids(Kind.OFFER) == {"g-1#a", "g-1#b"}


def test_the_same_sheet_after_the_takeover_finds_the_same_goods(load, exchange):
    load(PRICES)
    exchange(catalog(product("g-1", "Шланг поливочный 25 м", code="00-001", article="ШП-25")))
    exchange(package(offer("g-1")), "offers.xml")
    before = everything()

    sheet = load(PRICES)

    assert sheet.counts == {"unchanged": 2}
    assert everything() == before


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(PRICES, id="another name"),
        pytest.param(
            [
                ["Код", "Артикул", "Наименование"],
                ["00-001", "ШП-25", "Шланг красный"],
                ["00-009", "ШП-25", "Шланг зелёный"],
            ],
            id="two candidates",
        ),
    ],
)
def test_what_is_doubtful_is_asked_and_nothing_is_made_meanwhile(load, exchange, manager, rows):
    load(rows)
    before = everything()

    exchange(catalog(product("g-1", "Кабель медный ВВГ", article="ШП-25")))
    exchange(package(offer("g-1", price="5"), types=OPT), "offers.xml")

    assert models.Variant.objects.count() == before[1]
    question = Match.objects.get(used_at=None)
    hose = models.Variant.objects.filter(sku__startswith="ШП-25").first()
    assert hose.pk in [each["variant_id"] for each in question.candidates]

    decide(question, hose.pk, manager)
    use_decisions(question.connection)

    assert models.Variant.objects.count() == before[1]
    assert Link.objects.get(kind=Kind.OFFER, external_id="g-1").local_id == str(hose.pk)
    assert not Link.objects.filter(kind=Kind.OFFER, local_id=str(hose.pk)).exclude(
        external_id="g-1"
    )


def test_a_barcode_supports_where_code_and_article_say_nothing(load, exchange):
    load([["Код", "Наименование", "Штрихкод"], ["1", "Шланг", "4600000000017"]])
    before = everything()

    exchange(catalog(product("g-1", "Рукав поливочный", barcode="4600000000017")))
    exchange(package(offer("g-1")), "offers.xml")

    assert everything() == before
    assert ids(Kind.OFFER) == {"g-1"}


def test_goods_that_no_sheet_brought_are_new(load, exchange):
    load(LIST)

    exchange(catalog(product("g-9", "Лейка", code="00-009", article="Л-9")))
    exchange(package(offer("g-9")), "offers.xml")

    assert models.Variant.objects.count() == 3


codes = st.integers(1, 8)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    of_sheet=st.sets(codes, min_size=1),
    of_1c=st.sets(codes, min_size=1),
    by_article=st.booleans(),
)
def test_whatever_overlaps_nothing_is_doubled(
    of_sheet, of_1c, by_article, load, exchange, connection
):
    Link.objects.all().delete()
    models.Stock.objects.all().delete()
    models.Variant.objects.all().delete()
    models.Product.objects.all().delete()
    names = dict(
        enumerate(["Шланг", "Доска", "Лейка", "Ванна", "Кабель", "Гвозди", "Краска", "Лопата"], 1)
    )
    load(
        [["Код", "Артикул", "Наименование"]]
        + [[f"00-{n}", f"ART/{n}", names[n]] for n in sorted(of_sheet)]
    )
    told = [
        product(f"g-{n}", names[n], article=f"art/{n}", code="" if by_article else f"00-{n}")
        for n in sorted(of_1c)
    ]

    for _repeat in range(2):
        exchange(catalog(*told))
        exchange(package(*(offer(f"g-{n}") for n in sorted(of_1c))), "offers.xml")

    assert models.Variant.objects.count() == len(of_sheet | of_1c)
    assert models.Product.objects.count() == len(of_sheet | of_1c)
    of_links = ids(Kind.OFFER)
    assert {f"g-{n}" for n in of_1c} <= of_links
    assert sum(map(is_made, of_links)) == len(of_sheet - of_1c)
