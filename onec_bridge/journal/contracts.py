"""The desk's page that takes contracts and managers from a spreadsheet."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash
from onec_bridge.sync.contract_sheet import apply_contracts, preview, read_contracts

from . import words
from .kept import confirmed, kept_file, show, take

__all__ = ["contracts", "contracts_confirm", "contracts_sheet"]


@desk_page
def contracts(request: PageRequest, pk: int) -> HttpResponse:
    """The form, and the file that it sends."""
    return take(request, pk, "onec/sync/contracts.html", look="onec:contracts_sheet")


@desk_page
def contracts_sheet(request: PageRequest, pk: int) -> HttpResponse:
    """What would be done with each row. Nothing is saved."""
    kept = kept_file(pk)
    read = read_contracts(kept.connection, kept.opened(), kept.file_name)
    rows = [
        (each, words.OUTCOMES[each.outcome.name.lower()]) for each in preview(kept.connection, read)
    ]
    return show(request, "onec/sync/contracts_sheet.html", kept, read, rows=rows)


@desk_page
@require_POST
def contracts_confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Save the rows that can be saved."""
    with confirmed(request, pk) as kept:
        read = read_contracts(kept.connection, kept.opened(), kept.file_name)
        saved = apply_contracts(kept.connection, read)
    counts = Counter(each.outcome.name.lower() for each in saved)
    flash(request, words.in_words({"contract": counts}))
    if any(each.differs for each in saved):
        flash(request, _("What was changed here too waits for a decision."), "warning")
    return redirect("onec:contracts", kept.connection_id)
