"""A person goes everywhere; what he was shown of others, and what he changed, is told."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from taking_back import taken_back

from b2b_overlay.ordering.models import CheckoutTerms
from sandbox.graphql import tokens
from sandbox.graphql.schema import schema

from .asking import addresses, form, keys_of
from .questions import Field, fields, queries_of
from .world import MARK, SUMS, World, rows_after, watched

__all__ = ["Walk", "basic"]

#: Anywhere in a statement: the history puts its own words before it.
_WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "([a-z0-9_]+)"')
_CART = CheckoutTerms._meta.label
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
#: Of 1C's conversation (onec_bridge.exchange.table).
MODES = ("checkauth", "init", "query", "file", "import", "info", "success", "deactivate")


@dataclass
class Walk:
    """``hidden`` are the scopes that this person must never see."""

    made: World
    user: Any
    hidden: frozenset[str]
    #: He goes on with the shop's own fields: its orders and carts that are his own.
    own_shop: bool = False
    found: list[str] = field(default_factory=list)
    #: Scopes whose marks he was shown.
    seen: set[str] = field(default_factory=set)
    asked: int = 0

    def everywhere(self) -> list[str]:
        """What was wrong, a line each."""
        self.pages()
        self.graphql()
        return self.found

    # ------------------------------------------------------------------------- the ways

    def pages(self, only: str = "") -> None:
        """Each, or those whose name begins so."""
        cookies = self._cookies()
        words = form(self.made)
        for name, path in addresses(self.made):
            if not name.startswith(only):
                continue
            if self._page(f"GET {name}", cookies, lambda c, p=path: c.get(p)) == 200:
                self._page(f"GET ? {name}", cookies, lambda c, p=path: c.get(p, words))
            self._page(f"POST {name}", cookies, lambda c, p=path: c.post(p, words))

    def _page(self, where: str, cookies: Any, send: Callable[[Client], Any]) -> int:
        client = Client(headers={"Accept-Language": "ru"}, raise_request_exception=False)
        client.cookies.update(cookies)
        return self._step(where, lambda: send(client)).status_code

    def graphql(self) -> None:
        keys = keys_of(self.made)
        for each in fields(schema):
            if self.own_shop and not each.is_ours:
                continue
            for query, variables in queries_of(keys, each):
                self._field(each, {"query": query, "variables": variables})

    def _field(self, each: Field, body: dict[str, Any]) -> None:
        headers = {"Accept-Language": "ru"}
        if self.user is not None:
            headers["Authorization"] = f"Bearer {tokens.create(self.user)}"
        client = Client(headers=headers)
        where = f"{each.root} {each.name}"
        answer = self._step(
            where,
            lambda: client.post("/graphql/", body, content_type="application/json"),
        )
        said = [error["message"] for error in json.loads(answer.content).get("errors", ())]
        if answer.status_code == 400 or any("Internal Server Error" in each for each in said):
            self.found.append(f"{where}: {said}")

    def exchange(self, headers: Mapping[str, str]) -> None:
        """Whatever 1C asks, at the first base's own address and at the common one."""
        for path in (f"/onec/exchange/{self.made.rest['base'].token}/", "/onec/exchange/"):
            client = Client(headers=headers, raise_request_exception=False)
            for kind in ("catalog", "sale", "reference"):
                for mode in MODES:
                    query = {"type": kind, "mode": mode, "filename": "import.xml"}
                    where = f"{path} {kind} {mode}"
                    answer = self._step(where, lambda c=client, q=query, p=path: c.get(p, q))
                    if mode == "checkauth" and answer.content.startswith(b"success"):
                        name, value = answer.content.decode().split("\n")[1:3]
                        client.cookies[name] = value

    def _cookies(self) -> Any:
        client = Client()
        if self.user is not None:
            words = {"email": self.user.email, "password": self.made.cast.password}
            assert client.post("/sign-in/", words).status_code == 302, self.user.email
        return client.cookies

    # ------------------------------------------------------------------------- the judge

    def _step(self, where: str, ask: Callable[[], Any]) -> Any:
        """One request, judged, and taken back."""
        self.asked += 1
        connection.queries_log.clear()  # Django keeps the last 9,000 of a test
        with taken_back():
            with CaptureQueriesContext(connection) as captured:
                answer = ask()
            # Prices are read by a cursor of psycopg's own, whose statement Django isn't told.
            sent = [query["sql"] or "" for query in captured]
            tables = {name for sql in sent for name in _WRITES.findall(sql)}
            if tables and self.hidden:
                self._judge_changes(where, tables)
        if answer.status_code >= 500:
            self.found.append(f"{where}: {answer.status_code}")
        self._judge_answer(where, _text(answer))
        return answer

    def _judge_answer(self, where: str, text: str) -> None:
        shown = {_scope(mark[1]): mark.start() for mark in MARK.finditer(text)}
        dense = _BLANKS.sub("", text).replace(",", ".")
        shown |= {scope: 0 for amount, scope in SUMS.items() if amount in dense}
        self.seen |= set(shown)
        for scope in sorted(set(shown) & self.hidden):
            self.found.append(f"{where} shows {scope}: …{text[shown[scope] :][:60]!r}")

    def _judge_changes(self, where: str, tables: set[str]) -> None:
        """Nothing of A is another, or gone, or new, of what he mustn't even see."""
        changed = {
            (model._meta.label, pk)
            for model in watched()
            if model._meta.db_table in tables
            for pk in _differing(self._before[model._meta.label], _rows(model))
        }
        if not changed:
            return
        now = rows_after(self.made, {label for label, _pk in changed})
        whose = [*now.items(), *self.made.rows.items()]
        hidden = {key for key, scope in whose if scope in self.hidden}
        for label, pk in changed & hidden:
            # For whom his own cart is, he may always say.
            if not (label == _CART and self._whose(pk)):
                self.found.append(f"{where} changes {label} {pk}")

    def _whose(self, cart: str) -> bool:
        terms = CheckoutTerms.objects.filter(pk=cart).first()
        return self.user is not None and terms is not None and terms.user_id == self.user.pk

    @cached_property
    def _before(self) -> dict[str, dict[Any, Any]]:
        return {model._meta.label: _rows(model) for model in watched()}


def _scope(written: str) -> str:
    """As :func:`world.rows_of` writes it: an e-mail comes back in small letters."""
    return written.upper().replace("X", "x")


#: Whoever guesses a password is counted.
_GUESSES = {"refused", "refused_since"}


def _rows(model: Any) -> dict[Any, Any]:
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in _GUESSES]
    return {row[0]: row[1:] for row in model._base_manager.values_list("pk", *names)}


def _differing(before: dict[Any, Any], now: dict[Any, Any]) -> set[Any]:
    return {pk for pk in before.keys() | now.keys() if before.get(pk) != now.get(pk)}


def _text(answer: Any) -> str:
    """The whole answer as a person could read it, a spreadsheet unpacked, with its headers."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK\x03\x04"):
        with ZipFile(BytesIO(body)) as opened:
            body = b"".join(opened.read(name) for name in opened.namelist())
    text = body.decode("utf-8", "replace")
    if answer.headers.get("Content-Type") == "application/json":
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return html.unescape(text) + str(dict(answer.headers))


def basic(login: str, password: str) -> dict[str, str]:
    """What 1C sends with each request."""
    return {"Authorization": "Basic " + b64encode(f"{login}:{password}".encode()).decode()}
