"""One order of the buyer becomes the documents that the seller's books need, and stays one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering.models import OrderPart, WholesaleOrder, WholesaleOrderLine
from b2b_overlay.ordering.splitting import ByVat, SplitBy, split
from b2b_overlay.shop import Served
from b2b_overlay.terms.models import Contract, Organization, SellingRule
from onec_bridge.models import Connection, Link, OrderExport
from onec_bridge.sync import confirm_given, orders_to_give
from sandbox import models

#: Variant ids of goods that 1C knows: a hose, a tap, seeds without VAT.
HOSE, TAP, SEEDS = 41, 42, 43


@pytest.fixture
def ours(db):
    """Our two organisations; the first sells where nothing else is said."""
    return [
        Organization.objects.create(name="ООО «Сад»", inn="7707083893"),
        Organization.objects.create(name="ИП Семенов", inn="500100732259"),
    ]


@pytest.fixture
def buyer(ours):
    company = Company.objects.create(name="Садовый центр")
    entity = LegalEntity.objects.create(name="Ромашка", inn="7736050003", company=company)
    Contract.objects.create(legal_entity=entity, number="17", organization=ours[0])
    return entity


@pytest.fixture
def known(connection):
    """1C knows the goods."""
    for variant, price in ((HOSE, "hose"), (TAP, "tap"), (SEEDS, "seeds")):
        for kind in ("product", "offer"):
            Link.objects.create(
                connection=connection,
                kind=kind,
                external_id=price,
                local_id=str(variant),
                parent_id=price if kind == "offer" else "",
                data={"told": {"name": price}},
            )


@pytest.fixture
def goods(channel, known):
    """The shop's goods in two groups, «Семена» below «Сад»."""
    garden = models.Category.objects.create(name="Сад")
    seeds = models.Category.objects.create(name="Семена", parent=garden)
    tools = models.Category.objects.create(name="Полив")
    for variant, category in ((HOSE, tools), (TAP, tools), (SEEDS, seeds)):
        product = models.Product.objects.create(name="Т", category=category)
        models.Variant.objects.create(pk=variant, product=product, sku=str(variant))
    return {"garden": garden, "seeds": seeds, "tools": tools}


@pytest.fixture
def warehouses(connection, goods):
    """1C's two warehouses here, and what serves the order of :func:`order`."""
    found = {}
    for name in ("Основной", "Дальний"):
        row = models.Warehouse.objects.create(name=name)
        found[name] = row
        Link.objects.create(
            connection=connection,
            kind="warehouse",
            external_id=f"1c-{name}",
            local_id=str(row.pk),
            data={"told": {"name": name}},
        )
    return found


#: (variant, base units, price of one, coefficient, VAT rate or None for «без НДС»)
LINES = (
    (HOSE, 24, "10.00", 12, 22),
    (TAP, 3, "33.33", 1, 10),
    (SEEDS, 5, "7.77", 1, None),
)


@pytest.fixture
def order(buyer, channel):
    def made(number="1234", lines=LINES, shipping="890.00"):
        row = WholesaleOrder.objects.create(
            order_id="3f0e1d5e-0000-4000-8000-000000000001",
            number=number,
            placed_at=datetime(2026, 4, 6, 21, 30, 15, tzinfo=UTC),
            company=buyer.company,
            legal_entity=buyer,
            contract=buyer.contracts.get(),
            channel="ru",
            currency="RUB",
            vat_included=True,
            total=0,
            comment="Позвоните",
        )
        for position, line in enumerate(lines, 1):
            row.lines.add(a_line(position, *line), bulk=False)
        if shipping:
            delivery = a_line(99, None, 1, shipping, 1, None)
            delivery.name, delivery.sku, delivery.vat_exempt = "Доставка", "", False
            row.lines.add(delivery, bulk=False)
        row.total = sum(line.total for line in row.lines.all())
        row.save()
        return row

    return made


def a_line(position, variant, quantity, price, pack, rate):
    total = Decimal(price) * quantity
    vat = (total * (rate or 0) / (100 + (rate or 0))).quantize(Decimal("0.01"))
    return WholesaleOrderLine(
        position=position,
        variant_id=variant,
        sku="SKU",
        name=str(variant),
        quantity=quantity,
        base_unit="шт",
        base_unit_code="796",
        unit_price=Decimal(price),
        unit="упак" if pack > 1 else "шт",
        coefficient=Decimal(pack),
        total=total,
        vat_rate=None if rate is None else Decimal(rate),
        vat_exempt=rate is None,
        vat=vat,
    )


