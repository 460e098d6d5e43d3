"""The desk's page «Качество базы»: how good 1C's base is, the report, and the report mended."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.buyer.price_sheet import XLSX
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash
from b2b_overlay.company.likeness import Reason
from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.counterparties import LABELS
from onec_bridge.sync.mending import apply_mended, read_mended
from onec_bridge.sync.quality import Trouble, totals, write

from .kept import confirmed, kept_file, show, take

__all__ = ["confirm", "mended", "quality", "report"]


@desk_page
def quality(request: PageRequest, pk: int) -> HttpResponse:
    """The totals, the report to download, and the form that takes it back."""
    return take(request, pk, "onec/sync/quality.html", look="onec:mended", more=_totals)


def _totals(connection: Connection) -> dict[str, Any]:
    found = totals(connection)
    return {
        "totals": found,
        "troubles": [(each.label, found.troubles[each]) for each in Trouble],
        "wrong": [
            (label, found.wrong[name]) for name, label in LABELS.items() if found.wrong[name]
        ],
        "reasons": [(each.label, found.reasons[each]) for each in Reason if each in found.reasons],
    }


@desk_page
def report(request: PageRequest, pk: int) -> FileResponse:
    """The workbook, made now."""
    connection = get_object_or_404(Connection, pk=pk)
    body = BytesIO()
    write(connection, body)
    body.seek(0)
    name = f"Качество базы {connection.name} {timezone.localdate():%Y-%m-%d}.xlsx"
    return FileResponse(body, as_attachment=True, filename=name, content_type=XLSX)


@desk_page
def mended(request: PageRequest, pk: int) -> HttpResponse:
    """Which cells would change what. Nothing is saved."""
    kept = kept_file(pk)
    read = read_mended(kept.connection, kept.opened(), kept.file_name)
    return show(request, "onec/sync/mended.html", kept, read)


@desk_page
@require_POST
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Save the mended cells, and look anew for whom the mended are like."""
    with confirmed(request, pk) as kept:
        read = apply_mended(kept.connection, kept.opened(), kept.file_name)
    scan_changed(get_shop())
    text = ngettext(
        "%(count)s counterparty is mended.", "%(count)s counterparties are mended.", len(read.rows)
    )
    flash(request, text % {"count": len(read.rows)})
    return redirect("onec:quality", kept.connection_id)
