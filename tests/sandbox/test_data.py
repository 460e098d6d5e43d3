"""The demo's own data are what they claim: a coherent base, and files a real 1C would send."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from stdnum import ean
from stdnum.ru import inn, ogrn

from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import Problem
from sandbox.data import (
    ExchangeDialect,
    counterparties,
    counterparties_xlsx,
    goods,
    retail_goods,
    truth,
    write_exchange,
)
from sandbox.data.catalogue import PRICE_TYPES, Group
from sandbox.data.exchange import OWNER_INN

NAMESPACE = {"": "urn:1C.ru:commerceml_2"}
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module", params=["ut11", "bitrix"])
def documents(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[ElementTree.Element]]:
    folder = tmp_path_factory.mktemp(request.param)
    dialect: ExchangeDialect = request.param
    return folder, [ElementTree.parse(path).getroot() for path in write_exchange(folder, dialect)]


def found(documents: list[ElementTree.Element], path: str) -> list[ElementTree.Element]:
    return [node for document in documents for node in document.findall(path, NAMESPACE)]


def test_base_has_about_three_hundred_goods_in_nested_groups_with_units_and_both_vat_rates() -> (
    None
):
    assert 280 <= len(goods()) <= 320
    assert max(_depth(good.group) for good in goods()) == 3
    assert {good.price_unit.name for good in goods()} == {"шт", "упак", "компл", "м"}
    assert Counter(str(good.vat) for good in goods()) == {"22": 284, "10": 10}
    assert any(good.has_characteristics for good in goods())


def _depth(group: Group) -> int:
    return 1 + (_depth(group.parent) if group.parent else 0)


def test_ids_are_guids_of_their_own_and_the_same_on_every_machine() -> None:
    ids = [offer.id for good in goods() for offer in good.offers]

    assert len(set(ids)) == len(ids)
    assert all(GUID.fullmatch(part) for one in ids for part in one.split("#"))
    assert truth().good("ША-12-25").id == "740062f2-791f-5c35-8458-d512efd516be"


def test_barcodes_pass_their_check_digit_and_never_repeat() -> None:
    barcodes = [offer.barcode for good in goods() for offer in good.offers]

    assert all(ean.is_valid(barcode) for barcode in barcodes)
    assert len(set(barcodes)) == len(barcodes)


def test_prices_fall_by_price_type_and_every_pack_divides_into_kopecks() -> None:
    for good in goods():
        for offer in good.offers:
            prices = [offer.prices.get(price_type.name) for price_type in PRICE_TYPES]
            known = [price for price in prices if price is not None]
            assert known == sorted(set(known), reverse=True), good
            assert all(price / good.coefficient % Decimal("0.01") == 0 for price in known), good


def test_companies_have_valid_numbers_and_branches_share_an_inn() -> None:
    for row in counterparties():
        assert not row.inn or inn.is_valid(row.inn), row
        assert not row.ogrn or ogrn.is_valid(row.ogrn), row
        assert not row.account or _account_key_holds(row.account.bic[-3:] + row.account.number), row
        assert not row.account or _account_key_holds(
            "0" + row.account.bic[4:6] + row.account.correspondent
        ), row
        assert (len(row.kpp) == 9) == (row.kind == "legal"), row
    assert inn.is_valid(OWNER_INN)
    assert Counter(row.inn for row in counterparties()).most_common(1)[0][1] == 2
    assert Counter(row.company for row in counterparties() if row.company) == {
        "Садовый центр «Ромашка»": 2,
        "ДачаСтрой": 1,
    }


def _account_key_holds(digits: str) -> bool:
    """Bank of Russia, rules of 1997-09-08 No. 515: weights 7, 1, 3 over BIC part and account."""
    return sum(int(digit) * (7, 1, 3)[place % 3] for place, digit in enumerate(digits)) % 10 == 0


def test_files_hold_exactly_what_the_base_holds(
    documents: tuple[Path, list[ElementTree.Element]],
) -> None:
    folder, roots = documents
    known = truth()

    prices = Counter(
        node.findtext("ИдТипаЦены", None, NAMESPACE)
        for node in found(roots, ".//Цена")
        if node.findtext("ЦенаЗаЕдиницу", None, NAMESPACE) != "0"
    )

    assert len(found(roots, ".//Группа")) == known.groups
    assert len(found(roots, ".//Товар")) == known.goods
    assert prices == {price_type.id: known.prices[price_type.name] for price_type in PRICE_TYPES}
    assert len(found(roots, ".//Предложение//Склад")) == known.stock_rows
    assert len(list(folder.rglob("*.png"))) == known.pictures


def test_our_reader_finds_no_error_in_files_it_had_no_part_in(
    documents: tuple[Path, list[ElementTree.Element]],
) -> None:
    folder, _ = documents
    found_by_reader: Counter[str] = Counter()
    for path in folder.rglob("*.xml"):
        with path.open("rb") as stream:
            items = list(read(stream, path.name))
        assert not [one for one in items if isinstance(one, Problem) and one.severity != "warning"]
        found_by_reader.update(type(one).__name__ for one in items)

    assert found_by_reader["Product"] == truth().goods
    assert found_by_reader["Group"] == truth().groups
    assert found_by_reader["PriceType"] == len(PRICE_TYPES)
    assert found_by_reader["Counterparty"] in (0, truth().counterparties)


def test_every_picture_named_in_a_file_lies_beside_it(
    documents: tuple[Path, list[ElementTree.Element]],
) -> None:
    folder, roots = documents
    names = [node.text or "" for node in found(roots, ".//Картинка")]
    (base,) = {path.parent for path in folder.rglob("import_files")}

    assert len(names) == truth().pictures
    assert all((base / name).read_bytes().startswith(b"\x89PNG") for name in names)
    assert sum(path.stat().st_size for path in base.rglob("*.png")) < 1_500_000


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_exchange(tmp_path / "one", "bitrix")]
    second = [path.read_bytes() for path in write_exchange(tmp_path / "two", "bitrix")]

    assert first == second


def test_spreadsheet_names_every_live_counterparty_with_its_terms(tmp_path: Path) -> None:
    sheet = load_workbook(counterparties_xlsx(tmp_path / "contragents.xlsx")).active
    assert sheet is not None
    header, *rows = sheet.iter_rows(values_only=True)

    assert header[:4] == ("Код", "Наименование", "Полное наименование", "ИНН")
    assert len(rows) == sum(not row.deleted for row in counterparties())
    assert rows[0][3:6] == ("5029980016", "502901001", "1245000998010")
    assert rows[0][9:] == ("Крупный опт", 30)


def test_retail_shop_overlaps_with_1c_in_every_way_that_matching_must_handle() -> None:
    kinds = Counter(good.match for good in retail_goods())
    by_id = {offer.id: (good, offer) for good in goods() for offer in good.offers}

    assert kinds == {
        "sku": 37, "none": 10, "external_id": 8, "barcode": 7, "name": 7, "ambiguous": 1,
    }  # fmt: skip
    for good in retail_goods():
        for variant in good.variants:
            if variant.of is None:
                assert good.match == "none"
                continue
            in_1c, offer = by_id[variant.of]
            assert (variant.sku == in_1c.article) == (good.match in ("sku", "ambiguous")), variant
            assert (variant.barcode == offer.barcode) == (good.match == "barcode"), variant
            assert variant.price * in_1c.coefficient != offer.prices["Розничная"], variant


def test_truth_names_price_unit_and_vat_and_refuses_an_article_that_repeats() -> None:
    price = truth().price("ДС-20-95-2", "Крупный опт")

    assert price is not None
    assert (price.amount, price.unit, price.coefficient, price.vat) == (
        Decimal("2086.80"),
        "упак",
        Decimal(12),
        Decimal(22),
    )
    assert price.per_base_unit == Decimal("173.90")
    assert truth().price("ТЗ-65", "Дилерская") is None
    assert truth().price("РП-10", "Дилерская") is None
    with pytest.raises(LookupError, match="2 goods"):
        truth().good("ТП-К1")
