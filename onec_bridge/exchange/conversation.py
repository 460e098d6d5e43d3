"""From a request of 1C to the answer: who asks, where the conversation stands, the table.

Whatever goes wrong on our side becomes ``failure`` and one line, never a stack trace or HTML
(in_practice, 6); every request leaves an entry in the journal and a line in the log.
"""

from __future__ import annotations

import logging
import time

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from onec_bridge.journal.models import Entry

from . import answers, table
from .answers import Answer
from .asked import Asked
from .models import Session
from .sign_in import RefusedError, identify
from .steps import Talk
from .table import Request

__all__ = ["converse"]

logger = logging.getLogger(__name__)

State = Session.State
Dialect = Session.Dialect


def converse(asked: Asked, path_token: str = "") -> Answer:
    """Answer one request and write it down."""
    began = time.monotonic()
    talk: Talk | None = None
    before = State.NEW
    try:
        with translation.override("ru"):
            found = identify(asked, path_token)
        talk = Talk(asked, found.connection, found.session, found.token)
        before = _state(talk)
        with translation.override(found.connection.language):
            answer = _step(talk, before)
    except RefusedError as refused:
        answer = answers.failure(str(refused), status=401)
    except Exception as error:
        logger.exception("exchange %s/%s failed", asked.type, asked.mode)
        answer = answers.failure(_broken(error, talk))
    milliseconds = round((time.monotonic() - began) * 1000)
    _write_down(asked, talk, before, answer, milliseconds)
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
        Session.objects.filter(pk=talk.session.pk).update(state=step.next, seen_at=timezone.now())
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
    session.seen_at = timezone.now()
    session.type = asked.type[:32]
    session.version = asked.version[:8] or session.version
    session.dialect = _dialect(asked, session)
    session.save(update_fields=["seen_at", "type", "version", "dialect"])


def _dialect(asked: Asked, session: Session) -> str:
    if "cmlversion" in asked.words:
        return Dialect.UNF
    if session.version or "___" in asked.filename:
        return Dialect.BITRIX if session.dialect != Dialect.UNF else Dialect.UNF
    if session.dialect:
        return session.dialect
    return Dialect.UT if asked.user_agent.startswith("1C") else Dialect.OTHER


def _broken(error: Exception, talk: Talk | None) -> str:
    language = talk.connection.language if talk else "ru"
    with translation.override(language):
        return _(
            "An error on the site's side (%(error)s); it is in the site's log. "
            "Nothing is lost: repeat the exchange when it is mended."
        ) % {"error": type(error).__name__}


def _write_down(
    asked: Asked, talk: Talk | None, before: State, answer: Answer, milliseconds: int
) -> None:
    session = talk.session if talk else None
    login = asked.credentials.login if asked.credentials else ""
    entry = Entry.objects.create(
        connection=talk.connection if talk else None,
        session=session,
        file=talk.file if talk else None,
        method=asked.method[:8],
        type=_fit(asked.type, 32),
        mode=_fit(asked.mode, 32),
        filename=_fit(asked.filename, 500),
        login=_fit(login, 150),
        state_before=before,
        state_after=session.state if session else State.NEW,
        bytes_in=asked.announced or 0,
        bytes_out=len(answer.body),
        status=answer.status,
        word=answer.word,
        text=answer.text,
        milliseconds=milliseconds,
        ip=asked.ip,
        user_agent=_fit(asked.user_agent, 255),
    )
    logger.info(
        "exchange entry %s: %s/%s %s → %s, %s, %d ms",
        entry.pk,
        entry.type,
        entry.mode,
        before,
        entry.state_after,
        answer.word,
        milliseconds,
    )


def _fit(text: str, length: int) -> str:
    return text.replace("\0", "")[:length]
