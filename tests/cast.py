"""A small shop and the people who come to it; the browser tests use it too.

Prices by list, in roubles with VAT: «Опт» and «Дилер» have the hose and the boards (by the
box of 6), neither has the bath: that costs retail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from b2b_overlay.company import admit
from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import Price, PriceList, VariantFacts
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.contracts import save_contract
from b2b_overlay.terms.models import Contract
from sandbox import models

PASSWORD = "очень длинный пароль"


@dataclass
class Cast:
    manager: models.User
    #: Owner-like buyer for both legal entities of «Ромашка».
    olga: models.User
    #: Buys for «Ромашка Плюс» only.
    kirill: models.User
    #: Sees «Ромашка Плюс», may not order.
    viewer: models.User
    #: Buys for another company.
    stranger: models.User
    #: No buyer at all.
    retail: models.User
    company: Company
    other: Company
    ooo: LegalEntity
    plus: LegalEntity
    theirs: LegalEntity
    free: LegalEntity
    wholesale: PriceList
    dealer: PriceList
    hose: models.Variant
    boards: models.Variant
    bath: models.Variant
    gone: models.Variant
    password: str = PASSWORD


def _variant(
    channel: models.Channel,
    warehouse: models.Warehouse,
    category: models.Category,
    name: str,
    sku: str,
    price: str,
    stock: int,
    article: str,
) -> models.Variant:
    product = models.Product.objects.create(name=name, category=category)
    variant = models.Variant.objects.create(product=product, sku=sku)
    models.Listing.objects.create(variant=variant, channel=channel, price=Decimal(price))
    models.Stock.objects.create(variant=variant, warehouse=warehouse, quantity=stock)
    VariantFacts.objects.create(
        variant_id=variant.pk, article=article, barcode=f"46000000{variant.pk:05}", vat_rate=22
    )
    return variant


def _entity(name: str, inn: str, kpp: str = "") -> LegalEntity:
    kind = LegalEntity.Kind.COMPANY if kpp else LegalEntity.Kind.ENTREPRENEUR
    return LegalEntity.objects.create(name=name, inn=inn, kpp=kpp, kind=kind)


def _contract(
    by: models.User, entity: LegalEntity, number: str, days: int, lists: list[PriceList]
) -> None:
    contract = save_contract(
        by,
        entity,
        number=number,
        signed=date(2026, 3, 1),
        payment=Contract.Payment.ON_ACCOUNT,
        payment_days=days,
    )
    set_contract_lists(contract, lists)


def build() -> Cast:
    """Everything above, saved."""
    create = models.User.objects.create_user
    people = {
        name: create(f"{name}@example.org", PASSWORD)
        for name in ("olga", "kirill", "viewer", "stranger", "retail")
    }
    manager = create("manager@example.org", PASSWORD, is_staff=True)
    channel = models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    models.ShippingMethod.objects.create(channel=channel, name="Самовывоз")
    warehouse = models.Warehouse.objects.create(name="Основной")
    garden = models.Category.objects.create(name="Всё для полива")
    wood = models.Category.objects.create(name="Пиломатериалы")

    def variant(category: models.Category, *more: object) -> models.Variant:
        return _variant(channel, warehouse, category, *more)

    name = "Шланг поливочный армированный трёхслойный морозостойкий «Садовник Профи», 3/4″, 25 м"
    goods = {
        "hose": variant(garden, name, "SH-25", "1990.00", 500, "ШП-25/34"),
        "boards": variant(wood, "Доска террасная, сосна", "DT-6", "450.00", 60, "ДТ-6"),
        "bath": variant(garden, "Ванна садовая", "VS-1", "3200.00", 4, "ВС-1"),
        "gone": variant(garden, "Лейка", "LE-9", "300.00", 0, "ЛЕ-9"),
    }
    wholesale = PriceList.objects.create(name="Опт")
    dealer = PriceList.objects.create(name="Дилер")
    for price_list, hose, boards in ((wholesale, "1500.50", "400"), (dealer, "1400.25", "380")):
        Price.objects.create(
            price_list=price_list, variant_id=goods["hose"].pk, amount=Decimal(hose), unit="шт"
        )
        Price.objects.create(
            price_list=price_list,
            variant_id=goods["boards"].pk,
            amount=Decimal(boards),
            unit="уп",
            coefficient=6,
        )
    ooo = _entity("ООО «Ромашка»", "7707083893", "773601001")
    plus = _entity("ИП Лютикова Ольга Петровна", "500100732259")
    theirs = _entity("ООО «Чужие»", "7728168971", "770801001")
    free = _entity("ООО «Новые»", "7736050003", "773601001")
    company = admit.create_company(manager, "Ромашка", [ooo.pk, plus.pk])
    other = admit.create_company(manager, "Чужие", [theirs.pk])
    _contract(manager, ooo, "ОПТ-1", 14, [wholesale])
    _contract(manager, plus, "ОПТ-2", 30, [dealer])
    _contract(manager, theirs, "ОПТ-3", 7, [dealer])
    shop = get_shop()

    def buyer(user: str, where: Company, role: str, *entities: LegalEntity) -> None:
        ids = [each.pk for each in entities]
        email = people[user].email
        admit.add_buyer(manager, shop.people, where, email, role=role, legal_entity_ids=ids)

    buyer("olga", company, Buyer.Role.BUYER, ooo, plus)
    buyer("kirill", company, Buyer.Role.BUYER, plus)
    buyer("viewer", company, Buyer.Role.VIEWER, plus)
    buyer("stranger", other, Buyer.Role.OWNER)
    switch(shop, manager, company, on=True)
    switch(shop, manager, other, on=True)
    return Cast(
        manager=manager,
        company=company,
        other=other,
        ooo=ooo,
        plus=plus,
        theirs=theirs,
        free=free,
        wholesale=wholesale,
        dealer=dealer,
        **people,
        **goods,
    )
