"""Applications of retail customers: whom each may be about, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company import applications as admission
from b2b_overlay.company import cards
from b2b_overlay.company.matches import Match, matches
from b2b_overlay.company.models import Application, Buyer, Company, LegalEntity
from b2b_overlay.ordering import invoices
from b2b_overlay.ordering.admission import missing
from b2b_overlay.shop import Refusal, Refused

from .forms import id_in, page_of

__all__ = ["admit", "application", "applications", "ask", "card", "let_in", "refuse"]

State = Application.State
#: What the list may be narrowed to: value, label, states.
FILTERS = (
    ("new", gettext_lazy("Waiting for us"), [State.NEW]),
    ("asked", gettext_lazy("Waiting for the customer"), [State.ASKED]),
    ("decided", gettext_lazy("Decided"), [State.ADMITTED, State.REFUSED, State.WITHDRAWN]),
)
#: As many are offered for a search.
OFFERED = 10


def _application(request: PageRequest, pk: int) -> Application:
    return get_object_or_404(admission.at_desk(request.who), pk=pk)


@desk_page
def applications(request: PageRequest) -> HttpResponse:
    """``state`` is one of :data:`FILTERS`; ``q`` searches all of them by INN, company, contact
    and e-mail."""
    text = request.GET.get("q", "").strip()
    state = request.GET.get("state", "new")
    found = admission.at_desk(request.who)
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    if text:
        found = found.filter(
            Q(inn__startswith=text)
            | Q(invoice__icontains=text)
            | Q(company_name__icontains=text)
            | Q(contact__icontains=text)
            | Q(user__email__icontains=text)
        )
    else:
        states = next((states for value, _label, states in FILTERS if value == state), [State.NEW])
        found = found.filter(state__in=states)
    context = {
        "text": text,
        "state": "" if text else state,
        "filters": [
            (value, label, sum(counts.get(each, 0) for each in states))
            for value, label, states in FILTERS
        ],
        **page_of(request, found),
    }
    return render(
        request,
        "b2b/desk/applications.html",
        context,
        fragment="b2b/desk/_applications.html",
    )


@desk_page
def application(request: PageRequest, pk: int) -> HttpResponse:
    """One application: what was written, whom it may be about, what can be done."""
    return _show(request, _application(request, pk))


def _show(request: PageRequest, found: Application, status: int = 200) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    is_open = found.state in admission.OPEN
    likely = matches(found, invoices.find(found.invoice), _asked_for(text)) if is_open else []
    context = {
        "application": found,
        "is_open": is_open,
        "messages": found.messages.select_related("user"),
        "matches": likely,
        "taken_by": _taken_by(found, likely),
        "memberships": Buyer.objects.filter(user=found.user_id, is_active=True).select_related(
            "company"
        ),
        "companies": _companies(text, likely),
        "roles": Buyer.Role.choices,
        "text": text,
        "given": request.POST,
    }
    return render(request, "b2b/desk/application.html", context, status=status)


def _asked_for(text: str) -> list[int]:
    """Legal entities that answer the search."""
    if not text:
        return []
    found = LegalEntity.objects.filter(
        Q(name__icontains=text) | Q(inn__startswith=text), merged_into=None, is_active=True
    )
    return list(found.order_by("name", "pk").values_list("pk", flat=True)[:OFFERED])


def _taken_by(found: Application, likely: list[Match]) -> list[Match]:
    """Those of the same INN that are somebody's already."""
    return [m for m in likely if m.is_taken and found.inn and m.legal_entity.inn == found.inn]


def _companies(text: str, likely: list[Match]) -> list[Company]:
    """Companies a free legal entity could be put into."""
    wanted = Q(pk__in=[match.company.pk for match in likely if match.company])
    if text:
        wanted |= Q(name__icontains=text)
    return list(Company.objects.filter(wanted, merged_into=None).order_by("name", "pk")[:50])


@desk_page
def card(request: PageRequest, pk: int) -> HttpResponse:
    """The card of the enterprise, as a download and never as a page."""
    found = _application(request, pk)
    if not found.card_name:
        raise Http404
    response = HttpResponse(bytes(found.card), content_type=cards.content_type(found.card_name))
    disposition = content_disposition_header(as_attachment=True, filename=found.card_name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _decide(
    request: PageRequest, found: Application, action: Callable[[], Any], text: str
) -> HttpResponse:
    try:
        action()
    except Refused as refused:
        return _show_refused(request, found, refused)
    flash(request, text)
    return redirect("b2b:application", found.pk)


def _show_refused(request: PageRequest, found: Application, refused: Refused) -> HttpResponse:
    flash_refused(request, refused)
    found.refresh_from_db()
    return _show(request, found, status=422)


@desk_page
@require_POST
def ask(request: PageRequest, pk: int) -> HttpResponse:
    found = _application(request, pk)
    words = request.POST.get("question", "")
    return _decide(
        request,
        found,
        lambda: admission.ask(request.who, found, words),
        _("The question is sent: the customer sees it on his next page."),
    )


@desk_page
@require_POST
def refuse(request: PageRequest, pk: int) -> HttpResponse:
    found = _application(request, pk)
    words = request.POST.get("reason", "")
    return _decide(
        request,
        found,
        lambda: admission.refuse(request.who, found, words),
        _("The application is refused; the customer reads why."),
    )


def let_in(request: PageRequest, found: Application, entity: str, **more: Any) -> Buyer:
    """Let him in for ``entity``, a key or «new»; what he still lacks is said on the next page.
    Raises ``Refused``."""
    chosen = id_in(entity)
    if chosen is None and entity != "new":
        sentence = _("Say which legal entity it is, or that it is a new one.")
        raise Refused(Refusal("REQUIRED", sentence))
    people = request.shop.people
    buyer = admission.admit(request.who, people, found, legal_entity_id=chosen, **more)
    words = {"email": found.user.email, "name": buyer.company.name}
    flash(request, _("%(email)s buys for %(name)s now.") % words)
    for each in missing(buyer):
        flash(request, each, "info")
    return buyer


@desk_page
@require_POST
def admit(request: PageRequest, pk: int) -> HttpResponse:
    found = _application(request, pk)
    try:
        buyer = let_in(
            request,
            found,
            request.POST.get("legal_entity", ""),
            company_id=id_in(request.POST.get("company")),
            name=request.POST.get("name", ""),
            role=request.POST.get("role", ""),
        )
    except Refused as refused:
        return _show_refused(request, found, refused)
    return redirect("b2b:company", buyer.company_id)
