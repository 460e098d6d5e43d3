"""The exceptions report: a planted kickback is found, honest changes are not."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from cast import Cast
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from b2b_overlay.company.models import Group
from b2b_overlay.history import recorded
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.assign import Binding, set_bindings
from b2b_overlay.pricing.models import Floor, Price, PriceList, PriceRequest, Rate
from sandbox.models import User

#: The database takes a moment by its transaction: each step must be one of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(cast: Cast, settings, sign_in) -> Client:
    """Who watches over prices for the shop's owner."""
    settings.B2B_OVERSEERS = ["owner@example.org"]
    return sign_in(User.objects.create_user("owner@example.org", cast.password, is_staff=True))


def give(client: Client, cast: Cast, amount: str, **more: str):
    typed = {"good": "SH-25", "amount": amount, **more}
    return client.post(f"/desk/counterparties/{cast.ooo.pk}/prices/", typed)


def take_back(client: Client, cast: Cast) -> None:
    price = Price.objects.get(price_list__assignments__is_individual=True)
    client.post(f"/desk/counterparties/{cast.ooo.pk}/prices/{price.pk}/take-back/")


def order(client: Client, cast: Cast, quantity: int = 10) -> WholesaleOrder:
    """Olga orders hoses for «Ромашка»."""
    client.post("/legal-entity/", {"legal_entity": cast.ooo.pk})
    client.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": str(quantity)})
    page = client.get("/checkout/").content.decode()
    typed = {
        "checkout": re.search(r'name="checkout" value="([^"]+)"', page)[1],
        "shown": re.search(r'name="shown" value="([^"]+)"', page)[1],
        "legal_entity": cast.ooo.pk,
    }
    client.post("/checkout/", typed)
    return WholesaleOrder.objects.latest("pk")


def report(client: Client, what: str, **more: object) -> str:
    answer = client.get("/desk/exceptions/", {"what": what, **more})
    assert answer.status_code == 200
    return re.sub("[\u00a0\u202f]", " ", answer.content.decode())


# ------------------------------------------------------------------------------- whose it is


@pytest.mark.parametrize("what", ["given", "below", "dips", "managers"])
def test_only_who_watches_over_prices_reads_it(
    cast: Cast, owner: Client, manager: Client, olga: Client, what: str
) -> None:
    for client in (manager, olga):
        assert client.get("/desk/exceptions/", {"what": what}).status_code == 404
        assert client.get(f"/desk/exceptions/{what}.xlsx").status_code == 404
    assert "/desk/exceptions/" not in manager.get("/desk/prices/").content.decode()
    assert "/desk/exceptions/" in owner.get("/desk/prices/").content.decode()
    assert owner.get("/desk/exceptions/", {"what": what}).status_code == 200


# -------------------------------------------------------------------- given under the list


def test_it_says_who_gave_what_to_whom_why_and_beside_what_like_buyers_get(
    cast: Cast, owner: Client, manager: Client
) -> None:
    dealers = Group.objects.create(name="Дилеры")
    dealers.companies.add(cast.company, cast.other)
    manager.post(
        f"/desk/counterparties/{cast.theirs.pk}/prices/", {"good": "SH-25", "amount": "1399"}
    )

    give(manager, cast, "1200.40", reason="Старый друг")

    page = report(owner, "given")
    row = next(part for part in page.split("<tr>") if "1 200,40" in part)
    assert "1 500,50" in row
    assert "−20" in row
    assert "Старый друг" in row
    assert "manager@example.org" in row
    assert "1 399,00" in row


def test_a_price_above_what_it_costs_without_is_no_exception(
    cast: Cast, owner: Client, manager: Client
) -> None:
    give(manager, cast, "1600")

    assert "1 600,00" not in report(owner, "given")


def test_what_was_taken_back_long_ago_still_stands_there(
    cast: Cast, owner: Client, manager: Client
) -> None:
    give(manager, cast, "1200")
    take_back(manager, cast)

    assert "1 200,00" in report(owner, "given")


def test_a_price_written_past_the_overlay_is_shown_as_nobodys(cast: Cast, owner, manager) -> None:
    give(manager, cast, "1490")
    Price.objects.filter(price_list__assignments__is_individual=True).update(amount=Decimal(900))

    row = next(part for part in report(owner, "given").split("<tr>") if "900,00" in part)

    assert "неизвестно" in row


