"""The lists that УНФ asks for to fill its mapping form: statuses, pay systems, delivery.

The element of statuses begins with a Latin C, as the 1C-Bitrix site writes it and its clients
expect it; pay systems stand there even when there are none (protocol, section 6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from b2b_overlay.terms.models import Contract

__all__ = ["lists"]

#: What an order of ours can be; the words 1C sends back in «Статус заказа».
STATUSES: Mapping[str, str] = {
    "placed": "Не согласован",
    "accepted": "К обеспечению",
    "paid": "Оплачен",
    "shipped": "Отгружен",
    "cancelled": "Отменён",
}
PAYMENTS: Mapping[str, str] = {
    Contract.Payment.PREPAID.value: "Предоплата",
    Contract.Payment.ON_ACCOUNT.value: "Отсрочка платежа",
}


def lists(encoding: str) -> Iterator[bytes]:
    """The document, in Russian whatever the language of the site: it goes into 1C."""
    text = "".join(
        (
            f'<?xml version="1.0" encoding="{encoding}"?>\n<Справочник>\n',
            _list("Cтатусы", STATUSES),
            _list("ПлатежныеСистемы", PAYMENTS),
            _list("СлужбыДоставки", {}),
            "</Справочник>",
        )
    )
    yield text.encode(encoding, "xmlcharrefreplace")


def _list(element: str, rows: Mapping[str, str]) -> str:
    items = "".join(
        f"<Элемент><Ид>{escape(key)}</Ид><Название>{escape(name)}</Название></Элемент>\n"
        for key, name in rows.items()
    )
    return f"<{element}>\n{items}</{element}>\n"
