"""What is asked before a checkout becomes an order on Saleor: the core's gate, and three
things that only matter here; and once more within the transaction that makes the order.

Saleor asks ``preprocess_order_creation`` before that transaction, so whatever the gate locked
would be free again. Every way from a checkout to an order saves an ``Order`` inside it, with
the checkout's row locked: :func:`last_look` is that model's ``pre_save`` (checks, E113). A
draft of the staff's has no such hook: the gate is asked where Saleor itself asks whether it is
one (:func:`of_draft`; checks, E119), and the last look is the save that makes it an order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any

from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from saleor.checkout import CheckoutAuthorizeStatus
from saleor.checkout.error_codes import CheckoutErrorCode
from saleor.core.db.connection import allow_writer
from saleor.order import OrderStatus
from saleor.order.error_codes import OrderErrorCode
from saleor.order.models import Order
from saleor.permission.enums import AccountPermissions, CheckoutPermissions

from b2b_overlay.conf import conf
from b2b_overlay.money import Money
from b2b_overlay.ordering import drafts, gate, notes
from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.shop import Refusal, cart_in_units

from . import carts, language, on_account, order_notes, visibility
from .channels import as_channel
from .shop import SaleorShop

_codes: ContextVar[type[Enum]] = ContextVar("_codes", default=CheckoutErrorCode)

__all__ = [
    "answering",
    "as_error",
    "becomes_order",
    "demand_none",
    "last_look",
    "of_draft",
    "refusals",
]


def demand_none(refusals: list[Refusal]) -> None:
    """Raise refusals as Saleor's ``errors[]``: codes are CheckoutErrorCode values."""
    if refusals:
        raise ValidationError({"lines": [as_error(refusal) for refusal in refusals]})


@contextmanager
def answering(codes: type[Enum]) -> Iterator[None]:
    """Refusals within are answered by one of these codes: a mutation of Saleor's that has others
    than ``checkoutComplete`` answers what it has no word for as ``graphql_error``."""
    before = _codes.set(codes)
    try:
        yield
    finally:
        _codes.reset(before)


def _code(refusal: Refusal) -> str:
    codes = _codes.get()
    known = refusal.code if refusal.code in codes.__members__ else "GRAPHQL_ERROR"
    return str(codes[known].value)


def as_error(refusal: Refusal) -> ValidationError:
    params = {}
    if refusal.line_id:
        params["lines"] = [carts.line_global_id(refusal.line_id)]
    if refusal.variant_id:
        params["variants"] = [carts.variant_global_id(refusal.variant_id)]
    return ValidationError(refusal.message, code=_code(refusal), params=params)


def last_look(order: Any) -> None:
    """An order is about to be saved for the first time: do the terms of its checkout still
    hold, and has the limit so much left? So it is until its transaction ends, or nothing of the
    order is left. What was agreed is noted on it."""
    total = Money(order.total_gross_amount, order.currency)
    checkout_id, channel = str(order.checkout_token), as_channel(order.channel)
    with allow_writer(), language.spoken(order):
        demand_none(gate.last_look(checkout_id, channel, total))
        order_notes.begin(order, notes.of_cart(checkout_id, channel))


def of_draft(order: Any) -> None:
    """A draft is about to become an order. What is written after a refusal stays."""
    draft_id = str(order.pk)
    with allow_writer(), language.spoken(order):
        found = drafts.refusals(SaleorShop(), draft_id)
        if found:
            drafts.refused(SaleorShop(exact=False), draft_id, found)
    _demand_none_of_draft(found)


def becomes_order(order: Any) -> None:
    """A draft is being saved as an order, in Saleor's transaction: the last look, as at a
    checkout's, and it is authorised on account."""
    draft_id, channel = str(order.pk), as_channel(order.channel)
    with allow_writer(), language.spoken(order):
        drafted = Order.objects.filter(pk=order.pk, status=OrderStatus.DRAFT)
        if not gate.is_wholesale(draft_id) or not drafted.exists():
            return
        total = Money(order.total_gross_amount, order.currency)
        _demand_none_of_draft(gate.last_look(draft_id, channel, total))
        told = notes.of_cart(draft_id, channel)
        order.private_metadata = {**(order.private_metadata or {}), **told}
        Order.objects.filter(pk=order.pk).update(private_metadata=order.private_metadata)
        on_account.authorise_order(order)