def test_a_price_under_the_floor_is_told_with_both_people(
    cast: Cast, owner: Client, manager: Client
) -> None:
    Floor.objects.create(name="Розница", retail=True)
    give(manager, cast, "1200", reason="Очень надо")
    request = PriceRequest.objects.get()

    owner.post(f"/desk/price-requests/{request.pk}/", {"what": "confirm"})

    row = next(part for part in report(owner, "given").split("<tr>") if "1 200,00" in part)
    assert "manager@example.org" in row
    assert "owner@example.org" in row


def test_it_is_narrowed_by_manager_company_and_period(
    cast: Cast, owner: Client, manager: Client
) -> None:
    give(manager, cast, "1200")
    today = timezone.localdate()

    assert "1 200,00" in report(owner, "given", manager=cast.manager.pk, company=cast.company.pk)
    assert "1 200,00" not in report(owner, "given", manager=cast.olga.pk)
    assert "1 200,00" not in report(owner, "given", company=cast.other.pk)
    assert "1 200,00" not in report(owner, "given", until=today - timedelta(days=1))
    assert "1 200,00" in report(owner, "given", since="вчера", until="31.02", manager="x")


# -------------------------------------------------------- cheaper before an order, back after


def test_a_price_lowered_for_one_order_and_taken_back_is_found(
    cast: Cast, owner: Client, manager: Client, olga: Client
) -> None:
    give(manager, cast, "1100")
    placed = order(olga, cast)
    take_back(manager, cast)

    page = report(owner, "dips")

    assert f"№ {placed.number}" in page
    assert "manager@example.org" in page
    assert f"№ {placed.number}" not in report(owner, "dips", manager=cast.olga.pk)


def test_a_price_of_a_list_lowered_and_raised_again_is_found(
    cast: Cast, owner: Client, olga: Client
) -> None:
    price = cast.wholesale.prices.get(variant_id=cast.hose.pk)
    with recorded(cast.manager, "page", "/desk/prices/"):
        Price.objects.filter(pk=price.pk).update(amount=Decimal(1000))
    placed = order(olga, cast)
    with recorded(cast.manager, "page", "/desk/prices/"):
        Price.objects.filter(pk=price.pk).update(amount=Decimal(1400))

    assert f"№ {placed.number}" in report(owner, "dips")


def test_a_percentage_lowered_for_one_order_is_found_through_the_list_that_derives(
    cast: Cast, owner: Client, olga: Client
) -> None:
    derived = PriceList.objects.create(name="Особый", base=cast.wholesale)
    cast.ooo.contracts.get().price_assignments.update(price_list=derived)
    PriceList.objects.filter(pk=derived.pk).update(percent=Decimal(-30))
    placed = order(olga, cast)
    PriceList.objects.filter(pk=derived.pk).update(percent=Decimal(0))

    assert f"№ {placed.number}" in report(owner, "dips")


def test_a_cheaper_list_given_for_one_order_is_found(
    cast: Cast, owner: Client, olga: Client
) -> None:
    contract = cast.ooo.contracts.get()
    set_bindings(cast.manager, contract, [Binding(cast.dealer), Binding(cast.wholesale, 1)])
    placed = order(olga, cast)
    set_bindings(cast.manager, contract, [Binding(cast.wholesale)])

    assert f"№ {placed.number}" in report(owner, "dips")


def test_a_window_that_closes_right_after_the_order_is_found(
    cast: Cast, owner: Client, manager: Client, olga: Client
) -> None:
    today = timezone.localdate()
    give(manager, cast, "1100", starts=str(today), ends=str(today + timedelta(days=1)))
    placed = order(olga, cast)

    assert f"№ {placed.number}" in report(owner, "dips")


def test_honest_changes_are_not_in_it(
    cast: Cast, owner: Client, manager: Client, olga: Client
) -> None:
    """A price that stays low; one that was raised; another's, changed to and fro."""
    give(manager, cast, "1100")
    order(olga, cast)
    manager.post(
        f"/desk/counterparties/{cast.theirs.pk}/prices/", {"good": "SH-25", "amount": "900"}
    )
    other = Price.objects.get(amount=Decimal(900))
    manager.post(f"/desk/counterparties/{cast.theirs.pk}/prices/{other.pk}/take-back/")
    Price.objects.filter(price_list=cast.wholesale, variant_id=cast.boards.pk).update(amount=300)
    order(olga, cast)
    Price.objects.filter(price_list=cast.wholesale, variant_id=cast.boards.pk).update(amount=400)

    assert "№" not in report(owner, "dips").partition("<table")[2]


