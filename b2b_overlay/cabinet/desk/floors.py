"""Floors of prices: everyone at the desk sees them, those who watch over prices change them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company import access
from b2b_overlay.money import to_amount
from b2b_overlay.pricing.floors import save_floor
from b2b_overlay.pricing.models import Floor, PriceList
from b2b_overlay.shop import Refusal, Refused

from .forms import ids

__all__ = ["floors", "save"]


@desk_page
def floors(request: PageRequest) -> HttpResponse:
    context = {
        "rows": Floor.objects.select_related("price_list"),
        "may_change": access.oversees(request.who),
        "lists": PriceList.objects.exclude(assignments__is_individual=True),
    }
    return render(request, "b2b/desk/floors.html", context)


@desk_page
@require_POST
def save(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Make one, change one, switch it off or on."""
    known = get_object_or_404(Floor, pk=pk) if pk else None
    try:
        save_floor(
            request.who,
            known,
            name=request.POST.get("name", ""),
            price_list=_list(request),
            percent=_percent(request),
            is_active=request.POST.get("active") == "1",
        )
    except Refused as refused:
        flash_refused(request, refused)
    else:
        flash(request, _("The floor is saved; it holds at once."))
    return redirect("b2b:floors")


def _list(request: PageRequest) -> PriceList | None:
    """What it is reckoned from; ``retail``: the shop's own prices."""
    chosen = request.POST.get("list", "")
    if chosen == "retail":
        return None
    found = PriceList.objects.filter(pk__in=ids([chosen])).first()
    if found is None:
        raise Refused(Refusal("REQUIRED", _("Choose what the floor is reckoned from.")))
    return found


def _percent(request: PageRequest) -> Decimal:
    try:
        # «−10 %», as people write it.
        text = request.POST.get("percent", "").replace("−", "-").replace("%", "")
        found = to_amount(text or "0")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused(Refusal("INVALID", _("Write the percentage as a number.")))
    return found
