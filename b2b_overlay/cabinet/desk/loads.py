"""Loads of prices at the desk: what came together, what it changed, the way back; and how one
price came to be what it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay import changes
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.changes.naming import Names
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.ordering.goods import goods
from b2b_overlay.pricing.difference import KIND_WORDS, Difference, Kind, difference_of
from b2b_overlay.pricing.models import PriceList, PriceLoad
from b2b_overlay.pricing.undoing import Undone
from b2b_overlay.pricing.undoing import undo as take_back
from b2b_overlay.pricing.whose import lists_of
from b2b_overlay.shop import Refused

from .forms import PAGE, id_in, page_asked, page_of

__all__ = ["load", "loads", "price_history", "undo"]

State = PriceLoad.State
#: Of the prices that an undo left, so many are shown.
LEFT_SHOWN = 100


@desk_page
def loads(request: PageRequest) -> HttpResponse:
    """Every load that was applied, the newest first."""
    rows = PriceLoad.objects.filter(state__in=[State.APPLIED, State.UNDONE]).defer("content")
    page = page_of(request, rows.select_related("undoes"))
    page["rows"] = list(page["rows"])
    names = _names(request, page["rows"])
    page["rows"] = [(row, names.author(row.made_by_id)) for row in page["rows"]]
    return render(request, "b2b/desk/loads.html", page)


@desk_page
def load(request: PageRequest, pk: int) -> HttpResponse:
    """What one load changed, by list, and price by price; ``kind`` and ``list`` narrow it."""
    row = get_object_or_404(PriceLoad.objects.select_related("undoes"), pk=pk)
    if row.state not in (State.APPLIED, State.UNDONE):
        return redirect("b2b:loads")
    kind, list_id = _kind(request), id_in(request.GET.get("list"))
    number = page_asked(request)
    found = difference_of(
        row, limit=PAGE, offset=(number - 1) * PAGE, kind=kind, price_list_id=list_id
    )
    names = _names(request, [row])
    context: dict[str, Any] = {
        "load": row,
        "made_by": names.author(row.made_by_id),
        "undone_by": names.author(row.undone_by_id),
        "difference": found,
        "kinds": [(each.value, words) for each, words in KIND_WORDS.items()],
        "kind": kind,
        "list_id": list_id,
        "rows": _rows(request, found),
        "page": number,
        "pages": -(-_total(found, kind, list_id) // PAGE),
        **_left(request, row),
    }
    fragment = "b2b/desk/_load_changes.html"
    return render(request, "b2b/desk/load.html", context, fragment=fragment)


def _kind(request: PageRequest) -> Kind | None:
    text = request.GET.get("kind", "")
    return Kind(text) if text in list(Kind) else None


def _total(found: Difference, kind: Kind | None, list_id: int | None) -> int:
    lists = [each for each in found.lists if list_id in (None, each.price_list_id)]
    return sum(getattr(each, kind) if kind else each.total for each in lists)


def _rows(request: PageRequest, found: Difference) -> list[tuple[Any, Any]]:
    """Each change beside its good; None for one the shop has no more."""
    wanted = dict.fromkeys((each.variant_id for each in found.rows), 1)
    shown = goods(request.shop, request.channel, None, wanted)
    return [(each, shown.get(each.variant_id)) for each in found.rows]


def _left(request: PageRequest, row: PriceLoad) -> dict[str, Any]:
    """The prices that the undo of this load left, since they had been changed meanwhile."""
    own = row.undone_as.filter(state=State.APPLIED).order_by("-pk").first()
    if row.state != State.UNDONE or own is None or not own.counts.get("left"):
        return {"own": own}
    found = difference_of(row, limit=LEFT_SHOWN, but_for=own)
    return {"own": own, "left": _rows(request, found), "left_count": found.total}


def _names(request: PageRequest, rows: list[PriceLoad]) -> Names:
    names = Names(request.shop.people, None)
    names.learn({Names.USER: {pk for r in rows for pk in (r.made_by_id, r.undone_by_id)}})
    return names


@desk_page
@require_POST
def undo(request: PageRequest, pk: int) -> HttpResponse:
    """Give every price its state before this load back."""
    try:
        done = take_back(request.who, pk)
    except Refused as refused:
        flash_refused(request, refused)
    else:
        flash(request, _said(done), "info" if done.left or done.already else "success")
    return redirect("b2b:load", pk)


def _said(done: Undone) -> str:
    if done.already:
        return _("This load has been undone before; nothing was changed now.")
    text = ngettext(
        "Undone: %(count)s price is as it was before the load.",
        "Undone: %(count)s prices are as they were before the load.",
        done.back,
    ) % {"count": done.back}
    if done.left:
        more = ngettext(
            "%(count)s was changed since and was left alone.",
            "%(count)s were changed since and were left alone.",
            done.left,
        )
        text = f"{text} {more % {'count': done.left}}"
    return text


@desk_page
def price_history(request: PageRequest, pk: int, variant_id: int) -> HttpResponse:
    """Every change of one good's price in a list; with ``entity``, in all lists of that legal
    entity, and then the list in the address only says where to go back to."""
    price_list = get_object_or_404(PriceList, pk=pk)
    entity_id = id_in(request.GET.get("entity"))
    entity = get_object_or_404(LegalEntity, pk=entity_id) if entity_id else None
    lists = lists_of(entity, request.channel) if entity else [pk]
    good = goods(request.shop, request.channel, None, {variant_id: 1}).get(variant_id)
    page = page_of(request, changes.of_prices(lists, variant_id))
    page["rows"] = changes.told(page["rows"], request.shop.people)
    name = good.variant.full_name if good else f"№ {variant_id}"
    subject = f"{name} — {entity.name if entity else price_list.name}"
    context = {"subject": subject, "home": reverse("b2b:price_list", args=[pk]), **page}
    return render(request, "b2b/desk/history.html", context, fragment="b2b/_history.html")
