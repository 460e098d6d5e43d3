"""Fill a populated Saleor with the retail shop of the story: run inside Saleor, before the
overlay is installed, by ``run.py``. Nothing here knows the overlay.

A RUB channel «ru» with a warehouse, a shipping zone and two ways of delivery; the goods of
``sandbox.data.retail_goods()``; a catalogue promotion; two customers, one with an order behind
her and an open cart; a manager and an admin.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db import transaction
from django.utils import timezone
from saleor.account.models import Address, Group, User
from saleor.channel.models import Channel
from saleor.checkout.models import Checkout
from saleor.discount import PromotionType, RewardValueType
from saleor.discount.models import Promotion, PromotionRule
from saleor.order.models import Order, OrderLine
from saleor.product.models import (
    Category,
    Product,
    ProductChannelListing,
    ProductType,
    ProductVariant,
    ProductVariantChannelListing,
)
from saleor.product.tasks import (
    recalculate_discounted_price_for_products_task,
    update_products_search_vector_task,
    update_variant_relations_for_active_promotion_rules_task,
)
from saleor.shipping.models import ShippingMethod, ShippingMethodChannelListing, ShippingZone
from saleor.tax.models import TaxConfiguration
from saleor.warehouse.models import Stock, Warehouse

from sandbox.data import RetailGood, retail_goods

#: (e-mail, first name, last name, staff, superuser), as run.py names them.
PEOPLE = json.loads(os.environ["B2B_RUN_PEOPLE"])
PASSWORD = os.environ["B2B_RUN_PASSWORD"]
#: Per cent off at retail, by category: contract prices must stay exact against it.
PROMOTION = ("Инвентарь", Decimal(10))


def main() -> None:
    with transaction.atomic():
        channel = _channel()
        warehouse = _delivery(channel)
        _put_on_sale(channel, warehouse)
        people = [_person(*row) for row in PEOPLE]
        _past_of(people[0], channel)
    update_variant_relations_for_active_promotion_rules_task()
    recalculate_discounted_price_for_products_task()
    update_products_search_vector_task()


def _channel() -> Any:
    channel = Channel.objects.create(
        name="Россия", slug="ru", currency_code="RUB", default_country="RU", is_active=True
    )
    TaxConfiguration.objects.create(channel=channel, prices_entered_with_tax=True)
    return channel


def _delivery(channel: Any) -> Any:
    zone = ShippingZone.objects.create(name="Россия", countries=["RU"])
    zone.channels.add(channel)
    for name, price in (("Самовывоз", 0), ("Доставка по области", 890)):
        method = ShippingMethod.objects.create(name=name, type="price", shipping_zone=zone)
        ShippingMethodChannelListing.objects.create(
            shipping_method=method, channel=channel, currency="RUB", price_amount=price
        )
    warehouse = Warehouse.objects.create(
        name="Магазин", slug="magazin", address=Address.objects.create(country="RU")
    )
    warehouse.channels.add(channel)
    warehouse.shipping_zones.add(zone)
    return warehouse


def _put_on_sale(channel: Any, warehouse: Any) -> None:
    kind = ProductType.objects.create(name="Товар", slug="tovar-b2b-run", kind="normal")
    categories: dict[str, Any] = {}
    for number, good in enumerate(retail_goods(), 1):
        if good.category not in categories:
            categories[good.category] = Category.objects.create(
                name=good.category, slug=f"ru-category-{len(categories) + 1}"
            )
        _put_good(good, number, kind, categories[good.category], channel, warehouse)
    name, percent = PROMOTION
    promotion = Promotion.objects.create(name="Всё для сада", type=PromotionType.CATALOGUE)
    category_id = categories[name].pk
    rule = PromotionRule.objects.create(
        name=f"−{percent} %",
        promotion=promotion,
        catalogue_predicate={"categoryPredicate": {"ids": [_global_id("Category", category_id)]}},
        reward_value_type=RewardValueType.PERCENTAGE,
        reward_value=percent,
        variants_dirty=True,
    )
    rule.channels.add(channel)


def _put_good(
    good: RetailGood, number: int, kind: Any, category: Any, channel: Any, warehouse: Any
) -> None:
    now = timezone.now()
    product = Product.objects.create(
        name=good.name,
        slug=f"ru-good-{number}",
        product_type=kind,
        category=category,
        description={"blocks": [{"type": "paragraph", "data": {"text": good.description}}]},
        description_plaintext=good.description,
        search_index_dirty=True,
    )
    ProductChannelListing.objects.create(
        product=product,
        channel=channel,
        currency="RUB",
        is_published=good.published,
        published_at=now,
        visible_in_listings=True,
        available_for_purchase_at=now,
        discounted_price_dirty=True,
    )
    for each in good.variants:
        variant = ProductVariant.objects.create(
            product=product,
            sku=each.sku,
            name=each.label,
            external_reference=each.external_id or None,
            metadata={"barcode": each.barcode} if each.barcode else {},
        )
        ProductVariantChannelListing.objects.create(
            variant=variant,
            channel=channel,
            currency="RUB",
            price_amount=each.price,
            discounted_price_amount=each.price,
        )
        Stock.objects.create(product_variant=variant, warehouse=warehouse, quantity=each.quantity)
    product.default_variant = product.variants.first()
    product.save(update_fields=["default_variant"])


def _person(email: str, first: str, last: str, is_staff: bool, is_superuser: bool) -> Any:
    user = User(
        email=email,
        first_name=first,
        last_name=last,
        is_staff=is_staff,
        is_superuser=is_superuser,
        is_active=True,
        is_confirmed=True,
    )
    user.set_password(PASSWORD)
    user.save()
    if is_superuser:
        # Saleor asks groups which channels' orders its staff may change, a superuser's too.
        user.groups.add(*Group.objects.filter(restricted_access_to_channels=False))
    return user


def _past_of(user: Any, channel: Any) -> None:
    """An address, an order behind her, a cart open."""
    address = Address.objects.create(
        first_name=user.first_name,
        last_name=user.last_name,
        street_address_1="Садовая ул, дом 14",
        city="Мытищи",
        country_area="Московская область",
        postal_code="141006",
        country="RU",
    )
    user.addresses.add(address)
    user.default_shipping_address = user.default_billing_address = address
    user.save()
    sold = list(
        ProductVariant.objects.filter(
            channel_listings__channel=channel, product__channel_listings__is_published=True
        ).order_by("pk")
    )
    price = sold[3].channel_listings.get(channel=channel).price_amount
    order = Order.objects.create(
        user=user,
        user_email=user.email,
        channel=channel,
        currency="RUB",
        status="fulfilled",
        billing_address=address.get_copy(),
        shipping_address=address.get_copy(),
        total_net_amount=price,
        total_gross_amount=price,
        lines_count=1,
    )
    OrderLine.objects.create(
        order=order,
        variant=sold[3],
        product_name=sold[3].product.name,
        product_sku=sold[3].sku,
        quantity=1,
        is_shipping_required=True,
        is_gift_card=False,
        currency="RUB",
        unit_price_net_amount=price,
        unit_price_gross_amount=price,
        total_price_net_amount=price,
        total_price_gross_amount=price,
    )
    cart = Checkout.objects.create(
        user=user, email=user.email, channel=channel, currency="RUB", country="RU"
    )
    for variant, quantity in ((sold[0], 2), (sold[5], 1)):
        cart.lines.create(
            variant=variant,
            quantity=quantity,
            currency="RUB",
            undiscounted_unit_price_amount=variant.channel_listings.get(
                channel=channel
            ).price_amount,
        )


def _global_id(kind: str, pk: int) -> str:
    from graphql_relay import to_global_id

    return str(to_global_id(kind, pk))


main()
