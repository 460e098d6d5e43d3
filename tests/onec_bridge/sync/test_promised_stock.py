"""Whatever happens in whatever order, the shop never sells what is promised, and after 1C's
file it sells exactly what is free."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder
from onec_bridge.commerceml.reader import read
from onec_bridge.models import Connection, Link, OrderExport
from onec_bridge.sync import apply_file, confirm_given, orders_to_give
from sandbox import carts, fulfilment, models

HOSE = 41
START = 50

FILE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<КоммерческаяИнформация ВерсияСхемы="2.07"{made}>'
    '<ПакетПредложений СодержитТолькоИзменения="true"><Предложения><Предложение><Ид>hose</Ид>'
    '<Склад ИдСклада="main" КоличествоНаСкладе="{number}"/></Предложение></Предложения>'
    "</ПакетПредложений></КоммерческаяИнформация>"
)
ORDER = st.tuples(st.just("order"), st.integers(1, 9))
STEPS = st.lists(
    st.one_of(
        ORDER,
        st.tuples(
            st.sampled_from(
                [
                    "exchange",
                    "make a file",
                    "send it",
                    "file",
                    "ship here",
                    "ship in 1c",
                    "cancel here",
                ]
            ),
            st.integers(0, 3),
        ),
        st.tuples(st.just("receive"), st.integers(1, 20)),
    ),
    min_size=1,
    max_size=16,
)


class World:
    """A shop, its 1C, and the truth about one good."""

    def __init__(self, connection: Connection, entity: LegalEntity, warehouse) -> None:
        self.connection, self.entity, self.warehouse = connection, entity, warehouse
        self.on_hand = START
        #: In 1C: orders it has stored, and those of them it has shipped. Quantities by id.
        self.stored: dict[str, int] = {}
        self.shipped_in_1c: set[str] = set()
        self.ordered: dict[str, int] = {}
        self.shipped_here: set[str] = set()
        #: Cancelled in the shop, and 1C hasn't heard of it.
        self.unheard: set[str] = set()
        self.received = 0
        self.made: tuple[int, datetime] | None = None

    @property
    def promised(self) -> int:
        """What is anybody's already, shipped or not."""
        return sum(self.ordered.values())

    @property
    def shown(self) -> int:
        return carts.available([HOSE]).get(HOSE, 0)

    def told(self) -> int:
        """1C's number now."""
        if self.connection.stock_is == "on_hand" or self.connection.reserves == "never":
            return self.on_hand
        open_there = self.stored.keys() - self.shipped_in_1c
        return self.on_hand - sum(self.stored[each] for each in open_there)

    def step(self, name: str, number: int) -> None:
        getattr(self, name.replace(" ", "_"))(number)

    def order(self, quantity: int) -> None:
        if quantity > self.shown:
            return
        channel = models.Channel.objects.get()
        number = 1000 + models.Order.objects.count()
        row = models.Order.objects.create(number=number, channel=channel, total=quantity)
        row.lines.create(
            position=1,
            variant_id=HOSE,
            product_name="Шланг",
            quantity=quantity,
            unit_price=1,
            total=quantity,
        )
        (stock,) = models.Stock.objects.filter(variant=HOSE)
        stock.allocated += quantity
        stock.save()
        fulfilment.allocate(row, {HOSE: [(stock, quantity)]})
        order = WholesaleOrder.objects.create(
            order_id=str(row.pk),
            number=str(row.number),
            placed_at=timezone.now(),
            company=self.entity.company,
            legal_entity=self.entity,
            channel="ru",
            currency="RUB",
            vat_included=True,
            total=quantity,
        )
        order.lines.create(
            position=1,
            variant_id=HOSE,
            sku="1",
            name="Шланг",
            quantity=quantity,
            base_unit="шт",
            base_unit_code="796",
            unit_price=1,
            unit="шт",
            total=quantity,
            vat=0,
        )
        self.ordered[order.order_id] = quantity

    def exchange(self, _number: int) -> None:
        given = orders_to_give(self.connection, "s", 100)
        confirm_given(self.connection, "s")
        for document in given:
            if document.id in self.ordered:
                self.stored[document.id] = self.ordered[document.id]
            else:
                self.stored.pop(document.id, None)
        self.unheard.clear()

    def make_a_file(self, _number: int) -> None:
        """1C writes its stock, and gets to sending it later."""
        self.made = self.told(), timezone.now()

    def send_it(self, _number: int) -> None:
        if self.made:
            number, moment = self.made
            # 1C's clock says seconds, and the session begins after the file is made
            self.take(number, moment.replace(microsecond=0), timezone.now())

    def file(self, _number: int) -> None:
        self.take(self.told(), None, timezone.now())

    def take(self, number: int, told_at: datetime | None, sent_at: datetime) -> None:
        made = (
            f' ДатаФормирования="{timezone.localtime(told_at):%Y-%m-%dT%H:%M:%S}"'
            if told_at
            else ""
        )
        text = FILE.format(made=made, number=number)
        content = BytesIO(text.encode())
        apply_file(self.connection, read(content, "r.xml"), file_name="r.xml", sent_at=sent_at)

    def ship_here(self, number: int) -> None:
        open_here = [each for each in self.ordered if each not in self.shipped_here]
        if open_here:
            chosen = open_here[number % len(open_here)]
            fulfilment.ship(models.Order.objects.get(pk=chosen))
            self.shipped_here.add(chosen)

    def cancel_here(self, number: int) -> None:
        """The staff cancel an order that nobody has shipped."""
        shipped = self.shipped_here | self.shipped_in_1c
        open_here = [each for each in self.ordered if each not in shipped]
        if open_here:
            chosen = open_here[number % len(open_here)]
            fulfilment.cancel(models.Order.objects.get(pk=chosen))
            del self.ordered[chosen]
            self.unheard.add(chosen)

    def ship_in_1c(self, number: int) -> None:
        """1C ships an order, and says so at once."""
        closed = self.shipped_in_1c | self.unheard
        there = [each for each in self.stored if each not in closed]
        if there:
            chosen = there[number % len(there)]
            self.shipped_in_1c.add(chosen)
            self.on_hand -= self.stored[chosen]
            now = timezone.now()
            OrderExport.objects.filter(order__order_id=chosen).update(shipped_told_at=now)

    def receive(self, quantity: int) -> None:
        self.on_hand += quantity
        self.received += quantity


