"""Rates of exchange at the desk: what is known, one more, a file, one taken back."""

from __future__ import annotations

import datetime as dt
from decimal import InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.money import to_amount
from b2b_overlay.pricing.models import Rate
from b2b_overlay.pricing.rate_files import LARGEST, read_rates
from b2b_overlay.pricing.rates import RateRow, delete_rate, save_rate, take_rates
from b2b_overlay.shop import Refusal, Refused

from .forms import page_of

__all__ = ["delete", "rates"]


@desk_page
def rates(request: PageRequest) -> HttpResponse:
    """All rates, the newest first; the forms."""
    if request.method == "POST" and _taken(request):
        return redirect("b2b:rates")
    context = {
        **page_of(request, Rate.objects.order_by("-day", "currency", "to")),
        "today": timezone.localdate().isoformat(),
        "typed": request.POST,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/rates.html", context, status=status)


def _taken(request: PageRequest) -> bool:
    try:
        said = _from_file(request) if "file" in request.FILES else _from_form(request)
    except Refused as refused:
        flash_refused(request, refused)
        return False
    flash(request, said)
    return True


def _from_file(request: PageRequest) -> str:
    given: Any = request.FILES["file"]
    if (given.size or 0) > LARGEST:
        raise Refused(Refusal("INVALID", _("The file is too large: at most 5 MB.")))
    count = take_rates(request.who, read_rates(given.read(), request.channel.currency))
    if not count:
        return _("All rates of the file are known already.")
    text = ngettext("%(count)s rate is taken.", "%(count)s rates are taken.", count)
    return text % {"count": count}


def _from_form(request: PageRequest) -> str:
    data = request.POST
    try:
        day = dt.date.fromisoformat(data.get("day", ""))
        rate = to_amount(data.get("rate", ""))
    except (InvalidOperation, ValueError) as error:
        text = _("Write the rate as a number, and choose the day.")
        raise Refused(Refusal("INVALID", text)) from error
    currency, to = (data.get(name, "").strip().upper() for name in ("currency", "to"))
    save_rate(request.who, RateRow(currency, to or request.channel.currency, day, rate))
    return _("The rate is saved.")


@desk_page
@require_POST
def delete(request: PageRequest, pk: int) -> HttpResponse:
    try:
        delete_rate(request.who, get_object_or_404(Rate, pk=pk))
        flash(request, _("The rate is taken back."))
    except Refused as refused:
        flash_refused(request, refused)
    return redirect("b2b:rates")
