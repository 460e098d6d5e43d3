"""Price lists at the desk in a real browser: they fit a phone, are named, need no scripts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from conftest import DESKTOP, PHONE

from b2b_overlay.company.models import Group
from b2b_overlay.pricing.models import Markup, PriceList, Rate, VariantFacts

pytestmark = pytest.mark.browser


@pytest.fixture
def derived(cast) -> PriceList:
    """A list derived from another, in euro, with a percentage of its own for a maker."""
    VariantFacts.objects.filter(pk=cast.hose.pk).update(
        manufacturer="Садко", price_group="Шланги и комплектующие для полива"
    )
    group = Group.objects.create(name="Дилеры Северо-Запада")
    group.companies.add(cast.company)
    Rate.objects.create(currency="EUR", day=dt.date(2026, 11, 2), rate=Decimal("98.5"))
    made = PriceList.objects.create(
        name="Экспорт, евро", currency="EUR", vat_included=False, base=cast.wholesale, percent=-5
    )
    Markup.objects.create(price_list=made, manufacturer="Садко", percent=Decimal("-7.5"))
    return made


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_price_lists_fit_and_are_named(browser, cast, derived, size, scripts):
    page = browser(size, scripts)
    page.sign_in(cast.manager)
    contract = cast.ooo.contracts.get()

    for path in (
        "/desk/prices/",
        f"/desk/prices/{derived.pk}/",
        f"/desk/prices/{derived.pk}/edit/",
        f"/desk/prices/{derived.pk}/markups/",
        "/desk/prices/for/all/",
        "/desk/prices/rates/",
        f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/",
    ):
        page.open(path)
        name = "".join(c if c.isalpha() else "-" for c in path).strip("-")
        page.shot(f"lists-{name}")
        if scripts:
            assert page.overflow() <= 0, f"{path} is wider than the screen"
            assert page.nameless() == [], path


def test_a_column_is_given_on_a_phone_without_scripts(browser, cast):
    page = browser(PHONE, scripts=False)
    page.sign_in(cast.manager)
    page.open("/desk/prices/for/all/?list=" + str(cast.dealer.pk))

    page.press("summary")
    page.type("[name=sum-0]", "50 000")
    page.find("[name=sum-0]").submit()

    page.see("Типы цен сохранены")
    page.see("Дилер")
