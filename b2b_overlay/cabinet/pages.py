"""What every page needs, in one place: who asks, his language, CSRF, headers, messages.

A page is a function view under one of three decorators: :func:`public_page` (anyone),
:func:`buyer_page` (signed in; others are sent to sign in and come back), :func:`desk_page`
(the shop's staff; for others the page doesn't exist); or under :func:`carried_page`, whose form
itself says who asks. The decorators need no middleware, so a page is the same in the sandbox and
behind a Saleor plugin's webhook. Rules kept here:

* what isn't the user's is answered as what doesn't exist: ``DoesNotExist`` is a 404;
* no traceback reaches a user: an error of ours is logged and answered with a page of ours;
* every POST carries Django's CSRF token; nothing of a signed-in page is cached;
* what a POST changes stands in the history with the user and the page's address;
* Russian first: the visitor's own choice, else the browser's first of our two languages.

Other apps add their own desk pages with these decorators and a :class:`Link` in
:data:`NAV`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.core.signals import got_request_exception
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import decorator_from_middleware
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django_htmx.middleware import HtmxDetails

from b2b_overlay.company import access, applications, candidates
from b2b_overlay.conf import conf
from b2b_overlay.history import recorded
from b2b_overlay.ordering import differences
from b2b_overlay.pricing import requests
from b2b_overlay.shop import Channel, Refused, Shop, get_shop

from . import session
from .news import News, of_applications

__all__ = [
    "LANGUAGES",
    "NAV",
    "Link",
    "PageRequest",
    "View",
    "buyer_page",
    "carried_page",
    "desk_page",
    "error_page",
    "flash",
    "flash_refused",
    "next_url",
    "not_found",
    "openable",
    "public_page",
    "render",
    "server_error",
]

logger = logging.getLogger(__name__)

LANGUAGES = {"ru": "Русский", "en": "English"}
LANGUAGE_COOKIE = "b2b_language"
_FLASH_COOKIE = "b2b_flash"
_FLASH_SALT = "b2b_overlay.cabinet.flash"
_FLASH_LIFE = 120
#: Characters of all messages of one answer; a cookie holds four kilobytes.
_FLASH_ROOM = 1200


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the desk's menu: its label and the name of its URL."""

    label: str | Promise
    url: str
    #: Under what it stands; empty: it is a section of its own.
    section: str | Promise = ""
    #: How many things wait there; shown beside the label where there are any.
    count: Callable[[], int] | None = None
    #: For whom it is there at all; None: for all of the desk.
    shown: Callable[[access.User], bool] | None = None
    #: What is new there, for whoever tells it elsewhere.
    news: Callable[[], Sequence[News]] | None = None


