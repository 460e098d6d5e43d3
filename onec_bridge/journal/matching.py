"""The desk's page «Сопоставление»: which goods of 1C are goods that the shop sells already.

A question shows what it may be, best first; an answer can be taken back until it is used, by
«apply now» or by the next exchange. Nothing is joined without an answer.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.desk.forms import page_of
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.shop import Refused
from onec_bridge.exchange.models import Connection
from onec_bridge.sync import use_decisions
from onec_bridge.sync.matching import Way
from onec_bridge.sync.models import Match, MatchReport
from onec_bridge.sync.supervision import decide, decide_renamed, undo

__all__ = ["apply", "decide_match", "matching", "same_goods", "undo_match"]

#: The ways, as people read them, the surest first.
WAYS = {
    Way.ID: gettext_lazy("by 1C's id"),
    Way.ARTICLE: gettext_lazy("by article"),
    Way.BARCODE: gettext_lazy("by barcode"),
    Way.NAME: gettext_lazy("similar name, asked"),
    Way.AMBIGUOUS: gettext_lazy("article not unique, asked"),
    Way.RENAMED: gettext_lazy("known under another Ид, asked"),
    Way.NEW: gettext_lazy("new goods"),
}


@desk_page
def matching(request: PageRequest, pk: int) -> HttpResponse:
    """The questions that wait, the answers not used yet, and how the last file went."""
    connection = get_object_or_404(Connection, pk=pk)
    matches = Match.objects.filter(connection=connection, used_at=None)
    waiting = matches.filter(decision=Match.Decision.WAITING)
    report = MatchReport.objects.filter(connection=connection).first()
    context = {
        "connection": connection,
        **page_of(request, waiting),
        "renamed": waiting.filter(why=Match.Why.RENAMED).count(),
        "decided": [(match, _chosen(match)) for match in matches.exclude(pk__in=waiting)],
        "report": report,
        "ways": [
            (label, report.counts[way.value])
            for way, label in WAYS.items()
            if report and report.counts.get(way.value)
        ],
    }
    return render(request, "onec/sync/matching.html", context)


def _chosen(match: Match) -> str:
    """What it was said to be."""
    if match.variant_id is None:
        return _("new goods")
    for candidate in match.candidates:
        if candidate["variant_id"] == match.variant_id:
            return str(candidate["name"])
    return f"#{match.variant_id}"


@desk_page
@require_POST
def decide_match(request: PageRequest, pk: int) -> HttpResponse:
    """Say what an offer of 1C is: the variant of the button pressed, or new goods."""
    match = get_object_or_404(Match, pk=pk)
    variant = request.POST.get("variant", "")
    candidates = {str(each["variant_id"]) for each in match.candidates}
    if variant not in candidates | {"new"}:
        flash(request, _("Choose one of the goods shown, or new goods."), "error")
    else:
        try:
            decide(match, None if variant == "new" else int(variant), request.who)
        except Refused as refused:
            flash(request, str(refused), "error")
    return redirect("onec:matching", match.connection_id)


@desk_page
@require_POST
def same_goods(request: PageRequest, pk: int) -> HttpResponse:
    """All goods that came under new ids are the ones known under the old: a base was restored."""
    connection = get_object_or_404(Connection, pk=pk)
    count = decide_renamed(connection, request.who)
    text = ngettext(
        "%(count)s of 1C's goods keeps its place under the new Ид.",
        "%(count)s of 1C's goods keep their places under the new Ид.",
        count,
    )
    flash(request, text % {"count": count})
    return redirect("onec:matching", connection.pk)


@desk_page
@require_POST
def undo_match(request: PageRequest, pk: int) -> HttpResponse:
    """Take an answer back."""
    match = get_object_or_404(Match, pk=pk)
    try:
        undo(match)
    except Refused as refused:
        flash(request, str(refused), "error")
    return redirect("onec:matching", match.connection_id)


@desk_page
@require_POST
def apply(request: PageRequest, pk: int) -> HttpResponse:
    """Use the answers now, without waiting for the next exchange."""
    connection = get_object_or_404(Connection, pk=pk)
    counts = use_decisions(connection)
    done = sum(
        number
        for outcomes in counts.values()
        for name, number in outcomes.items()
        if name in ("created", "changed")
    )
    text = ngettext(
        "Done: %(count)s offer of 1C is in the shop now.",
        "Done: %(count)s offers of 1C are in the shop now.",
        done,
    )
    flash(request, text % {"count": done})
    return redirect("onec:matching", connection.pk)
