"""Dataloaders that show a wholesale login its own prices, and no quantity limit.

Only what *shows* a price is swapped: the loaders behind ``variant.pricing`` and
``product.pricing``. The checkout reads another loader
(``VariantChannelListingByVariantIdAndChannelIdLoader``), which is left alone on purpose: a
cart's contract price is bound to its lines (:mod:`.shield`), so that a cart bought «as a
private person» stays at retail in a wholesale login too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from functools import cache
from typing import Any

from promise.dataloader import DataLoader as BaseLoader
from saleor.core.db.connection import allow_writer
from saleor.graphql.product.dataloaders import (
    VariantChannelListingByVariantIdAndChannelSlugLoader,
    VariantsChannelListingByProductIdAndChannelSlugLoader,
)
from saleor.graphql.site.dataloaders import SiteByIdLoader

from b2b_overlay.company import access
from b2b_overlay.company.choice import chosen
from b2b_overlay.ordering.shown import Own, own_prices
from b2b_overlay.terms.current import Terms, terms_of

from .activity import is_on
from .quantity_limit import UNLIMITED
from .shop import SaleorShop
from .visibility import priceless

__all__ = ["SWAPPED", "Registry"]


def _terms_in(context: Any, slug: str) -> Terms | None:
    """Whose prices this request shows in a channel; asked once a request and channel."""
    known: dict[str, Terms | None] = context.__dict__.setdefault("_b2b_terms", {})
    if slug not in known:
        entity = chosen(context.user, slug) if is_on() and context.user else None
        known[slug] = None
        if entity is not None:
            channels = SaleorShop().catalogue.channels()
            known[slug] = next((terms_of(entity, c) for c in channels if c.slug == slug), None)
    return known[slug]


def _prices(context: Any, slug: str, variant_ids: Collection[int]) -> dict[int, Own]:
    """Contract prices by variant id, and none where signing in shows them; a variant at
    retail is absent."""
    hidden = priceless(context.user, variant_ids)
    with allow_writer():
        terms = _terms_in(context, slug)
        own = own_prices(SaleorShop(), context.user, terms, variant_ids) if terms else {}
    return own | dict.fromkeys(hidden, Own(None, None))


def _at(listing: Any, prices: dict[int, Own]) -> Any:
    """The listing at its contract price, where it has one: a copy, never saved. On request it
    has no price, as a listing of Saleor's own may (3.23: ``get_variant_availability``)."""
    if listing is None or listing.variant_id not in prices:
        return listing
    shown = copy(listing)
    shown.price_amount, shown.discounted_price_amount = prices[listing.variant_id]
    shown.prior_price_amount = None
    return shown


class ContractPriceOfVariant(VariantChannelListingByVariantIdAndChannelSlugLoader):  # type: ignore[misc]
    """Behind ``variant.pricing``: keys are (variant id, channel slug)."""

    def batch_load(self, keys: Sequence[tuple[int, str]]) -> Any:
        def at_contract_prices(listings: Sequence[Any]) -> list[Any]:
            prices = {
                slug: _prices(self.context, slug, {pk for pk, s in keys if s == slug})
                for slug in {slug for _pk, slug in keys if slug}
            }
            return [
                _at(listing, prices.get(slug, {}))
                for listing, (_pk, slug) in zip(listings, keys, strict=True)
            ]

        return super().batch_load(keys).then(at_contract_prices)


class ContractPricesOfProduct(VariantsChannelListingByProductIdAndChannelSlugLoader):  # type: ignore[misc]
    """Behind ``product.pricing``: the listings of all variants of a product."""

    def batch_load_channel(self, channel_slug: str, products_ids: Iterable[int]) -> Any:
        found = list(super().batch_load_channel(channel_slug, products_ids))
        variants = {listing.variant_id for _pk, listings in found for listing in listings or ()}
        prices = _prices(self.context, channel_slug, variants)
        return [(pk, [_at(each, prices) for each in listings or ()]) for pk, listings in found]


class SiteWithoutLimit(SiteByIdLoader):  # type: ignore[misc]
    """The site, without its quantity limit per line for a wholesale login.

    Asked at each ``load``, since the first one comes from authentication itself, before the
    user is known; ``context.user`` would wait for itself there for ever. Staff keep the real
    site: ``shopSettingsUpdate`` saves what it loads.
    """

    _unlimited: Any = None

    def load(self, key: int | None = None) -> Any:
        """Saleor's own promise, or one made from it once: a new one a call would cost every
        resolver that asks."""
        site = super().load(key)
        user = getattr(self.context, "_cached_user", None)
        if user is None or user.is_staff or not is_wholesale(self.context, user):
            return site
        if self._unlimited is None:
            self._unlimited = site.then(_without_limit)
        return self._unlimited


def _without_limit(site: Any) -> Any:
    unlimited = copy(site)
    unlimited.settings = copy(site.settings)
    unlimited.settings.limit_quantity_per_checkout = UNLIMITED
    return unlimited


def is_wholesale(context: Any, user: Any) -> bool:
    """May this user buy for a legal entity at all? Asked once a request."""
    known = context.__dict__.get("_b2b_is_wholesale")
    if known is None:
        with allow_writer():
            known = is_on() and access.legal_entities(user).exists()
        context.__dict__["_b2b_is_wholesale"] = known
    return bool(known)


#: Saleor's loader → ours. The check of the seam walks this too.
SWAPPED: dict[type[Any], type[Any]] = {
    VariantChannelListingByVariantIdAndChannelSlugLoader: ContractPriceOfVariant,
    VariantsChannelListingByProductIdAndChannelSlugLoader: ContractPricesOfProduct,
    SiteByIdLoader: SiteWithoutLimit,
}


@cache
def _by_key() -> dict[str, type[Any]]:
    return {theirs.context_key: ours for theirs, ours in SWAPPED.items()}


class Registry(dict[str, Any]):
    """What Saleor keeps a request's loaders in, by their key; puts ours in place of three.

    A DataLoader is a ``threading.local``: ``object.__new__`` refuses it, so ours is made the
    way Saleor makes its own, through the base loader.
    """

    def __setitem__(self, key: str, loader: Any) -> None:
        ours = _by_key().get(key)
        if ours is not None and not isinstance(loader, ours):
            loader = BaseLoader.__new__(ours)
        super().__setitem__(key, loader)
