"""The wire: from a request line to the bytes of an answer, and what can happen on the way.

1C follows no redirect, keeps no cookie a header sets, asks for no compression and knows no proxy
settings of the machine; neither does this. A `Mishap` is what a line does to one request: the
answer lost, the connection reset within a body, a proxy's patience at its end.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Literal
from urllib.parse import urlsplit

import requests

from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.dialects import Dialect

HOST_ALONE = "/bitrix/admin/1c_exchange.php"  # what 1C appends when only a host is typed
GATEWAY_TIMEOUT = Answer(
    504,
    "text/html; charset=utf-8",
    b"<html><head><title>504 Gateway Time-out</title></head></html>",
)

# The site works, and its answer doesn't come; the connection breaks within the body; the site
# works, and a proxy answers in its place; the request goes twice, as some proxies resend it.
Accident = Literal["answer_lost", "cut_body", "gateway_timeout", "sent_twice"]


@dataclass(frozen=True, slots=True)
class Mishap:
    """An accident that befalls the `nth` request of a mode, counted over the client's life."""

    accident: Accident
    mode: str
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Address:
    """The address as 1C makes it out of what was typed (protocol notes, section 1)."""

    secure: bool
    netloc: str
    path: str

    @classmethod
    def typed(cls, url: str) -> "Address":
        """Back slashes are turned, blanks dropped; without a scheme it is plain http.

        A `?` stays in the path, and the query is glued on behind it: that is the real client's
        fault, and a site with a key in its query string must see it.
        """
        url = "".join(url.replace("\\", "/").split())
        if "://" not in url:
            url = f"http://{url}"
        scheme, netloc, path, query, _ = urlsplit(url)
        glued = (path or HOST_ALONE) + (f"?{query}" if query else "")
        return cls(scheme.lower() == "https", netloc, glued)

    def __str__(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.netloc}{self.path}"


class Wire:
    """Requests of one dialect to one address. Nothing is raised for what a site answers."""

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        dialect: Dialect,
        session: requests.Session | None = None,
    ) -> None:
        self._address = str(Address.typed(url))
        self._timeout = dialect.timeout
        secret = base64.b64encode(f"{user}:{password}".encode(dialect.encoding))
        self._headers = {
            "User-Agent": dialect.user_agent,
            "Authorization": f"Basic {secret.decode()}",
        }
        self._session = session or requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(
        self, query: str, body: bytes | None, cookie: str, accident: Accident | None = None
    ) -> Answer:
        """GET, or POST of a body; status 0 where there was no answer."""
        if accident == "sent_twice":
            self._ask(query, body, cookie)
        if accident == "cut_body" and body is not None:
            return self._ask(query, CutOff(body), cookie)
        answer = self._ask(query, body, cookie)
        if accident == "answer_lost":
            return Answer(0, "", b"", error="ReadTimeout")
        return GATEWAY_TIMEOUT if accident == "gateway_timeout" else answer

    def _ask(self, query: str, body: "bytes | CutOff | None", cookie: str) -> Answer:
        headers = self._headers | ({"Cookie": cookie} if cookie else {})
        try:
            response = self._session.request(
                "GET" if body is None else "POST",
                self._address + query,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except (requests.RequestException, OSError, ValueError) as error:
            return Answer(0, "", b"", error=f"{type(error).__name__}: {error}")
        return Answer(
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content,
            location=response.headers.get("Location", ""),
        )


class CutOff:
    """A body that announces all of its bytes and breaks off after half of them."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __len__(self) -> int:
        return len(self.body)

    def __iter__(self) -> Iterator[bytes]:
        yield self.body[: len(self.body) // 2]
        raise ConnectionResetError("cut off")
