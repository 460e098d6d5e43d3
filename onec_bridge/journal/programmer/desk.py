"""The desk's part: give 1C's programmer his page, a new password for it, or take it back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from onec_bridge.exchange.models import Connection

from .access import address_of, give_access, revoke_access

__all__ = ["programmer_give", "programmer_revoke"]


@desk_page
@require_POST
def programmer_give(request: PageRequest, pk: int) -> HttpResponse:
    """A page with a password, or a new password: shown in this answer and never again."""
    connection = get_object_or_404(Connection, pk=pk)
    access, password = give_access(connection)
    address = request.build_absolute_uri(address_of(access))
    context = {"connection": connection, "address": address, "password": password}
    return render(request, "onec/programmer_given.html", context)


@desk_page
@require_POST
def programmer_revoke(request: PageRequest, pk: int) -> HttpResponse:
    """The link leads nowhere any more."""
    connection = get_object_or_404(Connection, pk=pk)
    revoke_access(connection)
    flash(request, _("The programmer's page is closed: the link leads nowhere any more."))
    return redirect("onec:connection", connection.pk)
