"""Types of the schema, named and shaped as Saleor's.

A product or a variant is seen in a channel, so their resolvers get an :class:`InChannel`;
a cart comes with its value (prices bound), so theirs get a :class:`CartView`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

import graphene
from graphql_relay import to_global_id

from b2b_overlay.graphql.carts import problems, problems_field
from b2b_overlay.graphql.measures import Measured, measure_field
from b2b_overlay.money import Money as MoneyValue
from b2b_overlay.shop import Checkout as CheckoutValue
from b2b_overlay.shop import CheckoutLine as LineValue
from sandbox import carts, delivery, models

from .loaders import (
    AvailableByVariant,
    CategoryById,
    PicturesByProduct,
    PriceByVariant,
    ProductById,
    VariantById,
    VariantPrice,
    VariantsByProduct,
    loader,
)
from .paging import connection

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class InChannel(Generic[R]):
    """A row of the catalogue, seen in a channel."""

    row: R
    channel: models.Channel


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart and its value: lines with the prices that hold."""

    row: models.Checkout
    value: CheckoutValue

    @classmethod
    def of(cls, checkout: models.Checkout) -> CartView:
        return cls(checkout, carts.value_of(checkout))


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a cart."""

    cart: CartView
    line: LineValue


# ---------------------------------------------------------------------------- money


class Money(graphene.ObjectType):
    currency = graphene.String(required=True)
    amount = graphene.Float(required=True)


class TaxedMoney(graphene.ObjectType):
    """The sandbox reckons no taxes: net is gross in either VAT mode."""

    currency = graphene.String(required=True)
    gross = graphene.Field(Money, required=True)
    net = graphene.Field(Money, required=True)
    tax = graphene.Field(Money, required=True)


def money(amount: Decimal, currency: str) -> Money:
    return Money(currency=currency, amount=amount)


def taxed(amount: Decimal, currency: str) -> TaxedMoney:
    value = money(amount, currency)
    return TaxedMoney(currency=currency, gross=value, net=value, tax=money(Decimal(0), currency))


# ------------------------------------------------------------------------ catalogue


class Channel(graphene.ObjectType):
    id = graphene.ID(required=True)
    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    currency_code = graphene.String(required=True)

    @staticmethod
    def resolve_id(root: models.Channel, info: Any) -> str:
        return str(to_global_id("Channel", root.pk))

    @staticmethod
    def resolve_currency_code(root: models.Channel, info: Any) -> str:
        return root.currency


class Category(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)

    @staticmethod
    def resolve_id(root: models.Category, info: Any) -> str:
        return str(to_global_id("Category", root.pk))


class Image(graphene.ObjectType):
    url = graphene.String(required=True)
    alt = graphene.String()


class VariantPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    price = graphene.Field(TaxedMoney)
    price_undiscounted = graphene.Field(TaxedMoney)


def variant_pricing(price: VariantPrice | None, currency: str) -> VariantPricingInfo | None:
    if price is None:
        return None
    return VariantPricingInfo(
        on_sale=price.price < price.undiscounted,
        price=taxed(price.price, currency),
        price_undiscounted=taxed(price.undiscounted, currency),
    )


class ProductVariant(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    sku = graphene.String()
    external_reference = graphene.String()
    product = graphene.Field(lambda: Product, required=True)
    pricing = graphene.Field(VariantPricingInfo)
    quantity_available = graphene.Int()
    b2b_measure = measure_field(lambda root, info: _variant_measured(root, info))

    @staticmethod
    def resolve_id(root: InChannel[models.Variant], info: Any) -> str:
        return str(to_global_id("ProductVariant", root.row.pk))

    @staticmethod
    def resolve_name(root: InChannel[models.Variant], info: Any) -> str:
        return root.row.name

    @staticmethod
    def resolve_sku(root: InChannel[models.Variant], info: Any) -> str | None:
        return root.row.sku

    @staticmethod
    def resolve_external_reference(root: InChannel[models.Variant], info: Any) -> str | None:
        return root.row.external_reference

    @staticmethod
    def resolve_product(root: InChannel[models.Variant], info: Any) -> Any:
        found = loader(ProductById, info.context).load(root.row.product_id)
        return found.then(lambda row: InChannel(row, root.channel))

    @staticmethod
    def resolve_pricing(root: InChannel[models.Variant], info: Any) -> Any:
        found = loader(PriceByVariant, info.context, root.channel).load(root.row.pk)
        return found.then(lambda price: variant_pricing(price, root.channel.currency))

    @staticmethod
    def resolve_quantity_available(root: InChannel[models.Variant], info: Any) -> Any:
        return loader(AvailableByVariant, info.context, root.channel).load(root.row.pk)


def _variant_measured(root: InChannel[models.Variant], info: Any) -> Measured:
    pricing = ProductVariant.resolve_pricing(root, info)
    return Measured(root.row.pk, None, pricing.then(lambda told: told and told.price.gross))


class TaxedMoneyRange(graphene.ObjectType):
    start = graphene.Field(TaxedMoney)
    stop = graphene.Field(TaxedMoney)


class ProductPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    price_range = graphene.Field(TaxedMoneyRange)
    price_range_undiscounted = graphene.Field(TaxedMoneyRange)


def _range(amounts: list[Decimal], currency: str) -> TaxedMoneyRange | None:
    if not amounts:
        return None
    return TaxedMoneyRange(start=taxed(min(amounts), currency), stop=taxed(max(amounts), currency))


def product_pricing(prices: list[VariantPrice | None], currency: str) -> ProductPricingInfo:
    known = [price for price in prices if price is not None]
    return ProductPricingInfo(
        on_sale=any(price.price < price.undiscounted for price in known),
        price_range=_range([price.price for price in known], currency),
        price_range_undiscounted=_range([price.undiscounted for price in known], currency),
    )


class Product(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    description = graphene.String()
    external_reference = graphene.String()
    category = graphene.Field(Category)
    thumbnail = graphene.Field(Image)
    variants = graphene.List(graphene.NonNull(ProductVariant))
    pricing = graphene.Field(ProductPricingInfo)

    @staticmethod
    def resolve_id(root: InChannel[models.Product], info: Any) -> str:
        return str(to_global_id("Product", root.row.pk))

    @staticmethod
    def resolve_name(root: InChannel[models.Product], info: Any) -> str:
        return root.row.name

    @staticmethod
    def resolve_slug(root: InChannel[models.Product], info: Any) -> str:
        return root.row.slug

    @staticmethod
    def resolve_description(root: InChannel[models.Product], info: Any) -> str:
        return root.row.description

    @staticmethod
    def resolve_external_reference(root: InChannel[models.Product], info: Any) -> str | None:
        return root.row.external_reference

    @staticmethod
    def resolve_category(root: InChannel[models.Product], info: Any) -> Any:
        if root.row.category_id is None:
            return None
        return loader(CategoryById, info.context).load(root.row.category_id)

    @staticmethod
    def resolve_thumbnail(root: InChannel[models.Product], info: Any) -> Any:
        found = loader(PicturesByProduct, info.context).load(root.row.pk)
        return found.then(
            lambda pictures: (
                Image(url=info.context.build_absolute_uri(pictures[0].file.url), alt=root.row.name)
                if pictures
                else None
            )
        )

    @staticmethod
    def resolve_variants(root: InChannel[models.Product], info: Any) -> Any:
        found = loader(VariantsByProduct, info.context, root.channel).load(root.row.pk)
        return found.then(lambda rows: [InChannel(row, root.channel) for row in rows])

    @staticmethod
    def resolve_pricing(root: InChannel[models.Product], info: Any) -> Any:
        prices = loader(PriceByVariant, info.context, root.channel)
        found = loader(VariantsByProduct, info.context, root.channel).load(root.row.pk)
        return found.then(lambda rows: prices.load_many([row.pk for row in rows])).then(
            lambda known: product_pricing(known, root.channel.currency)
        )


ProductCountableConnection = connection(Product)


# ----------------------------------------------------------------------------- carts


class ShippingMethod(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    price = graphene.Field(Money, required=True)

    @staticmethod
    def resolve_id(root: models.ShippingMethod, info: Any) -> str:
        return str(to_global_id("ShippingMethod", root.pk))

    @staticmethod
    def resolve_price(root: models.ShippingMethod, info: Any) -> Money:
        return money(root.price, root.channel.currency)


class CountryDisplay(graphene.ObjectType):
    code = graphene.String(required=True)


class Address(graphene.ObjectType):
    first_name = graphene.String(required=True)
    last_name = graphene.String(required=True)
    company_name = graphene.String(required=True)
    street_address_1 = graphene.String(required=True, name="streetAddress1")
    city = graphene.String(required=True)
    country_area = graphene.String(required=True)
    postal_code = graphene.String(required=True)
    country = graphene.Field(CountryDisplay, required=True)
    phone = graphene.String()

    @staticmethod
    def resolve_country(root: models.Address, info: Any) -> CountryDisplay:
        return CountryDisplay(code=root.country)


class CheckoutLine(graphene.ObjectType):
    id = graphene.ID(required=True)
    variant = graphene.Field(ProductVariant, required=True)
    quantity = graphene.Int(required=True)
    unit_price = graphene.Field(TaxedMoney, required=True)
    total_price = graphene.Field(TaxedMoney, required=True)
    b2b_measure = measure_field(
        lambda root, info: Measured(
            root.line.variant_id, int(root.line.quantity), root.line.unit_price
        )
    )

    @staticmethod
    def resolve_id(root: LineView, info: Any) -> str:
        return str(to_global_id("CheckoutLine", root.line.id))

    @staticmethod
    def resolve_variant(root: LineView, info: Any) -> Any:
        found = loader(VariantById, info.context).load(root.line.variant_id)
        return found.then(lambda row: InChannel(row, root.cart.row.channel))

    @staticmethod
    def resolve_quantity(root: LineView, info: Any) -> int:
        return int(root.line.quantity)

    @staticmethod
    def resolve_unit_price(root: LineView, info: Any) -> TaxedMoney:
        return taxed(root.line.unit_price.amount, root.line.unit_price.currency)

    @staticmethod
    def resolve_total_price(root: LineView, info: Any) -> TaxedMoney:
        return taxed(root.line.total.amount, root.line.total.currency)


class Checkout(graphene.ObjectType):
    id = graphene.ID(required=True)
    token = graphene.String(required=True)
    email = graphene.String()
    channel = graphene.Field(Channel, required=True)
    quantity = graphene.Int(required=True)
    lines = graphene.List(graphene.NonNull(CheckoutLine), required=True)
    shipping_address = graphene.Field(Address)
    billing_address = graphene.Field(Address)
    shipping_methods = graphene.List(graphene.NonNull(ShippingMethod), required=True)
    shipping_method = graphene.Field(ShippingMethod)
    shipping_price = graphene.Field(TaxedMoney, required=True)
    subtotal_price = graphene.Field(TaxedMoney, required=True)
    total_price = graphene.Field(TaxedMoney, required=True)
    b2b_problems = problems_field(lambda root, info: problems(info, root.value.id))

    @staticmethod
    def resolve_id(root: CartView, info: Any) -> str:
        return str(to_global_id("Checkout", root.value.id))

    @staticmethod
    def resolve_token(root: CartView, info: Any) -> str:
        return root.value.id

    @staticmethod
    def resolve_email(root: CartView, info: Any) -> str:
        return root.row.email

    @staticmethod
    def resolve_channel(root: CartView, info: Any) -> models.Channel:
        return root.row.channel

    @staticmethod
    def resolve_quantity(root: CartView, info: Any) -> int:
        return sum(int(line.quantity) for line in root.value.lines)

    @staticmethod
    def resolve_lines(root: CartView, info: Any) -> list[LineView]:
        return [LineView(root, line) for line in root.value.lines]

    @staticmethod
    def resolve_shipping_address(root: CartView, info: Any) -> models.Address | None:
        return root.row.shipping_address

    @staticmethod
    def resolve_billing_address(root: CartView, info: Any) -> models.Address | None:
        return root.row.billing_address

    @staticmethod
    def resolve_shipping_methods(root: CartView, info: Any) -> list[models.ShippingMethod]:
        """None before there is an address, as in Saleor."""
        if root.row.shipping_address is None:
            return []
        return delivery.offered(root.row, root.value.lines)

    @staticmethod
    def resolve_shipping_method(root: CartView, info: Any) -> models.ShippingMethod | None:
        return delivery.chosen(root.row, root.value.lines)

    @staticmethod
    def resolve_shipping_price(root: CartView, info: Any) -> TaxedMoney:
        method = delivery.chosen(root.row, root.value.lines)
        return taxed(method.price if method else Decimal(0), root.value.total.currency)

    @staticmethod
    def resolve_subtotal_price(root: CartView, info: Any) -> TaxedMoney:
        amount = sum((line.total.amount for line in root.value.lines), Decimal(0))
        return taxed(amount, root.value.total.currency)

    @staticmethod
    def resolve_total_price(root: CartView, info: Any) -> TaxedMoney:
        return taxed(root.value.total.amount, root.value.total.currency)


# ---------------------------------------------------------------------------- orders


class OrderLine(graphene.ObjectType):
    id = graphene.ID(required=True)
    product_name = graphene.String(required=True)
    variant_name = graphene.String(required=True)
    product_sku = graphene.String()
    quantity = graphene.Int(required=True)
    unit_price = graphene.Field(TaxedMoney, required=True)
    total_price = graphene.Field(TaxedMoney, required=True)
    b2b_measure = measure_field(
        lambda root, info: Measured(
            root.variant_id, root.quantity, MoneyValue(root.unit_price, root.order.channel.currency)
        )
    )

    @staticmethod
    def resolve_id(root: models.OrderLine, info: Any) -> str:
        return str(to_global_id("OrderLine", root.pk))

    @staticmethod
    def resolve_unit_price(root: models.OrderLine, info: Any) -> TaxedMoney:
        return taxed(root.unit_price, root.order.channel.currency)

    @staticmethod
    def resolve_total_price(root: models.OrderLine, info: Any) -> TaxedMoney:
        return taxed(root.total, root.order.channel.currency)


class Order(graphene.ObjectType):
    id = graphene.ID(required=True)
    number = graphene.String(required=True)
    created = graphene.DateTime(required=True)
    status = graphene.String(required=True)
    user_email = graphene.String()
    lines = graphene.List(graphene.NonNull(OrderLine), required=True)
    shipping_address = graphene.Field(Address)
    shipping_price = graphene.Field(TaxedMoney, required=True)
    total = graphene.Field(TaxedMoney, required=True)

    @staticmethod
    def resolve_id(root: models.Order, info: Any) -> str:
        return str(to_global_id("Order", root.pk))

    @staticmethod
    def resolve_created(root: models.Order, info: Any) -> Any:
        return root.created_at

    @staticmethod
    def resolve_user_email(root: models.Order, info: Any) -> str:
        return root.email

    @staticmethod
    def resolve_lines(root: models.Order, info: Any) -> list[models.OrderLine]:
        return list(root.lines.select_related("order__channel"))

    @staticmethod
    def resolve_shipping_price(root: models.Order, info: Any) -> TaxedMoney:
        return taxed(root.shipping_price, root.channel.currency)

    @staticmethod
    def resolve_total(root: models.Order, info: Any) -> TaxedMoney:
        return taxed(root.total, root.channel.currency)


OrderCountableConnection = connection(Order)


class User(graphene.ObjectType):
    id = graphene.ID(required=True)
    email = graphene.String(required=True)
    first_name = graphene.String(required=True)
    last_name = graphene.String(required=True)
    is_staff = graphene.Boolean(required=True)
    default_shipping_address = graphene.Field(Address)
    checkout_ids = graphene.List(graphene.NonNull(graphene.ID), channel=graphene.String())
    orders = OrderCountableConnection.field()

    @staticmethod
    def resolve_id(root: models.User, info: Any) -> str:
        return str(to_global_id("User", root.pk))

    @staticmethod
    def resolve_checkout_ids(root: models.User, info: Any, channel: str | None = None) -> list[str]:
        found = root.checkouts.all()
        if channel is not None:
            found = found.filter(channel__slug=channel)
        return [str(to_global_id("Checkout", each.pk)) for each in found]

    @staticmethod
    def resolve_orders(
        root: models.User, info: Any, first: int | None = None, after: str | None = None
    ) -> Any:
        found = root.orders.select_related("channel")
        return OrderCountableConnection.page(found, "orders", first, after)
