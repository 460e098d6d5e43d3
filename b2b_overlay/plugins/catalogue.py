"""Reading the catalogue: the port's :class:`~b2b_overlay.shop.Catalogue` on Saleor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, F, IntegerField, Q, Sum, Value, When
from django.utils import timezone
from prices import Money as SaleorMoney
from saleor.product.models import Category as CategoryRow
from saleor.product.models import (
    ProductChannelListing,
    ProductMedia,
    ProductVariant,
    ProductVariantChannelListing,
)
from saleor.warehouse.models import Allocation, Reservation, Stock
from saleor.warehouse.models import Warehouse as WarehouseRow

from b2b_overlay.money import Money
from b2b_overlay.shop import Category, Channel, Page, Variant, Warehouse

from . import channels

__all__ = ["SaleorCatalogue"]

#: What is said to be free to sell of a variant whose stock Saleor doesn't track.
UNTRACKED = 1_000_000


class SaleorCatalogue:
    """Read by the ORM: no page of ours pays for Saleor's schema."""

    def channels(self) -> Sequence[Channel]:
        return channels.channels()

    def variants(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Variant]:
        """Six queries, whatever the number of ids."""
        rows = list(ProductVariant.objects.filter(pk__in=list(ids)).select_related("product"))
        retail = _retail(rows, channel)
        free = _free(rows, channel)
        images = _images({row.product_id for row in rows})
        return {
            row.pk: Variant(
                id=row.pk,
                product_id=row.product_id,
                sku=row.sku or "",
                product_name=row.product.name,
                name=row.name,
                category_id=row.product.category_id,
                retail=retail.get(row.pk),
                available=free.get(row.pk, 0) if row.track_inventory else UNTRACKED,
                image=images.get(row.product_id, ""),
                external_id=row.external_reference or "",
            )
            for row in rows
        }

    def list_prices(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Money]:
        """One query."""
        listings = _sold(ids, channel).values_list("variant_id", "price_amount")
        return {pk: Money(price, channel.currency) for pk, price in listings}

    def promoted(self, prices: Mapping[int, Money], channel: Channel) -> Mapping[int, Money]:
        """As a cart's line with an override is lowered (discount/utils/promotion.py): the
        rule that saves most of the retail price, where it saves anything. Three queries."""
        listings = (
            ProductVariantChannelListing.objects.filter(
                variant__in=list(prices), channel__slug=channel.slug
            )
            .exclude(price_amount=F("discounted_price_amount"))
            .exclude(discounted_price_amount=None)
            .prefetch_related("variantlistingpromotionrule__promotion_rule")
        )
        found = {}
        for listing in listings:
            rules = list(listing.variantlistingpromotionrule.all())
            if rules:
                best = max(rules, key=lambda rule: rule.discount_amount).promotion_rule
                money = prices[listing.variant_id]
                lowered = best.get_discount(channel.currency)(
                    SaleorMoney(money.amount, money.currency)
                )
                found[listing.variant_id] = Money(lowered.amount, money.currency).quantized()
        return found

    def search(
        self,
        text: str,
        channel: Channel,
        *,
        category_id: int | None = None,
        without: Collection[int] = (),
        without_variants: Collection[int] = (),
        also: Iterable[int] = (),
        offset: int = 0,
        limit: int = 50,
    ) -> Page[int]:
        """By words in the SKU or the name. (Saleor's own search vector is rebuilt by a task
        minutes after 1C's exchange; a buyer looks for what came a moment ago.)"""
        rows = ProductVariant.objects.filter(
            product__channel_listings__in=_published(channel),
            channel_listings__channel__slug=channel.slug,
        )
        if category_id is not None:
            rows = rows.filter(product__category__in=_with_descendants(category_id))
        if without:
            rows = rows.exclude(product__category__in=without)
        if without_variants:
            rows = rows.exclude(pk__in=without_variants)
        if text.strip():
            rows = rows.filter(_answers(text) | Q(pk__in=list(also)))
        exact = Case(
            When(sku__iexact=text.strip(), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        ordered = rows.order_by(exact, "product__name", "sort_order", "pk")
        ids = list(ordered.values_list("pk", flat=True)[offset : offset + limit])
        return Page(items=ids, total=rows.count())

    def categories(self) -> Sequence[Category]:
        rows = CategoryRow.objects.order_by("tree_id", "lft")
        return [Category(row.pk, row.name, row.parent_id, row.level) for row in rows]

    def warehouses(self) -> Sequence[Warehouse]:
        rows = WarehouseRow.objects.order_by("name", "pk").values_list("pk", "name")
        return [Warehouse(str(pk), name) for pk, name in rows]


def _published(channel: Channel) -> Any:
    """Product listings a visitor of the channel may see."""
    return ProductChannelListing.objects.filter(
        Q(published_at__lte=timezone.now()) | Q(published_at=None),
        channel__slug=channel.slug,
        is_published=True,
    )


def _with_descendants(category_id: int) -> Any:
    return CategoryRow.tree.filter(pk=category_id).get_descendants(include_self=True)


def _answers(text: str) -> Q:
    found = Q()
    for word in text.split():
        found &= Q(sku__icontains=word) | Q(product__name__icontains=word) | Q(name__icontains=word)
    return found


def _sold(variant_ids: Iterable[int], channel: Channel) -> Any:
    """Listings of those of these variants that a visitor of the channel can buy."""
    sold = ProductChannelListing.objects.filter(
        pk__in=_published(channel).values("pk"), available_for_purchase_at__lte=timezone.now()
    )
    return ProductVariantChannelListing.objects.filter(
        variant__in=list(variant_ids),
        variant__product__in=sold.values("product"),
        channel__slug=channel.slug,
        price_amount__isnull=False,
    )


def _retail(rows: Sequence[Any], channel: Channel) -> dict[int, Money]:
    """What a visitor pays for one piece now, promotions included."""
    listings = _sold([row.pk for row in rows], channel).values_list(
        "variant_id", "price_amount", "discounted_price_amount"
    )
    return {
        variant_id: Money(price if discounted is None else discounted, channel.currency)
        for variant_id, price, discounted in listings
    }


def _free(rows: Sequence[Any], channel: Channel) -> dict[int, int]:
    """Pieces in the channel's warehouses, less what is allocated and reserved."""
    stocks = Stock.objects.filter(
        product_variant__in=[row.pk for row in rows], warehouse__channels__slug=channel.slug
    )
    taken = (
        Allocation.objects.filter(stock__in=stocks)
        .values_list("stock__product_variant")
        .annotate(Sum("quantity_allocated")),
        Reservation.objects.filter(stock__in=stocks, reserved_until__gt=timezone.now())
        .values_list("stock__product_variant")
        .annotate(Sum("quantity_reserved")),
    )
    free = dict(stocks.values_list("product_variant").annotate(Sum("quantity")).order_by())
    for taken_by in taken:
        for variant_id, quantity in taken_by.order_by():
            free[variant_id] -= quantity
    return {variant_id: max(0, quantity) for variant_id, quantity in free.items()}


def _images(product_ids: set[int]) -> dict[int, str]:
    """URL of each product's first picture."""
    media = ProductMedia.objects.filter(product__in=product_ids).exclude(image="")
    found: dict[int, str] = {}
    for each in media.filter(image__isnull=False).order_by("product_id", "sort_order", "pk"):
        found.setdefault(each.product_id, each.image.url)
    return found
