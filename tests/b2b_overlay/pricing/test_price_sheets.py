"""A price list goes out as a spreadsheet and comes in from one, in whatever layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from cast import Cast, build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import Workbook, load_workbook

from b2b_overlay.money import split_price
from b2b_overlay.pricing.models import Price, PriceList, PriceLoad, SheetLayout, VariantFacts
from b2b_overlay.pricing.sheets import intake
from b2b_overlay.pricing.sheets.columns import price_key
from b2b_overlay.pricing.sheets.intake import Looked
from b2b_overlay.pricing.sheets.outgoing import write_lists
from b2b_overlay.shop import Refused, get_shop

Rows = Sequence[Sequence[Any]]


def book(rows: Rows, merged: Sequence[str] = ()) -> bytes:
    """An XLSX file of these rows."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for each in merged:
        sheet.merge_cells(each)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def loaded(cast: Cast, rows: Rows, merged: Sequence[str] = ()) -> Looked:
    """The file as the manager sees it before he confirms."""
    load = intake.upload(cast.manager, "прайс.xlsx", book(rows, merged))
    return intake.look(get_shop(), cast.manager, load.pk)


def applied(cast: Cast, looked: Looked) -> PriceLoad:
    return intake.apply(get_shop(), cast.manager, looked.load.pk, looked.seen)


def errors(looked: Looked) -> dict[str, str]:
    assert looked.prices is not None
    return {each.cell: each.text for each in looked.prices.errors}


def amounts(price_list: PriceList) -> dict[tuple[int, Decimal], Decimal]:
    rows = price_list.prices.values_list("variant_id", "min_quantity", "amount")
    return {(variant, step): amount for variant, step, amount in rows}


def everything() -> set[tuple[Any, ...]]:
    return set(
        Price.objects.values_list(
            "price_list_id",
            "variant_id",
            "min_quantity",
            "amount",
            "unit",
            "coefficient",
            "starts_at",
            "ends_at",
        )
    )


# ------------------------------------------------------- layouts of other people


def test_a_plain_list_of_articles_and_prices(cast: Cast) -> None:
    looked = loaded(
        cast,
        [
            ["Артикул", "Наименование", "Опт", "Дилер"],
            ["ШП-25/34", "Шланг", "1 600,50", 1450],
            ["ВС-1", "Ванна", 2800, None],
        ],
    )
    applied(cast, looked)

    assert errors(looked) == {}
    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal("1600.50")
    assert amounts(cast.wholesale)[cast.bath.pk, 1] == Decimal(2800)
    assert amounts(cast.dealer)[cast.hose.pk, 1] == Decimal(1450)
    assert (cast.bath.pk, 1) not in amounts(cast.dealer)


def test_a_printed_list_of_1c_with_a_title_and_a_header_of_two_rows(cast: Cast) -> None:
    looked = loaded(
        cast,
        [
            ["Прайс-лист на 27.11.2026"],
            [],
            ["Номенклатура", "Артикул", "Оптовая", None, "Дилерская", None],
            [None, None, "Цена", "Ед.", "Цена", "Ед."],
            ["Всё для полива"],
            ["Шланг", "ШП-25/34", 1700, "шт", 1500, "шт"],
        ],
        ["A3:A4", "B3:B4", "C3:D3", "E3:F3", "A5:F5"],
    )
    applied(cast, looked)

    assert errors(looked) == {}
    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal(1700)
    assert amounts(cast.dealer)[cast.hose.pk, 1] == Decimal(1500)


def test_quantity_steps_as_columns(cast: Cast) -> None:
    looked = loaded(
        cast,
        [
            ["Код", "Опт, руб. (с НДС 22%)", "Опт от 10 шт.", "Опт от 100", "Остаток"],
            ["SH-25", "1600", "1550,00", "1500 р.", 500],
        ],
    )
    applied(cast, looked)

    assert amounts(cast.wholesale)[cast.hose.pk, 10] == Decimal(1550)
    assert amounts(cast.wholesale)[cast.hose.pk, 100] == Decimal(1500)


