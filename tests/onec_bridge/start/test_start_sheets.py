"""Goods, prices and stock from spreadsheets that a manager saved out of 1C."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from b2b_overlay.pricing.models import Price, PriceList, VariantFacts
from onec_bridge.models import GoodsSheet
from onec_bridge.sync.models import Link
from sandbox import models

from .conftest import xlsx

LIST = [
    ["Номенклатура на 27.11.2026"],
    ["Код", "Артикул", "Наименование", "Ед. изм.", "Ставка НДС", "Производитель"],
    ["00-001", "ШП-25", "Шланг поливочный 25 м", "шт", "22%", "Садовник"],
    ["00-002", "ДТ-6", "Доска террасная", "м2", "Без НДС", ""],
]


def test_a_list_of_goods_makes_goods_with_their_units_and_vat(load):
    sheet = load(LIST)

    assert sheet.counts == {"created": 2}
    hose, boards = models.Variant.objects.order_by("sku").reverse()
    assert [hose.sku, hose.product.name] == ["ШП-25", "Шланг поливочный 25 м"]
    facts = VariantFacts.objects.get(variant_id=boards.pk)
    assert (facts.unit, facts.unit_code, facts.vat_exempt) == ("м2", "055", True)
    assert VariantFacts.objects.get(variant_id=hose.pk).manufacturer == "Садовник"
    assert not hose.external_reference


def test_looking_changes_nothing(look):
    sheet = look(LIST)

    assert sheet.counts == {"created": 2}
    assert not models.Variant.objects.exists()
    assert not Link.objects.exists()


def test_the_same_list_again_is_all_the_same(load):
    load(LIST)
    again = load(LIST)

    assert again.counts == {"unchanged": 2}
    assert models.Variant.objects.count() == 2


def test_a_price_list_with_groups_and_a_merged_header_fills_several_price_types(load):
    rows = [
        ["Прайс-лист на 27.11.2026"],
        ["Номенклатура", "Артикул", "Розничная", None, "Оптовая", None],
        [None, None, "Цена", "Ед.", "Цена", "Ед."],
        ["Всё для полива"],
        ["Шланги"],
        ["Шланг поливочный 25 м", "ШП-25", 1990, "шт", "1 500,50", "шт"],
        ["Пиломатериалы"],
        ["Доска террасная", "ДТ-6", 450, "шт", 400, "шт"],
    ]
    merged = ["C2:D2", "E2:F2", "A2:A3", "B2:B3"]
    levels = [(5, 1), (6, 2), (8, 1)]
    sheet = load(xlsx(rows, merged=merged, levels=levels))

    assert sheet.counts == {"created": 2}
    hose = models.Variant.objects.get(sku="ШП-25")
    assert hose.product.category.name == "Шланги"
    assert hose.product.category.parent.name == "Всё для полива"
    assert models.Variant.objects.get(sku="ДТ-6").product.category.name == "Пиломатериалы"
    assert Price.objects.get(price_list__name="Оптовая", variant_id=hose.pk).amount == Decimal(
        "1500.50"
    )
    assert models.Listing.objects.get(variant=hose).price == 1990


def test_a_report_of_stock_has_a_column_for_each_warehouse(load):
    load(LIST)
    sheet = load(
        [
            ["Остатки товаров"],
            ["Номенклатура", "Основной склад", "Склад на Мира", "Итого"],
            ["Шланг поливочный 25 м", 10, None, 10],
            ["Доска террасная", None, 60, 60],
        ]
    )

    assert sheet.counts == {"changed": 2}
    stock = {
        (row.warehouse.name, row.variant.sku): row.quantity for row in models.Stock.objects.all()
    }
    assert stock == {
        ("Основной склад", "ШП-25"): 10,
        ("Склад на Мира", "ШП-25"): 0,
        ("Основной склад", "ДТ-6"): 0,
        ("Склад на Мира", "ДТ-6"): 60,
    }


def test_warehouses_may_stand_above_their_goods(load):
    load(LIST)
    rows = [
        ["Склад / Номенклатура", "Номенклатура", "Остаток"],
        ["Основной", None, 15],
        [None, "Шланг поливочный 25 м", 10],
        [None, "Доска террасная", 5],
        ["Дальний", None, 3],
        [None, "Шланг поливочный 25 м", 3],
    ]
    load(xlsx(rows, levels=[(3, 1), (4, 1), (6, 1)]), group_rows="warehouses")

    hose = models.Variant.objects.get(sku="ШП-25")
    assert {row.warehouse.name: row.quantity for row in hose.stocks.all()} == {
        "Основной": 10,
        "Дальний": 3,
    }


def test_a_mistake_is_named_by_its_cell_and_its_row_left_out(load):
    rows = [
        *LIST,
        ["00-003", "X-1", "", "шт", "", ""],
        ["00-001", "ШП-25", "Шланг поливочный 25 м", "шт", "", ""],
        ["00-004", "X-2", "Лейка", "шт", "много", ""],
    ]
    sheet = load(rows)

    assert sheet.counts == {"created": 2, "refused": 3}
    found = [(p["code"], p["params"]["cell"]) for p in sheet.problems]
    assert found == [
        ("sheet_unknown_good", "A5"),
        ("sheet_good_twice", "A6"),
        ("sheet_bad_value", "E7"),
    ]
    assert models.Variant.objects.count() == 2


def test_a_sheet_without_what_names_a_good_is_asked_about(look):
    sheet = look([["Позиция", "Опт"], ["Шланг", 100]], said={0: ("name", ""), 1: ("price", "Опт")})
    again = look([["Позиция", "Опт"], ["Доска", 100]])

    assert sheet.counts == {"created": 1}
    assert again.counts == {"created": 1}  # Remembered.


def test_prices_of_a_list_that_the_shop_has_go_into_it(load):
    own = PriceList.objects.create(name="Опт")
    load([["Код", "Наименование", "Опт"], ["1", "Шланг", 100]])

    assert PriceList.objects.filter(name="Опт").count() == 1
    assert own.prices.get().amount == 100


def test_a_file_of_text_is_read_as_a_sheet_is(load):
    text = "Код;Наименование;Опт\r\n1;Шланг;1 500,50\r\n".encode("cp1251")
    load(text, name="Товары.csv")

    assert Price.objects.get().amount == Decimal("1500.50")


def test_what_a_sheet_of_all_stock_is_silent_about_is_gone(load):
    load([*LIST[1:]])
    load([["Код", "Основной склад остаток"], ["00-001", 5], ["00-002", 7]])
    load([["Код", "Основной склад остаток"], ["00-001", 4]], whole_stock=True)

    stock = {row.variant.sku: row.quantity for row in models.Stock.objects.all()}
    assert stock == {"ШП-25": 4, "ДТ-6": 0}


@pytest.mark.parametrize("characteristic", ["зелёный, 15 м", "красный"])
def test_characteristics_are_variants_of_one_product(load, characteristic):
    rows = [
        ["Код", "Наименование", "Характеристика", "Опт"],
        ["1", "Шланг", "зелёный, 15 м", 100],
        ["1", "Шланг", "красный", 200],
    ]
    load(rows)
    load(rows)

    variant = models.Variant.objects.get(name=characteristic)
    assert variant.product.variants.count() == 2


def test_a_sheet_that_nobody_confirmed_is_kept_as_long_as_files_of_1c(look):
    old = look(LIST)
    GoodsSheet.objects.update(uploaded_at=timezone.now() - timedelta(days=31))

    look(LIST)

    assert not GoodsSheet.objects.filter(pk=old.pk).exists()
