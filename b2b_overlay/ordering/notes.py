"""What the shop's staff and its other programs read of a wholesale order on the shop's own order
(Saleor: private metadata). Nothing of ours is ever read back from there.

What was agreed is there from the moment the order is (:func:`of_cart`), what 1C tells of it as
soon as it tells (:func:`told`), what a change of the staff's left open as soon as it is followed
(:func:`followed`). An empty value has no note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from b2b_overlay.shop import Channel, Shop

from . import orders
from .models import WholesaleOrder

__all__ = ["AGREED", "FOLLOWED", "TOLD", "Note", "followed", "of_cart", "told"]

#: What it means, and how it is read.
Note = tuple[str, Callable[[WholesaleOrder], str]]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


AGREED: Mapping[str, Note] = {
    "b2b.company": ("the company", lambda order: str(order.company)),
    "b2b.legal_entity": ("its legal entity, which pays", lambda order: order.legal_entity.name),
    "b2b.legal_entity_inn": ("the INN", lambda order: order.legal_entity.inn),
    "b2b.legal_entity_kpp": ("the KPP", lambda order: order.legal_entity.kpp),
    "b2b.consignee": (
        "who gets the goods, where that is another legal entity",
        lambda order: order.consignee.name if order.consignee else "",
    ),
    "b2b.consignee_inn": (
        "its INN",
        lambda order: order.consignee.inn if order.consignee else "",
    ),
    "b2b.contract": (
        "the contract in words, in the buyer's language",
        lambda order: str(order.contract or ""),
    ),
    "b2b.payment": ("`on_account` or `prepaid`", lambda order: order.payment),
    "b2b.payment_days": (
        "the payment term: calendar days",
        lambda order: str(order.contract.payment_days) if order.contract else "",
    ),
    "b2b.due_date": ("the day to pay by, ISO 8601", lambda order: _day(order.due_date)),
}

FOLLOWED: Mapping[str, Note] = {
    "b2b.not_authorised": (
        "so much of the sum isn't good on account: the staff's change took it over the limit",
        lambda order: str(order.not_authorised) if order.not_authorised else "",
    ),
}

TOLD: Mapping[str, Note] = {
    "b2b.onec_number": ("1C's own number; of several documents all", lambda o: o.onec_number),
    "b2b.onec_date": ("1C's own date", lambda order: _day(order.onec_date)),
    "b2b.onec_status": ("the status by 1C's own words", lambda order: order.onec_status),
    "b2b.onec_stage": (
        "how far that is: `accepted`, `in_work`, `ready`, `shipped`, `closed`, `cancelled`",
        lambda order: order.stage,
    ),
    "b2b.paid_at": ("since when 1C says that it is paid", lambda order: _day(order.paid_at)),
    "b2b.shipped_at": ("since when it is shipped", lambda order: _day(order.shipped_at)),
    "b2b.is_cancelled": (
        "`true`: cancelled in 1C or here",
        lambda order: "true" if order.is_cancelled else "",
    ),
}


def of_cart(checkout_id: str, channel: Channel) -> dict[str, str]:
    """The notes of the order that a cart is becoming; none of a retail one."""
    order = orders.ahead(checkout_id, channel)
    found = _read(AGREED, order) if order else {}
    return {key: text for key, text in found.items() if text}


def followed(shop: Shop, order: WholesaleOrder) -> None:
    """The shop's staff have changed this order. Called within the transaction that follows it."""
    shop.orders.note({order.order_id: _read(FOLLOWED, order)})


def told(shop: Shop, order_pks: Iterable[int]) -> None:
    """1C has told something of these orders: the shop's own say so too. Called within the
    transaction that keeps it."""
    rows = WholesaleOrder.objects.filter(pk__in=list(order_pks))
    if notes := {order.order_id: _read(TOLD, order) for order in rows}:
        shop.orders.note(notes)


def _read(notes: Mapping[str, Note], order: WholesaleOrder) -> dict[str, str]:
    return {key: read(order) for key, (_meaning, read) in notes.items()}