def test_a_tall_list_with_the_price_type_in_each_row(cast: Cast) -> None:
    looked = loaded(
        cast,
        [
            ["Штрихкод", "Вид цен", "От, шт", "Цена", "Валюта"],
            [f"46000000{cast.hose.pk:05}", "Опт", 1, 1600, "руб."],
            [f"46000000{cast.hose.pk:05}", "Опт", 10, 1500, "RUB"],
            [f"46000000{cast.hose.pk:05}", "Дилер", 1, 1400, "руб."],
            [f"46000000{cast.bath.pk:05}", "Опт", 1, 50, "EUR"],
            [f"46000000{cast.bath.pk:05}", "Спец", 1, 50, "RUB"],
        ],
    )
    applied(cast, looked)

    assert set(errors(looked)) == {"E5", "B6"}
    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal(1600)
    assert amounts(cast.wholesale)[cast.hose.pk, 10] == Decimal(1500)
    assert amounts(cast.dealer)[cast.hose.pk, 1] == Decimal(1400)


def test_packs_names_merged_over_rows_and_days(cast: Cast) -> None:
    looked = loaded(
        cast,
        [
            ["Товар", "Ед. изм.", "Коэффициент", "Опт", "Действует с", "Действует по"],
            ["Доска террасная, сосна", "уп", 6, 2700, None, None],
            [None, "шт", 1, 500, "01.12.2026", date(2026, 12, 31)],
            ["Ванна садовая", "шт", None, 3000, None, None],
        ],
        ["A2:A3"],
    )
    applied(cast, looked)

    assert errors(looked) == {}
    pack = cast.wholesale.prices.get(variant_id=cast.boards.pk, starts_at=None)
    assert (pack.amount, pack.unit, pack.coefficient) == (Decimal(450), "уп", 6)
    action = cast.wholesale.prices.get(variant_id=cast.boards.pk, starts_at__isnull=False)
    assert action.ends_at - action.starts_at == timedelta(days=31)
    assert (action.amount, action.coefficient) == (Decimal(500), 1)
    assert amounts(cast.wholesale)[cast.bath.pk, 1] == Decimal(3000)


# ------------------------------------------------------------------- what is asked


def test_columns_that_look_like_prices_are_asked_and_remembered(cast: Cast) -> None:
    rows = [["Артикул", "Колонка 1", "Колонка 2"], ["ШП-25/34", 1600, 1990]]

    looked = loaded(cast, rows)

    assert looked.prices is None
    assert [column.title for column in looked.layout.columns if column.asked] == [
        "Колонка 1",
        "Колонка 2",
    ]
    with pytest.raises(Refused):
        applied(cast, looked)
    columns = {"article": 0, price_key(cast.wholesale.pk): 1}
    intake.remember(cast.manager, looked.load.pk, columns)
    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal("1500.50")

    again = loaded(cast, [["Прайс"], *rows[:1], ["ШП-25/34", 1650, 2000]])
    applied(cast, again)

    assert again.layout.remembered
    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal(1650)
    assert amounts(cast.dealer)[cast.hose.pk, 1] == Decimal("1400.25")


def test_a_price_column_is_of_the_only_list_there_is(cast: Cast) -> None:
    PriceList.objects.filter(pk=cast.dealer.pk).update(base_retail=True)

    looked = loaded(cast, [["Артикул", "Цена"], ["ШП-25/34", 1600]])

    assert looked.layout.at == {"article": 0, price_key(cast.wholesale.pk): 1}


def test_prices_from_a_cart_s_sum_are_no_quantity_steps(cast: Cast) -> None:
    looked = loaded(cast, [["Артикул", "Опт", "Опт от 50 000 руб"], ["ШП-25/34", 1600, 1500]])

    assert [column.title for column in looked.layout.columns if column.asked] == [
        "Опт от 50 000 руб"
    ]


# ------------------------------------------------------------------ errors by cell