def serve(order, variant, warehouse, quantity):
    """The shop's warehouse holds so much for the order."""
    channel = models.Channel.objects.get()
    row, _created = models.Order.objects.get_or_create(
        pk=order.order_id,
        defaults={"number": 1234, "channel": channel, "total": order.total},
    )
    line = row.lines.create(
        position=1, variant_id=variant, product_name="Т", quantity=quantity, unit_price=1, total=1
    )
    stock, _created = models.Stock.objects.get_or_create(variant_id=variant, warehouse=warehouse)
    models.Allocation.objects.create(line=line, stock=stock, quantity=quantity)


def cut(connection, **settings):
    """Set how the connection cuts orders, and give them."""
    Connection.objects.update(**settings)
    connection.refresh_from_db()
    return orders_to_give(connection, "s1", 10)


def words(document):
    return {name: values[0] for name, values in document.requisites}


def ids(document):
    return [line.id for line in document.lines]


# --------------------------------------------------------------------------- the cut


def test_an_order_is_one_document_unless_the_books_need_more(connection, goods, order):
    order()

    (document,) = orders_to_give(connection, "s1", 10)

    assert document.number == "1234"
    assert document.comment == "Позвоните"
    assert not {"Организация", "Часть заказа"} & set(words(document))
    assert not OrderPart.objects.exists()


def test_what_another_organisation_sells_is_a_document_of_its_own(connection, goods, order, ours):
    """A rule for «Сад» holds for «Семена» below it."""
    SellingRule.objects.create(organization=ours[1], category_id=goods["garden"].pk)
    made = order()

    first, second = cut(connection, split_by_organization=True)

    assert (first.number, second.number) == ("1234-1", "1234-2")
    assert ids(first) == ["hose", "tap", "ORDER_DELIVERY"]
    assert ids(second) == ["seeds"]
    assert (words(first)["Организация"], words(second)["Организация"]) == (
        "ООО «Сад»",
        "ИП Семенов",
    )
    assert words(second)["ИНН организации"] == "500100732259"
    assert words(second)["Часть заказа"] == "2 из 2"
    assert second.comment == "Часть 2 из 2 заказа 1234. Позвоните"
    assert first.total + second.total == made.total
    assert first.id != second.id
    assert (first.date, first.time) == (second.date, second.time)


def test_an_order_that_one_organisation_sells_stays_whole(connection, goods, order, ours):
    order()

    (document,) = cut(connection, split_by_organization=True)

    assert document.number == "1234"


def test_a_warehouse_may_be_another_organisations(connection, warehouses, order, ours):
    far = warehouses["Дальний"]
    SellingRule.objects.create(organization=ours[1], warehouse_id=str(far.pk))
    made = order(shipping=None)
    for variant, quantity in ((HOSE, 24), (TAP, 2), (SEEDS, 5)):
        serve(made, variant, warehouses["Основной"], quantity)
    serve(made, TAP, far, 1)

    first, second = cut(connection, split_by_organization=True)

    assert ids(second) == ["tap"]
    assert words(second)["Организация"] == "ИП Семенов"
    assert not second.warehouses
    assert first.total + second.total == made.total


def test_each_warehouse_gets_its_document(connection, warehouses, order):
    made = order()
    main, far = warehouses["Основной"], warehouses["Дальний"]
    serve(made, HOSE, main, 24)
    serve(made, TAP, main, 1)
    serve(made, TAP, far, 2)

    first, second = cut(connection, split_by_warehouse=True)

    assert [(each.id, each.name) for each in first.warehouses] == [("1c-Основной", "Основной")]
    assert [each.id for each in second.warehouses] == ["1c-Дальний"]
    assert words(second)["Склад"] == "Дальний"
    # what no warehouse is known of goes with the first
    assert ids(first) == ["hose", "tap", "seeds", "ORDER_DELIVERY"]
    assert [(line.id, line.quantity, line.total) for line in second.lines] == [
        ("tap", 2, Decimal("66.66"))
    ]
    assert first.total + second.total == made.total


