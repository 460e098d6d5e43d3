"""The desk's page that takes counterparties from a spreadsheet: look first, then apply.

Nothing is saved until it is confirmed. The file is kept between the two steps, and gone after.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.history import recorded
from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import Severity
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.models import CounterpartySheet
from onec_bridge.sync.spreadsheet import apply_sheet, preview_sheet, read_sheet

from . import words
from .problems import language

__all__ = ["confirm", "keep_file", "kept_file", "sheet", "upload"]

#: Bytes of the largest list worth taking; 50,000 counterparties fit.
LARGEST = 20 * 1024 * 1024
#: Sheets that nobody confirmed are dropped after this.
KEPT = timedelta(days=1)


@desk_page
def upload(request: PageRequest, pk: int) -> HttpResponse:
    """The form, and the file that it sends."""
    connection = get_object_or_404(Connection, pk=pk)
    if request.method != "POST":
        return render(request, "onec/sync/upload.html", {"connection": connection})
    kept, error = keep_file(request, connection)
    if kept is None:
        context = {"connection": connection, "error": error}
        return render(request, "onec/sync/upload.html", context, status=400)
    return redirect("onec:sheet", kept.pk)


def keep_file(request: PageRequest, connection: Connection) -> tuple[CounterpartySheet | None, str]:
    """The spreadsheet that a form sends, kept until it is confirmed; or why it isn't."""
    given = request.FILES.get("file")
    if given is None:
        return None, _("Choose a file.")
    if (given.size or 0) > LARGEST:
        return None, _("The file is too large: at most 20 MB.")
    CounterpartySheet.objects.filter(uploaded_at__lt=timezone.now() - KEPT).delete()
    kept = CounterpartySheet.objects.create(
        connection=connection,
        file_name=(given.name or "")[:255],
        content=given.read(),
        uploaded_by_id=request.who.pk,
    )
    return kept, ""


def kept_file(pk: int, *, lock: bool = False) -> CounterpartySheet:
    """What was kept; 404 where it was confirmed already, or nobody confirmed it in time."""
    kept = CounterpartySheet.objects.select_related("connection")
    return get_object_or_404(kept.select_for_update(of=("self",)) if lock else kept, pk=pk)


@desk_page
def sheet(request: PageRequest, pk: int) -> HttpResponse:
    """What would be done with each row. Nothing is saved."""
    kept = kept_file(pk)
    read = read_sheet(BytesIO(bytes(kept.content)), kept.file_name)
    lang = language(request.language)
    outcomes = [name.lower() for name in words.OUTCOMES]
    rows = preview_sheet(kept.connection, read)
    counts = {name: sum(outcome == name for _row, outcome in rows) for name in outcomes}
    counts["refused"] = read.refused
    context = {
        "sheet": kept,
        "connection": kept.connection,
        "rows": [(row, outcome, words.OUTCOMES[outcome]) for row, outcome in rows],
        "counts": [(words.OUTCOMES[name], number) for name, number in counts.items() if number],
        "problems": [(p, p.text(lang), p.hint(lang)) for p in read.problems],
        "is_readable": not any(p.severity is Severity.FATAL for p in read.problems),
    }
    return render(request, "onec/sync/sheet.html", context)


@desk_page
@require_POST
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Save the rows that can be saved."""
    with transaction.atomic():
        kept = kept_file(pk, lock=True)
        read = read_sheet(BytesIO(bytes(kept.content)), kept.file_name)
        with recorded(request.who, "page", request.path, file=kept.file_name):
            counts = apply_sheet(kept.connection, read)
        kept.delete()
    scan_changed(get_shop())
    flash(request, words.in_words(counts))
    return redirect("b2b:counterparties")
