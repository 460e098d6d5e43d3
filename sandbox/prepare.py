"""Fill a fresh shop: what it sells at retail, who comes to it, and 1C's account.

:func:`retail_shop` is the shop before anybody thought of wholesale; the story starts there.
:func:`admitted` is the state after the story's admission, made by the same actions as the
desk's pages use, for ``python -m sandbox serve``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from b2b_overlay.company import admit
from b2b_overlay.company.models import Buyer, LegalEntity
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.contracts import save_contract
from b2b_overlay.terms.models import Contract
from b2b_overlay.terms.organizations import Details, save_organization
from onec_bridge.models import Connection
from onec_bridge.simulator import BITRIX, UT11, Client, Dialect, Options
from onec_bridge.sync import use_decisions
from onec_bridge.sync.supervision import decide, undecided

from . import carts, models
from .data import SELLER, Counterparty, RetailGood, counterparties, retail_goods, write_exchange
from .data.catalogue import PRICE_TYPES, RETAIL
from .facts import Account, Exchange

__all__ = [
    "ADMIN",
    "BUYERS",
    "EXCHANGE",
    "MANAGER",
    "admitted",
    "exchanged",
    "fresh",
    "retail_shop",
]

#: The same for everybody: the demo listens on this machine's own address only.
PASSWORD = "demo-2026"  # noqa: S105  of a demo

BUYERS = (
    Account("anna@romashka.example", PASSWORD, "Садовый центр «Ромашка»"),
    Account("igor@dachastroy.example", PASSWORD, "ДачаСтрой"),
)
MANAGER = Account("manager@shop.example", PASSWORD)
ADMIN = Account("admin@shop.example", PASSWORD)
#: ``url`` is put in by whoever knows the server's port.
EXCHANGE = Exchange("", "1c", PASSWORD)

#: Per cent off at retail, by the shop's own category: contract prices must stay exact.
PROMOTION = ("Инвентарь", Decimal(10))


def fresh() -> None:
    """An empty database with every table, and no pictures."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    call_command("migrate", verbosity=0)


@transaction.atomic
def retail_shop() -> None:
    """A shop that sells at retail, with customers, a cart and an order in it."""
    channel = models.Channel.objects.create(slug="ru", name="Россия", currency="RUB")
    models.ShippingMethod.objects.create(channel=channel, name="Самовывоз")
    models.ShippingMethod.objects.create(
        channel=channel, name="Доставка по области", price=Decimal("890.00")
    )
    warehouse = models.Warehouse.objects.create(name="Магазин")
    _put_on_sale(retail_goods(), channel, warehouse)
    name, percent = PROMOTION
    models.Promotion.objects.create(
        name=f"−{percent} % на всё для сада",
        category=models.Category.objects.get(name=name),
        percent=percent,
    )
    _people(channel)
    _connect_1c()


def _put_on_sale(
    goods: Sequence[RetailGood], channel: models.Channel, warehouse: models.Warehouse
) -> None:
    names = dict.fromkeys(good.category for good in goods)
    categories = {
        each.name: each
        for each in models.Category.objects.bulk_create(models.Category(name=n) for n in names)
    }
    products = models.Product.objects.bulk_create(
        models.Product(
            name=good.name,
            description=good.description,
            category=categories[good.category],
            is_published=good.published,
        )
        for good in goods
    )
    shelf = [
        (product, each)
        for product, good in zip(products, goods, strict=True)
        for each in good.variants
    ]
    variants = models.Variant.objects.bulk_create(
        models.Variant(
            product=product,
            sku=each.sku,
            name=each.label,
            barcode=each.barcode,
            external_reference=each.external_id or None,
        )
        for product, each in shelf
    )
    sold = [(variant, each) for variant, (_p, each) in zip(variants, shelf, strict=True)]
    models.Listing.objects.bulk_create(
        models.Listing(variant=variant, channel=channel, price=each.price) for variant, each in sold
    )
    models.Stock.objects.bulk_create(
        models.Stock(variant=variant, warehouse=warehouse, quantity=each.quantity)
        for variant, each in sold
    )