@pytest.fixture
def ready(connection):
    """Goods, a buyer, a warehouse; 1C has told of a shipment once."""
    product = models.Product.objects.create(name="Шланг")
    models.Variant.objects.create(pk=HOSE, product=product, sku="1")
    warehouse = models.Warehouse.objects.create(name="Основной")
    for kind, external_id, local_id in (
        ("product", "hose", product.pk),
        ("offer", "hose", HOSE),
        ("warehouse", "main", warehouse.pk),
    ):
        Link.objects.create(
            connection=connection,
            kind=kind,
            external_id=external_id,
            local_id=str(local_id),
            parent_id="hose" if kind == "offer" else "",
            data={"told": {"name": external_id}, "product": str(product.pk)},
        )
    entity = LegalEntity.objects.create(
        name="Ромашка", inn="7707083893", company=Company.objects.create(name="Ромашка")
    )
    earlier = WholesaleOrder.objects.create(
        order_id="earlier",
        number="1",
        placed_at=datetime(2026, 1, 1, tzinfo=UTC),
        company=entity.company,
        legal_entity=entity,
        channel="ru",
        currency="RUB",
        vat_included=True,
        total=Decimal(0),
    )
    now = timezone.now()
    OrderExport.objects.create(
        connection=connection,
        order=earlier,
        state="confirmed",
        known_at=now,
        accepted_at=now,
        shipped_told_at=now,
    )
    return entity, warehouse


@pytest.mark.parametrize(
    ("stock_is", "reserves"), [("free", "stored"), ("on_hand", "stored"), ("free", "never")]
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15
)
@given(steps=STEPS)
def test_nothing_is_reserved_twice_and_nothing_promised_is_sold(
    connection, ready, stock_is, reserves, steps
):
    Connection.objects.update(stock_is=stock_is, reserves=reserves)
    connection.refresh_from_db()
    with transaction.atomic():
        world = World(connection, *ready)
        world.file(0)
        for name, number in steps:
            world.step(name, number)
            assert world.shown <= START + world.received - world.promised, (name, number)
        if world.unheard:
            world.exchange(0)
        world.file(0)
        assert world.shown == START + world.received - world.promised
        transaction.set_rollback(True)
