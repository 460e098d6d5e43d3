"""Run inside Saleor by ``saleor``: fill a retail shop's clone with ten thousand variants as a
storefront shows them, price lists for them, and wholesale buyers.

Ids are given, so that whoever measures knows each variant, and reckons its prices, by its number.
"""

# ruff: noqa: E402 - the shop's models are imported after django.setup()
from __future__ import annotations

import json
import os
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from saleor.account.models import Address, User
from saleor.attribute.models import (
    AssignedProductAttributeValue,
    AssignedVariantAttribute,
    AssignedVariantAttributeValue,
    Attribute,
    AttributeProduct,
    AttributeValue,
    AttributeVariant,
)
from saleor.channel.models import Channel
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import (
    Category,
    Collection,
    CollectionChannelListing,
    CollectionProduct,
    Product,
    ProductChannelListing,
    ProductMedia,
    ProductType,
    ProductVariant,
    ProductVariantChannelListing,
)
from saleor.warehouse.models import Stock, Warehouse

from b2b_overlay.company.models import Buyer
from benchmarks import _price_world as world

ASKED: dict[str, Any] = json.loads(os.environ["BENCH_WORLD"])
#: Products of three variants each; the last one has fewer.
PRODUCTS = -(-world.VARIANTS // 3)
COLLECTIONS = 20
IN_STOCK = 10_000_000
NOW = timezone.now()


def main() -> None:
    with transaction.atomic():
        channel = Channel.objects.get(slug="ru")
        kind = ProductType.objects.create(name="Замер", slug="bench", kind="normal")
        _products(channel, kind)
        _variants(channel)
        _attributes(kind)
        _collections(channel)
        _pictures()
        PluginConfiguration.objects.create(
            identifier="b2b", active=True, name="B2B", configuration=[]
        )
    world.fill(ASKED["lists"], before=ASKED["before"])
    _buyers()
    world.sql("VACUUM ANALYZE")


def _products(channel: Any, kind: Any) -> None:
    category = Category.objects.create(pk=ASKED["category"], name="Замер", slug="bench")
    Product.objects.bulk_create(
        Product(
            pk=_product(n),
            name=f"Товар {n:05}",
            slug=f"bench-{n}",
            product_type=kind,
            category=category,
            description={"blocks": [{"type": "paragraph", "data": {"text": f"Описание {n}"}}]},
            search_index_dirty=False,
        )
        for n in range(PRODUCTS)
    )
    ProductChannelListing.objects.bulk_create(
        ProductChannelListing(
            product_id=_product(n),
            channel=channel,
            currency=channel.currency_code,
            is_published=True,
            published_at=NOW,
            visible_in_listings=True,
            available_for_purchase_at=NOW,
            discounted_price_amount=_retail(3 * n + 1),
            discounted_price_dirty=False,
        )
        for n in range(PRODUCTS)
    )


def _product(n: int) -> int:
    return int(ASKED["before"]) + n


def _retail(number: int) -> Decimal:
    """Dearer than in any list."""
    return Decimal(1000 + number)


def _numbers() -> range:
    return range(1, world.VARIANTS + 1)


def _variant(number: int) -> int:
    return int(ASKED["before"]) + number


def _variants(channel: Any) -> None:
    warehouse = Warehouse.objects.get(slug="magazin")
    ProductVariant.objects.bulk_create(
        ProductVariant(
            pk=_variant(n),
            product_id=_product((n - 1) // 3),
            sku=f"bench-{n}",
            name=f"Размер {n % 3}",
            sort_order=n % 3,
        )
        for n in _numbers()
    )
    ProductVariantChannelListing.objects.bulk_create(
        ProductVariantChannelListing(
            variant_id=_variant(n),
            channel=channel,
            currency=channel.currency_code,
            price_amount=_retail(n),
            discounted_price_amount=_retail(n),
        )
        for n in _numbers()
    )
    Stock.objects.bulk_create(
        Stock(product_variant_id=_variant(n), warehouse=warehouse, quantity=IN_STOCK)
        for n in _numbers()
    )
    for n in range(PRODUCTS):
        Product.objects.filter(pk=_product(n)).update(default_variant_id=_variant(3 * n + 1))


def _values(name: str) -> tuple[Any, list[Any]]:
    """A dropdown attribute with ten values."""
    attribute = Attribute.objects.create(
        name=name, slug=f"bench-{name}", type="product-type", input_type="dropdown"
    )
    made = [AttributeValue(attribute=attribute, name=f"{name} {n}", slug=f"{n}") for n in range(10)]
    return attribute, AttributeValue.objects.bulk_create(made)


def _attributes(kind: Any) -> None:
    """Two of the product, one of the variant."""
    for name in ("Материал", "Марка"):
        attribute, values = _values(name)
        AttributeProduct.objects.create(attribute=attribute, product_type=kind)
        AssignedProductAttributeValue.objects.bulk_create(
            AssignedProductAttributeValue(product_id=_product(n), value=values[n % 10])
            for n in range(PRODUCTS)
        )
    attribute, values = _values("Размер")
    of_kind = AttributeVariant.objects.create(
        attribute=attribute, product_type=kind, variant_selection=True
    )
    assigned = AssignedVariantAttribute.objects.bulk_create(
        AssignedVariantAttribute(variant_id=_variant(n), assignment=of_kind) for n in _numbers()
    )
    AssignedVariantAttributeValue.objects.bulk_create(
        AssignedVariantAttributeValue(assignment=each, value=values[n % 10])
        for n, each in enumerate(assigned)
    )


def _collections(channel: Any) -> None:
    """Each product is in two."""
    made = [
        Collection.objects.create(name=f"Подборка {n}", slug=f"bench-{n}")
        for n in range(COLLECTIONS)
    ]
    CollectionChannelListing.objects.bulk_create(
        CollectionChannelListing(
            collection=each, channel=channel, is_published=True, published_at=NOW
        )
        for each in made
    )
    CollectionProduct.objects.bulk_create(
        CollectionProduct(collection=made[(n + shift) % COLLECTIONS], product_id=_product(n))
        for n in range(PRODUCTS)
        for shift in (0, 7)
    )


def _pictures() -> None:
    """Two a product; the files themselves nobody asks for."""
    ProductMedia.objects.bulk_create(
        ProductMedia(
            product_id=_product(n), image=f"products/bench-{n}-{k}.jpg", alt="", sort_order=k
        )
        for n in range(PRODUCTS)
        for k in range(2)
    )


def _buyers() -> None:
    """By e-mail, each with an address and a company of his own, to which these lists apply."""
    password = make_password(ASKED["password"])
    for email, lists in ASKED["buyers"].items():
        user = User.objects.create(
            email=email, first_name="Иван", password=password, is_active=True, is_confirmed=True
        )
        address = Address.objects.create(
            first_name="Иван",
            last_name="Иванов",
            street_address_1="Садовая ул, дом 14",
            city="Мытищи",
            country_area="Московская область",
            postal_code="141006",
            country="RU",
        )
        user.addresses.add(address)
        user.default_shipping_address = user.default_billing_address = address
        user.save()
        entity = world.entity(email, lists)
        Buyer.objects.create(user=user, company=entity.company, role="owner")


main()
