"""Price lists in Excel, as the manager and the buyer meet them."""

from __future__ import annotations

import base64
import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from cast import Cast
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from graphql_relay import to_global_id
from openpyxl import Workbook, load_workbook

from b2b_overlay.pricing.models import Floor, Price, PriceList, PriceLoad, SheetLayout
from sandbox.graphql import tokens

SHEET = "/desk/prices/sheet/"


def book(*rows: list[Any]) -> bytes:
    workbook = Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(row)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def sent(client: Client, *rows: list[Any]) -> str:
    """The address of the page of a file that was chosen."""
    file = SimpleUploadedFile("прайс.xlsx", book(*rows))
    response = client.post(SHEET, {"file": file})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def hose(cast: Cast, price_list: Any) -> str:
    return str(price_list.prices.get(variant_id=cast.hose.pk, min_quantity=1).amount)


def read(content: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def test_a_manager_loads_a_file_looks_and_confirms(cast: Cast, manager: Client) -> None:
    address = sent(manager, ["Артикул", "Опт"], ["ШП-25/34", "1 600,00"], ["НЕТ-1", 5])
    page = manager.get(address).content.decode()

    assert "Шланг поливочный" in page
    assert "A3" in page
    assert hose(cast, cast.wholesale) == "1500.50"

    answer = manager.post(f"{address}apply/", {"seen": seen(page)}, follow=True)

    assert answer.status_code == 200
    assert hose(cast, cast.wholesale) == "1600.00"
    assert PriceLoad.objects.get().made_by == cast.manager


def test_columns_nobody_knows_are_asked_on_the_page_and_remembered(
    cast: Cast, manager: Client
) -> None:
    rows = ["Артикул", "К1", "К2"], ["ШП-25/34", 1600, 1400]
    address = sent(manager, *rows)
    page = manager.get(address).content.decode()
    assert "К1" in page
    assert "1600" in page

    told = {
        "column-0": "article",
        "column-1": f"price:{cast.wholesale.pk}",
        "column-2": f"price:{cast.wholesale.pk}",
        "from-2": "10",
    }
    page = manager.post(f"{address}columns/", told, follow=True).content.decode()
    manager.post(f"{address}apply/", {"seen": seen(page)})

    assert hose(cast, cast.wholesale) == "1600.00"
    assert cast.wholesale.prices.get(min_quantity=10).amount == 1400
    assert seen(manager.get(sent(manager, rows[0], ["ШП-25/34", 1650, 1400])).content.decode())


@pytest.mark.parametrize(
    "told",
    [
        {"column-0": "article"},
        {"column-0": "article", "column-1": "price:999999"},
        {"column-0": "article", "column-1": "price:x", "from-1": "1"},
        {"column-0": "nonsense", "column-1": "article"},
        {"column-900": "article"},
    ],
)
def test_columns_told_wrongly_are_refused(
    cast: Cast, manager: Client, told: dict[str, str]
) -> None:
    address = sent(manager, ["Артикул", "К1"], ["ШП-25/34", 1600])

    answer = manager.post(f"{address}columns/", told, follow=True)

    assert answer.status_code == 200
    assert not SheetLayout.objects.exists()
    assert hose(cast, cast.wholesale) == "1500.50"


def test_a_file_that_is_none_is_refused_with_words(cast: Cast, manager: Client) -> None:
    answer = manager.post(SHEET, {"file": SimpleUploadedFile("прайс.xls", b"old")})

    assert answer.status_code == 422
    assert "xlsx" in answer.content.decode()
    assert not PriceLoad.objects.exists()


def test_prices_under_the_floor_are_said_before_and_not_put_in_force(
    cast: Cast, manager: Client
) -> None:
    Floor.objects.create(name="Себестоимость", price_list=cast.dealer)
    address = sent(manager, ["Артикул", "Опт"], ["ШП-25/34", 100])
    page = manager.get(address).content.decode()
    assert "Себестоимость" in page
    assert 'name="seen"' not in page

    manager.post(f"{address}apply/", {"seen": ""})

    assert hose(cast, cast.wholesale) == "1500.50"
    assert PriceLoad.objects.get().state == PriceLoad.State.PREVIEW


def test_a_currency_without_a_rate_is_said_before_prices_in_it_are_in_force(
    cast: Cast, manager: Client, tmp_path: Path
) -> None:
    PriceList.objects.create(name="Евро", currency="EUR")
    rows = ["Артикул", "Евро"], ["ШП-25/34", 16]
    said = StringIO()
    path = tmp_path / "прайс.xlsx"
    path.write_bytes(book(*rows))

    page = manager.get(sent(manager, *rows)).content.decode()
    call_command("b2b_prices_sheet", "in", path, by=cast.manager.email, stdout=said, stderr=said)
    file = base64.b64encode(path.read_bytes()).decode()
    sheet = ask(cast.manager, UPLOAD, file=file)["data"]["b2bPriceSheetUpload"]["sheet"]

    assert sheet["warnings"][0] in page.replace("&quot;", '"')
    assert "EUR" in sheet["warnings"][0]
    assert "EUR" in said.getvalue()


def test_what_is_wrong_is_said_by_cell_on_the_page_by_the_command_and_to_a_program(
    cast: Cast, manager: Client, tmp_path: Path
) -> None:
    """A price of zero, a unit without a coefficient, two windows that overlap."""
    rows = (
        ["Артикул", "Ед", "Опт", "Действует с", "Действует по"],
        ["ШП-25/34", "шт", 0, None, None],
        ["ДТ-6", "паллета", 9000, None, None],
        ["ШП-25/34", "шт", 1400, "01.12.2026", "20.12.2026"],
        ["ШП-25/34", "шт", 1300, "15.12.2026", "31.12.2026"],
    )
    path = tmp_path / "прайс.xlsx"
    path.write_bytes(book(*rows))
    said = StringIO()

    page = manager.get(sent(manager, *rows)).content.decode()
    call_command("b2b_prices_sheet", "in", path, by=cast.manager.email, stdout=said, stderr=said)
    file = base64.b64encode(path.read_bytes()).decode()
    sheet = ask(cast.manager, UPLOAD, file=file)["data"]["b2bPriceSheetUpload"]["sheet"]

    assert {each["cell"] for each in sheet["problems"]} == {"C2", "C3", "C5"}
    for cell in ("C2", "C3", "C5"):
        assert f"{cell}:" in said.getvalue()
        assert cell in page
    assert Price.objects.filter(price_list=cast.wholesale).count() == 2


def test_a_discarded_file_changes_nothing(cast: Cast, manager: Client) -> None:
    address = sent(manager, ["Артикул", "Опт"], ["ШП-25/34", 1600])

    manager.post(f"{address}discard/")
    manager.post(f"{address}apply/", {"seen": ""})

    assert hose(cast, cast.wholesale) == "1500.50"


def test_lists_are_taken_out_and_come_back_the_same(cast: Cast, manager: Client) -> None:
    answer = manager.get(f"/desk/prices/sheet.xlsx?list={cast.wholesale.pk}&list={cast.dealer.pk}")
    rows = read(answer.content)
    address = sent(manager, *[list(row) for row in rows])

    assert "attachment" in answer["Content-Disposition"]
    assert "Ничего не меняется" in manager.get(address).content.decode()


def test_for_a_buyer_there_are_no_such_pages(cast: Cast, manager: Client, olga: Client) -> None:
    address = sent(manager, ["Артикул", "Опт"], ["ШП-25/34", 1600])

    for path in (SHEET, address, f"/desk/prices/sheet.xlsx?list={cast.wholesale.pk}"):
        assert olga.get(path).status_code == 404
    for step in ("apply", "discard", "columns"):
        assert olga.post(f"{address}{step}/", {"seen": ""}).status_code == 404

    assert hose(cast, cast.wholesale) == "1500.50"
    assert PriceLoad.objects.get().state == PriceLoad.State.PREVIEW


# ------------------------------------------------------------------ the buyer's own


def own(client: Client) -> dict[str, tuple[Any, ...]]:
    answer = client.get("/price-list.xlsx")
    assert answer.status_code == 200
    return {row[0]: row for row in read(answer.content)}


def test_a_buyer_downloads_the_catalogue_at_his_own_prices(cast: Cast, olga: Client) -> None:
    Price.objects.create(
        price_list=cast.wholesale, variant_id=cast.hose.pk, min_quantity=10, amount=1300
    )
    olga.post("/legal-entity/", {"legal_entity": cast.ooo.pk})

    rows = own(olga)

    assert rows["Артикул"][5] == "от 10"
    assert rows["ШП-25/34"][4:6] == (1500.5, 1300)
    assert rows["ВС-1"][4] == 3200


def test_nobody_gets_another_s_price_list(
    cast: Cast, olga: Client, kirill: Client, stranger: Client, retail: Client
) -> None:
    cast.dealer.prices.filter(variant_id=cast.hose.pk).update(amount=1)
    olga.post("/legal-entity/", {"legal_entity": cast.ooo.pk})
    kirill.post("/legal-entity/", {"legal_entity": cast.ooo.pk})

    assert own(olga)["ШП-25/34"][4] == 1500.5
    assert own(kirill)["ШП-25/34"][4] == 1
    assert own(stranger)["ШП-25/34"][4] == 1
    assert own(retail)["ШП-25/34"][4] == 1990
    assert Client().get("/price-list.xlsx").status_code == 302
    cast.company.buyers.filter(user=cast.olga).update(is_active=False)
    assert own(olga)["ШП-25/34"][4] == 1990


def test_the_number_of_queries_does_not_grow_with_goods(cast: Cast, olga: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            own(olga)
        return len(context)

    few = queries()
    for n in range(20):
        product = type(cast.hose.product).objects.create(name=f"Товар {n}")
        variant = type(cast.hose).objects.create(product=product, sku=f"P{n}")
        listing = cast.hose.listings.get()
        type(listing).objects.create(variant=variant, channel=listing.channel, price=1)
        Price.objects.create(price_list=cast.wholesale, variant_id=variant.pk, amount=n + 1)

    assert queries() <= few


# ------------------------------------------------------------------ GraphQL and the command


def ask(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}", "Accept-Language": "ru"}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return dict(json.loads(answer.content))


UPLOAD = """mutation($file: String!) { b2bPriceSheetUpload(name: "a.xlsx", content: $file) {
  errors { code message }
  sheet { id seen wanting warnings refused problems { cell message } columns { index field asked }
          differences { name rises sharp buyers } } } }"""
COLUMNS = """mutation($id: ID!, $columns: [B2BPriceSheetColumnInput!]!) {
  b2bPriceSheetColumns(id: $id, columns: $columns) { errors { code } sheet { seen wanting } } }"""
APPLY = """mutation($id: ID!, $seen: String!) {
  b2bPriceSheetApply(id: $id, seen: $seen) { errors { code } changed } }"""
LOOK = "query($id: ID!) { b2bPriceSheet(id: $id) { name } }"
OUT = "query($ids: [ID!]!) { b2bPriceSheetFile(priceLists: $ids) }"


def test_a_program_loads_a_file_by_the_same_steps(cast: Cast) -> None:
    file = base64.b64encode(book(["Артикул", "К1"], ["ШП-25/34", 1600])).decode()

    sheet = ask(cast.manager, UPLOAD, file=file)["data"]["b2bPriceSheetUpload"]["sheet"]
    assert sheet["wanting"]
    assert sheet["columns"][1] == {"index": 1, "field": "", "asked": True}
    columns = [
        {"index": 0, "field": "article"},
        {
            "index": 1,
            "field": "price_of",
            "priceList": to_global_id("B2BPriceList", cast.wholesale.pk),
        },
    ]
    told = ask(cast.manager, COLUMNS, id=sheet["id"], columns=columns)["data"]
    seen = told["b2bPriceSheetColumns"]["sheet"]["seen"]
    assert hose(cast, cast.wholesale) == "1500.50"
    answer = ask(cast.manager, APPLY, id=sheet["id"], seen=seen)["data"]["b2bPriceSheetApply"]

    assert answer == {"errors": [], "changed": 1}
    assert hose(cast, cast.wholesale) == "1600.00"


def test_a_stranger_s_program_gets_nothing(cast: Cast) -> None:
    file = base64.b64encode(book(["Артикул", "Опт"], ["ШП-25/34", 1600])).decode()
    sheet = ask(cast.manager, UPLOAD, file=file)["data"]["b2bPriceSheetUpload"]["sheet"]

    refused = ask(cast.olga, UPLOAD, file=file)["data"]["b2bPriceSheetUpload"]
    assert refused["errors"][0]["code"] == "PERMISSION_DENIED"
    answer = ask(cast.olga, APPLY, id=sheet["id"], seen=sheet["seen"])
    assert answer["data"]["b2bPriceSheetApply"]["errors"][0]["code"] == "PERMISSION_DENIED"
    assert ask(cast.olga, LOOK, id=sheet["id"])["data"]["b2bPriceSheet"] is None
    lists = [to_global_id("B2BPriceList", cast.dealer.pk)]
    assert ask(cast.olga, OUT, ids=lists)["data"]["b2bPriceSheetFile"] is None
    assert ask(cast.manager, OUT, ids=lists)["data"]["b2bPriceSheetFile"]
    assert hose(cast, cast.wholesale) == "1500.50"


def test_the_command_says_what_changes_and_applies_when_told(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "прайс.xlsx"
    call_command("b2b_prices_sheet", "out", path, list=["Опт"], stdout=StringIO())
    rows = [list(row) for row in read(path.read_bytes())]
    column = rows[0].index("Опт")
    for row in rows[1:]:
        if row[0] == "ШП-25/34":
            row[column] = 1700
    path.write_bytes(book(*rows))
    said = StringIO()

    call_command("b2b_prices_sheet", "in", path, by=cast.manager.email, stdout=said)
    assert hose(cast, cast.wholesale) == "1500.50"
    call_command("b2b_prices_sheet", "in", path, "--apply", by=cast.manager.email, stdout=said)

    assert hose(cast, cast.wholesale) == "1700.00"
    with pytest.raises(CommandError):
        call_command("b2b_prices_sheet", "in", path, "--apply", by=cast.olga.email)
    with pytest.raises(CommandError):
        call_command("b2b_prices_sheet", "out", path, list=["Нет такого"])


def test_what_a_file_changed_is_undone_as_one_thing(cast: Cast, manager: Client) -> None:
    address = sent(manager, ["Артикул", "Опт", "Дилер"], ["ШП-25/34", 1600, 1500])
    page = manager.get(address).content.decode()
    done = manager.post(f"{address}apply/", {"seen": seen(page)}, follow=True).content.decode()
    load = PriceLoad.objects.get()
    assert f"/desk/loads/{load.pk}/" in done

    manager.post(f"/desk/loads/{load.pk}/undo/")

    assert hose(cast, cast.wholesale) == "1500.50"
    assert hose(cast, cast.dealer) == "1400.25"
