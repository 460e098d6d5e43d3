"""What the overlay assumes of Saleor, one by one, as system checks (``manage.py check``).

Tried on 3.23.28 and on main (docs/compatibility.md). Where a newer Saleor no longer does one of
these, the check says which, and what that means for the shop; ``tests/saleor`` walks the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldDoesNotExist

from b2b_overlay.conf import conf

from . import seam

__all__ = ["ASSUMPTIONS", "Assumption", "broken", "register"]

#: Beginnings of the versions of Saleor that the overlay was tried on (docs/compatibility.md).
TRIED = ("3.23.", "3.24.0-a.")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing Saleor must do; ``without`` says what fails when it doesn't."""

    code: str
    says: str
    without: str
    holds: Callable[[], bool]


def _plugin() -> bool:
    from .entry import WHY_NOT

    if WHY_NOT:
        raise ImportError(WHY_NOT)
    return True


def _hooks() -> bool:
    from saleor.plugins.base_plugin import BasePlugin

    hooks = {"checkout_created", "checkout_updated", "preprocess_order_creation", "webhook"}
    of_orders = {"order_created", "order_updated", "draft_order_created", "draft_order_updated"}
    return hooks | of_orders <= set(BasePlugin.__annotations__)


def _in_plugins() -> bool:
    plugins: list[str] = getattr(settings, "PLUGINS", [])
    return any(path.endswith("B2BPlugin") for path in plugins)


def _middleware() -> bool:
    return seam.MIDDLEWARE in settings.MIDDLEWARE


def _loaders() -> bool:
    from saleor.graphql.core.dataloaders import DataLoader

    from .loaders import SWAPPED

    return all(
        issubclass(theirs, DataLoader) and theirs.context_key == ours.context_key
        for theirs, ours in SWAPPED.items()
    )


def _registry_kept() -> bool:
    """``get_context_value`` goes on with the registry the middleware gave."""
    from django.http import HttpRequest
    from saleor.graphql.context import get_context_value

    request: Any = HttpRequest()
    request.path = "/elsewhere/"
    kept: dict[str, Any] = {}
    request.dataloaders = kept
    return get_context_value(request).dataloaders is kept


def _schema() -> bool:
    from saleor.graphql.api import schema

    named = (schema.get_type(name) for name in ("Checkout", "ProductVariant"))
    types = (schema.get_query_type(), schema.get_mutation_type(), *named)
    ours = ("b2bMe", "b2bBuyerAdd", "b2bProblems", "b2bMeasure")
    return not conf.patch_schema or all(
        name in theirs.fields for theirs, name in zip(types, ours, strict=True)
    )


def _complete() -> bool:
    from saleor.graphql.checkout.schema import CheckoutMutations

    resolver = vars(CheckoutMutations)["checkout_complete"].resolver
    return not conf.patch_schema or hasattr(resolver, "__wrapped__")


def _last_look() -> bool:
    from django.db.models.signals import pre_save
    from saleor.order.models import Order

    return _has_fields(Order, "checkout_token", "language_code") and pre_save.has_listeners(Order)


def _no_mail() -> bool:
    from inspect import signature

    from saleor.plugins.manager import PluginsManager

    from .mail import REQUESTS

    guarded = [getattr(PluginsManager, name) for name in ("notify", *REQUESTS)]
    return all(hasattr(each, "__wrapped__") for each in guarded) and (
        {"event", "payload_func"} <= set(signature(PluginsManager.notify).parameters)
    )


def _private() -> bool:
    from saleor.graphql.checkout.schema import CheckoutQueries
    from saleor.graphql.order.schema import OrderQueries

    resolvers = [CheckoutQueries.resolve_checkout, OrderQueries.resolve_order]
    resolvers += [each.resolver for each in seam.cart_mutations()]
    return not conf.patch_schema or all(hasattr(each, "__wrapped__") for each in resolvers)


def _history() -> bool:
    from saleor.plugins.base_plugin import BasePlugin

    return BasePlugin.HIDDEN is False and all(map(apps.is_installed, ("pgtrigger", "pghistory")))


