"""Two ways into a shop over HTTP: its GraphQL, and its pages as a browser without scripts.

Standard library only; nothing here knows which shop answers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

from sandbox.facts import Account

from . import queries

__all__ = ["Api", "Browser", "Form", "NotHeld", "Page", "demand"]

#: Seconds one request may take.
TIMEOUT = 60
#: Seconds a token is used; Saleor's lives five minutes.
TOKEN_LIFE = 240


class NotHeld(Exception):
    """A step of the story found something else than it must: says what, and what it found."""


def demand(holds: object, message: str) -> None:
    """Raise :class:`NotHeld` with the message unless it ``holds``."""
    if not holds:
        raise NotHeld(message)


class Api:
    """The shop's GraphQL, as a visitor or as somebody who signs in."""

    def __init__(
        self, url: str, account: Account | None = None, token_life: float = TOKEN_LIFE
    ) -> None:
        self.url = url
        self.account = account
        self.token_life = token_life
        self._token = ""
        self._signed_in_at = 0.0

    def _header(self) -> dict[str, str]:
        if self.account is None:
            return {}
        if not self._token or time.monotonic() - self._signed_in_at > self.token_life:
            told = self._post(
                queries.SIGN_IN,
                {"email": self.account.email, "password": self.account.password},
                {},
            )["tokenCreate"]
            demand(told["token"], f"{self.account.email} can't sign in: {told['errors']}")
            self._token, self._signed_in_at = told["token"], time.monotonic()
        return {"Authorization": f"Bearer {self._token}"}

    def run(self, query: str, **variables: Any) -> dict[str, Any]:
        """The answer's ``data``. Numbers with a fraction are ``Decimal``."""
        return self._post(query, variables, self._header())

    def mutate(self, query: str, **variables: Any) -> dict[str, Any]:
        """The payload of the only mutation in ``query``, which must not be refused."""
        (payload,) = self.run(query, **variables).values()
        demand(payload and not payload["errors"], f"refused: {payload and payload['errors']}")
        answer: dict[str, Any] = payload
        return answer

    def refused(self, query: str, **variables: Any) -> set[str]:
        """The codes with which the only mutation in ``query`` is refused; empty: it isn't."""
        (payload,) = self.run(query, **variables).values()
        return {error["code"] for error in payload["errors"]}

    def _post(
        self, query: str, variables: dict[str, Any], headers: dict[str, str]
    ) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(  # noqa: S310  the address is given by whoever runs the story
            self.url, body, {"Content-Type": "application/json", "Accept-Language": "ru", **headers}
        )
        try:
            with build_opener().open(request, timeout=TIMEOUT) as response:
                answer = json.loads(response.read(), parse_float=Decimal)
        except HTTPError as error:
            raise NotHeld(f"{self.url}: {error.code} {error.read()[:500]!r}") from error
        demand(not answer.get("errors"), f"GraphQL: {answer.get('errors')}")
        data: dict[str, Any] = answer["data"]
        return data


# ------------------------------------------------------------------------------ pages


