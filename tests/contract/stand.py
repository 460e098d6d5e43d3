"""What the promises need of a shop to be tried on it, and the port doesn't offer: making its
people and goods, and asking its /graphql/.

Two stands, :class:`SandboxStand` and :class:`SaleorStand`; everything else of the suite is the
same. Goods are made by the port's own writer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.test import Client

from b2b_overlay.money import Money
from b2b_overlay.ordering import shops_changes
from b2b_overlay.shop import (
    Channel,
    ProductDraft,
    Shop,
    StockLevel,
    VariantDraft,
    WarehouseDraft,
)

__all__ = ["SaleorStand", "SandboxStand", "Stand", "may"]

PASSWORD = "open-sesame"


class Stand(ABC):
    """A shop with a channel «ru» in RUB, prices with VAT, and one way of delivery."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.prepare()
        self.channel: Channel = next(c for c in shop.catalogue.channels() if c.slug == "ru")
        draft = WarehouseDraft("main", None, "Склад")
        self.warehouse = shop.writer.save_warehouses([draft], self.channel)["main"]

    @abstractmethod
    def prepare(self) -> None: ...

    @abstractmethod
    def user(self, email: str, *, staff: bool = False) -> Any: ...

    @abstractmethod
    def token(self, user: Any) -> str: ...

    @abstractmethod
    def promote(self, product_id: int, percent: int) -> None:
        """A retail promotion on one product."""

    @abstractmethod
    def made_of(self, checkout_gid: str) -> list[str]:
        """What the shop has made of a cart on the way to an order, in words; empty: nothing."""

    @abstractmethod
    def delivery(self, name: str, price: Decimal) -> None:
        """A way of delivery besides the one that costs nothing."""

    @abstractmethod
    def index(self) -> None:
        """The shop's own search has gone through what was made."""

    @abstractmethod
    def orders_of(self, user: Any) -> int: ...

    @abstractmethod
    def notes(self, order_id: str) -> Mapping[str, str]:
        """What staff and other programs read on the shop's own order."""

    @abstractmethod
    def pay(self, checkout_gid: str) -> None:
        """A retail cart is paid for."""

    @abstractmethod
    def sell(self, checkout_gid: str) -> str:
        """A retail cart, with all it needs, is paid for and ordered; the order's id."""

    @abstractmethod
    def ship(self, order_id: str) -> None:
        """The shop's staff send off all of an order, from where it is held."""

    @abstractmethod
    def cancel(self, order_id: str) -> None:
        """The shop's staff cancel an order, and its goods are free again."""

    @abstractmethod
    def unconfirmed(self) -> None:
        """From now on the staff look at a new order before it is confirmed, and may change it."""

    @abstractmethod
    def edit(self, order_id: str, quantities: Mapping[int, int]) -> None:
        """The shop's staff change what an unconfirmed order is of: quantities by variant, 0
        takes it out, a new one comes at its retail price."""

    @abstractmethod
    def discount(self, order_id: str, percent: int) -> None:
        """They take so many percent off an unconfirmed order."""

    @abstractmethod
    def reprice(self, variant_id: int, amount: Decimal) -> None:
        """The shop's staff set a retail price, in the shop's own way."""

    def good(
        self,
        sku: str,
        retail: str | None = "100.00",
        *,
        name: str = "",
        stock: int = 1000,
        publish: bool = True,
        category_id: int | None = None,
    ) -> tuple[int, int]:
        """(product id, variant id) of a new thing on sale."""
        price = None if retail is None else Money(Decimal(retail), self.channel.currency)
        draft = ProductDraft(
            key=uuid4().hex,
            id=None,
            name=name or f"Товар {sku}",
            publish=publish,
            category_id=category_id,
            variants=(VariantDraft("v", None, sku=sku, retail=price),),
        )
        saved = self.shop.writer.save_products([draft], self.channel)[draft.key]
        variant_id = saved.variants["v"]
        self.shop.writer.save_stock([StockLevel(variant_id, self.warehouse, stock)])
        return saved.id, variant_id