def _codes() -> bool:
    from saleor.checkout.error_codes import CheckoutErrorCode

    ours = {
        "CHECKOUT_NOT_FULLY_PAID",
        "INSUFFICIENT_STOCK",
        "INVALID",
        "NOT_FOUND",
        "NO_LINES",
        "QUANTITY_GREATER_THAN_LIMIT",
        "REQUIRED",
        "UNAVAILABLE_VARIANT_IN_CHANNEL",
        "VOUCHER_NOT_APPLICABLE",
    }
    return ours <= set(CheckoutErrorCode.__members__)


def _hiding() -> bool:
    from saleor.product.managers import ProductsQueryset, ProductVariantQueryset

    return all(
        hasattr(each.visible_to_user, "__wrapped__")
        for each in (ProductsQueryset, ProductVariantQueryset)
    )


def _delivery() -> bool:
    from saleor.checkout import delivery_context

    from .delivery_prices import OFFERED

    return hasattr(getattr(delivery_context, OFFERED), "__wrapped__")


def _propagation() -> bool:
    from saleor.checkout.base_calculations import (
        get_line_total_price_with_propagated_checkout_discount as shared_out,
    )

    return hasattr(shared_out, "__wrapped__")


def _drafts() -> bool:
    from saleor.graphql.order.mutations.draft_order_complete import DraftOrderComplete
    from saleor.order.models import OrderLine

    for name in (
        "is_price_overridden",
        "price_override_reason",
        "base_unit_price_amount",
        "undiscounted_base_unit_price_amount",
        "draft_base_price_expire_at",
    ):
        OrderLine._meta.get_field(name)
    return not conf.patch_schema or hasattr(DraftOrderComplete.validate_order, "__wrapped__")


def _limits() -> bool:
    from . import quantity_limit

    return not conf.patch_schema or quantity_limit.is_installed()


def _price_filters() -> bool:
    from .price_filters import GUARDED

    return all(hasattr(getattr(at, name), "__wrapped__") for at, names in GUARDED for name in names)


def _has_fields(model: Any, *names: str) -> bool:
    try:
        return all(model._meta.get_field(name) for name in names)
    except FieldDoesNotExist:
        return False


def _override() -> bool:
    from saleor.checkout.models import Checkout, CheckoutLine

    return _has_fields(CheckoutLine, "price_override", "price_override_reason") and _has_fields(
        Checkout, "price_expiration", "discount_expiration", "voucher_code", "discount_amount"
    )


def _shield() -> bool:
    from saleor.discount import DiscountType, VoucherType
    from saleor.discount.models import CheckoutLineDiscount

    return (
        _has_fields(CheckoutLineDiscount, "unique_type", "amount_value")
        and hasattr(DiscountType, "MANUAL")
        and hasattr(VoucherType, "ENTIRE_ORDER")
    )


