"""Sections of the sales desk in the Dashboard's menu: what is new there, each a press away.

The Dashboard's menu keeps the token that it was drawn with, and a menu stands open all day. So a
section is no link with a token but an app's page: the Dashboard puts it into a frame and sends
it a token that is fresh (``dashboard.js``). The page changes that for a ticket of its own, which
is good for a working day. From here to the desk itself a tab of its own opens
(:mod:`.at_desk`).
"""

from __future__ import annotations

from functools import wraps
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from b2b_overlay.cabinet import session
from b2b_overlay.cabinet.pages import (
    NAV,
    Link,
    PageRequest,
    carried_page,
    openable,
    render,
)
from b2b_overlay.company import access
from b2b_overlay.conf import conf

from .entry import desk_only, who_on
from .frame import in_the_dashboard

__all__ = ["enter", "section"]

#: The sections by the last part of their address.
SECTIONS = {
    "applications": "b2b:applications",
    "companies": "b2b:companies",
    "exchange": "onec:journal",
}
_TICKET = "section"
#: As much of a refused token as tells it from the next one.
_TAIL = 16


def _wait(page: PageRequest) -> HttpResponse | None:
    """Whoever isn't known yet: the Dashboard's next token says who it is."""
    if access.is_desk(page.who):
        return None
    token = page.POST.get("accessToken", "")
    context = {"dashboard": conf.dashboard, "tried": token[-_TAIL:], "refused": bool(page.POST)}
    return render(page, "b2b/dashboard/enter.html", context, status=403 if page.POST else 200)


def _link(where: str) -> Link:
    name = SECTIONS.get(where)
    for link in NAV:
        if link.url == name:
            return link
    raise Http404


def _section(request: PageRequest, where: str) -> HttpResponse:
    link = _link(where)
    context = {
        "ticket": session.ticket(request.shop.people, int(request.who.pk), _TICKET),
        "title": link.label,
        "address": reverse(link.url),
        "waiting": link.count() if link.count else 0,
        "news": link.news() if link.news else [],
    }
    return render(request, "b2b/dashboard/section.html", context)


_answer = carried_page(_section, _wait, who_on(_TICKET))


@wraps(_answer)
def section(request: HttpRequest, where: str) -> HttpResponseBase:
    return in_the_dashboard(_answer(request, where=where))


def _came_from_here(page: PageRequest) -> bool:
    """No other site can send a ticket of its own to sign somebody in with."""
    return urlsplit(page.headers.get("Origin", "")).netloc == page.get_host()


def _enter(request: PageRequest) -> HttpResponse:
    """To a page of the desk, in a tab of its own: the ticket becomes the desk's cookie."""
    address = request.POST.get("address", "")
    try:
        resolve(address)
    except Resolver404 as error:
        raise Http404 from error
    response = redirect(address)
    people = request.shop.people
    session.sign_in(request, response, people, int(request.who.pk), session.VISIT)
    return response


_entered = carried_page(_enter, desk_only(_came_from_here), who_on(_TICKET))


@wraps(_entered)
def enter(request: HttpRequest) -> HttpResponseBase:
    return openable(_entered(request))