class SandboxStand(Stand):
    def made_of(self, checkout_gid: str) -> list[str]:
        from sandbox import models

        held = models.Stock.objects.filter(allocated__gt=0).count()
        return ["an order"] * models.Order.objects.count() + ["stock held"] * held

    def delivery(self, name: str, price: Decimal) -> None:
        from sandbox import models

        channel = models.Channel.objects.get(slug=self.channel.slug)
        models.ShippingMethod.objects.create(channel=channel, name=name, price=price)

    def prepare(self) -> None:
        from sandbox import models

        channel = models.Channel.objects.create(slug="ru", name="Россия", currency="RUB")
        models.ShippingMethod.objects.create(channel=channel, name="Самовывоз")

    def user(self, email: str, *, staff: bool = False) -> Any:
        from sandbox import models

        user = get_user_model()._default_manager.create_user(email, PASSWORD, is_staff=staff)
        user.default_shipping_address = models.Address.objects.create(**_ADDRESS)
        user.save()
        return user

    def token(self, user: Any) -> str:
        from sandbox.graphql import tokens

        return tokens.create(user)

    def promote(self, product_id: int, percent: int) -> None:
        from sandbox import models

        category = models.Category.objects.create(name="Акция")
        models.Product.objects.filter(pk=product_id).update(category=category)
        models.Promotion.objects.create(name="Акция", category=category, percent=percent)

    def index(self) -> None:
        """The sandbox looks into the rows themselves."""

    def orders_of(self, user: Any) -> int:
        from sandbox import models

        return models.Order.objects.filter(user=user).count()

    def notes(self, order_id: str) -> Mapping[str, str]:
        from sandbox import models

        return dict(models.Order.objects.get(pk=order_id).notes)

    def pay(self, checkout_gid: str) -> None:
        """The sandbox takes no payments; what else keeps a cart from being ordered it asks
        before."""

    def sell(self, checkout_gid: str) -> str:
        """The sandbox takes no payments, so the cart is put past that question alone."""
        from graphql_relay import from_global_id

        from sandbox import carts, fulfilment, models

        row = models.Checkout.objects.get(pk=from_global_id(checkout_gid)[1])
        value = carts.value_of(row)
        taken = fulfilment.take(value.lines)
        order = carts.make_order(row, value)
        fulfilment.allocate(order, taken)
        row.delete()
        return str(order.pk)

    def ship(self, order_id: str) -> None:
        from sandbox import fulfilment, models

        fulfilment.ship(models.Order.objects.get(pk=order_id))

    def cancel(self, order_id: str) -> None:
        from sandbox import fulfilment, models

        fulfilment.cancel(models.Order.objects.get(pk=order_id))
        shops_changes.follow(self.shop, [order_id])

    def unconfirmed(self) -> None:
        """The sandbox's staff may change any order."""

    def edit(self, order_id: str, quantities: Mapping[int, int]) -> None:
        from sandbox import models

        row = models.Order.objects.get(pk=order_id)
        for variant_id, quantity in quantities.items():
            line = row.lines.filter(variant=variant_id).first()
            if line is None:
                listing = models.Listing.objects.get(variant=variant_id)
                line = models.OrderLine(
                    order=row,
                    position=row.lines.count() + 1,
                    variant_id=variant_id,
                    product_name=listing.variant.product.name,
                    product_sku=listing.variant.sku,
                    unit_price=listing.price,
                )
            self._sell(line, quantity, line.unit_price)
        self._edited(row)

    def discount(self, order_id: str, percent: int) -> None:
        from sandbox import models

        row = models.Order.objects.get(pk=order_id)
        for line in row.lines.all():
            price = line.unit_price * (100 - percent) / 100
            self._sell(line, line.quantity, price.quantize(Decimal("0.01")))
        self._edited(row)

    def _sell(self, line: Any, quantity: int, price: Decimal) -> None:
        if not quantity:
            line.delete()
            return
        line.quantity, line.unit_price, line.total = quantity, price, quantity * price
        line.save()

    def _edited(self, row: Any) -> None:
        row.total = sum((line.total for line in row.lines.all()), row.shipping_price)
        row.save()
        shops_changes.follow(self.shop, [str(row.pk)])

    def reprice(self, variant_id: int, amount: Decimal) -> None:
        from sandbox import models

        listing = models.Listing.objects.get(variant=variant_id, channel__slug=self.channel.slug)
        listing.price = amount
        listing.save()


