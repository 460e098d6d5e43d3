"""What 1C sends of goods, and what the shop has afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from b2b_overlay.pricing.models import Price, PriceList, Rate, VariantFacts
from onec_bridge.models import KeptPicture, Link, Match, Parked
from sandbox import models

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20

GROUPS = """
<Классификатор><Группы><Группа><Ид>g1</Ид><Наименование>Полив</Наименование><Группы>
<Группа><Ид>g2</Ид><Наименование>Шланги</Наименование></Группа></Группы></Группа></Группы>
</Классификатор>
"""


def product(ident="p1", name="Шланг", inside="", group="g2"):
    return (
        f"<Товар><Ид>{ident}</Ид><Наименование>{name}</Наименование>"
        f"<Группы><Ид>{group}</Ид></Группы>{inside}</Товар>"
    )


def catalogue(*products):
    return f"<Каталог><Товары>{''.join(products)}</Товары></Каталог>"


TYPES = """
<ТипыЦен>
<ТипЦены><Ид>retail</Ид><Наименование>Розничная</Наименование><Валюта>руб.</Валюта>
<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены>
<ТипЦены><Ид>dealer</Ид><Наименование>Дилерская</Наименование><Валюта>руб.</Валюта>
<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены>
</ТипыЦен>
"""


def price(kind, amount, inside="<Единица>шт</Единица><Коэффициент>1</Коэффициент>"):
    return (
        f"<Цена><ИдТипаЦены>{kind}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>"
        f"{inside}</Цена>"
    )


def offer(*prices, ident="p1", inside="<Наименование>Шланг</Наименование>"):
    block = f"<Цены>{''.join(prices)}</Цены>" if prices else ""
    return f"<Предложение><Ид>{ident}</Ид>{inside}{block}</Предложение>"


def offers(*rows, types=TYPES, full=False, warehouses=""):
    only = "false" if full else "true"
    return (
        f'<ПакетПредложений СодержитТолькоИзменения="{only}">{types}{warehouses}'
        f"<Предложения>{''.join(rows)}</Предложения></ПакетПредложений>"
    )


def warehouses(*ids):
    rows = "".join(
        f"<Склад><Ид>{i}</Ид><Наименование>Склад {i}</Наименование></Склад>" for i in ids
    )
    return f"<Склады>{rows}</Склады>"


def stock(*rows):
    return "<Наименование>Шланг</Наименование>" + "".join(
        f'<Склад ИдСклада="{w}" КоличествоНаСкладе="{q}"/>' for w, q in rows
    )


@pytest.fixture
def hose(take):
    """1C's hose, in the shop with a dealer's price."""
    take(GROUPS + catalogue(product()))
    take(offers(offer(price("dealer", "800"))))
    return models.Variant.objects.get()


def codes(progress):
    return [problem.code for problem in progress.problems]


def amounts(name):
    rows = Price.objects.filter(price_list__name=name).order_by("min_quantity")
    return [(p.min_quantity, p.amount) for p in rows]


# ------------------------------------------------------------------------ products


def test_a_product_waits_for_its_offer_and_then_stands_in_its_group(take):
    first = take(GROUPS + catalogue(product(inside="<Артикул>ШЛ-1</Артикул>")))
    assert first.counts["product"] == {"parked": 1}
    assert not models.Product.objects.exists()

    second = take(offers(offer(price("dealer", "800"))))

    made = models.Variant.objects.get()
    assert second.counts["offer"] == {"created": 1}
    assert (made.product.name, made.sku, made.external_reference) == ("Шланг", "ШЛ-1", "p1")
    assert made.product.is_published
    assert made.product.category.name == "Шланги"
    assert made.product.category.parent.name == "Полив"


def test_everything_twice_is_all_unchanged(take):
    files = [
        GROUPS + catalogue(product(), product("p2", "Лейка")),
        offers(
            offer(price("dealer", "800"), ident="p1", inside=stock(("w1", "5"))),
            offer(price("dealer", "90"), ident="p2"),
            full=True,
            warehouses=warehouses("w1"),
        ),
    ]
    for file in files:
        take(file)

    for file in files:
        for outcomes in take(file).counts.values():
            assert set(outcomes) == {"unchanged"}


def test_an_offer_that_comes_before_its_product_waits_for_it(take):
    first = take(offers(offer(price("dealer", "800"))))
    assert first.counts["offer"] == {"parked": 1}

    second = take(catalogue(product(group="g2")))

    assert second.counts["offer_waited"] == {"created": 1}
    assert not Parked.objects.exclude(part=Parked.CATEGORY).exists()
    assert amounts("Дилерская") == [(1, Decimal(800))]


def test_an_old_parked_price_never_overrides_a_new_one(take):
    take(offers(offer(price("dealer", "700"))))
    take(catalogue(product()) + offers(offer(price("dealer", "800"))))

    assert amounts("Дилерская") == [(1, Decimal(800))]


def test_goods_of_an_unknown_group_move_when_it_comes(take):
    take(catalogue(product(group="g2")))
    progress = take(offers(offer(price("dealer", "800"))))
    assert models.Product.objects.get().category.name == "Без группы"
    assert "unknown_group" in codes(progress)

    take(GROUPS)

    assert models.Product.objects.get().category.name == "Шланги"
    assert not Parked.objects.exists()


def test_a_category_of_the_shop_with_the_same_name_is_used(take):
    own = models.Category.objects.create(name="ПОЛИВ")

    take(GROUPS)

    assert models.Category.objects.count() == 2
    assert models.Category.objects.get(name="Шланги").parent == own
    own.refresh_from_db()
    assert own.name == "ПОЛИВ"


def test_an_edit_made_in_the_shop_stays_until_1c_changes_its_mind(take, hose):
    hose.product.description = "Наш текст"
    hose.product.save()
    text = "<Описание>Текст 1С</Описание>"

    take(catalogue(product(inside="<Описание></Описание>")))
    hose.product.refresh_from_db()
    assert hose.product.description == "Наш текст"

    take(catalogue(product(inside=text)))
    hose.product.refresh_from_db()
    assert hose.product.description == "Текст 1С"


@pytest.mark.parametrize(
    "mark",
    [
        "<Товар Статус='Удален'><Ид>p1</Ид>",
        "<Товар><Ид>p1</Ид><Статус>Удален</Статус>",
        "<Товар><Ид>p1</Ид><ПометкаУдаления>true</ПометкаУдаления>",
    ],
)
def test_a_deletion_mark_takes_off_sale_and_its_removal_puts_back(take, hose, mark):
    take(catalogue(f"{mark}<Наименование>Шланг</Наименование></Товар>"))
    assert not models.Product.objects.get().is_published

    take(catalogue(product()))
    assert models.Product.objects.get().is_published


def test_goods_missing_from_a_full_load_stay_for_sale(take, hose):
    take('<Каталог СодержитТолькоИзменения="false"><Товары/></Каталог>')
    take(offers(full=True))

    assert models.Product.objects.get().is_published
    assert amounts("Дилерская") == [(1, Decimal(800))]


def test_goods_deleted_in_the_shop_are_made_anew_and_break_nothing(take, hose):
    take(offers(offer(inside="<Количество>8</Количество>")))
    models.Product.objects.all().delete()

    assert take(catalogue(product(name="Шланг новый"))).counts["product"] == {"changed": 1}
    assert not models.Product.objects.exists()

    progress = take(offers(offer(price("dealer", "800"), inside="<Количество>8</Количество>")))
    assert progress.counts["offer"] == {"created": 1}
    assert models.Variant.objects.get().product.name == "Шланг новый"
    assert models.Stock.objects.get().quantity == 8


def test_a_variant_deleted_in_the_shop_is_made_anew_in_its_product(take):
    take(catalogue(product()))
    rows = [offer(price("dealer", "8"), ident=f"p1#{n}", inside="") for n in (1, 2)]
    named = [row.replace("</Ид>", "</Ид><Наименование>Шланг (x)</Наименование>") for row in rows]
    take(offers(*named))
    models.Variant.objects.get(external_reference="p1#1").delete()

    take(offers(*named))

    assert models.Product.objects.count() == 1
    assert models.Variant.objects.count() == 2


def test_characteristics_are_variants_of_one_product(take):
    take(catalogue(product(inside="<Артикул>ШЛ</Артикул>")))
    rows = [
        offer(
            price("dealer", amount),
            ident=f"p1#c{n}",
            inside="<Наименование>Шланг</Наименование><ХарактеристикиТовара>"
            "<ХарактеристикаТовара><Наименование>Длина</Наименование>"
            f"<Значение>{length}</Значение></ХарактеристикаТовара></ХарактеристикиТовара>",
        )
        for n, length, amount in ((1, "25 м", "800"), (2, "50 м", "1500"))
    ]
    take(offers(*rows))

    assert models.Product.objects.count() == 1
    made = models.Variant.objects.order_by("pk")
    assert [v.name for v in made] == ["25 м", "50 м"]
    assert [v.sku for v in made] == ["ШЛ-25-м", "ШЛ-50-м"]


def test_characteristics_sent_as_products_are_variants_too(take):
    take(
        catalogue(
            product("p1#c1", "Шланг (25 м)", price("dealer", "1").join(("<Цены>", "</Цены>"))),
            product("p1#c2", "Шланг (50 м)"),
        )
    )

    assert models.Product.objects.get().name == "Шланг"
    assert {v.name for v in models.Variant.objects.all()} == {"25 м", "50 м"}


def test_unit_vat_and_article_are_kept_for_orders(take):
    inside = (
        '<Артикул>ДОСКА</Артикул><БазоваяЕдиница Код="055 " НаименованиеПолное="Кв. метр"/>'
        "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>10</Ставка>"
        "</СтавкаНалога></СтавкиНалогов>"
    )
    take(catalogue(product(inside=inside)) + offers(offer(price("dealer", "800"))))

    facts = VariantFacts.objects.get()
    assert (facts.article, facts.unit, facts.unit_code, facts.vat_rate) == (
        "ДОСКА",
        "м2",
        "055",
        Decimal(10),
    )

    exempt = "<СтавкиНалогов><СтавкаНалога><Ставка>Без НДС</Ставка></СтавкаНалога></СтавкиНалогов>"
    take(catalogue(product(inside=exempt)))

    facts.refresh_from_db()
    assert (facts.vat_rate, facts.vat_exempt, facts.article) == (None, True, "ДОСКА")


# ------------------------------------------------------------------------ pictures


def test_a_picture_waits_with_its_product_and_a_bad_one_stops_nothing(take):
    pictures = {"import_files/a.png": PNG, "import_files/b.php": b"<?php"}
    inside = "".join(f"<Картинка>{path}</Картинка>" for path in [*pictures, "import_files/no.png"])
    first = take(catalogue(product(inside=inside)), images=pictures)
    assert codes(first) == ["picture_missing"]
    assert KeptPicture.objects.count() == 2

    second = take(offers(offer(price("dealer", "800"))))

    assert [p.name for p in models.Picture.objects.all()] == ["import_files/a.png"]
    assert "bad_picture" in codes(second)
    assert not KeptPicture.objects.exists()


def test_a_new_picture_under_the_old_path_replaces_it(take, hose):
    inside = "<Картинка>a.png</Картинка>"
    take(catalogue(product(inside=inside)), images={"a.png": PNG})
    digest = models.Picture.objects.get().digest

    same = take(catalogue(product(inside=inside)), images={"a.png": PNG})
    assert same.counts["product"] == {"unchanged": 1}
    assert models.Picture.objects.get().digest == digest

    other = take(catalogue(product(inside=inside)), images={"a.png": PNG + b"1"})
    assert other.counts["product"] == {"changed": 1}
    assert models.Picture.objects.get().digest != digest


# -------------------------------------------------------------------------- prices


def test_a_box_price_is_kept_per_piece_with_its_box(take, hose):
    box = "<Единица>упак</Единица><Коэффициент>12</Коэффициент>"
    take(offers(offer(price("dealer", "120.00", box))))

    kept = Price.objects.get()
    assert (kept.amount, kept.unit, kept.coefficient) == (Decimal(10), "упак", Decimal(12))


def test_a_box_price_without_whole_kopecks_is_refused_by_its_line(take, hose):
    box = "<Единица>упак</Единица><Коэффициент>12</Коэффициент>"
    progress = take(offers(offer(price("dealer", "100.00", box))))

    (problem,) = progress.problems
    assert problem.code == "price_not_exact"
    assert problem.source.line > 0
    assert problem.source.external_id == "p1"
    assert "100" in problem.text("ru")
    assert "12" in problem.hint("ru")
    assert progress.counts["offer"] == {"refused": 1}
    assert amounts("Дилерская") == [(1, Decimal(800))]


def test_a_unit_without_its_coefficient_is_named_by_its_line(take, hose):
    own = '<Наименование>Шланг</Наименование><БазоваяЕдиница Код="796">шт</БазоваяЕдиница>'

    progress = take(offers(offer(price("dealer", "790", "<Единица>упак</Единица>"), inside=own)))

    (problem,) = progress.problems
    assert problem.code == "price_unit_without_coefficient"
    assert problem.source.line > 0
    assert "упак" in problem.text("ru")
    assert amounts("Дилерская") == [(1, Decimal(790))]


def test_a_price_type_in_a_currency_without_a_rate_is_named_when_it_comes(take):
    types = (
        "<ТипыЦен><ТипЦены><Ид>eur</Ид><Наименование>Евро</Наименование>"
        "<Валюта>EUR</Валюта></ТипЦены></ТипыЦен>"
    )

    (problem,) = take(offers(types=types)).problems

    assert problem.code == "price_type_without_rate"
    assert (problem.source.external_id, problem.value) == ("eur", "EUR")
    assert "«Евро»" in problem.text("ru")
    Rate.objects.create(currency="EUR", day=date(2026, 1, 9), rate=100)
    assert codes(take(offers(types=types.replace("Евро", "В евро")))) == []


@pytest.mark.parametrize("unit", ["шт", "шт.", "Штука", "796"])
def test_the_goods_own_unit_needs_no_coefficient(take, hose, unit):
    own = '<Наименование>Шланг</Наименование><БазоваяЕдиница Код="796">шт</БазоваяЕдиница>'

    progress = take(offers(offer(price("dealer", "790", f"<Единица>{unit}</Единица>"), inside=own)))

    assert codes(progress) == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (price("dealer", "790", "<Валюта>тугрик</Валюта>"), "unknown_currency"),
        (price("dealer", "9", "<Валюта>USD</Валюта>"), "price_other_currency"),
        (price("dealer", "-5"), "negative_price"),
        (price("dealer", "79.905"), "price_fraction"),
        (price("dealer", "9999999999999"), "price_out_of_range"),
    ],
)
def test_a_wrong_price_row_leaves_the_old_price(take, hose, bad, code):
    progress = take(offers(offer(bad), full=True))

    assert codes(progress) == [code]
    assert amounts("Дилерская") == [(1, Decimal(800))]


def test_a_price_of_zero_is_no_price(take, hose):
    progress = take(offers(offer(price("dealer", "0"))))

    assert codes(progress) == ["zero_price"]
    assert amounts("Дилерская") == []


def test_a_full_package_clears_types_it_does_not_name_and_a_patch_does_not(take, hose):
    take(offers(offer(price("retail", "1000"))))
    assert amounts("Дилерская") == [(1, Decimal(800))]

    take(offers(offer(price("retail", "1000")), full=True))
    assert amounts("Дилерская") == []
    assert amounts("Розничная") == [(1, Decimal(1000))]


def test_a_full_offers_file_that_is_not_about_prices_clears_none(take, hose):
    take(offers(offer(), types="", full=True))

    assert amounts("Дилерская") == [(1, Decimal(800))]


def test_a_price_of_an_unknown_type_waits_for_its_description(take, hose):
    progress = take(offers(offer(price("vip", "500")), types=""))
    assert "unknown_price_type" in codes(progress)

    described = (
        "<ТипЦены><Ид>vip</Ид><Наименование>VIP</Наименование><Валюта>RUB</Валюта></ТипЦены>"
    )
    woken = take(f"<Классификатор><ТипыЦен>{described}</ТипыЦен></Классификатор>")

    assert woken.counts["offer_waited"] == {"changed": 1}
    assert amounts("VIP") == [(1, Decimal(500))]


def test_a_price_type_is_a_price_list_by_itself(take, hose):
    found = PriceList.objects.get(name="Дилерская")
    assert (found.currency, found.vat_included) == ("RUB", True)


def test_a_price_type_does_not_change_its_currency_under_its_prices(take, hose):
    changed = TYPES.replace("руб.", "USD")
    progress = take(offers(types=changed))

    assert "price_type_currency_changed" in codes(progress)
    assert PriceList.objects.get(name="Дилерская").currency == "RUB"


def test_minimum_quantities_make_a_scale(take, hose):
    from_ten = "<МинКоличество>10</МинКоличество>"
    take(offers(offer(price("dealer", "800"), price("dealer", "750", from_ten))))

    assert amounts("Дилерская") == [(1, Decimal(800)), (10, Decimal(750))]


def test_a_piece_price_and_a_box_price_stand_side_by_side(take, hose):
    box = "<Единица>упак</Единица><Коэффициент>12</Коэффициент>"
    take(offers(offer(price("dealer", "120", box), price("dealer", "11"))))

    assert amounts("Дилерская") == [(1, Decimal(11)), (12, Decimal(10))]


def test_new_goods_get_their_retail_price_from_the_type_chosen(take, connection):
    connection.retail_price_type = "retail"
    connection.save()
    take(catalogue(product()) + offers(offer(price("retail", "1000"))))
    assert models.Listing.objects.get().price == Decimal(1000)

    take(offers(offer(price("retail", "1100"), inside="")))
    assert models.Listing.objects.get().price == Decimal(1100)


# --------------------------------------------------------------------------- stock


def test_a_retail_price_that_cant_be_taken_is_nobodys_price(take, connection):
    """Nine dollars aren't nine roubles, neither of new goods nor of old."""
    connection.retail_price_type = "retail"
    connection.save()
    dollars = "<Валюта>USD</Валюта>"
    take(catalogue(product()) + offers(offer(price("retail", "9", dollars))))
    assert not models.Listing.objects.filter(price__isnull=False).exists()

    take(offers(offer(price("retail", "1000"), inside="")))
    progress = take(offers(offer(price("retail", "9", dollars), inside="")))

    assert models.Listing.objects.get().price == 1000
    assert codes(progress) == ["price_other_currency"]


