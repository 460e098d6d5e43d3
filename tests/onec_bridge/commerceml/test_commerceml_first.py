# ruff: noqa: DTZ001 - local time of 1C has no zone
"""CommerceML 1, as 1C 7.7 speaks it: what is written comes back by the same description."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from cml_helpers import only
from hypothesis import given, settings
from hypothesis import strategies as st

from onec_bridge.commerceml.reader import Item, read
from onec_bridge.commerceml.records import (
    Address,
    BaseUnit,
    CatalogHeader,
    ClassifierHeader,
    Contact,
    Counterparty,
    CounterpartyKind,
    Document,
    DocumentLine,
    Group,
    Offer,
    OfferPackageHeader,
    OfferPrice,
    Product,
    Requisite,
    Tax,
)
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers, write_orders

NOON = dt.datetime(2026, 3, 1, 12, 0)
HOW = Format(generated_at=NOON, schema="1", encoding="windows-1251")

BUYER = Counterparty(
    id="b1",
    name="Ромашка",
    official_name='ООО "Ромашка"',
    kind=CounterpartyKind.LEGAL,
    inn="7707083893",
    kpp="773601001",
    legal_address=Address(presentation="Москва"),
    contacts=(Contact("ТелефонРабочий", "+7 495 1234567"), Contact("Почта", "olga@example.org")),
    role="Покупатель",
)


def back(data: bytes) -> list[Item]:
    return list(read(io.BytesIO(data), "first.xml"))


def order(**more: Any) -> Document:
    line = DocumentLine(
        id="T___",
        article="Д-1",
        name="Доска",
        unit=BaseUnit(code="796", name="шт"),
        unit_name="упак",
        coefficient=Decimal(6),
        price=Decimal("600.00"),
        quantity=Decimal(2),
        total=Decimal("1200.00"),
        taxes=(Tax(name="НДС", included=True, amount=Decimal("216.39"), rate="22"),),
    )
    return Document(
        id="o-1",
        number="17",
        date=dt.date(2026, 3, 1),
        time=dt.time(9, 5),
        operation="Заказ товара",
        currency="RUB",
        total=Decimal("1200.00"),
        counterparties=(BUYER,),
        lines=(line,),
        **more,
    )


def test_an_order_goes_in_attributes_with_its_buyer_described_beside_it() -> None:
    text = b"".join(
        write_orders([order(), order()], generated_at=NOON, schema="1", encoding="windows-1251")
    )

    items = back(text)
    said = text.decode("windows-1251")
    assert "ВерсияСхемы" not in said
    assert 'Номер="17"' in said
    party = only(items, Counterparty)
    assert (party.id, party.name, party.inn, party.official_name) == (
        "b1", "Ромашка", "7707083893", 'ООО "Ромашка"',
    )  # fmt: skip
    assert party.legal_address == Address(presentation="Москва")
    first, second = [item for item in items if isinstance(item, Document)]
    assert first == second
    assert first.counterparties[0].id == "b1"
    assert (first.number, first.total, first.time) == ("17", Decimal(1200), dt.time(9, 5))


def test_an_order_speaks_77s_own_words_and_names_goods_by_their_code() -> None:
    """As programs that real 7.7 bases load write them."""
    text = b"".join(write_orders([order()], generated_at=NOON, schema="1")).decode()

    assert 'ХозОперация="Order"' in text
    assert '<ПредприятиеВДокументе Контрагент="b1" Роль="Buyer" />' in text
    assert 'Курс="1" Кратность="1"' in text
    assert '<Товар Идентификатор="T___" ИдентификаторВКаталоге="Д-1" Наименование="Доска"' in text
    assert '<ТоварнаяПозиция Товар="Д-1"' in text
    assert 'ВключенВСумму="true"' in text
    contact = ElementTree.fromstring(text).find("Контрагент/Контакт")
    assert [(part.tag, part.text) for part in contact] == [
        ("Телефон", "+7 495 1234567"),
        ("Почта", "olga@example.org"),
    ]


def test_packings_are_unknown_to_it_so_lines_go_in_base_units() -> None:
    text = b"".join(write_orders([order()], generated_at=NOON, schema="1"))

    (line,) = only(back(text), Document).lines
    assert (line.quantity, line.price, line.total) == (12, 100, 1200)
    assert line.unit == BaseUnit(name="шт")
    assert line.taxes[0].amount == Decimal("216.39")


def test_terms_have_no_place_of_their_own_and_stand_in_the_comment() -> None:
    terms = (Requisite("Договор", ("№ 7",)), Requisite("Статус заказа", ("[N] Принят",)))

    text = b"".join(
        write_orders([order(comment="Срочно", requisites=terms)], generated_at=NOON, schema="1")
    )

    assert only(back(text), Document).comment == "Срочно; Договор: № 7"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_no_orders_are_a_root_without_documents(encoding: Any) -> None:
    text = b"".join(write_orders([], generated_at=NOON, schema="1", encoding=encoding))

    assert len(back(text)) == 1


filled = st.text("абвabc123_", min_size=1, max_size=12)
goods = st.builds(
    Product,
    id=filled,
    article=filled,
    name=filled,
    unit=st.builds(BaseUnit, name=filled.filter(lambda text: not text.isdecimal())),
    group_ids=st.tuples(filled),
    full_name=filled,
)
offers = st.builds(
    Offer,
    id=filled,
    name=filled,
    prices=st.tuples(
        st.builds(OfferPrice, amount=st.decimals(0, 10**6, places=2), currency=st.just("RUB"))
    ),
    has_prices_block=st.just(True),
    quantity=st.decimals(-9, 10**6, places=3),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(goods, max_size=3), st.lists(offers, max_size=3))
def test_a_catalogue_and_offers_come_back_as_they_were_written(
    some_goods: list[Product], some_offers: list[Offer]
) -> None:
    groups = [Group(id="G", name="Сад"), Group(id="H", name="Полив", parent_id="G")]
    catalog = CatalogHeader(id="C", name="Товары")
    classifier = ClassifierHeader(id="K", name="Классификатор")
    package = OfferPackageHeader(id="O", catalog_id="C")

    written = write_catalog(some_goods, HOW, header=catalog, classifier=classifier, groups=groups)
    _header, *rest = back(b"".join(written))
    _header, *offered = back(b"".join(write_offers(some_offers, HOW, header=package)))

    assert rest == [classifier, *groups, catalog, *some_goods]
    assert offered == [package, *some_offers]