def _people(channel: models.Channel) -> None:
    """The staff, and two customers; the first has an order behind her and a cart."""
    create = models.User.objects.create_user
    create(MANAGER.email, PASSWORD, first_name="Марина", last_name="Фролова", is_staff=True)
    create(ADMIN.email, PASSWORD, first_name="Олег", last_name="Громов", is_staff=True)
    anna = create(BUYERS[0].email, PASSWORD, first_name="Анна", last_name="Лютикова")
    create(BUYERS[1].email, PASSWORD, first_name="Игорь", last_name="Кузнецов")
    anna.default_shipping_address = models.Address.objects.create(
        first_name="Анна",
        last_name="Лютикова",
        street_address_1="Садовая ул, дом 14",
        city="Мытищи",
        postal_code="141006",
    )
    anna.save()
    sold = models.Variant.objects.filter(product__is_published=True).order_by("pk")
    _past_order(anna, channel, sold[3])
    checkout = models.Checkout(channel=channel, user=anna, email=anna.email)
    carts.create(get_shop(), checkout, {sold[0].pk: 2, sold[5].pk: 1})


def _past_order(user: models.User, channel: models.Channel, variant: models.Variant) -> None:
    price = variant.listings.get(channel=channel).price
    order = models.Order.objects.create(
        number=1001,
        status="FULFILLED",
        channel=channel,
        user=user,
        email=user.email,
        shipping_address=user.default_shipping_address,
        shipping_method_name="Самовывоз",
        total=price,
    )
    models.OrderLine.objects.create(
        order=order,
        position=1,
        variant=variant,
        product_sku=variant.sku or "",
        product_name=variant.product.name,
        quantity=1,
        unit_price=price,
        total=price,
    )


def _connect_1c() -> None:
    retail = next(each for each in PRICE_TYPES if each.name == RETAIL)
    node = Connection(
        name="1С:Управление торговлей",
        login=EXCHANGE.user,
        retail_price_type=retail.id,
        channel="ru",
    )
    node.set_password(EXCHANGE.password)
    node.save()


# ------------------------------------------------------------------------- wholesale


def exchanged(exchange: Exchange) -> None:
    """1C's goods, prices, stock and counterparties, through the exchange itself, and every
    question about a good answered as :mod:`sandbox.data` knows it.

    Raises :class:`SystemExit` with what 1C would show where the exchange fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        goods, partners = Path(folder) / "ut11", Path(folder) / "bitrix"
        write_exchange(goods, "ut11")
        write_exchange(partners, "bitrix")
        (contragents,) = partners.rglob("contragents___*.xml")
        runs = (
            _onec(exchange, UT11).send_catalog(goods),
            _onec(exchange, BITRIX).send_counterparties(contragents),
        )
    for run in runs:
        if not run.succeeded:
            raise SystemExit(f"The exchange failed: {run.faults}")
    _answer_questions()


def _onec(exchange: Exchange, dialect: Dialect) -> Client:
    options = Options(pause_scale=0)
    return Client(exchange.url, exchange.user, exchange.password, dialect=dialect, options=options)


def _answer_questions() -> None:
    """What a manager does on the page «Сопоставление»."""
    node = Connection.objects.get(login=EXCHANGE.user)
    ours = dict(models.Variant.objects.exclude(sku=None).values_list("sku", "pk"))
    known = {v.of: ours[v.sku] for good in retail_goods() for v in good.variants if v.of}
    for match in undecided(node):
        decide(match, known.get(match.external_id))
    use_decisions(node)


def admitted() -> None:
    """Admit both buyers' companies on the terms that the shop agreed with them, once 1C has
    sent counterparties and price types."""
    manager = models.User.objects.get(email=MANAGER.email)
    save_organization(models.User.objects.get(email=ADMIN.email), None, Details(**SELLER))
    for account in BUYERS:
        members = [each for each in counterparties() if each.company == account.company]
        entities = {each.inn: LegalEntity.objects.get(inn=each.inn) for each in members}
        company = admit.create_company(
            manager, account.company, [entity.pk for entity in entities.values()]
        )
        for each in members:
            _contract(manager, entities[each.inn], each)
        admit.add_buyer(manager, get_shop().people, company, account.email, role=Buyer.Role.OWNER)
        switch(get_shop(), manager, company, on=True)


def _contract(manager: models.User, entity: LegalEntity, agreed: Counterparty) -> None:
    on_account = agreed.payment_days > 0
    contract = save_contract(
        manager,
        entity,
        number=f"ОПТ-{agreed.code[-3:]}",
        payment=Contract.Payment.ON_ACCOUNT if on_account else Contract.Payment.PREPAID,
        payment_days=agreed.payment_days,
    )
    set_contract_lists(contract, [PriceList.objects.get(name=agreed.price_type)])
