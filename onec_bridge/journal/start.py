"""The desk's pages «Старт без 1С»: goods, prices and stock from spreadsheets, in steps.

A page does a few seconds of what is left (looking at a large file, importing what was
confirmed) and shows how far it is; it asks for itself again, with or without scripts. Nothing
is applied before it is confirmed.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.shop import Refused
from onec_bridge.commerceml.records import Problem
from onec_bridge.conf import conf
from onec_bridge.exchange import by_hand, taking_over
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.payload import load
from onec_bridge.sync.start import sheets
from onec_bridge.sync.start.columns import FIELDS, PRICE, STOCK, Layout
from onec_bridge.sync.start.models import GoodsSheet
from onec_bridge.sync.start.settings import meanwhile_of

from .problems import language

__all__ = ["begin", "columns", "confirm", "discard", "sheet", "start"]

#: Seconds that a page works before it shows how far it is.
_STEP = 12.0
#: What a sheet's rows come to, as people read it.
OUTCOMES = {
    "created": gettext_lazy("new goods"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("the same"),
    "parked": gettext_lazy("a person has to say what it is"),
    "refused": gettext_lazy("mistakes"),
}
#: Facts of goods, as people read them.
PARTS = {
    "name": gettext_lazy("Name"),
    "article": gettext_lazy("Article"),
    "code": gettext_lazy("Code"),
    "barcode": gettext_lazy("Barcode"),
    "unit": gettext_lazy("Unit"),
    "unit_code": gettext_lazy("Unit code"),
    "vat": gettext_lazy("VAT rate"),
    "exempt": gettext_lazy("Without VAT"),
    "manufacturer": gettext_lazy("Manufacturer"),
    "price_group": gettext_lazy("Price group"),
    "description": gettext_lazy("Description"),
    "deleted": gettext_lazy("Deletion mark"),
    "label": gettext_lazy("Characteristic"),
    "stock": gettext_lazy("In stock"),
}


def _deadline() -> float:
    return time.monotonic() + min(_STEP, conf.time_budget)


@desk_page
@require_POST
def begin(request: PageRequest) -> HttpResponse:
    """Make a connection that 1C can't sign in to yet; or the one there is."""
    connection = Connection.objects.first()
    if connection is None:
        connection = Connection(name="1С", login="1c")
        connection.set_password(secrets.token_urlsafe(24))
        connection.save()
    return redirect("onec:start", connection.pk)


@desk_page
def start(request: PageRequest, pk: int) -> HttpResponse:
    """A file to choose, those that are on their way, and what else can begin without 1C."""
    connection = get_object_or_404(Connection, pk=pk)
    status = 200
    if request.method == "POST":
        given = request.FILES.get("file")
        content = given.read(sheets.LARGEST + 1) if given else b""
        name = (given.name or "") if given else ""
        try:
            kept = sheets.take_in(request.who, connection, name, content)
        except Refused as refused:
            flash_refused(request, refused)
            status = 422
        else:
            return redirect("onec:goods_sheet", kept.pk)
    context = {
        "connection": connection,
        "sheets": GoodsSheet.objects.filter(connection=connection).defer("content")[:20],
        "waiting": taking_over.waiting(connection).count(),
        "meanwhile": meanwhile_of(connection),
    }
    return render(request, "onec/start/start.html", context, status=status)


@desk_page
def sheet(request: PageRequest, pk: int) -> HttpResponse:
    """Where the sheet is: its columns, what it would change, or how far it is imported."""
    rows = GoodsSheet.objects.select_related("connection", "session").defer("content")
    kept = get_object_or_404(rows, pk=pk)
    if kept.session is not None:
        return _imported(request, kept)
    layout = Layout.of_json(kept.layout)
    if not layout.wanting and kept.looked_at is None:
        try:
            kept = sheets.look(kept, _deadline())
        except Refused as refused:
            kept.delete()
            flash_refused(request, refused)
            return redirect("onec:start", kept.connection_id)
    going = not layout.wanting and kept.looked_at is None
    lang = language(request.language)
    problems = [load(Problem, row) for row in kept.problems]
    context = {
        "sheet": kept,
        "connection": kept.connection,
        "layout": layout,
        "columns": [each for each in layout.columns if each.title or each.samples],
        "tell": bool(layout.wanting) or "columns" in request.GET,
        "fields": [(key, label) for key, (label, _called) in FIELDS.items()],
        "named": [(PRICE, _("Price, of the type:")), (STOCK, _("Stock, in the warehouse:"))],
        "group_rows": GoodsSheet.GroupRows.choices,
        "counts": [(label, kept.counts[k]) for k, label in OUTCOMES.items() if kept.counts.get(k)],
        "rows": [_row(each) for each in kept.examples],
        "problems": [(p, p.text(lang), p.hint(lang)) for p in problems],
        "going": going,
    }
    return _again(render(request, "onec/start/sheet.html", context), going=going)


def _again(answer: HttpResponse, *, going: bool) -> HttpResponse:
    """The page asks for itself again while there is something left, without scripts too."""
    if going:
        answer["Refresh"] = "1"
    return answer


def _row(example: dict[str, Any]) -> dict[str, Any]:
    parts = [(PARTS.get(name, name), was, becomes) for name, was, becomes in example["parts"]]
    return example | {"label": OUTCOMES[example["outcome"]], "parts": parts}


def _imported(request: PageRequest, kept: GoodsSheet) -> HttpResponse:
    assert kept.session is not None
    standing = by_hand.go_on(kept.session, _deadline())
    context = {"sheet": kept, "connection": kept.connection, "standing": standing}
    answer = render(request, "onec/start/imported.html", context)
    return _again(answer, going=not standing.is_done)


@desk_page
@require_POST
def columns(request: PageRequest, pk: int) -> HttpResponse:
    """What the columns are, as a person has said; remembered for every such file."""
    kept = get_object_or_404(GoodsSheet, pk=pk)
    said: dict[int, tuple[str, str]] = {}
    for name in request.POST:
        at = name.removeprefix("column-")
        if at != name and at.isdecimal() and len(at) < 4 and (key := request.POST[name]):
            title = request.POST.get(f"name-{at}", "") if key in (PRICE, STOCK) else ""
            said[int(at)] = (key, title)
    try:
        sheets.tell(
            request.who,
            kept,
            said,
            group_rows=request.POST.get("group_rows"),
            retail=request.POST.get("retail", "").strip(),
            whole_stock="whole_stock" in request.POST,
        )
    except Refused as refused:
        flash_refused(request, refused)
        return redirect(f"{request.path.removesuffix('columns/')}?columns=1")
    return redirect("onec:goods_sheet", pk)


@desk_page
@require_POST
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """What was seen is to be done; the sheet's page does it and shows how far it is."""
    try:
        if by_hand.begin(request.who, pk) is None:
            text = _("Goods have changed since you looked: look at what changes once more.")
            flash(request, text, "error")
    except Refused as refused:
        flash_refused(request, refused)
    return redirect("onec:goods_sheet", pk)


@desk_page
@require_POST
def discard(request: PageRequest, pk: int) -> HttpResponse:
    """Put the sheet away; what is confirmed stays."""
    kept = get_object_or_404(GoodsSheet, pk=pk)
    deleted, _rows = GoodsSheet.objects.filter(pk=pk, session=None).delete()
    if deleted:
        flash(request, _("The file is discarded; nothing was changed."), "info")
    return redirect("onec:start", kept.connection_id)
