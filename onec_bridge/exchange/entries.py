"""Each request becomes an entry of the journal, and a line of the log.

The entry holds what 1C's programmer has to see: what was asked, how many bytes came, the first
lines of what was answered, how long it took. It holds no password and no token, and of a
document with orders only the first line, for people's names stand in it. Whatever keeps an
entry from being written, a full disk or a lost database, doesn't change the answer: what was
committed is confirmed, what wasn't isn't.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError

from onec_bridge.journal.models import Entry

from .answers import Answer
from .asked import Asked
from .models import Session
from .steps import Talk

__all__ = ["write_down"]

logger = logging.getLogger(__name__)

#: How much of an answer is kept.
LINES, CHARACTERS = 6, 1000


def write_down(
    asked: Asked, talk: Talk, before: Session.State, answer: Answer, milliseconds: int
) -> None:
    """Keep what was asked and answered."""
    after = talk.session.state if talk.session else Session.State.NEW
    try:
        pk = _entry(asked, talk, before, answer, milliseconds).pk
    except DatabaseError:
        logger.exception("exchange: the entry of a request could not be written")
        pk = None
    logger.info(
        "exchange entry %s: %s/%s %s → %s, %s, %d ms",
        pk,
        asked.type,
        asked.mode,
        before,
        after,
        answer.word,
        milliseconds,
    )


def _entry(
    asked: Asked, talk: Talk, before: Session.State, answer: Answer, milliseconds: int
) -> Entry:
    session = talk.session
    login = asked.credentials.login if asked.credentials else ""
    return Entry.objects.create(
        connection=talk.known,
        session=session,
        file=talk.file,
        method=asked.method[:8],
        type=_fit(asked.type, 32),
        mode=_fit(asked.mode, 32),
        filename=_fit(asked.filename, 500),
        login=_fit(login, 150),
        query=_fit(asked.query, 500),
        state_before=before,
        state_after=session.state if session else Session.State.NEW,
        bytes_in=min(asked.announced or 0, Entry.MOST_BYTES),
        bytes_out=len(answer.body),
        status=answer.status,
        word=answer.word,
        text=answer.text,
        answer=_first_lines(answer, talk.token),
        milliseconds=milliseconds,
        ip=asked.ip,
        user_agent=_fit(asked.user_agent, 255),
    )


def _first_lines(answer: Answer, token: str) -> str:
    kept = 1 if answer.word == "xml" else LINES
    lines = answer.body[: CHARACTERS * 4].decode(answer.encoding, "replace").split("\n")[:kept]
    text = "\n".join(lines)
    return _fit(text.replace(token, "***") if token else text, CHARACTERS)


def _fit(text: str, length: int) -> str:
    return text.replace("\0", "")[:length]
