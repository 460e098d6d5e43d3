"""Answers as 1C reads them, to the byte.

Lines are split by LF alone and the last one has none: 1C doesn't trim the cookie it gets, and
УТ 11 counts the lines of ``init`` (protocol, sections 1 to 3). The status is 200 for whatever
is an answer of the protocol, failures too. ``charset=`` is the last thing of the content type:
the 1C-Bitrix module takes all that follows it for the name of the encoding. Texts are UTF-8
unless the connection is one of an old 1C, which reads windows-1251 whatever the header says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import HttpResponse

__all__ = ["Answer", "failure", "lines", "progress", "success", "xml"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and how the journal calls it."""

    word: str
    """``success``, ``progress``, ``failure``; ``lines`` for `init`, ``xml`` for a document."""
    body: bytes
    encoding: str = "utf-8"
    content: str = "text/plain"
    status: int = 200
    text: str = ""
    """What the journal keeps of it; never what a sign-in hands out."""

    @property
    def holds(self) -> bool:
        """Did the step succeed, so that the conversation moves on?"""
        return self.word != "failure"

    def spoken(self, encoding: str) -> Answer:
        """The same words in another encoding; a document is in its own already."""
        if self.encoding == encoding or self.content != "text/plain":
            return self
        body = self.body.decode(self.encoding).encode(encoding, "replace")
        return replace(self, body=body, encoding=encoding)

    def response(self) -> HttpResponse:
        """As Django sends it."""
        response = HttpResponse(
            self.body, content_type=f"{self.content}; charset={self.encoding}", status=self.status
        )
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        if self.status == 401:
            response["WWW-Authenticate"] = 'Basic realm="1C", charset="UTF-8"'
        return response


def _plain(word: str, *more: str, journal: str = "") -> Answer:
    body = "\n".join((word, *more)).encode()
    return Answer(word=word, body=body, text=journal)


def _one_line(text: str) -> str:
    """Names that 1C sent may hold anything; a line of an answer must stay one."""
    return "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split())
    )


def success(text: str = "") -> Answer:
    """Done, and durably so; 1C forgets what it sent. `text` is shown to its user."""
    shown = _one_line(text)
    return _plain("success", *([shown] if shown else []), journal=shown)


def signed_in(cookie: str, value: str, timestamp: int) -> Answer:
    """The answer to ``checkauth``: five lines; clients read as many as they know."""
    return _plain("success", cookie, value, f"sessid={value}", f"timestamp={timestamp}")


def progress(text: str) -> Answer:
    """Not done yet: ask again."""
    shown = _one_line(text)
    return _plain("progress", shown, journal=shown)


def failure(text: str, *, status: int = 200) -> Answer:
    """Not done, and why, in a line that 1C's programmer can act on."""
    shown = _one_line(text)
    body = f"failure\n{shown}".encode()
    return Answer(word="failure", body=body, text=shown, status=status)


def lines(*texts: str) -> Answer:
    """Lines without a status word: the answer to ``init``."""
    return Answer(word="lines", body="\n".join(texts).encode(), text=" ".join(texts[:2]))


def xml(chunks: Iterable[bytes], encoding: str, text: str) -> Answer:
    """A document; its first characters are ``<?xml``, and prolog and header agree."""
    return Answer(
        word="xml", body=b"".join(chunks), encoding=encoding, content="text/xml", text=text
    )
