"""Reading and writing the catalogue through the port."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.money import Money
from b2b_overlay.shop import (
    CategoryDraft,
    ProductDraft,
    StockLevel,
    VariantDraft,
    WarehouseDraft,
)

#: The smallest PNG there is, and another one.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def rubles(text: str) -> Money:
    return Money(Decimal(text), "RUB")


def test_a_variant_is_shown_with_its_retail_price_and_stock(shop, stand):
    _product, pk = stand.good("Ш-77", "349.90", name="Шланг", stock=12)

    found = shop.catalogue.variants([pk, 999_999_999], stand.channel)

    assert list(found) == [pk]
    hose = found[pk]
    assert (hose.sku, hose.product_name, hose.available) == ("Ш-77", "Шланг", 12)
    assert hose.retail == rubles("349.90")


def test_what_has_no_retail_price_has_none(shop, stand):
    _product, pk = stand.good("Ш-78", None)

    assert shop.catalogue.variants([pk], stand.channel)[pk].retail is None


def test_many_variants_cost_as_many_queries_as_one(shop, stand, django_assert_max_num_queries):
    variants = [stand.good(f"К-{n}")[1] for n in range(12)]

    with django_assert_max_num_queries(7):
        assert len(shop.catalogue.variants(variants, stand.channel)) == 12


def test_an_exact_sku_is_found_first(shop, stand):
    _product, longer = stand.good("ЛЕЙКА-10-БИС", name="Аа лейка")
    _product, exact = stand.good("ЛЕЙКА-10", name="Яя лейка")

    found = shop.catalogue.search("лейка-10", stand.channel)

    assert list(found.items) == [exact, longer]
    assert found.total == 2


def test_every_word_must_stand_in_the_name(shop, stand):
    _product, red = stand.good("Р-1", name="Ведро красное эмалированное")
    stand.good("Р-2", name="Ведро синее эмалированное")

    assert list(shop.catalogue.search("красное ведро", stand.channel).items) == [red]


def test_what_isnt_published_isnt_found(shop, stand):
    stand.good("Н-1", name="Непубличная тачка", publish=False)

    assert shop.catalogue.search("непубличная", stand.channel).total == 0


def test_what_the_overlay_found_itself_is_in_the_result(shop, stand):
    _product, pk = stand.good("Я-1", name="Ящик для рассады")

    assert list(shop.catalogue.search("4601234567893", stand.channel, also=[pk]).items) == [pk]


def test_a_category_answers_for_its_descendants(shop, stand):
    drafts = [
        CategoryDraft("top", None, "Сад контракта", None),
        CategoryDraft("below", None, "Полив контракта", "top"),
    ]
    saved = shop.writer.save_categories(drafts)
    _product, pk = stand.good("Д-1", category_id=saved["below"])

    found = shop.catalogue.search("", stand.channel, category_id=saved["top"])

    assert list(found.items) == [pk]
    tree = {each.id: each for each in shop.catalogue.categories()}
    assert tree[saved["below"]].parent_id == saved["top"]
    assert tree[saved["below"]].depth == tree[saved["top"]].depth + 1


def test_categories_come_parents_above_children_and_saving_again_makes_none(shop, stand):
    drafts = [
        CategoryDraft("below", None, "Полив контракта", "top"),
        CategoryDraft("top", None, "Сад контракта", None),
    ]
    saved = shop.writer.save_categories(drafts)
    before = len(shop.catalogue.categories())

    again = shop.writer.save_categories(
        [CategoryDraft(d.key, saved[d.key], d.name, d.parent_key) for d in drafts]
    )

    assert again == saved
    ids = [each.id for each in shop.catalogue.categories()]
    assert len(ids) == before
    assert ids.index(saved["top"]) < ids.index(saved["below"])


def test_a_page_of_the_catalogue_knows_the_whole(shop, stand):
    variants = {stand.good(f"П-{n}", name=f"Постраничный {n}")[1] for n in range(5)}

    pages = [
        shop.catalogue.search("постраничный", stand.channel, offset=offset, limit=2)
        for offset in (0, 2, 4)
    ]

    assert [page.total for page in pages] == [5, 5, 5]
    assert {pk for page in pages for pk in page.items} == variants


def test_what_a_draft_leaves_out_stays_the_shops_own(shop, stand):
    product_id, pk = stand.good("С-1", "100.00", name="Своё имя", stock=3)
    touched = VariantDraft("v", pk, external_id="1c-id")

    shop.writer.save_products([ProductDraft("p", product_id, variants=(touched,))], stand.channel)

    variant = shop.catalogue.variants([pk], stand.channel)[pk]
    assert (variant.product_name, variant.sku, variant.retail) == ("Своё имя", "С-1", rubles("100"))
    assert (variant.external_id, variant.available) == ("1c-id", 3)


def test_saving_the_same_again_makes_nothing_new(shop, stand):
    draft = ProductDraft(
        "p",
        None,
        name="Бочка",
        description="Двести литров.\nС крышкой.",
        external_id="1c-product",
        publish=True,
        variants=(VariantDraft("v", None, sku="Б-1", external_id="1c-v", retail=rubles("1500")),),
    )
    first = shop.writer.save_products([draft], stand.channel)["p"]
    known = len(list(shop.writer.known_goods()))
    variant = VariantDraft(
        "v", first.variants["v"], sku="Б-1", external_id="1c-v", retail=rubles("1500")
    )

    again = shop.writer.save_products(
        [ProductDraft("p", first.id, name="Бочка", publish=True, variants=(variant,))],
        stand.channel,
    )["p"]

    assert (first.created, again.created) == (True, False)
    assert (again.id, again.variants) == (first.id, first.variants)
    assert len(list(shop.writer.known_goods())) == known


def test_a_new_retail_price_is_what_visitors_pay(shop, stand):
    product_id, pk = stand.good("Ц-1", "100.00")

    for price in ("80.00", "130.00"):
        touched = VariantDraft("v", pk, retail=rubles(price))
        shop.writer.save_products(
            [ProductDraft("p", product_id, variants=(touched,))], stand.channel
        )

        assert shop.catalogue.variants([pk], stand.channel)[pk].retail == rubles(price)


def test_taken_off_sale_and_put_back(shop, stand):
    product_id, _pk = stand.good("О-1", name="Опрыскиватель контрактосъёмный")

    def found():
        return shop.catalogue.search("контрактосъёмный", stand.channel).total

    shop.writer.save_products([ProductDraft("p", product_id, publish=False)], stand.channel)
    assert found() == 0
    shop.writer.save_products([ProductDraft("p", product_id, publish=True)], stand.channel)
    assert found() == 1


def test_goods_are_known_by_everything(shop, stand):
    draft = ProductDraft(
        "p",
        None,
        name="Насос",
        variants=(
            VariantDraft(
                "v", None, sku="Н-9", name="220 В", barcode="4601234567893", external_id="x"
            ),
        ),
    )
    saved = shop.writer.save_products([draft], stand.channel)["p"]

    (known,) = [g for g in shop.writer.known_goods() if g.variant_id == saved.variants["v"]]

    assert (known.sku, known.external_id, known.barcodes) == ("Н-9", "x", ("4601234567893",))
    assert known.name == "Насос (220 В)"


def test_those_deleted_in_the_shop_no_longer_exist(shop, stand):
    _product, pk = stand.good("Е-1")

    assert set(shop.writer.existing([pk, pk + 1_000_000])) == {pk}


def test_stock_is_the_sum_of_warehouses_and_never_below_nothing(shop, stand):
    _product, pk = stand.good("З-1", stock=5)
    drafts = [WarehouseDraft("b", None, "Тверь"), WarehouseDraft("c", None, "Клин")]
    keys = shop.writer.save_warehouses(drafts, stand.channel)

    for _time in range(2):
        shop.writer.save_stock([StockLevel(pk, keys["b"], 7), StockLevel(pk, keys["c"], -3)])

    assert shop.catalogue.variants([pk], stand.channel)[pk].available == 12


def test_stock_is_cleared_beside_the_warehouses_to_keep(shop, stand):
    _product, pk = stand.good("З-2", stock=5)
    keys = shop.writer.save_warehouses([WarehouseDraft("b", None, "Тверь")], stand.channel)
    shop.writer.save_stock([StockLevel(pk, keys["b"], 7)])

    shop.writer.clear_stock([pk], keep=keys.values())

    assert shop.catalogue.variants([pk], stand.channel)[pk].available == 7


def test_a_warehouse_is_renamed_not_doubled(shop, stand):
    saved = shop.writer.save_warehouses([WarehouseDraft("b", None, "Тверь")], stand.channel)
    again = shop.writer.save_warehouses([WarehouseDraft("b", saved["b"], "Тверь-2")], stand.channel)

    assert again == saved


def test_a_picture_is_added_once_and_shown(shop, stand):
    product_id, pk = stand.good("И-1")

    for _time in range(2):
        shop.writer.save_image(product_id, "import_files/1.png", PNG)

    assert shop.catalogue.variants([pk], stand.channel)[pk].image


def test_what_is_no_picture_is_refused_and_nothing_changes(shop, stand):
    product_id, pk = stand.good("И-2")

    with pytest.raises(ValueError):
        shop.writer.save_image(product_id, "import_files/2.png", b"<html>not found</html>")

    assert shop.catalogue.variants([pk], stand.channel)[pk].image == ""


def test_a_batch_costs_as_much_as_one(shop, stand, django_assert_max_num_queries):
    def drafts(count: int, mark: str) -> list[ProductDraft]:
        return [
            ProductDraft(
                f"{mark}{n}",
                None,
                name=f"Партия {mark} {n}",
                publish=True,
                variants=(VariantDraft("v", None, sku=f"{mark}-{n}", retail=rubles("10")),),
            )
            for n in range(count)
        ]

    with django_assert_max_num_queries(30):
        shop.writer.save_products(drafts(1, "А"), stand.channel)
    with django_assert_max_num_queries(30):
        shop.writer.save_products(drafts(60, "Б"), stand.channel)