@dataclass(slots=True)
class Section:
    """A part of the menu as a page shows it: (address, label, count, is this page) of each."""

    label: str
    links: list[tuple[str, str, int, bool]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.links[0][0]

    @property
    def count(self) -> int:
        return sum(link[2] for link in self.links)

    @property
    def is_here(self) -> bool:
        return any(link[3] for link in self.links)


_WHO, _PRICES = gettext_lazy("Customers"), gettext_lazy("Prices")
_ORDERS, _OURS = gettext_lazy("Orders"), gettext_lazy("The shop")

#: The desk's menu. Another app appends to it in its ``AppConfig.ready``.
NAV: list[Link] = [
    Link(gettext_lazy("Companies"), "b2b:companies", _WHO),
    Link(
        gettext_lazy("Applications"),
        "b2b:applications",
        _WHO,
        applications.waiting,
        news=of_applications,
    ),
    Link(gettext_lazy("Counterparties"), "b2b:counterparties", _WHO),
    Link(gettext_lazy("Alike"), "b2b:doubts", _WHO, lambda: candidates.waiting().count()),
    Link(gettext_lazy("Orders of customers"), "b2b:desk_orders", _ORDERS),
    Link(gettext_lazy("Changed in both places"), "b2b:differences", _ORDERS, differences.waiting),
    Link(gettext_lazy("Price lists"), "b2b:price_lists", _PRICES),
    Link(gettext_lazy("Why this price"), "b2b:why", _PRICES),
    Link(gettext_lazy("Loads of prices"), "b2b:loads", _PRICES),
    Link(gettext_lazy("Prices under the floor"), "b2b:price_requests", _PRICES, requests.waiting),
    Link(gettext_lazy("Exceptions"), "b2b:exceptions", _PRICES, shown=access.oversees),
    Link(gettext_lazy("Who sees what"), "b2b:visibility", _OURS),
    Link(gettext_lazy("Organisations"), "b2b:organizations", _OURS),
]


class PageRequest(HttpRequest):
    """A request as the views get it, prepared by a decorator of this module."""

    shop: Shop
    channel: Channel
    #: The signed-in user, or a :class:`.session.Stranger`.
    who: access.User
    language: str
    #: It asks for a fragment to be put into a page that stands.
    is_htmx: bool
    #: The address of the page the visitor looks at, to come back to after an action.
    here: str
    #: Messages that no page has shown yet: (level, text).
    flashes: list[tuple[str, str]]


View = Callable[..., HttpResponseBase]
Guard = Callable[[PageRequest], HttpResponse | None]
#: Who asks, by what the request carries.
Who = Callable[[PageRequest], access.User]


# ------------------------------------------------------------------ preparing a request


def _language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (short := code.split("-")[0]) in LANGUAGES:
            return short
    return "ru"


def _channel(shop: Shop) -> Channel:
    channels = shop.catalogue.channels()
    return next((c for c in channels if c.slug == conf.channel), channels[0])


def _flashes(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        found = signing.loads(
            request.COOKIES.get(_FLASH_COOKIE, ""), salt=_FLASH_SALT, max_age=_FLASH_LIFE
        )
    except signing.BadSignature:
        return []
    return [(level, text) for level, text in found]


def _here(request: HttpRequest, htmx: HtmxDetails) -> str:
    """The page he looks at: this one, or the one the form or fragment was asked from."""
    if htmx:
        return htmx.current_url_abs_path or ""
    if request.method == "GET":
        return request.get_full_path()
    return request.headers.get("Referer", "")


def _by_cookie(page: PageRequest) -> access.User:
    return session.user_of(page, page.shop.people)


def _prepare(request: HttpRequest, who: Who) -> PageRequest:
    page = cast(PageRequest, request)
    htmx = HtmxDetails(request)
    page.shop = get_shop()
    page.channel = _channel(page.shop)
    page.who = who(page)
    page.is_htmx = bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    page.here = _here(request, htmx)
    page.flashes = _flashes(request)
    return page


# --------------------------------------------------------------------- finishing an answer


def flash(request: HttpRequest, text: str, level: str = "success") -> None:
    """Show ``text`` on the page the user sees next. Levels: success, info, error."""
    page = cast(PageRequest, request)
    page.flashes.append((level, text))


def flash_refused(request: HttpRequest, refused: Refused) -> None:
    """Show each reason for which an action was refused."""
    for refusal in refused.refusals:
        flash(request, refusal.message, "error")


def _keep_flashes(page: PageRequest, response: HttpResponseBase) -> None:
    if page.flashes:
        room = _FLASH_ROOM
        kept = []
        for level, text in page.flashes:
            kept.append([level, text[:room]])
            room = max(0, room - len(text))
        value = signing.dumps([f for f in kept if f[1]], salt=_FLASH_SALT, compress=True)
        session.set_cookie(page, response, _FLASH_COOKIE, value, max_age=_FLASH_LIFE)
    elif _FLASH_COOKIE in page.COOKIES:
        response.delete_cookie(_FLASH_COOKIE, path="/", samesite="Lax")


def _secure(page: PageRequest, response: HttpResponseBase) -> None:
    """Django's cookie of CSRF goes by https where the page did, whatever the site's settings."""
    if (cookie := response.cookies.get(settings.CSRF_COOKIE_NAME)) is not None:
        cookie["secure"] = cookie["secure"] or page.is_secure()


def _headers(response: HttpResponseBase) -> None:
    """Pictures may lie elsewhere (the shop's media); everything else is our own."""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; img-src * data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Cookie", "Accept-Language", "HX-Request"])


def openable(response: HttpResponseBase) -> HttpResponseBase:
    """It may stand in a tab that a frame has opened. Frames of the Dashboard's are sandboxed, and
    so are their tabs; browsers show nothing there that isolates itself, as Saleor has all do."""
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    also: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The page; or ``fragment``, a template with one element with an id, where htmx asks.

    Waiting messages are shown by either: the page's base template has their place, a
    fragment brings it along (``hx-swap-oob``), and with it the templates ``also``, each
    rendered with ``swap`` true.
    """
    page = cast(PageRequest, request)
    everything: dict[str, Any] = {
        "request": page,
        "who": page.who,
        "channel": page.channel,
        "language": page.language,
        "languages": LANGUAGES,
        "flashes": list(page.flashes),
        **(context or {}),
    }
    page.flashes.clear()
    if fragment and page.is_htmx:
        body = render_to_string(fragment, everything, page)
        for name in ("b2b/_flashes.html", *also):
            body += render_to_string(name, {**everything, "swap": True}, page)
    else:
        body = render_to_string(template, {**everything, "nav": _nav(page)}, page)
    return HttpResponse(body, status=status)


def _nav(page: PageRequest) -> list[Section]:
    """The desk's menu as (address, label, how many wait there, is it here), for the desk; a page
    that isn't served is left out."""
    if not access.is_desk(page.who):
        return []
    found = []
    for link in NAV:
        if link.shown is not None and not link.shown(page.who):
            continue
        try:
            address = reverse(link.url)
        except NoReverseMatch:
            logger.debug("no page %s in this URL configuration", link.url)
        else:
            found.append((address, link))
    here = max((address for address, _link in found if page.path.startswith(address)), default="")
    sections: dict[str, Section] = {}
    for address, link in found:
        name = str(link.section or link.label)
        entry = address, str(link.label), link.count() if link.count else 0, address == here
        sections.setdefault(name, Section(name)).links.append(entry)
    return list(sections.values())


# ------------------------------------------------------------------------- error pages

#: When not even the shop answers: no template, no database.
_BARE_ERROR = (
    '<!doctype html><meta charset="utf-8"><title>500</title>'
    "<p>Магазин сейчас не отвечает. Попробуйте через минуту.</p>"
    '<p lang="en">The shop doesn\'t answer right now. Try again in a minute.</p>'
)


def error_page(page: PageRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "status": status}
    return render(page, "b2b/error.html", context, status=status)


def _not_found(page: PageRequest) -> HttpResponse:
    return error_page(
        page,
        404,
        _("There is no such page"),
        _("It may have been removed, or it belongs to someone else."),
    )


def _server_error(page: PageRequest) -> HttpResponse:
    return error_page(
        page,
        500,
        _("Something went wrong on our side"),
        _("We have written it down. Your cart and orders are safe; try again in a minute."),
    )


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check, answering with a page of ours."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        logger.info("CSRF check failed: %s", reason)
        return error_page(
            cast(PageRequest, request),
            403,
            _("This page has grown old"),
            _("Nothing was changed. Open the page again and repeat; cookies must be allowed."),
        )


_csrf = decorator_from_middleware(_CsrfCheck)


# -------------------------------------------------------------------------- decorators


def next_url(request: HttpRequest, default: str = "b2b:catalogue") -> str:
    """Where the form asked to go next, if that is on this very site; else ``default``, a URL
    name or nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url(default) if default else ""


def _to_sign_in(page: PageRequest) -> HttpResponse:
    back = page.get_full_path() if page.method == "GET" else resolve_url("b2b:catalogue")
    address = f"{reverse('b2b:sign_in')}?{urlencode({'next': back})}"
    if page.is_htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _anyone(page: PageRequest) -> HttpResponse | None:
    return None


def _signed_in(page: PageRequest) -> HttpResponse | None:
    return None if page.who.is_authenticated else _to_sign_in(page)


def _at_the_desk(page: PageRequest) -> HttpResponse | None:
    if not page.who.is_authenticated:
        return _to_sign_in(page)
    return None if access.is_desk(page.who) else _not_found(page)


def _failed(request: HttpRequest, error: Exception) -> None:
    """Tell the log and whoever watches Django's signal (Sentry, the test client)."""
    if settings.DEBUG:
        raise error
    logger.error("page %s failed", request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)


def _kept(page: PageRequest) -> AbstractContextManager[None]:
    """What a form changes is recorded as the user's, on this page. Looking changes nothing."""
    if page.method != "POST":
        return nullcontext()
    return recorded(page.who if page.who.is_authenticated else None, "page", _without_secrets(page))


#: Parts of an address that may be kept; any other text in it may be a secret (an invitation).
_KNOWN_PARTS = {"order_id"}


def _without_secrets(page: PageRequest) -> str:
    path = page.path
    parts = page.resolver_match.kwargs if page.resolver_match else {}
    for name, value in parts.items():
        if isinstance(value, str) and name not in _KNOWN_PARTS:
            path = path.replace(value, "…")
    return path


def _answer(page: PageRequest, view: View, guard: Guard) -> HttpResponseBase:
    try:
        with _kept(page):
            answered = guard(page) or view(page)
        return _not_found(page) if isinstance(answered, HttpResponseNotAllowed) else answered
    except (Http404, ObjectDoesNotExist):
        return _not_found(page)
    except Exception as error:  # noqa: BLE001 - logged, and shown as a page
        _failed(page, error)
        return _server_error(page)


def _page(view: View, guard: Guard, who: Who = _by_cookie) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = _language(request)
        with translation.override(language):
            try:
                page = _prepare(request, who)
            except Exception as error:  # noqa: BLE001 - logged, and shown
                _failed(request, error)
                return HttpResponse(_BARE_ERROR, status=500)
            page.language = language
            response = _answer(page, lambda p: view(p, *args, **kwargs), guard)
            _keep_flashes(page, response)
            _secure(page, response)
            if who is _by_cookie:
                session.keep(page, response, page.shop.people, page.who)
        _headers(response)
        if session.is_visit(page):
            openable(response)
        return response

    # Where the site has Django's own CSRF middleware, it leaves the check to ours.
    return csrf_exempt(answer)


def public_page(view: View) -> View:
    """For anyone."""
    return _page(_csrf(view), _anyone)


def buyer_page(view: View) -> View:
    """For whoever is signed in; a stranger signs in first and comes back."""
    return _page(_csrf(view), _signed_in)


def desk_page(view: View) -> View:
    """For the shop's staff; for a buyer there is no such page."""
    return _page(_csrf(view), _at_the_desk)


def carried_page(view: View, guard: Guard, who: Who) -> View:
    """For whoever its form itself names (a token in it): no other site can write that form for
    him, so that it needs no CSRF token, and a page in a frame no cookie."""
    return _page(view, guard, who)


def _show_not_found(request: PageRequest, exception: Exception | None = None) -> HttpResponse:
    return _not_found(request)


#: Django's ``handler404``, and the webhook's answer to an address that isn't ours.
not_found = _page(_show_not_found, _anyone)
#: Django's ``handler500``.
server_error = _page(_server_error, _anyone)
