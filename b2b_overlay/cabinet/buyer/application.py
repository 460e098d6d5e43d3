"""A customer's application to buy wholesale: the form, and what became of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash
from b2b_overlay.company import access, applications, cards
from b2b_overlay.company.models import Application
from b2b_overlay.shop import Refused

from .frame import show

__all__ = ["answer", "apply", "withdraw"]

_FIELDS = ("inn", "invoice", "company_name", "contact", "phone", "comment")


@buyer_page
def apply(request: PageRequest) -> HttpResponse:
    """His newest application; the form where he has none, or (``new``) after a decided one."""
    if request.method == "POST":
        return _submit(request)
    found = applications.latest(request.who)
    is_open = found is not None and found.state in applications.OPEN
    if found is None or ("new" in request.GET and not is_open):
        return _form(request)
    context = {
        "application": found,
        "is_open": is_open,
        "messages": found.messages.all(),
        "notices": applications.notices(found),
        "companies": _companies(request),
    }
    return show(request, "b2b/buyer/application.html", context)


def _submit(request: PageRequest) -> HttpResponse:
    before = applications.own(request.who).filter(state__in=applications.OPEN).first()
    given = request.FILES.get("card")
    try:
        applications.submit(
            request.who,
            **{name: request.POST.get(name, "") for name in _FIELDS},
            card_name=(given.name or "card") if given else "",
            # One byte more than may come: enough to be refused.
            card=given.read(cards.LARGEST + 1) if given else b"",
        )
    except Refused as refused:
        for refusal in refused.refusals:
            flash(request, refusal.message, "error")
        return _form(request, status=422)
    if before is None:
        flash(request, _("The application is sent. The answer will be here."))
    else:
        flash(request, _("You have sent an application already; here it is."), "info")
    return redirect("b2b:apply")


def _form(request: PageRequest, status: int = 200) -> HttpResponse:
    context = {
        "given": {name: request.POST.get(name, "") for name in _FIELDS},
        "had_card": "card" in request.FILES,
        "accept": cards.ACCEPT,
        "companies": _companies(request),
    }
    return show(request, "b2b/buyer/apply.html", context, status=status)


def _companies(request: PageRequest) -> list[str]:
    """Names of the companies he buys for already."""
    return list(access.buyers(request.who).values_list("company__name", flat=True))


@buyer_page
@require_POST
def answer(request: PageRequest) -> HttpResponse:
    """Answer the shop, or add something."""
    try:
        applications.answer(request.who, _latest(request), request.POST.get("text", ""))
    except Refused as refused:
        flash(request, str(refused), "error")
    else:
        flash(request, _("The answer is sent."))
    return redirect("b2b:apply")


@buyer_page
@require_POST
def withdraw(request: PageRequest) -> HttpResponse:
    """Take the application back."""
    try:
        applications.withdraw(request.who, _latest(request))
    except Refused as refused:
        flash(request, str(refused), "error")
    else:
        flash(request, _("The application is withdrawn."))
    return redirect("b2b:apply")


def _latest(request: PageRequest) -> Application:
    found = applications.latest(request.who)
    if found is None:
        raise Application.DoesNotExist
    return found
