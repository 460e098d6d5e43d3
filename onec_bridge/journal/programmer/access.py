"""A link and a password of its own: given and taken by the desk, used by 1C's programmer.

Rules: the password is made up here, shown once and kept as a hash; a new one, or taking the access
back, ends whoever is signed in; many wrong ones in a row close the page for ten minutes, whatever
comes then, so guessing is hopeless; only whoever knows the link can close it.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from onec_bridge.conf import conf
from onec_bridge.exchange.models import Connection

from .models import ProgrammerAccess

__all__ = [
    "PatienceError",
    "address_of",
    "form_token",
    "give_access",
    "is_own_form",
    "is_signed_in",
    "keep_signed_in",
    "revoke_access",
    "sign_in",
    "sign_out",
]

COOKIE = "onec_page"
#: How long one sign-in lasts.
LIFE = dt.timedelta(hours=12)
#: Wrong passwords count within this time; their number is `ONEC_SIGN_IN_TRIES`.
WITHIN = dt.timedelta(minutes=10)
_SALT = "onec_bridge.journal.programmer"


class PatienceError(Exception):
    """Too many wrong passwords: nothing is tried for a while."""


# --- the desk's side --------------------------------------------------------------------


def give_access(connection: Connection) -> tuple[ProgrammerAccess, str]:
    """A password for the connection's page, and the page itself if there was none. The password
    is never seen again; the link stays as it was."""
    password = secrets.token_urlsafe(12)
    access, _is_new = ProgrammerAccess.objects.update_or_create(
        connection=connection,
        defaults={"password": make_password(password), "refused": 0, "refused_since": None},
    )
    return access, password


def revoke_access(connection: Connection) -> None:
    """Link and password lead nowhere any more; given again, both are new."""
    ProgrammerAccess.objects.filter(connection=connection).delete()


# --- the programmer's side --------------------------------------------------------------


def sign_in(access: ProgrammerAccess, password: str) -> bool:
    """Is it the password? Raises :class:`PatienceError` after too many wrong ones."""
    with transaction.atomic():
        row = ProgrammerAccess.objects.select_for_update().get(pk=access.pk)
        now = timezone.now()
        if row.refused_since is None or row.refused_since < now - WITHIN:
            row.refused, row.refused_since = 0, now
        if row.refused >= conf.sign_in_tries:
            raise PatienceError
        if is_right := check_password(password, row.password):
            row.refused, row.signed_in_at = 0, now
        else:
            row.refused += 1
        row.save(update_fields=["refused", "refused_since", "signed_in_at"])
    return is_right


def address_of(access: ProgrammerAccess) -> str:
    """The page's path, which is the cookie's too."""
    return reverse("onec:programmer", args=[access.token])


def keep_signed_in(
    request: HttpRequest, response: HttpResponseBase, access: ProgrammerAccess
) -> None:
    """The cookie of one sign-in: for this page alone, and out of a script's reach."""
    value = signing.dumps(secrets.token_hex(8), salt=_salt(access))
    response.set_cookie(
        COOKIE,
        value,
        max_age=LIFE,
        path=address_of(access),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def sign_out(response: HttpResponseBase, access: ProgrammerAccess) -> None:
    """Forget the cookie."""
    response.delete_cookie(COOKIE, path=address_of(access), samesite="Lax")


def is_signed_in(request: HttpRequest, access: ProgrammerAccess) -> bool:
    """By a cookie of this access and this password, not older than a sign-in lasts."""
    try:
        signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(access), max_age=LIFE)
    except signing.BadSignature:
        return False
    return True


def form_token(request: HttpRequest) -> str:
    """What a form of this sign-in has to carry: another site can't know it."""
    return salted_hmac(_SALT, request.COOKIES.get(COOKIE, ""), algorithm="sha256").hexdigest()


def is_own_form(request: HttpRequest) -> bool:
    """Was it sent from a page of this sign-in?"""
    return constant_time_compare(request.POST.get("form", ""), form_token(request))


def _salt(access: ProgrammerAccess) -> str:
    """The hash is part of it: a new password makes old cookies void."""
    return f"{_SALT}:{access.pk}:{access.token}:{access.password}"
