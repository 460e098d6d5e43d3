"""Counterparties that were joined: what 1C sends of each, and whose id an order goes by."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from b2b_overlay.company import joining
from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder, WholesaleOrderLine
from onec_bridge.models import Connection, Link, OrderExport
from onec_bridge.sync import confirm_given, orders_to_give
from sandbox.models import User

KEPT = "7c3f8d1e-0000-4000-8000-000000000001"
GONE = "7c3f8d1e-0000-4000-8000-000000000002"


def party(ident: str, name: str, address: str = "Москва") -> str:
    return (
        f"<Контрагенты><Контрагент><Ид>{ident}</Ид><Наименование>{name}</Наименование>"
        f"<ОфициальноеНаименование>{name}</ОфициальноеНаименование>"
        "<ИНН>7707083893</ИНН><КПП>773601001</КПП>"
        f"<ЮридическийАдрес><Представление>{address}</Представление></ЮридическийАдрес>"
        "</Контрагент></Контрагенты>"
    )


@pytest.fixture
def desk(db):
    return User.objects.create_user("manager@example.org", "x", is_staff=True)


@pytest.fixture
def pair(take):
    """«Ромашка» twice, as 1C has it, the first a customer's."""
    take(party(KEPT, "Ромашка ООО"))
    take(party(GONE, "ООО Ромашка"))
    kept, gone = LegalEntity.objects.order_by("pk")
    kept.company = Company.objects.create(name="Садовый центр")
    kept.save()
    return kept, gone


def order(entity: LegalEntity, number: str) -> WholesaleOrder:
    made = WholesaleOrder.objects.create(
        order_id=f"order-{number}",
        number=number,
        placed_at=datetime(2026, 4, 6, 12, tzinfo=UTC),
        company=Company.objects.get(),
        legal_entity=entity,
        channel="ru",
        currency="RUB",
        vat_included=True,
        total=Decimal("100.00"),
        payment="on_account",
    )
    WholesaleOrderLine.objects.create(
        order=made,
        position=1,
        variant_id=None,
        name="Доставка",
        quantity=1,
        base_unit="шт",
        base_unit_code="796",
        unit_price=Decimal("100.00"),
        total=Decimal("100.00"),
        vat=Decimal("0.00"),
    )
    return made


def given_to(connection: Connection, session: str = "s") -> dict[str, str]:
    """Number of each order that goes, and the buyer's id it goes by."""
    documents = orders_to_give(connection, session, 100)
    return {each.number: each.counterparties[0].id for each in documents}


def test_each_card_changes_its_own_row_after_a_joining(take, desk, pair):
    kept, gone = pair
    joining.join(desk, kept, gone)

    take(party(GONE, "ООО Ромашка", "Мытищи"))

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.name, kept.legal_address) == ("Ромашка ООО", "Москва")
    assert (gone.name, gone.legal_address, gone.merged_into) == ("ООО Ромашка", "Мытищи", kept)
    assert LegalEntity.objects.count() == 2


def test_a_third_card_of_joined_ones_is_no_stranger(take, desk, pair):
    """A spreadsheet's row with their INN and KPP is the kept one's, not a third row."""
    kept, gone = pair
    joining.join(desk, kept, gone)
    from b2b_overlay.company.intake import find

    numbers = ("7707083893", "773601001")
    assert find([numbers]) == {numbers: kept}
    joining.undo(desk, kept.rearrangements.get())
    assert find([numbers]) == {}


def test_an_order_goes_by_the_kept_ones_own_id(connection, desk, pair):
    kept, gone = pair
    order(gone, "1")
    joining.join(desk, kept, gone)
    order(kept, "2")

    assert given_to(connection) == {"1": KEPT, "2": KEPT}


def test_an_order_goes_by_the_joined_ones_id_where_1c_knows_only_that(connection, desk, pair):
    kept, gone = pair
    Link.objects.filter(external_id=KEPT).delete()
    joining.join(desk, kept, gone)
    order(kept, "1")

    assert given_to(connection) == {"1": GONE}


def test_an_order_goes_to_the_base_that_knows_the_joined_one(connection, desk, pair):
    """The kept one is another 1C base's; this one knows only who was joined to him."""
    kept, gone = pair
    other = Connection.objects.create(name="УНФ", login="unf", password="!")
    Link.objects.filter(external_id=KEPT).update(connection=other)
    order(kept, "1")
    assert given_to(connection) == {}

    joining.join(desk, kept, gone)

    assert given_to(connection) == {"1": GONE}
    assert given_to(other, "t") == {"1": KEPT}


def test_joining_alone_sends_nothing_twice(connection, desk, pair):
    kept, gone = pair
    order(gone, "1")
    given_to(connection)
    confirm_given(connection, "s")

    done = joining.join(desk, kept, gone)
    assert given_to(connection, "t") == {}
    joining.undo(desk, done)
    assert given_to(connection, "u") == {}
    assert OrderExport.objects.get().state == OrderExport.State.CONFIRMED


def test_an_order_that_goes_back_to_the_joined_one_goes_by_his_id_again(connection, desk, pair):
    kept, gone = pair
    order(gone, "1")
    done = joining.join(desk, kept, gone)
    given_to(connection)
    confirm_given(connection, "s")

    joining.undo(desk, done)

    assert given_to(connection, "t") == {"1": GONE}


def test_news_under_the_joined_ones_id_reach_the_order(take, connection, desk, pair):
    kept, gone = pair
    made = order(gone, "1")
    given_to(connection)
    confirm_given(connection, "s")
    joining.join(desk, kept, gone)

    take(
        "<Документ><Ид>order-1</Ид><Номер>1</Номер><Дата>2026-04-07</Дата>"
        "<ХозОперация>Заказ товара</ХозОперация><Роль>Продавец</Роль><Валюта>руб</Валюта>"
        "<Курс>1</Курс><Сумма>100.00</Сумма><Контрагенты><Контрагент>"
        f"<Ид>{GONE}</Ид><Наименование>ООО Ромашка</Наименование><Роль>Покупатель</Роль>"
        "<ИНН>7707083893</ИНН><КПП>773601001</КПП></Контрагент></Контрагенты>"
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Номер по 1С</Наименование>"
        "<Значение>УТ-77</Значение></ЗначениеРеквизита></ЗначенияРеквизитов></Документ>",
        name="orders.xml",
    )

    made.refresh_from_db()
    assert made.onec_number == "УТ-77"
    assert Link.objects.get(external_id=GONE).local_id == str(gone.pk)
