"""The switch: B2B on and off for one customer or several, where they are listed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, next_url
from b2b_overlay.ordering.switch import switch_many

from .forms import ids

__all__ = ["switch"]


@desk_page
@require_POST
def switch(request: PageRequest) -> HttpResponse:
    """``company`` as often as there are companies; ``on`` is 1 or 0."""
    wanted, on = ids(request.POST.getlist("company")), request.POST.get("on")
    if not wanted or on not in ("0", "1"):
        flash(request, _("Pick the companies first."), "error")
        return redirect(next_url(request, "b2b:companies"))
    switched = switch_many(request.shop, request.who, wanted, on == "1")
    flash(request, _told(len(switched), [company.name for company in switched], on == "1"))
    return redirect(next_url(request, "b2b:companies"))


def _told(count: int, names: list[str], on: bool) -> str:
    if count == 0:
        return _("Wholesale was on already.") if on else _("Wholesale was off already.")
    if count == 1:
        text = (
            _("Wholesale is on for %(name)s.")
            if on
            else _("Wholesale is off for %(name)s: its buyers are retail customers again.")
        )
        return text % {"name": names[0]}
    if on:
        text = ngettext(
            "Wholesale is on for %(count)s company.",
            "Wholesale is on for %(count)s companies.",
            count,
        )
    else:
        text = ngettext(
            "Wholesale is off for %(count)s company: its buyers are retail customers again.",
            "Wholesale is off for %(count)s companies: their buyers are retail customers again.",
            count,
        )
    return text % {"count": count}
