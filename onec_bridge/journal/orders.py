"""The desk's pages on orders bound for 1C: which wait, which are held and why, and as XML."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from onec_bridge.commerceml.writer import write_orders
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.late_changes import changed_late
from onec_bridge.sync.orders_out import waiting_orders
from onec_bridge.sync.retail_out import ready_retail, waiting_retail

from .problems import language

__all__ = ["orders", "orders_xml"]


@desk_page
def orders(request: PageRequest, pk: int) -> HttpResponse:
    """What this 1C hasn't stored yet. Looking at it gives nothing away to 1C."""
    connection = get_object_or_404(Connection, pk=pk)
    lang = language(request.language)
    context = {
        "connection": connection,
        "rows": [
            (export, [(problem.text(lang), problem.hint(lang)) for problem in problems])
            for export, _documents, problems in waiting_orders(connection)
        ],
        "changed_late": changed_late(connection),
        "retail": [
            (export, placed, [(problem.text(lang), problem.hint(lang)) for problem in problems])
            for export, placed, _documents, problems in waiting_retail(connection)
        ],
    }
    return render(request, "onec/orders.html", context)


@desk_page
def orders_xml(request: PageRequest, pk: int) -> HttpResponse:
    """The document that 1C would get now, without the orders that are held."""
    connection = get_object_or_404(Connection, pk=pk)
    documents = [
        document
        for _export, found, problems in waiting_orders(connection)
        if not problems
        for document in found
    ]
    documents += ready_retail(connection)
    body = write_orders(documents, generated_at=timezone.localtime())
    response = HttpResponse(b"".join(body), content_type="text/xml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="orders.xml"'
    return response
