"""The desk's page on 1C's takeover: what its first catalogue is of what spreadsheets brought."""

from __future__ import annotations

import time

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from onec_bridge.conf import conf
from onec_bridge.exchange import leftovers, taking_over, worker
from onec_bridge.exchange.lease import BusyError, hold
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.start.made import Way
from onec_bridge.sync.start.settings import asks_takeover, meanwhile_of

__all__ = ["agree", "takeover"]

WAYS = {
    Way.CODE: gettext_lazy("by 1C's code"),
    Way.ARTICLE: gettext_lazy("by article"),
    Way.NAME: gettext_lazy("by the whole name"),
    Way.BARCODE: gettext_lazy("by barcode"),
    Way.DOUBT: gettext_lazy("doubtful: will be asked"),
    Way.NONE: gettext_lazy("new goods"),
}


@desk_page
def takeover(request: PageRequest, pk: int) -> HttpResponse:
    """What matches, what is doubtful, and what only spreadsheets have."""
    connection = get_object_or_404(Connection, pk=pk)
    files = list(taking_over.waiting(connection))
    asks = asks_takeover(connection)
    foreseen = taking_over.foreseen(connection) if files and asks else None
    context = {
        "connection": connection,
        "files": files,
        "asks": asks,
        "foreseen": foreseen,
        "ways": [
            (label, foreseen.counts[way]) for way, label in WAYS.items() if foreseen.counts[way]
        ]
        if foreseen
        else [],
        "meanwhile": meanwhile_of(connection),
    }
    return render(request, "onec/start/takeover.html", context)


@desk_page
@require_POST
def agree(request: PageRequest, pk: int) -> HttpResponse:
    """1C may take over; what waits is imported, as far as a page's time goes."""
    connection = get_object_or_404(Connection, pk=pk)
    taking_over.agree(request.who, connection, gives_again="gives_again" in request.POST)
    file = taking_over.waiting(connection).first()
    if file is not None and not worker.call(file.session):
        try:
            with hold(file.session) as held:
                deadline = time.monotonic() + conf.time_budget
                leftovers.import_left(connection, held, deadline, at_once="catalog")
        except BusyError:
            flash(request, _("An exchange is under way; what waits is imported after it."), "info")
    if left := taking_over.waiting(connection).count():
        text = _("Files still to import: %(count)s. They go on at 1C's next call, or in cron.")
        flash(request, text % {"count": left}, "info")
    else:
        flash(request, _("1C has taken over what the spreadsheets brought."))
    return redirect("onec:matching", pk)
