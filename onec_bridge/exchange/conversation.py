"""From a request of 1C to the answer: who asks, where the conversation stands, the table.

Whatever goes wrong on our side becomes ``failure`` and one line, never a stack trace or HTML
(in_practice, 6): also when the database is away, and the request itself can't be made out.
"""

from __future__ import annotations

import errno
import logging
import time

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from onec_bridge.doctor import families

from . import answers, clock, table
from .answers import Answer
from .asked import Asked, ask
from .brake import RefusedError
from .entries import write_down
from .models import Connection, Session
from .sign_in import identify
from .steps import Talk
from .table import Request

__all__ = ["converse"]

logger = logging.getLogger(__name__)

State = Session.State
Dialect = Session.Dialect


def converse(
    request: HttpRequest, path_token: str, purpose: Session.Purpose = Session.Purpose.LIVE
) -> Answer:
    """Answer one request and write it down.

    Args:
        path_token: the part of the address that belongs to one connection; may be empty.
        purpose: what the address is for.
    """
    began = time.monotonic()
    try:
        asked = ask(request)
    except Exception as error:
        logger.exception("exchange: a request that can't be made out")
        return answers.failure(_broken(error, None))
    talk, before, noted = Talk(asked, purpose), State.NEW, True
    try:
        with translation.override("ru"):
            talk.signed_in(identify(asked, path_token, purpose))
        before = _state(talk)
        with translation.override(talk.connection.language):
            answer = _step(talk, before).spoken(talk.connection.encoding)
    except RefusedError as refused:
        answer, noted = _refused(refused, asked), refused.noted
    except Exception as error:
        logger.exception("exchange %s/%s failed", asked.type, asked.mode)
        answer = answers.failure(_broken(error, talk.known))
    if noted:
        write_down(asked, talk, before, answer, round((time.monotonic() - began) * 1000))
    return answer


def _state(talk: Talk) -> State:
    return State(talk.session.state) if talk.session else State.NEW


def _step(talk: Talk, state: State) -> Answer:
    request = Request(talk.asked.type, talk.asked.mode)
    step = table.find(state, request)
    if step is None:
        return answers.failure(_unexpected(state, request))
    if talk.session is not None and request.mode != "checkauth":
        _notice(talk, talk.session)
    answer = step.run(talk)
    if talk.session is not None and answer.holds:
        Session.objects.filter(pk=talk.session.pk).update(state=step.next, seen_at=clock.now())
        talk.session.state = step.next
    return answer


def _unexpected(state: State, request: Request) -> str:
    if request.type not in table.TYPES:
        return _("Unknown type “%(type)s”. Known: %(known)s.") % {
            "type": request.type,
            "known": ", ".join(table.TYPES),
        }
    if request.mode not in table.MODES:
        return _("Unknown mode “%(mode)s”. Known: %(known)s.") % {
            "mode": request.mode,
            "known": ", ".join(table.MODES),
        }
    return _(
        "mode=%(mode)s of type=%(type)s isn't expected now (%(state)s). Expected: %(expected)s."
    ) % {
        "mode": request.mode,
        "type": request.type,
        "state": state.label,
        "expected": ", ".join(table.expected(state, request.type)),
    }


def _notice(talk: Talk, session: Session) -> None:
    """The session lives on; remember the version and the family of the client."""
    asked = talk.asked
    session.seen_at = clock.now()
    session.type = asked.type[:32]
    session.version = asked.version[:8] or session.version
    session.dialect = _dialect(asked, session)
    session.save(update_fields=["seen_at", "type", "version", "dialect"])


def _dialect(asked: Asked, session: Session) -> str:
    """What is told for sure holds; УНФ names a version too, as the 1C-Bitrix module does."""
    words = {"version": session.version, **asked.words} if session.version else asked.words
    told = families.dialect(asked.user_agent, words, asked.filename)
    if session.dialect == Dialect.UNF or not told:
        plain = Dialect.UT if asked.user_agent.startswith("1C") else Dialect.OTHER
        return session.dialect or plain
    return told


def _refused(refused: RefusedError, asked: Asked) -> Answer:
    """In the encoding of the login that was tried, for an old 1C shows it to its user too."""
    login = asked.credentials.login if asked.credentials else ""
    encodings = Connection.objects.filter(login=login).values_list("encoding", flat=True)
    return answers.failure(str(refused), status=401).spoken(encodings.first() or "utf-8")


def _broken(error: Exception, connection: Connection | None) -> str:
    with translation.override(connection.language if connection else "ru"):
        if isinstance(error, (DatabaseError, InterfaceError)) or _is_full(error):
            return _(
                "The site's database can't be reached or is full (%(error)s). "
                "Nothing is lost: repeat the exchange in a few minutes."
            ) % {"error": type(error).__name__}
        return _(
            "An error on the site's side (%(error)s); it is in the site's log. "
            "Nothing is lost: repeat the exchange when it is mended."
        ) % {"error": type(error).__name__}


def _is_full(error: Exception) -> bool:
    """The disk where a body is put aside, rather than the database's own."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