def levels():
    rows = models.Stock.objects.select_related("warehouse").order_by("warehouse__name")
    return {row.warehouse.name: row.quantity for row in rows}


def test_stock_is_the_sum_of_a_warehouses_rows(take, hose):
    file = offers(
        offer(inside=stock(("w1", "5"), ("w2", "7"), ("w1", "1"))),
        warehouses=warehouses("w1", "w2"),
    )
    take(file)

    assert levels() == {"Склад w1": 6, "Склад w2": 7}


def test_negative_and_fractional_stock_is_shown_whole_with_a_note(take, hose):
    file = offers(
        offer(inside=stock(("w1", "-9"), ("w2", "2.5"))), warehouses=warehouses("w1", "w2")
    )
    progress = take(file)

    assert sorted(codes(progress)) == ["fractional_stock", "negative_stock"]
    assert levels() == {"Склад w1": 0, "Склад w2": 2}


def test_a_total_without_warehouses_lies_in_one_of_its_own(take, hose):
    take(offers(offer(inside="<Количество>8</Количество>")))

    assert levels() == {"1С: УТ 11": 8}


def test_a_total_after_rows_is_not_counted_twice(take, hose):
    take(offers(offer(inside=stock(("w1", "5"))), warehouses=warehouses("w1")))
    take(offers(offer(inside="<Количество>3</Количество>")))
    assert sum(levels().values()) == 3

    take(offers(offer(inside=stock(("w1", "4"))), warehouses=warehouses("w1")))
    assert sum(levels().values()) == 4


