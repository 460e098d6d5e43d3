"""A price list from Excel in a real browser: chosen, told, looked at, confirmed; on a phone and
without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import DESKTOP, PHONE
from openpyxl import Workbook

from b2b_overlay.pricing.models import PriceLoad

pytestmark = pytest.mark.browser


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """As a shop has it: two columns nobody knows, an article nobody sells, a slip of a zero."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ["Прайс-лист", None, None, None],
        ["Артикул", "Наименование товара по каталогу поставщика", "Опт", "Колонка 2"],
        ["ШП-25/34", "Шланг", 16000, 1500],
        ["ДТ-6", "Доска", 2700, 2500],
        ["НЕТ-ТАКОГО", "Что-то", 10, 9],
        ["ВС-1", "Ванна", "договорная", 3000],
    ):
        sheet.append(row)
    path = tmp_path / "Прайс на декабрь.xlsx"
    workbook.save(path)
    return path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_file_is_loaded_step_by_step(browser, cast, file, size, scripts):
    page = browser(size, scripts)
    page.sign_in(cast.manager)

    def fits(name: str) -> None:
        page.shot(f"sheet-{name}")
        if scripts:
            assert page.overflow() <= 0, f"{name} is wider than the screen"
            assert page.nameless() == [], name

    page.open("/desk/prices/sheet/")
    fits("choose")
    page.find("input[type=file]").send_keys(str(file))
    page.find("form[method=post] button:not(.plain)").click()
    page.find("#columns")
    fits("columns")
    page.find(f"[name=column-3] option[value='price:{cast.dealer.pk}']").click()
    page.find("#columns button").click()
    page.find("[name=seen]")
    fits("differences")
    page.find("#differences button").click()
    page.wait(lambda d: PriceLoad.objects.get().state == PriceLoad.State.APPLIED, "applied")
    fits("done")

    assert cast.dealer.prices.get(variant_id=cast.hose.pk).amount == 1500
