"""What the desk does about an exchange: replay it, and answer what absent goods are to become."""

from __future__ import annotations

import time

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash
from onec_bridge.conf import conf
from onec_bridge.exchange import absent
from onec_bridge.exchange.lease import BusyError
from onec_bridge.exchange.models import AbsentGoods, Session
from onec_bridge.exchange.replay import NothingKeptError, replay

__all__ = ["decide_absent", "replay_exchange"]


@desk_page
@require_POST
def replay_exchange(request: PageRequest, pk: int) -> HttpResponse:
    """Import its files again, and those of the exchanges after it."""
    session = get_object_or_404(Session, pk=pk, purpose=Session.Purpose.LIVE)
    try:
        begun = replay(session, alone=request.POST.get("alone") == "yes")
    except NothingKeptError:
        flash(request, _("None of its files is kept any more."), "error")
        return redirect("onec:exchange_page", pk)
    flash(request, _("The files are being imported again; here is what came of them so far."))
    return redirect("onec:exchange_page", begun[0].pk)


@desk_page
@require_POST
def decide_absent(request: PageRequest, pk: int) -> HttpResponse:
    """Goods that a full export didn't bring: off sale, or left."""
    found = get_object_or_404(AbsentGoods, session=pk)
    take = request.POST.get("decision") == "take"
    deadline = time.monotonic() + conf.time_budget
    try:
        found = absent.decide(found, take, request.who, deadline)
    except BusyError:
        flash(request, _("An exchange of this 1C is under way; decide when it is over."), "error")
    else:
        flash(request, str(found.get_state_display()).capitalize())
    return redirect("onec:exchange_page", pk)
