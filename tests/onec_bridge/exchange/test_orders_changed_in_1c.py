"""What 1C tells of orders it holds: other goods, payments, shipments, statuses, deletions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from cast import Cast
from django.test import Client
from django.utils import timezone

from b2b_overlay.ordering.models import OrderCorrection, WholesaleOrder, WholesaleOrderLine
from b2b_overlay.ordering.orders import changed
from onec_bridge.models import OrderExport

pytestmark = pytest.mark.usefixtures("cast")

HOSE, BOARDS = "hose-guid", "boards-guid"


@pytest.fixture
def manager(sign_in, cast) -> Client:
    return sign_in(cast.manager)


@pytest.fixture
def order(cast: Cast, know) -> WholesaleOrder:
    """Ten hoses at 100 and a pack of six boards at 600, which this 1C knows and has stored."""
    know(HOSE, cast.hose)
    know(BOARDS, cast.boards)
    made = WholesaleOrder.objects.create(
        order_id="o-17",
        number="17",
        placed_at=timezone.now(),
        user=cast.olga,
        company=cast.company,
        legal_entity=cast.ooo,
        channel="ru",
        currency="RUB",
        vat_included=True,
        total=Decimal(1600),
        payment="on_account",
    )
    for position, (variant, name, quantity, price) in enumerate(
        [(cast.hose, "Шланг", 10, 100), (cast.boards, "Доска", 6, 100)], 1
    ):
        WholesaleOrderLine.objects.create(
            order=made,
            position=position,
            variant_id=variant.pk,
            sku=variant.sku,
            article=f"А-{position}",
            name=name,
            quantity=quantity,
            base_unit="шт",
            base_unit_code="796",
            unit_price=Decimal(price),
            unit="упак" if variant == cast.boards else "шт",
            coefficient=Decimal(6 if variant == cast.boards else 1),
            total=Decimal(quantity * price),
            vat_rate=Decimal(22),
            vat=Decimal("18.03"),
        )
    return made


def document(
    *lines: tuple[str, str, str, str], total: str = "1600.00", more: str = "", **requisites: str
) -> str:
    """The order as 1C has it: lines of Ид, quantity, sum, coefficient."""
    goods = "".join(
        f"<Товар><Ид>{ident}</Ид><Наименование>{ident}</Наименование>"
        f"<Количество>{quantity}</Количество><Сумма>{amount}</Сумма>"
        f"<Коэффициент>{coefficient}</Коэффициент></Товар>"
        for ident, quantity, amount, coefficient in lines
    )
    said = "".join(
        f"<ЗначениеРеквизита><Наименование>{name.replace('_', ' ')}</Наименование>"
        f"<Значение>{value}</Значение></ЗначениеРеквизита>"
        for name, value in requisites.items()
    )
    return (
        "<Документ><Ид>1c-guid</Ид><Номер>17</Номер><Дата>2026-11-24</Дата>"
        f"<ХозОперация>Заказ товара</ХозОперация><Номер1С>УТ-000042</Номер1С>{more}"
        f"<Сумма>{total}</Сумма><Товары>{goods}</Товары>"
        f"<ЗначенияРеквизитов>{said}</ЗначенияРеквизитов></Документ>"
    )


AS_ORDERED = ((HOSE, "10", "1000.00", "1"), (BOARDS, "1", "600.00", "6"))
FEWER = ((HOSE, "7", "700.00", "1"), (BOARDS, "1", "600.00", "6"))


def paper(
    operation: str, total: str, *, ident: str = "p-1", day: str = "2026-11-26", more: str = ""
) -> str:
    amount = f"<Сумма>{total}</Сумма>" if total else ""
    return (
        f"<Документ><Ид>{ident}</Ид><Номер>55</Номер><Дата>{day}</Дата>{more}"
        f"<ХозОперация>{operation}</ХозОперация><Основание>o-17</Основание>{amount}</Документ>"
    )


# --- corrections --------------------------------------------------------------------------


def test_an_order_as_it_was_placed_differs_in_nothing_whatever_units_1c_writes(deliver, order):
    deliver(document(*AS_ORDERED))

    assert not OrderCorrection.objects.exists()


def test_fewer_goods_in_1c_stand_beside_the_order_for_buyer_and_desk(
    deliver, order, cast, sign_in, manager
):
    deliver(document(*FEWER, total="1300.00"))

    order.refresh_from_db()
    assert order.total == Decimal(1600)
    for client, address in (
        (sign_in(cast.olga), f"/orders/{order.order_id}/"),
        (manager, f"/desk/orders/{order.order_id}/"),
    ):
        text = client.get(address).content.decode()
        assert 'id="correction"' in text
        assert "Шланг" in text.partition('id="correction"')[2]
    assert "17" in manager.get("/desk/differences/").content.decode()


def test_who_may_not_see_the_order_sees_nothing_of_its_correction(deliver, order, cast, sign_in):
    deliver(document(*FEWER, total="1300.00"))

    for user in (cast.stranger, cast.kirill):
        assert sign_in(user).get(f"/orders/{order.order_id}/").status_code == 404


def test_a_buyer_sees_the_correction_and_cannot_decide_it(deliver, order, cast, sign_in):
    deliver(document(*FEWER, total="1300.00"))
    row = OrderCorrection.objects.get()
    olga = sign_in(cast.olga)

    assert "/desk/differences/orders/" not in olga.get("/orders/o-17/").content.decode()
    assert olga.post(f"/desk/differences/orders/{row.pk}/", {"take": "theirs"}).status_code == 404
    order.refresh_from_db()
    assert order.total == Decimal(1600)


def test_taking_1c_s_side_makes_the_order_what_1c_has(deliver, order, manager):
    deliver(document(*FEWER, total="1300.00"))
    row = OrderCorrection.objects.get()

    manager.post(f"/desk/differences/orders/{row.pk}/", {"take": "theirs"})

    order.refresh_from_db()
    assert order.total == Decimal(1300)
    lines = [(line.name, line.quantity, line.total, line.unit) for line in order.lines.all()]
    assert lines == [("Шланг", 7, Decimal(700), "шт"), ("Доска", 6, Decimal(600), "упак")]
    deliver(document(*FEWER, total="1300.00"), at="2026-11-26T09:00:00")
    assert not OrderCorrection.objects.filter(state="waiting").exists()


def test_keeping_what_was_ordered_sends_the_order_to_1c_again(
    deliver, order, manager, onec, connection
):
    onec.sign_in("sale")
    assert "<Номер>17</Номер>" in onec.ask("sale", "query").text
    onec.ask("sale", "success")
    deliver(document(*FEWER, total="1300.00"))
    row = OrderCorrection.objects.get()

    manager.post(f"/desk/differences/orders/{row.pk}/", {"take": "ours"})

    onec.sign_in("sale")
    again = onec.ask("sale", "query").text
    assert "<Номер>17</Номер>" in again
    assert "<Количество>10</Количество>" in again
    row.refresh_from_db()
    assert row.state == "kept"
    assert OrderExport.objects.get().state == "given"


def sale(onec, version: str = "2.09", word: str = "success") -> str:
    """What one run of 1C is given; it stores it, unless its run breaks."""
    onec.sign_in("sale")
    onec.ask("sale", "init", version=version)
    text = onec.ask("sale", "query").text
    if word:
        onec.ask("sale", word)
    return text


def test_an_order_changed_in_the_shop_goes_to_1c_again_however_old_it_is(order, onec):
    first = sale(onec)
    assert "<Документ>" not in sale(onec)
    OrderExport.objects.update(confirmed_at=timezone.now() - timedelta(days=400))

    order.lines.filter(position=1).update(quantity=3, total=300)
    WholesaleOrder.objects.update(total=900)
    changed(order)
    again = sale(onec, word="")

    for same in ("<Номер>17</Номер>", "<Ид>o-17</Ид>", first[first.index("<Дата>") :][:23]):
        assert same in first
        assert same in again
    assert "<НомерВерсии>1</НомерВерсии>" in first
    assert "<НомерВерсии>2</НомерВерсии>" in again
    assert "<Количество>3</Количество>" in again
    assert sale(onec).split("<Документ>")[1:] == again.split("<Документ>")[1:]
    assert "<Документ>" not in sale(onec)


def test_an_order_changed_while_1c_was_storing_it_goes_once_more(order, onec):
    onec.sign_in("sale")
    onec.ask("sale", "query")
    changed(order)
    onec.ask("sale", "success")

    assert "<НомерВерсии>2</НомерВерсии>" in sale(onec)
    assert "<Документ>" not in sale(onec)


def test_an_old_1c_is_told_no_version_that_its_schema_lacks(order, onec):
    assert "НомерВерсии" not in sale(onec, version="2.05")


def test_the_same_correction_again_asks_nobody_twice(deliver, order, manager):
    deliver(document(*FEWER, total="1300.00"))
    row = OrderCorrection.objects.get()
    manager.post(f"/desk/differences/orders/{row.pk}/", {"take": "ours"})

    deliver(document(*FEWER, total="1300.00"), at="2026-11-25T09:00:00")

    row.refresh_from_db()
    assert row.state == "kept"


def test_a_correction_that_1c_takes_back_goes_by_itself(deliver, order):
    deliver(document(*FEWER, total="1300.00"))

    deliver(document(*AS_ORDERED), at="2026-11-25T10:00:00")

    assert not OrderCorrection.objects.exists()


def test_goods_that_1c_added_and_took_away_are_named(deliver, order, manager):
    added = ("new-guid", "2", "50.00", "1")

    deliver(document((HOSE, "10", "1000.00", "1"), added, total="1050.00"))

    text = manager.get("/desk/orders/o-17/").content.decode().partition('id="correction"')[2]
    assert "new-guid" in text
    assert "Доска" in text


# --- payments and shipments ---------------------------------------------------------------


def test_payments_come_to_the_whole_before_the_order_is_paid(deliver, order, manager):
    deliver(paper("Выплата безналичных денег", "600.00"))
    order.refresh_from_db()
    assert order.paid_at is None

    deliver(paper("Выплата безналичных денег", "1000.00", ident="p-2", day="2026-11-27"))

    order.refresh_from_db()
    assert order.paid_at == date(2026, 11, 27)
    text = manager.get("/desk/orders/o-17/").content.decode()
    assert text.count("Выплата безналичных денег № 55") == 2


def test_a_shipment_without_a_sum_is_of_the_whole_order(deliver, order):
    deliver(paper("Отпуск товара", ""))

    order.refresh_from_db()
    assert order.shipped_at == date(2026, 11, 26)


def test_a_payment_marked_for_deletion_was_none(deliver, order):
    deliver(paper("Выплата безналичных денег", "1600.00"))

    deliver(
        paper(
            "Выплата безналичных денег", "1600.00", more="<ПометкаУдаления>true</ПометкаУдаления>"
        )
    )

    order.refresh_from_db()
    assert order.paid_at is None
    assert not order.papers.exists()


def test_a_return_is_listed_and_isnt_taken_for_the_order(deliver, order):
    deliver(paper("Возврат товара", "100.00"))

    order.refresh_from_db()
    assert (order.papers.get().kind, order.onec_total) == ("return", None)


# --- statuses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "stage"),
    [("К отгрузке", "ready"), ("[P] В работе", "in_work"), ("Закрыт", "closed"), ("Свой", "")],
)
def test_a_status_says_how_far_the_order_is_and_is_shown_as_1c_calls_it(
    deliver, order, status, stage
):
    deliver(document(Статус_заказа=status))

    order.refresh_from_db()
    assert (order.onec_status, order.stage) == (status, stage)


def test_a_connection_s_own_words_come_first(deliver, order, connection):
    connection.order_stages = {"свой": "shipped"}
    connection.save()

    deliver(document(Статус_заказа="Свой"))

    order.refresh_from_db()
    assert (order.stage, order.shipped_at) == ("shipped", date(2026, 11, 24))


def test_the_desk_says_on_a_page_what_a_status_means(deliver, order, connection, manager):
    deliver(document(Статус_заказа="На сборке"))
    address = f"/onec/journal/connections/{connection.pk}/statuses/"
    assert "на сборке" in manager.get(address).content.decode()

    manager.post(address, {"stage-0": "in_work"})
    deliver(document(Статус_заказа="На сборке"), at="2026-11-26T09:00:00")

    order.refresh_from_db()
    assert order.stage == "in_work"


def test_an_older_answer_doesnt_throw_back_a_newer_status(deliver, order):
    deliver(document(Статус_заказа="К отгрузке"), at="2026-11-25T09:00:00")

    deliver(document(Статус_заказа="Согласован"), at="2026-11-25T08:00:00")
    deliver(document(Статус_заказа="Согласован"), at="2026-11-25T09:00:00")

    order.refresh_from_db()
    assert order.onec_status == "К отгрузке"

    deliver(document(Статус_заказа="Согласован"), at="2026-11-25T10:00:00")

    order.refresh_from_db()
    assert order.onec_status == "Согласован"


def test_a_deletion_mark_cancels_the_order_and_leaves_it_as_it_was(deliver, order):
    deliver(document(*FEWER, total="1300.00", more="<ПометкаУдаления>true</ПометкаУдаления>"))

    order.refresh_from_db()
    assert order.is_cancelled
    assert order.total == Decimal(1600)
    assert not OrderCorrection.objects.exists()
