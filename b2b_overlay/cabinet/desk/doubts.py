"""«Похожие контрагенты»: the queue, what was decided, and the rules that join by themselves."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, Min, Q, QuerySet, Value, When, Window
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, next_url, render
from b2b_overlay.company import joining, rules
from b2b_overlay.company.candidates import questions, waiting
from b2b_overlay.company.likeness import Reason
from b2b_overlay.company.models import Doubt, Rearrangement
from b2b_overlay.company.rearranging import summary, title
from b2b_overlay.shop import Refused

from .alike import rows_of
from .forms import page_asked, page_of

__all__ = ["decided", "different", "doubts", "rules_page"]

#: Questions to a page: each is several cards.
QUESTIONS = 10


@desk_page
def doubts(request: PageRequest) -> HttpResponse:
    """The queue; ``q`` searches name and INN, ``reason`` leaves those that agree in it,
    ``first`` puts customers' legal entities before those of no company."""
    text = request.GET.get("q", "").strip()
    reason = request.GET.get("reason", "")
    first = request.GET.get("first") == "1"
    found = _matching(text, reason)
    if first:
        in_company = Case(
            When(Q(low__company=None, high__company=None), then=Value(1)), default=Value(0)
        )
        lone = Window(Min(in_company), partition_by="asked_id")
        found = found.annotate(lone=lone).order_by("lone", "-best", "asked_id", "-score", "pk")
    asked = list(dict.fromkeys(found.values_list("asked_id", flat=True)))
    page = Paginator(asked, QUESTIONS).get_page(page_asked(request))
    shown = {each.entity.pk: each for each in questions(found.filter(asked_id__in=list(page)))}
    context = {
        "text": text,
        "reason": reason,
        "reasons": [(each.value, each.label) for each in Reason],
        "first": first,
        "rows": rows_of([shown[pk] for pk in page if pk in shown]),
        "total": len(asked),
        "page": page.number,
        "pages": page.paginator.num_pages,
    }
    return render(request, "b2b/desk/doubts.html", context, fragment="b2b/desk/_doubts.html")


def _matching(text: str, reason: str) -> QuerySet[Any]:
    found = waiting()
    if reason in list(Reason):
        found = found.filter(reasons__contains=[reason])
    if text:
        found = found.filter(
            Q(low__name__icontains=text)
            | Q(high__name__icontains=text)
            | Q(low__inn__startswith=text)
            | Q(high__inn__startswith=text)
        )
    return found


@desk_page
@require_POST
def different(request: PageRequest, pk: int) -> HttpResponse:
    """They are two; with ``undo``, it waits again."""
    doubt = get_object_or_404(Doubt.objects.select_related("low", "high"), pk=pk)
    back = request.POST.get("undo") == "1"
    words = {"one": doubt.low, "other": doubt.high}
    try:
        if back:
            joining.undo_different(request.who, doubt)
            flash(request, _("«%(one)s» and «%(other)s» wait for a decision again.") % words)
        else:
            joining.different(request.who, doubt)
            flash(request, _("«%(one)s» and «%(other)s» are different; nobody asks again.") % words)
    except Refused as refused:
        flash(request, str(refused), "error")
    return redirect(next_url(request, "b2b:doubts"))


@desk_page
def decided(request: PageRequest) -> HttpResponse:
    """What was joined, split and moved, with the way back; ``what=different``: what was told
    apart."""
    apart = request.GET.get("what") == "different"
    context = {"apart": apart, **(_told_apart(request) if apart else _rearranged(request))}
    return render(request, "b2b/desk/decided.html", context)


def _told_apart(request: PageRequest) -> dict[str, Any]:
    rows = Doubt.objects.filter(decision=Doubt.Decision.DIFFERENT)
    rows = rows.select_related("low", "high", "decided_by").order_by("-decided_at", "-pk")
    return page_of(request, rows)


def _rearranged(request: PageRequest) -> dict[str, Any]:
    context = page_of(request, Rearrangement.objects.select_related(*OWNERS))
    context["rows"] = told(context["rows"])
    return context


OWNERS = ("source", "target", "source_company", "target_company", "made_by", "undone_by")


def told(rows: Any) -> list[dict[str, Any]]:
    """Rearrangements as the pages list them."""
    names = {rule.code: rule.name for rule in rules.RULES}
    return [
        {
            "done": row,
            "title": title(row),
            "went": summary(row),
            "stayed": sum(len(each["rows"]) for each in row.moved.get("stayed", [])),
            "rule": names.get(row.rule, row.rule),
        }
        for row in rows
    ]


@desk_page
def rules_page(request: PageRequest) -> HttpResponse:
    """The rules that join by themselves: what each does, is it on, how much it has joined."""
    if request.method == "POST":
        try:
            rules.set_rule(request.who, request.POST.get("rule", ""), request.POST.get("on") == "1")
        except Refused as refused:
            flash(request, str(refused), "error")
        else:
            flash(request, _("Saved. What was joined stays joined."))
        return redirect(reverse("b2b:doubt_rules"))
    joined = Rearrangement.objects.exclude(rule="").filter(undone_at=None)
    counts = dict(joined.order_by().values_list("rule").annotate(Count("pk")))
    undone = Rearrangement.objects.exclude(rule="").exclude(undone_at=None)
    taken_back = dict(undone.order_by().values_list("rule").annotate(Count("pk")))
    context = {
        "rows": [
            (rule, on, counts.get(rule.code, 0), taken_back.get(rule.code, 0))
            for rule, on in rules.states()
        ]
    }
    return render(request, "b2b/desk/doubt_rules.html", context)
