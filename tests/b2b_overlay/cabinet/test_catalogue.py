"""The catalogue: his own prices beside retail, found by article, name and barcode."""

from __future__ import annotations


def test_a_buyer_sees_his_own_price_beside_the_retail_one(cast, olga):
    page = olga.get("/").content.decode()

    assert f'data-variant="{cast.hose.pk}" data-sku="SH-25"' in page
    assert 'data-price="1500.50" data-retail="1990.00"' in page
