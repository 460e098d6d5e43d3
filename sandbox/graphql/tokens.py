"""Sign-in tokens: signed, short-lived, void once the user's ``jwt_token_key`` changes."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest

from sandbox.models import User

__all__ = ["InvalidTokenError", "create", "user_of"]

#: Seconds; Saleor's access token lives five minutes and is refreshed, this one isn't.
MAX_AGE = 12 * 60 * 60
_SALT = "sandbox.graphql.token"


class InvalidTokenError(Exception):
    """The request carries a token, and it doesn't hold."""


def create(user: User) -> str:
    return signing.dumps([user.pk, user.jwt_token_key], salt=_SALT)


def user_of(request: HttpRequest) -> User | None:
    """Whoever the ``Authorization: Bearer`` header names; None without one.

    Raises :class:`InvalidTokenError`: a buyer with an old token mustn't be shown retail
    prices as if they were his.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "jwt") or not token:
        return None
    try:
        user_id, key = signing.loads(token.strip(), salt=_SALT, max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise InvalidTokenError("Invalid or expired token. Sign in again.") from error
    user = User.objects.filter(pk=user_id, jwt_token_key=key, is_active=True).first()
    if user is None:
        raise InvalidTokenError("Invalid token. User does not exist or is inactive.")
    return user
