"""Price lists from a spreadsheet and into one: choose a file, say what its columns are, look at
the differences, confirm."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.buyer.catalogue import number
from b2b_overlay.cabinet.buyer.price_sheet import XLSX
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.money import Money, to_amount
from b2b_overlay.ordering.goods import goods
from b2b_overlay.pricing.difference import KIND_WORDS, Kind, PriceChange
from b2b_overlay.pricing.models import PriceList, PriceLoad
from b2b_overlay.pricing.sheets import intake, outgoing
from b2b_overlay.pricing.sheets.columns import FIELDS, Column, Layout, price_key
from b2b_overlay.pricing.sheets.intake import Looked
from b2b_overlay.shop import Refusal, Refused

from .forms import PAGE, ids

__all__ = ["apply", "columns", "discard", "out", "sheet", "sheets"]

#: Problems that a page names; it says how many there are.
SHOWN = 200


@desk_page
def sheets(request: PageRequest) -> HttpResponse:
    """A file to choose, those that wait, and price lists to be taken out."""
    status = 200
    if request.method == "POST":
        given = request.FILES.get("file")
        # One byte more than may come: enough to be refused.
        content = given.read(intake.LARGEST + 1) if given else b""
        try:
            load = intake.upload(request.who, (given.name or "") if given else "", content)
        except Refused as refused:
            flash(request, str(refused), "error")
            status = 422
        else:
            return redirect("b2b:price_sheet", load.pk)
    individual = PriceList.objects.filter(assignments__is_individual=True)
    context = {
        "waiting": intake.waiting(request.who).select_related("made_by").defer("content"),
        "lists": PriceList.objects.exclude(pk__in=individual).order_by("name", "pk"),
        "chosen": ids(request.GET.getlist("list")),
        "layouts": outgoing.layouts()[:5],
    }
    return render(request, "b2b/desk/price_sheets.html", context, status=status)


@desk_page
def sheet(request: PageRequest, pk: int) -> HttpResponse:
    """What the file would change; its columns first, where they have to be told."""
    load = PriceLoad.objects.defer("content").get(pk=pk, source=PriceLoad.Source.SHEET)
    if load.state != PriceLoad.State.PREVIEW:
        return render(request, "b2b/desk/price_sheet_done.html", {"load": load})
    kind = next((each for each in Kind if each == request.GET.get("kind")), None)
    page = number(request.GET.get("page"), 1)
    try:
        looked = intake.look(
            request.shop, request.who, pk, offset=(page - 1) * PAGE, limit=PAGE, kind=kind
        )
    except Refused as refused:
        flash(request, str(refused), "error")
        return render(request, "b2b/desk/price_sheet_done.html", {"load": load}, status=422)
    context = {
        "load": load,
        "looked": looked,
        "columns": _columns(looked.layout),
        "fields": [(key, label) for key, (label, _words) in FIELDS.items()],
        "lists": [(price_key(k), f"{v.name}, {v.currency}") for k, v in looked.lists.items()],
        "tell": bool(looked.layout.wanting) or "columns" in request.GET,
    }
    if looked.difference is not None:
        context |= _differences(request, looked, kind, page)
    return render(request, "b2b/desk/price_sheet.html", context)


def _columns(layout: Layout) -> list[tuple[Column, str, str]]:
    """Each column with what it is: a field or the list's key without its quantity, and that."""
    found = []
    for column in layout.columns:
        if not column.title and not column.samples:
            continue
        key, step = column.key, ""
        if priced := column.price:
            key = price_key(priced[0])
            step = f"{priced[1].normalize():f}" if priced[1] != 1 else ""
        found.append((column, key, step))
    return found


def _differences(
    request: PageRequest, looked: Looked, kind: Kind | None, page: int
) -> dict[str, object]:
    difference, prices = looked.difference, looked.prices
    assert difference is not None
    assert prices is not None
    total = difference.total
    if kind is not None:
        total = sum(getattr(each, kind.value) for each in difference.lists)
    shown = goods(
        request.shop, request.channel, None, {row.variant_id: 1 for row in difference.rows}
    )
    return {
        "rows": [
            (
                row,
                shown.get(row.variant_id),
                _money(row, row.was),
                _money(row, row.becomes),
                prices.where.get((row.price_list_id, row.variant_id)),
            )
            for row in difference.rows
        ],
        "kinds": KIND_WORDS.items(),
        "kind": kind,
        "unchanged": difference.unchanged + prices.unchanged,
        "errors": prices.errors[:SHOWN],
        "notes": prices.notes[:SHOWN],
        "page": page,
        "pages": -(-total // PAGE),
    }


def _money(row: PriceChange, amount: Decimal | None) -> Money | None:
    return Money(amount, row.currency) if amount is not None else None


@desk_page
@require_POST
def columns(request: PageRequest, pk: int) -> HttpResponse:
    """What the columns are, as he says; remembered for files with this header."""
    try:
        intake.remember(request.who, pk, _told(request))
    except (InvalidOperation, ValueError):
        flash(request, _("«From» is a quantity: write a number."), "error")
    except Refused as refused:
        flash_refused(request, refused)
    return redirect("b2b:price_sheet", pk)


def _told(request: PageRequest) -> dict[str, int]:
    """By field or price list: its column. A quantity that is none is a ``ValueError``."""
    told: dict[str, int] = {}
    for name in request.POST:
        at, key = name.removeprefix("column-"), request.POST.get(name, "")
        if name == at or not at.isdecimal() or len(at) > 3 or not key:
            continue
        step = request.POST.get(f"from-{at}", "").strip()
        if key.startswith("price:") and step:
            key = price_key(int(key.removeprefix("price:")), to_amount(step))
        if key in told:
            raise Refused(Refusal("INVALID", _("Two columns can't be the same thing.")))
        told[key] = int(at)
    return told


@desk_page
@require_POST
def apply(request: PageRequest, pk: int) -> HttpResponse:
    try:
        load = intake.apply(request.shop, request.who, pk, request.POST.get("seen", ""))
    except Refused as refused:
        flash(request, str(refused), "error")
    else:
        flash(request, _("The prices of «%(name)s» are in force.") % {"name": load.name})
    return redirect("b2b:price_sheet", pk)


@desk_page
@require_POST
def discard(request: PageRequest, pk: int) -> HttpResponse:
    try:
        intake.discard(request.who, pk)
    except Refused as refused:
        flash(request, str(refused), "error")
        return redirect("b2b:price_sheet", pk)
    flash(request, _("The file is discarded; no price was changed."), "info")
    return redirect("b2b:price_sheets")


@desk_page
def out(request: PageRequest) -> HttpResponse:
    """Price lists as a file that can be changed and loaded again."""
    wanted = ids(request.GET.getlist("list"))
    lists = list(PriceList.objects.filter(pk__in=wanted).order_by("name", "pk"))
    if not lists:
        flash(request, _("Choose the price lists."), "error")
        return redirect("b2b:price_sheets")
    layout_id = number(request.GET.get("layout"), 0)
    layout = next((each for each in outgoing.layouts() if each.pk == layout_id), None)
    content = BytesIO()
    outgoing.write_lists(
        request.shop,
        request.who,
        lists,
        content,
        layout=layout,
        all_goods="all" in request.GET,
    )
    name = f"prices-{timezone.localdate():%Y-%m-%d}.xlsx"
    return HttpResponse(
        content.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
