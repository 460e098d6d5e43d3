"""Orders go to 1C until it confirms them, and its news of them come back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder, WholesaleOrderLine
from b2b_overlay.ordering.orders import changed
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.terms.models import Contract
from onec_bridge.models import Connection, Link, OrderExport
from onec_bridge.sync import confirm_given, orders_to_give

ROMASHKA = "0a0a0a0a-0000-4000-8000-000000000001"
HOSE = "1b1b1b1b-0000-4000-8000-000000000001"
HOSE_25 = f"{HOSE}#2c2c2c2c-0000-4000-8000-000000000002"


@pytest.fixture
def buyer(connection):
    """A legal entity that 1C knows, with a contract."""
    entity = LegalEntity.objects.create(
        name="Ромашка (сайт)",
        inn="7707083893",
        kpp="773601001",
        company=Company.objects.create(name="Садовый центр"),
        address="Мытищи",
    )
    told = {
        "name": "Ромашка ООО",
        "official_name": "ООО «Ромашка»",
        "inn": "7707083893",
        "kpp": "773601001",
    }
    Link.objects.create(
        connection=connection,
        kind="counterparty",
        external_id=ROMASHKA,
        local_id=str(entity.pk),
        data={"told": told},
    )
    Contract.objects.create(
        legal_entity=entity, number="17", date=date(2026, 4, 1), payment_days=14
    )
    return entity


@pytest.fixture
def known(connection):
    """1C's hose, and a price type in «руб.»."""
    Link.objects.create(
        connection=connection,
        kind="product",
        external_id=HOSE,
        local_id="1",
        data={"told": {"name": "Шланг", "type": "Товар", "sort": "Полив"}},
    )
    Link.objects.create(
        connection=connection,
        kind="offer",
        external_id=HOSE_25,
        local_id="41",
        parent_id=HOSE,
        data={"told": {"name": "Шланг (25 м)"}},
    )
    price_list = PriceList.objects.create(name="Дилерская")
    Link.objects.create(
        connection=connection,
        kind="price_type",
        external_id="dealer",
        local_id=str(price_list.pk),
        data={"told": {"currency": "руб."}},
    )


def order(buyer, number="1001", *, lines=((41, 24, "10.00", 12),), shipping=None, **fields):
    """An order of lines (variant, base units, price of one, coefficient), VAT 22 % inside."""
    made = WholesaleOrder.objects.create(
        order_id=f"order-{number}",
        number=number,
        placed_at=datetime(2026, 4, 6, 21, 30, 15, 999, tzinfo=UTC),
        company=buyer.company,
        legal_entity=buyer,
        contract=buyer.contracts.first(),
        channel="ru",
        currency="RUB",
        vat_included=True,
        total=Decimal(0),
        payment="on_account",
        due_date=date(2026, 4, 21),
        **fields,
    )
    for position, (variant, quantity, price, coefficient) in enumerate(lines, 1):
        total = Decimal(price) * quantity
        made.lines.create(
            position=position,
            variant_id=variant,
            sku="SKU",
            article="ШЛ",
            name="Шланг",
            quantity=quantity,
            base_unit="шт",
            base_unit_code="796",
            unit_price=Decimal(price),
            unit="упак" if coefficient > 1 else "шт",
            coefficient=coefficient,
            total=total,
            vat_rate=22,
            vat=(total * 22 / 122).quantize(Decimal("0.01")),
        )
    if shipping:
        made.lines.create(
            position=99,
            name="Delivery",
            quantity=1,
            base_unit="шт",
            base_unit_code="796",
            unit_price=Decimal(shipping),
            unit="шт",
            total=Decimal(shipping),
            vat=0,
        )
    made.total = sum(line.total for line in made.lines.all())
    made.save()
    return made


def numbers(documents):
    return [document.number for document in documents]


# ------------------------------------------------------------------------ the document