def _demand_none_of_draft(found: list[Refusal]) -> None:
    """As Saleor's ``errors[]`` of orders, whose codes are fewer."""
    if found:
        raise ValidationError({"lines": [_as_order_error(refusal) for refusal in found]})


def _as_order_error(refusal: Refusal) -> ValidationError:
    params = {}
    if refusal.line_id:
        params["order_lines"] = [carts.order_line_global_id(refusal.line_id)]
    if refusal.variant_id:
        params["variants"] = [carts.variant_global_id(refusal.variant_id)]
    code = OrderErrorCode.__members__.get(refusal.code, OrderErrorCode.INVALID)
    return ValidationError(refusal.message, code=code.value, params=params)


def refusals(checkout_info: Any, requestor: Any) -> list[Refusal]:
    """Everything that keeps this checkout from becoming an order; a visitor's passes after
    one query."""
    row = checkout_info.checkout
    if gate.is_wholesale(str(row.pk)):
        if not _may_order(row, requestor):
            return [Refusal("INVALID", _("Only the buyer himself can order this cart."))]
        found = gate.refusals(
            SaleorShop(), cart_in_units(carts.as_checkout(checkout_info), pieces_of)
        )
        if found:
            gate.refused(SaleorShop(exact=False), str(row.pk), found)
        return found
    found = visibility.refused(row)
    if _is_unpaid(checkout_info) and not (conf.unpaid_retail or _completes_for_others(requestor)):
        found.append(Refusal("CHECKOUT_NOT_FULLY_PAID", _("This order isn't paid for.")))
    if row.user_id and carts.may_be_wholesale(row):
        found += _as_private_person(checkout_info)
    return found


def _may_order(row: Any, requestor: Any) -> bool:
    """The cart's owner, or an app or member of staff that may act for customers. Saleor takes
    whoever knows a checkout's id for its owner; an order on account needs more."""
    if requestor is None:
        return False
    if getattr(requestor, "pk", None) == row.user_id and hasattr(requestor, "email"):
        return True
    return bool(requestor.has_perm(AccountPermissions.IMPERSONATE_USER))


def _completes_for_others(requestor: Any) -> bool:
    """An app or a member of staff that may make orders of customers' checkouts."""
    may = AccountPermissions.IMPERSONATE_USER, CheckoutPermissions.HANDLE_CHECKOUTS
    return requestor is not None and any(map(requestor.has_perm, may))


def _is_unpaid(checkout_info: Any) -> bool:
    """Would Saleor itself let nobody order it, but that the channel takes unpaid orders?"""
    is_covered = checkout_info.checkout.authorize_status == CheckoutAuthorizeStatus.FULL
    return bool(checkout_info.channel.allow_unpaid_orders) and not is_covered


def _as_private_person(checkout_info: Any) -> list[Refusal]:
    """A wholesale login's retail cart: he pays for it, and the shop's quantity limit, which
    didn't stop him filling it (loaders.SiteOfCustomer), holds."""
    if on_account.leftover(checkout_info.checkout.pk):
        return [Refusal("CHECKOUT_NOT_FULLY_PAID", _("This cart can't be ordered on account."))]
    site: Any = Site.objects.get_current()
    sites = site.settings.limit_quantity_per_checkout
    limits = {
        each.line: each.variant.quantity_limit_per_customer or sites for each in checkout_info.lines
    }
    return [
        Refusal(
            "QUANTITY_GREATER_THAN_LIMIT",
            _("As a private person you can't buy more than %(limit)s of one thing.")
            % {"limit": limit},
            variant_id=line.variant_id,
            line_id=str(line.pk),
        )
        for line, limit in limits.items()
        if limit and line.quantity > limit
    ]
