"""The desk's page «Качество базы»: how good 1C's base is, the report, and the report mended.

As with any spreadsheet: look first, then confirm; the file is kept between the two steps.
"""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.company.likeness import Reason
from b2b_overlay.history import recorded
from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.counterparties import LABELS
from onec_bridge.sync.mending import apply_mended, read_mended
from onec_bridge.sync.quality import Trouble, totals, write

from .problems import language
from .sheets import keep_file, kept_file

__all__ = ["confirm", "mended", "quality", "report"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk_page
def quality(request: PageRequest, pk: int) -> HttpResponse:
    """The totals, the report to download, and the form that takes it back."""
    connection = get_object_or_404(Connection, pk=pk)
    error = ""
    if request.method == "POST":
        kept, error = keep_file(request, connection)
        if kept is not None:
            return redirect("onec:mended", kept.pk)
    found = totals(connection)
    context = {
        "connection": connection,
        "totals": found,
        "troubles": [(each.label, found.troubles[each]) for each in Trouble],
        "wrong": [
            (label, found.wrong[name]) for name, label in LABELS.items() if found.wrong[name]
        ],
        "reasons": [(each.label, found.reasons[each]) for each in Reason if each in found.reasons],
        "error": error,
    }
    return render(request, "onec/sync/quality.html", context, status=400 if error else 200)


@desk_page
def report(request: PageRequest, pk: int) -> FileResponse:
    """The workbook, made now."""
    connection = get_object_or_404(Connection, pk=pk)
    body = BytesIO()
    write(connection, body)
    body.seek(0)
    name = f"Качество базы {connection.name} {timezone.localdate():%Y-%m-%d}.xlsx"
    response = FileResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@desk_page
def mended(request: PageRequest, pk: int) -> HttpResponse:
    """Which cells would change what. Nothing is saved."""
    kept = kept_file(pk)
    read = read_mended(kept.connection, BytesIO(bytes(kept.content)), kept.file_name)
    lang = language(request.language)
    context = {
        "sheet": kept,
        "connection": kept.connection,
        "read": read,
        "problems": [(p, p.text(lang), p.hint(lang)) for p in read.problems],
    }
    return render(request, "onec/sync/mended.html", context)


@desk_page
@require_POST
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Save the mended cells, and look anew for whom the mended are like."""
    with transaction.atomic():
        kept = kept_file(pk, lock=True)
        with recorded(request.who, "page", request.path, file=kept.file_name):
            read = apply_mended(kept.connection, BytesIO(bytes(kept.content)), kept.file_name)
        kept.delete()
    scan_changed(get_shop())
    text = ngettext(
        "%(count)s counterparty is mended.", "%(count)s counterparties are mended.", len(read.rows)
    )
    flash(request, text % {"count": len(read.rows)})
    return redirect("onec:quality", kept.connection_id)