def test_1c_gets_the_order_in_its_own_words(connection, buyer, known):
    order(buyer, shipping="890.00", comment="Позвоните")

    (document,) = orders_to_give(connection, "s1", 10)

    assert (document.number, document.operation, document.role) == (
        "1001",
        "Заказ товара",
        "Продавец",
    )
    assert (document.date, document.time) == (date(2026, 4, 7), time(0, 30, 15))
    assert (document.currency, document.total) == ("руб.", Decimal("1130.00"))
    (party,) = document.counterparties
    assert (party.id, party.name, party.official_name, party.full_name) == (
        ROMASHKA,
        "Ромашка ООО",
        "ООО «Ромашка»",
        None,
    )
    assert (party.inn, party.kpp) == ("7707083893", "773601001")
    requisites = {name: values[0] for name, values in document.requisites}
    assert requisites["Договор"] == "№ 17 от 01.04.2026"
    assert requisites["Отсрочка"] == "14"
    assert requisites["Срок оплаты"] == "2026-04-21"
    assert document.comment == "Позвоните"


def test_a_line_is_in_the_unit_of_its_price(connection, buyer, known):
    order(buyer)

    (document,) = orders_to_give(connection, "s1", 10)

    (line,) = document.lines
    assert (line.id, line.name, line.article) == (HOSE_25, "Шланг (25 м)", "ШЛ")
    assert (line.unit_name, line.coefficient, line.quantity) == ("упак", 12, Decimal(2))
    assert (line.price, line.total) == (Decimal("120.00"), Decimal("240.00"))
    assert (line.unit.code, line.tax_rates[0].text) == ("796", "22")
    assert (line.taxes[0].included, line.taxes[0].amount) == (True, Decimal("43.28"))
    assert dict(line.requisites) == {"ВидНоменклатуры": ("Полив",), "ТипНоменклатуры": ("Товар",)}


def test_delivery_is_a_service_line_with_an_id(connection, buyer, known):
    order(buyer, shipping="890.00")

    (document,) = orders_to_give(connection, "s1", 10)

    delivery = document.lines[-1]
    assert (delivery.id, delivery.name, delivery.total) == (
        "ORDER_DELIVERY",
        "Доставка заказа",
        Decimal("890.00"),
    )
    assert dict(delivery.requisites)["ТипНоменклатуры"] == ("Услуга",)


def test_a_sole_trader_is_never_sent_as_a_legal_entity(connection, buyer, known):
    Link.objects.filter(kind="counterparty").delete()
    LegalEntity.objects.update(kind="entrepreneur", inn="500100732259", kpp="")
    order(buyer)

    (document,) = orders_to_give(connection, "s1", 10)

    (party,) = document.counterparties
    assert (party.official_name, party.full_name) == (None, "Ромашка (сайт)")
    assert (party.id, party.kpp) == (f"b2b-{buyer.pk}", None)


# ------------------------------------------------------------- given, confirmed, again


def test_an_order_comes_again_until_it_is_confirmed(connection, buyer, known):
    order(buyer)
    first = orders_to_give(connection, "s1", 10)

    again = orders_to_give(connection, "s2", 10)
    assert again == first

    assert confirm_given(connection, "s2") == 1
    assert orders_to_give(connection, "s3", 10) == []


def test_success_confirms_only_what_its_own_session_was_given(connection, buyer, known):
    order(buyer, "1001")
    orders_to_give(connection, "s1", 10)
    order(buyer, "1002")

    assert confirm_given(connection, "s9") == 0
    assert confirm_given(connection, "s1") == 1

    assert numbers(orders_to_give(connection, "s2", 10)) == ["1002"]


def test_a_session_goes_on_portion_by_portion_to_an_empty_one(connection, buyer, known):
    for number in ("1001", "1002", "1003"):
        order(buyer, number)

    portions = [numbers(orders_to_give(connection, "s1", 2)) for _ in range(3)]

    assert portions == [["1001", "1002"], ["1003"], []]


