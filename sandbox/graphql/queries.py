"""Queries of the shop itself."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q, QuerySet
from graphql import GraphQLError
from graphql_relay import to_global_id

from b2b_overlay.graphql.context import current_user
from b2b_overlay.graphql.ids import UnknownId, number, numbers, text
from b2b_overlay.ordering.visibility import Hidden, hidden_from
from b2b_overlay.shop import get_shop
from sandbox import models
from sandbox.pricing import descendants
from sandbox.values import uuids

from . import types

__all__ = ["Queries", "cart_of", "find_channel", "listed_products"]


def find_channel(slug: str | None) -> models.Channel:
    """By slug; the shop's first where none is named."""
    found = models.Channel.objects.filter(is_active=True)
    if slug:
        found = found.filter(slug=slug)
    channel = found.first()
    if channel is None:
        raise GraphQLError(f"There is no channel with the slug «{slug}».")
    return channel


def cart_of(info: Any, global_id: str) -> models.Checkout:
    """A cart the asker may see: his own, or a visitor's whose id he knows.

    Raises ``Checkout.DoesNotExist``.
    """
    user = current_user(info)
    rows = models.Checkout.objects.select_related(
        "channel", "user", "shipping_method__channel", "shipping_address", "billing_address"
    )
    mine = Q(user=None) | Q(user=user) if user else Q(user=None)
    try:
        return rows.filter(mine).get(pk__in=uuids([text(global_id, "Checkout")]))
    except UnknownId as error:
        raise models.Checkout.DoesNotExist from error


class ProductFilterInput(graphene.InputObjectType):
    search = graphene.String()
    ids = graphene.List(graphene.NonNull(graphene.ID))
    categories = graphene.List(graphene.NonNull(graphene.ID))


def _search(words: str) -> Q:
    """Every word stands in the product's name or in a variant's name or SKU."""
    condition = Q()
    for word in words.split():
        condition &= (
            Q(name__icontains=word)
            | Q(variants__sku__icontains=word)
            | Q(variants__name__icontains=word)
        )
    return condition


def _hidden(info: Any) -> Hidden:
    """What isn't there for whoever asks."""
    return hidden_from(get_shop(), current_user(info))


def listed_products(
    info: Any, channel: models.Channel, search: str, chosen: dict[str, Any]
) -> QuerySet[Any]:
    found = models.Product.objects.filter(is_published=True, variants__listings__channel=channel)
    hidden = _hidden(info)
    found = found.exclude(Q(category__in=hidden.absent) | Q(variants__in=hidden.goods))
    for words in filter(None, (search, chosen.get("search"))):
        found = found.filter(_search(words))
    if (ids := chosen.get("ids")) is not None:
        found = found.filter(pk__in=numbers(ids, "Product"))
    if (categories := chosen.get("categories")) is not None:
        below = [descendants(pk) for pk in numbers(categories, "Category")]
        found = found.filter(category__in=set().union(*below))
    return found.distinct()


class Queries(graphene.ObjectType):
    me = graphene.Field(types.User)
    channels = graphene.List(graphene.NonNull(types.Channel))
    products = types.ProductCountableConnection.field(
        channel=graphene.String(),
        search=graphene.String(default_value=""),
        filter=ProductFilterInput(),
    )
    product = graphene.Field(
        types.Product, id=graphene.ID(), slug=graphene.String(), channel=graphene.String()
    )
    product_variant = graphene.Field(
        types.ProductVariant, id=graphene.ID(), sku=graphene.String(), channel=graphene.String()
    )
    checkout = graphene.Field(types.Checkout, id=graphene.ID(required=True))
    order = graphene.Field(types.Order, id=graphene.ID(required=True))

    @staticmethod
    def resolve_me(root: Any, info: Any) -> models.User | None:
        user: models.User | None = current_user(info)
        return user

    @staticmethod
    def resolve_channels(root: Any, info: Any) -> QuerySet[models.Channel]:
        return models.Channel.objects.filter(is_active=True)

    @staticmethod
    def resolve_products(
        root: Any,
        info: Any,
        channel: str | None = None,
        search: str = "",
        filter: dict[str, Any] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Any:
        where = find_channel(channel)
        return types.ProductCountableConnection.page(
            listed_products(info, where, search, filter or {}),
            "products",
            first,
            after,
            lambda row: types.InChannel(row, where),
        )

    @staticmethod
    def resolve_product(
        root: Any,
        info: Any,
        id: str | None = None,
        slug: str | None = None,
        channel: str | None = None,
    ) -> Any:
        wanted = Q(pk=number(id, "Product")) if id else Q(pk=models.Product.of_slug(slug or ""))
        where = find_channel(channel)
        row = listed_products(info, where, "", {}).filter(wanted).first()
        return types.InChannel(row, where) if row else None

    @staticmethod
    def resolve_product_variant(
        root: Any,
        info: Any,
        id: str | None = None,
        sku: str | None = None,
        channel: str | None = None,
    ) -> Any:
        wanted = Q(pk=number(id, "ProductVariant")) if id else Q(sku=sku or "")
        where = find_channel(channel)
        sold = models.Variant.objects.filter(product__is_published=True, listings__channel=where)
        hidden = _hidden(info)
        absent = Q(product__category__in=hidden.absent) | Q(pk__in=hidden.goods)
        row = sold.filter(wanted).exclude(absent).first()
        return types.InChannel(row, where) if row else None

    @staticmethod
    def resolve_checkout(root: Any, info: Any, id: str) -> types.CartView | None:
        try:
            return types.CartView.of(cart_of(info, id))
        except models.Checkout.DoesNotExist:
            return None

    @staticmethod
    def resolve_order(root: Any, info: Any, id: str) -> models.Order | None:
        user = current_user(info)
        rows = models.Order.objects.select_related("channel", "shipping_address")
        if user is None:
            return None
        mine = rows if user.is_staff else rows.filter(user=user)
        return mine.filter(pk__in=uuids([text(id, "Order")])).first()


def global_ids(kind: str, keys: list[Any]) -> list[str]:
    return [str(to_global_id(kind, key)) for key in keys]
