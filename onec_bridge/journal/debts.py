"""The desk's page that takes взаиморасчёты from a spreadsheet.

Beside the file the desk says as of when it is, and whether it has all debts: then whoever isn't
in it owes nothing.
"""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2b_overlay.cabinet.desk.forms import spell
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash
from b2b_overlay.terms.settlements import Replaced
from onec_bridge.sync.debts import apply_debts, read_debts

from .kept import confirmed, kept_file, show, take

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
    return take(request, pk, "onec/sync/debts.html", look="onec:debts_sheet")


@desk_page
def debts_sheet(request: PageRequest, pk: int) -> HttpResponse:
    """Whose debts the file tells; POST saves them."""
    kept = kept_file(pk)
    form = Told(request.POST or None, initial={"told_at": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        with confirmed(request, pk) as kept:
            read = read_debts(kept.connection, kept.opened(), kept.file_name)
            done = apply_debts(kept.connection, read, source=kept.file_name, **form.cleaned_data)
        _tell(request, done)
        return redirect("onec:debts", kept.connection_id)
    read = read_debts(kept.connection, kept.opened(), kept.file_name)
    for error in spell(form):
        flash(request, error, "error")
    status = 422 if form.errors else 200
    return show(request, "onec/sync/debts_sheet.html", kept, read, status=status, form=form)


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
