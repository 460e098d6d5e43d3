"""Quick order: what can be ordered goes in, the rest stays with why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.ordering.quick import parse
from sandbox import models


def in_cart():
    return dict(models.CheckoutLine.objects.values_list("variant_id", "quantity"))


@pytest.mark.parametrize(
    ("line", "code", "quantity"),
    [
        ("ART-1 24", "ART-1", 24),
        ("ART-1\t24", "ART-1", 24),
        ("ART-1;24", "ART-1", 24),
        ("ART-1, 24 шт.", "ART-1", 24),
        ("  АР 12/5   7 ", "АР 12/5", 7),
        ("ART-1 24,0", "ART-1", 24),
        ("ART-1 2,5", "ART-1", Decimal("2.5")),
        ("ART-1; 2.5 м", "ART-1", Decimal("2.5")),
        ("К-17 0,75м3", "К-17", Decimal("0.75")),
        ("ART-1", "ART-1", None),
    ],
)
def test_a_line_is_an_article_and_a_quantity(line, code, quantity):
    (entry,) = parse(line)

    assert (entry.code, entry.quantity, entry.problem) == (code, quantity, "")


@pytest.mark.parametrize("line", ["ART-1 2,5,5", "ART-1 0", "ART-1 1.000,5"])
def test_what_is_no_quantity_is_said(line):
    (entry,) = parse(line)

    assert entry.problem
    assert entry.text == line


def test_blank_lines_count_in_the_numbering_and_nowhere_else():
    assert [entry.number for entry in parse("A 1\n\n  \nB 2")] == [1, 4]


def test_good_lines_go_in_and_bad_ones_stay_with_why(cast, olga):
    answer = olga.post("/quick/", {"lines": "шп-25/34 3\nнет-такого 5\nДТ-6 7\nВС-1 1,5\nVS-1 1"})

    page = answer.content.decode()
    assert in_cart() == {cast.hose.pk: 3, cast.bath.pk: 1}
    assert "Нет товара с артикулом «нет-такого»." in page
    assert "возьмите 6 или 12" in page
    assert "Ванна садовая: продаётся по 1 шт, возьмите 1 или 2." in page
    assert "нет-такого 5\nДТ-6 7\nВС-1 1,5</textarea>" in page


def test_an_article_of_several_goods_is_not_guessed(cast, olga):
    from b2b_overlay.pricing.models import VariantFacts

    VariantFacts.objects.filter(pk=cast.bath.pk).update(article="ШП-25/34")

    page = olga.post("/quick/", {"lines": "ШП-25/34 1"}).content.decode()

    assert in_cart() == {}
    assert "у нескольких товаров" in page


def test_more_than_there_is_stays(cast, olga):
    page = olga.post("/quick/", {"lines": "ВС-1 5"}).content.decode()

    assert in_cart() == {}
    assert "В наличии только 4 шт." in page


def test_twice_the_same_article_adds_up_and_the_shop_has_the_last_word(cast, olga):
    page = olga.post("/quick/", {"lines": "ВС-1 3\nВС-1 3\nШП-25/34 1"}).content.decode()

    assert in_cart() == {cast.hose.pk: 1}
    assert page.count("ВС-1 3") >= 2


def test_too_long_a_list_is_refused_whole_and_kept(cast, olga):
    lines = "\n".join(f"A-{n} 1" for n in range(301))

    answer = olga.post("/quick/", {"lines": lines})

    assert answer.status_code == 422
    assert "A-300 1" in answer.content.decode()
    assert in_cart() == {}


def test_htmx_brings_the_form_alone(cast, olga):
    answer = olga.post("/quick/", {"lines": "ВС-1 5"}, headers={"HX-Request": "true"})

    assert answer.content.decode().lstrip().startswith('<section id="quick"')
