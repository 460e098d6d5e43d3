"""Who is signed in: a signed cookie of our own.

Saleor has no session app, and behind its webhook nothing sets ``request.user``. The cookie
holds the user's id and a mark of the shop's stamp for him (Saleor: ``jwt_token_key``), so it
falls with a changed password, a sign-out everywhere or a blocked account. It is HttpOnly and
SameSite=Lax (Saleor lets any origin send credentials), Secure where the page came by https,
and slides: a cookie older than a day is written anew, one unused for two weeks is void. A visit
(:data:`VISIT`), for whoever was signed in elsewhere, ends with the working day and doesn't slide.

Where a page can have no cookie (it stands in a frame of another site), its forms carry the same
words in a :func:`ticket`, which opens that page only.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from b2b_overlay.company import access
from b2b_overlay.shop import People

__all__ = [
    "VISIT",
    "Stranger",
    "holder",
    "is_visit",
    "keep",
    "set_cookie",
    "sign_in",
    "sign_out",
    "ticket",
    "user_of",
]

COOKIE = "b2b_session"
_SALT = "b2b_overlay.cabinet.session"
_LIFE = timedelta(days=14)
_RENEW = timedelta(days=1)
#: Shorter than :data:`_RENEW`, so that it is never written anew.
VISIT = timedelta(hours=10)


class Stranger:
    """Nobody is signed in. (Django's AnonymousUser needs an app that Saleor lacks.)"""

    pk = None
    is_active = False
    is_staff = False
    is_authenticated = False

    def has_perm(self, perm: str, /) -> bool:
        return False


def _mark(stamp: str) -> str:
    return salted_hmac(_SALT, stamp, algorithm="sha256").hexdigest()[:32]


def _read(request: HttpRequest, life: timedelta) -> tuple[int, str] | None:
    return _signed(request.COOKIES.get(COOKIE, ""), _SALT, life)


def _signed(value: str, salt: str, life: timedelta) -> tuple[int, str] | None:
    try:
        user_id, mark, *until = signing.loads(value, salt=salt, max_age=life)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if until and until[0] < time.time():
        return None
    return int(user_id), str(mark)


def user_of(request: HttpRequest, people: People) -> access.User:
    """The signed-in user, or a :class:`Stranger`."""
    return _named(_read(request, _LIFE), people)


def _named(found: tuple[int, str] | None, people: People) -> access.User:
    if found is None:
        return Stranger()
    user_id, mark = found
    stamp = people.stamp(user_id)
    if stamp is None or not constant_time_compare(mark, _mark(stamp)):
        return Stranger()
    user = get_user_model()._default_manager.filter(pk=user_id, is_active=True).first()
    return cast(access.User, user) if user is not None else Stranger()


def ticket(people: People, user_id: int, page: str) -> str:
    """What the forms of this page carry in place of a cookie. It is good for a :data:`VISIT`, and
    falls as the cookie does."""
    return signing.dumps([user_id, _mark(_stamp(people, user_id))], salt=f"{_SALT}.{page}")


def holder(people: People, value: str, page: str) -> access.User:
    """Whose ticket to this page it is, or a :class:`Stranger`."""
    return _named(_signed(value, f"{_SALT}.{page}", VISIT), people)


def set_cookie(
    request: HttpRequest, response: HttpResponseBase, name: str, value: str, **more: Any
) -> None:
    """Set a cookie the way all of ours are: for the whole site, Lax, Secure under https."""
    response.set_cookie(
        name, value, path="/", samesite="Lax", secure=request.is_secure(), httponly=True, **more
    )


def _stamp(people: People, user_id: int) -> str:
    stamp = people.stamp(user_id)
    if stamp is None:
        raise LookupError(user_id)
    return stamp


def sign_in(
    request: HttpRequest,
    response: HttpResponseBase,
    people: People,
    user_id: int,
    visit: timedelta | None = None,
) -> None:
    """Let him in from this response on, for a ``visit`` only where one is given. Raises
    ``LookupError`` for one who is shut out."""
    until = [time.time() + visit.total_seconds()] if visit else []
    value = signing.dumps([user_id, _mark(_stamp(people, user_id)), *until], salt=_SALT)
    set_cookie(request, response, COOKIE, value, max_age=visit or _LIFE)


def is_visit(request: HttpRequest) -> bool:
    """Whether what is open was opened from elsewhere, for a :data:`VISIT`."""
    try:
        return len(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT)) > 2
    except (signing.BadSignature, TypeError):
        return False


def sign_out(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, path="/", samesite="Lax")


def keep(
    request: HttpRequest, response: HttpResponseBase, people: People, user: access.User
) -> None:
    """Slide the expiry, at most once a day; a response that set the cookie itself stays."""
    if not user.is_authenticated or COOKIE in response.cookies:
        return
    if _read(request, _RENEW) is None:
        sign_in(request, response, people, int(user.pk))