def test_what_is_wrong_is_said_by_cell_and_the_rest_goes_in(cast: Cast) -> None:
    VariantFacts.objects.filter(variant_id=cast.gone.pk).update(article="ВС-1")
    before = amounts(cast.dealer)
    looked = loaded(
        cast,
        [
            ["Артикул", "Ед", "Опт", "Дилер"],
            ["НЕТ-1", "шт", 100, None],
            ["ВС-1", "шт", 100, None],
            ["ШП-25/34", "шт", 1600, "звоните"],
            ["ДТ-6", "паллета", 9000, None],
            ["ДТ-6", "уп", 2700.10, None],
            [None, None, 5, None],
            ["ШП-25/34", "шт", None, 0],
            ["ШП-25/34", "шт", None, date(2026, 5, 12)],
            ["ШП-25/34", "шт", None, "#N/A"],
        ],
    )
    applied(cast, looked)

    assert set(errors(looked)) == {"A2", "A3", "D4", "C5", "C6", "A7", "D8", "D9", "D10"}
    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal(1600)
    assert amounts(cast.wholesale)[cast.boards.pk, 1] == Decimal(400)
    assert amounts(cast.dealer) == before


def test_two_different_prices_for_one_good_are_both_left_out(cast: Cast) -> None:
    looked = loaded(
        cast,
        [
            ["Артикул", "Опт", "Дилер"],
            ["ШП-25/34", 1600, 1400],
            ["шп-25/34", 1700, 1400],
            ["ШП-25/34", 1600, 1400],
        ],
    )
    applied(cast, looked)

    assert set(errors(looked)) == {"B3", "B4"}
    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal("1500.50")
    assert amounts(cast.dealer)[cast.hose.pk, 1] == Decimal(1400)


def test_the_barcode_tells_goods_of_one_article_apart(cast: Cast) -> None:
    VariantFacts.objects.filter(variant_id=cast.gone.pk).update(article="ВС-1")

    looked = loaded(
        cast,
        [
            ["Артикул", "Штрихкод", "Опт"],
            ["ВС-1", f"46000000{cast.gone.pk:05}", 250],
            ["ШП-25/34", f"46000000{cast.gone.pk:05}", 300],
        ],
    )
    applied(cast, looked)

    assert set(errors(looked)) == {"B3"}
    assert amounts(cast.wholesale)[cast.gone.pk, 1] == Decimal(250)


def test_an_article_that_excel_made_a_number_is_found(cast: Cast) -> None:
    VariantFacts.objects.filter(variant_id=cast.bath.pk).update(article="00123")

    applied(cast, loaded(cast, [["Артикул", "Опт"], [123, 2500]]))

    assert amounts(cast.wholesale)[cast.bath.pk, 1] == Decimal(2500)


def test_an_empty_cell_leaves_a_price_and_a_dash_removes_it(cast: Cast) -> None:
    Price.objects.create(
        price_list=cast.wholesale, variant_id=cast.hose.pk, min_quantity=50, amount=1300
    )

    applied(
        cast,
        loaded(
            cast,
            [["Артикул", "Опт", "Опт от 50", "Дилер"], ["ШП-25/34", None, "—", "-"]],
        ),
    )

    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal("1500.50")
    assert (cast.hose.pk, 50) not in amounts(cast.wholesale)
    assert (cast.hose.pk, 1) not in amounts(cast.dealer)


def test_a_column_the_file_has_not_leaves_quantity_steps_alone(cast: Cast) -> None:
    Price.objects.create(
        price_list=cast.wholesale, variant_id=cast.hose.pk, min_quantity=50, amount=1300
    )

    applied(cast, loaded(cast, [["Артикул", "Опт от 10"], ["ШП-25/34", 1400]]))

    assert {step: a for (pk, step), a in amounts(cast.wholesale).items() if pk == cast.hose.pk} == {
        1: Decimal("1500.50"),
        10: Decimal(1400),
        50: Decimal(1300),
    }


def test_formulas_count_by_their_result_and_without_one_are_named(cast: Cast) -> None:
    looked = loaded(
        cast,
        [["Артикул", "Опт", "Дилер"], ["ШП-25/34", "=1000+600", None], ["ВС-1", 2500.004, None]],
    )

    assert set(errors(looked)) == {"B2"}
    assert looked.prices is not None
    assert [(note.cell, note.value) for note in looked.prices.notes] == [("B3", "2500,004")]