def test_a_changed_order_is_given_again_with_the_same_number_and_date(connection, buyer, known):
    made = order(buyer)
    (first,) = orders_to_give(connection, "s1", 10)
    confirm_given(connection, "s1")

    made.comment = "Передумали"
    made.save()
    changed(made)

    (again,) = orders_to_give(connection, "s2", 10)
    assert (again.number, again.date, again.time) == (first.number, first.date, first.time)
    assert again.comment == "Передумали"
    assert (first.version, again.version) == ("1", "2")
    confirm_given(connection, "s2")
    assert orders_to_give(connection, "s3", 10) == []


def test_an_order_changed_between_query_and_success_is_not_lost(connection, buyer, known):
    made = order(buyer)
    orders_to_give(connection, "s1", 10)
    made.comment = "Ещё одно"
    made.save()
    changed(made)

    confirm_given(connection, "s1")

    assert numbers(orders_to_give(connection, "s2", 10)) == ["1001"]


def test_one_bad_order_is_held_and_the_others_go(connection, buyer, known):
    order(buyer, "1001", lines=((999, 1, "5.00", 1),))
    order(buyer, "1002")

    assert numbers(orders_to_give(connection, "s1", 10)) == ["1002"]

    held = OrderExport.objects.get(state="held")
    assert held.order.number == "1001"
    assert held.problems[0]["code"] == "order_line_without_id"
    confirm_given(connection, "s1")

    Link.objects.create(
        connection=connection, kind="offer", external_id="p9", local_id="999", parent_id="p9"
    )
    assert numbers(orders_to_give(connection, "s2", 10)) == ["1001"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda o: WholesaleOrder.objects.update(total=1), "order_sum_mismatch"),
        (lambda o: WholesaleOrderLine.objects.update(total=1), "order_line_mismatch"),
        (lambda o: WholesaleOrder.objects.update(number="ЗАКАЗ-0000001"), "order_number_too_long"),
    ],
)
def test_what_1c_would_misunderstand_is_held(connection, buyer, known, change, code):
    change(order(buyer))

    assert orders_to_give(connection, "s1", 10) == []

    codes = {row["code"] for row in OrderExport.objects.get().problems}
    assert code in codes


def test_the_order_of_one_bases_counterparty_does_not_go_to_another(connection, buyer, known):
    other = Connection.objects.create(name="УНФ", login="unf", password="!")
    order(buyer)

    assert orders_to_give(other, "s1", 10) == []
    assert numbers(orders_to_give(connection, "s1", 10)) == ["1001"]


# ---------------------------------------------------------------------- news from 1C


def document(*requisites, number="1001", inside="", version=""):
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{n}</Наименование><Значение>{v}</Значение>"
        "</ЗначениеРеквизита>"
        for n, v in requisites
    )
    version = f"<НомерВерсии>{version}</НомерВерсии>" if version else ""
    return (
        f"<Документ><Ид>{ROMASHKA}</Ид>{version}<Номер>{number}</Номер><Дата>2026-04-07</Дата>"
        f"<ХозОперация>Заказ товара</ХозОперация>{inside}"
        f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов></Документ>"
    )


ACCEPTED = (("Номер по 1С", "УТ-000123"), ("Дата по 1С", "2026-04-07T9:51:39"))


def test_number_status_payment_and_shipment_reach_the_order(take, buyer):
    made = order(buyer)

    progress = take(
        document(
            *ACCEPTED,
            ("Статус заказа", "К отгрузке"),
            ("Номер оплаты по 1С", "П-1"),
            ("Дата оплаты по 1С", "2026-04-08"),
            ("Номер отгрузки по 1С", "О-1"),
            ("Дата отгрузки по 1С", "2026-04-09T10:00:00"),
        )
    )

    made.refresh_from_db()
    assert progress.counts == {"document": {"changed": 1}}
    assert (made.onec_number, made.onec_date) == ("УТ-000123", date(2026, 4, 7))
    assert made.onec_status == "К отгрузке"
    assert (made.paid_at, made.shipped_at) == (date(2026, 4, 8), date(2026, 4, 9))
    assert made.news_at is not None


def test_the_same_news_twice_changes_nothing(take, buyer):
    order(buyer)
    take(document(*ACCEPTED))

    assert take(document(*ACCEPTED)).counts == {"document": {"unchanged": 1}}


