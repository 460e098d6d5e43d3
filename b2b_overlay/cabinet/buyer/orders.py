"""The buyer's orders: the list, one order with what 1C told of it, and once more."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash
from b2b_overlay.money import Money
from b2b_overlay.ordering import approval
from b2b_overlay.ordering.corrections import correction_of
from b2b_overlay.ordering.models import Approval, WholesaleOrder
from b2b_overlay.ordering.orders import orders_for, record_missing
from b2b_overlay.ordering.repeat import repeat as repeat_order
from b2b_overlay.ordering.rewriting import changed_since_placed
from b2b_overlay.ordering.shops_changes import up_to_date
from b2b_overlay.quantities import Quantity, as_quantity
from b2b_overlay.shop import PlacedOrder

from .approvals import Asked, read
from .catalogue import number
from .frame import show

__all__ = ["order", "orders", "repeat"]

PAGE = 25
#: As many problems as a message names one by one.
NAMED = 8
#: How long a refusal is worth reading.
REFUSALS_SHOWN = timedelta(days=7)


@buyer_page
def orders(request: PageRequest) -> HttpResponse:
    """Wholesale orders he may see, and his own retail ones."""
    record_missing(request.shop, request.who)
    page = number(request.GET.get("page"), 1)
    wholesale = orders_for(request.who)
    total = wholesale.count()
    context = {
        "orders": wholesale.select_related("legal_entity", "user")[(page - 1) * PAGE : page * PAGE],
        "asked": _asked(request) if page == 1 else [],
        "retail": _retail(request) if page == 1 else [],
        "page": page,
        "pages": -(-total // PAGE),
    }
    return show(request, "b2b/buyer/orders.html", context)


def _asked(request: PageRequest) -> list[Asked]:
    """What he has asked an approver for, and isn't an order yet: waiting, or refused lately."""
    own = approval.approvals_for(request.who).filter(buyer__user=request.who.pk)
    rows = own.select_related("buyer", "legal_entity")
    waiting = approval.settle(request.shop, rows.filter(state=Approval.State.WAITING))
    since = timezone.now() - REFUSALS_SHOWN
    refused = rows.filter(state=Approval.State.REFUSED, decided_at__gte=since)
    return [read(row) for row in [*waiting, *refused]]


def _retail(request: PageRequest) -> list[PlacedOrder]:
    ids = request.shop.orders.of_user(int(request.who.pk))
    known = set(WholesaleOrder.objects.filter(order_id__in=ids).values_list("order_id", flat=True))
    found = request.shop.orders.get([pk for pk in ids if pk not in known])
    return [found[pk] for pk in ids if pk in found]


@buyer_page
def order(request: PageRequest, order_id: str) -> HttpResponse:
    """A wholesale order he may see, or a retail order of his own."""
    wholesale = (
        orders_for(request.who)
        .filter(order_id=order_id)
        .select_related("legal_entity", "company", "contract", "user")
        .first()
    )
    if wholesale is not None:
        up_to_date(request.shop, wholesale)
        lines = list(wholesale.lines.all())
        zero = Money.zero(wholesale.currency)
        vat = sum((Money(line.vat, wholesale.currency) for line in lines), zero)
        context = {
            "order": wholesale,
            "lines": lines,
            "vat": vat,
            "papers": wholesale.papers.all(),
            "corrections": correction_of(wholesale),
            "edits": changed_since_placed(wholesale),
        }
        return show(request, "b2b/buyer/order.html", context)
    return show(request, "b2b/buyer/retail_order.html", {"order": _own_retail(request, order_id)})


def _own_retail(request: PageRequest, order_id: str) -> PlacedOrder:
    placed = request.shop.orders.get([order_id]).get(order_id)
    if placed is None or placed.user_id != request.who.pk:
        raise Http404
    if WholesaleOrder.objects.filter(order_id=order_id).exists():
        raise Http404
    return placed


@buyer_page
@require_POST
def repeat(request: PageRequest, order_id: str) -> HttpResponse:
    """The same goods into the cart, at today's prices."""
    wholesale = orders_for(request.who).filter(order_id=order_id).first()
    wanted: dict[int, tuple[str, Quantity]] = {}
    rows = wholesale.lines.all() if wholesale else _own_retail(request, order_id).lines
    for row in rows:
        if row.variant_id is not None:
            _name, already = wanted.get(row.variant_id, ("", 0))
            wanted[row.variant_id] = (row.name, as_quantity(already + row.quantity))
    done = repeat_order(request.shop, request.who, request.channel, wanted)
    if done.taken:
        text = ngettext(
            "%(count)s line is in the cart, at today's price.",
            "%(count)s lines are in the cart, at today's prices.",
            len(done.taken),
        )
        flash(request, text % {"count": len(done.taken)})
    for problem in done.problems[:NAMED]:
        flash(request, problem, "error")
    if rest := len(done.problems[NAMED:]):
        flash(request, _("…and %(count)s more.") % {"count": rest}, "error")
    return redirect("b2b:cart")