def test_windows_of_one_price_that_overlap_are_refused(cast: Cast) -> None:
    looked = loaded(
        cast,
        [
            ["Артикул", "Опт", "Действует с", "Действует по"],
            ["ШП-25/34", 1400, "01.12.2026", "15.12.2026"],
            ["ШП-25/34", 1350, "15.12.2026", "20.12.2026"],
            ["ШП-25/34", 1300, "16.12.2026", "20.12.2026"],
            ["ВС-1", 1300, "16.12.2026", "10.12.2026"],
        ],
    )
    applied(cast, looked)

    assert set(errors(looked)) == {"B3", "D5"}
    assert cast.wholesale.prices.filter(variant_id=cast.hose.pk).count() == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"no spreadsheet", book([["Только текст"], ["и ещё"]])],
    ids=["empty", "another file", "no header"],
)
def test_what_is_no_price_list_is_refused_with_words(cast: Cast, content: bytes) -> None:
    with pytest.raises(Refused):
        intake.upload(cast.manager, "прайс.xlsx", content)

    assert not PriceLoad.objects.exists()


# ---------------------------------------------------------- nothing before it is confirmed


def test_nothing_is_in_force_before_it_is_confirmed_and_twice_is_once(cast: Cast) -> None:
    before = everything()
    looked = loaded(cast, [["Артикул", "Опт"], ["ШП-25/34", 3200]])

    assert everything() == before
    assert looked.difference is not None
    assert (looked.difference.total, looked.difference.sharp) == (1, 1)
    first = applied(cast, looked)
    again = applied(cast, looked)

    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal(3200)
    assert first.pk == again.pk
    assert bytes(PriceLoad.objects.get().content) == b""
    assert PriceLoad.objects.get().counts["changed"] == 1


def test_when_prices_changed_meanwhile_the_difference_is_shown_first(cast: Cast) -> None:
    looked = loaded(cast, [["Артикул", "Опт"], ["ШП-25/34", 1600]])
    Price.objects.filter(price_list=cast.wholesale, variant_id=cast.hose.pk).update(amount=1700)

    with pytest.raises(Refused):
        applied(cast, looked)

    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal(1700)


def test_a_discarded_file_is_never_applied(cast: Cast) -> None:
    looked = loaded(cast, [["Артикул", "Опт"], ["ШП-25/34", 1600]])
    intake.discard(cast.manager, looked.load.pk)

    with pytest.raises(Refused):
        applied(cast, looked)

    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal("1500.50")
    assert bytes(PriceLoad.objects.get().content) == b""


def test_only_the_desk_loads_prices(cast: Cast) -> None:
    looked = loaded(cast, [["Артикул", "Опт"], ["ШП-25/34", 1600]])

    for action in (
        lambda: intake.upload(cast.olga, "прайс.xlsx", book([["Артикул", "Опт"]])),
        lambda: intake.apply(get_shop(), cast.olga, looked.load.pk),
        lambda: intake.discard(cast.olga, looked.load.pk),
        lambda: write_lists(get_shop(), cast.olga, [cast.wholesale], BytesIO()),
    ):
        with pytest.raises(Refused):
            action()
    with pytest.raises(PriceLoad.DoesNotExist):
        intake.look(get_shop(), cast.olga, looked.load.pk)

    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal("1500.50")


# ------------------------------------------------------------------------- going out


def written(lists: Sequence[PriceList], **options: Any) -> bytes:
    stream = BytesIO()
    write_lists(get_shop(), None, lists, stream, **options)
    return stream.getvalue()


