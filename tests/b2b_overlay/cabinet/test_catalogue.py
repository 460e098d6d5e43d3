"""The catalogue: his own prices beside retail, found by article, name and barcode."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.company.models import Choice
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import get_shop


def test_a_buyer_sees_his_own_price_beside_the_retail_one(cast, olga):
    page = olga.get("/").content.decode()

    assert 'data-price="1500.50" data-retail="1990.00"' in page
    assert "1 500,50\u202f₽".replace(" ", "\xa0") in page


def test_another_legal_entity_another_price(cast, olga):
    answer = olga.post("/legal-entity/", {"legal_entity": cast.plus.pk})
    assert answer.status_code == 302

    assert 'data-price="1400.25" data-retail="1990.00"' in olga.get("/").content.decode()


def test_as_a_private_person_he_sees_retail(cast, olga):
    olga.post("/legal-entity/", {"legal_entity": ""})

    page = olga.get("/").content.decode()

    assert 'data-price="1990.00" data-retail="1990.00"' in page
    assert "1500.50" not in page
    assert 'id="private"' in page


@pytest.mark.parametrize("entity", ["theirs", "ooo"])
def test_nobody_chooses_a_legal_entity_that_is_not_his(cast, kirill, entity):
    answer = kirill.post("/legal-entity/", {"legal_entity": getattr(cast, entity).pk})

    assert answer.status_code == 404
    assert not Choice.objects.exists()


def test_a_retail_customer_sees_retail_and_how_to_become_a_buyer(cast, retail):
    page = retail.get("/").content.decode()

    assert 'data-price="1990.00"' in page
    assert "1500.50" not in page
    assert 'id="not-a-buyer"' in page
    assert "Ромашка" not in page


def test_switched_off_he_is_told_and_sees_retail(cast, olga):
    switch(get_shop(), cast.manager, cast.company, on=False)

    page = olga.get("/").content.decode()

    assert 'data-price="1990.00"' in page
    assert "1500.50" not in page
    assert 'id="switched-off"' in page


@pytest.mark.parametrize("text", ["ШП-25/34", "шп-25/34", "SH-25", "армированный", "шланг 25 м"])
def test_a_good_is_found_by_article_sku_and_words_of_its_name(cast, olga, text):
    page = olga.get("/", {"q": text}).content.decode()

    assert page.count("data-variant=") == 1
    assert f'data-variant="{cast.hose.pk}"' in page


def test_a_good_is_found_by_its_barcode(cast, olga):
    barcode = VariantFacts.objects.get(pk=cast.bath.pk).barcode

    page = olga.get("/", {"q": barcode}).content.decode()

    assert page.count("data-variant=") == 1
    assert f'data-variant="{cast.bath.pk}"' in page


def test_nothing_found_says_what_to_do(olga):
    page = olga.get("/", {"q": "трактор"}).content.decode()

    assert "По запросу «трактор» ничего не нашлось" in page


def test_a_category_shows_its_own(cast, olga):
    page = olga.get("/", {"c": cast.boards.product.category_id}).content.decode()

    assert page.count("data-variant=") == 1
    assert f'data-variant="{cast.boards.pk}"' in page


def test_what_is_out_of_stock_is_said_and_has_no_button(cast, olga):
    page = olga.get("/", {"q": "LE-9"}).content.decode()

    assert "нет в наличии" in page
    assert f"/goods/{cast.gone.pk}/to-cart/" not in page


def test_goods_sold_by_the_pack_say_the_price_of_a_pack_and_go_by_it(cast, olga):
    page = olga.get("/", {"q": "DT-6"}).content.decode()

    assert "уп по 6 шт: 2\xa0400,00" in page
    assert 'min="6" step="6" value="6"' in page


def test_a_good_says_why_it_costs_that(cast, olga):
    page = olga.get(f"/goods/{cast.hose.pk}/").content.decode()

    assert "ООО «Ромашка»: <b>по договору № ОПТ-1 от 01.03.2026</b>, отсрочка 14 дней" in page


def test_a_good_no_list_has_says_it_costs_retail(cast, olga):
    page = olga.get(f"/goods/{cast.bath.pk}/").content.decode()

    assert "действует розничная цена" in page
    assert 'data-price="3200.00"' in page


def test_a_page_of_goods_takes_the_same_queries_whatever_its_size(
    cast, olga, django_assert_max_num_queries
):
    olga.get("/")
    with django_assert_max_num_queries(45) as few:
        olga.get("/", {"q": "SH-25"})
    with django_assert_max_num_queries(45) as many:
        olga.get("/")

    assert abs(len(many) - len(few)) <= 4


def test_an_htmx_search_brings_the_list_alone(cast, olga):
    page = olga.get("/", {"q": "SH-25"}, headers={"HX-Request": "true"}).content.decode()

    assert page.lstrip().startswith('<section id="goods"')
    assert "<html" not in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "5"])
def test_no_page_number_breaks_it(olga, page):
    assert olga.get("/", {"page": page, "c": page}).status_code == 200


def test_prices_never_round_a_kopeck_away(cast, olga):
    cast.wholesale.prices.filter(variant_id=cast.hose.pk).update(amount=Decimal("0.01"))

    assert 'data-price="0.01"' in olga.get("/").content.decode()
