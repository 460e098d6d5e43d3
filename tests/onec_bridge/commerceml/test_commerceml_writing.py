# ruff: noqa: DTZ001 - local time of 1C has no zone
"""What is written can be read by 1C, and by us with the same sums."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from cml_helpers import only, problems, records
from hypothesis import given, settings
from hypothesis import strategies as st

from onec_bridge.commerceml.reader import Item, read
from onec_bridge.commerceml.records import (
    Address,
    BankAccount,
    BaseUnit,
    CatalogHeader,
    Characteristic,
    ClassifierHeader,
    Contact,
    Counterparty,
    CounterpartyKind,
    Discount,
    Document,
    DocumentLine,
    Group,
    Header,
    Offer,
    OfferPackageHeader,
    OfferPrice,
    Packing,
    PriceType,
    Product,
    Property,
    PropertyValue,
    Requisite,
    StockKind,
    StockRow,
    Tax,
    TaxRate,
    Unit,
    Warehouse,
)
from onec_bridge.commerceml.writer import (
    Format,
    write_catalog,
    write_counterparties,
    write_offers,
    write_orders,
)

NOON = dt.datetime(2026, 3, 1, 12, 0, 0)


def written(documents: Iterable[Document], **how: Any) -> bytes:
    """An answer to 1C's query."""
    return b"".join(write_orders(documents, generated_at=NOON, **how))


def read_back(data: Iterable[bytes]) -> list[Item]:
    """What our reader makes of what was written."""
    return list(read(io.BytesIO(b"".join(data)), "written.xml"))


# --- Orders -------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_an_answer_begins_with_the_five_characters_1c_compares(encoding: Any) -> None:
    assert written([Document(id="1")], encoding=encoding).startswith(b"<?xml")


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_an_answer_without_orders_is_a_root_without_documents(encoding: Any) -> None:
    data = written([], encoding=encoding)

    (header,) = read_back([data])
    assert isinstance(header, Header)
    assert header.declared_encoding == encoding
    assert header.generated_at == NOON


def test_the_same_orders_give_the_same_bytes() -> None:
    order = Document(id="1", date=dt.date(2026, 3, 1), time=dt.time(9, 5, 7, 123))

    assert written([order]) == written([order])
    assert "<Время>09:05:07</Время>".encode() in written([order])


def test_what_windows_1251_lacks_goes_as_numeric_references() -> None:
    order = Document(id="1", comment="Срочно ☎ ₽")

    data = written([order], encoding="windows-1251")

    assert b"&#9742; &#8381;" in data
    assert only(read_back([data]), Document).comment == "Срочно ☎ ₽"


def test_what_xml_cannot_hold_is_dropped_and_the_order_still_goes() -> None:
    data = written([Document(id="1", comment="a\x00b\x0bc\ud800d <&> \U0001f600")])

    assert only(read_back([data]), Document).comment == "abcd <&> \U0001f600"


def test_each_order_has_a_container_with_what_is_based_on_it() -> None:
    documents = [
        Document(id="1"),
        Document(id="1-pay", parent_id="1"),
        Document(id="2"),
    ]

    data = written(documents, containers=True).decode()

    assert data.count("<Контейнер>") == 2
    assert data.index("1-pay") < data.index("</Контейнер>") < data.index("<Ид>2</Ид>")
    assert len(records(read_back([data.encode()]))) == 4


@pytest.mark.parametrize(
    ("kind", "there", "not_there"),
    [
        (CounterpartyKind.LEGAL, "ОфициальноеНаименование", "ПолноеНаименование"),
        (CounterpartyKind.ENTREPRENEUR, "ПолноеНаименование", "ОфициальноеНаименование"),
        (CounterpartyKind.PERSON, "ПолноеНаименование", "ОфициальноеНаименование"),
    ],
)
def test_only_a_legal_entity_gets_an_official_name(
    kind: CounterpartyKind, there: str, not_there: str
) -> None:
    party = Counterparty(id="1", name="Ромашка", kpp="770701001", inn="7707083893", kind=kind)

    data = written([Document(id="1", counterparties=(party,))]).decode()

    assert f"<{there}>Ромашка</{there}>" in data
    assert not_there not in data
    assert ("КПП" in data) is (kind is CounterpartyKind.LEGAL)


