"""What a request reads in batches: one loader of a kind per request and channel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from promise import Promise
from promise.dataloader import DataLoader

from b2b_overlay.ordering.shown import own_prices
from b2b_overlay.ordering.visibility import hidden_from
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.current import Terms, terms_for
from sandbox import carts, values
from sandbox.models import Category, Channel, Picture, Product, Variant
from sandbox.pricing import retail_prices

__all__ = [
    "AvailableByVariant",
    "CategoryById",
    "PicturesByProduct",
    "PriceByVariant",
    "ProductById",
    "VariantById",
    "VariantPrice",
    "VariantsByProduct",
    "loader",
    "terms_of_request",
]

L = TypeVar("L", bound="Loader")


class Loader(DataLoader, ABC):
    """A batch of keys in, a list of values in the same order out."""

    def __init__(self, context: Any, channel: Channel | None) -> None:
        super().__init__()
        self.context = context
        self.channel = channel

    def batch_load_fn(self, keys: Sequence[Hashable]) -> Any:
        return Promise.resolve(self.batch(keys))

    @abstractmethod
    def batch(self, keys: Sequence[Any]) -> list[Any]:
        """The value of each key, in the keys' order."""


def loader(kind: type[L], context: Any, channel: Channel | None = None) -> L:
    """The request's own loader of this kind, in this channel."""
    known = context.__dict__.setdefault("_loaders", {})
    key = (kind, channel.pk if channel else None)
    if key not in known:
        known[key] = kind(context, channel)
    found: L = known[key]
    return found


def terms_of_request(context: Any, channel: Channel) -> Terms | None:
    """The signed-in user's terms in the channel, found once a request."""
    known = context.__dict__.setdefault("_terms", {})
    if channel.pk not in known:
        known[channel.pk] = terms_for(context.user, values.channel(channel))
    terms: Terms | None = known[channel.pk]
    return terms


@dataclass(frozen=True, slots=True)
class VariantPrice:
    """Of one piece: before and after the shop's promotions; for a wholesale login both are
    his contract's."""

    undiscounted: Decimal
    price: Decimal


class PriceByVariant(Loader):
    """Contract prices for a wholesale login, retail for everyone else."""

    def batch(self, keys: Sequence[int]) -> list[VariantPrice | None]:
        assert self.channel is not None
        retail = retail_prices(keys, self.channel)
        found = {pk: VariantPrice(each.undiscounted, each.price) for pk, each in retail.items()}
        if terms := terms_of_request(self.context, self.channel):
            for pk, own in own_prices(get_shop(), self.context.user, terms, keys).items():
                found.pop(pk, None)
                if own.agreed is not None and own.charged is not None:
                    found[pk] = VariantPrice(own.agreed, own.charged)
        if groups := hidden_from(get_shop(), self.context.user).priceless:
            rows = Variant.objects.filter(pk__in=keys, product__category__in=groups)
            for pk in rows.values_list("pk", flat=True):
                found.pop(pk, None)
        return [found.get(pk) for pk in keys]


class AvailableByVariant(Loader):
    """Pieces that may be ordered at once: retail is held to the limit per line."""

    def batch(self, keys: Sequence[int]) -> list[int]:
        assert self.channel is not None
        free = carts.available(keys)
        if terms_of_request(self.context, self.channel):
            return [free.get(pk, 0) for pk in keys]
        return [min(free.get(pk, 0), carts.LIMIT_PER_LINE) for pk in keys]


class VariantsByProduct(Loader):
    """Those sold in the channel."""

    def batch(self, keys: Sequence[int]) -> list[list[Variant]]:
        found: dict[int, list[Variant]] = {pk: [] for pk in keys}
        rows = Variant.objects.filter(product__in=keys, listings__channel=self.channel)
        for variant in rows:
            found[variant.product_id].append(variant)
        return [found[pk] for pk in keys]


class PicturesByProduct(Loader):
    def batch(self, keys: Sequence[int]) -> list[list[Picture]]:
        found: dict[int, list[Picture]] = {pk: [] for pk in keys}
        for picture in Picture.objects.filter(product__in=keys):
            found[picture.product_id].append(picture)
        return [found[pk] for pk in keys]


class _ById(Loader):
    model: type[Category] | type[Product] | type[Variant]

    def batch(self, keys: Sequence[int]) -> list[Any]:
        found = self.model.objects.in_bulk(keys)
        return [found.get(pk) for pk in keys]


class CategoryById(_ById):
    model = Category


class ProductById(_ById):
    model = Product


class VariantById(_ById):
    model = Variant
