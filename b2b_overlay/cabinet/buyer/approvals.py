"""Orders over a buyer's limit: the buyer asks at the checkout, an approver decides here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.ordering import approval as actions
from b2b_overlay.ordering.models import Approval
from b2b_overlay.shop import Refused

from .catalogue import number
from .checkout import has_ended
from .frame import show

__all__ = ["approvals", "ask", "decide", "take_back"]

#: As many decided ones as the page remembers.
REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the approver reads it."""

    row: Approval
    total: Money
    #: What stands in the sum besides the lines.
    delivery: Money


def read(row: Approval) -> Asked:
    lines = sum((Decimal(line["total"]) for line in row.lines), Decimal(0))
    total = Money(row.total, row.currency)
    return Asked(row, total, total - Money(lines, row.currency))


@buyer_page
def approvals(request: PageRequest) -> HttpResponse:
    """What waits for his word, and what was decided lately."""
    return _show(request)


def _show(request: PageRequest, status: int = 200) -> HttpResponse:
    rows = actions.to_decide(request.who).select_related(
        "buyer__user", "legal_entity", "decided_by", "order"
    )
    waiting = actions.settle(request.shop, rows.filter(state=Approval.State.WAITING))
    decided = rows.exclude(state=Approval.State.WAITING).order_by("-decided_at", "-pk")
    context = {
        "waiting": [read(row) for row in waiting],
        "decided": [read(row) for row in decided[:REMEMBERED]],
        "reasons": {number(request.POST.get("approval"), 0): request.POST.get("reason", "")},
    }
    return show(request, "b2b/buyer/approvals.html", context, status=status)


@buyer_page
@require_POST
def decide(request: PageRequest, pk: int) -> HttpResponse:
    """The button ``yes`` confirms and places the order; ``no`` refuses, with a ``reason``."""
    yes = "yes" in request.POST
    try:
        done = actions.decide(
            request.shop, request.who, pk, yes, reason=request.POST.get("reason", "")
        )
    except Refused as refused:
        flash(request, "\n".join(r.message for r in refused.refusals), "error")
        return _show(request, status=422)
    if done.order is not None:
        text = _("Confirmed: order No. %(number)s is placed for %(name)s.")
        flash(request, text % {"number": done.order.number, "name": done.buyer.called})
    else:
        flash(request, _("Refused: %(name)s sees why.") % {"name": done.buyer.called})
    return redirect("b2b:approvals")


@buyer_page
@require_POST
def ask(request: PageRequest) -> HttpResponse:
    """The checkout's button of a buyer whose cart is over his limit."""
    try:
        shown: Decimal | None = Decimal(request.POST.get("shown", ""))
    except InvalidOperation:
        shown = None
    try:
        asked = actions.ask(
            request.shop,
            request.who,
            request.POST.get("checkout", ""),
            number(request.POST.get("legal_entity"), 0),
            shown_total=shown,
            comment=request.POST.get("comment", ""),
        )
    except Refused as refused:
        flash(request, "\n".join(r.message for r in refused.refusals), "error")
        return redirect("b2b:checkout")
    except LegalEntity.DoesNotExist:
        if not has_ended(request):
            raise
        return redirect("b2b:cart")
    text = _("Your order for %(entity)s waits for confirmation.")
    flash(request, text % {"entity": asked.legal_entity.name})
    return redirect("b2b:checkout")


@buyer_page
@require_POST
def take_back(request: PageRequest, pk: int) -> HttpResponse:
    """The buyer asks no longer."""
    try:
        actions.take_back(request.who, pk)
    except Refused as refused:
        flash(request, str(refused), "error")
    else:
        flash(request, _("Nobody is asked any more: the cart is yours to change."), "info")
    return redirect("b2b:checkout")