def test_what_is_sold_out_is_sold_out(take, hose):
    """By the total alone: 8, none, 5; three of a warehouse, the same told as a total; none."""
    told = []
    for inside in (
        "<Количество>8</Количество>",
        "<Количество>0</Количество>",
        "<Количество>5</Количество>",
        stock(("w1", "3")),
        "<Количество>3</Количество>",
        "<Количество>0</Количество>",
    ):
        take(offers(offer(inside=inside), warehouses=warehouses("w1")))
        told.append(sum(levels().values()))

    assert told == [8, 0, 5, 3, 3, 0]


def test_a_file_silent_about_stock_changes_none(take, hose):
    take(offers(offer(inside="<Количество>8</Количество>")))
    take(offers(offer(price("dealer", "800"))))

    assert levels() == {"1С: УТ 11": 8}


def test_stock_in_an_unknown_warehouse_waits_for_its_description(take, hose):
    progress = take(offers(offer(inside=stock(("w9", "4")))))
    assert "unknown_warehouse" in codes(progress)
    assert levels() == {}

    take(f"<Классификатор>{warehouses('w9')}</Классификатор>")
    assert levels() == {"Склад w9": 4}


def test_only_a_full_row_empties_warehouses_it_does_not_name(take, hose):
    both = warehouses("w1", "w2")
    take(offers(offer(inside=stock(("w1", "5"), ("w2", "7"))), warehouses=both))
    take(offers(offer(inside=stock(("w1", "4"))), warehouses=both))
    assert levels() == {"Склад w1": 4, "Склад w2": 7}

    take(offers(offer(inside=stock(("w1", "4"))), warehouses=both, full=True))
    assert levels() == {"Склад w1": 4, "Склад w2": 0}


