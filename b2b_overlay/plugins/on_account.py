"""An order on account, without opening the shop to unpaid retail orders.

``Channel.allow_unpaid_orders`` would let everybody order without paying. Instead, a cart that
may be ordered on account is authorised (not charged) in full by a transaction of ours, right
before Saleor's own ``checkoutComplete`` looks. Whatever keeps the order from being made takes
the transaction away again, so that it can never pay for a retail order. An order that the staff
make of a draft gets its own in the transaction that makes it (:func:`authorise_order`).

Saleor doesn't look again when the staff raise what an order comes to: it would go on saying that
all of it is authorised. :func:`authorise_anew` has it say what is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from prices import Money as SaleorMoney
from saleor.checkout.calculations import fetch_checkout_data
from saleor.checkout.fetch import fetch_checkout_info, fetch_checkout_lines
from saleor.checkout.models import Checkout
from saleor.checkout.payment_utils import update_checkout_payment_statuses
from saleor.core.db.connection import allow_writer
from saleor.core.taxes import zero_money
from saleor.order.lock_objects import order_qs_select_for_update
from saleor.order.models import Order
from saleor.order.utils import update_order_authorize_data
from saleor.payment.models import TransactionItem
from saleor.payment.transaction_item_calculations import recalculate_transaction_amounts
from saleor.payment.utils import create_manual_adjustment_events, get_transaction_item_params
from saleor.plugins.manager import get_plugins_manager

from b2b_overlay.money import Money
from b2b_overlay.ordering.checkouts import terms_on

from .ids import as_uuid, checkout_pk
from .sessions import on_writer

__all__ = [
    "NAME",
    "SAID_OF_ORDER",
    "admitted",
    "authorise_anew",
    "authorise_order",
    "authorised",
    "leftover",
]

#: The name of our transactions, as staff see it on an order.
NAME = "B2B: on account"

#: Where Saleor's order says how much of it is authorised.
SAID_OF_ORDER = ("total_authorized_amount", "authorize_status")


def admitted(user: Any, arguments: Mapping[str, Any]) -> Any | None:
    """The checkout that these arguments of ``checkoutComplete`` name, if this user may order
    it on account: it is his own and under terms that hold. None: it is Saleor's business."""
    from .shop import SaleorShop

    pk = checkout_pk(arguments)
    with allow_writer():
        checkout = Checkout.objects.filter(pk=pk, user_id=user.pk).first() if pk else None
        value = SaleorShop().checkouts.get(str(pk)) if checkout else None
        if checkout is None or value is None or not terms_on(value):
            return None
        return None if _pays(checkout) else checkout


def _pays(checkout: Any) -> bool:
    """Does he pay for it himself, in one of Saleor's two ways: a payment is under way, or other
    transactions cover it? Then it is Saleor's to see whether he has."""
    if checkout.get_last_active_payment() is not None:
        return True
    return bool(checkout.total.gross.amount and _covered(checkout) >= checkout.total.gross.amount)


def _covered(checkout: Any) -> Decimal:
    """What the buyer's own transactions hold or have taken, ours aside."""
    others = TransactionItem.objects.filter(checkout_id=checkout.pk).exclude(name=NAME)
    covered = others.aggregate(sum=Sum(F("authorized_value") + F("charged_value")))["sum"]
    return covered or Decimal(0)


@contextmanager
def authorised(checkout: Any, user: Any) -> Iterator[None]:
    """The checkout's total is authorised within; what is left of it afterwards, because no
    order was made, is taken away."""
    with allow_writer():
        _authorise(checkout, user)
    try:
        yield
    finally:
        _withdraw(checkout.pk)


def _withdraw(checkout_id: object) -> None:
    """Take our transaction off a checkout that is still one (an order's has moved on)."""
    with allow_writer():
        TransactionItem.objects.filter(checkout_id=checkout_id, name=NAME).delete()
        checkout = Checkout.objects.filter(pk=checkout_id).first()
        if checkout is not None:
            update_checkout_payment_statuses(
                checkout, checkout.total.gross, checkout_has_lines=checkout.lines.exists()
            )


def leftover(checkout_id: object) -> bool:
    """Is a transaction of ours on this checkout? (A process died before withdrawing it.)"""
    return bool(TransactionItem.objects.filter(checkout_id=checkout_id, name=NAME).exists())


@transaction.atomic
def _authorise(checkout: Any, user: Any) -> None:
    """One transaction of ours a checkout: the lock keeps two clicks from making two."""
    Checkout.objects.select_for_update().filter(pk=checkout.pk).first()
    total = _to_pay(checkout)
    item = TransactionItem.objects.filter(checkout_id=checkout.pk, name=NAME).first()
    _set(item or _new(checkout, user), total.amount, user)
    update_checkout_payment_statuses(checkout, total, checkout_has_lines=True)


def _new(source: Any, user: Any) -> Any:
    return TransactionItem.objects.create(
        **get_transaction_item_params(
            source_object=source, user=user, app=None, psp_reference=None, name=NAME
        )
    )


def _set(item: Any, amount: Decimal, user: Any) -> None:
    create_manual_adjustment_events(item, {"authorized_value": amount}, user=user, app=None)
    recalculate_transaction_amounts(item)


def authorise_order(order: Any) -> None:
    """All that an order of the staff's comes to, in the transaction that makes it one."""
    _cover(order, _new(order, None), order.total.gross.amount)


@on_writer
@transaction.atomic
def authorise_anew(order_id: str, total: Money) -> None:
    """Of an order on account so much; what is paid for otherwise needs none."""
    order = order_qs_select_for_update().filter(pk=as_uuid(order_id)).first()
    item = TransactionItem.objects.filter(order=order, name=NAME).first() if order else None
    if item is not None:
        _cover(order, item, total.amount)


def _cover(order: Any, item: Any, total: Decimal) -> None:
    """The order's row is written past the object that somebody is about to save."""
    others = TransactionItem.objects.filter(order=order).exclude(pk=item.pk)
    covered = others.aggregate(sum=Sum(F("authorized_value") + F("charged_value")))["sum"]
    _set(item, max(total - (covered or Decimal(0)) - item.charged_value, Decimal(0)), None)
    # Asked anew: what the order holds of them may have been read before.
    items = TransactionItem.objects.filter(order=order)
    update_order_authorize_data(order, order_transactions=items, with_save=False)
    told = {name: getattr(order, name) for name in SAID_OF_ORDER}
    Order.objects.filter(pk=order.pk).update(**told)


def _to_pay(checkout: Any) -> Any:
    """The checkout's total less its gift cards and what the buyer pays himself, recalculated
    where it has expired."""
    lines, _unavailable = fetch_checkout_lines(checkout)
    manager = get_plugins_manager(allow_replica=False)
    info = fetch_checkout_info(checkout, lines, manager)
    fetch_checkout_data(info, manager, lines, requestor=checkout.user).get()
    paid = SaleorMoney(_covered(checkout), checkout.currency)
    rest = checkout.total.gross - checkout.get_total_gift_cards_balance() - paid
    return max(rest, zero_money(checkout.currency))
