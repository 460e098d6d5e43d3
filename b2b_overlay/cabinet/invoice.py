"""What the buyer's page and the desk's share of an invoice: the document, its payment code, and the
order's lines as a spreadsheet.

The document is in Russian whatever the reader's language: it is for an accountant in Russia.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.ordering.invoice import Invoice, invoice_for, line_of
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import orders_for
from b2b_overlay.sheets import BookWriter
from b2b_overlay.shop import Refused

__all__ = ["sheet", "shown"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(user: access.User, order_id: str) -> dict[str, Any]:
    """What either page shows: the order, and its invoice or why there is none."""
    context: dict[str, Any] = {"order": get_object_or_404(orders_for(user), order_id=order_id)}
    try:
        context["document"] = _document(invoice_for(user, order_id))
    except Refused as refused:
        context["problem"] = str(refused)
    return context


def _document(invoice: Invoice) -> SafeString:
    """The invoice itself, to be put into a page."""
    with translation.override("ru"):
        context = {"invoice": invoice, "picture": _picture(invoice.code)}
        return render_to_string("b2b/_invoice.html", context)


def _picture(code: str) -> SafeString | None:
    if not code:
        return None
    picture = segno.make(code, error="m", micro=False, encoding="utf-8").svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(picture)  # noqa: S308 - segno's own, of modules only


def sheet(order: WholesaleOrder) -> HttpResponse:
    """The lines as they were agreed, to be opened in Excel or loaded into the buyer's own 1C."""
    header = [
        _("No."),
        _("Article"),
        _("Good"),
        _("Quantity"),
        _("Unit"),
        _("Price"),
        _("VAT rate"),
        _("VAT"),
        _("Sum"),
        _("Currency"),
    ]
    name = _("Order %(number)s") % {"number": order.number}
    book = BookWriter(name, header, wide=(2,), money=(5, 7, 8))
    for line in (line_of(order, row) for row in order.lines.all()):
        rate = None if line.vat_rate is None else f"{line.vat_rate.normalize():f} %"
        book.add(
            [
                line.position,
                line.article,
                line.name,
                line.quantity,
                line.unit,
                line.price.amount,
                _("without VAT") if line.is_vat_exempt else rate,
                line.vat.amount,
                line.total.amount,
                order.currency,
            ]
        )
    content = BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=_XLSX)
    day = timezone.localdate(order.placed_at)
    file = f"order-{order.number}-{day:%Y-%m-%d}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
