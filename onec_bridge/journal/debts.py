"""The desk's page that takes взаиморасчёты from a spreadsheet: look first, then apply.

Beside the file the desk says as of when it is, and whether it has all debts: then whoever isn't
in it owes nothing.
"""

from __future__ import annotations

from io import BytesIO

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2b_overlay.cabinet.desk.forms import spell
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.history import recorded
from b2b_overlay.terms.settlements import Replaced
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.debts import apply_debts, read_debts
from onec_bridge.sync.models import CounterpartySheet

from .problems import language
from .sheets import keep_file, kept_file

__all__ = ["debts", "debts_sheet"]


class Told(forms.Form):
    """What the file itself doesn't say."""

    told_at = forms.DateTimeField(
        label=gettext_lazy("As of"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    whole = forms.BooleanField(
        label=gettext_lazy("The file has all debts: who isn't in it owes nothing"), required=False
    )


@desk_page
def debts(request: PageRequest, pk: int) -> HttpResponse:
    """The form, and the file that it sends."""
    connection = get_object_or_404(Connection, pk=pk)
    error = ""
    if request.method == "POST":
        kept, error = keep_file(request, connection)
        if kept is not None:
            return redirect("onec:debts_sheet", kept.pk)
    context = {"connection": connection, "error": error}
    return render(request, "onec/sync/debts.html", context, status=400 if error else 200)


@desk_page
def debts_sheet(request: PageRequest, pk: int) -> HttpResponse:
    """Whose debts the file tells; POST saves them."""
    kept = kept_file(pk)
    form = Told(request.POST or None, initial={"told_at": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        _tell(request, _saved(request, kept, form))
        return redirect("onec:debts", kept.connection_id)
    read = read_debts(kept.connection, BytesIO(bytes(kept.content)), kept.file_name)
    lang = language(request.language)
    for error in spell(form):
        flash(request, error, "error")
    context = {
        "sheet": kept,
        "connection": kept.connection,
        "read": read,
        "form": form,
        "problems": [(p, p.text(lang), p.hint(lang)) for p in read.problems],
    }
    return render(
        request, "onec/sync/debts_sheet.html", context, status=422 if form.errors else 200
    )


def _saved(request: PageRequest, kept: CounterpartySheet, form: Told) -> Replaced:
    with transaction.atomic(), recorded(request.who, "page", request.path, file=kept.file_name):
        kept = kept_file(kept.pk, lock=True)
        read = read_debts(kept.connection, BytesIO(bytes(kept.content)), kept.file_name)
        done = apply_debts(
            kept.connection,
            read,
            told_at=form.cleaned_data["told_at"],
            source=kept.file_name,
            whole=form.cleaned_data["whole"],
        )
        kept.delete()
    return done


def _tell(request: PageRequest, done: Replaced) -> None:
    text = ngettext(
        "Debts of %(count)s counterparty are saved.",
        "Debts of %(count)s counterparties are saved.",
        done.told,
    )
    flash(request, text % {"count": done.told})
    if done.older:
        flash(
            request,
            _("Of %(count)s newer debts are known: those stay.") % {"count": len(done.older)},
            "info",
        )
