"""The desk's pages on orders that go to 1C's people by e-mail or as files, past the exchange."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.desk.forms import ids, page_of
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.shop import Refused
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.start.handing import archive, mail_waiting, mark_handed, set_mail, to_hand
from onec_bridge.sync.start.models import HandedOrder, Meanwhile
from onec_bridge.sync.start.settings import meanwhile_of

from .problems import language

__all__ = ["meanwhile_orders", "orders_handed", "orders_send", "orders_zip"]


@desk_page
def meanwhile_orders(request: PageRequest, pk: int) -> HttpResponse:
    """Where orders go, which wait, and which went when and to whom."""
    connection = get_object_or_404(Connection, pk=pk)
    if request.method == "POST":
        try:
            to, form = request.POST.get("orders_to", ""), request.POST.get("orders_form", "")
            set_mail(request.who, connection, to, form)
        except Refused as refused:
            flash_refused(request, refused)
        else:
            flash(request, _("Saved."))
        return redirect("onec:meanwhile_orders", pk)
    lang = language(request.language)
    went = HandedOrder.objects.filter(connection=connection).exclude(handed_at=None)
    context = {
        "connection": connection,
        "meanwhile": meanwhile_of(connection),
        "forms": Meanwhile.Form.choices,
        "waiting": [
            (each, [(p.text(lang), p.hint(lang)) for p in each.problems])
            for each in to_hand(connection)
        ],
        **page_of(request, went.select_related("order__legal_entity").order_by("-handed_at")),
    }
    return render(request, "onec/start/orders.html", context)


@desk_page
def orders_zip(request: PageRequest, pk: int) -> HttpResponse:
    """The waiting orders as one archive. They wait on until somebody says that they went."""
    connection = get_object_or_404(Connection, pk=pk)
    name = f"orders-{timezone.localtime():%Y-%m-%d-%H%M}.zip"
    return HttpResponse(
        archive(to_hand(connection)),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@desk_page
@require_POST
def orders_handed(request: PageRequest, pk: int) -> HttpResponse:
    """1C's people have these: they wait no longer."""
    connection = get_object_or_404(Connection, pk=pk)
    count = mark_handed(request.who, connection, ids(request.POST.getlist("order")))
    text = ngettext("%(count)s order is handed over.", "%(count)s orders are handed over.", count)
    flash(request, text % {"count": count})
    return redirect("onec:meanwhile_orders", pk)


@desk_page
@require_POST
def orders_send(request: PageRequest, pk: int) -> HttpResponse:
    """Mail what waits now."""
    connection = get_object_or_404(Connection, pk=pk)
    mailed = mail_waiting(connection, now=True)
    text = ngettext("%(count)s order is mailed.", "%(count)s orders are mailed.", mailed.sent)
    flash(request, text % {"count": mailed.sent})
    if mailed.failed:
        text = _("Not mailed: %(count)s. They are tried again by themselves.")
        flash(request, text % {"count": mailed.failed}, "error")
    return redirect("onec:meanwhile_orders", pk)