# ---------------------------------------------------------- batches, and what is kept


def test_a_file_is_resumed_where_its_deadline_cut_it(take, monkeypatch):
    monkeypatch.setattr("onec_bridge.sync.fold.BATCH", 2)
    file = catalogue(*(product(f"p{n}", f"Товар {n}") for n in range(5)))
    saved = []

    def checkpoint(position, counts, problems):
        saved.append((position, {k: dict(v) for k, v in counts.items()}))

    first = take(file, deadline=0.0, checkpoint=checkpoint)
    assert not first.finished
    done = first.done
    while True:
        progress = take(file, skip=done, deadline=0.0, checkpoint=checkpoint)
        done = progress.done
        if progress.finished:
            break

    assert [position for position, _counts in saved] == sorted(p for p, _counts in saved)
    assert sum(counts.get("product", {}).get("parked", 0) for _p, counts in saved) == 5
    assert Link.objects.filter(kind="product").count() == 5


def test_batches_grow_while_the_shop_is_quick_and_shrink_where_it_is_slow(take, monkeypatch):
    monkeypatch.setattr("onec_bridge.sync.fold.BATCH", 2)
    monkeypatch.setattr("onec_bridge.sync.fold.SLOW", 0)
    calls = []

    def checkpoint(position, counts, problems):
        calls.append(position)
        if position > 10:
            monkeypatch.setattr("onec_bridge.sync.fold.QUICK", 0)

    file = catalogue(*(product(f"p{n}", f"Товар {n}") for n in range(27)))
    take(file, checkpoint=checkpoint)

    assert calls == [2, 6, 14, 16, 18, 20, 22, 24, 26, 28, 29]


