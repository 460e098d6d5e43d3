"""What each of the programmer's pages needs: whose it is, the sign-in before it, its headers.

Apart from `b2b_overlay.cabinet.pages` on purpose: no user, menu, cookie or message of the shop may
get in here. Whatever isn't this connection's is answered as what doesn't exist.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from onec_bridge.commerceml.messages import Language
from onec_bridge.exchange.models import Connection
from onec_bridge.journal.problems import language

from . import access as accesses
from .models import ProgrammerAccess

__all__ = ["LARGEST", "ProgrammerRequest", "programmer_page", "render"]

logger = logging.getLogger(__name__)

#: Bytes of the largest file that may be checked here: a minute's reading on a busy machine, many
#: times over. More goes by the command.
LARGEST = 200 * 1024 * 1024
_FORM_AROUND = 64 * 1024

_NOT_FOUND = (
    '<!doctype html><html lang="ru"><meta charset="utf-8"><meta name="robots" content="noindex">'
    "<title>404</title><p>Такой страницы нет. Возможно, ссылку отозвали: попросите новую у "
    "администратора магазина."
)


class ProgrammerRequest(HttpRequest):
    """A request as the views get it."""

    access: ProgrammerAccess
    connection: Connection
    lang: Language


View = Callable[..., HttpResponseBase]


def programmer_page(view: View) -> View:
    """For whoever has the link and the password; before he signed in, the form for it."""

    @wraps(view)
    def answer(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = ProgrammerAccess.objects.select_related("connection").filter(token=token).first()
        if found is None:
            return _headers(HttpResponse(_NOT_FOUND, status=404))
        page = cast(ProgrammerRequest, request)
        page.access, page.connection = found, found.connection
        page.lang = language(found.connection.language)
        with translation.override(page.lang):
            return _headers(_answer(page, lambda: view(page, *args, **kwargs)))

    # Where the site has Django's CSRF middleware, whose cookie is the shop's, the check is ours.
    return csrf_exempt(answer)


def _answer(page: ProgrammerRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        if page.method == "POST" and (refused := _refused(page)) is not None:
            return refused
        if not accesses.is_signed_in(page, page.access):
            return _sign_in(page)
        if page.method == "POST" and not accesses.is_own_form(page):
            return _sentence(page, 403, _("This page has grown old: open it again and repeat."))
        return view()
    except (Http404, ObjectDoesNotExist):
        return _sentence(page, 404, _("There is no such page."))
    except Exception as error:
        if settings.DEBUG:
            raise
        logger.exception("programmer's page %s failed", page.resolver_match)
        got_request_exception.send(sender=None, request=page)
        text = _("An error on the site's side (%(error)s). Tell the shop's administrator.")
        return _sentence(page, 500, text % {"error": type(error).__name__})


def _refused(page: ProgrammerRequest) -> HttpResponse | None:
    """A form from elsewhere, or one that is too large to be read."""
    site = page.headers.get("Sec-Fetch-Site", "same-origin")
    own = f"{page.scheme}://{page.get_host()}"
    if site not in ("same-origin", "none") or page.headers.get("Origin", own) != own:
        return _sentence(page, 403, _("This form was sent from another site."))
    if int(page.META.get("CONTENT_LENGTH") or 0) > LARGEST + _FORM_AROUND:
        text = _("The file is too large: at most %(most)s MB.") % {"most": LARGEST // 2**20}
        return _sentence(page, 413, text)
    return None


def _sign_in(page: ProgrammerRequest) -> HttpResponseBase:
    error = ""
    if page.method == "POST":
        try:
            if accesses.sign_in(page.access, page.POST.get("password", "")):
                response = redirect(accesses.address_of(page.access))
                accesses.keep_signed_in(page, response, page.access)
                return response
            error = _("Wrong password.")
        except accesses.PatienceError:
            error = _("Too many wrong passwords. Wait ten minutes.")
    status = 401 if error else 200
    return render(page, "onec/programmer/sign_in.html", {"error": error}, status=status)


def _sentence(page: ProgrammerRequest, status: int, text: str) -> HttpResponse:
    return render(page, "onec/programmer/sentence.html", {"text": text}, status=status)


def render(
    page: ProgrammerRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """A page; nothing in it but what is given here."""
    everything = {
        "request": page,
        "connection": page.connection,
        "token": page.access.token,
        "form_token": accesses.form_token(page),
        "lang": page.lang,
        **(context or {}),
    }
    return HttpResponse(render_to_string(template, everything, page), status=status)


def _headers(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # The address is half of the secret: no other site may learn it. (With "no-referrer" browsers
    # call the origin of our own forms "null".)
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        # The stylesheet's arrows are pictures within it.
        "default-src 'self'; img-src 'self' data:; script-src 'none'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return response