@dataclass(slots=True)
class Form:
    """A form as a browser without scripts would send it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    #: Values a select or a group of radio buttons offers, by name.
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Names of the fields that take a file.
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Forms with their fields, ``data-`` attributes, and the text between the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.marks: list[dict[str, str]] = []
        self.links: list[str] = []
        self._open: Form | None = None
        self._select = ""
        self._option: str | None = None
        self._area = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if marks := {k[5:]: value for k, value in given.items() if k.startswith("data-")}:
            self.marks.append(marks)
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif tag in ("script", "style"):
            self._hidden += 1
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif self._open is not None:
            self._field(tag, given, self._open)

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
        elif tag == "option" and self._select:
            self._option = value
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = value
        elif tag == "input" and name and given.get("type") in ("radio", "checkbox"):
            form.choices.setdefault(name, {})[value] = value
            if "checked" in given:
                form.fields[name] = value
        elif tag == "input" and name and given.get("type") == "file":
            form.files.append(name)
        elif tag == "input" and name and given.get("type") not in ("submit", "button"):
            form.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "option":
            self._option = None
        elif tag == "textarea":
            self._area = ""
        elif tag in ("script", "style"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self.text.append(data)
        if self._open is not None and self._option is not None:
            self._open.choices.setdefault(self._select, {})[self._option] = data.strip()
        if self._open is not None and self._area:
            self._open.fields[self._area] += data


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: where it is, its status, its text with blanks (the hard ones between
    thousands too) made single, its forms, and what its elements say in ``data-`` attributes."""

    url: str
    status: int
    text: str
    forms: tuple[Form, ...]
    marks: tuple[dict[str, str], ...]
    links: tuple[str, ...]

    def form(self, part_of_action: str) -> Form:
        """The first form whose address contains this. Raises :class:`NotHeld`."""
        for each in self.forms:
            if part_of_action in each.action:
                return each
        actions = [each.action for each in self.forms]
        raise NotHeld(f"{self.url} has no form «{part_of_action}», only {actions}")

    def link(self, *parts: str) -> str:
        """The first link that contains all of these. Raises :class:`NotHeld`."""
        for each in self.links:
            if all(part in each for part in parts):
                return urljoin(self.url, each)
        raise NotHeld(f"{self.url} ({self.status}) has no link {' … '.join(parts)}")

    def marked(self, name: str, value: str) -> dict[str, str]:
        """What the first element with this ``data-`` attribute says besides. Raises
        :class:`NotHeld`."""
        for each in self.marks:
            if each.get(name) == value:
                return each
        raise NotHeld(f"{self.url} ({self.status}) shows nothing with data-{name}={value}")


class Browser:
    """Pages of one person: keeps cookies, follows redirects, runs no script."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        self._opener.addheaders = [("Accept-Language", "ru")]

    def get(self, path: str, **query: str) -> Page:
        address = urljoin(f"{self.url}/", path.lstrip("/") if "://" not in path else path)
        return self._open(address + (f"?{urlencode(query)}" if query else ""))

    def send(self, page: Page, form: Form, **values: str) -> Page:
        """Send a form of the page with these values in it."""
        fields = {**form.fields, **values}
        address = urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self._open(f"{address}?{urlencode(fields)}")
        body = urlencode(fields).encode()
        return self._open(address, body, {"Referer": page.url})

    def upload(self, page: Page, file: Path) -> Page:
        """Send the page's first form that takes a file with this one in it."""
        form = next((each for each in page.forms if each.files), None)
        if form is None:
            raise NotHeld(f"{page.url} takes no file")
        boundary = uuid4().hex
        head = f"--{boundary}\r\nContent-Disposition: form-data; name="
        fields = [f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in form.fields.items()]
        fields.append(f'{head}"{form.files[0]}"; filename="{file.name}"\r\n\r\n')
        body = "".join(fields).encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Referer": page.url,
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        return self._open(urljoin(page.url, form.action), body, headers)

    def sign_in(self, account: Account, path: str = "sign-in/") -> Page:
        page = self.get(path)
        form = next((each for each in page.forms if "password" in each.fields), None)
        if form is None:
            raise NotHeld(f"{page.url} asks for no password")
        return self.send(page, form, email=account.email, password=account.password)

    def _open(
        self, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        request = Request(address, body, dict(headers or {}))  # noqa: S310  likewise
        try:
            response = self._opener.open(request, timeout=TIMEOUT)
        except HTTPError as error:
            response = error
        with response:
            html = response.read().decode()
        reader = _Reader()
        reader.feed(html)
        return Page(
            url=response.url,
            status=response.status,
            text=" ".join("".join(reader.text).split()),
            forms=tuple(reader.forms),
            marks=tuple(reader.marks),
            links=tuple(reader.links),
        )