def test_a_batch_that_breaks_leaves_the_ones_before_it(take, monkeypatch):
    monkeypatch.setattr("onec_bridge.sync.fold.BATCH", 2)
    monkeypatch.setattr("onec_bridge.sync.fold.MOST", 1)
    calls = []

    def checkpoint(position, counts, problems):
        calls.append(position)
        if len(calls) == 3:
            raise RuntimeError("the disk is full")

    file = catalogue(*(product(f"p{n}", f"Товар {n}") for n in range(5)))
    with pytest.raises(RuntimeError):
        take(file, checkpoint=checkpoint)

    assert calls == [2, 4, 6]
    assert Link.objects.filter(kind="product").count() == 2


def test_what_nothing_is_made_of_yet_is_still_kept(take):
    file = """
    <Классификатор><Свойства><Свойство><Ид>s1</Ид><Наименование>Цвет</Наименование>
    <ТипЗначений>Справочник</ТипЗначений><ВариантыЗначений><Справочник>
    <ИдЗначения>v1</ИдЗначения><Значение>Красный</Значение></Справочник></ВариантыЗначений>
    </Свойство></Свойства></Классификатор>
    """
    assert take(file).counts["property"] == {"created": 1}
    assert take(file).counts["property"] == {"unchanged": 1}

    assert Link.objects.get(kind="property").data["told"]["options"] == {"v1": "Красный"}


