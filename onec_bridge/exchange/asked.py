"""What 1C asked, made out from an HTTP request however it was spelt.

`mode` and the rest may stand in the query or, from some clients, in a form. Percent escapes
may be of UTF-8 or of windows-1251, credentials too (protocol, sections 1 and 4).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from b2b_overlay.shop import get_shop

__all__ = ["Asked", "Credentials", "ask"]

COOKIE = "onec_session"
_SECRET = re.compile(r"(sessid=)[^&]*", re.IGNORECASE)
#: Of a number that somebody may mean seriously.
DIGITS = 19
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
#: Bytes of one: it is read before anybody has signed in, a file in it would go to the disk.
LONGEST_FORM = 64 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """HTTP Basic; never shown, never kept."""

    header: str
    candidates: tuple[tuple[str, str], ...]
    """Login and password, in each encoding the header can be read in."""

    def __repr__(self) -> str:
        return "Credentials(…)"

    @property
    def login(self) -> str:
        """The login as most clients mean it."""
        return self.candidates[0][0] if self.candidates else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of 1C."""

    request: HttpRequest
    method: str
    type: str
    mode: str
    filename: str
    version: str
    timestamp: int | None
    """That of ``deactivate``: what `checkauth` gave at the run's beginning."""
    words: Mapping[str, str]
    """All words of the query or form, lower-cased names."""
    credentials: Credentials | None
    """`None`: no Authorization header came."""
    tokens: tuple[str, ...]
    """What may name the session: cookie first, then ``sessid``."""
    announced: int | None
    """Bytes of the body, as the client counts them."""
    query: str
    """The query as it was sent, for the journal: without ``sessid``."""
    ip: str | None
    """As the shop tells addresses, behind its proxies too."""
    user_agent: str


def ask(request: HttpRequest) -> Asked:
    """Read everything but the body of a file."""
    words = _words(request)
    tokens = (_storable(request.COOKIES.get(COOKIE, "")), _word(words, "sessid"))
    return Asked(
        request=request,
        method=request.method or "",
        type=_word(words, "type").lower(),
        mode=_word(words, "mode").lower(),
        filename=words.get("filename", ""),
        version=_word(words, "version"),
        timestamp=_number(_word(words, "timestamp")),
        words=words,
        credentials=_credentials(request.META.get("HTTP_AUTHORIZATION", "")),
        tokens=tuple(dict.fromkeys(token for token in tokens if token)),
        announced=_number(request.META.get("CONTENT_LENGTH", "")),
        query=_SECRET.sub(r"\1***", str(request.META.get("QUERY_STRING", ""))),
        ip=_ip(get_shop().people.address(request)),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:255],
    )


def _words(request: HttpRequest) -> dict[str, str]:
    raw = str(request.META.get("QUERY_STRING", ""))
    words = _pairs(raw.encode("latin-1" if all(ord(c) < 256 for c in raw) else "utf-8"))
    announced = _number(request.META.get("CONTENT_LENGTH", "")) or 0
    if "mode" not in words and request.content_type in FORMS and announced <= LONGEST_FORM:
        form = {name.lower(): str(value) for name, value in request.POST.items()}
        return {**form, **words}
    return words


def _word(words: Mapping[str, str], name: str) -> str:
    """A word that is compared with what the database knows."""
    return _storable(words.get(name, "").strip())


def _storable(text: str) -> str:
    """PostgreSQL has no NUL in a text, and refuses a question with one."""
    return text.replace("\0", "\ufffd")


def _pairs(query: bytes) -> dict[str, str]:
    """Names and values; `urllib` would take every escape for UTF-8."""
    pairs = (pair.partition(b"=") for pair in query.replace(b"+", b" ").split(b"&") if pair)
    return {
        _text(unquote_to_bytes(name)).strip().lower(): _text(unquote_to_bytes(value))
        for name, _, value in pairs
    }


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("windows-1251", "replace")


def _credentials(header: str) -> Credentials | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return Credentials(header, ())
    found = []
    for encoding in ("utf-8", "windows-1251"):
        try:
            login, colon, password = raw.decode(encoding).partition(":")
        except UnicodeDecodeError:
            continue
        if colon and "\0" not in login:
            found.append((login, password))
    return Credentials(header, tuple(dict.fromkeys(found)))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < DIGITS else None


def _ip(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
