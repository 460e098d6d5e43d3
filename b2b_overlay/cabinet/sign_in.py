"""Sign in and out with the shop's own account; choose the language."""

from __future__ import annotations

from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay import logins
from b2b_overlay.company import access
from b2b_overlay.shop import Person, Refused

from . import session
from .pages import LANGUAGE_COOKIE, LANGUAGES, PageRequest, next_url, public_page, render

__all__ = ["language", "let_in", "sign_in", "sign_out"]


@public_page
def sign_in(request: PageRequest) -> HttpResponse:
    """E-mail or login, and password of the shop's account; the shop checks and throttles."""
    email, problem = "", ""
    if request.method == "POST":
        email = request.POST.get("email", "").strip()
        password = request.POST.get("password", "")
        try:
            person = request.shop.people.sign_in(request, logins.address(email), password)
        except Refused as refused:
            person, problem = None, str(refused)
        if person is not None and person.is_active:
            home = "b2b:companies" if person.is_staff else "b2b:catalogue"
            return let_in(request, person, next_url(request, home))
        problem = problem or _(
            "The e-mail, the login or the password is wrong. Check them and try again."
        )
    elif request.who.is_authenticated:
        return redirect(
            next_url(request, "b2b:companies" if access.is_desk(request.who) else "b2b:catalogue")
        )
    context = {"email": email, "problem": problem, "next": next_url(request, "")}
    return render(request, "b2b/sign_in.html", context, status=422 if problem else 200)


def let_in(request: PageRequest, person: Person, address: str) -> HttpResponse:
    """Sign him in from here on, and send him there."""
    response = redirect(address)
    session.sign_in(request, response, request.shop.people, person.id)
    rotate_token(request)
    return response


@public_page
@require_POST
def sign_out(request: PageRequest) -> HttpResponse:
    response = redirect("b2b:sign_in")
    session.sign_out(response)
    return response


@public_page
@require_POST
def language(request: PageRequest) -> HttpResponse:
    """Keep the language for a year and go back to where he was."""
    response = redirect(next_url(request))
    if (code := request.POST.get("language", "")) in LANGUAGES:
        session.set_cookie(request, response, LANGUAGE_COOKIE, code, max_age=365 * 86400)
    return response
