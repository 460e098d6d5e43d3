"""What was changed both here and in 1C: both sides beside each other, one press for either."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import (
    PageRequest,
    desk_page,
    flash,
    flash_refused,
    next_url,
    render,
)
from b2b_overlay.company import differences
from b2b_overlay.company.models import Difference
from b2b_overlay.ordering import corrections
from b2b_overlay.ordering.differences import shown, take_ours, take_theirs
from b2b_overlay.ordering.models import OrderCorrection
from b2b_overlay.shop import Refused

from .forms import page_of

__all__ = ["decide", "decide_order", "differences_page"]


@desk_page
def differences_page(request: PageRequest) -> HttpResponse:
    """Everything that waits for a decision: terms and companies, then orders."""
    page = page_of(request, differences.waiting())
    context = {
        **page,
        "rows": shown(page["rows"]),
        "orders": corrections.waiting().select_related("order__company", "order__legal_entity"),
    }
    return render(request, "b2b/desk/differences.html", context)


@desk_page
@require_POST
def decide(request: PageRequest, pk: int) -> HttpResponse:
    """``take``: ``theirs`` or ``ours``."""
    row = get_object_or_404(Difference, pk=pk)
    try:
        if request.POST.get("take") == "theirs":
            take_theirs(request.shop, request.who, row)
            flash(request, _("It is as in 1C now."))
        else:
            take_ours(request.who, row)
            flash(request, _("It stays as it is here. Tell 1C's people to change it there."))
    except Refused as refused:
        flash_refused(request, refused)
    return redirect(next_url(request, "b2b:differences"))


@desk_page
@require_POST
def decide_order(request: PageRequest, pk: int) -> HttpResponse:
    """The same of an order that 1C changed."""
    row = get_object_or_404(OrderCorrection.objects.select_related("order"), pk=pk)
    try:
        if request.POST.get("take") == "theirs":
            corrections.take(request.shop, request.who, row)
            flash(request, _("The order is as in 1C now; the buyer sees it so."))
        else:
            corrections.keep(request.who, row)
            flash(request, _("The order stays as ordered, and goes to 1C again."))
    except Refused as refused:
        flash_refused(request, refused)
    return redirect("b2b:desk_order", row.order.order_id)
