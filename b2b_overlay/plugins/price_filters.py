"""A price that somebody isn't shown can't be found out by Saleor's own price filters and sorting.

They go by retail rows, and a query asked again and again narrows one down. So the queryset that
was asked for what he sees (:mod:`.visibility`) carries which products have a price for him, as an
alias, that no SELECT has; a product without one matches no filter by price, and is sorted, and
stands in a cursor, as one without a price. A shop that hides none pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

# Saleor's types and filters import each other: whoever comes first has to start with the types.
# Nobody else may have, in a shop whose only plugins are ours.
import saleor.graphql.product.types  # noqa: F401 - for the order of the imports
from django.db.models import BooleanField, Case, F, Value, When
from saleor.graphql.product.filters.product import ProductFilter, ProductWhere
from saleor.graphql.product.sorters import ProductOrderField

__all__ = ["GUARDED", "install", "told_apart"]

#: Whether a product has a price for whoever asked.
_PRICED = "b2b_priced"

#: What of Saleor's looks at prices: where it stands, and by what names.
GUARDED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (ProductFilter, ("filter_variant_price", "filter_minimal_price")),
    (ProductWhere, ("filter_variant_price", "filter_minimal_price")),
    (ProductOrderField, ("qs_with_price", "qs_with_minimal_price")),
)


def told_apart(products: Any, priceless: Collection[int]) -> Any:
    """These products, those of the groups ``priceless`` known as such."""
    unpriced = When(category__in=priceless, then=Value(False))
    return products.alias(
        **{_PRICED: Case(unpriced, default=Value(True), output_field=BooleanField())}
    )


def install() -> None:
    """Guard Saleor's filters and sorting. Once."""
    for theirs, names in GUARDED:
        for name in names:
            found = getattr(theirs, name)
            if not hasattr(found, "__wrapped__"):
                guarded = _sorting(found) if theirs is ProductOrderField else _filtering(found)
                setattr(theirs, name, guarded)


def _filtering(matching: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(matching)
    def filtered(self: Any, products: Any, name: str, asked: Any) -> Any:
        found = matching(self, products, name, asked)
        return found.filter(**{_PRICED: True}) if _PRICED in found.query.annotations else found

    return filtered


def _sorting(with_price: Callable[..., Any]) -> Any:
    price = {"qs_with_price": "PRICE", "qs_with_minimal_price": "MINIMAL_PRICE"}
    field = ProductOrderField.get(getattr(ProductOrderField, price[with_price.__name__])).value[0]

    @wraps(with_price)
    def sorted_(queryset: Any, channel_slug: str) -> Any:
        found = with_price(queryset, channel_slug)
        if _PRICED not in found.query.annotations:
            return found
        return found.annotate(**{field: Case(When(**{_PRICED: True}, then=F(field)))})

    return staticmethod(sorted_)
