"""Writing the catalogue through the port, as 1C's loader does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from b2b_overlay.money import Money
from b2b_overlay.shop import (
    CategoryDraft,
    ProductDraft,
    StockLevel,
    VariantDraft,
    WarehouseDraft,
    get_shop,
)
from sandbox import models

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def shop(retail, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return get_shop()


@pytest.fixture
def channel(shop):
    (channel,) = shop.catalogue.channels()
    return channel


def drafts(count: int) -> list[ProductDraft]:
    return [
        ProductDraft(
            key=f"p{number}",
            id=None,
            name=f"Ведро {number}",
            publish=True,
            variants=(
                VariantDraft(
                    f"v{number}", None, sku=f"В-{number}", retail=Money(Decimal(10), "RUB")
                ),
            ),
        )
        for number in range(count)
    ]


def test_a_new_product_is_sold_with_its_variant(shop, channel):
    (draft,) = drafts(1)

    saved = shop.writer.save_products([draft], channel)["p0"]

    variant = shop.catalogue.variants(saved.variants.values(), channel)[saved.variants["v0"]]
    assert (saved.created, variant.sku, variant.retail) == (True, "В-0", Money(Decimal(10), "RUB"))
    assert shop.catalogue.search("В-0", channel).items == [variant.id]


def test_what_a_draft_leaves_out_stays_the_shops_own(shop, channel, hose):
    before = (hose.product.name, hose.product.description, hose.listings.get().price, hose.sku)
    touched = VariantDraft("v", hose.pk, external_id="1c-id")

    saved = shop.writer.save_products(
        [ProductDraft("p", hose.product_id, variants=(touched,))], channel
    )["p"]

    hose = models.Variant.objects.get(pk=hose.pk)
    after = (hose.product.name, hose.product.description, hose.listings.get().price, hose.sku)
    assert (saved.created, after, hose.external_reference) == (False, before, "1c-id")


def test_statements_dont_grow_with_the_batch(shop, channel):
    def statements(batch: list[ProductDraft]) -> int:
        with CaptureQueriesContext(connection) as captured:
            shop.writer.save_products(batch, channel)
        return len(captured)

    assert statements(drafts(40)[2:]) == statements(drafts(2))


def test_a_child_group_may_come_before_its_parent(shop):
    saved = shop.writer.save_categories(
        [
            CategoryDraft("child", None, "Шланги", "parent"),
            CategoryDraft("parent", None, "Полив", None),
        ]
    )

    tree = {each.id: each for each in shop.catalogue.categories()}
    assert tree[saved["child"]].parent_id == saved["parent"]
    assert (tree[saved["parent"]].depth, tree[saved["child"]].depth) == (0, 1)


def test_negative_stock_is_none_and_the_sum_is_what_can_be_sold(shop, channel, hose):
    keys = shop.writer.save_warehouses(
        [WarehouseDraft("a", None, "Основной"), WarehouseDraft("b", None, "Тверь")], channel
    )

    for _time in range(2):
        shop.writer.save_stock(
            [StockLevel(hose.pk, keys["a"], 5), StockLevel(hose.pk, keys["b"], -3)]
        )

    assert shop.catalogue.variants([hose.pk], channel)[hose.pk].available == 40 + 5


def test_a_picture_saved_twice_is_one_picture(shop, hose):
    for content in (PNG, PNG, PNG + b"new"):
        shop.writer.save_image(hose.product_id, "1.png", content)

    picture = models.Picture.objects.get(product=hose.product_id)
    assert picture.file.read() == PNG + b"new"


def test_what_is_no_picture_is_refused(shop, hose):
    with pytest.raises(ValueError, match="not a PNG"):
        shop.writer.save_image(hose.product_id, "1.png", b"<html>")
    assert not models.Picture.objects.exists()
