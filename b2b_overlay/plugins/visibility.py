"""Goods that somebody doesn't see, or sees without a price, on Saleor's own API.

Tried on 3.23.28 (reference/saleor.md, «Hiding»): every way to a product or a variant of a
customer goes through the querysets' ``visible_to_user``; a cart doesn't, and is put right after
the mutation that changed it. Staff and apps with permissions over products see everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from saleor.account.models import User
from saleor.permission.utils import has_one_of_permissions
from saleor.product.managers import ProductsQueryset, ProductVariantQueryset
from saleor.product.models import ALL_PRODUCTS_PERMISSIONS, ProductVariant

from b2b_overlay.ordering import visibility
from b2b_overlay.shop import Refusal, get_shop

from . import price_filters
from .activity import is_on
from .channels import as_channel
from .sessions import reading

__all__ = ["drop_hidden", "install", "priceless", "prices_are_hidden", "refused"]


def install() -> None:
    """Put the querysets' word behind ours. Once."""
    price_filters.install()
    for querysets, group, good in (
        (ProductsQueryset, "category__in", "variants__in"),
        (ProductVariantQueryset, "product__category__in", "pk__in"),
    ):
        if not hasattr(querysets.visible_to_user, "__wrapped__"):
            querysets.visible_to_user = _veiled(querysets.visible_to_user, group, good)


def _veiled(visible: Callable[..., Any], group: str, good: str) -> Callable[..., Any]:
    @wraps(visible)
    def visible_to_user(self: Any, requestor: Any, *args: Any, **kwargs: Any) -> Any:
        found = visible(self, requestor, *args, **kwargs)
        hidden = _hidden_from(requestor)
        if hidden.absent:
            found = found.exclude(**{group: hidden.absent})
        if hidden.priceless and isinstance(self, ProductsQueryset):
            found = price_filters.told_apart(found, hidden.priceless)
        return found.exclude(**{good: hidden.goods}) if hidden.goods else found

    return visible_to_user


def _hidden_from(requestor: Any) -> visibility.Hidden:
    if not is_on():
        return visibility.NOTHING
    with reading():
        if not visibility.hidden(get_shop()):
            return visibility.NOTHING
        if has_one_of_permissions(requestor, ALL_PRODUCTS_PERMISSIONS):
            return visibility.NOTHING
        user = requestor if isinstance(requestor, User) else None
        return visibility.hidden_from(get_shop(), user)


# ---------------------------------------------------------------------------------- prices


def prices_are_hidden() -> bool:
    """Has a visitor to be shown anything without its price?"""
    if not is_on():
        return False
    with reading():
        return bool(visibility.hidden(get_shop()).priceless)


def priceless(user: Any, variant_ids: Iterable[int]) -> set[int]:
    """Those of these variants that have no price for this user."""
    groups = visibility.hidden_from(get_shop(), user).priceless
    if not groups:
        return set()
    rows = ProductVariant.objects.filter(pk__in=list(variant_ids), product__category__in=groups)
    return set(rows.values_list("pk", flat=True))


# ----------------------------------------------------------------------------------- carts


def refused(row: Any) -> list[Refusal]:
    """Why this checkout can't hold, or become an order of, what lies in it."""
    shop = get_shop()
    if not visibility.hidden(shop):
        return []
    lines = {variant_id: str(pk) for pk, variant_id in row.lines.values_list("pk", "variant_id")}
    channel = as_channel(row.channel)
    return visibility.refusals(shop, str(row.pk), row.user_id, channel, lines)


def drop_hidden(row: Any, *, is_new: bool, error: Callable[[Refusal], ValidationError]) -> None:
    """After a mutation: take out what this cart can't hold, and answer with why. A new cart
    goes whole, as Saleor's own refusals leave none."""
    if found := refused(row):
        if is_new:
            row.delete()
        else:
            row.lines.filter(pk__in=[each.line_id for each in found]).delete()
        raise ValidationError({"lines": [error(each) for each in found]})
