"""Dataloaders that show a wholesale login its own prices, and no quantity limit.

Only what *shows* a price is swapped: the loaders behind ``variant.pricing`` and
``product.pricing``. The checkout reads another loader
(``VariantChannelListingByVariantIdAndChannelIdLoader``), which is left alone on purpose: a
cart's contract price is bound to its lines (:mod:`.shield`), so that a cart bought «as a
private person» stays at retail in a wholesale login too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import cache, cached_property
from typing import Any

from promise import Promise
from promise.dataloader import DataLoader as BaseLoader
from saleor.graphql.channel.dataloaders.by_self import ChannelBySlugLoader
from saleor.graphql.product.dataloaders import (
    VariantChannelListingByVariantIdAndChannelSlugLoader,
    VariantsChannelListingByProductIdAndChannelSlugLoader,
)
from saleor.graphql.site.dataloaders import SiteByIdLoader
from saleor.graphql.tax.dataloaders import TaxConfigurationByChannelId

from b2b_overlay.ordering.shown import Own, own_prices
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import Standing, standing_of

from .activity import is_on
from .channels import as_channel
from .quantity_limit import QuantityLimit
from .sessions import reading_for
from .shop import SaleorShop
from .visibility import priceless, prices_are_hidden

__all__ = ["SWAPPED", "Registry", "forget"]


class Shown:
    """What one request shows its user: for whom he may buy, and the prices asked for so far. A
    statement for the former, one for all prices that are first asked for together."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._prices: dict[str, dict[int, Own | None]] = {}

    @classmethod
    def by(cls, context: Any) -> Shown:
        """It stands among the request's loaders, which Saleor forgets at its end."""
        kept = context.dataloaders
        if _SHOWN not in kept:
            kept[_SHOWN] = cls(context)
        found: Shown = kept[_SHOWN]
        return found

    @cached_property
    def standing(self) -> Standing:
        if not is_on():
            return standing_of(None)
        with reading_for(self._context):
            return standing_of(self._context.user)

    @property
    def differs(self) -> bool:
        """Has this request other prices than a visitor of a shop that hides none?"""
        return bool(self.standing) or prices_are_hidden()

    def prices(self, channel: Channel, variant_ids: Collection[int]) -> dict[int, Own]:
        """Contract prices by variant id, and none where signing in shows them; a variant at
        retail is absent."""
        known = self._prices.setdefault(channel.slug, {})
        if unasked := [pk for pk in variant_ids if pk not in known]:
            known |= dict.fromkeys(unasked) | self._asked(channel, unasked)
        return {pk: own for pk in variant_ids if (own := known[pk]) is not None}

    def _asked(self, channel: Channel, variant_ids: Collection[int]) -> dict[int, Own]:
        user, terms = self._context.user, self.standing.terms_in(channel)
        with reading_for(self._context):
            hidden = priceless(user, variant_ids)
            own = own_prices(SaleorShop(), user, terms, variant_ids) if terms else {}
        return own | dict.fromkeys(hidden, Own(None, None))


_SHOWN = "_b2b_shown"


def forget(context: Any) -> None:
    """A mutation may have changed what the rest of its request shows."""
    context.dataloaders.pop(_SHOWN, None)


def _channels(context: Any, slugs: Iterable[str | None]) -> Any:
    """The channels with these slugs, through the loaders that Saleor asks as well."""

    def with_taxes(rows: Sequence[Any]) -> Any:
        found = [row for row in rows if row is not None]
        return (
            TaxConfigurationByChannelId(context)
            .load_many([row.pk for row in found])
            .then(lambda taxes: list(map(as_channel, found, taxes)))
        )

    wanted = sorted({slug for slug in slugs if slug})
    return ChannelBySlugLoader(context).load_many(wanted).then(with_taxes)


def _at(listing: Any, prices: Mapping[int, Own]) -> Any:
    """The listing at its contract price, where it has one: a twin, never saved. On request it
    has no price, as a listing of Saleor's own may (3.23: ``get_variant_availability``)."""
    if listing is None or listing.variant_id not in prices:
        return listing
    shown = object.__new__(type(listing))  # copy() would pickle it, thirty times as long
    vars(shown).update(vars(listing))
    shown.price_amount, shown.discounted_price_amount = prices[listing.variant_id]
    shown.prior_price_amount = None
    return shown