class SaleorStand(Stand):
    """On a clone of the run's database, where tests/saleor/prepare.py made the channel."""

    def made_of(self, checkout_gid: str) -> list[str]:
        from graphql_relay import from_global_id
        from saleor.checkout.models import Checkout
        from saleor.order.models import Order
        from saleor.payment.models import Payment, TransactionItem
        from saleor.warehouse.models import Allocation, Reservation

        pk = from_global_id(checkout_gid)[1]
        row = Checkout.objects.get(pk=pk)
        found = {
            "an order": Order.objects.filter(checkout_token=pk),
            "stock held": Allocation.objects.filter(order_line__order__checkout_token=pk),
            "stock reserved": Reservation.objects.filter(checkout_line__checkout=pk),
            "a transaction": TransactionItem.objects.filter(checkout=pk),
            "a payment": Payment.objects.filter(checkout=pk),
        }
        left = [name for name, rows in found.items() if rows.exists()]
        left += ["is being completed"] if row.completing_started_at else []
        left += ["a voucher's use"] if row.is_voucher_usage_increased else []
        return left + (["is authorised"] if row.authorize_status != "none" else [])

    def delivery(self, name: str, price: Decimal) -> None:
        from saleor.shipping.models import ShippingMethodChannelListing

        listing = ShippingMethodChannelListing.objects.get(
            shipping_method__name=name, channel__slug=self.channel.slug
        )
        assert listing.price_amount == price, "tests/saleor/prepare.py made another"

    def prepare(self) -> None:
        from saleor.plugins.models import PluginConfiguration

        from b2b_overlay.plugins import activity
        from onec_bridge.plugins.urls import PLUGIN_ID

        for identifier in (activity.PLUGIN_ID, PLUGIN_ID):
            PluginConfiguration.objects.update_or_create(
                identifier=identifier,
                channel=None,
                defaults={"active": True, "name": identifier, "configuration": []},
            )
        activity.forget()

    def user(self, email: str, *, staff: bool = False) -> Any:
        from saleor.account.models import Address, User

        address = Address.objects.create(
            country="RU", country_area="Московская область", **_ADDRESS
        )
        user = User(email=email, is_staff=staff, is_active=True, is_confirmed=True)
        user.set_password(PASSWORD)
        user.default_shipping_address = user.default_billing_address = address
        user.save()
        user.addresses.add(address)
        if staff:
            may(user, "manage_users")
        return user

    def token(self, user: Any) -> str:
        from saleor.core.jwt import create_access_token

        return str(create_access_token(user))

    def promote(self, product_id: int, percent: int) -> None:
        from graphql_relay import to_global_id
        from saleor.channel.models import Channel as Row
        from saleor.discount.models import Promotion, PromotionRule
        from saleor.product.tasks import (
            recalculate_discounted_price_for_products_task,
            update_variant_relations_for_active_promotion_rules_task,
        )

        promotion = Promotion.objects.create(name="Акция", type="catalogue")
        product = to_global_id("Product", product_id)
        rule = PromotionRule.objects.create(
            promotion=promotion,
            catalogue_predicate={"productPredicate": {"ids": [product]}},
            reward_value_type="percentage",
            reward_value=percent,
            variants_dirty=True,
        )
        rule.channels.add(Row.objects.get(slug=self.channel.slug))
        update_variant_relations_for_active_promotion_rules_task()
        recalculate_discounted_price_for_products_task()

    def index(self) -> None:
        from saleor.product.tasks import update_products_search_vector_task

        update_products_search_vector_task()

    def orders_of(self, user: Any) -> int:
        from saleor.order.models import Order

        return int(Order.objects.filter(user=user).count())

    def notes(self, order_id: str) -> Mapping[str, str]:
        from saleor.order.models import Order

        return dict(Order.objects.get(pk=order_id).private_metadata)

    def pay(self, checkout_gid: str) -> None:
        """The staff record a payment of the whole sum."""
        from graphql_relay import from_global_id
        from saleor.checkout.models import Checkout

        row = Checkout.objects.get(pk=from_global_id(checkout_gid)[1])
        paid = {
            "amountCharged": {
                "amount": str(row.total_gross_amount or row.total.gross.amount),
                "currency": row.currency,
            }
        }
        told = self._as_staff("handle_payments", _PAY, id=checkout_gid, transaction=paid)
        assert told["transactionCreate"]["errors"] == [], told

    def sell(self, checkout_gid: str) -> str:
        from graphql_relay import from_global_id

        self.pay(checkout_gid)
        answer = (
            Client()
            .post(
                "/graphql/",
                {"query": _COMPLETE, "variables": {"id": checkout_gid}},
                content_type="application/json",
            )
            .json()
        )
        assert answer["data"]["checkoutComplete"]["errors"] == [], answer
        return str(from_global_id(answer["data"]["checkoutComplete"]["order"]["id"])[1])

    def ship(self, order_id: str) -> None:
        from graphql_relay import to_global_id
        from saleor.site.models import SiteSettings
        from saleor.warehouse.models import Allocation

        # An order on account is sent off before it is paid.
        SiteSettings.objects.update(fulfillment_allow_unpaid=True)
        lines: dict[str, list[dict[str, Any]]] = {}
        held = Allocation.objects.filter(order_line__order=order_id, quantity_allocated__gt=0)
        for each in held.select_related("stock"):
            warehouse = to_global_id("Warehouse", each.stock.warehouse_id)
            line = to_global_id("OrderLine", each.order_line_id)
            stock = {"warehouse": warehouse, "quantity": each.quantity_allocated}
            lines.setdefault(line, []).append(stock)
        told = self._as_staff(
            "manage_orders",
            _FULFILL,
            id=to_global_id("Order", order_id),
            lines=[{"orderLineId": line, "stocks": stocks} for line, stocks in lines.items()],
        )
        assert told["orderFulfill"]["errors"] == [], told

    def cancel(self, order_id: str) -> None:
        from graphql_relay import to_global_id

        told = self._as_staff("manage_orders", _CANCEL, id=to_global_id("Order", order_id))
        assert told["orderCancel"]["errors"] == [], told

    def unconfirmed(self) -> None:
        from saleor.channel.models import Channel as Row

        rows = Row.objects.filter(slug=self.channel.slug)
        rows.update(automatically_confirm_all_new_orders=False)

    def edit(self, order_id: str, quantities: Mapping[int, int]) -> None:
        from graphql_relay import to_global_id
        from saleor.order.models import OrderLine

        order = to_global_id("Order", order_id)
        for variant_id, quantity in quantities.items():
            row = OrderLine.objects.filter(order=order_id, variant=variant_id).first()
            line = to_global_id("OrderLine", row.pk) if row else ""
            if row is None:
                lines = [
                    {
                        "variantId": to_global_id("ProductVariant", variant_id),
                        "quantity": quantity,
                    }
                ]
                self._edited(_ADD_LINES, id=order, lines=lines)
            elif quantity:
                self._edited(_SET_LINE, id=line, quantity=quantity)
            else:
                self._edited(_DROP_LINE, id=line)

    def discount(self, order_id: str, percent: int) -> None:
        from graphql_relay import to_global_id

        self._edited(_DISCOUNT, id=to_global_id("Order", order_id), value=str(percent))

    def _edited(self, query: str, **variables: Any) -> None:
        told = self._as_staff("manage_orders", query, **variables)
        assert told["payload"]["errors"] == [], told

    def _as_staff(self, permission: str, query: str, **variables: Any) -> Any:
        staff = self.user(f"{uuid4().hex}@example.org", staff=True)
        may(staff, permission)
        answer = (
            Client()
            .post(
                "/graphql/",
                {"query": query, "variables": variables},
                content_type="application/json",
                headers={"Authorization": f"Bearer {self.token(staff)}"},
            )
            .json()
        )
        assert "errors" not in answer, answer
        return answer["data"]

    def reprice(self, variant_id: int, amount: Decimal) -> None:
        from graphql_relay import to_global_id
        from saleor.channel.models import Channel as Row

        channel = Row.objects.get(slug=self.channel.slug)
        told = self._as_staff(
            "manage_products",
            _REPRICE,
            id=to_global_id("ProductVariant", variant_id),
            channel=to_global_id("Channel", channel.pk),
            price=str(amount),
        )
        assert told["productVariantChannelListingUpdate"]["errors"] == [], told