@pytest.mark.parametrize(("schema", "element"), [("2.05", "ОКПО"), ("2.10", "КодПоОКПО")])
def test_elements_that_were_renamed_go_by_the_version(schema: str, element: str) -> None:
    party = Counterparty(id="1", okpo="03646010")

    data = written([Document(id="1", counterparties=(party,))], schema=schema).decode()

    assert f"<{element}>03646010</{element}>" in data


def test_money_has_two_decimals_and_quantities_no_needless_zeros() -> None:
    line = DocumentLine(
        id="1", price=Decimal("8.5"), quantity=Decimal("12.000"), total=Decimal(102)
    )

    data = written([Document(id="1", lines=(line,))]).decode()

    assert "<ЦенаЗаЕдиницу>8.50</ЦенаЗаЕдиницу>" in data
    assert "<Количество>12</Количество>" in data
    assert "<Сумма>102.00</Сумма>" in data


texts = st.text("абвАБВ abc<&>\"'#№₽\n", max_size=12).map(str.strip)
filled = st.text("абвabc123-", min_size=1, max_size=12)
money = st.decimals(0, 10**9, places=2)
fine_money = st.one_of(money, st.decimals(0, 10**6, places=4))
quantities = st.decimals(Decimal("0.001"), 10**6, places=3)
maybe = st.none()
vat = st.sampled_from(
    [
        TaxRate(name="НДС", text="22", rate=Decimal(22)),
        TaxRate(name="НДС", text="Без НДС", is_exempt=True),
    ]
)
lines = st.builds(
    DocumentLine,
    id=filled,
    name=texts,
    article=maybe | texts,
    unit=maybe | st.builds(BaseUnit, code=filled.filter(lambda c: not c.isdecimal()), name=filled),
    unit_name=maybe | filled,
    coefficient=maybe | quantities,
    price=fine_money,
    quantity=quantities,
    total=money,
    tax_rates=st.lists(vat, max_size=1).map(tuple),
    taxes=st.lists(
        st.builds(Tax, name=texts, included=st.booleans(), amount=money), max_size=1
    ).map(tuple),
    discounts=st.lists(st.builds(Discount, name=texts, amount=money), max_size=1).map(tuple),
    requisites=st.lists(
        st.builds(Requisite, filled.map("р".__add__), st.tuples(filled)), max_size=2
    ).map(tuple),
)
documents = st.builds(
    Document,
    id=filled,
    number=filled,
    date=st.dates(dt.date(2000, 1, 1)),
    time=st.times().map(lambda time: time.replace(microsecond=0)),
    operation=st.just("Заказ товара"),
    currency=st.just("RUB"),
    total=money,
    comment=maybe | texts,
    lines=st.lists(lines, max_size=4).map(tuple),
    number_1c=maybe | filled,
    date_1c=maybe | st.datetimes(dt.datetime(2000, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    deleted=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(documents, max_size=3), st.sampled_from(["utf-8", "windows-1251"]), st.booleans())
def test_every_order_comes_back_to_the_kopeck(
    orders: list[Document], encoding: Any, containers: bool
) -> None:
    data = written(orders, encoding=encoding, containers=containers, schema="2.10")

    header, *rest = read_back([data])

    assert isinstance(header, Header)
    assert rest == orders


# --- Goods, offers, counterparties ----------------------------------------------------------

HOW = Format(generated_at=NOON, schema="2.08", namespace="urn:1C.ru:commerceml_2", bom=True)

GROUPS = [
    Group(id="A", name="Сад"),
    Group(id="B", name="Полив", parent_id="A"),
    Group(id="C", name="Шланги", parent_id="B", deleted=True),
    Group(id="D", name="Двор"),
]
PRODUCT = Product(
    id="p",
    article="",
    name="Шланг",
    barcode="4600000000008",
    unit=BaseUnit(code="796", name="шт", packings=(Packing("упак", Decimal(12)),)),
    group_ids=("C",),
    description="<b>Гибкий</b>",
    images=("import_files/1.jpg", "import_files/2.jpg"),
    manufacturer_id="m",
    manufacturer_name="Завод",
    weight=Decimal("1.5"),
    tax_rates=(TaxRate(name="НДС", text="22", rate=Decimal(22)),),
    properties=(PropertyValue("P", ("a", "b")),),
    characteristics=(Characteristic("Цвет", "красный"),),
    requisites=(Requisite("ВидНоменклатуры", ("Товар",)),),
    deleted=True,
    version="AAA=",
    only_changes=False,
)
OFFER = Offer(
    id="p#v",
    name="Шланг (красный)",
    prices=(
        OfferPrice(
            price_type_id="D", amount=Decimal("1200.50"), unit="упак", coefficient=Decimal(12)
        ),
        OfferPrice(price_type_id="R", amount=Decimal("0.1234"), currency="RUB", presentation=""),
    ),
    has_prices_block=True,
    quantity=Decimal("7.5"),
    stock=(StockRow("W", Decimal(-1)), StockRow("X", Decimal("2.5"), StockKind.REST)),
    only_changes=True,
)


def test_a_catalogue_comes_back_as_it_was_written() -> None:
    catalog = CatalogHeader(id="C", classifier_id="K", name="Товары", only_changes=False)
    classifier = ClassifierHeader(id="K", name="Классификатор")
    prop = Property(id="P", name="Цвет", value_type="Справочник", options={"a": "красный"})
    price_type = PriceType(id="D", name="Дилерская", currency="RUB", vat_included=True)
    warehouse = Warehouse(id="W", name="Основной", address=Address(presentation="Москва"))
    unit = Unit(id="U", code="796", short_name="шт")

    items = read_back(
        write_catalog(
            [PRODUCT],
            HOW,
            header=catalog,
            classifier=classifier,
            groups=GROUPS,
            properties=[prop],
            price_types=[price_type],
            warehouses=[warehouse],
            units=[unit],
        )
    )

    header, *rest = items
    assert isinstance(header, Header)
    assert (header.bom, header.namespace, header.schema) == (True, HOW.namespace, "2.08")
    assert rest == [
        classifier, *GROUPS, prop, price_type, warehouse, unit, catalog, PRODUCT,
    ]  # fmt: skip


def test_offers_come_back_as_they_were_written() -> None:
    package = OfferPackageHeader(id="C#", catalog_id="C", only_changes=True)
    empty = Offer(id="q", has_prices_block=True, only_changes=True)
    thin = Offer(id="r", quantity=Decimal(0), only_changes=True)

    _, *rest = read_back(write_offers([OFFER, empty, thin], HOW, header=package))

    assert rest == [package, OFFER, empty, thin]


def test_a_package_of_changes_parts_the_variant_from_the_product() -> None:
    package = OfferPackageHeader(id="C#", is_changes_package=True, only_changes=True)

    data = b"".join(write_offers([OFFER], HOW, header=package))

    assert "<ИдХарактеристики>v</ИдХарактеристики>".encode() in data
    _, *rest = read_back([data])
    assert rest == [package, OFFER]


def test_counterparties_come_back_as_they_were_written() -> None:
    parties = [
        Counterparty(
            id="1",
            name="Ромашка",
            official_name='ООО "Ромашка"',
            inn="7707083893",
            kpp="770701001",
            okpo="03646010",
            kind=CounterpartyKind.LEGAL,
            legal_address=Address(presentation="Москва"),
            address=Address(presentation="Тверь, склад"),
            contacts=(Contact("Почта", "a@example.test"),),
            bank_accounts=(
                BankAccount(
                    number="40702810500060000000",
                    bic="044525225",
                    corr_account="301",
                    bank_name="Б",
                ),
            ),
            role="Покупатель",
            requisites=(Requisite("ВидЦен", ("Дилерская",)),),
        ),
        Counterparty(
            id="2",
            name="Иванов",
            full_name="ИП Иванов",
            last_name="Иванов",
            inn="500100732259",
            kind=CounterpartyKind.ENTREPRENEUR,
            legal_address=Address(presentation="Клин"),
        ),
    ]

    items = read_back(write_counterparties(parties, HOW))

    assert not problems(items)
    assert items[2:] == parties


def test_what_1c_has_no_room_for_is_cut_as_the_description_says() -> None:
    """Section 8 of the notes on the format: names of 255 characters, comments of 3000, values of
    1000; an id is never cut, because it would be another's."""
    order = Document(
        id="x" * 90,
        comment="к" * 4000,
        lines=(DocumentLine(id="1", name="н" * 300),),
        requisites=(Requisite("Адрес доставки", ("а" * 2000,)),),
    )

    (back,) = [item for item in read_back([written([order])]) if isinstance(item, Document)]

    assert len(back.id) == 90
    assert len(back.comment or "") == 3000
    assert len(back.lines[0].name or "") == 255
    assert len(back.requisites[0].values[0]) == 1000
