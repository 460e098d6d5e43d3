"""A small retail shop: what Saleor keeps, as far as the overlay and the story touch it.

Names and meanings are Saleor's. A few rules are copied too, since the overlay must hold
against them: promotions lower retail prices, a line's ``price_override`` replaces them, an
order reserves stock, a completed checkout is gone and its order remembers its id.
"""

from __future__ import annotations

import secrets
import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.text import slugify


def _token_key() -> str:
    return secrets.token_hex(6)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class Address(models.Model):
    """Where goods or papers go."""

    first_name = models.CharField(max_length=256, blank=True)
    last_name = models.CharField(max_length=256, blank=True)
    company_name = models.CharField(max_length=256, blank=True)
    street_address_1 = models.CharField(max_length=256, blank=True)
    city = models.CharField(max_length=256, blank=True)
    country_area = models.CharField(max_length=128, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="RU")
    phone = models.CharField(max_length=32, blank=True)


class User(AbstractBaseUser):
    """A customer, or with ``is_staff`` somebody who works in the shop."""

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=256, blank=True)
    last_name = models.CharField(max_length=256, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    #: Part of every sign-in token: a new one voids them all (Saleor's field).
    jwt_token_key = models.CharField(max_length=12, default=_token_key)
    default_shipping_address = models.ForeignKey(
        Address, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    USERNAME_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="sandbox_user_email_once")]

    def __str__(self) -> str:
        return self.email

    def has_perm(self, perm: str, /) -> bool:
        """The sandbox has no permissions: its staff may do everything."""
        return self.is_active and self.is_staff

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def set_password(self, raw_password: str | None) -> None:
        """A new password voids every token given out under the old one."""
        super().set_password(raw_password)
        self.jwt_token_key = _token_key()


class Channel(models.Model):
    """Where the shop sells."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=250)
    currency = models.CharField(max_length=3)
    prices_include_vat = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]


class ShippingMethod(models.Model):
    """A way of delivery in a channel; ``price`` in the channel's currency and VAT mode."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="shipping_methods")
    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    class Meta:
        ordering = ["price", "pk"]


class Category(models.Model):
    name = models.CharField(max_length=250)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering = ["pk"]


class Product(models.Model):
    name = models.CharField(max_length=250)
    description = models.TextField(blank=True)
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="products"
    )
    is_published = models.BooleanField(default=True)
    external_reference = models.CharField(max_length=250, null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["external_reference"], name="sandbox_product_once")
        ]

    @property
    def slug(self) -> str:
        """Its address: readable, and unique by its number."""
        return f"{slugify(self.name, allow_unicode=True)[:200] or 'product'}-{self.pk}"

    @staticmethod
    def of_slug(slug: str) -> int:
        """The number of the product with this address; 0 where it is none."""
        number = slug.rpartition("-")[2]
        return int(number) if number.isdecimal() and len(number) < 19 else 0


class Variant(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=255, null=True, blank=True)
    name = models.CharField(max_length=255, blank=True)
    barcode = models.CharField(max_length=64, blank=True)
    external_reference = models.CharField(max_length=250, null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sku"], name="sandbox_sku_once"),
            models.UniqueConstraint(fields=["external_reference"], name="sandbox_variant_once"),
        ]


class Listing(models.Model):
    """The retail price of one piece in a channel, before promotions."""

    variant = models.ForeignKey(
        Variant, models.CASCADE, related_name="listings", db_index=False
    )  # the constraint has an index
    channel = models.ForeignKey(
        Channel, models.CASCADE, related_name="listings", db_index=False
    )  # a shop has two or three
    price = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "channel"], name="sandbox_listing_once")
        ]


class Promotion(models.Model):
    """Per cent off the retail price of a category and what lies below it."""

    name = models.CharField(max_length=250)
    category = models.ForeignKey(Category, models.CASCADE, related_name="promotions")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    is_active = models.BooleanField(default=True)


class Warehouse(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=250)

    class Meta:
        ordering = ["name", "pk"]


class Stock(models.Model):
    """Whole pieces lying in a warehouse, and how many of them orders have reserved."""

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="stocks")
    variant = models.ForeignKey(
        Variant, models.CASCADE, related_name="stocks", db_index=False
    )  # the constraint has an index
    quantity = models.PositiveIntegerField(default=0)
    allocated = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "warehouse"], name="sandbox_stock_once")
        ]


class Picture(models.Model):
    """A picture of a product; ``name`` is what whoever saved it calls it."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=255)
    file = models.FileField(upload_to="products")
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["product", "name"], name="sandbox_picture_once")
        ]


class Checkout(models.Model):
    """An open cart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="checkouts")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="checkouts")
    email = models.EmailField(blank=True)
    shipping_address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="+")
    billing_address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="+")
    shipping_method = models.ForeignKey(
        ShippingMethod, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_change = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-last_change", "pk"]


class CheckoutLine(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    checkout = models.ForeignKey(Checkout, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    #: Replaces the retail price and every promotion, with a reason for people.
    price_override = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    price_override_reason = models.CharField(max_length=255, blank=True)
    #: Promotions lower the override too.
    promotions_apply = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkout", "variant"], name="sandbox_checkout_line_once"
            )
        ]


class Order(models.Model):
    """A placed order; ``number`` is what people call it by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.BigIntegerField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=32, default="UNFULFILLED")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="orders")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="orders")
    email = models.EmailField(blank=True)
    checkout_token = models.CharField(max_length=36, blank=True, db_index=True)
    shipping_address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="+")
    billing_address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="+")
    shipping_method_name = models.CharField(max_length=100, blank=True)
    shipping_price = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    #: What only staff and other programs may read.
    notes = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at", "-number"]


class OrderLine(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant = models.ForeignKey(Variant, models.SET_NULL, null=True, related_name="+")
    product_sku = models.CharField(max_length=255, blank=True)
    product_name = models.CharField(max_length=386)
    variant_name = models.CharField(max_length=255, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=16, decimal_places=2)
    total = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        ordering = ["position"]


class Allocation(models.Model):
    """Which stock serves a line: pieces it holds for it, and those sent off from it."""

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="allocations")
    stock = models.ForeignKey(Stock, models.CASCADE, related_name="allocations")
    quantity = models.PositiveIntegerField()
    shipped = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
