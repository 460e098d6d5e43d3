"""The door for whoever was invited: a link or a code, then a password or his own account.

Opening the link changes nothing (a messenger opens it too); taking the invitation is a POST to
an address without the secret, which therefore stands in no log of ours, and the page tells
other pages no more than the site's name (``Referrer-Policy``).
"""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from b2b_overlay import logins
from b2b_overlay.company import access, coming_in
from b2b_overlay.company.models import Invitation
from b2b_overlay.shop import Person, Refusal, Refused

from .pages import PageRequest, flash, public_page, render
from .sign_in import let_in

__all__ = ["join", "join_link"]


def _address(request: PageRequest) -> str:
    return request.shop.people.address(request)


@public_page
def join_link(request: PageRequest, token: str) -> HttpResponse:
    """What a link leads to. Never an error status: Django's log would keep the address."""
    return _invitation(request, token, status=200)


@public_page
def join(request: PageRequest) -> HttpResponse:
    """The form for a code; and what the invitation's own page sends."""
    if request.method != "POST":
        return _quietly(render(request, "b2b/join_code.html"))
    secret = request.POST.get("secret", "")
    steps = {"password": _choose_password, "mine": _as_myself, "sign_in": _with_my_account}
    step = steps.get(request.POST.get("step", ""))
    if step is None:
        return _invitation(request, secret, status=422)
    try:
        return step(request, secret)
    except Refused as refused:
        return _invitation(request, secret, str(refused))


def _invitation(
    request: PageRequest, secret: str, problem: str = "", *, status: int = 422
) -> HttpResponse:
    """The invitation's page; the form for a code, with the reason, where it can't be taken."""
    try:
        found = coming_in.look(secret, address=_address(request))
    except Refused as refused:
        typed = secret if len(secret) < 20 else ""
        closed = {"problem": problem or str(refused), "secret": typed}
        return _quietly(render(request, "b2b/join_code.html", closed, status=status))
    context = {
        "invitation": found,
        "buyer": found.buyer,
        "secret": secret,
        "login": logins.shown(found.buyer.user.email),
        "is_join": found.purpose == Invitation.Purpose.JOIN,
        "problem": problem,
        "email": request.POST.get("email", ""),
        "step": request.POST.get("step", ""),
    }
    status = 422 if problem else 200
    return _quietly(render(request, "b2b/join.html", context, status=status))


def _quietly(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "strict-origin"
    return response


def _choose_password(request: PageRequest, secret: str) -> HttpResponse:
    """The account that was made for him, with a password of his own."""
    people, password = request.shop.people, request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise Refused(Refusal("INVALID", _("The two passwords differ. Type it twice the same.")))
    try:
        person = coming_in.accept(people, secret, password, address=_address(request))
    except Refused:
        # A second press: the first has let him in, with this very password.
        email = coming_in.used_by(secret, address=_address(request))
        already = people.sign_in(request, email, password) if email else None
        if already is None:
            raise
        person = already
    text = _("Welcome, %(name)s! Your login is %(login)s: sign in with it from now on.")
    words = {"name": person.name, "login": logins.shown(person.email)}
    return _welcome(request, person, text % words)


def _as_myself(request: PageRequest, secret: str) -> HttpResponse:
    """With the account he is signed in with."""
    if not request.who.is_authenticated:
        raise Refused(Refusal("INVALID", _("Sign in first.")))
    return _joined(request, request.who, secret)


def _with_my_account(request: PageRequest, secret: str) -> HttpResponse:
    """With the account whose e-mail and password he types here."""
    coming_in.look(secret, address=_address(request))
    email = logins.address(request.POST.get("email", ""))
    person = request.shop.people.sign_in(request, email, request.POST.get("password", ""))
    if person is None:
        sentence = _("The e-mail, the login or the password is wrong. Check them and try again.")
        raise Refused(Refusal("INVALID", sentence))
    user = get_user_model()._default_manager.get(pk=person.id)
    return _joined(request, user, secret)


def _joined(request: PageRequest, user: access.User, secret: str) -> HttpResponse:
    people = request.shop.people
    buyer = coming_in.accept_as(people, user, secret, address=_address(request))
    text = _("Welcome! You buy for «%(company)s» now, with your own account %(login)s.")
    words = {"company": buyer.company, "login": logins.shown(buyer.user.email)}
    return _welcome(request, people.get([buyer.user_id])[buyer.user_id], text % words)


def _welcome(request: PageRequest, person: Person, text: str) -> HttpResponse:
    flash(request, text)
    return let_in(request, person, resolve_url("b2b:catalogue"))