def test_what_1c_changed_is_shown_only_where_it_is_asked_for(
    cast: Cast, owner: Client, olga: Client
) -> None:
    rows = Price.objects.filter(price_list=cast.wholesale, variant_id=cast.hose.pk)
    with recorded(None, "exchange", "offers.xml"):
        rows.update(amount=Decimal(1000))
    placed = order(olga, cast)
    with recorded(None, "exchange", "offers.xml"):
        rows.update(amount=Decimal(1500))

    assert f"№ {placed.number}" not in report(owner, "dips")
    assert f"№ {placed.number}" in report(owner, "dips", exchange="1")


# ----------------------------------------------------------------------- under a floor now


@pytest.fixture
def cost(cast: Cast) -> PriceList:
    """What the shop pays; a floor of 10 % above it."""
    price_list = PriceList.objects.create(name="Закупка")
    for good, amount in ((cast.hose, 1000), (cast.boards, 300)):
        Price.objects.create(price_list=price_list, variant_id=good.pk, amount=amount)
    Floor.objects.create(name="Закупка + 10 %", price_list=price_list, percent=10)
    return price_list


def from_1c(price_list: PriceList, variant_id: int, amount: object) -> None:
    with recorded(None, "exchange", "offers.xml", file="offers.xml"):
        price_list.prices.filter(variant_id=variant_id).update(amount=amount)


def row_of(page: str, words: str) -> str:
    """The one row with these words; "" where there is none."""
    found = [part for part in page.split("<tr>") if words in part]
    assert len(found) < 2
    return found[0] if found else ""


def test_a_price_of_1c_under_the_floor_is_told_with_its_file_and_leads_to_its_history(
    cast: Cast, owner: Client, cost: PriceList
) -> None:
    assert "Закупка + 10 %" not in report(owner, "below")

    from_1c(cast.wholesale, cast.hose.pk, "1099.99")

    row = row_of(report(owner, "below"), "Закупка + 10 %")
    assert "Опт" in row
    assert "1 099,99" in row
    assert "1 100,00" in row
    assert "offers.xml" in row
    history = f"/desk/prices/{cast.wholesale.pk}/{cast.hose.pk}/history/"
    assert f'href="{history}"' in row
    assert "offers.xml" in owner.get(history).content.decode()


def test_a_price_that_derives_from_one_that_1c_lowered_is_under_the_floor_too(
    cast: Cast, owner: Client, cost: PriceList
) -> None:
    special = PriceList.objects.create(name="Особый", base=cast.wholesale, percent=Decimal(-10))
    contract = cast.ooo.contracts.get()
    set_bindings(cast.manager, contract, [Binding(special)])

    from_1c(cast.wholesale, cast.hose.pk, 1200)

    row = row_of(report(owner, "below"), "Закупка + 10 %")
    assert "Особый" in row
    assert "1 080,00" in row
    assert f"/desk/prices/{cast.wholesale.pk}/{cast.hose.pk}/history/" in row


def test_what_an_overseer_confirmed_and_a_floor_that_rose_since_stand_there(
    cast: Cast, owner: Client, manager: Client, cost: PriceList
) -> None:
    give(manager, cast, "1090", reason="Очень надо")
    owner.post(f"/desk/price-requests/{PriceRequest.objects.get().pk}/", {"what": "confirm"})
    Price.objects.filter(price_list=cost, variant_id=cast.boards.pk).update(amount=360)

    page = report(owner, "below")

    assert "owner@example.org" in row_of(page, "1 090,00")
    assert "Дилер" in row_of(page, "380,00")


def test_a_price_nobody_buys_by_or_one_at_the_floor_is_no_exception(
    cast: Cast, owner: Client, cost: PriceList
) -> None:
    unused = PriceList.objects.create(name="Никому")
    Price.objects.create(price_list=unused, variant_id=cast.hose.pk, amount=1)
    from_1c(cast.wholesale, cast.hose.pk, 1100)

    assert "Закупка + 10 %" not in report(owner, "below")


