"""The desk's page that says how far an order has come by each status of a 1C base."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.ordering.models import Stage, WholesaleOrder
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.order_words import spelled, stage_of

__all__ = ["statuses"]


@desk_page
def statuses(request: PageRequest, pk: int) -> HttpResponse:
    """Every status that this 1C has told, each with its stage; POST sets them."""
    connection = get_object_or_404(Connection, pk=pk)
    words = _words(connection)
    if request.method == "POST":
        stages = {word: request.POST.get(f"stage-{n}", "") for n, word in enumerate(words)}
        connection.order_stages = {
            word: stage for word, stage in stages.items() if stage in ("", *Stage.values)
        }
        connection.save(update_fields=["order_stages"])
        flash(request, _("Saved; it holds from the next exchange on."))
        return redirect("onec:statuses", pk)
    context = {
        "connection": connection,
        "rows": [(word, stage_of(word, connection.order_stages)) for word in words],
        "stages": Stage.choices,
    }
    return render(request, "onec/statuses.html", context)


def _words(connection: Connection) -> list[str]:
    """Told by now, or set before."""
    told = WholesaleOrder.objects.filter(onec_exports__connection=connection).exclude(
        onec_status=""
    )
    seen = told.order_by().values_list("onec_status", flat=True).distinct()
    return sorted({*map(spelled, seen), *connection.order_stages})
