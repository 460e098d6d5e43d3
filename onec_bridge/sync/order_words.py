"""1C's words about an order, as the overlay's: operations, and stages by status.

Rules: a connection's own words come first (its page «Статусы»), then those that УТ 11, УНФ and
the 1C-Bitrix module are known to use; a word nobody knows is shown as it is, and says nothing
of how far the order has come.
"""

from __future__ import annotations

from collections.abc import Mapping

from b2b_overlay.ordering.models import OrderPaper, Stage

__all__ = ["ORDERS", "PAPERS", "STAGES", "paper_kind", "spelled", "stage_of"]

_KIND = OrderPaper.Kind

#: ХозОперация (format.md, section 5) → what it is of an order.
PAPERS: Mapping[str, str] = {
    "отпуск товара": _KIND.SHIPMENT,
    "передача прав": _KIND.SHIPMENT,
    "передача товара на комиссию": _KIND.SHIPMENT,
    "выплата безналичных денег": _KIND.PAYMENT,
    "выплата наличных денег": _KIND.PAYMENT,
    "эквайринговая операция": _KIND.PAYMENT,
    "возврат товара": _KIND.RETURN,
    "возврат комиссионного товара": _KIND.RETURN,
    "возврат наличных денег": _KIND.REFUND,
    "возврат безналичных денег": _KIND.REFUND,
    "счет-фактура": _KIND.OTHER,
    "счет на оплату": _KIND.OTHER,
    "отчет о продажах комиссионного товара": _KIND.OTHER,
    "отчет о списании комиссионного товара": _KIND.OTHER,
    "переоценка товаров": _KIND.OTHER,
    "прочие": _KIND.OTHER,
}
#: What is said of the order itself.
ORDERS = ("", "заказ товара")

STAGES: Mapping[str, str] = {
    # УТ 11, КА, ERP
    "не согласован": "",
    "на согласовании": "",
    "согласован": Stage.ACCEPTED,
    "к обеспечению": Stage.IN_WORK,
    "к выполнению": Stage.IN_WORK,
    "в резерве": Stage.IN_WORK,
    "ожидается оплата": Stage.ACCEPTED,
    "готов к отгрузке": Stage.READY,
    "к отгрузке": Stage.READY,
    "в процессе отгрузки": Stage.READY,
    "отгружен": Stage.SHIPPED,
    "закрыт": Stage.CLOSED,
    # УНФ
    "открыт": Stage.ACCEPTED,
    "в работе": Stage.IN_WORK,
    "выполнен": Stage.CLOSED,
    "завершен": Stage.CLOSED,
    # the 1C-Bitrix module
    "n": Stage.ACCEPTED,
    "принят": Stage.ACCEPTED,
    "p": Stage.IN_WORK,
    "оплачен, формируется к отправке": Stage.IN_WORK,
    "f": Stage.CLOSED,
    "отменен": Stage.CANCELLED,
    "аннулирован": Stage.CANCELLED,
}


def spelled(status: str) -> str:
    """A status as it is compared.

    >>> spelled("[N] Принят"), spelled(" Отменён")
    ('принят', 'отменен')
    """
    text = status.strip().lower().replace("ё", "е")
    inside, bracket, rest = text.partition("]")
    return rest.strip() if bracket and inside.startswith("[") and rest.strip() else text


def stage_of(status: str, own: Mapping[str, str]) -> str:
    """How far that is; empty: not known."""
    word = spelled(status)
    return own[word] if word in own else STAGES.get(word, "")


def paper_kind(operation: str | None) -> str | None:
    """What a document is of an order; None: it is the order itself, or nothing we know."""
    return PAPERS.get((operation or "").strip().lower().replace("ё", "е"))