def test_it_is_compared_in_the_lists_own_currency_and_at_its_own_quantity(
    cast: Cast, owner: Client, cost: PriceList
) -> None:
    Rate.objects.create(currency="EUR", day=timezone.localdate(), rate=100)
    Price.objects.create(price_list=cost, variant_id=cast.hose.pk, amount=900, min_quantity=100)
    euro = PriceList.objects.create(name="В евро", currency="EUR")
    set_bindings(cast.manager, cast.theirs.contracts.get(), [Binding(euro)])
    for quantity, amount in ((1, "10.99"), (10, "11.00"), (100, "9.90"), (200, "9.89")):
        Price.objects.create(
            price_list=euro, variant_id=cast.hose.pk, amount=amount, min_quantity=quantity
        )

    page = report(owner, "below")

    assert "11,00" in row_of(page, "10,99")
    assert "9,90" in row_of(page, "9,89")
    assert page.count("Закупка + 10 %") == 2


def test_without_a_rate_nothing_of_that_list_is_compared_and_the_rest_is(
    cast: Cast, owner: Client, cost: PriceList
) -> None:
    euro = PriceList.objects.create(name="В евро", currency="EUR")
    Price.objects.create(price_list=euro, variant_id=cast.hose.pk, amount=1)
    set_bindings(cast.manager, cast.theirs.contracts.get(), [Binding(euro)])
    from_1c(cast.wholesale, cast.hose.pk, 1000)

    page = report(owner, "below")

    assert "Опт" in row_of(page, "Закупка + 10 %")


def test_what_is_under_retail_is_told_in_pages_of_a_constant_number_of_queries(
    cast: Cast, owner: Client
) -> None:
    Floor.objects.create(name="Розница", retail=True)

    def asked() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = report(owner, "below")
        return len(queries), page

    asked()
    few, _page = asked()
    for n in range(2, 80):
        Price.objects.create(
            price_list=cast.wholesale, variant_id=cast.hose.pk, min_quantity=n, amount=900 - n
        )
    many, page = asked()

    assert many == few
    assert page.count("Опт") == 50
    assert "?what=below&amp;page=2" in page
    assert "400,00" in report(owner, "below", page=2)


# ------------------------------------------------------------------------ by manager, XLSX


def test_one_buyers_discounts_are_summed_by_manager(
    cast: Cast, owner: Client, manager: Client, olga: Client
) -> None:
    give(manager, cast, "1200.50")
    order(olga, cast, 10)

    page = report(owner, "managers")

    assert "12 005,00" in page
    assert "3 000,00" in page


def test_prices_under_a_floor_go_out_as_a_spreadsheet_too(
    cast: Cast, owner: Client, cost: PriceList
) -> None:
    from_1c(cast.wholesale, cast.hose.pk, 1050)

    sheet = load_workbook(BytesIO(owner.get("/desk/exceptions/below.xlsx").content)).active

    _header, row = sheet.iter_rows(values_only=True)
    assert row[2:9] == ("Опт", 1, 1050, 1100, 4.5, "RUB", "Закупка + 10 %")
    assert "offers.xml" in row[-1]


@pytest.mark.parametrize("what", ["given", "dips", "managers"])
def test_it_goes_out_as_a_spreadsheet_where_a_reason_is_no_formula(
    cast: Cast, owner: Client, manager: Client, olga: Client, what: str
) -> None:
    give(manager, cast, "1100", reason='=HYPERLINK("x")')
    order(olga, cast)
    take_back(manager, cast)

    answer = owner.get(f"/desk/exceptions/{what}.xlsx")

    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet.max_row == 2
    assert all(cell.data_type != "f" for row in sheet for cell in row)


def test_the_number_of_queries_does_not_grow_with_lines(
    cast: Cast, owner: Client, manager: Client
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            report(owner, "given")
        return len(queries)

    give(manager, cast, "1100")
    asked()
    one = asked()
    for n in range(2, 12):
        give(manager, cast, str(1100 - n), quantity=str(n))
        manager.post(
            f"/desk/counterparties/{cast.theirs.pk}/prices/",
            {"good": "SH-25", "amount": str(1000 - n), "quantity": str(n)},
        )

    assert asked() == one