def test_a_pack_that_lies_in_two_warehouses_is_counted_in_pieces(connection, warehouses, order):
    made = order(lines=(LINES[0],), shipping=None)
    serve(made, HOSE, warehouses["Основной"], 18)
    serve(made, HOSE, warehouses["Дальний"], 6)

    first, second = cut(connection, split_by_warehouse=True)

    (line,) = first.lines
    assert (line.unit_name, line.coefficient, line.quantity) == ("шт", 1, 18)
    assert (line.price, line.total) == (Decimal("10.00"), Decimal("180.00"))
    assert first.total + second.total == Decimal("240.00")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("mode", [["hose", "tap", "ORDER_DELIVERY"], ["seeds"]]),
        ("rate", [["hose", "ORDER_DELIVERY"], ["tap"], ["seeds"]]),
    ],
)
def test_documents_by_vat(connection, goods, order, by, expected):
    made = order()

    documents = cut(connection, split_by_vat=by)

    assert [ids(each) for each in documents] == expected
    assert sum(each.total for each in documents) == made.total


def test_a_number_that_1c_would_cut_off_is_held(connection, goods, order):
    order("1234567890")

    assert cut(connection, split_by_vat="rate") == []

    held = OrderExport.objects.get()
    assert held.state == "held"
    assert held.problems[0]["code"] == "order_number_too_long"
    assert not OrderPart.objects.exists()


# ------------------------------------------------------------------- the same again


def test_repeated_documents_are_the_same_whatever_changed_here(connection, goods, order, ours):
    order()
    first = cut(connection, split_by_vat="rate")

    SellingRule.objects.create(organization=ours[1], category_id=goods["seeds"].pk)
    Connection.objects.update(split_by_organization=True, split_by_vat="no")
    connection.refresh_from_db()

    assert orders_to_give(connection, "s2", 10) == first
    assert confirm_given(connection, "s2") == 1
    assert orders_to_give(connection, "s3", 10) == []


def test_an_order_that_1c_may_have_whole_is_never_cut(connection, goods, order):
    order()
    (whole,) = orders_to_give(connection, "s1", 10)

    Connection.objects.update(split_by_vat="rate")
    connection.refresh_from_db()

    assert orders_to_give(connection, "s2", 10) == [whole]


def test_documents_of_one_order_come_in_one_answer(connection, goods, order):
    order()
    Connection.objects.update(split_by_vat="rate")
    connection.refresh_from_db()

    assert len(orders_to_give(connection, "s1", 1)) == 3
    assert orders_to_give(connection, "s1", 1) == []


# --------------------------------------------------------------------- what 1C tells


def news(number, *requisites, version="", operation="Заказ товара", total=""):
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{n}</Наименование><Значение>{v}</Значение>"
        "</ЗначениеРеквизита>"
        for n, v in requisites
    )
    version = f"<НомерВерсии>{version}</НомерВерсии>" if version else ""
    total = f"<Сумма>{total}</Сумма>" if total else ""
    return (
        f"<Документ><Ид>1c-{number}</Ид>{version}<Номер>{number}</Номер><Дата>2026-04-07</Дата>"
        f"<ХозОперация>{operation}</ХозОперация>{total}"
        f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов></Документ>"
    )


def accepted(number):
    return (("Номер по 1С", number), ("Дата по 1С", "2026-04-07T9:51:39"))


SHIPPED = (("Номер отгрузки по 1С", "7"), ("Дата отгрузки по 1С", "2026-04-09"))


@pytest.fixture
def cut_order(connection, goods, order):
    made = order()
    cut(connection, split_by_vat="mode")
    confirm_given(connection, "s1")
    return made


def state(order):
    order.refresh_from_db()
    return order.state


def test_news_of_the_parts_are_told_as_one_order(take, cut_order):
    take(news("1234-1", *accepted("УТ-1")))
    assert state(cut_order) == "принят частично"

    take(news("1234-2", *accepted("УТ-2")))
    assert state(cut_order) == "принят"
    assert cut_order.onec_number == "УТ-1, УТ-2"

    take(news("1234-1", *accepted("УТ-1"), *SHIPPED))
    assert state(cut_order) == "отгружен частично"
    assert cut_order.shipped_at is None

    take(news("1234-2", *accepted("УТ-2"), *SHIPPED))
    assert state(cut_order) == "отгружен"
    assert cut_order.shipped_at == date(2026, 4, 9)