def _catalogue() -> bool:
    from saleor.product.models import Product, ProductChannelListing, ProductVariant

    return (
        _has_fields(Product, "external_reference", "search_index_dirty")
        and _has_fields(ProductVariant, "external_reference", "metadata")
        and _has_fields(ProductChannelListing, "discounted_price_dirty")
    )


ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        "E100",
        "its plugin can be imported",
        "no hook of the overlay is called: carts keep retail prices, nothing goes on account",
        _plugin,
    ),
    Assumption(
        "E101",
        "Saleor's plugins have the hooks checkout_created, checkout_updated, "
        "preprocess_order_creation, order_created, order_updated and webhook",
        "carts keep retail prices, orders pass the gate unasked, changed ones go to 1C unchanged",
        _hooks,
    ),
    Assumption(
        "E102",
        "the overlay's plugin is among settings.PLUGINS (the entry point «saleor.plugins»)",
        "no hook of the overlay is called",
        _in_plugins,
    ),
    Assumption(
        "E103",
        "the overlay's middleware is among settings.MIDDLEWARE",
        "a wholesale login sees retail prices",
        _middleware,
    ),
    Assumption(
        "E104",
        "the loaders of variant prices, product prices and the site can be replaced",
        "a wholesale login sees retail prices and is stopped by the quantity limit",
        _loaders,
    ),
    Assumption(
        "E105",
        "a GraphQL request goes on with the registry of loaders the middleware gave it",
        "a wholesale login sees retail prices",
        _registry_kept,
    ),
    Assumption(
        "E106",
        "the B2B queries and mutations are in Saleor's schema",
        "the storefront can't choose a legal entity",
        _schema,
    ),
    Assumption(
        "E107",
        "checkoutComplete can be preceded by the authorisation on account",
        "wholesale orders are refused as not paid",
        _complete,
    ),
    Assumption(
        "E112",
        "the resolvers of one checkout and one order, and the mutations of a checkout, can be "
        "guarded",
        "a customer of another company who holds an id reads a wholesale cart or order",
        _private,
    ),
    Assumption(
        "E113",
        "an order that is made of a checkout is saved with Django's pre_save, which is heard",
        "an order that was passing the gate while B2B was switched off is still made",
        _last_look,
    ),
    Assumption(
        "E114",
        "whatever is mailed goes through PluginsManager.notify with its payload_func",
        "an account without e-mail is mailed at an address that can't exist",
        _no_mail,
    ),
    Assumption(
        "E115",
        "each entry point of «saleor.plugins» becomes an installed app, and a plugin can be hidden",
        "the history of changes is not written, or its parts show among the shop's plugins",
        _history,
    ),
    Assumption(
        "E108",
        "CheckoutErrorCode has the codes the gate answers with",
        "a refusal reaches the buyer as an internal error",
        _codes,
    ),
    Assumption(
        "E109",
        "a checkout line has a price override, and a checkout's prices an expiration",
        "contract prices can't be bound to a cart",
        _override,
    ),
    Assumption(
        "E110",
        "manual line discounts and entire-order vouchers keep promotions off",
        "promotions lower contract prices",
        _shield,
    ),
    Assumption(
        "E111",
        "products and variants have external references and flags for Saleor's own tasks",
        "1C's catalogue can't be written",
        _catalogue,
    ),
    Assumption(
        "E116",
        "products and variants are shown by their querysets' visible_to_user",
        "goods for wholesale only are seen by everybody",
        _hiding,
    ),
    Assumption(
        "E117",
        "products are filtered and sorted by price by ProductFilter, ProductWhere and "
        "ProductOrderField",
        "prices told after signing in only can be narrowed down without it",
        _price_filters,
    ),
    Assumption(
        "E118",
        "what delivery of a checkout costs is asked of one function of checkout.delivery_context",
        "delivery costs wholesale buyers what the shop says, not their contract",
        _delivery,
    ),
    Assumption(
        "E119",
        "DraftOrderComplete asks validate_order before its transaction, and order lines have a "
        "price override, base prices and a date on which these run out",
        "drafts that the staff make are sold at retail prices and past the credit limit",
        _drafts,
    ),
    Assumption(
        "E120",
        "a variant's own quantity limit is asked by warehouse.availability and "
        "checkoutCreateFromOrder",
        "a variant's own quantity limit stops wholesale buyers too",
        _limits,
    ),
    Assumption(
        "E121",
        "a checkout's discount is shared out among its lines by one function of "
        "checkout.base_calculations",
        "a wholesale cart of hundreds of lines takes minutes",
        _propagation,
    ),
)


def broken() -> Iterator[tuple[Assumption, str]]:
    """Assumptions that don't hold, each with Saleor's own word for why."""
    for assumption in ASSUMPTIONS:
        try:
            why = "" if assumption.holds() else "it doesn't"
        except (ImportError, AttributeError, KeyError, TypeError) as error:
            why = f"{type(error).__name__}: {error}"
        if why:
            yield assumption, why


def check_saleor(app_configs: object, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """Every assumption, and whether this Saleor was tried at all."""
    from saleor import __version__

    messages: list[checks.CheckMessage] = [
        checks.Error(
            f"The overlay needs that {assumption.says}; here: {why}.",
            hint=f"Until it does, {assumption.without}. Saleor is {__version__}.",
            id=f"b2b_overlay.{assumption.code}",
        )
        for assumption, why in broken()
    ]
    if not __version__.startswith(TRIED):
        messages.append(
            checks.Warning(
                f"The overlay was tried on Saleor {' and '.join(f'{v}x' for v in TRIED)}; "
                f"this is {__version__}.",
                hint="Run `make test-saleor SALEOR=<checkout>` before you sell on it.",
                id="b2b_overlay.W101",
            )
        )
    return messages


def register() -> None:
    checks.register(check_saleor, "b2b_overlay")
