"""The desk's page that takes counterparties from a spreadsheet."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash
from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.sync.spreadsheet import apply_sheet, preview_sheet, read_sheet

from . import words
from .kept import confirmed, kept_file, show, take

__all__ = ["confirm", "sheet", "upload"]


@desk_page
def upload(request: PageRequest, pk: int) -> HttpResponse:
    """The form, and the file that it sends."""
    return take(request, pk, "onec/sync/upload.html", look="onec:sheet")


@desk_page
def sheet(request: PageRequest, pk: int) -> HttpResponse:
    """What would be done with each row. Nothing is saved."""
    kept = kept_file(pk)
    read = read_sheet(kept.opened(), kept.file_name)
    rows = preview_sheet(kept.connection, read)
    counts = Counter(outcome for _row, outcome in rows)
    counts["refused"] = read.refused
    return show(
        request,
        "onec/sync/sheet.html",
        kept,
        read,
        rows=[(row, outcome, words.OUTCOMES[outcome]) for row, outcome in rows],
        counts=[(label, counts[name]) for name, label in words.OUTCOMES.items() if counts[name]],
    )


@desk_page
@require_POST
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Save the rows that can be saved."""
    with confirmed(request, pk) as kept:
        counts = apply_sheet(kept.connection, read_sheet(kept.opened(), kept.file_name))
    scan_changed(get_shop())
    flash(request, words.in_words(counts))
    return redirect("b2b:counterparties")