def test_without_permission_to_create_new_goods_wait_for_a_person(take, connection):
    connection.create_products = False
    connection.save()

    progress = take(catalogue(product()) + offers(offer(price("dealer", "800"))))

    assert progress.counts["offer"] == {"parked": 1}
    assert Match.objects.get().why == Match.Why.UNKNOWN
    assert not models.Product.objects.exists()


PROPERTIES = """
<Классификатор><Свойства>
<Свойство><Ид>w1</Ид><Наименование>Производитель</Наименование><ВариантыЗначений><Справочник>
<ИдЗначения>444bbea3-6b18-11e0-9819-e0cb4ed5eed4</ИдЗначения><Значение>Гардена</Значение>
</Справочник></ВариантыЗначений></Свойство>
<Свойство><Ид>w2</Ид><Наименование>Цвет</Наименование></Свойство>
</Свойства></Классификатор>
"""
OF_THE_MAKER = (
    "<ЗначенияСвойств><ЗначенияСвойства><Ид>w1</Ид>"
    "<Значение>444bbea3-6b18-11e0-9819-e0cb4ed5eed4</Значение></ЗначенияСвойства>"
    "<ЗначенияСвойства><Ид>w2</Ид><Значение>Красный</Значение></ЗначенияСвойства>"
    "</ЗначенияСвойств>"
)


