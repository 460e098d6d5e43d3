"""What a sales manager sets and decides about the seller's books, on a desktop and a phone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from conftest import DESKTOP, PHONE
from django.db import transaction
from django.utils import timezone

from b2b_overlay.company.models import Difference
from b2b_overlay.ordering import corrections
from b2b_overlay.ordering.models import GroupVisibility, WholesaleOrder
from b2b_overlay.ordering.orders import place
from b2b_overlay.ordering.rewriting import Told
from b2b_overlay.ordering.shops_changes import follow
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.models import Organization, SellingRule
from onec_bridge.models import Connection, Link
from onec_bridge.sync import confirm_given, orders_to_give
from sandbox import models

pytestmark = pytest.mark.browser

PAGES = {
    "selling": "/desk/organizations/selling/",
    "books": "/onec/journal/connections/{connection.pk}/books/",
    "statuses": "/onec/journal/connections/{connection.pk}/statuses/",
    "differences": "/desk/differences/",
    "order": "/desk/orders/{order.order_id}/",
    "visibility": "/desk/visibility/",
    "connection": "/onec/journal/connections/{connection.pk}/",
}


@pytest.fixture
def connection(cast) -> Connection:
    """A 1C base that keeps each organisation's goods apart."""
    made = Connection.objects.create(
        name="УТ 11 (основная)",
        login="ut11",
        password="!",
        channel="ru",
        split_by_organization=True,
        order_stages={"на сборке": "in_work"},
    )
    for name in ("hose", "boards"):
        variant = getattr(cast, name)
        Link.objects.create(
            connection=made,
            kind="offer",
            external_id=name,
            parent_id=name,
            local_id=str(variant.pk),
        )
    return made


@pytest.fixture
def order(cast, connection) -> WholesaleOrder:
    """Two documents in 1C; edited by the staff; of the first 1C has fewer."""
    first = Organization.objects.create(name="ООО «Садовник»", inn="7707083893")
    second = Organization.objects.create(name="ИП Семёнов Аркадий Викторович", inn="500100732259")
    wood = models.Category.objects.get(name="Пиломатериалы")
    SellingRule.objects.create(organization=second, category_id=wood.pk)
    warehouse = models.Warehouse.objects.get()
    SellingRule.objects.create(organization=first, warehouse_id=str(warehouse.pk))
    GroupVisibility.objects.create(category_id=wood.pk, rule="wholesale")
    shop = get_shop()
    goods = {cast.hose.pk: 10, cast.boards.pk: 12}
    cart = shop.checkouts.set_quantities(cast.olga.pk, shop.catalogue.channels()[0], goods)
    made = place(shop, cast.olga, cart, cast.ooo.pk)
    orders_to_give(connection, "s", 10)
    confirm_given(connection, "s")
    row = models.Order.objects.get(pk=made.order_id)
    row.lines.filter(variant=cast.hose).update(quantity=8, total=Decimal("12004.00"))
    row.total -= Decimal("3001.00")
    row.save()
    follow(shop, [made.order_id])
    seven = Told(
        variant_id=cast.hose.pk,
        name=cast.hose.product.name,
        article="",
        quantity=Decimal(7),
        unit="шт",
        price=Decimal("1500.50"),
        total=Decimal("10503.50"),
    )
    part = made.parts.first()
    with transaction.atomic():
        corrections.tell(part, [seven], seven.total, timezone.now())
    contract = cast.ooo.contracts.get()
    Difference.objects.create(
        about=Difference.About.CONTRACT,
        object_id=contract.pk,
        field="payment_days",
        theirs=30,
        source="УТ 11 (основная)",
    )
    return made


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_books_and_decisions_fit_any_screen(browser, cast, connection, order, size, settings):
    settings.B2B_OVERSEERS = [cast.manager.email]
    page = browser(size, scripts=False)
    page.sign_in(cast.manager)
    for name, address in PAGES.items():
        page.open(address.format(connection=connection, order=order))
        assert page.overflow() <= 0, f"{address} is wider than the screen"
        assert page.nameless() == [], address
        assert page.outside() == [], address
        page.shot(f"books-{name}")


def test_one_press_takes_1c_s_side_of_one_document(browser, cast, connection, order):
    page = browser(PHONE, scripts=False)
    page.sign_in(cast.manager)
    page.open("/desk/differences/")

    page.press("[href*='#correction']")
    page.press("#correction [value=theirs]")

    page.see("1С")
    assert order.lines.get(variant_id=cast.hose.pk).quantity == 7
