"""Who is asking: by cookie, by ``sessid``, or by HTTP Basic alone.

The platform sends Basic with every request and the cookie on top; a proxy may lose either
(protocol, sections 1 and 2; in_practice, 1 and 3). So either is enough, except that a wrong
password is never made good by a cookie. Passwords are hashed slowly on purpose, and 1C sends
thousands of pictures: a header found right once is known again by its keyed digest, and so
isn't stopped by anybody else's guessing (`brake`). The digest is keyed with the stored
password, so a new password ends old sessions.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from onec_bridge.conf import conf

from . import clock
from .asked import Asked, Credentials
from .brake import RefusedError, brake
from .models import Connection, Session

__all__ = ["RefusedError", "SignedIn", "identify", "open_session"]

Purpose = Session.Purpose


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks, and in which conversation: `None` when none is open."""

    connection: Connection
    session: Session | None
    token: str = ""
    """The session's token, if the request carried it."""


def identify(
    asked: Asked, path_token: str = "", purpose: Session.Purpose = Purpose.LIVE
) -> SignedIn:
    """Who is asking; raises `RefusedError`.

    Args:
        path_token: the last part of the address, if it has one: then only the connection it
            belongs to may use the address.
        purpose: what the address is for; sessions of another purpose aren't seen from it.
    """
    session, token = _by_token(asked, purpose)
    if asked.credentials is None:
        if session is None or asked.mode == "checkauth":
            raise RefusedError(_missing_header())
        found = SignedIn(session.connection, session, token)
    else:
        connection = _by_credentials(asked.credentials, asked.ip)
        if session is None or session.connection_id != connection.pk:
            session, token = _likely(connection, asked.type, purpose), ""
        found = SignedIn(connection, session, token)
    if path_token and not constant_time_compare(path_token, found.connection.token):
        raise RefusedError(
            _("This address belongs to another connection. Copy the address from the settings.")
        )
    return found


def open_session(
    connection: Connection, asked: Asked, purpose: Session.Purpose = Purpose.LIVE
) -> tuple[Session, str]:
    """A new session and its token, which is stored only as a hash."""
    token = secrets.token_hex(16)
    header = asked.credentials.header if asked.credentials else ""
    session = Session.objects.create(
        connection=connection,
        purpose=purpose,
        token_hash=_hash(token),
        authorization=_digest(connection, header),
        type=asked.type[:32],
        version=asked.version[:8],
        ip=asked.ip,
        user_agent=asked.user_agent,
        seen_at=clock.now(),
    )
    return session, token


def _alive(purpose: Session.Purpose) -> QuerySet[Session]:
    return Session.objects.filter(
        seen_at__gt=clock.ago(conf.session_life), connection__is_active=True, purpose=purpose
    ).select_related("connection")


def _likely(connection: Connection, type_: str, purpose: Session.Purpose) -> Session | None:
    """Without cookie and ``sessid``: the latest, before it the latest of the same type, for a
    base may fetch orders while it is sending its catalogue."""
    same_first = Case(When(Q(type=type_), then=0), default=1)
    return _alive(purpose).filter(connection=connection).order_by(same_first, "-pk").first()


def _by_token(asked: Asked, purpose: Session.Purpose) -> tuple[Session | None, str]:
    for token in asked.tokens:
        session = _alive(purpose).filter(token_hash=_hash(token)).first()
        if session is not None:
            return session, token
    return None, ""


def _by_credentials(credentials: Credentials, ip: str | None) -> Connection:
    logins = [login for login, _password in credentials.candidates]
    connections = {found.login: found for found in Connection.objects.filter(login__in=logins)}
    for login, password in credentials.candidates:
        connection = connections.get(login)
        if connection is None:
            continue
        if not connection.is_active:
            raise RefusedError(
                _("The exchange “%(name)s” is switched off on the site.")
                % {"name": connection.name}
            )
        if _known_digest(connection, credentials.header):
            return connection
        brake(login, ip)
        if connection.check_password(password):
            return connection
    if not connections:
        Connection().set_password("as slow as a login that exists")
    brake(credentials.login, ip)
    raise RefusedError(
        _("Wrong login or password (login “%(login)s”). Check them in the exchange settings of 1C.")
        % {"login": credentials.login}
    )


def _known_digest(connection: Connection, header: str) -> bool:
    """Did anybody sign in with this very header, as long as the journal goes back?"""
    return connection.sessions.filter(authorization=_digest(connection, header)).exists()


def _missing_header() -> str:
    return _(
        "The Authorization header didn't reach the site: a proxy or the web server takes it off. "
        "Let it pass it on; login and password are probably right."
    )


def _digest(connection: Connection, header: str) -> str:
    return salted_hmac(
        "onec_bridge.exchange.sign_in", f"{connection.password}\n{header}", algorithm="sha256"
    ).hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