def requisites(**values):
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in values.items()
    )
    return f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов>"


@pytest.mark.parametrize(
    ("inside", "maker", "group"),
    [
        ("<Изготовитель><Ид>m</Ид><Наименование>Садко</Наименование></Изготовитель>", "Садко", ""),
        ("<Производитель>Садко</Производитель>", "Садко", ""),
        (requisites(Производитель="Садко", ЦеноваяГруппа="Инструмент"), "Садко", "Инструмент"),
        (OF_THE_MAKER, "Гардена", ""),
    ],
)
def test_manufacturer_and_price_group_come_however_1c_tells_them(take, inside, maker, group):
    take(PROPERTIES)
    take(GROUPS + catalogue(product(inside=inside)))
    take(offers(offer(price("dealer", "800"))))

    facts = VariantFacts.objects.get()
    assert (facts.manufacturer, facts.price_group) == (maker, group)


def test_a_manufacturer_described_after_the_goods_is_not_lost(take):
    take(GROUPS + catalogue(product(inside=OF_THE_MAKER)))
    take(offers(offer(price("dealer", "800"))))
    assert VariantFacts.objects.get().manufacturer == ""

    take(PROPERTIES)

    assert VariantFacts.objects.get().manufacturer == "Гардена"


def test_a_changed_manufacturer_reaches_the_goods(take, hose):
    take(catalogue(product(inside=requisites(Производитель="Садко"))))

    assert VariantFacts.objects.get().manufacturer == "Садко"