_PAY = """
mutation ($id: ID!, $transaction: TransactionCreateInput!) {
  transactionCreate(id: $id, transaction: $transaction) { errors { field message code } } }
"""

_COMPLETE = """
mutation ($id: ID!) {
  checkoutComplete(id: $id) { order { id } errors { field message code } } }
"""

_FULFILL = """
mutation ($id: ID!, $lines: [OrderFulfillLineInput!]!) {
  orderFulfill(order: $id, input: {lines: $lines, notifyCustomer: false}) {
    errors { field message code } } }
"""

_CANCEL = """
mutation ($id: ID!) { orderCancel(id: $id) { errors { field message code } } }
"""

_ADD_LINES = """
mutation ($id: ID!, $lines: [OrderLineCreateInput!]!) {
  payload: orderLinesCreate(id: $id, input: $lines) { errors { field message code } } }
"""

_SET_LINE = """
mutation ($id: ID!, $quantity: Int!) {
  payload: orderLineUpdate(id: $id, input: {quantity: $quantity}) {
    errors { field message code } } }
"""

_DROP_LINE = """
mutation ($id: ID!) { payload: orderLineDelete(id: $id) { errors { field message code } } }
"""

_DISCOUNT = """
mutation ($id: ID!, $value: PositiveDecimal!) {
  payload: orderDiscountAdd(orderId: $id, input: {valueType: PERCENTAGE, value: $value}) {
    errors { field message code } } }
"""

_REPRICE = """
mutation ($id: ID!, $channel: ID!, $price: PositiveDecimal!) {
  productVariantChannelListingUpdate(
    id: $id, input: [{channelId: $channel, price: $price}]
  ) { errors { field message } }
}
"""


def may(user: Any, codename: str) -> None:
    """Give a member of Saleor's staff a permission, by a group, as its Dashboard does."""
    from saleor.account.models import Group
    from saleor.permission.models import Permission

    group, _created = Group.objects.get_or_create(name=codename)
    group.permissions.add(Permission.objects.get(codename=codename))
    user.groups.add(group)


_ADDRESS = {
    "first_name": "Анна",
    "last_name": "Лютикова",
    "street_address_1": "Садовая ул, дом 14",
    "city": "Мытищи",
    "postal_code": "141006",
}