class ContractPriceOfVariant(VariantChannelListingByVariantIdAndChannelSlugLoader):  # type: ignore[misc]  # Saleor has no types
    """Behind ``variant.pricing``: keys are (variant id, channel slug)."""

    def batch_load(self, keys: Sequence[tuple[int, str | None]]) -> Any:
        theirs = super().batch_load(keys)
        shown = Shown.by(self.context)
        if not shown.differs:
            return theirs

        def at_contract_prices(found: Any) -> list[Any]:
            listings, channels = found
            prices: dict[str | None, Mapping[int, Own]] = {
                channel.slug: shown.prices(channel, [pk for pk, s in keys if s == channel.slug])
                for channel in channels
            }
            return [
                _at(listing, prices.get(slug, {}))
                for listing, (_pk, slug) in zip(listings, keys, strict=True)
            ]

        channels = _channels(self.context, (slug for _pk, slug in keys))
        return Promise.all([theirs, channels]).then(at_contract_prices)


class ContractPricesOfProduct(VariantsChannelListingByProductIdAndChannelSlugLoader):  # type: ignore[misc]  # Saleor has no types
    """Behind ``product.pricing``: the listings of all variants of a product."""

    def batch_load(self, keys: Sequence[tuple[int, str]]) -> Any:
        theirs = super().batch_load(keys)
        shown = Shown.by(self.context)
        if not shown.differs:
            return theirs

        def at_contract_prices(channels: Sequence[Channel]) -> list[Any]:
            prices = {
                channel.slug: _prices_of(shown, channel, keys, theirs) for channel in channels
            }
            return [
                [_at(each, prices.get(slug, {})) for each in listings or ()]
                for listings, (_pk, slug) in zip(theirs, keys, strict=True)
            ]

        return _channels(self.context, (slug for _pk, slug in keys)).then(at_contract_prices)


def _prices_of(
    shown: Shown, channel: Channel, keys: Sequence[tuple[int, str]], found: Sequence[Any]
) -> Mapping[int, Own]:
    """Of all variants listed in a channel."""
    variants = {
        listing.variant_id
        for listings, (_pk, slug) in zip(found, keys, strict=True)
        for listing in listings or ()
        if slug == channel.slug
    }
    return shown.prices(channel, variants)


class SiteOfCustomer(SiteByIdLoader):  # type: ignore[misc]  # Saleor has no types
    """The site, whose quantity limit per line is lifted for a wholesale login.

    Asked at each ``load``, since the first one comes from authentication itself, before the
    user is known; ``context.user`` would wait for itself there for ever. Staff keep the real
    site: ``shopSettingsUpdate`` saves what it loads.
    """

    _his: Any = None

    def load(self, key: int | None = None) -> Any:
        """Saleor's own promise, or one made from it once: a new one a call would cost every
        resolver that asks. Kept, where Saleor's is: whoever waits for a promise within a resolver
        (its mutations do, for this one) has the queue of promises run dry, and from there on
        each is settled within the one before, some hundred frames deep."""
        site = super().load(key)
        user = getattr(self.context, "_cached_user", None)
        if user is None or user.is_staff:
            return site
        if self._his is None:
            kept = site.is_fulfilled
            self._his = Promise.resolve(self._of(site.get())) if kept else site.then(self._of)
        return self._his

    def _of(self, site: Any) -> Any:
        his = copy(site)
        his.settings = copy(site.settings)
        his.settings.limit_quantity_per_checkout = QuantityLimit(
            site.settings.limit_quantity_per_checkout,
            lambda: bool(Shown.by(self.context).standing),
        )
        return his


#: Saleor's loader → ours. The check of the seam walks this too.
SWAPPED: dict[type[Any], type[Any]] = {
    VariantChannelListingByVariantIdAndChannelSlugLoader: ContractPriceOfVariant,
    VariantsChannelListingByProductIdAndChannelSlugLoader: ContractPricesOfProduct,
    SiteByIdLoader: SiteOfCustomer,
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