def cells(content: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_a_list_goes_out_with_units_steps_and_vat(cast: Cast) -> None:
    Price.objects.create(
        price_list=cast.wholesale, variant_id=cast.hose.pk, min_quantity=10, amount=1300
    )

    rows = cells(written([cast.wholesale]))

    assert rows[0] == (
        "Артикул",
        "Штрихкод",
        "Наименование",
        "Единица",
        "НДС, %",
        "Коэффициент",
        "Опт",
        "Опт от 10",
    )
    found = {row[0]: row for row in rows[1:]}
    assert found["ШП-25/34"][3:] == ("шт", 22, 1, 1500.5, 1300)
    assert found["ДТ-6"][3:] == ("уп", 22, 6, 2400, None)
    assert "ВС-1" not in found


def test_a_derived_list_goes_out_as_reckoned_and_is_not_read_back(cast: Cast) -> None:
    special = PriceList.objects.create(name="Спец", base=cast.wholesale, percent=Decimal(-10))

    content = written([cast.wholesale, special])
    load = intake.upload(cast.manager, "прайс.xlsx", content)
    looked = intake.look(get_shop(), cast.manager, load.pk)

    assert {row[0]: row[-1] for row in cells(content)[1:]}["ШП-25/34"] == 1350.45
    assert looked.difference is not None
    assert looked.difference.total == 0
    assert {pk for pk, _variant in looked.prices.where} == {cast.wholesale.pk}


def test_a_list_goes_out_in_the_layout_of_the_file_last_loaded(cast: Cast) -> None:
    looked = loaded(
        cast, [["Товар", "Поставщик", "Артикул", "Дилер"], ["Шланг", "А", "ШП-25/34", 1]]
    )
    applied(cast, looked)
    layout = SheetLayout.objects.get()

    rows = cells(written([cast.dealer], layout=layout))

    assert rows[0][:4] == ("Товар", "Поставщик", "Артикул", "Дилер")
    assert {row[2]: row[3] for row in rows[1:]}["ШП-25/34"] == 1


def test_a_name_that_looks_like_a_formula_stays_a_name(cast: Cast) -> None:
    product = cast.hose.product
    product.name = '=HYPERLINK("http://example.org")'
    product.save()

    content = written([cast.wholesale])
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    cell = next(c for row in sheet.iter_rows() for c in row if str(c.value).startswith("=HYPER"))

    assert cell.data_type == "s"


STEPS = st.sampled_from(["1", "10", "12.5"])
UNITS = st.sampled_from([("шт", "1"), ("уп", "6"), ("м", "0.5"), ("рул", "12.345")])
NOON = datetime(2026, 12, 1, 9, 30, 15, 250, UTC)
WINDOWS = st.sampled_from(
    [
        (None, None),
        (datetime(2026, 11, 30, 21, tzinfo=UTC), datetime(2026, 12, 31, 21, tzinfo=UTC)),
        (NOON + timedelta(days=60), None),
    ]
)
PRICES = st.dictionaries(
    st.tuples(st.integers(0, 1), st.integers(0, 3), STEPS, WINDOWS),
    st.tuples(st.integers(1, 10**12), UNITS),
    max_size=14,
)


class RoundTrip(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(PRICES, st.booleans())
    def test_what_goes_out_comes_in_as_it_was(self, prices: dict[Any, Any], kept: bool) -> None:
        cast = build()
        Price.objects.all().delete()
        goods = [cast.hose.pk, cast.boards.pk, cast.bath.pk, cast.gone.pk]
        lists = [cast.wholesale, cast.dealer]
        for (which, good, step, window), (kopecks, (unit, coefficient)) in prices.items():
            per_unit = Decimal(kopecks) / 100
            amount = split_price(per_unit, Decimal(coefficient), "RUB")
            if amount is None or amount >= 10**12:
                continue
            Price.objects.create(
                price_list=lists[which],
                variant_id=goods[good],
                min_quantity=Decimal(step),
                amount=amount,
                unit=unit,
                coefficient=Decimal(coefficient),
                starts_at=window[0],
                ends_at=window[1],
            )
        before = everything()

        content = written(lists)
        if not kept:
            Price.objects.all().delete()
        load = intake.upload(cast.manager, "прайс.xlsx", content)
        looked = intake.look(get_shop(), cast.manager, load.pk)
        assert looked.prices is not None
        assert looked.prices.errors == []
        if kept:
            assert looked.difference.total == 0
        if before:
            intake.apply(get_shop(), cast.manager, load.pk, looked.seen)

        assert everything() == before


def test_a_list_saved_as_text_is_read_as_a_worksheet_is(cast: Cast) -> None:
    content = "Артикул;Опт\r\nШП-25/34;1 600,50\r\n".encode("cp1251")
    load = intake.upload(cast.manager, "прайс.csv", content)

    applied(cast, intake.look(get_shop(), cast.manager, load.pk))

    assert amounts(cast.wholesale)[cast.hose.pk, 1] == Decimal("1600.50")