def test_absent_is_no_news(take, buyer):
    made = order(buyer)
    take(document(*ACCEPTED, ("Номер оплаты по 1С", "П-1"), ("Дата оплаты по 1С", "2026-04-08")))

    take(document(("Статус заказа", "Закрыт")))

    made.refresh_from_db()
    assert (made.onec_number, made.paid_at) == ("УТ-000123", date(2026, 4, 8))
    assert made.onec_status == "Закрыт"


def test_elements_of_the_bitrix_module_tell_the_number_too(take, buyer):
    made = order(buyer)

    take(document(inside="<Номер1С>УТ-5</Номер1С><Дата1С>2026-04-07T09:00:00</Дата1С>"))

    made.refresh_from_db()
    assert (made.onec_number, made.onec_date) == ("УТ-5", date(2026, 4, 7))


def test_payment_and_shipment_documents_belong_to_their_order(take, buyer):
    made = order(buyer)
    take(
        "<Документ><Ид>x</Ид><Номер>1001-1</Номер><Дата>2026-04-10</Дата>"
        "<ХозОперация>Отпуск товара</ХозОперация><Основание>order-1001</Основание></Документ>"
    )

    made.refresh_from_db()
    assert (made.shipped_at, made.paid_at) == (date(2026, 4, 10), None)


def test_older_versions_do_not_bring_an_order_back(take, buyer):
    made = order(buyer)
    newer, older = "AAAAAAAAAAI=", "AAAAAAAAAAE="
    take(document(("Статус заказа", "Отгружен"), version=newer))

    progress = take(document(("Статус заказа", "Новый"), version=older))

    made.refresh_from_db()
    assert [p.code for p in progress.problems] == ["older_news"]
    assert made.onec_status == "Отгружен"


def test_an_older_file_does_not_bring_an_order_back(take, buyer):
    made = order(buyer)

    def file(formed, status):
        return (
            '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07" '
            f'ДатаФормирования="{formed}">{document(("Статус заказа", status))}'
            "</КоммерческаяИнформация>"
        )

    take(file("2026-04-08T10:00:00", "Отгружен"))
    take(file("2026-04-08T09:00:00", "Новый"))

    made.refresh_from_db()
    assert made.onec_status == "Отгружен"


def test_cancellation_and_another_sum_are_shown_beside_the_buyers_own(take, buyer):
    made = order(buyer)

    progress = take(document(("Отменен", "true"), inside="<Сумма>200.00</Сумма>"))

    made.refresh_from_db()
    assert made.is_cancelled
    assert (made.total, made.onec_total) == (Decimal("240.00"), Decimal("200.00"))
    assert [p.code for p in progress.problems] == ["order_sum_differs"]


def test_news_of_an_unknown_order_are_refused_with_a_line_to_act_on(take, buyer):
    made = order(buyer)

    progress = take(document(*ACCEPTED, number="77"))

    (problem,) = progress.problems
    assert (problem.code, problem.value) == ("unknown_order", "77")
    assert progress.counts == {"document": {"refused": 1}}
    assert "77" in problem.text("ru")
    assert problem.hint("ru")
    made.refresh_from_db()
    assert made.news_at is None


def test_1cs_own_id_of_the_buyer_is_learnt_from_his_order(take, buyer, connection, known):
    Link.objects.filter(kind="counterparty").delete()
    order(buyer)
    party = (
        f"<Контрагенты><Контрагент><Ид>{ROMASHKA}</Ид><Наименование>Ромашка ООО</Наименование>"
        "<ОфициальноеНаименование>ООО «Ромашка»</ОфициальноеНаименование>"
        "<ИНН>7707083893</ИНН><КПП>773601001</КПП></Контрагент></Контрагенты>"
    )
    take(document(*ACCEPTED, inside=party))

    (given,) = orders_to_give(connection, "s1", 10)
    assert given.counterparties[0].id == ROMASHKA
    assert given.counterparties[0].name == "Ромашка ООО"
