"""A shop before the run, what 1C is going to send it, and all of its state that counts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import connection as database

from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.terms.models import Contract
from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers
from onec_bridge.models import Connection, Link
from sandbox import models

__all__ = ["LOGIN", "ORDERS", "PASSWORD", "packages", "prepare", "state"]

LOGIN, PASSWORD = "soak", "soak-password"
BUYER = "0a0a0a0a-0000-4000-8000-000000000001"
ORDERS = 6
HOW = Format(generated_at=dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), schema="2.07")


def prepare() -> None:
    """A connection, a few goods the shop sold before, a buyer whose orders wait for 1C."""
    channel = models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    node = Connection(name="1С", login=LOGIN)
    node.set_password(PASSWORD)
    node.save()
    lists = PriceList.objects.create(name="Опт", currency="RUB")
    Link.objects.create(
        connection=node,
        kind="price_type",
        external_id="opt",
        local_id=str(lists.pk),
        data={"told": {"currency": "RUB"}},
    )
    variant = _sold_before(channel, node)
    entity = LegalEntity.objects.create(
        name="Ромашка",
        inn="7707083893",
        kpp="773601001",
        company=Company.objects.create(name="Садовый центр"),
    )
    told = {"name": "Ромашка", "official_name": "ООО «Ромашка»", "inn": "7707083893"}
    Link.objects.create(
        connection=node,
        kind="counterparty",
        external_id=BUYER,
        local_id=str(entity.pk),
        data={"told": told},
    )
    Contract.objects.create(legal_entity=entity, number="17", date=dt.date(2026, 4, 1))
    for number in range(ORDERS):
        _order(entity, str(1001 + number), variant)


def _sold_before(channel: models.Channel, node: Connection) -> models.Variant:
    product = models.Product.objects.create(name="Шланг", external_reference="old")
    variant = models.Variant.objects.create(product=product, sku="HOSE")
    models.Listing.objects.create(variant=variant, channel=channel, price=Decimal(15))
    for kind, local, parent in (("product", product.pk, ""), ("offer", variant.pk, "old")):
        Link.objects.create(
            connection=node,
            kind=kind,
            external_id="old",
            local_id=str(local),
            parent_id=parent,
            data={"told": {"name": "Шланг", "deleted": False}},
        )
    return variant


def _order(entity: LegalEntity, number: str, variant: models.Variant) -> None:
    order = WholesaleOrder.objects.create(
        order_id=f"order-{number}",
        number=number,
        placed_at=dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC),
        company=entity.company,
        legal_entity=entity,
        contract=entity.contracts.first(),
        channel="ru",
        currency="RUB",
        vat_included=True,
        total=Decimal(20),
        payment="on_account",
    )
    order.lines.create(
        position=1,
        variant_id=variant.pk,
        sku="HOSE",
        name="Шланг",
        quantity=2,
        base_unit="шт",
        base_unit_code="796",
        unit_price=Decimal(10),
        unit="шт",
        total=Decimal(20),
        vat_rate=22,
        vat=Decimal("3.61"),
    )


def packages(goods: int) -> list[list[tuple[str, str, bytes]]]:
    """Two packages of goods with offers, counterparties, news of the orders."""
    half = goods // 2
    return [
        [
            ("catalog", "import0_1.xml", _catalogue(range(half))),
            ("catalog", "offers0_1.xml", _offers(range(half), "10.50")),
        ],
        [
            ("catalog", "import0_2.xml", _catalogue(range(half, goods))),
            ("catalog", "offers0_2.xml", _offers(range(goods), "12.00")),
        ],
        [("sale", "contragents.xml", _counterparties(20))],
        [("sale", "orders.xml", _news())],
    ]


def _catalogue(numbers: range) -> bytes:
    products = (r.Product(id=f"g{n}", article=f"A-{n}", name=f"Лейка {n}") for n in numbers)
    return b"".join(write_catalog(products, HOW, header=r.CatalogHeader(id="c")))


def _offers(numbers: range, price: str) -> bytes:
    prices = (r.OfferPrice(price_type_id="opt", amount=Decimal(price), currency="RUB"),)
    offers = (r.Offer(id=f"g{n}", prices=prices, quantity=Decimal(n % 9)) for n in numbers)
    opt = r.PriceType(id="opt", name="Опт", currency="RUB", vat_included=True)
    header = r.OfferPackageHeader(id="c#")
    return b"".join(write_offers(offers, HOW, header=header, price_types=[opt]))


def _root(inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07" '
        f'ДатаФормирования="2035-01-01T00:00:00">{inside}</КоммерческаяИнформация>'
    ).encode()


def _counterparties(count: int) -> bytes:
    rows = "".join(
        f"<Контрагент><Ид>partner-{n}</Ид><Наименование>Покупатель {n}</Наименование>"
        f"<ИНН>{7700000000 + n}</ИНН></Контрагент>"
        for n in range(count)
    )
    return _root(f"<Контрагенты>{rows}</Контрагенты>")


def _news() -> bytes:
    """1C's side of the orders, in files with dates of years to come."""
    status = (
        "<ЗначениеРеквизита><Наименование>Статус заказа</Наименование>"
        "<Значение>К отгрузке</Значение></ЗначениеРеквизита>"
    )
    return _root(
        "".join(
            f"<Документ><Ид>d-{n}</Ид><Номер>{1001 + n}</Номер><Дата>2035-01-01</Дата>"
            f"<ХозОперация>Заказ товара</ХозОперация><ЗначенияРеквизитов>{status}"
            "</ЗначенияРеквизитов></Документ>"
            for n in range(ORDERS)
        )
    )


#: What has to be the same, whatever happened on the way; without numbers given by the database.
STATE = {
    "products": "SELECT external_reference, name, is_published FROM sandbox_product",
    "variants": "SELECT external_reference, sku, name FROM sandbox_variant",
    "stock": (
        "SELECT v.external_reference, w.name, s.quantity FROM sandbox_stock s "
        "JOIN sandbox_variant v ON v.id = s.variant_id "
        "JOIN sandbox_warehouse w ON w.id = s.warehouse_id"
    ),
    "prices": (
        "SELECT l.name, v.external_reference, p.amount, p.min_quantity "
        "FROM b2b_overlay_price p JOIN b2b_overlay_pricelist l ON l.id = p.price_list_id "
        "JOIN sandbox_variant v ON v.id = p.variant_id"
    ),
    "changes of prices": (
        "SELECT v.external_reference, e.amount, count(*) FROM b2b_overlay_priceevent e "
        "JOIN sandbox_variant v ON v.id = e.variant_id GROUP BY 1, 2"
    ),
    "links": "SELECT kind, external_id, local_id <> '', data - 'product' FROM onec_bridge_link",
    "waiting": "SELECT external_id, waits_kind, waits_for FROM onec_bridge_parked",
    "legal entities": "SELECT name, inn, kpp FROM b2b_overlay_legalentity",
    "companies": "SELECT name FROM b2b_overlay_company",
    "orders": "SELECT number, stage, onec_status FROM b2b_overlay_wholesaleorder",
    "orders in 1C": (
        "SELECT o.number, e.state FROM onec_bridge_orderexport e "
        "JOIN b2b_overlay_wholesaleorder o ON o.id = e.order_id"
    ),
}


def state() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that counts, sorted."""
    found = {}
    with database.cursor() as cursor:
        for name, query in STATE.items():
            cursor.execute(query)
            found[name] = sorted(cursor.fetchall(), key=repr)
    return found