def test_a_part_that_was_cancelled_doesnt_hold_the_other_back(take, cut_order):
    take(news("1234-2", ("Отменен", "true")))
    assert not cut_order.is_cancelled

    take(news("1234-1", *SHIPPED))

    assert state(cut_order) == "отгружен"


def test_statuses_that_differ_are_told_in_words(take, cut_order):
    take(news("1234-1", ("Статус заказа", "К отгрузке")))

    assert state(cut_order) == "части на разных этапах"

    take(news("1234-2", ("Статус заказа", "К отгрузке")))

    assert state(cut_order) == "К отгрузке"


def test_versions_are_compared_within_a_part(take, cut_order):
    """НомерВерсии of one document says nothing about another's."""
    take(news("1234-1", *accepted("УТ-1"), version="9"))

    take(news("1234-2", *accepted("УТ-2"), version="5"))

    assert state(cut_order) == "принят"


def test_a_payment_finds_its_part_by_the_id_it_was_given(take, cut_order):
    part = OrderPart.objects.get(position=2)
    take(
        f"<Документ><Ид>p</Ид><Номер>5</Номер><Дата>2026-04-10</Дата><Основание>{part.document_id}"
        "</Основание><ХозОперация>Выплата безналичных денег</ХозОперация></Документ>"
    )

    part.refresh_from_db()
    assert part.paid_at == date(2026, 4, 10)
    assert state(cut_order) == "оплачен частично"


def test_news_of_the_whole_number_are_news_of_every_part(take, cut_order):
    take(news("1234", ("Статус заказа", "Закрыт"), total="1"))

    assert {part.onec_status for part in OrderPart.objects.all()} == {"Закрыт"}
    assert {part.onec_total for part in OrderPart.objects.all()} == {None}
    assert state(cut_order) == "Закрыт"


def test_a_sum_that_1c_changed_is_told_with_its_part(take, cut_order):
    progress = take(news("1234-2", total="1.00"))

    assert [problem.code for problem in progress.problems] == ["order_sum_differs"]
    assert OrderPart.objects.get(position=2).onec_total == Decimal("1.00")


# ------------------------------------------------------------------------- property

RATES = st.sampled_from([None, 0, 10, 20, 22])
A_LINE = st.tuples(
    st.integers(1, 6),
    st.integers(1, 60),
    st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2),
    st.sampled_from([1, 1, 12]),
    RATES,
)
SERVED = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from("abc"), st.integers(1, 40)), max_size=12
)
BY = st.builds(SplitBy, st.booleans(), st.booleans(), st.sampled_from(ByVat))


@given(
    drawn=st.lists(A_LINE, min_size=1, max_size=8),
    served=SERVED,
    by=BY,
    delivery=st.booleans(),
    data=st.data(),
)
def test_parts_are_the_order_to_the_kopeck(drawn, served, by, delivery, data):
    lines = [
        a_line(position, variant, quantity * (pack if pack > 1 else 1), str(price), pack, rate)
        for position, (variant, quantity, price, pack, rate) in enumerate(drawn, 1)
    ]
    if delivery:
        lines.append(a_line(99, None, 1, "890.00", 1, None))
        lines[-1].sku = ""
    sells = {
        (variant, warehouse): Organization(pk=data.draw(st.integers(1, 2)))
        for variant in range(7)
        for warehouse in ("", "a", "b", "c")
    }

    def seller(line, warehouse):
        return sells[line.variant_id or 0, warehouse]

    holds = [Served("o", variant, warehouse, quantity) for variant, warehouse, quantity in served]
    parts = split(lines, by, holds, seller, "RUB")

    assert parts == split(lines, by, holds, seller, "RUB")
    shares = [share for part in parts for share in part.shares]
    for line in lines:
        of_line = [share for share in shares if share.line is line]
        assert sum(share.quantity for share in of_line) == line.quantity
        assert sum(share.total for share in of_line) == line.total
        assert sum(share.vat for share in of_line) == line.vat
        assert all(share.total == share.quantity * line.unit_price for share in of_line)
        assert all(share.quantity % share.as_line().coefficient == 0 for share in of_line)
    assert sum(share.total for share in shares) == sum(line.total for line in lines)
    if not by:
        assert len(parts) == 1
    if by.vat is ByVat.RATE:
        for part in parts:
            goods = [share.line for share in part.shares if share.line.variant_id]
            assert len({(line.vat_exempt, line.vat_rate) for line in goods}) <= 1
